"""Rows of a caseload on one day, or of episodes, turned into items to be sorted."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from casereview.core.pathways import CLOSED_STAGES
from casereview.exchange.layouts.layout import Ending, folded
from casereview.exchange.layouts.moments import EPOCH, Moment
from casereview.exchange.rows.beside_rows import BesideRows
from casereview.exchange.rows.cells import Cell, LineRefused
from casereview.exchange.rows.fields import Attributes, Fields
from casereview.exchange.rows.look_alike import look_alike_key
from casereview.exchange.rows.table import Row
from casereview.packs.reader import nearest


class Standing(NamedTuple):
    """One case of a snapshot as it is staged; sorts by identifier as it is compared, then line.

    Attributes:
        key: the identifier in the form in which two are compared.
        line: 1-based line of the file.
        mark: equal for rows that are the same letter by letter.
        case: the identifier as written, or made.
        person: identifier of the person, None when the case's is the person's.
        day: the day of referral, days since 1970-01-01.
        at_us: its instant in microseconds since 1970-01-01 UTC, None when unknown.
        stage: where the case stands, "" when the file does not say.
        stage_day: since when, None when unknown.
        end_day: the day it ended, None while it has not.
        end_us: the instant of that.
        exit: code of the ending, "" when not told.
        exit_class: its class.
        wrong: code of a contradiction, "" when there is none.
        more: what else the row says.
        via: the open stage that an episode was in, "" when the file does not say.
    """

    key: str
    line: int
    mark: int
    case: str
    person: str | None
    day: int
    at_us: int | None
    stage: str
    stage_day: int | None
    end_day: int | None
    end_us: int | None
    exit: str
    exit_class: str
    wrong: str
    more: Attributes
    via: str = ""


WRONG = {
    "end-before-start": "The end lies before the referral.",
    "end-missing": "The case is ended, but there is no date of its end.",
    "end-while-open": "There is an end, but the status is not an ended one.",
    "reason-without-end": "There is a reason for ending, but no end.",
    "end-without-reason": "The case ended, but the reason is not told.",
}


BEFORE_BIRTH_MAX = 366
"""Days by which a referral may come before the birth."""
BORN_LATE = "The date of birth lies more than a year after the referral."
TOLERATED = "Correct the file; the layout says that statistics count such cases."


class SnapshotRows:
    """Reads the rows of a snapshot or of episodes.

    Args:
        fields: the cells.
        file_hash: hash of the file, of which identifiers are made when it has none.
    """

    def __init__(self, fields: Fields, file_hash: str) -> None:
        self._fields = fields
        self._layout = fields.layout
        self._beside = BesideRows(fields)
        columns = self._layout.columns
        self._made = file_hash[:12] if self._layout.make_ids else ""
        self._count = 0
        self._episodes = self._layout.shape == "episodes"
        self._as_of = fields.around.as_of.toordinal() - EPOCH
        self._cells: dict[str, Cell] = {
            role: fields.cell(role)
            for role in columns
            if not (role == "id" and self._layout.make_ids)
        }

    def _text(self, role: str, cells: list[str]) -> str:
        cell = self._cells.get(role)
        return "" if cell is None else cell.text(cells)

    def read(self, row: Row) -> Standing | None:
        """Return the case of a row, None when the row was reported instead."""
        self._count += 1
        try:
            return self._read(row)
        except LineRefused as error:
            self._fields.findings.reject(row.line, *error.parts)
            return None

    def _read(self, row: Row) -> Standing:
        line, mark, cells = row
        person = None
        if "person" in self._cells:
            text = self._text("person", cells)
            person = self._fields.key(self._cells["person"], text, line, compare=True)
        case = self._case(line, cells)
        referred = self._when("referred", line, cells)
        if referred is None:
            raise LineRefused(
                self._cells["referred"].heading, "", "There is no date of referral.", "Give one."
            )
        case = case or f"{person} {date.fromordinal(referred.day + EPOCH).isoformat()}"
        ended, since = self._when("ended", line, cells), self._when("stage_from", line, cells)
        stage, via = self._stage(cells), ""
        ending = self._ending(cells)
        if self._episodes:
            stage, via = "", stage
        if ended is not None and not stage:
            stage = ending.end or self._layout.ending.end
        self._check_agreement(cells, stage, ending)
        wrong = self._contradiction(cells, referred, ended, stage, ending)
        if wrong in self._layout.tolerate:
            column, value = self._place(wrong, cells)
            self._fields.findings.warn(
                line, column, value, _said(wrong, referred, ended), TOLERATED
            )
            wrong = ""
        if wrong and self._layout.reject_contradictions:
            column, value = self._place(wrong, cells)
            fix = "Correct the row, or leave it out."
            raise LineRefused(column, value, _said(wrong, referred, ended), fix)
        return Standing(
            look_alike_key(case), line, mark, case, person, referred.day, referred.at_us,
            stage, None if since is None else since.day, None if ended is None else ended.day,
            None if ended is None else ended.at_us, ending.exit, ending.exit_class, wrong,
            self._more(line, cells, referred, ended, ending), via,
        )  # fmt: skip

    def _case(self, line: int, cells: list[str]) -> str:
        """Return the identifier of the row's case, "" when it is the person and the start."""
        if self._made:
            return f"{self._made}-{self._count}"
        if self._layout.key:
            parts = [self._fields.named(h) for h in self._layout.key]
            return "-".join(self._fields.key(c, c.text(cells), line) for c in parts)
        if "id" not in self._cells:
            return ""
        return self._fields.key(self._cells["id"], self._text("id", cells), line)

    def _more(
        self, line: int, cells: list[str], referred: Moment, ended: Moment | None, ending: Ending
    ) -> Attributes:  # fmt: skip
        more = self._fields.read(line, cells) + self._beside.read(line, cells)
        died = next((a[1] for a in more if a[0] == "died"), None)
        self._check_born(line, cells, more, referred, ended)
        if died is not None and date.fromisoformat(died).toordinal() - EPOCH < referred.day:
            self._fields.findings.warn(
                line, self._cells["died"].heading, str(died),
                "The person was referred after their death.", "Correct one of the dates.",
            )  # fmt: skip
        if ending.died and ended is not None:
            more += (("died", date.fromordinal(ended.day + EPOCH).isoformat()),)
        return more

    def _check_born(
        self, line: int, cells: list[str], more: Attributes, referred: Moment, ended: Moment | None
    ) -> None:  # fmt: skip
        """Refuse a birth after the work began, where the layout refuses contradictions.

        A referral may come before the birth, but not by more than a year.
        """
        born = next((a[1] for a in more if a[0] == "born"), None)
        if born is None:
            return
        after = date.fromisoformat(born).toordinal() - EPOCH - referred.day
        if after > BEFORE_BIRTH_MAX:
            told = (self._cells["born"].heading, self._text("born", cells), BORN_LATE,
                    "Correct one of the dates.")  # fmt: skip
            if self._layout.reject_contradictions:
                raise LineRefused(*told)
            self._fields.findings.warn(line, *told)
        if not self._layout.reject_contradictions:
            return
        dates = [(a[1], a[2]) for a in more if a[0] == "milestone"]
        dates += [("ended", ended.day)] if ended is not None else []
        first = date.fromisoformat(born).toordinal() - EPOCH
        early = next((name for name, day in dates if day < first), None)
        if early is not None:
            raise LineRefused(
                self._cells["born"].heading, self._text("born", cells),
                f"The date of birth lies after the date {early!r}.", "Correct one of the dates.",
            )  # fmt: skip

    def _check_agreement(self, cells: list[str], stage: str, ending: Ending) -> None:
        if ending.end and stage in CLOSED_STAGES and stage != ending.end:
            raise LineRefused(
                self._cells["reason"].heading, self._text("reason", cells),
                f"The status says {stage} and the reason {ending.end}.",
                "Correct one of them, or what the layout says of the reason.",
            )  # fmt: skip

    def _place(self, wrong: str, cells: list[str]) -> tuple[str, str]:
        """Return column and value to name in the report of a contradiction."""
        role = {"end-missing": "status", "reason-without-end": "reason"}.get(wrong, "ended")
        cell = self._cells.get(role)
        return (cell.heading, cell.text(cells)) if cell else ("", "")

    def _when(self, role: str, line: int, cells: list[str]) -> Moment | None:
        text = self._text(role, cells)
        if not text:
            return None
        cell = self._cells[role]
        found = self._fields.moment(line, cell, text)
        if found.day > self._as_of and not self._layout.future:
            on = self._fields.around.as_of.isoformat()
            raise LineRefused(
                cell.heading, text, f"This is after {on}, the day that the file shows.",
                "Correct the date, or give the file's day with --on.",
            )  # fmt: skip
        return found

    def _stage(self, cells: list[str]) -> str:
        if "status" not in self._cells:
            return ""
        text = self._text("status", cells)
        stage = self._layout.statuses.get(folded(text))
        if stage is None:
            near = nearest(folded(text), self._layout.statuses)
            hint = f" Did you mean {near!r}?" if near else ""
            raise LineRefused(
                self._cells["status"].heading, text,
                "There is no status." if not text else f"The layout lists no such status.{hint}",
                "Correct it, or add the word to a [[status]].",
            )  # fmt: skip
        return stage

    def _ending(self, cells: list[str]) -> Ending:
        text = self._text("reason", cells)
        if not text:
            return Ending("", "", "")
        found = self._layout.reasons.get(folded(text))
        if found is None:
            raise LineRefused(
                self._cells["reason"].heading, text, "The layout lists no such reason for ending.",
                "Correct it, or add the word to a [[reason]].",
            )  # fmt: skip
        return found

    def _contradiction(
        self, cells: list[str], referred: Moment, ended: Moment | None, stage: str, ending: Ending
    ) -> str:
        closed = stage in CLOSED_STAGES
        if ended is not None:
            if ended.day < referred.day or _earlier(ended, referred):
                return "end-before-start"
            if stage and not closed:
                return "end-while-open"
            if "reason" in self._cells and not ending.end:
                return "end-without-reason"
            return "end-before-start" if self._before_milestone(cells, ended) else ""
        if closed:
            return "end-missing"
        return "reason-without-end" if ending.end else ""

    def _before_milestone(self, cells: list[str], ended: Moment) -> bool:
        """Tell whether the end lies before a named date of the same row."""
        for column in self._layout.milestones:
            text = self._fields.named(column.column).text(cells)
            when = self._fields.clock.read(text) if text else None
            if when is not None and (ended.day < when.day or _earlier(ended, when)):
                return True
        return False


def _said(wrong: str, referred: Moment, ended: Moment | None) -> str:
    """Return the sentence for a contradiction; an end after the referral lies before the start."""
    if wrong == "end-before-start" and ended is not None:
        before = ended.day < referred.day or _earlier(ended, referred)
        return WRONG[wrong] if before else "The end lies before the start."
    return WRONG[wrong]


def _earlier(one: Moment, other: Moment) -> bool:
    """Tell whether a time lies before another; False where one of them is only a date."""
    return None not in (one.at_us, other.at_us) and one.order < other.order
