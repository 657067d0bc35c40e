"""The network as one HTML file with drawings inside; it needs nothing from outside and no script."""
import math
from datetime import date
from html import escape
from typing import List, Sequence, Tuple

from . import plot_data as data
from .pairing import NetworkResult
from .plot_data import PlotData

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 900, 380, 64, 18, 16, 44
#: Chord diagram: width, height and radius; the width leaves room for the dates beside the circle.
_CHORD_WIDTH, _CHORD_HEIGHT, _RADIUS = 640, 440, 180

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5d6775; --line: #d9dee5; --page: #ffffff; --card: #f6f8fa; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebef; --soft: #a3adba; --line: #3a424d; --page: #16191d; --card: #1f242a; } }
body { margin: 0 auto; padding: 28px 24px 40px; max-width: 1080px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; }
h1 { font-size: 22px; margin: 0 0 2px; } h2 { font-size: 16px; margin: 30px 0 8px; }
p.lead { color: var(--soft); margin: 0 0 18px; }
.warn:last-of-type { margin-bottom: 18px; } dl { display: flex; flex-wrap: wrap; gap: 10px; margin: 0; }
dl div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; }
dt { color: var(--soft); font-size: 12px; } dd { margin: 0; font-weight: 600; }
svg { display: block; width: 100%; height: auto; } figure { margin: 0; }
.chord { max-width: 700px; margin: 0 auto; } figcaption { color: var(--soft); font-size: 13px; margin-top: 4px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 10px; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; font-size: 13px; } th:first-child, td:first-child { text-align: left; }
.left td, .left th { text-align: left; overflow-wrap: anywhere; }
.warn { border-left: 4px solid #D55E00; background: var(--card); padding: 8px 14px; border-radius: 4px; margin: 8px 0; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 8px; }
text { fill: var(--soft); font-size: 13px; font-family: inherit; } .axis { stroke: var(--soft); stroke-width: 1; }
.grid { stroke: var(--line); stroke-width: 1; } .link { fill: none; stroke-width: 1.4; }
.link:hover { stroke-width: 3.5; stroke-opacity: 1; } .node { stroke: var(--page); stroke-width: 1.2; }
"""


def page(result: NetworkResult) -> str:
    """The whole document."""
    drawn = data.plot_data(result)
    cards = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
                    for name, value in data.facts(result))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Pair network</title>'
        f"<style>{_STYLE}</style></head><body><h1>Pair network</h1>"
        f'<p class="lead">{escape(data.headline(result))}</p>{_warnings(result)}<dl>{cards}</dl>'
        f"<h2>Temporal baselines</h2><figure>{arcs(drawn)}<figcaption>Each arc is a pair; its top is at the days "
        "between the two dates. Dashed: a pair on which a part of the network hangs. Rings: dates without a "
        "pair. Point at a line for its dates.</figcaption></figure>"
        f'<h2>Chord diagram</h2><figure><div class="chord">{chords(drawn)}</div><figcaption>Time runs clockwise; '
        "each line is a pair, each dot an acquisition, larger where it has more pairs.</figcaption></figure>"
        f"<h2>Parts of the network</h2>{_parts(result)}{_left_out(result)}</body></html>\n")


def arcs(drawn: PlotData) -> str:
    """Baseline plot: time to the right, each pair a half ellipse as high as its baseline in days."""
    top, step = data.nice_ceiling(max(link.days for link in drawn.links))
    base, height = _HEIGHT - _BOTTOM, _HEIGHT - _BOTTOM - _TOP
    shapes: List[str] = []
    for index in range(1, round(top / step) + 1):
        y = base - height * index * step / top
        shapes.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                      f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{index * step:g}</text>')
    shapes.append(f'<text x="{_LEFT - 8}" y="{base + 4}" text-anchor="end">0</text>'
                  f'<text transform="translate(16 {_TOP + height / 2}) rotate(-90)" text-anchor="middle">days</text>')
    for day, label in data.time_ticks(*drawn.span):
        x = _x(drawn, day)
        shapes.append(f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{base + 8}" y2="{base + 14}"/>'
                      f'<text x="{x:.1f}" y="{base + 30}" text-anchor="middle">{label}</text>')
    if drawn.split:
        x = min(max(_x(drawn, drawn.split), _LEFT), _WIDTH - _RIGHT)
        shapes.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{base}" stroke="{data.SPLIT}" '
                      f'stroke-dasharray="3 4"/><text x="{x + 6:.1f}" y="{_TOP + 10}">{drawn.split}</text>')
    for link in drawn.links:
        x1, x2 = _x(drawn, link.first.day), _x(drawn, link.second.day)
        # Radii a trifle short: SVG then enlarges the ellipse until it just fits, a half one whatever is rounded.
        radii = f"{(x2 - x1) * 0.495:.2f} {height * link.days / top * 0.99:.2f}"
        path = f"M{x1:.1f} {base} A{radii} 0 0 1 {x2:.1f} {base}"
        shapes.append(_link(link, path, len(drawn.links)))
    shapes.append(f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>')
    shapes.extend(_node(node, _x(drawn, node.day), base) for node in drawn.nodes)
    return _svg(_WIDTH, _HEIGHT, shapes, "Baseline plot: pairs as arcs over time")


def chords(drawn: PlotData) -> str:
    """Chord diagram: dates on a circle, clockwise from the top, pairs as curves drawn toward the centre."""
    centre = (_CHORD_WIDTH / 2, _CHORD_HEIGHT / 2)
    shapes = [f'<circle cx="{centre[0]}" cy="{centre[1]}" r="{_RADIUS}" fill="none" class="grid"/>']
    for day, label in data.time_ticks(*drawn.span):
        angle = drawn.angle(day)
        (x1, y1), (x2, y2), (x, y) = (_on_circle(centre, _RADIUS + d, angle) for d in (9, 15, 22))
        below = abs(math.sin(angle)) < 0.25 and math.cos(angle) < 0
        side = "middle" if below else "start" if math.sin(angle) > 0 else "end"
        shapes.append(f'<line class="axis" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
                      f'<text x="{x:.1f}" y="{y + 4 - 6 * math.cos(angle):.1f}" text-anchor="{side}">{label}</text>')
    for link in drawn.links:
        x1, y1 = _on_circle(centre, _RADIUS, link.first.angle)
        x2, y2 = _on_circle(centre, _RADIUS, link.second.angle)
        right, up = data.control_point(link.first.angle, link.second.angle)
        cx, cy = centre[0] + _RADIUS * right, centre[1] - _RADIUS * up
        shapes.append(_link(link, f"M{x1:.1f} {y1:.1f} Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}", len(drawn.links)))
    shapes.extend(_node(node, *_on_circle(centre, _RADIUS, node.angle)) for node in drawn.nodes)
    return _svg(_CHORD_WIDTH, _CHORD_HEIGHT, shapes, "Chord diagram of the pairs")


def _x(drawn: PlotData, day: date) -> float:
    first, last = drawn.span
    inner = 12
    return _LEFT + inner + (day - first).days / max((last - first).days, 1) * (_WIDTH - _LEFT - _RIGHT - 2 * inner)


def _on_circle(centre: Tuple[float, float], radius: float, angle: float) -> Tuple[float, float]:
    right, up = data.on_circle(angle, radius)
    return centre[0] + right, centre[1] - up


def _link(link: data.Link, path: str, count: int) -> str:
    dashes = ' stroke-dasharray="5 3" style="stroke-width:2.2"' if link.bridge else ""
    strength = 1.0 if link.bridge else data.opacity(count)
    return (f'<path class="link" d="{path}" stroke="{data.colour(link.first.part)}" '
            f'stroke-opacity="{strength:.2f}"{dashes}>'
            f"<title>{link.first.day} to {link.second.day}, {link.days} days</title></path>")


def _node(node: data.Node, x: float, y: float) -> str:
    words = f"{node.day}, {node.pairs} pair{'' if node.pairs == 1 else 's'}"
    if node.part < 0:
        return (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="var(--page)" stroke="{data.ISOLATED}" '
                f'stroke-width="1.8"><title>{words}</title></circle>')
    radius = 3.0 + min(2.5, node.pairs / 12)
    return (f'<circle class="node" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{data.colour(node.part)}">'
            f"<title>{words}</title></circle>")


def _svg(width: int, height: int, shapes: Sequence[str], label: str) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{escape(label)}">{"".join(shapes)}</svg>')


def _warnings(result: NetworkResult) -> str:
    found = []
    if len(result.components) > 1:
        found.append(f"The network is in {len(result.components)} parts; displacement between them cannot be known. "
                     "Raise the maximum baseline or add scenes between them.")
    if result.isolated:
        found.append(f"Without a pair: {', '.join(map(str, result.isolated[:12]))}"
                     f"{' and more' if len(result.isolated) > 12 else ''}.")
    found.extend(result.notes)
    return "".join(f'<p class="warn">{escape(text)}</p>' for text in found)


def _parts(result: NetworkResult) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in data.PART_HEADER)
    rows = "".join(
        f'<tr><td><span class="key" style="background:{data.colour(index)}"></span>{row[0]}</td>'
        + "".join(f"<td>{escape(value)}</td>" for value in row[1:]) + "</tr>"
        for index, row in enumerate(data.part_rows(result)))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _left_out(result: NetworkResult) -> str:
    text = ""
    if result.dropped:
        rows = "".join(f"<tr><td>{escape(path)}</td><td>{escape(why)}</td></tr>" for path, why in result.dropped)
        text = (f'<h2>Scenes left out</h2><table class="left"><thead><tr><th>Scene</th><th>Why</th></tr></thead>'
                f"<tbody>{rows}</tbody></table>")
    if result.refused:
        rows = "".join(f"<tr><td>{escape(why)}</td><td>{count}</td></tr>" for why, count in result.refused.items())
        text += ("<h2>Combinations not paired</h2><table><thead><tr><th>Scenes</th><th>Number</th></tr></thead>"
                 f"<tbody>{rows}</tbody></table>")
    return text
