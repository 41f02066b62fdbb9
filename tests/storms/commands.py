"""Random commands as plain data: made by looking at a store, run through the service, run again.

A command is a dict: id, name, who, day and the arguments of its use case, so that a process that
was killed in the middle of one can be followed by another that sends the very same one.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from casereview.core.decide.judging import Given
from casereview.errors import CaseReviewError
from casereview.packs.library import Library
from casereview.service import checking, sweeping
from casereview.service.actions import actions
from casereview.service.cases import cases, dying, flagging, moving
from casereview.service.desk import Desk, Rows
from casereview.service.organisation import setup, teams, users
from casereview.service.reviews import answering, closing, deciding, reviewing
from casereview.store.opening import Store, open_store

FIRST = date(2026, 3, 2)
TEAMS = ("W1", "W2", "K1")
PEOPLE = tuple(f"P{n}" for n in range(1, 15))
USERS = ("ann", "bob", "cat", "dan")
QUESTIONS = ("crisis_stabilised", "destination_ready", "would_not_admit_today")
FACTS = (
    ("safeguarding", "none"), ("safeguarding", "none"), ("safeguarding", "open"),
    ("safeguarding", "unknown"), ("legal_status", "informal"), ("destination", "home"),
    ("risk_plan_on", "2026-12-01"), ("safety_plan_on", "2026-12-01"),
    ("persons_view_on", "2026-12-01"), ("medicines_arranged", "yes"),
    ("follow_up_arranged", "yes"), ("carer_told", "yes"), ("expected_end_on", "2026-12-24"),
)  # fmt: skip
Spec = dict[str, Any]


@dataclass
class Table:
    """Where commands are given: a store, the rules, and who sits there on which day."""

    store: Store
    library: Library

    def desk(self, spec: Spec) -> Desk:
        on = date.fromisoformat(spec["day"])
        now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        return Desk(
            store=self.store, library=self.library, now=now, actor=spec["who"], command=spec["id"]
        )


def make_store(place: Path, library: Library) -> None:
    """Make the store that the storms play on: two wards, a children's team, four people."""
    at = datetime(2026, 3, 2, 6, tzinfo=UTC)
    admin = setup.create(place, library=library, now=at, rehearsal=True)[0]["administrator"]
    store = open_store(place)
    try:
        desk = Desk(store=store, library=library, now=at, actor=admin)
        for code, pathway in zip(TEAMS, ("ward", "ward", "childrens"), strict=True):
            teams.add_team(desk.again(), code, pathway=pathway, meets=["mon,tue,wed,thu,fri"])
        for login in USERS:
            users.add_user(desk.again(), login, name=login.title(), role="team-lead")
        for n, person in enumerate(PEOPLE):
            cases.refer(desk.again(), team=TEAMS[n % 3], person=person, on=FIRST)
    finally:
        store.close()


# --- what each command runs


def _on(spec: Spec) -> date:
    return date.fromisoformat(spec["day"])


def _answer(desk: Desk, s: Spec) -> Rows:
    given = Given(s["value"])
    return answering.answer(desk, s["review"], s["case"], s["question"], given, seen=s["seen"])


def _finish(desk: Desk, s: Spec) -> Rows:
    return actions.close(desk, s["action"], done=s["done"], reason="storm", seen=s["seen"])


def _add(desk: Desk, s: Spec) -> Rows:
    due = _on(s) + timedelta(days=s["days"])
    return actions.add(desk, [s["case"]], s["words"], owner=s["owner"], due_on=due)


def _move(desk: Desk, s: Spec) -> Rows:
    return moving.move(
        desk, s["case"], s["stage"], on=_on(s), override=s["override"], seen=s["seen"]
    )


