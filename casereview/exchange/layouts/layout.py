"""What a layout file says: which column is what, and what each word in it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from casereview.core.facts import FactSpec
from casereview.exchange.layouts.fact_values import FactValue
from casereview.exchange.layouts.moments import Format

SHAPES = ("events", "snapshot", "episodes", "additions", "adt")
FORMATS = ("table", "xes", "xml", "hl7")
TOLERABLE = (
    "overlap", "reason-without-end", "end-without-reason", "end-before-start", "end-missing",
    "end-while-open",
)  # fmt: skip
ENCODINGS = ("utf-8-sig", "utf-8", "utf-16", "cp1252")
DELIMITERS = MappingProxyType({"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"})
MAKE = "make"
PERSON_ROLES = ("person", "name", "born", "nhs_number", "sex", "died")
WORKER_ROLES = MappingProxyType({"worker": "key-worker", "second": "second"})
_STANDING = (
    "id", *PERSON_ROLES, *WORKER_ROLES,
    "referred", "status", "stage_from", "ended", "reason", "note",
)  # fmt: skip
ROLES = MappingProxyType({
    "events": ("id", "activity", "time", *PERSON_ROLES, *WORKER_ROLES),
    "snapshot": _STANDING,
    "episodes": _STANDING,
    "additions": ("id", *PERSON_ROLES, *WORKER_ROLES, "on", "note"),
    "adt": (),
})  # fmt: skip
NEEDED = MappingProxyType({
    "events": ("id", "activity", "time"), "snapshot": ("id", "referred"),
    "episodes": ("referred",), "additions": (), "adt": (),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Activity:
    """What one kind of event does. All effects may come together, at least one is stated.

    Attributes:
        name: as the file writes it; part of an event's identity.
        refer: stage in which it opens a case, "" when it opens none.
        returns: stage in which it opens a new case linked to the ended one.
        move: stage it moves the case to.
        back: True when the move may also step back to an earlier stage.
        end: "complete" or "left" when it ends the case.
        exit: code of the ending.
        exit_class: class of the ending.
        milestone: named date of the pathway.
        contact: kind of contact.
        attended: its attendance code.
        fact: the fact it sets, with `value`.
        of_case: True for a dated attribute of a whole XES trace instead of an event.
    """

    name: str
    refer: str = ""
    returns: str = ""
    move: str = ""
    back: bool = False
    end: str = ""
    exit: str = ""
    exit_class: str = ""
    milestone: str = ""
    contact: str = ""
    attended: str = ""
    fact: FactSpec | None = None
    value: FactValue = None
    of_case: bool = False

    @property
    def opens(self) -> str:
        """Return the stage in which it opens a case, "" when it opens none."""
        return self.refer or self.returns


@dataclass(frozen=True, slots=True)
class Ending:
    """A way of ending: stage "complete" or "left", coded exit and its class; "" for not told.

    Attributes:
        died: True when it says that the person died.
    """

    end: str
    exit: str
    exit_class: str
    died: bool = False


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A column that holds a fact; `values` maps its words, empty when they fit as they are."""

    column: str
    spec: FactSpec
    values: Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class MilestoneColumn:
    """A column that holds a named date of the pathway."""

    column: str
    name: str


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column that holds the answer to a question of a pack; `values` maps its words."""

    column: str
    pack: str
    question: str
    values: Mapping[str, str]
    passing: str = ""


@dataclass(frozen=True, slots=True)
class StepColumns:
    """Columns that hold what is to be done next, by whom and by when: an action.

    Attributes:
        column, owner, due: headings.
        reject: True when a row without an owner or a due date is refused; else the row is taken
            and reported, without the action.
    """

    column: str
    owner: str
    due: str
    reject: bool = False


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """A column with the identifiers of brothers, sisters, others of the household.

    Attributes:
        column: its heading.
        kind: what they are to each other, as `person link` records it.
        separator: stands between two identifiers.
        of: "person" or "case": whose identifiers they are.
    """

    column: str
    kind: str
    separator: str
    of: str


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout file, checked.

    Attributes:
        source: name of the numbering of ids; local ids of one source never mean two people.
        delimiters: the stated ones, tried in order until one gives the stated headings.
        encodings: the stated ones; utf-16 is read where the file starts with its mark, cp1252 only
            where the whole file cannot be UTF-8.
        skip: lines before the headings.
        formats: stated ways of writing dates and times.
        zone: time zone of times without an offset.
        future: True when dates after the clock are taken (date-shifted research data).
        never: dates that stand for "no date"; a line with one is not taken.
        columns: role to heading.
        nulls: heading to words that mean "nothing", besides the empty cell.
        make_ids: True when the file has no ids and they are made from its hash and row numbers.
        stage: stage in which a case opens when the file does not say.
        opens_first: True when the first event of a case opens it, whatever it is.
        as_of: date that a snapshot shows, None for the date of the import.
        reject_contradictions: True when a line that contradicts itself is not taken; else it is
            taken, reported, and its case left out of statistics.
        tolerate: contradictions that are reported and still counted by statistics.
        format: how the file is written, one of FORMATS.
        sheet: sheet of a spreadsheet, "" for the first that has the headings.
        find: True when the headings are looked for in the first lines of a text file.
        also: names of layouts beside this one, for files that are written in another way.
        zero: the day that day numbers count from (format "days").
        chain: True when rows of one person that follow without a gap are one case.
        ending: how cases end whose file does not say.
        key: headings that together identify a case, where one does not.
        row, group: elements of an XML file: one row each, and what holds the rows of a person.
        contact, attended: kind of contact that each row of additions is, and its attendance code.
        step: columns of the next step, None for none.
        links: columns that link people.
    """

    id: str
    version: int
    title: str
    shape: str
    pathway: str
    source: str
    hash: str
    text: str = field(repr=False)
    delimiters: tuple[str, ...] = (",",)
    encodings: tuple[str, ...] = ("utf-8-sig",)
    skip: int = 0
    quote: str = '"'
    formats: tuple[Format, ...] = ()
    zone: str = "UTC"
    future: bool = False
    never: frozenset[date] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    nulls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    workers: Mapping[str, str] = field(default_factory=dict)
    activities: Mapping[str, Activity] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, Ending] = field(default_factory=dict)
    facts: tuple[FactColumn, ...] = ()
    milestones: tuple[MilestoneColumn, ...] = ()
    make_ids: bool = False
    stage: str = "assess"
    opens_first: bool = False
    as_of: date | None = None
    reject_contradictions: bool = False
    tolerate: frozenset[str] = frozenset()
    format: str = "table"
    sheet: str = ""
    find: bool = False
    also: tuple[str, ...] = ()
    zero: date | None = None
    chain: bool = False
    ending: Ending = Ending("", "", "")
    key: tuple[str, ...] = ()
    row: str = ""
    group: str = ""
    contact: str = ""
    attended: str = ""
    answers: tuple[AnswerColumn, ...] = ()
    step: StepColumns | None = None
    links: tuple[LinkColumn, ...] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Return every heading that the layout names, each once."""
        named = [h for role, h in self.columns.items() if not (role == "id" and self.make_ids)]
        named += self.key
        named += [f.column for f in self.facts] + [m.column for m in self.milestones]
        named += [a.column for a in self.answers]
        named += [self.step.column, self.step.owner, self.step.due] if self.step else []
        named += [link.column for link in self.links]
        return tuple(dict.fromkeys(named))


_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Characters without width, which copying from a web page or a document brings along."""


def folded(text: str) -> str:
    """Return a word as words are compared: small letters, blanks of any kind as one space."""
    if text.isascii():
        return " ".join(text.split()).casefold()
    return " ".join(_UNSEEN.sub("", text).split()).casefold()
