"""Signatures and tokens: one for many requests, renewed in time, and asked for anew when refused."""
from datetime import datetime, timedelta, timezone

import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.scenes.archive.client import Client
from terrain_motion.engine.scenes.archive.endpoints import Endpoint
from terrain_motion.engine.scenes.archive.login import PasswordToken, Signer
from terrain_motion.engine.scenes.archive.transport import UrlTransport

BLOB = "https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/10/T/B04.tif"


def answers(token, minutes=45):
    ends = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return {"token": token, "msft:expiry": ends.strftime("%Y-%m-%dT%H:%M:%S.123Z")}


def test_one_signature_serves_a_container_until_it_ends():
    asked = []

    def fetch(url):
        asked.append(url)
        return answers(f"sig={len(asked)}", minutes=45 if len(asked) > 1 else 0)
    signer = Signer("https://sign/token")
    assert signer.sign(BLOB, fetch) == f"{BLOB}?sig=1"  # runs out at once
    assert signer.sign(BLOB, fetch) == signer.sign(BLOB, fetch) == f"{BLOB}?sig=2"
    assert asked == ["https://sign/token/sentinel2l2a01/sentinel2-l2"] * 2
    assert signer.sign("https://elsewhere.org/a.tif", fetch) == "https://elsewhere.org/a.tif"
    assert signer.sign(f"{BLOB}?sig=own", fetch) == f"{BLOB}?sig=own"


def test_a_signature_that_is_refused_is_asked_for_anew(archive, patience):
    file = archive.add_file("/container/B04.tif", b"bytes")
    tokens = []

    def sign(handler, body):
        import json
        tokens.append(1)
        return 200, json.dumps(answers(f"sig={len(tokens)}")).encode()
    archive.handlers["/token/127/container"] = sign
    archive.faults["/container/B04.tif"] = [("status", 403)]
    client = Client(UrlTransport(), Endpoint("", "test", archive.url), Progress(), patience,
                    Signer(f"{archive.url}/token", hosts="127.0.0.1"))
    assert client.read(file) == b"bytes" and len(tokens) == 2


def test_a_wrong_password_is_named(archive):
    archive.handlers["/token"] = lambda handler, body: (401, b"{}")
    with pytest.raises(InputError, match="refuses the user name or password .401."):
        PasswordToken(UrlTransport(), f"{archive.url}/token", "c", "me", "wrong")("https://x")


def test_a_busy_log_in_is_tried_again(archive, patience):
    file = archive.add_file("/file", b"bytes")
    archive.faults["/token"] = [("status", 503)]
    archive.handlers["/token"] = lambda handler, body: (200, b'{"access_token": "t", "expires_in": 600}')
    transport = UrlTransport(PasswordToken(UrlTransport(), f"{archive.url}/token", "c", "me", "mine"))
    archive.password = "Bearer t"
    client = Client(transport, Endpoint("", "test", archive.url, ("127.0.0.1",)), Progress(), patience)
    assert client.read(file) == b"bytes" and archive.sent("/token") == 2
