"""XML as plain frozen elements that know their line, read without anything being expanded.

Expat tells the lines. A DOCTYPE is refused before it can declare an entity, so that nothing
expands and nothing outside is fetched; size, depth and number of elements are limited.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from loligo.errors import ModelError, suggest

LARGEST = 32_000_000
"""A file of more bytes is refused."""

DEEPEST = 40
"""Elements inside each other beyond this are refused."""

MOST = 1_000_000
"""A file of more elements is refused."""

_NAMESPACE = "http://www.neuroml.org/schema/neuroml2"
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance "
PROSE = frozenset({"notes", "annotation"})
"""Elements for people, allowed in every element and skipped with all they hold."""

_PROPERTY = "property"
"""A tag and a value for other programs, allowed in every element; kept aside of the children."""

_EVERYWHERE = frozenset({"metaid", "neuroLexId", "description"})


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a file: its name, attributes and children, and the line where it starts.

    A ``<property>`` inside is no child; it is one of `properties`.
    """

    name: str
    attributes: dict[str, str]
    line: int
    file: str
    children: tuple[Element, ...] = ()
    text: str = ""
    properties: tuple[Element, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, for messages: ``"na.nml, line 12, <gate id='m'>"``."""
        name = self.attributes.get("id") or self.attributes.get("name")
        shown = f" {'id' if 'id' in self.attributes else 'name'}={name[:60]!r}" if name else ""
        return f"{self.file}, line {self.line}, <{self.name[:60]}{shown}>"

    def refuse(self, problem: str) -> NoReturn:
        """Raise the error that tells the place and the problem."""
        raise ModelError(f"{self.place}: {problem}")

    def get(self, name: str) -> str:
        """Return an attribute that must be there."""
        if name not in self.attributes:
            self.refuse(f"the attribute {name!r} is missing")
        return self.attributes[name]

    def expect(
        self,
        attributes: Collection[str] = (),
        optional: Collection[str] = (),
        children: Collection[str] = (),
    ) -> None:
        """Refuse what is missing and whatever is not listed.

        Parameters
        ----------
        attributes : collection of str
            Names that must be there.
        optional : collection of str
            Names that may be there.
        children : collection of str
            Elements that may be inside.
        """
        for name in attributes:
            self.get(name)
        known = {*attributes, *optional, *_EVERYWHERE}
        for name in self.attributes:
            if name not in known:
                self.refuse(f"the attribute {name!r} is not understood; {suggest(name, known)}")
        for child in self.children:
            if child.name not in children:
                child.refuse(
                    f"is not understood inside <{self.name}>; {suggest(child.name, children)}"
                )

    def every(self, *names: str) -> tuple[Element, ...]:
        """Return the children of these names."""
        return tuple(child for child in self.children if child.name in names)

    def maybe(self, name: str) -> Element | None:
        """Return the one child of a name, ``None`` where there is none."""
        found = self.every(name)
        if len(found) > 1:
            found[1].refuse(f"a second <{name}> inside <{self.name}>; one is allowed")
        return found[0] if found else None

    def only(self, name: str) -> Element:
        """Return the one child of a name, which must be there."""
        found = self.maybe(name)
        if found is None:
            self.refuse(f"needs a <{name}>")
        return found


@dataclass
class _Open:
    """An element that is not closed yet."""

    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    properties: list[Element] = field(default_factory=list)


class _Builder:
    """The handlers of the parser."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.stack: list[_Open] = []
        self.root: Element | None = None
        self.count = 0
        self.skipped = 0

    def refuse(self, problem: str) -> NoReturn:
        raise ModelError(f"{self.file}, line {self.parser.CurrentLineNumber}: {problem}")

    def doctype(self, *_: object) -> None:
        self.refuse("a DOCTYPE is refused: it can define entities; remove it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST:
            self.refuse(f"more than {MOST} elements")
        if len(self.stack) + self.skipped >= DEEPEST:
            self.refuse(f"more than {DEEPEST} elements inside each other")
        space, _, local = name.rpartition(" ")
        if self.skipped or (self.stack and local in PROSE):
            self.skipped += 1
            return
        if space not in {"", _NAMESPACE}:
            self.refuse(f"<{local[:60]}> is of the namespace {space[:80]!r}; only NeuroML is read")
        plain = {key: value for key, value in attributes.items() if not key.startswith(_SCHEMA)}
        line = self.parser.CurrentLineNumber
        if self.stack and local == _PROPERTY:
            self.stack[-1].properties.append(Element(local, plain, line, self.file))
            self.skipped += 1
            return
        self.stack.append(_Open(local, plain, line))

    def end(self, _: str) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        done = self.stack.pop()
        children, text = tuple(done.children), "".join(done.text).strip()
        properties = tuple(done.properties)
        element = Element(
            done.name, done.attributes, done.line, self.file, children, text, properties
        )
        if text:
            element.refuse(f"holds the text {text[:40]!r}; its meaning is unknown")
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element

    def characters(self, text: str) -> None:
        if self.stack and not self.skipped and not text.isspace():
            self.stack[-1].text.append(text)


def read_markup(content: bytes, file: str) -> Element:
    """Return the outermost element of a file.

    Parameters
    ----------
    content : bytes
    file : str
        Its name, for messages.

    Raises
    ------
    ModelError
        Not XML, a DOCTYPE, another namespace than NeuroML's, or larger or deeper than allowed.
    """
    if len(content) > LARGEST:
        raise ModelError(f"{file} has {len(content)} bytes; at most {LARGEST} are read")
    builder = _Builder(file)
    try:
        builder.parser.Parse(content, True)
    except expat.ExpatError as error:
        problem = expat.errors.messages.get(error.code, "not well-formed")
        raise ModelError(f"{file}, line {error.lineno}: not XML: {problem}") from None
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{file}: its encoding cannot be read: {error}") from None
    assert builder.root is not None
    return builder.root


def read_file(path: Path) -> Element:
    """Return the outermost element of a file on disk.

    Raises
    ------
    ModelError
        It cannot be read, or see `read_markup`.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ModelError(f"{path.name} is larger than the {LARGEST} bytes that are read")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path.name}: cannot be read: {error}") from None
    return read_markup(content, path.name)


def by_id(elements: Iterable[Element]) -> dict[str, Element]:
    """Return elements by their ``id``; each must have one, and no two the same."""
    found: dict[str, Element] = {}
    for element in elements:
        name = element.get("id")
        if name in found:
            element.refuse(f"the id {name!r} is taken by {found[name].place}")
        found[name] = element
    return found
