"""Read a TOML text against a schema and collect every fault, instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib.resources.abc import Traversable
from pathlib import Path as FilePath
from typing import Any

from casereview.errors import Fault, PackFaults
from casereview.packs.places import Path, Places, dotted

MAX_BYTES = 200_000
# The standard reader needs quadratic time for a key of very many dotted parts.
MAX_DOTS_IN_A_LINE = 60
MAX_FAULTS = 100
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the nearest of the names, or None when nothing is near."""
    near = difflib.get_close_matches(word[:80], list(names), n=1, cutoff=0.6)
    return near[0] if near else None


def shown(value: object) -> str:
    """Return a value as a short, printable quotation for a fault."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def read_text(path: FilePath | Traversable, name: str) -> str:
    """Return the text of a rule file.

    Raises:
        PackFaults: it cannot be read, is larger than 200 kB or is not UTF-8.
    """
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PackFaults(name, [Fault(name, "", f"The file cannot be read: {why}.")]) from error
    if len(raw) > MAX_BYTES:
        raise PackFaults(name, [Fault(name, "", "The file is larger than 200 kB.")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = "The file is not UTF-8 text; save it as UTF-8."
        raise PackFaults(name, [Fault(name, "", what, line=line)]) from error


class Reader:
    """One parsed text and its faults.

    Raises:
        PackFaults: the text is too large or is not TOML; nothing more can be said about it then.
    """

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.faults: list[Fault] = []
        self._places: Places | None = None
        self.data = self._parse()

    def _parse(self) -> dict[str, Any]:
        if len(self.text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise self._stop("The file is larger than 200 kB.")
        for number, line in enumerate(self.text.split("\n"), 1):
            if line.count(".") > MAX_DOTS_IN_A_LINE:
                raise self._stop(f"The line has more than {MAX_DOTS_IN_A_LINE} dots.", number)
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise self._not_toml(str(error)) from error
        except RecursionError as error:
            raise self._stop("Lists or tables are nested too deeply.") from error
        except ValueError as error:
            raise self._stop("A number or a date in the file cannot be read.") from error

    def _not_toml(self, message: str) -> PackFaults:
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
        reason = message[: place.start()] if place else message
        if place is None:
            return self._stop(f"This is not TOML: {reason}.")
        if place[1] is None:
            last = self.text.count("\n") + 1
            return self._stop(f"This is not TOML: {reason}.", last)
        return self._stop(f"This is not TOML: {reason}.", int(place[1]), int(place[2]))

    def _stop(self, what: str, line: int | None = None, column: int | None = None) -> PackFaults:
        return PackFaults(self.file, [Fault(self.file, "", what, line=line, column=column)])

    def fault(
        self, path: Path, what: str, *, near: str | None = None, offset: int | None = None
    ) -> None:
        """Record a fault at a key; `offset` is a 0-based character of that key's string."""
        if len(self.faults) > MAX_FAULTS:
            return
        if len(self.faults) == MAX_FAULTS:
            self.faults.append(Fault(self.file, "", "There are more faults than are listed here."))
            return
        if self._places is None:
            self._places = Places(self.text)
        place = self._places.of(path)
        line, column = (place.line, place.column) if place else (None, None)
        if offset is not None:
            line, column = self._places.within(path, offset) or (line, column)
        self.faults.append(Fault(self.file, dotted(path), what, line, column, near))

    def root(self) -> Table:
        """Return the whole text as a table."""
        return Table(self, self.data, ())

    def finish(self) -> None:
        """Refuse the text when there are faults.

        Raises:
            PackFaults: with all of them.
        """
        if self.faults:
            raise PackFaults(self.file, self.faults)


