"""Attendance, load, actions and meetings: vectors by number, small stores by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from casereview.core.records import (
    Action,
    ActionSpell,
    AgendaItem,
    Allocation,
    Answer,
    CaseFact,
    Decision,
    Mark,
    Review,
)
from casereview.measures.load import with_band

AS_OF = "2026-03-31"
day = date.fromisoformat
MONTH = {"start": "2026-03-01", "end": "2026-03-31"}


def test_t26_dna_rate_and_missed_contacts_are_two_measures(history: Any, measured: Any) -> None:
    one = history.case("2026-03-01")
    counts = {"5": 80, "6": 6, "7": 2, "3": 12, "2": 15, "4": 5, "0": 3}
    for code, many in counts.items():
        for _ in range(many):
            history.contact(one, "2026-03-10", attended=code)
    (row,) = measured("attendance", AS_OF)
    assert (row["appointments"], row["attended"], row["did_not_attend"]) == (123, 86, 14)
    assert (row["dna_percent"], row["missed"], row["to_come"]) == (14.0, 34, 3)
    (by_kind,) = measured("attendance", AS_OF, by=("kind",))
    assert (by_kind["kind"], by_kind["dna_percent"]) == ("visit", 14.0)
    assert len(measured("attendance", AS_OF, cases=True)) == 123


def test_without_an_appointment_to_attend_there_is_no_rate(history: Any, measured: Any) -> None:
    history.contact(history.case("2026-03-01"), "2026-03-10", attended="2")
    (row,) = measured("attendance", AS_OF)
    assert (row["appointments"], row["dna_percent"]) == (1, None)


def _score(history: Any, case: int, *scores: int, on: str = "2026-03-02") -> None:
    for n, (name, score) in enumerate(zip(("complexity", "risk", "travel"), scores, strict=False)):
        history.records.append(CaseFact(case, name, 40 + n, day(on), number=score))


def test_t22_weights_add_up_and_a_case_scored_in_part_has_none(history: Any, measured: Any) -> None:
    for scores in ((1, 1, 1), (2, 3, 1), (3, 3, 2)):
        _score(history, history.case("2026-03-01", worker="ann"), *scores)
    _score(history, history.case("2026-03-01", worker="ann"), 3, 3)
    history.case("2026-03-01", "2026-03-10", worker="ann")
    ask = {"by": ("worker",), "joined": False, "capacities": (("ann", 16),), **MONTH}
    (row,) = measured("load", AS_OF, **ask)
    assert (row["cases"], row["weight"], row["unscored"], row["capacity"]) == (4, 17, 1, 16)
    assert len(measured("load", AS_OF, cases=True, **ask)) == 4


@pytest.mark.parametrize(
    ("weight", "capacity", "percent", "band"),
    [(17, 16, 106.25, "amber"), (17, 18, 94.4, "blue"), (17, 17, 100.0, "green"),
     (11, 10, 110.0, "red"), (19, 20, 95.0, "green")],
)  # fmt: skip
def test_t22_bands_of_load(weight: int, capacity: int, percent: float, band: str) -> None:
    row = with_band({"weight": weight, "capacity": capacity}, None)  # type: ignore[arg-type]
    assert row["load_percent"] == pytest.approx(percent, abs=0.05)
    assert (row["band"], bool(row["band_means"])) == (band, True)
    assert with_band({"weight": 5, "capacity": None}, None)["band"] is None  # type: ignore[arg-type]


def _action(
    history: Any,
    number: int,
    opened: str,
    *spells: tuple[str, str, str | None, int],
    case: int | None = None,
    closed: tuple[str, str] | None = None,
    automatic: bool = False,
    parked_until: str | None = None,
) -> None:
    """Add an action with stretches of (status, from, due, carried)."""
    history.records.append(
        Action(
            id=number, case_id=case, person_id=None, team="W1", cause="manual",
            opened_on=day(opened), first_due_on=day(spells[0][2]) if spells[0][2] else None,
            effort="small", raised_by="ann", automatic=automatic,
            closed_on=day(closed[1]) if closed else None, closed_how=closed[0] if closed else None,
        )
    )  # fmt: skip
    for n, (status, start, due, carried) in enumerate(spells, 1):
        before = day(spells[n][1]) if n < len(spells) else None
        history.records.append(
            ActionSpell(
                action_id=number, n=n, status=status, owner="ann", post=None, doer=None,
                due_on=day(due) if due else None, carried=carried, from_on=day(start),
                before_on=before,
                parked_until=day(parked_until) if parked_until and status == "parked" else None,
            )
        )  # fmt: skip


def _some_actions(history: Any) -> None:
    one = history.case("2026-01-05")
    other = history.case("2026-01-05", "2026-03-12")
    _action(history, 1, "2026-02-20", ("open", "2026-02-20", "2026-03-06", 0),
            ("done", "2026-03-02", None, 0), case=one, closed=("done", "2026-03-02"))  # fmt: skip
    _action(history, 2, "2026-03-02", ("open", "2026-03-02", "2026-03-06", 0),
            ("open", "2026-03-06", "2026-03-13", 1), ("open", "2026-03-13", "2026-03-20", 2),
            ("open", "2026-03-20", "2026-03-27", 3), case=one)  # fmt: skip
    _action(history, 3, "2026-03-10", ("open", "2026-03-10", "2026-03-17", 0),
            ("cancelled", "2026-03-12", None, 0), case=other, automatic=True,
            closed=("cancelled", "2026-03-12"))  # fmt: skip
    _action(history, 4, "2026-03-10", ("parked", "2026-03-10", "2026-03-20", 0), case=one,
            parked_until="2026-04-10")  # fmt: skip
    _action(history, 5, "2026-03-10", ("parked", "2026-03-10", "2026-04-20", 0), case=one,
            parked_until="2026-03-20")  # fmt: skip
    _action(history, 6, "2026-03-11", ("open", "2026-03-11", "2026-03-17", 0),
            ("cancelled", "2026-03-16", None, 0), closed=("cancelled", "2026-03-16"))  # fmt: skip


def test_actions_by_what_became_of_them(history: Any, measured: Any) -> None:
    _some_actions(history)
    (row,) = measured("actions", AS_OF, **MONTH)
    assert (row["raised"], row["closed"], row["done"]) == (5, 3, 1)
    assert (row["cancelled"], row["closed_with_case"], row["mean_days"]) == (1, 1, 10.0)
    assert (row["open_at_end"], row["overdue"], row["carried"]) == (2, 1, 1)
    assert (row["leeches"], row["parked"]) == (1, 1)


def test_what_was_done_counts_as_done_also_when_the_program_closed_it(
    history: Any, measured: Any
) -> None:
    one = history.case("2026-01-05", "2026-03-09")
    # A contact after the end meets the follow-up, a later yes settles what an answer had raised.
    _action(history, 1, "2026-03-09", ("open", "2026-03-09", "2026-03-12", 0),
            ("done", "2026-03-11", None, 0), case=one, automatic=True,
            closed=("done", "2026-03-11"))  # fmt: skip
    _action(history, 2, "2026-03-02", ("open", "2026-03-02", "2026-03-06", 0),
            ("cancelled", "2026-03-09", None, 0), case=one, automatic=True,
            closed=("cancelled", "2026-03-09"))  # fmt: skip
    (row,) = measured("actions", AS_OF, **MONTH)
    assert (row["closed"], row["done"], row["closed_with_case"]) == (2, 1, 1)
    assert row["mean_days"] == 2.0


def test_carries_and_due_dates_are_those_of_the_day(history: Any, measured: Any) -> None:
    _some_actions(history)
    rows = measured("actions", AS_OF, every="week", **MONTH)
    rows.sort(key=lambda r: r["period"])
    # Weeks end on 1, 8, 15, 22, 29 March and the month on 31 March.
    assert [r["carried"] for r in rows] == [0, 1, 1, 1, 1, 1]
    assert [r["leeches"] for r in rows] == [0, 0, 0, 1, 1, 1]
    assert [r["overdue"] for r in rows] == [0, 0, 0, 0, 1, 1]
    assert [r["open_at_end"] for r in rows] == [1, 1, 2, 2, 2, 2]
    assert [r["parked"] for r in rows] == [0, 0, 2, 1, 1, 1]


def test_every_action_counted_is_listed(history: Any, measured: Any) -> None:
    _some_actions(history)
    (row,) = measured("actions", AS_OF, **MONTH)
    found = measured("actions", AS_OF, cases=True, **MONTH)
    for name in ("raised", "closed", "done", "cancelled", "closed_with_case", "open_at_end",
                 "overdue", "carried", "leeches", "parked"):  # fmt: skip
        assert sum(r["counted"] == name for r in found) == row[name], name
    (ann,) = (r for r in measured("actions", AS_OF, by=("owner",), **MONTH) if r["owner"] == "ann")
    assert ann["raised"] == 5


def test_a_case_with_only_parked_or_closed_actions_has_no_next_action(
    history: Any, measured: Any
) -> None:
    _some_actions(history)
    history.case("2026-01-05")
    rows = measured("load", AS_OF, by=("worker",), joined=False, every="week", **MONTH)
    rows.sort(key=lambda r: r["period"])
    # Case 1 always has action 2 open; case 3 never has one; case 2 ended on 12 March.
    assert [(r["cases"], r["no_next_action"]) for r in rows] == [
        (3, 2), (3, 2), (2, 1), (2, 1), (2, 1), (2, 1)
    ]  # fmt: skip


def at(on: str, clock: str) -> int:
    return int(datetime.fromisoformat(f"{on}T{clock}:00").replace(tzinfo=UTC).timestamp())


def _meeting(
    history: Any, number: int, on: str, lanes: dict[int, str], *, status: str = "closed"
) -> None:
    opened = at(on, "09:00")
    history.records.append(
        Review(number, "W1", "caseload-sweep", 1, "h", day(on), status, "ann", opened, 1)
    )
    for position, (case, lane) in enumerate(lanes.items(), 1):
        history.records.append(AgendaItem(number, position, case, lane, 1, False, False, "{}"))


def _mark(history: Any, case: int, review: int, kind: str, on: str, clock: str) -> None:
    n = len(history.records) + 200
    history.records.append(Mark(case, n, review, kind, day(on), "ann", at(on, clock)))


def _answer(history: Any, case: int, review: int, on: str, clock: str) -> None:
    n = len(history.records) + 200
    history.records.append(
        Answer(case, n, review, "caseload-sweep", "next", "x", day(on), "ann", at_s=at(on, clock))
    )


def _decide(history: Any, case: int, review: int, on: str) -> None:
    n = len(history.records) + 200
    history.records.append(
        Decision(case, n, "complete", "agreed", day(on), "ann", review, "caseload-sweep", day(on))
    )


def _two_meetings(history: Any) -> None:
    cases = [history.case("2026-01-05") for _ in range(5)]
    a, b, c, d, e = cases
    lanes = {a: "one-step", b: "two-steps", c: "complex", d: "on-plan", e: "waiting"}
    _meeting(history, 1, "2026-03-03", lanes)
    for case, clock in ((a, "09:01"), (b, "09:03")):
        _answer(history, case, 1, "2026-03-03", clock)
        _mark(history, case, 1, "discussed", "2026-03-03", "10:30")
    _mark(history, d, 1, "confirmed", "2026-03-03", "09:04")
    for case in (c, e):
        _mark(history, case, 1, "not-reached", "2026-03-03", "10:30")
    _decide(history, a, 1, "2026-03-03")
    _meeting(history, 2, "2026-03-10", {c: "one-step", b: "one-step"})
    _answer(history, c, 2, "2026-03-10", "09:10")
    _decide(history, c, 2, "2026-03-10")
    _mark(history, b, 2, "skipped", "2026-03-10", "09:20")
    _meeting(history, 3, "2026-03-11", {c: "one-step"}, status="abandoned")


def test_meetings_tell_who_was_reached_how_fast_and_what_was_decided(
    history: Any, measured: Any
) -> None:
    _two_meetings(history)
    (row,) = measured("reviews", AS_OF, **MONTH)
    assert (row["meetings"], row["on_agenda"], row["reviewed"]) == (2, 7, 2)
    assert (row["confirmed"], row["skipped"], row["not_reached"]) == (1, 1, 2)
    assert (row["partly_or_left"], row["decided"], row["decided_per_meeting"]) == (1, 2, 1.0)
    # 4 minutes in the first, the silence until the closing left out; 20 in the second.
    assert row["worked_s"] == 24 * 60
    assert row["seconds_per_case"] == 24 * 60 / 4
    assert row["percent_not_reached"] == pytest.approx(200 / 7)


def test_the_wait_for_a_decision_begins_at_the_first_agenda(history: Any, measured: Any) -> None:
    _two_meetings(history)
    (row,) = measured("reviews", AS_OF, **MONTH)
    assert (row["complex_decided"], row["mean_complex_wait_days"]) == (1, 7.0)
    assert (row["simple_decided"], row["mean_simple_wait_days"]) == (1, 0.0)
    found = [
        r for r in measured("reviews", AS_OF, cases=True, **MONTH) if r["counted"] == "decided"
    ]
    assert {(r["case_id"], r["lane"], r["days"]) for r in found} == {
        (1, "simple", 0), (3, "complex", 7)
    }  # fmt: skip


def test_in_an_open_meeting_an_answer_counts_as_reviewed(history: Any, measured: Any) -> None:
    one, other = history.case("2026-01-05"), history.case("2026-01-05")
    _meeting(history, 1, "2026-03-03", {one: "one-step", other: "one-step"}, status="open")
    _answer(history, one, 1, "2026-03-03", "09:01")
    (row,) = measured("reviews", AS_OF, **MONTH)
    assert (row["reviewed"], row["partly_or_left"]) == (1, 1)


def test_the_front_door_counts_first_contacts_offers_and_hand_offs(
    history: Any, measured: Any
) -> None:
    solved = history.case("2026-03-01", "2026-03-05", person=1)
    history.contact(solved, "2026-03-03", attended="3")
    history.contact(solved, "2026-03-05")
    again = history.case("2026-03-01", "2026-03-05", person=2, worker="ann")
    history.contact(again, "2026-03-05")
    history.case("2026-03-20", person=2)
    long = history.case(
        "2026-03-01", worker="ann", milestones={"offered": "2026-03-05", "started": "2026-03-20"}
    )
    for on in ("2026-03-05", "2026-03-12"):
        history.contact(long, on)
    for n, (login, start) in enumerate((("bob", "2026-03-10"), ("eve", "2026-03-25")), 90):
        history.records.append(Allocation(long, n, login, "key-worker", day(start)))
    (row,) = measured("front-door", AS_OF, **MONTH)
    assert (row["came"], row["met"], row["offered_at_first"]) == (4, 3, 1)
    assert (row["solved_first_time"], row["solved_and_stayed"]) == (2, 1)
    assert (row["hand_offs"], row["without_hand_off"], row["mean_hand_offs"]) == (1, 3, 0.25)
    assert len(measured("front-door", AS_OF, cases=True, **MONTH)) == 4


def test_an_accepted_transfer_is_a_hand_off(history: Any, measured: Any) -> None:
    sent = history.case("2026-03-01", "2026-03-04", person=7, worker="ann", ended="left",
                        exit_class="transfer")  # fmt: skip
    history.case("2026-03-04", person=7, team="W2", worker="bob", link="transfer", linked=sent)
    (row,) = measured("front-door", AS_OF, **MONTH)
    assert (row["came"], row["hand_offs"]) == (1, 1)
