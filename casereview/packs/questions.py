"""Read the questions of a pack: what is asked, which answer passes, what each answer does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from casereview.core.facts import EFFORT
from casereview.core.outcomes import COMPARISON
from casereview.core.packs import Option, Outcome, Question, QuestionKind
from casereview.packs.reader import SLUG, SNAKE, Table, no_doubles

KINDS = ("yesno", "choice", "date", "number", "line")
OPTION = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
# A pack that does not meet has no next meeting to which "find out" could be due.
FIND_OUT_DAYS = 7


def read_outcome(table: Table, *, meets: bool) -> Outcome | None:
    """Read the outcome keys of a table, None when it has neither an action nor facts to set."""
    action = table.text("action", limit=300)
    values: dict[str, Any] = {
        "owner": table.text("owner", default="key-worker", limit=60, like=SLUG),
        "effort": table.word("effort", EFFORT, default="small"),
        "due_days": table.integer("due_days", high=366),
        "working_days": table.flag("working_days"),
        "from_days": table.integer("from_days", high=366),
        "doer": table.text("doer", limit=120),
    }
    sets = table.values("sets")
    if not action and not sets:
        given = [k for k in values if k in table]
        if given:
            table.fault(given[0], f"{given[0]!r} says nothing without an 'action'.")
        return None
    if values["working_days"] and values["due_days"] is None:
        table.fault("working_days", "Working days are counted for 'due_days', which is missing.")
    if values["due_days"] is None and not meets:
        values["due_days"] = FIND_OUT_DAYS
    return Outcome(action=action, sets=sets, **values)


def _sub_outcome(table: Table, key: str, *, meets: bool) -> Outcome | None:
    sub = table.table(key)
    if sub is None:
        return None
    outcome = read_outcome(sub, meets=meets)
    if outcome is None:
        sub.fault("", "This needs an 'action' or facts that it 'sets'.")
    sub.done()
    return outcome


def read_questions(root: Table, key: str, *, meets: bool) -> tuple[Question, ...]:
    """Read all [[question]] or [[waiting_question]] tables, in file order, positions kept."""
    tables = root.tables(key)
    found = tuple(_question(table, meets=meets) for table in tables)
    no_doubles(tables, (q.id for q in found), "question")
    return found


def _question(table: Table, *, meets: bool) -> Question:
    name = table.text("id", required=True, limit=40, like=SNAKE)
    kind = table.word("kind", KINDS, default="yesno", required=True)
    ask = table.text("ask", required=True, limit=300)
    otherwise = _otherwise(table, kind, meets=meets)
    question = Question(
        id=name,
        kind=cast("QuestionKind", kind),
        ask=ask,
        passes_on=_pass(table, kind),
        applies=table.text("applies", limit=2000),
        may_not_apply=table.flag("may_not_apply"),
        otherwise=otherwise,
        unknown=_unknown(table, kind, ask, otherwise, meets=meets),
        options=_options(table, kind, meets=meets),
        minimum=_bound(table, kind, "min"),
        maximum=_bound(table, kind, "max"),
        sets=table.text("sets", limit=80),
        help=table.text("help"),
    )
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        table.fault("min", f"The least value {low} is above the greatest {high}.")
    if otherwise is not None and kind == "yesno" and not question.passes_on:
        table.fault("otherwise", "'otherwise' needs a 'pass': which answer is the good one?")
    table.done()
    return question


def _otherwise(table: Table, kind: str, *, meets: bool) -> Outcome | None:
    if kind == "line":
        return _sub_outcome(table, "raises", meets=meets)
    if kind in {"yesno", "number"}:
        return _sub_outcome(table, "otherwise", meets=meets)
    return None


def _pass(table: Table, kind: str) -> str:
    if kind == "yesno":
        return table.word("pass", ("yes", "no"))
    if kind != "number":
        return ""
    comparison = table.text("pass", limit=20)
    if comparison and not COMPARISON.fullmatch(comparison):
        table.fault("pass", 'A number passes by a comparison such as "<= 3".')
        return ""
    return comparison


def _bound(table: Table, kind: str, key: str) -> int | None:
    return table.integer(key, low=-(10**9)) if kind == "number" else None


def _unknown(
    table: Table, kind: str, ask: str, otherwise: Outcome | None, *, meets: bool
) -> Outcome | None:
    """Return what "cannot tell" does; unless the file says it, it asks to find out."""
    if kind == "line":
        return None
    given = _sub_outcome(table, "unknown", meets=meets)
    if given is not None or "unknown" in table:
        return given
    owner = otherwise.owner if otherwise else "key-worker"
    due = None if meets else FIND_OUT_DAYS
    return Outcome(action=find_out(ask), owner=owner, due_days=due)


def find_out(ask: str) -> str:
    """Return the action that "cannot tell" asks for unless a pack says another."""
    return f"Find out: {ask}"


def _options(table: Table, kind: str, *, meets: bool) -> tuple[Option, ...]:
    if kind != "choice":
        return ()
    tables = table.tables("option")
    if len(tables) < 2:
        table.fault("option", "A choice needs at least two [[question.option]] tables.")
    options = tuple(_option(t, meets=meets) for t in tables)
    no_doubles(tables, (o.id for o in options), "option")
    return options


def _option(table: Table, *, meets: bool) -> Option:
    option = Option(
        id=table.text("id", required=True, limit=40, like=OPTION),
        title=table.text("title", required=True, limit=120),
        passes=table.flag("passes", default=True),
        outcome=read_outcome(table, meets=meets),
    )
    table.done()
    return option


def outcomes_of(question: Question) -> Mapping[str, Outcome]:
    """Return each outcome of a question by the key under which the file holds it."""
    found: dict[str, Outcome] = {}
    if question.otherwise is not None:
        found["raises" if question.kind == "line" else "otherwise"] = question.otherwise
    if question.unknown is not None:
        found["unknown"] = question.unknown
    for n, option in enumerate(question.options):
        if option.outcome is not None:
            found[f"option.{n}"] = option.outcome
    return found