class Table:
    """One table of the text; each reading method notes its key as known and its faults."""

    def __init__(self, reader: Reader, data: Mapping[str, Any], path: Path) -> None:
        self.reader = reader
        self.data = data
        self.path = path
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def fault(self, key: str, what: str, *, near: str | None = None) -> None:
        """Record a fault at one of this table's keys, "" for the table itself."""
        self.reader.fault((*self.path, key) if key else self.path, what, near=near)

    def _value(self, key: str, *, required: bool = False) -> Any:
        self._known.append(key)
        if key not in self.data and required:
            self.fault("", f"The key {key!r} is missing.")
        return self.data.get(key)

    def text(
        self,
        key: str,
        *,
        default: str = "",
        required: bool = False,
        limit: int = 600,
        like: re.Pattern[str] | None = None,
    ) -> str:
        """Read a text of at most `limit` characters, whole-matching `like` where given."""
        value = self._value(key, required=required)
        if value is None:
            return default
        if not isinstance(value, str):
            self.fault(key, f"This must be text in quotes, not {shown(value)}.")
        elif required and not value.strip():
            self.fault(key, "This must not be empty.")
        elif len(value) > limit:
            self.fault(key, f"This has {len(value)} characters; at most {limit} are allowed.")
        elif like is not None and value and not like.fullmatch(value):
            sort = "small letters, digits and " + ("hyphens" if like is SLUG else "underscores")
            self.fault(key, f"{shown(value)} is not a name: use {sort}.")
        else:
            return value
        return default

    def integer(
        self,
        key: str,
        *,
        default: int | None = None,
        low: int = 0,
        high: int = 10**9,
        required: bool = False,
    ) -> int | None:
        """Read a whole number between `low` and `high`, both included."""
        value = self._value(key, required=required)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, f"This must be a whole number, not {shown(value)}.")
        elif not low <= value <= high:
            self.fault(key, f"{shown(value)} is not between {low} and {high}.")
        else:
            return value
        return default

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Read true or false."""
        value = self._value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(key, f"This must be true or false, not {shown(value)}.")
        return default

    def word(
        self, key: str, allowed: Iterable[str], *, default: str = "", required: bool = False
    ) -> str:
        """Read one word of a closed list."""
        value = self._value(key, required=required)
        if value is None:
            return default
        return value if self._is_one_of(key, value, tuple(allowed)) else default

    def words(self, key: str, allowed: Iterable[str] | None = None) -> tuple[str, ...]:
        """Read a list of different words, of a closed list where one is given."""
        value = self._value(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.fault(key, f"This must be a list of texts, not {shown(value)}.")
            return ()
        if len(set(value)) < len(value):
            self.fault(key, "The list names something twice.")
        known = None if allowed is None else tuple(allowed)
        return tuple(v for v in value if known is None or self._is_one_of(key, v, known))

    def _is_one_of(self, key: str, value: Any, allowed: tuple[str, ...]) -> bool:
        if isinstance(value, str) and value in allowed:
            return True
        near = nearest(value, allowed) if isinstance(value, str) else None
        self.fault(key, f"{shown(value)} is none of: {', '.join(allowed)}.", near=near)
        return False

    def values(self, key: str) -> dict[str, Any]:
        """Read a table of names to values: text, whole number, date, true or false."""
        value = self._value(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fault(key, f"This must be a table such as {{ name = 1 }}, not {shown(value)}.")
            return {}
        good = {}
        for name, held in value.items():
            plain = isinstance(held, (str, int, date)) and not isinstance(held, datetime)
            if plain:
                good[name] = held
            else:
                path = (*self.path, key, name)
                self.reader.fault(path, f"{shown(held)} is not text, a whole number or a date.")
        return good

    def table(self, key: str) -> Table | None:
        """Read a sub-table, None when it is absent."""
        value = self._value(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(key, f"This must be a table [{key}], not {shown(value)}.")
            return None
        return Table(self.reader, value, (*self.path, key))

    def tables(self, key: str) -> list[Table]:
        """Read a list of tables written [[key]], in file order; positions are kept."""
        value = self._value(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            self.fault(key, f"This must be written as [[{key}]] tables.")
            return []
        return [Table(self.reader, v, (*self.path, key, n)) for n, v in enumerate(value)]

    def done(self) -> None:
        """Report every key that nothing has read, with the nearest known one."""
        for key in self.data:
            if len(self.reader.faults) > MAX_FAULTS:
                return
            if key not in self._known:
                near = nearest(key, self._known)
                self.fault(key, f"There is no key {shown(key)} here.", near=near)


def no_doubles(tables: Iterable[Table], ids: Iterable[str], what: str) -> None:
    """Report every id that an earlier table of the same kind already has."""
    seen: set[str] = set()
    for table, name in zip(tables, ids, strict=True):
        if name and name in seen:
            table.fault("id" if "id" in table else "", f"The {what} {name!r} is there twice.")
        seen.add(name)
