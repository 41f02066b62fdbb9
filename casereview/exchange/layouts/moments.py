"""Dates and times as a file writes them, read by stated formats only: nothing is ever guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1).toordinal()
DAY_S = 86_400
MICRO = 1_000_000
KEPT = 100_000
"""Dates remembered before the memory of them is dropped, so that it stays small."""

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBER = {m: n for n, m in enumerate(_MONTHS, 1)} | {m[:3]: n for n, m in enumerate(_MONTHS, 1)}
_NUMBER["sept"] = 9
_PIECES = {
    "yyyy": r"(?P<year>[0-9]{4})",
    "yy": r"(?P<short>[0-9]{2})",
    "month": r"(?P<word>[A-Za-z]{3,9})",
    "mon": r"(?P<word>[A-Za-z]{3}|[Ss][Ee][Pp][Tt])",
    "mm": r"(?P<month>[0-9]{2})",
    "m": r"(?P<month>[0-9]{1,2})",
    "dd": r"(?P<day>[0-9]{2})",
    "d": r"(?P<day>[0-9]{1,2})",
    "HH": r"(?P<hour>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{1,2})",
    "MM": r"(?P<minute>[0-9]{2})",
    "SS": r"(?P<second>[0-9]{2})",
    "fff": r"(?P<fraction>[0-9]{1,9})",
    "zz": r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})",
}
_SPLIT = re.compile("|".join(sorted(_PIECES, key=len, reverse=True)) + "|.", re.DOTALL)
SERIAL, DAYS = "serial", "days"
NUMBERED = {
    SERIAL: re.compile(r"[0-9]{2,5}(?:\.[0-9]{1,12})?"),
    DAYS: re.compile(r"[0-9]{1,6}"),
}
"""Ways of writing a date as a number: of a spreadsheet, or days since the layout's zero."""
SERIAL_ZERO = date(1899, 12, 30).toordinal()
SERIAL_FIRST = 61
"""The first day number that all spreadsheets read alike; 60 is a day that never was."""
LATER_BY = date(1904, 1, 1).toordinal() - SERIAL_ZERO
"""Days by which the day numbers of the 1904 calendar of spreadsheets lie later."""
_YEARS = range(1800, 2200)
"""Numbers that stand for a year rather than for a day of the years 1904 to 1906."""
STATED_MAX = 6
_FIGURES = re.compile("([0-9]{1,2})([/.-])([0-9]{1,2})[/.-](?=[0-9])")
_LAST = date.max - timedelta(days=1)
Groups = tuple[str | None, ...]
_ORDER = ("year", "short", "word", "month", "day", "hour", "minute", "second", "fraction", "offset")


class Moment(NamedTuple):
    """A point in time as a file gives it.

    Attributes:
        day: local calendar date, days since 1970-01-01.
        at_us: microseconds since 1970-01-01 UTC, None where only the date is known.
        flaw: "gap" for a time that the clock change skipped, "twice" for one that came twice,
            "" otherwise.
    """

    day: int
    at_us: int | None
    flaw: str = ""

    @property
    def order(self) -> int:
        """Return what sorts moments: a date alone comes before every time of that date."""
        return self.day * DAY_S * MICRO if self.at_us is None else self.at_us


