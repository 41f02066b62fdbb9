"""A layout proposed from the headings and a sample of a file, for a person to read and change."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from casereview.core.identity import is_nhs_number
from casereview.core.pathways import STAGES
from casereview.core.text import safe
from casereview.exchange.formats.kinds import SHEET, TEXT, kind_of
from casereview.exchange.formats.survey import Survey, check_text, survey, unreadable
from casereview.exchange.formats.workbook import load
from casereview.exchange.layouts.layout import DELIMITERS, folded
from casereview.exchange.layouts.moments import Clock, Format

SAMPLE = 200
HEAD = 1 << 20
WORDS_MAX = 30
LOOK = 20
NAMES: dict[str, tuple[str, ...]] = {
    "id": ("case id", "case no", "case number", "case ref", "case reference", "case", "episode id",
           "referral id", "spell id"),
    "person": ("person id", "patient id", "patient no", "patient number", "client id", "client no",
               "client number", "child id", "child no", "child number", "child", "hospital number",
               "hospital no", "unit number", "pas number", "mrn", "service user id", "patient",
               "person", "client", "id", "ref", "reference"),
    "nhs_number": ("nhs number", "nhs no", "nhs"),
    "name": ("name", "full name", "patient name", "client name"),
    "born": ("dob", "date of birth", "born", "birth date"),
    "sex": ("sex", "gender"),
    "activity": ("activity", "event", "event type", "what"),
    "time": ("timestamp", "complete timestamp", "event date", "date time", "datetime", "when"),
    "referred": ("referred", "referral date", "date referred", "date of referral", "admit date",
                 "admission date", "admitted", "start date", "decom"),
    "status": ("status", "stage"),
    "stage_from": ("stage from", "status date", "since"),
    "ended": ("ended", "end date", "discharge date", "discharged", "closed", "date closed",
              "closed date", "closure date", "date of discharge", "date discharged"),
    "reason": ("end reason", "reason for closure", "discharge reason", "closure reason"),
    "worker": ("key worker", "keyworker", "worker", "care coordinator", "allocated to"),
    "second": ("second worker", "co worker", "second"),
    "note": ("notes", "note", "comments", "comment"),
}  # fmt: skip
BESIDE: dict[str, tuple[str, ...]] = {
    "column": ("next step", "next steps", "next action", "action"),
    "owner": ("by whom", "action owner", "owner", "who"),
    "due": ("by when", "action due", "due date", "due by", "due"),
    "siblings": ("siblings", "sibling ids", "brothers and sisters", "family", "linked children"),
    "expected": ("edd", "expected date of birth", "expected delivery date", "expected birth date"),
}  # fmt: skip
"""What a list may say beside its cases: the next step, who is related, who is not born yet."""
FORMATS = (
    "dd/mm/yyyy HH:MM:SS", "dd/mm/yyyy HH:MM", "dd/mm/yyyy", "d/m/yyyy", "d/m/yy", "d.m.yyyy",
    "d-mon-yyyy", "d-mon-yy", "d month yyyy", "yyyy-mm-ddTHH:MM:SS.fffzz", "yyyy-mm-ddTHH:MM:SSzz",
    "yyyy-mm-ddTHH:MM:SS", "yyyy-mm-dd HH:MM:SS", "yyyy-mm-dd HH:MM", "yyyy-mm-dd",
    "yyyy/mm/dd HH:MM:SS.fff", "yyyy/mm/dd HH:MM:SS", "yyyymmdd", "m/d/yyyy",
)  # fmt: skip
ENDED = ("closed", "discharged", "ended", "completed")
_NUMBER = re.compile("[A-Za-z]{0,5}[- ]?[0-9]+[A-Za-z]?")
DATED = ("time", "referred", "stage_from", "ended", "born")


def propose(path: Path) -> str:
    """Return a layout in TOML for a table; what is not certain is marked CHECK.

    Raises:
        Unreadable: the file is no table, or its headings cannot be found.
    """
    found = survey(path)
    kind = kind_of(path.name, found)
    if kind == SHEET:
        rows, delimiter = _of_sheet(path, found), ""
    elif kind == TEXT:
        check_text(path.name, found)
        rows, delimiter = _of_text(path, utf8=found.utf8, mark=found.mark)
    else:
        raise unreadable(
            path.name,
            "A layout is proposed for tables only (CSV and spreadsheets). For event logs, XML and "
            "HL7 start from one of the layouts that are shipped.",
        )
    top = next((n for n, row in enumerate(rows[:LOOK]) if _roles(row)), None)
    if top is None:
        raise unreadable(path.name, "No line of headings was recognised among the first lines.")
    table = _Table(rows[top], rows[top + 1 : top + 1 + SAMPLE])
    return _written(path, table, top, delimiter, found.utf8)


def _of_sheet(path: Path, found: Survey) -> list[list[str]]:
    def text(value: Any) -> str:
        if isinstance(value, date):
            return value.strftime("%d/%m/%Y")
        whole = isinstance(value, float) and value.is_integer()
        return str(int(value)) if whole else str(value)

    return [[text(v) for v in row] for row in load(path, found)[0][: SAMPLE + LOOK + 1]]


def _of_text(path: Path, *, utf8: bool, mark: str) -> tuple[list[list[str]], str]:
    with path.open("rb") as file:
        head = file.read(HEAD)
    encoding = mark or ("utf-8-sig" if utf8 else "cp1252")
    lines = head.decode(encoding, errors="replace").splitlines()[: SAMPLE + LOOK + 1]
    lines = [line for line in lines if not folded(line).startswith("sep=")]
    best: tuple[tuple[int, int], str, list[list[str]]] = ((0, 0), "comma", [])
    for name, sign in DELIMITERS.items():
        rows = _split(lines, sign)
        known = max((len(_roles(row)) for row in rows[:LOOK]), default=0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        score = (known, widths.most_common(1)[0][1] if widths else 0)
        if score > best[0]:
            best = (score, name, rows)
    return best[2], best[1]


def _split(lines: Sequence[str], sign: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=sign))
    except csv.Error:
        return []


def _word(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", folded(heading)).split())


def _roles(
    headings: Sequence[str], known: Mapping[str, Sequence[str]] = MappingProxyType(NAMES)
) -> dict[str, int]:
    """Return role to place of the headings that are known."""
    words = [_word(h) for h in headings]
    found: dict[str, int] = {}
    for role, names in known.items():
        place = next((words.index(n) for n in names if n in words), None)
        if place is not None and place not in found.values():
            found[role] = place
    return found


class _Table:
    """Headings, a sample, and what is made of them."""

    def __init__(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.headings = [safe(h.strip()) for h in headings]
        self.rows = rows
        self.roles = _roles(headings)
        for place in range(len(headings)):
            values = self.column(place)
            if "nhs_number" not in self.roles and values and all(map(is_nhs_number, values)):
                self.roles["nhs_number"] = place
        self.events = {"activity", "time"} <= set(self.roles)
        beside = {} if self.events else _roles(headings, BESIDE)
        self.beside = {r: p for r, p in beside.items() if p not in self.roles.values()}

    def column(self, place: int) -> list[str]:
        """Return the cells of a column that are not empty."""
        found = [row[place].strip() for row in self.rows if place < len(row)]
        return [f for f in found if f]

    def telling_apart(self) -> int | None:
        """Return the first column without a role that has another number in every row, if any."""
        for place in range(len(self.headings)):
            values = self.column(place)
            used = place in self.roles.values() or place in self.beside.values()
            whole = len(values) == sum(any(c.strip() for c in row) for row in self.rows) > 1
            numbers = {v for v in values if _NUMBER.fullmatch(v)}
            if not used and whole and len(numbers) == len(values):
                return place
        return None

    def expected_of_the_born(self) -> bool:
        """Tell whether rows with an expected date have a date of birth as well."""
        born, expected = self.roles.get("born", -1), self.beside["expected"]
        return born >= 0 and any(
            len(row) > max(born, expected) and row[born].strip() and row[expected].strip()
            for row in self.rows
        )

    def words(self, role: str) -> list[str]:
        """Return the different words of a role's column, most frequent first."""
        counts = Counter(self.column(self.roles[role]))
        return [safe(word) for word, _ in counts.most_common(WORDS_MAX)]

    def formats(self) -> tuple[list[str], bool]:
        """Return the formats in which the dates are written, and whether month first fits too."""
        cells = [c for role in DATED if role in self.roles for c in self.column(self.roles[role])]
        chosen: list[str] = []
        for text in FORMATS:
            fits = [c for c in cells if Clock((Format.read(text),), "UTC").read(c) is not None]
            if text == "m/d/yyyy" and any("d/m" in f for f in chosen):
                break
            if fits:
                chosen.append(text)
                cells = [c for c in cells if c not in set(fits)]
        every = [c for role in DATED if role in self.roles for c in self.column(self.roles[role])]
        month_first = Clock((Format.read("m/d/yyyy"),), "UTC")
        slashed = [c for c in every if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", c)]
        return chosen, bool(slashed) and all(month_first.read(c) for c in slashed)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _written(path: Path, table: _Table, top: int, delimiter: str, utf8: bool) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-")[:40].strip("-")
    slug = slug if slug[:1].isalpha() and slug.isascii() else "our-list"
    shape = "events" if table.events else "snapshot"
    lines = [
        "# A proposal. Read every line; what is marked CHECK could not be known.",
        "", "[layout]", f"id = {_quoted(slug)}", "version = 1",
        f"title = {_quoted(safe(path.name))}",
        f'shape = "{shape}"       # CHECK: snapshot, episodes or events',
        'pathway = "ward"         # CHECK: the pathway of your team', "", "[file]",
    ]  # fmt: skip
    if delimiter:
        lines += [f'delimiter = "{delimiter}"',
                  f'encoding = "{"utf-8-sig" if utf8 else "cp1252"}"']  # fmt: skip
    lines += [f"skip = {top}"] if top and delimiter else []
    return "\n".join([*lines, *_dates(table), *_columns(table, shape), *_beside_of(table),
                      *_words_of(table), ""])  # fmt: skip


def _dates(table: _Table) -> list[str]:
    formats, doubt = table.formats()
    check = "   # CHECK: these dates would also fit month first" if doubt else ""
    listed = ", ".join(map(_quoted, formats)) or '"dd/mm/yyyy"'
    if not formats:
        check = "   # CHECK: no date was recognised"
    return ["", "[time]", f"formats = [{listed}]{check}", 'zone = "Europe/London"']


def _columns(table: _Table, shape: str) -> list[str]:
    lines = ["", "[columns]"]
    skip = ("referred", "status", "stage_from", "ended", "reason", "note") if table.events else (
        "activity", "time")  # fmt: skip
    used = {r: p for r, p in table.roles.items() if r not in skip}
    if "id" not in used and "person" in used:
        lines.append(f"id = {_quoted(table.headings[used['person']])}   # CHECK")
    elif "id" not in used:
        apart = table.telling_apart()
        lines.append(
            'id = "make"               # CHECK: no column of identifiers was recognised'
            if apart is None
            else f"id = {_quoted(table.headings[apart])}   # CHECK: tells the rows apart"
        )
    for role, place in used.items():
        lines.append(f"{role} = {_quoted(table.headings[place])}")
    if shape == "snapshot" and "referred" not in used:
        lines.append('referred = "?"            # CHECK: which column is the date of referral?')
    read = {*used.values(), *table.beside.values()}
    rest = [h for n, h in enumerate(table.headings) if h and n not in read]
    return [*lines, f"# Not read: {', '.join(rest[:20])}"] if rest else lines


def _beside_of(table: _Table) -> list[str]:
    held = {role: _quoted(table.headings[place]) for role, place in table.beside.items()}
    lines: list[str] = []
    if "column" in held:
        lines += ["", "[next_step]           # CHECK: each becomes an action"]
        lines += [
            f"{role} = {held[role]}" if role in held else f'{role} = "?"          # CHECK'
            for role in ("column", "owner", "due")
        ]
    if "siblings" in held:
        lines += ["", "[[link]]              # CHECK: whose numbers, what separates them"]
        lines += [f"column = {held['siblings']}", 'separator = ","', 'kind = "sibling"']
    if "expected" in held:
        name = "expected_end_on" if table.expected_of_the_born() else "expected_birth_on"
        lines += ["", "[[fact]]", f"column = {held['expected']}"]
        lines += [f'name = "{name}"     # CHECK: is it a discharge or a birth that is expected?']
    return lines


def _words_of(table: _Table) -> list[str]:
    lines: list[str] = []
    if table.events:
        for word in table.words("activity"):
            lines += ["", "[[activity]]", f"names = [{_quoted(word)}]",
                      "nothing = true     # CHECK: refer, move, end, contact ..."]  # fmt: skip
        return lines
    if "status" in table.roles:
        for word in table.words("status"):
            begun = (s for s in STAGES if folded(word).startswith(s[:5]))
            stage = "complete" if folded(word) in ENDED else next(begun, "")
            check = "" if stage else "          # CHECK"
            lines += ["", "[[status]]", f"words = [{_quoted(word)}]",
                      f'stage = "{stage or "assess"}"{check}']  # fmt: skip
    if "reason" in table.roles:
        for word in table.words("reason"):
            lines += ["", "[[reason]]", f"words = [{_quoted(word)}]",
                      'end = "complete"     # CHECK: or "left", with exit and class']  # fmt: skip
    return lines
