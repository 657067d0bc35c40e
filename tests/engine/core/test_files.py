"""Files that appear only when they are complete."""
import pytest

from terrain_motion.engine.core.files import replacing, write_rows, write_text


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    target = write_text(tmp_path / "report.html", "old")
    with pytest.raises(ValueError):
        with replacing(target) as temporary:
            assert temporary.suffix == ".html"
            temporary.write_text("half")
            raise ValueError
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_rows_become_a_table(tmp_path):
    path = write_rows(tmp_path / "table.csv", ("date", "m"), [("2020-01-01", 1.5)])
    assert path.read_text().splitlines() == ["date,m", "2020-01-01,1.5"] and list(tmp_path.iterdir()) == [path]