class FormatError(ValueError):
    """A format that cannot be used; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way of writing a date or a time, e.g. dd/mm/yyyy HH:MM.

    Attributes:
        text: as written in the layout.
        pattern: matches a whole cell; groups in the order of `_ORDER`.
        day_first: True for day before month in figures, False for month before day, None where
            neither can be mistaken for the other.
        timed: True when it has a time of day.
        zoned: True when it has an offset from UTC.
    """

    text: str
    pattern: re.Pattern[str]
    day_first: bool | None
    timed: bool
    zoned: bool

    def write(self, day: date, time: tuple[int, int, int]) -> str:
        """Return a date as this format writes it; parts that it does not have are left out."""
        hour, minute, second = time
        said = {
            "yyyy": f"{day.year:04d}", "yy": f"{day.year % 100:02d}",
            "month": _MONTHS[day.month - 1], "mon": _MONTHS[day.month - 1][:3],
            "mm": f"{day.month:02d}", "m": str(day.month), "dd": f"{day.day:02d}",
            "d": str(day.day), "HH": f"{hour:02d}", "H": str(hour), "MM": f"{minute:02d}",
            "SS": f"{second:02d}", "fff": "000",
        }  # fmt: skip
        return "".join(said.get(piece, piece) for piece in _SPLIT.findall(self.text))

    @classmethod
    def read(cls, text: str) -> Format:
        """Return the format that a text such as yyyy-mm-dd HH:MM:SS.fff stands for.

        Raises:
            FormatError: a letter without meaning, a part twice, or no day, month and year.
        """
        if text in NUMBERED:
            return cls(text, NUMBERED[text], None, timed=False, zoned=False)
        parts, used = [], []
        for piece in _SPLIT.findall(text):
            if piece in _PIECES:
                name = _PIECES[piece].split("<")[1].split(">")[0]
                if name in used:
                    raise FormatError(f"{text!r} has {piece!r} where it already has one.")
                used.append(name)
                parts.append(_PIECES[piece])
            elif piece.isalnum() and piece != "T":
                raise FormatError(
                    f"{text!r}: {piece!r} means nothing; use yyyy yy mm m mon month dd d HH H MM "
                    "SS fff zz."
                )
            else:
                parts.append(re.escape(piece))
        _check_parts(text, used)
        first = None
        if "month" in used and "year" not in used[:1]:
            first = used.index("day") < used.index("month")
        missing = "".join(f"(?P<{name}>(?!))?" for name in _ORDER if name not in used)
        return cls(text, re.compile("".join(parts) + missing), first, "hour" in used,
                   "offset" in used)  # fmt: skip


def _check_parts(text: str, used: Sequence[str]) -> None:
    if not ({"year", "short"} & set(used) and {"month", "word"} & set(used) and "day" in used):
        raise FormatError(f"{text!r} needs a day, a month and a year.")
    for part, needs in (("minute", "hour"), ("second", "minute"), ("fraction", "second"),
                        ("offset", "hour")):  # fmt: skip
        if part in used and needs not in used:
            raise FormatError(f"{text!r} has a part of the time without the part before it.")
    if "hour" in used and "minute" not in used:
        raise FormatError(f"{text!r} has hours without minutes (MM; small mm is the month).")


