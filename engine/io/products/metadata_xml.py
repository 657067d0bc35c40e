"""Product metadata in XML, read without trust: no document type, so no entities; no namespaces in the names."""
from typing import List, Optional
from xml.etree import ElementTree
from xml.parsers import expat

from ...core.errors import InputError


class _Enough(Exception):
    """The element that was looked for is complete."""


def parse(data: bytes, source: str, until: str = "") -> ElementTree.Element:
    """The tree of an XML document, element names without namespace prefix.

    until: stop once an element of this name is complete; tile metadata hold view angles by the thousand behind what
    a catalogue needs. Raises InputError, naming `source`, for a damaged document or one that declares entities.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    opened: List[str] = []

    def start(tag, attributes):
        opened.append(tag.rpartition(":")[2])
        builder.start(opened[-1], attributes)

    def end(_tag):
        name = opened.pop()
        builder.end(name)
        if name == until:
            raise _Enough()

    def refuse(*_):
        raise InputError(f"{source} declares a document type, which no satellite product does. "
                         "Get the product again from its archive.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    try:
        parser.Parse(data, True)
    except _Enough:
        while opened:
            builder.end(opened.pop())
    except expat.ExpatError as error:
        raise InputError(f"{source} is damaged or truncated ({error}). Get the product again.") from error
    return builder.close()


def text(tree: Optional[ElementTree.Element], *names: str) -> str:
    """The text of the first element with one of these names, tried in order; empty where there is none."""
    for name in names:
        found = None if tree is None else next(tree.iter(name), None)
        if found is not None and (found.text or "").strip():
            return found.text.strip()
    return ""


def number(tree: Optional[ElementTree.Element], *names: str) -> Optional[float]:
    """The same as a number; None where there is none."""
    try:
        return float(text(tree, *names))
    except ValueError:
        return None
