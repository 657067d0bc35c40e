"""An archive on this machine for tests: a STAC interface and files with ranges, which can fail in every way."""
import json
import re
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import numpy as np
from osgeo import gdal, osr

PIXEL, SIZE, EPSG = 10.0, 512, 32632
ORIGIN = (400000.0, 5100000.0)
POLYGON = [[7.7, 45.99], [7.7, 46.05], [7.77, 46.05], [7.77, 45.99], [7.7, 45.99]]


def values_of(seed, size=SIZE, low=1200, high=6000):
    """Numbers like those of a Sentinel-2 band of baseline 04.00, 0 (no data) in the first columns."""
    values = np.random.default_rng(seed).integers(low, high, (size, size)).astype(np.uint16)
    values[:, :3] = 0
    return values


def write_cog(path, values, epsg=EPSG, origin=ORIGIN, pixel=PIXEL, nodata=0, driver="COG", options=("BLOCKSIZE=128",)):
    """A cloud-optimised GeoTIFF; returns its bytes."""
    kind = {"uint16": gdal.GDT_UInt16, "uint8": gdal.GDT_Byte, "float32": gdal.GDT_Float32}[str(values.dtype)]
    memory = gdal.GetDriverByName("MEM").Create("", values.shape[1], values.shape[0], 1, kind)
    memory.SetGeoTransform((origin[0], pixel, 0, origin[1], 0, -pixel))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(epsg)
    memory.SetProjection(reference.ExportToWkt())
    memory.GetRasterBand(1).WriteArray(values)
    if nodata is not None:
        memory.GetRasterBand(1).SetNoDataValue(nodata)
    extra = ["COMPRESS=DEFLATE"] if driver in ("COG", "GTiff") else []
    gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=[*options, *extra])
    return path.read_bytes()


