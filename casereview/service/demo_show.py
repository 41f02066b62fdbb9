"""What the demo shows where there is no terminal: today's round by script, minutes, throughput."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from casereview.core.decide.judging import Given
from casereview.errors import Refused, StoreError
from casereview.report.minutes import day, minutes_markdown
from casereview.service import answering, cases, closing, deciding, reviewing
from casereview.service.demo_cast import CONSULTANT, COORDINATOR, DOCTOR, NAMES, ROUND, WARD
from casereview.service.desk import Desk, Rows
from casereview.service.minutes import minutes
from casereview.service.showing import show as show_case
from casereview.service.stats import stats
from casereview.store.backup import backup
from casereview.store.opening import open_store

_QUESTIONS = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
_BETTER_EVERY = 4
"""In the script every so many patients a no of last time has become a yes."""
_COLUMNS = (
    "period_from", "referred", "returned", "moved_on", "completed", "removed", "left",
    "open_at_end",
)  # fmt: skip


def show(desk: Desk) -> str:
    """Return today's ward round held with scripted answers, its minutes and the year's throughput.

    The round is held on a copy that is thrown away: in the store it stays due.

    Raises:
        StoreError: the store is no file.
        Refused: the copy is no rehearsal service any more.
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
            lines = _hold(replace(desk, store=scratch, batch=None, clock=None))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return "\n".join([*lines, "", *_throughput(desk)]) + "\n"


def _by(desk: Desk, login: str, said_by: str | None = None) -> Desk:
    return replace(desk.again(actor=login), said_by=said_by)


def _hold(desk: Desk) -> list[str]:
    """Hold the round and return what happened, then the minutes."""
    for left in reviewing.list_reviews(desk, team=WARD, status="open"):
        closing.close(_by(desk, DOCTOR), str(left["review"]))
    opened = reviewing.open_review(_by(desk, DOCTOR), pack=ROUND, team=WARD, on=desk.today)[0]
    review = str(opened["review"])
    for login in (CONSULTANT, COORDINATOR):
        reviewing.attend(_by(desk, DOCTOR), review, login, "present")
    agenda = reviewing.agenda(desk, review)
    lines = [
        "casereview demo: a rehearsal service. Nobody in it exists.",
        "",
        f"Today's ward round, {NAMES[WARD][1]}, {day(desk.today)}: {len(agenda)} patients.",
        "Held here by script on a copy; in the demo itself it is still due.",
        "",
    ]
    for n, row in enumerate(agenda):
        lines += _patient(desk, review, row, better=n % _BETTER_EVERY == 0)
    closing.close(_by(desk, DOCTOR), review)
    return [*lines, "", minutes_markdown(minutes(desk, review))]


def _script(desk: Desk, case: str, *, better: bool) -> list[tuple[str, str]]:
    """Return the answers of last time, one of them improved when it goes better."""
    last = {
        a["question"]: a["value"]
        for a in show_case(desk, case)[0]["answers"]
        if a["pack"] == ROUND
    }  # fmt: skip
    answers = [(q, str(last.get(q, "no"))) for q in _QUESTIONS]
    failing = [n for n, (_, value) in enumerate(answers) if value != "yes"]
    if better and failing:
        answers[failing[0]] = (answers[failing[0]][0], "yes")
    return answers


def _patient(desk: Desk, review: str, row: dict[str, Any], *, better: bool) -> list[str]:
    case = str(row["case"])
    head = f"{row['position']:>3}. {case} ({row['person']}), {row['lane_words']}"
    if row["lane"] == "left":
        return [f"{head}: has left"]
    given, made, last = [], [], {}
    for question, value in _script(desk, case, better=better):
        last = answering.answer(
            _by(desk, DOCTOR, CONSULTANT), review, case, question, Given(value)
        )[0]
        given.append(value.replace("-", " "))
        made += _made(last)
    lines = [f"{head}: {', '.join(given)}", *(f"       {words}" for words in made)]
    if last["asks_delay_reason"]:
        cases.delay(_by(desk, COORDINATOR), case, "18", on=desk.today)
        lines.append("       ready, but delayed: reason 18, awaiting supported accommodation")
    if last["proposes"] is not None:
        lines.append(f"       {_decided(desk, review, case)}")
    return lines


def _made(row: dict[str, Any]) -> list[str]:
    words = []
    if row["action"] is not None:
        carried = f", carried {row['carried']} times" if row["carried"] else ""
        leech = ": it needs a new owner or another approach" if row["leech"] else ""
        words.append(f"action {row['action']}{carried}{leech}")
    return words + [f"action {done} done" for done in row["closed"]]


def _decided(desk: Desk, review: str, case: str) -> str:
    try:
        row = deciding.decide(_by(desk, DOCTOR), review, case)[0]
        row = deciding.countersign(_by(desk, CONSULTANT), review, case)[0]
    except Refused as refused:
        return f"three yeses; {refused}"
    return f"three yeses; discharge {row['status']}, countersigned by {row['countersigned_by']}"


def _throughput(desk: Desk) -> list[str]:
    rows, _ = stats(desk, "throughput", every="month")
    return ["Throughput of the year, all teams, by month", "", *_table(rows, _COLUMNS)]


def _table(rows: Rows, columns: Sequence[str]) -> list[str]:
    cells = [[c.replace("_", " ") for c in columns]]
    cells += [[str(row.get(c, "")) for c in columns] for row in rows]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    return [
        "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True)) for line in cells
    ]
