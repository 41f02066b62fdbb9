"""Every fact of the work on a case: actions, contacts, reviews, decisions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from casereview.core.facts import Value
from casereview.core.records import (
    Action,
    ActionSpell,
    Contact,
    Decision,
    DecisionSpell,
    Dissent,
    Mark,
    Override,
)

TODAY = date(2026, 3, 3)


def d(days: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=days)


def action(number: int, *spells: dict[str, Any], about: int | None = 1) -> list[Any]:
    """Return an action with its spells, each from the day `on`."""
    rows: list[Any] = [
        Action(number, about, None, "WARD", "manual", d(spells[0]["on"]), None, "small", "ann")
    ]
    for i, spell in enumerate(spells):
        given = {"owner": "ann", "post": None, "doer": None, "due": None, "carried": 0, **spell}
        last = i + 1 == len(spells)
        rows.append(
            ActionSpell(
                action_id=number, n=i + 1, status=given.get("status", "open"), owner=given["owner"],
                post=None, doer=given["doer"],
                due_on=None if given["due"] is None else d(given["due"]),
                carried=given["carried"], from_on=d(given["on"]),
                before_on=None if last else d(spells[i + 1]["on"]),
                parked_until=d(given["until"]) if given.get("until") is not None else None,
            )
        )  # fmt: skip
    return rows


def contacts(*rows: tuple[str, int]) -> list[Any]:
    """Return contacts in the order of recording: attendance code and day."""
    return [Contact(1, i + 5, "visit", code, d(on)) for i, (code, on) in enumerate(rows)]


def marks(*rows: tuple[str, int, int]) -> list[Any]:
    """Return marks in the order of recording: kind, review and day."""
    return [Mark(1, i + 5, review, kind, d(on), "ann") for i, (kind, review, on) in enumerate(rows)]


def standing(*spells: tuple[str, int], end: int | None = None) -> list[Any]:
    """Return how decision 5 stood: status and first day of each stretch, and when it ended."""
    ends = [on for _, on in spells[1:]] + [end]
    return [
        DecisionSpell(1, 5 + i, 5, status, d(on), None if before is None else d(before))
        for i, ((status, on), before) in enumerate(zip(spells, ends, strict=True))
    ]


def decision(n: int, status: str, **days: int | None) -> Decision:
    """Return a decision; keyword arguments are days from today."""
    dates: dict[str, Any] = {key: None if days.get(key) is None else d(days[key] or 0) for key in (
        "agreed_on", "effective_on", "ended_on")}  # fmt: skip
    signed = "bob" if status == "agreed" and days.get("signed") else None
    return Decision(
        1, n, "complete", status, d(days["on"] or 0), "ann", countersigned_by=signed, **dates
    )


DONE = action(1, {"on": -20, "due": -8}, {"on": -6, "status": "done", "due": -8})
PARKED = action(1, {"on": -20, "due": -9}, {"on": -6, "status": "parked", "until": -2, "due": -1})
CARRIED = action(1, {"on": -20, "due": -8}, {"on": -6, "due": 4, "carried": 3})
TWO = [*action(1, {"on": -9, "due": -3}), *action(2, {"on": -5, "due": 2, "doer": "Housing"})]
REACHED = marks(("discussed", 1, -20), ("not-reached", 2, -13), ("not-reached", 3, -6))
ROWS: list[tuple[str, list[Any], dict[int, Value]]] = [
    ("open_actions", TWO, {0: 2, -5: 2, -6: 1, -9: 1, -10: 0}),
    ("open_actions", DONE, {0: 0, -6: 0, -7: 1}),
    ("open_actions", PARKED, {0: 1, -2: 1, -3: 0, -6: 0, -7: 1}),
    ("open_actions", action(1, {"on": -9}, about=None), {0: 0}),
    ("overdue_actions", TWO, {0: 1, -2: 1, -3: 0, 2: 1, 3: 2}),
    ("overdue_actions", DONE, {0: 0, -7: 1, -8: 0}),
    ("overdue_actions", PARKED, {0: 1, -1: 0, -7: 1, -3: 0}),
    ("overdue_actions", action(1, {"on": -9}), {0: 0}),
    ("days_most_overdue", TWO, {0: 3, -3: 0, 5: 8}),
    ("days_most_overdue", DONE, {0: 0, -7: 1}),
    ("carried_most", CARRIED, {0: 3, -7: 0}),
    ("leeches", CARRIED, {0: 1, -6: 1, -7: 0}),
    ("leeches", action(1, {"on": -6, "carried": 2}), {0: 0}),
    ("next_action_due_on", TWO, {0: d(-3), -10: None}),
    ("next_action_due_on", CARRIED, {0: d(4), -7: d(-8)}),
    ("next_action_due_on", action(1, {"on": -9}), {0: None}),
    ("actions_with_others", TWO, {0: 1, -6: 0}),
    ("actions_with_others", action(1, {"on": -9, "doer": ""}), {0: 0}),
    ("actions_unowned", action(1, {"on": -9, "owner": None}, {"on": -2}), {0: 0, -3: 1}),
    ("parked_actions", PARKED, {0: 0, -2: 0, -3: 1, -6: 1, -7: 0}),
    ("parked_actions", action(1, {"on": -6, "status": "parked"}), {0: 1}),
    ("last_contact_on", contacts(("5", -9), ("3", -4), ("6", -6)),
     {0: d(-6), -6: d(-6), -7: d(-9), -10: None}),
    ("last_contact_on", contacts(("3", -9), ("2", -8), ("4", -7), ("0", -6), ("7", -5)), {0: None}),
    ("days_since_contact", contacts(("5", -9)), {0: 9, -9: 0, -10: None}),
    ("missed_contacts",
     contacts(("3", -9), ("7", -8), ("2", -7), ("4", -6), ("5", -5), ("3", -4)),
     {0: 3, -4: 3, -5: 2, -9: 1, -10: 0}),
    ("consecutive_missed",
     contacts(("3", -9), ("5", -8), ("3", -7), ("2", -6), ("7", -5), ("0", 0)),
     {0: 2, -5: 2, -6: 1, -8: 0, -9: 1}),
    ("consecutive_missed", contacts(("3", -9), ("3", -8)), {0: 2}),
    ("consecutive_missed", contacts(("3", -9), ("5", -9)), {0: 0}),
    ("consecutive_missed", contacts(("5", -9), ("3", -9)), {0: 1}),
    ("consecutive_missed", contacts(("3", -4), ("5", -9)), {0: 1}),
    ("days_since_review", REACHED, {0: 20, -20: 0, -21: None}),
    ("days_since_review", marks(("confirmed", 1, -9), ("skipped", 2, -2)), {0: 9}),
    ("reviews_held", marks(("discussed", 1, -9), ("confirmed", 1, -9), ("discussed", 2, -2),
                           ("skipped", 3, -1)), {0: 2, -3: 1, -10: 0}),
    ("days_since_confirmed", marks(("confirmed", 1, -9), ("discussed", 2, -2)), {0: 9, -10: None}),
    ("times_not_reached", REACHED, {0: 2, -6: 2, -7: 1, -14: 0}),
    ("times_not_reached", [*REACHED, Mark(1, 9, 4, "skipped", d(-1), "ann")], {0: 0, -2: 2}),
    ("decision", standing(("needs_countersign", -9), ("agreed", -7)),
     {0: "agreed", -7: "agreed", -8: "needs_countersign", -9: "needs_countersign", -10: None}),
    ("decision", standing(("proposed", -9)), {0: "proposed", -10: None}),
    ("decision", standing(("proposed", -9), ("agreed", -6)), {0: "agreed", -7: "proposed"}),
    ("decision",
     standing(("agreed", -9), ("needs_countersign", -7), ("agreed", -5), end=-3),
     {-9: "agreed", -8: "agreed", -7: "needs_countersign", -6: "needs_countersign", -5: "agreed",
      -4: "agreed", -3: None}),
    ("decision", [decision(5, "declined", on=-9, ended_on=-9)], {0: None, -9: None}),
    ("decision",
     [*standing(("needs_countersign", -9), end=-3), DecisionSpell(1, 8, 8, "agreed", d(-3))],
     {0: "agreed", -4: "needs_countersign"}),
    ("decided_on", standing(("needs_countersign", -9), ("agreed", -7)), {0: d(-7), -8: None}),
    ("decided_on",
     standing(("agreed", -9), ("needs_countersign", -7), ("agreed", -5)),
     {0: d(-5), -6: None, -8: d(-9)}),
    ("days_since_decision", standing(("agreed", -7)), {0: 7, -7: 0, -8: None}),
    ("planned_departure_on", [decision(5, "agreed", on=-9, agreed_on=-9, effective_on=2)],
     {0: d(2), -10: None}),
    ("open_overrides", [Override(1, 5, "recover", "plan", "ann", d(-9), confirmed_on=d(-2)),
                        Override(1, 6, "recover", "plan", "ann", d(-5))],
     {0: 1, -2: 1, -3: 2, -9: 1, -10: 0}),
    ("open_dissents", [Dissent(1, 5, 1, "bob", d(-9), withdrawn_on=d(-2))], {0: 0, -2: 0, -3: 1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "records", "expected"), ROWS)
def test_a_fact_of_the_work_has_its_value_on_each_day(
    write: Callable[..., None],
    fact: Callable[..., Value],
    bare_case: Callable[..., list[Any]],
    name: str,
    records: list[Any],
    expected: dict[int, Value],
) -> None:
    write([*bare_case(d(-30)), *records])
    assert {days: fact(name, d(days)) for days in expected} == expected


def test_rows_of_another_case_do_not_count(
    write: Callable[..., None], fact: Callable[..., Value], bare_case: Callable[..., list[Any]]
) -> None:
    write([*bare_case(d(-30)), *bare_case(d(-30), case=2), *action(1, {"on": -9}, about=2)])
    assert (fact("open_actions"), fact("open_actions", case=2)) == (0, 1)
