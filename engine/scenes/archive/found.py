"""A scene in an archive, as its layer describes it. Standard library only: forms need it at start-up."""
from dataclasses import dataclass

from ...core.scene import SCENE_FIELDS, Scene

#: Fields of the layer of scenes that were found: those of every scenes layer, and where they come from.
FOUND_FIELDS = SCENE_FIELDS + (("item", "text"), ("collection", "text"), ("preview", "text"), ("stac", "text"))


@dataclass(frozen=True)
class FoundScene(Scene):
    """A scene in an archive.

    path: the address of its item. item: its id. preview: address of a small picture. stac: the item itself (JSON), where
    the archive gives it no address of its own.
    """
    item: str = ""
    collection: str = ""
    preview: str = ""
    stac: str = ""