class Clock:
    """Reads the dates and times of one file.

    Args:
        formats: the stated ways of writing, tried in order.
        zone: name of the time zone of times without an offset, and of the local calendar.
        zero: the day that day numbers count from, None where there are none.
    """

    def __init__(self, formats: Sequence[Format], zone: str, zero: date | None = None) -> None:
        self.formats = tuple(formats)
        self._zero = zero
        self._zone = ZoneInfo(zone)
        self._days: dict[Groups, tuple[int, int | None] | None] = {}
        self._later_by = 0

    def count_from_1904(self) -> None:
        """Read day numbers of spreadsheets by the calendar that begins in 1904."""
        self._later_by = LATER_BY

    @property
    def stated(self) -> str:
        """Return the formats for a sentence; of many the first ones."""
        if len(self.formats) <= STATED_MAX:
            return " or ".join(f.text for f in self.formats)
        more = len(self.formats) - STATED_MAX
        first = ", ".join(f.text for f in self.formats[:STATED_MAX])
        return f"{first} or {more} others of the layout"

    def months_first(self, text: str) -> bool:
        """Tell whether a cell that fits no format would fit with day and month changed over."""
        found = _FIGURES.match(text)
        if found is None or not any(f.day_first for f in self.formats):
            return False
        return (
            self.read(f"{found[3]}{found[2]}{found[1]}{found[2]}{text[found.end() :]}") is not None
        )

    def read(self, text: str) -> Moment | None:
        """Return the moment that a cell says, None when it fits no stated format."""
        for one in self.formats:
            found = one.pattern.fullmatch(text)
            if found is not None:
                if one.text in NUMBERED:
                    return self._numbered(one.text, text)
                moment = self._moment(found.group(*_ORDER), timed=one.timed)
                if moment is not None:
                    return moment
        return None

    def _numbered(self, kind: str, text: str) -> Moment | None:
        """Read a day number; a fraction is a time of day, kept only as far as the date."""
        number = int(text.partition(".")[0])
        zero = SERIAL_ZERO if kind == SERIAL else (self._zero or date(1970, 1, 1)).toordinal()
        if kind == SERIAL:
            if (self._later_by == 0 and number < SERIAL_FIRST) or number in _YEARS:
                return None
            zero += self._later_by
        return Moment(zero + number - EPOCH, None)

    def _moment(self, groups: Groups, *, timed: bool) -> Moment | None:
        year, short, word, month, day, hour, minute, second, fraction, given = groups
        key = (year, short, word, month, day)
        known = self._days[key] if key in self._days else self._remember(key)
        if known is None:
            return None
        number, offset = known
        if not timed:
            return Moment(number, None)
        hours, minutes, seconds = int(hour or 0), int(minute or 0), int(second or 0)
        if hours > 23 or minutes > 59 or seconds > 59:
            return None
        local = number * DAY_S + hours * 3600 + minutes * 60 + seconds
        micro = int(fraction[:6].ljust(6, "0")) if fraction else 0
        if given is not None:
            return self._given(local, micro, given)
        if offset is not None:
            return Moment(number, (local - offset) * MICRO + micro)
        return self._changing(number, local, micro)

    def _remember(self, key: Groups) -> tuple[int, int | None] | None:
        if len(self._days) > KEPT:
            self._days.clear()
        self._days[key] = found = self._work_out(*key)
        return found

    def _work_out(
        self, year: str | None, short: str | None, word: str | None, month: str | None,
        day: str | None,
    ) -> tuple[int, int | None] | None:  # fmt: skip
        """Return the date's number and the offset that holds all day, None when it changes."""
        number = int(month) if month else _NUMBER.get((word or "").lower(), 0)
        try:
            on = date(int(year) if year else 2000 + int(short or 0), number, int(day or 0))
        except (ValueError, OverflowError):
            return None
        start, end = self._offset(on), self._offset(min(on, _LAST) + timedelta(days=1))
        return on.toordinal() - EPOCH, start if start == end else None

    def _offset(self, on: date) -> int:
        shift = datetime(on.year, on.month, on.day, tzinfo=self._zone).utcoffset()
        return int(shift.total_seconds()) if shift else 0

    def _given(self, local: int, micro: int, offset: str) -> Moment | None:
        shift = 0
        if offset != "Z":
            hours, minutes = int(offset[1:3]), int(offset[-2:])
            if hours > 14 or minutes > 59:
                return None
            shift = (hours * 3600 + minutes * 60) * (-1 if offset[0] == "-" else 1)
        seconds = local - shift
        try:
            on = datetime.fromtimestamp(seconds, self._zone).date()
        except (ValueError, OverflowError, OSError):
            return None
        return Moment(on.toordinal() - EPOCH, seconds * MICRO + micro)

    def _changing(self, day: int, local: int, micro: int) -> Moment:
        """Place a time on a day on which the clock changes, and say when that was not certain."""
        naive = datetime(1970, 1, 1) + timedelta(seconds=local)  # noqa: DTZ001 - the zone comes next
        first, second = (naive.replace(tzinfo=self._zone, fold=f).utcoffset() for f in (0, 1))
        early = int(first.total_seconds()) if first else 0
        late = int(second.total_seconds()) if second else 0
        flaw = "" if early == late else ("twice" if early > late else "gap")
        return Moment(day, (local - early) * MICRO + micro, flaw)


def conflicting(formats: Sequence[Format]) -> tuple[Format, Format] | None:
    """Return two formats of which one reads day first and the other month first, or None.

    With both, the 3rd of April would be the 4th of March for half of the rows.
    """
    day = [f for f in formats if f.day_first is True]
    month = [f for f in formats if f.day_first is False]
    return (day[0], month[0]) if day and month else None
