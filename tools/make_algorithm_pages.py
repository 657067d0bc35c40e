"""Writes docs/algorithms.html, the help page of every algorithm, from the algorithms' own declarations."""
from html import escape

from headless import ROOT, start_qgis

TARGET = ROOT / "docs" / "algorithms.html"
_HEAD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Terrain Motion: algorithms</title><style>
body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
h2{border-bottom:1px solid #999;margin-top:2.5em}code{background:#eee;padding:0 .3em}
table{border-collapse:collapse;width:100%;font-size:14px}td,th{border:1px solid #ccc;padding:.3em .5em;text-align:left;
vertical-align:top}
</style></head><body><h1>Terrain Motion: algorithms</h1>
<p>Made from the algorithms' own declarations: defaults, units and ranges are those of the running code.</p>
"""


def page(algorithms) -> str:
    """The whole help page."""
    parts = [_HEAD]
    group = ""
    for algorithm in algorithms:
        if algorithm.group() != group:
            group = algorithm.group()
            parts.append(f"<h2>{escape(group)}</h2>")
        parts.append(_section(algorithm))
    return "".join(parts) + "</body></html>\n"


def _section(algorithm) -> str:
    source = f"<p><i>Source: {escape(algorithm.SOURCE)}</i></p>" if algorithm.SOURCE else ""
    rows = [_row(port.name, port.label, "", "optional" if port.optional else "", port.help)
            for port in (*algorithm.INPUTS, *algorithm.OUTPUTS)]
    for p in algorithm.SETTINGS.parameters() if algorithm.SETTINGS else ():
        default = "" if p.default is None else dict(p.choices)[p.default] if p.choices else p.default
        limits = " to ".join(f"{v:g}" if v is not None else "…" for v in (p.minimum, p.maximum))
        choices = "; ".join(f"{i} {text}" for i, (_, text) in enumerate(p.choices)) if p.choices else ""
        rows.append(_row(p.name, p.label, p.unit, f"{default}",
                         f"{p.help} {f'Choices: {choices}.' if choices else ''}"
                         f"{f' Range {limits}.' if limits != '… to …' else ''}"))
    results = "".join(f"<li><code>{r.name}</code> {escape(r.label)}</li>" for r in algorithm.RESULTS)
    return (f'<h3 id="{algorithm.ID}">{escape(algorithm.LABEL)} <code>terrainmotion:{algorithm.ID}</code></h3>'
            f"<p>{escape(algorithm.HELP)}</p>{source}<table><tr><th>Parameter</th><th>Meaning</th><th>Unit</th>"
            f"<th>Default</th><th>Help</th></tr>{''.join(rows)}</table>"
            f"{f'<p>Further outputs:</p><ul>{results}</ul>' if results else ''}\n")


def _row(*cells) -> str:
    first, *rest = (escape(str(cell)) for cell in cells)
    return f"<tr><td><code>{first}</code></td>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"


def main() -> None:
    application = start_qgis()
    from qgis.core import QgsApplication
    provider = QgsApplication.processingRegistry().providerById("terrainmotion")
    stages = sorted((a for a in provider.algorithms() if hasattr(a, "SETTINGS")), key=lambda a: (a.group(), a.ID))
    TARGET.write_text(page(stages), encoding="utf-8")
    print(TARGET)
    application.exitQgis()


if __name__ == "__main__":
    main()
