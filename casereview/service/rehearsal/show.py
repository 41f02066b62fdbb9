"""What the demo shows where there is no terminal: today's round by script, minutes, throughput."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from casereview.core.decide.judging import Given
from casereview.errors import Refused, StoreError
from casereview.report.minutes import day, minutes_markdown
from casereview.service.cases import cases
from casereview.service.cases.showing import show as show_case
from casereview.service.desk import Desk, Rows
from casereview.service.rehearsal.cast import CONSULTANT, COORDINATOR, DOCTOR, NAMES, ROUND, WARD
from casereview.service.reviews import answering, attending, closing, deciding, reviewing
from casereview.service.reviews.minutes import minutes
from casereview.store.backup import backup
from casereview.store.opening import open_store

_QUESTIONS = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
_SECONDS = 12
"""Between two commands of the script."""
_IMPROVES_EVERY = 5
"""Of those whose crisis is over, every so many get three yeses in the script."""
_MISSING = {
    "safeguarding": ("safeguarding", "none"),
    "legal_status_known": ("legal_status", "informal"),
    "clinician_agreed": ("responsible_clinician_agreed_on", ""),
    "risk_plan": ("risk_plan_on", ""),
    "safety_plan": ("safety_plan_on", ""),
    "destination_named": ("destination", "home"),
    "persons_view": ("persons_view_on", ""),
}
"""What is recorded in the round when a discharge lacks it: requirement, fact, "" for the day."""
_COLUMNS = (
    "period_from", "referred", "returned", "moved_on", "completed", "removed", "left",
    "open_at_end",
)  # fmt: skip


def show(desk: Desk) -> str:
    """Return today's ward round held with scripted answers, its minutes and the year's throughput.

    The round is held on a copy that is thrown away: in the store it stays due.

    Raises:
        StoreError: the store is no file, or the copy is not right.
        Refused: the ward of the rehearsal service is not what it was.
    """
    if desk.store.path is None:
        raise StoreError("The demo is a file.", code="no_demo", next="Run `casereview demo`.")
    folder = Path(tempfile.mkdtemp(prefix="casereview-demo-"))
    try:
        copy = folder / "round.db"
        # Opened to be read, so that the demo's own file gets no mark of a backup.
        with open_store(desk.store.path, read_only=True) as source:
            backup(source, copy, at=desk.now)
        with open_store(copy) as scratch:
            lines = _Round(replace(desk, store=scratch, batch=None, clock=None)).hold()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return "\n".join([*lines, "", *_throughput(desk)]) + "\n"


class _Round:
    """One round by script."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.on = desk.today
        self.review = ""
        self.calm = 0

    def by(self, login: str, said_by: str | None = None) -> Desk:
        """Return the desk of the next command, some seconds later."""
        now = self.desk.now + timedelta(seconds=_SECONDS)
        self.desk = replace(self.desk, now=now)
        return replace(self.desk.again(actor=login), said_by=said_by)

    def hold(self) -> list[str]:
        """Hold the round and return what happened, then the minutes."""
        for left in reviewing.list_reviews(self.desk, team=WARD, status="open"):
            closing.close(self.by(DOCTOR), str(left["review"]))
        opened = reviewing.open_review(self.by(DOCTOR), pack=ROUND, team=WARD, on=self.on)[0]
        self.review = str(opened["review"])
        for login in (CONSULTANT, COORDINATOR):
            attending.attend(self.by(DOCTOR), self.review, login, "present")
        agenda = reviewing.agenda(self.desk, self.review)
        lines = [
            "casereview demo: a rehearsal service. Nobody in it exists.",
            "",
            f"Today's ward round, {NAMES[WARD][1]}, {day(self.on)}: {len(agenda)} patients.",
            "Held here by script on a copy; in the demo itself it is still due.",
            "",
        ]
        for row in agenda:
            lines += self._patient(row)
        closing.close(self.by(DOCTOR), self.review)
        return [*lines, "", minutes_markdown(minutes(self.desk, self.review))]

    def _patient(self, row: dict[str, Any]) -> list[str]:
        case = str(row["case"])
        head = f"{row['position']:>3}. {case} ({row['person']}), {row['lane_words']}"
        if row["lane"] == "left":
            return [f"{head}: has left"]
        answers = self._script(case)
        made: list[str] = []
        last: dict[str, Any] = {}
        for question, value in answers:
            asked = self.by(DOCTOR, CONSULTANT)
            last = answering.answer(asked, self.review, case, question, Given(value))[0]
            made += _made(last)
        if last["asks_delay_reason"]:
            cases.delay(self.by(COORDINATOR), case, "18", on=self.on)
            made.append("ready but delayed: 18, awaiting supported accommodation")
        if last["proposes"] is not None:
            made.append(self._decided(case))
        said = ", ".join(value.replace("-", " ") for _, value in answers)
        return [f"{head}: {said}", *(f"       {words}" for words in made)]

    def _script(self, case: str) -> list[tuple[str, str]]:
        """Return the answers of last time; now and then all of them have become yes."""
        shown = show_case(self.desk, case)[0]
        last = {a["question"]: a["value"] for a in shown["answers"] if a["pack"] == ROUND}
        if last.get("crisis_stabilised") == "yes" and shown["decision"] is None:
            self.calm += 1
            if self.calm % _IMPROVES_EVERY == 1:
                return [(question, "yes") for question in _QUESTIONS]
        return [(question, str(last.get(question, "no"))) for question in _QUESTIONS]

    def _decided(self, case: str) -> str:
        try:
            deciding.decide(self.by(DOCTOR), self.review, case)
        except Refused as refused:
            if not refused.requirements:
                return f"three yeses. {refused}"
            self._record(case, [str(r["requirement"]) for r in refused.requirements])
            deciding.decide(self.by(DOCTOR), self.review, case)
        row = deciding.countersign(self.by(CONSULTANT), self.review, case)[0]
        return f"three yeses: discharge {row['status']}, signed by {DOCTOR} and {CONSULTANT}"

    def _record(self, case: str, missing: list[str]) -> None:
        for requirement in missing:
            fact, value = _MISSING[requirement]
            value = value or self.on.isoformat()
            cases.set_fact(self.by(DOCTOR), case, fact, value, on=self.on)


def _made(row: dict[str, Any]) -> list[str]:
    words = [f"action {done} done" for done in row["closed"]]
    if row["action"] is not None:
        times = {0: "", 1: ", carried once", 2: ", carried twice"}
        carried = times.get(row["carried"], f", carried {row['carried']} times")
        leech = ": it needs a new owner or another approach" if row["leech"] else ""
        words.append(f"action {row['action']}{carried}{leech}")
    return words


def _throughput(desk: Desk) -> list[str]:
    # Data frames are heavy, and where the screens open nobody asks for this.
    from casereview.service.measuring.stats import stats

    first = desk.today.replace(year=desk.today.year - 1, day=1)
    rows, _ = stats(desk, "throughput", every="month", from_on=first)
    return ["Throughput of the year, all teams, by month", "", *_table(rows, _COLUMNS)]


def _table(rows: Rows, columns: Sequence[str]) -> list[str]:
    cells = [[c.replace("_", " ") for c in columns]]
    cells += [[str(row.get(c, "")) for c in columns] for row in rows]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in cells
    ]
