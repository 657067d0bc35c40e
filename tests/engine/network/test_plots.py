"""The network's plots: what they show, that they need nothing from outside, and that no half file is left."""
import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from terrain_motion.engine.core.errors import InputError
from terrain_motion.engine.core.scene import Scene
from terrain_motion.engine.network import pairing, plot_data, plots
from terrain_motion.engine.network.settings import PairNetworkSettings


def network(*days, **settings):
    found = [Scene(f"/away/<b>{d}.tif", datetime(2018, 1, 1) + timedelta(days=d)) for d in days]
    return pairing.run(found, PairNetworkSettings(**settings))


def svgs(page):
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def test_html_holds_an_arc_and_a_chord_for_every_pair(tmp_path):
    result = network(0, 20, 40, 300, 900, max_baseline=300)
    page = plots.write_plot(result, tmp_path / "plot.html").read_text(encoding="utf-8")
    drawings = svgs(page)
    assert len(drawings) == 2
    for drawing in drawings:
        assert sum("link" in (e.get("class") or "") for e in drawing.iter()) == len(result.pairs) == 6
        titles = [e.text for e in drawing.iter() if e.tag.endswith("title")]
        assert "2018-01-01 to 2018-01-21, 20 days" in titles and "2020-06-19, 0 pairs" in titles


def test_html_needs_nothing_from_outside_and_escapes_names(tmp_path):
    page = plots.write_plot(network(0, 20, 20, 40), tmp_path / "plot.html").read_text(encoding="utf-8")
    assert not re.search(r"<script|src=|href=|@import|url\(", page)
    assert re.findall(r"https?://[^\"']+", page) == ["http://www.w3.org/2000/svg"] * 2  # the name space, not a link
    assert "<b>" not in page and "&lt;b&gt;" in page


def test_parts_and_isolated_dates_are_named_in_the_html(tmp_path):
    result = network(0, 20, 1000, 1020, 3000, max_baseline=100)
    page = plots.write_plot(result, tmp_path / "plot.htm").read_text(encoding="utf-8")
    assert "in 2 parts, 1 date without a pair" in page and "Without a pair: 2026-03-20" in page
    assert page.count('class="key"') == 2


def test_png_is_a_picture_and_uses_no_pyplot(tmp_path):
    import sys
    loaded = "matplotlib.pyplot" in sys.modules
    path = plots.write_plot(network(0, 20, 40, split_date="2018-01-15"), tmp_path / "deep" / "plot.png")
    assert path.read_bytes()[:4] == b"\x89PNG" and path.stat().st_size > 20000
    assert ("matplotlib.pyplot" in sys.modules) == loaded
    assert [p.name for p in path.parent.iterdir()] == ["plot.png"]


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"plot\.pdf cannot be written: its name must end with"):
        plots.write_plot(network(0, 20), tmp_path / "plot.pdf")
    assert list(tmp_path.iterdir()) == []


def test_weak_links_are_marked_only_where_a_part_can_fall_in_two():
    assert [link.bridge for link in plot_data.plot_data(network(0, 20)).links] == [False]
    chain = plot_data.plot_data(network(0, 20, 40, max_baseline=20))
    assert [link.bridge for link in chain.links] == [True, True]


@pytest.mark.parametrize("value, limit, step", [(16, 20, 5), (397, 400, 100), (88, 100, 20), (1, 1, 1)])
def test_axis_ends_at_a_round_number(value, limit, step):
    assert plot_data.nice_ceiling(value) == (limit, step)


@pytest.mark.parametrize("days", [1, 10, 60, 200, 500, 1000, 3000, 9000, 20000])
def test_time_axis_has_a_handful_of_ticks(days):
    first = datetime(2000, 3, 4).date()
    ticks = plot_data.time_ticks(first, first + timedelta(days=days))
    assert 1 <= len(ticks) <= 10
    assert all(first <= day <= first + timedelta(days=days) for day, _ in ticks)
