"""A list of coded reasons or kinds with dates of validity, and finding a code in it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from casereview.errors import NotFound, Refused

NEAR = 3
"""How many near codes a refusal names."""
LOCAL_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BLANKS = re.compile(r"[\s_]+")
_DASHES = re.compile(r"[\u2010-\u2015\u2212-]+")
_SPACES_OF_SIGNS = re.compile(r"\s*([-/])\s*")


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    Attributes:
        group: id of its group, "" for none.
        also: other words that are taken for it.
        flags: what measures read, e.g. "attended".
        valid_from: first date on which it may be used, None for always.
        valid_before: first date on which it may no longer be used, None for still.
        local: True for a code that the list does not know and allows.
    """

    code: str
    title: str
    group: str = ""
    also: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_before: date | None = None
    local: bool = False

    def is_valid(self, on: date) -> bool:
        """Tell whether the code may be used on `on` (half-open)."""
        return _within(self.valid_from, self.valid_before, on)


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list of codes.

    Attributes:
        use: what it is for: delay, attendance, contact.
        codes: in the order of the file; one code may stand twice for different dates.
        groups: group id to title.
        attributable: codes of who a delay is attributed to, () when the list has none.
        pathways, divisions: where it applies, () for everywhere.
        fallback: True when it applies only where no other list does.
        order: lists that apply together are shown in this order, then by id.
        allow_local: what a local code starts with, "" when any word is one, None when none is.
        strip_zeros: leading zeros do not matter.
        pad_to: digits are filled up with zeros to this length, 0 for no filling.
        missing: the code that national returns count for a missing reason, "" for none.
    """

    id: str
    version: int
    title: str
    source: str
    use: str
    codes: tuple[Code, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    attributable: tuple[Code, ...] = ()
    pathways: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    fallback: bool = False
    order: int = 100
    allow_local: str | None = None
    strip_zeros: bool = False
    pad_to: int = 0
    missing: str = ""
    valid_from: date | None = None
    valid_before: date | None = None
    file: str = ""
    _by_key: Mapping[str, tuple[Code, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[str, tuple[Code, ...]] = {}
        for code in self.codes:
            for word in (code.code, *code.also):
                key = self.key(word)
                by_key[key] = (*by_key.get(key, ()), code)
        object.__setattr__(self, "_by_key", MappingProxyType(by_key))

    def key(self, text: str) -> str:
        """Return the form in which codes are compared: case, blanks and list rules applied."""
        key = _BLANKS.sub("-", unicodedata.normalize("NFKC", text).strip().casefold())
        if self.strip_zeros:
            key = key.lstrip("0") or key[:1]
        return key.zfill(self.pad_to) if key.isdecimal() else key

    def get(self, code: str) -> Code | None:
        """Return the code whatever the date (the last one listed), or None; for showing records."""
        found = self._by_key.get(self.key(code))
        return found[-1] if found else self._local(code)

    def find(self, code: str, on: date) -> Code:
        """Return the code that may be used on `on`.

        Raises:
            NotFound: the list has no such code; the sentence names the nearest.
            Refused: the code exists and is not valid on that date.
        """
        found = self._by_key.get(self.key(code), ())
        valid = next((one for one in found if one.is_valid(on)), None)
        if valid is not None:
            return valid
        if found:
            raise Refused(
                f"Code {found[-1].code} of {self.title} cannot be used on {on.isoformat()}: "
                f"{_validity(found[-1])}.",
                code="code_not_valid",
                next="Use a code that was in force on that date.",
            )
        local = self._local(code)
        if local is None:
            raise _unknown([self], code, on)
        return local

    def find_label(self, label: str, on: date) -> Code | None:
        """Return the code with this published label, with or without its family, or None.

        Case, dashes, no-break and missing spaces and question marks do not matter.
        """
        wanted = _plain(label)
        for code in self.codes:
            names = (_plain(code.title), _plain(self.full_title(code)))
            if wanted in names and code.is_valid(on):
                return code
        return None

    def full_title(self, code: Code) -> str:
        """Return the title with its group in front: "Capacity - Housing provision ..."."""
        group = self.groups.get(code.group)
        return f"{group} - {code.title}" if group else code.title

    def flagged(self, flag: str) -> tuple[str, ...]:
        """Return the codes that carry a flag, in the order of the file."""
        return tuple(code.code for code in self.codes if flag in code.flags)

    def valid_codes(self, on: date) -> tuple[Code, ...]:
        """Return the codes that may be used on `on`, in the order of the file."""
        return tuple(code for code in self.codes if code.is_valid(on))

    def is_valid(self, on: date) -> bool:
        """Tell whether any code of the list may be used on `on`."""
        return any(code.is_valid(on) for code in self.codes)

    def nearest(self, code: str, on: date) -> str | None:
        """Return the nearest code that may be used on `on`, by code or by title, or None."""
        return next(iter(self.near(code, on, n=1)), None)

    def near(self, code: str, on: date, *, n: int = NEAR) -> list[str]:
        """Return at most `n` codes that may be used on `on`, nearest first, by code or by title."""
        names: dict[str, str] = {}
        for one in self.valid_codes(on):
            names.setdefault(_plain(one.title), one.code)
            for word in (one.code, *one.also):
                names[self.key(word)] = one.code
        near = difflib.get_close_matches(self.key(code), names, n=n, cutoff=0.6)
        near = near or difflib.get_close_matches(_plain(code), names, n=n, cutoff=0.6)
        return list(dict.fromkeys(names[word] for word in near))

    def _local(self, text: str) -> Code | None:
        if self.allow_local is None:
            return None
        key = _BLANKS.sub("-", unicodedata.normalize("NFKC", text).strip().casefold())
        word = key.removeprefix(self.allow_local).strip("-")
        # Codes are stored apart from free text, so a local one may only be a short word.
        if not key.startswith(self.allow_local) or not LOCAL_CODE.fullmatch(word):
            return None
        return Code(f"{self.allow_local}{word}", word.replace("-", " "), local=True)


def find_in(lists: Sequence[CodeList], code: str, on: date) -> tuple[CodeList, Code]:
    """Return the first list that has the code on that date, and the code.

    Raises:
        NotFound: none of the lists has it; the sentence names the nearest.
        Refused: a list has it, for other dates only.
    """
    not_valid: Refused | None = None
    for one in lists:
        try:
            return one, one.find(code, on)
        except NotFound:
            continue
        except Refused as refused:
            not_valid = not_valid or refused
    raise not_valid or _unknown(lists, code, on)


def _unknown(lists: Sequence[CodeList], code: str, on: date) -> NotFound:
    near = list(dict.fromkeys(word for one in lists for word in one.near(code, on)))[:NEAR]
    titles = " or ".join(one.title for one in lists) or "any list"
    prefixes = dict.fromkeys(one.allow_local for one in lists if one.allow_local)
    hint = f"Did you mean {' or '.join(repr(word) for word in near)}? " if near else ""
    if lists:
        commands = " or ".join(f"`rules codes {one.id}`" for one in lists)
        hint += f"{commands} lists the codes. "
    for prefix in prefixes:
        hint += f"A code of your own is written like {prefix}short-word. "
    return NotFound(f"{code!r} is not a code of {titles}.", code="unknown_code", next=hint.strip())


def _within(first: date | None, before: date | None, on: date) -> bool:
    return (first is None or first <= on) and (before is None or on < before)


def _validity(code: Code) -> str:
    parts: Iterable[str] = (
        f"it counts from {code.valid_from.isoformat()}" if code.valid_from else "",
        f"it ended before {code.valid_before.isoformat()}" if code.valid_before else "",
    )
    return " and ".join(part for part in parts if part)


def _plain(label: str) -> str:
    text = unicodedata.normalize("NFKC", label).casefold().replace("?", " ")
    text = _SPACES_OF_SIGNS.sub(r"\1", _DASHES.sub("-", text))
    return " ".join(text.replace("(", " (").split())
