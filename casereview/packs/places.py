"""Where each key of a TOML text stands, because the standard reader forgets lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*')"""
_KEY = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*=[ \t]*")
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*\]")
_PARTS = re.compile(_PART)
_TOKEN = re.compile(r'"""|\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|[\[\]{}]|#[^\n]*')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands: 1-based line and column, and the offset at which its value begins."""

    line: int
    column: int
    value: int


class Places:
    """The place of every key of one TOML text that parses. Built once, on the first fault."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._starts = [0, *(m.end() for m in re.finditer("\n", self._text))]
        self._found: dict[Path, Place] = {}
        self._counts: dict[Path, int] = {}
        self._scan()

    def of(self, path: Path) -> Place | None:
        """Return the place of the key, else of the nearest key around it, None for the file."""
        for length in range(len(path), 0, -1):
            place = self._found.get(path[:length])
            if place is not None:
                return place
        return None

    def within(self, path: Path, offset: int) -> tuple[int, int] | None:
        """Return line and column of a character of a one-line string, None where it is not one."""
        place = self._found.get(path)
        if place is None or self._text[place.value : place.value + 1] not in {'"', "'"}:
            return None
        if self._text[place.value : place.value + 3] in {'"""', "'''"}:
            return None
        at = place.value + 1 + offset
        if "\\" in self._text[place.value : at]:
            return None
        return self._line_and_column(at)

    def _line_and_column(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def _scan(self) -> None:
        table: Path = ()
        at = 0
        while at < len(self._text):
            header = _HEADER.match(self._text, at)
            key = None if header else _KEY.match(self._text, at)
            if header:
                table = self._table(header)
                self._note(table, header.start(1), header.start(1))
                at = header.end()
            elif key:
                self._note((*table, *_names(key[1])), key.start(1), key.end())
                at = self._past_value(key.end())
                continue
            at = self._next_line(at)

    def _note(self, path: Path, at: int, value: int) -> None:
        line, column = self._line_and_column(at)
        self._found.setdefault(path, Place(line, column, value))

    def _table(self, header: re.Match[str]) -> Path:
        names = _names(header[2])
        path: Path = ()
        for depth, name in enumerate(names):
            path = (*path, name)
            last = depth == len(names) - 1
            if last and header[1] == "[[":
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _next_line(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end + 1

    def _past_value(self, at: int) -> int:
        depth = 0
        while True:
            line_end = self._text.find("\n", at)
            token = _TOKEN.search(self._text, at)
            if depth == 0 and (token is None or 0 <= line_end < token.start()):
                return self._next_line(at)
            if token is None:
                return len(self._text)
            word, at = token[0], token.end()
            if word in {'"""', "'''"}:
                at = self._past_long_string(word, at)
            elif word in "[{":
                depth += 1
            elif word in "]}":
                depth -= 1

    def _past_long_string(self, quote: str, at: int) -> int:
        end = self._text.find(quote, at)
        while quote == '"""' and end > 0 and self._escaped(end):
            end = self._text.find(quote, end + 1)
        return len(self._text) if end < 0 else end + 3

    def _escaped(self, at: int) -> bool:
        before = at
        while self._text[before - 1] == "\\":
            before -= 1
        return (at - before) % 2 == 1


def dotted(path: Path) -> str:
    """Return a path as people write it; list positions count from 1."""
    out = ""
    for part in path:
        if isinstance(part, int):
            out += f"[{part + 1}]"
        else:
            out += ("." if out else "") + part[:60]
    return out


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PARTS.findall(dotted))
