"""Files below a folder: behind links too, each once, circles end."""
import os

import pytest

from terrain_motion.engine.io.folders import files_below, walk


@pytest.fixture
def linked(tmp_path):
    (tmp_path / "store" / "one").mkdir(parents=True)
    (tmp_path / "store" / "one" / "a.tif").write_text("a")
    (tmp_path / "store" / ".hidden").mkdir()
    (tmp_path / "store" / ".hidden" / "b.tif").write_text("b")
    (tmp_path / "mine").mkdir()
    try:
        os.symlink(tmp_path / "store" / "one", tmp_path / "mine" / "one", target_is_directory=True)
        os.symlink(tmp_path / "mine", tmp_path / "mine" / "circle", target_is_directory=True)
    except (OSError, NotImplementedError):
        pytest.skip("links: this system makes no symbolic links")
    return tmp_path


def test_files_behind_links_are_found_once_and_a_circle_ends(linked):
    assert files_below(linked / "mine") == [linked / "mine" / "one" / "a.tif"]


def test_hidden_folders_and_one_to_leave_out_are_not_entered(linked):
    assert files_below(linked / "store") == [linked / "store" / "one" / "a.tif"]
    assert files_below(linked / "store", leave_out=linked / "store" / "one") == []
    assert [base for base, _, _ in walk(linked / "store")] == [linked / "store", linked / "store" / "one"]