RUN: dict[str, Callable[[Desk, Spec], Rows]] = {
    "refer": lambda d, s: cases.refer(d, team=s["team"], person=s["person"], on=_on(s)),
    "note": lambda d, s: cases.note(d, s["case"], s["words"], on=_on(s)),
    "fact": lambda d, s: cases.set_fact(d, s["case"], s["fact"], s["value"], on=_on(s)),
    "allocate": lambda d, s: cases.allocate(d, s["case"], s["owner"], on=_on(s)),
    "contact": lambda d, s: cases.contact(
        d, s["case"], kind="telephone", attended=s["attended"], on=_on(s)),
    "move": _move,
    "leave": lambda d, s: moving.leave(
        d, s["case"], "recorded-in-error", on=_on(s), seen=s["seen"]),
    "transfer": lambda d, s: moving.transfer(d, s["case"], team=s["team"], on=_on(s)),
    "accept": lambda d, s: moving.accept(d, s["case"], on=_on(s)),
    "return": lambda d, s: moving.come_back(d, s["case"], on=_on(s)),
    "reopen": lambda d, s: moving.reopen(d, s["case"], reason="storm", on=_on(s)),
    "died": lambda d, s: dying.died(d, s["person"], on=_on(s)),
    "worry": lambda d, s: flagging.raise_worry(d, s["person"], s["words"]),
    "hand": lambda d, s: flagging.hand_over(d, s["person"], "duty", worry=s["worry"]),
    "sign": lambda d, s: flagging.sign(d, s["person"], worry=s["worry"]),
    "add": _add,
    "finish": _finish,
    "park": lambda d, s: actions.park(
        d, s["action"], until=_on(s) + timedelta(days=s["days"]), seen=s["seen"]),
    "open": lambda d, s: reviewing.open_review(
        d, pack="ward-round", team=s["team"], on=_on(s)),
    "answer": _answer,
    "skip": lambda d, s: answering.skip(d, s["review"], s["case"], "storm"),
    "decide": lambda d, s: deciding.decide(d, s["review"], s["case"], seen=s["seen"]),
    "sign-decision": lambda d, s: deciding.countersign(d, s["review"], s["case"]),
    "decline": lambda d, s: deciding.decline(d, s["review"], s["case"], "storm"),
    "dissent": lambda d, s: deciding.dissent(d, s["review"], s["case"], s["words"]),
    "undo": lambda d, s: closing.undo(d, s["review"]),
    "close": lambda d, s: closing.close(d, s["review"]),
    "sweep": lambda d, s: sweeping.sweep(d, team=s["team"]),
}  # fmt: skip
NEEDS_REVIEW = (
    "answer", "answer", "answer", "answer", "skip", "decide", "sign-decision", "decline", "dissent",
    "undo",
)  # fmt: skip
OFTEN = ("fact", "fact", "note", "add", "finish", "move", "contact", *NEEDS_REVIEW)
SELDOM = ("refer", "allocate", "leave", "transfer", "accept", "return", "reopen", "worry", "hand",
          "sign", "park", "open", "open", "close", "sweep")  # fmt: skip
ONCE = ("died",)


def perform(table: Table, spec: Spec) -> tuple[str, Any]:
    """Run a command: ("done", rows) or ("refused", error). Anything else is a bug and is raised."""
    try:
        return "done", RUN[spec["name"]](table.desk(spec), spec)
    except CaseReviewError as error:
        return "refused", error


# --- choosing the next command


def _ids(store: Store, sql: str) -> list[tuple[Any, ...]]:
    with store.read() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(sql)]


