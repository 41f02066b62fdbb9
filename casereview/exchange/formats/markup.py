"""XML read piece by piece: depth counted, document types refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from casereview.exchange.formats.streams import Chunks
from casereview.exchange.formats.survey import Survey, unreadable

DEPTH_MAX = 100


class Listener(Protocol):
    """Hears elements as they begin and end, by their names without namespace."""

    ready: list[Any]

    def start(self, name: str, attributes: Mapping[str, str], line: int) -> None:
        """Hear that an element begins."""

    def text(self, words: str) -> None:
        """Hear text."""

    def end(self, name: str) -> None:
        """Hear that an element ends."""


class _TooDeep(Exception):
    """Elements are nested beyond the limit."""


class _Target:
    """Passes on what the parser says, counting depth."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._depth = 0
        self.parser: Any = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise _TooDeep
        line = int(self.parser.CurrentLineNumber)
        self._listener.start(tag.rpartition("}")[2], attributes, line)

    def data(self, words: str) -> None:
        self._listener.text(words)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._listener.end(tag.rpartition("}")[2])

    def close(self) -> None:
        """End; there is no tree to return."""


def parse(path: Path, found: Survey, listener: Listener) -> Iterator[tuple[Any, int]]:
    """Yield what the listener makes ready, with the bytes of the file read so far.

    Raises:
        Unreadable: it is no XML, has a document type, or passes a limit.
    """
    target = _Target(listener)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.parser = parser.parser
    chunks = Chunks(path, found)
    pieces = iter(chunks)
    while True:
        piece = next(pieces, b"")
        _feed(parser, piece, path.name)
        for one in listener.ready:
            yield one, chunks.done
        listener.ready.clear()
        if not piece:
            return


def _feed(parser: Any, piece: bytes, name: str) -> None:
    try:
        if piece:
            parser.feed(piece)
        else:
            parser.close()
    except DefusedXmlException as error:
        raise unreadable(
            name,
            "It has a document type (DTD) or entities, which are never read. Save it without.",
        ) from error
    except _TooDeep as error:
        raise unreadable(
            name, f"Its elements are nested more than {DEPTH_MAX} deep.",
            line=int(parser.parser.CurrentLineNumber),
        ) from error  # fmt: skip
    except ParseError as error:
        line = error.position[0] if hasattr(error, "position") else None
        raise unreadable(
            name, "This is no whole XML: it is damaged or was cut short.", line=line
        ) from error
    except (ValueError, LookupError) as error:
        raise unreadable(name, "It is in an encoding that is not read. Use UTF-8.") from error