class ArchiveServer:
    """files: {path: bytes}. items: {collection: [item]}. faults: {path: [fault, …]}, each used up by one request.

    A fault is ("status", code, headers), ("drop", bytes sent before the line breaks), ("say", length announced),
    ("shift", wrong start of the range), ("wait", an event, for at most 20 s), ("corrupt",) or ("body", bytes, headers).
    waited_out: whether such a wait came to its end. log: [(method, path, range or None, headers)].
    ranges: whether ranges are known. total: whether an answer tells the file's size. page: items per page.
    """

    def __init__(self):
        self.files, self.items, self.faults = {}, defaultdict(list), defaultdict(list)
        self.conforms = ["https://api.stacspec.org/v1.0.0/item-search", "https://api.stacspec.org/v1.0.0/item-search#query",
                         "https://api.stacspec.org/v1.0.0/item-search#sort"]
        self.log, self.ranges, self.page, self.post, self.password = [], True, 3, True, ""
        self.handlers, self.waited_out, self.total = {}, False, True
        self._lock = threading.Lock()
        owner = self

        class Handler(_Handler):
            archive = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fault(self, path):
        with self._lock:
            return self.faults[path].pop(0) if self.faults.get(path) else None

    def asked(self, path):
        """Ranges that were asked of a file."""
        return [part for _, where, part, _ in self.log if where == path]

    def sent(self, ending=""):
        return sum(1 for _, where, _, _ in self.log if where.endswith(ending))

    def add_file(self, path, data):
        self.files[path] = data
        return f"{self.url}{path}"

    def add_item(self, identifier, when, assets, collection="sentinel-2-l2a", geometry=None, **properties):
        """An item; its own address is the interface's."""
        item = {"type": "Feature", "stac_version": "1.0.0", "id": identifier, "collection": collection,
                "geometry": {"type": "Polygon", "coordinates": [geometry or POLYGON]},
                "properties": {"datetime": when, **properties}, "assets": assets,
                "links": [{"rel": "self", "href": f"{self.url}/stac/collections/{collection}/items/{identifier}"}]}
        self.items[collection].append(item)
        return item


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    archive: ArchiveServer

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._answer(None)

    def do_POST(self):
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body):
        archive, parts = self.archive, urlsplit(self.path)
        archive.log.append((self.command, parts.path, self.headers.get("Range"), dict(self.headers)))
        fault = archive.fault(parts.path)
        if fault and fault[0] == "status":
            return self._send(fault[1], b"no", {**(fault[2] if len(fault) > 2 else {})})
        if fault and fault[0] == "body":
            return self._send(200, fault[1], fault[2])
        if fault and fault[0] == "wait":
            archive.waited_out = not fault[1].wait(20)
        if parts.path in archive.handlers:
            return self._send(*archive.handlers[parts.path](self, body))
        if parts.path in archive.files:
            return self._file(archive.files[parts.path], fault)
        return self._stac(parts, body)

    def _file(self, data, fault):
        if self.archive.password and self.headers.get("Authorization") != self.archive.password:
            return self._send(401, b"log in")
        headers = {"ETag": f'"{hash(data)}"', "Content-Type": "application/octet-stream"}
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        if fault and fault[0] == "corrupt":
            middle = len(data) // 2
            data = data[:middle] + bytes(255 - b for b in data[middle:middle + 4000]) + data[middle + 4000:]
        status, total = 200, len(data)
        if asked and self.archive.ranges:
            first = int(asked.group(1))
            if first >= total:
                return self._send(416, b"", {"Content-Range": f"bytes */{total}"})
            last = min(int(asked.group(2) or total), total - 1)
            start = first + (fault[1] if fault and fault[0] == "shift" else 0)
            headers["Content-Range"] = f"bytes {start}-{start + last - first}/{total if self.archive.total else '*'}"
            data, status = data[first:last + 1], 206
        length = len(data)
        if fault and fault[0] == "say":
            length = fault[1]
        if fault and fault[0] == "drop":
            data = data[:fault[1]]
        self._send(status, data, headers, length)
        if len(data) != length:
            self.close_connection = True
        return None

    def _send(self, status, data, headers=None, length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # the other side was cancelled

    def _json(self, content, status=200):
        self._send(status, json.dumps(content).encode(), {"Content-Type": "application/geo+json"})

    def _stac(self, parts, body):
        archive, path = self.archive, parts.path.rstrip("/")
        root = f"{archive.url}/stac"
        if path == "/stac":
            links = [{"rel": "search", "href": f"{root}/search", "method": "GET"}]
            links += [{"rel": "search", "href": f"{root}/search", "method": "POST"}] if archive.post else []
            return self._json({"type": "Catalog", "id": "test", "conformsTo": archive.conforms, "links": links})
        if path == "/stac/search":
            return self._search(root, json.loads(body) if body else _from_query(parts.query))
        if path == "/stac/collections":
            return self._json({"collections": [{"id": name} for name in archive.items]})
        found = re.fullmatch(r"/stac/collections/([^/]+)(?:/items/([^/]+))?", path)
        if found and found.group(1) in archive.items:
            if not found.group(2):
                return self._json({"id": found.group(1)})
            item = next((i for i in archive.items[found.group(1)] if i["id"] == found.group(2)), None)
            if item:
                return self._json(item)
        return self._json({"code": "NotFound"}, 404)

    def _search(self, root, asked):
        archive = self.archive
        items = [i for name in asked["collections"] for i in archive.items.get(name, ())]
        if "datetime" in asked:
            first, last = asked["datetime"].split("/")
            items = [i for i in items if (first == ".." or i["properties"]["datetime"] >= first)
                     and (last == ".." or i["properties"]["datetime"] <= last)]
        cloud = asked.get("query", {}).get("eo:cloud_cover", {}).get("lte")
        if cloud is not None:
            items = [i for i in items if i["properties"].get("eo:cloud_cover", 0) <= cloud]
        if asked.get("sortby"):
            items = sorted(items, key=lambda i: i["properties"]["datetime"])
        start = int(asked.get("token", 0))
        page, links = items[start:start + archive.page], []
        if start + archive.page < len(items):
            after = start + archive.page
            links = [{"rel": "next", "href": f"{root}/search", "method": "POST", "merge": True, "body": {"token": after}}] \
                if archive.post else [{"rel": "next", "href": f"{root}/search?collections="
                                       f"{','.join(asked['collections'])}&token={after}"}]
        self._json({"type": "FeatureCollection", "features": page, "links": links, "numberMatched": len(items)})


def _from_query(query):
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    asked["collections"] = asked.get("collections", "").split(",")
    if "query" in asked:
        asked["query"] = json.loads(asked["query"])
    return asked