def choose(table: Table, rng: random.Random, n: int, tag: str) -> Spec:
    """Make the n-th command of a player: plausible for what the store holds, often refused."""
    pool = OFTEN if rng.random() < 0.7 else SELDOM
    name = rng.choice(ONCE) if rng.random() < 0.002 else rng.choice(pool)
    reviews = _ids(table.store, "SELECT id, team FROM reviews WHERE status = 'open'")
    if name in (*NEEDS_REVIEW, "close") and not reviews:
        name = "open"
    held = _ids(table.store, "SELECT id, head, team FROM cases ORDER BY id DESC LIMIT 60")
    spec: Spec = {
        "id": f"{tag}-{n}", "name": name, "who": rng.choice(USERS),
        "day": (FIRST + timedelta(days=1 + n // 60)).isoformat(),
        "team": rng.choice(TEAMS), "person": rng.choice(PEOPLE), "owner": rng.choice(USERS),
        "words": f"words of {tag}-{n}", "days": rng.randint(0, 9), "done": rng.random() < 0.7,
        "value": rng.choice(("yes", "yes", "no", "cannot-tell")), "worry": None,
        "question": rng.choice(QUESTIONS), "attended": rng.choice("5673"), "seen": None,
        "stage": rng.choice(("stabilise", "recover", "complete")),
        "override": "storm" if rng.random() < 0.3 else None,
    }  # fmt: skip
    if reviews:
        review, team = rng.choice(reviews)
        spec["review"] = f"R{review}"
        if name in NEEDS_REVIEW:
            spec["team"] = team
            held = [c for c in held if c[2] == team] or held
    case, head, _ = rng.choice(held)
    spec["case"] = f"C{case}"
    if name in ("move", "leave", "decide") and rng.random() < 0.5:
        # Now and then somebody decides over what was shown to them a while ago.
        spec["seen"] = head if rng.random() < 0.7 else head - 1
    if name == "fact":
        spec["fact"], spec["value"] = rng.choice(FACTS)
    _choose_work(table, rng, spec)
    return spec


def _choose_work(table: Table, rng: random.Random, spec: Spec) -> None:
    if spec["name"] in ("finish", "park"):
        found = _ids(
            table.store,
            "SELECT s.action_id, max(s.n) FROM action_spells s JOIN actions a"
            " ON a.id = s.action_id WHERE a.closed_on IS NULL GROUP BY s.action_id",
        )
        action, version = rng.choice(found) if found else (1, 1)
        spec |= {"action": f"A{action}", "seen": version if rng.random() < 0.5 else None}
    if spec["name"] in ("hand", "sign"):
        found = _ids(table.store, "SELECT id, person_id FROM worries WHERE closed_on IS NULL")
        if found:
            worry, person = rng.choice(found)
            spec |= {"worry": f"W{worry}", "person": f"P{person}"}


# --- is everything right?


NEVER = {
    "entries without their command": """
        SELECT DISTINCT e.command FROM entries e LEFT JOIN commands c ON c.id = e.command
        WHERE c.id IS NULL""",
    "a command without entries": """
        SELECT c.id FROM commands c
        WHERE NOT EXISTS (SELECT 1 FROM entries e WHERE e.command = c.id)""",
    "one text twice": """
        SELECT t.text FROM entry_text t JOIN entries e ON e.number = t.number
        WHERE e.kind IN ('noted', 'worry_raised', 'dissented')
        GROUP BY t.text HAVING count(*) > 1""",
}


def faults(store: Store, library: Library, *, whole: bool) -> list[str]:
    """Return what is wrong with a store: half commands, broken invariants; `whole` adds rows."""
    found = [f"{what}: {row[0]}" for what, sql in NEVER.items() for row in _ids(store, sql)]
    at = datetime(2026, 12, 31, 12, tzinfo=UTC)
    desk = Desk(store=store, library=library, now=at, actor="ann")
    for rows in (checking.doctor(desk), checking.verify(desk) if whole else []):
        found += [f"{r['check']}: {r['detail']}" for r in rows if not r["ok"]]
    return found


def recorded(store: Store, ids: list[str]) -> dict[str, int]:
    """Return command id to its number of entries, of those that the store holds."""
    found: dict[str, int] = {}
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        listed = ", ".join(f"'{i}'" for i in part)
        rows = _ids(
            store,
            f"SELECT c.id, (SELECT count(*) FROM entries e WHERE e.command = c.id)"
            f" FROM commands c WHERE c.id IN ({listed})",
        )
        found |= dict(rows)
    return found
