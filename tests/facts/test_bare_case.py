"""What is known of a case of which nothing but the referral is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from casereview.core.facts import Catalogue
from casereview.store.facts import all_cases, fact_names, facts_select, one_case, read_facts
from casereview.store.handle import Store

TODAY = date(2026, 3, 3)
CAME = TODAY - timedelta(days=30)
KNOWN = {
    "stage": "assess", "pathway": "ward", "team": "WARD", "today": TODAY, "days_in_stage": 30,
    "days_since_referral": 30, "days_since_first_referral": 30, "admitted_on": CAME,
    "is_return": False, "transfer_pending": False, "days_delayed": 0, "waiting_for": "assessment",
    "days_waiting": 30, "has_key_worker": False, "open_actions": 0, "overdue_actions": 0,
    "days_most_overdue": 0, "carried_most": 0, "leeches": 0, "actions_with_others": 0,
    "actions_unowned": 0, "parked_actions": 0, "consecutive_missed": 0, "missed_contacts": 0,
    "reviews_held": 0, "times_not_reached": 0, "open_overrides": 0, "open_dissents": 0,
    "born_known": False, "nhs_number_known": False, "restricted": False, "died": False,
    "open_worries": 0, "overdue_worries": 0, "open_cases": 1,
}  # fmt: skip


def test_what_is_not_recorded_is_unknown_and_counts_are_nought(
    store: Store,
    catalogue: Catalogue,
    write: Callable[..., None],
    bare_case: Callable[..., list[Any]],
) -> None:
    write(bare_case(CAME))
    with store.read() as conn:
        found = read_facts(
            conn, fact_names(), as_of=TODAY, scope=one_case(1), catalogue=catalogue, answers={}
        )
    assert found == {1: {name: KNOWN.get(name) for name in fact_names()}}
    for name, value in found[1].items():
        assert value is not None or catalogue[name].unknown, name


def test_a_case_does_not_exist_before_its_referral(
    store: Store,
    catalogue: Catalogue,
    write: Callable[..., None],
    bare_case: Callable[..., list[Any]],
) -> None:
    write(bare_case(CAME))
    days = {0: {1}, -1: set()}
    for more, expected in days.items():
        on = CAME + timedelta(days=more)
        with store.read() as conn:
            for scope in (one_case(1), all_cases()):
                found = read_facts(
                    conn, ["stage"], as_of=on, scope=scope, catalogue=catalogue, answers={}
                )
                assert set(found) == expected


def test_facts_read_one_by_one_and_together_agree(
    store: Store,
    catalogue: Catalogue,
    write: Callable[..., None],
    bare_case: Callable[..., list[Any]],
) -> None:
    write(bare_case(CAME))
    with store.read() as conn:
        for name in sorted(fact_names()):
            found = read_facts(
                conn, [name], as_of=TODAY, scope=all_cases(), catalogue=catalogue, answers={}
            )
            assert found == {1: {name: KNOWN.get(name)}}


def test_the_select_itself_gives_typed_values(
    store: Store, write: Callable[..., None], bare_case: Callable[..., list[Any]]
) -> None:
    write(bare_case(CAME))
    query = facts_select(sorted(fact_names()), as_of=TODAY, scope=one_case(1), answers={})
    with store.read() as conn:
        row = conn.execute(query).mappings().one()
    assert row == {"case_id": 1, **{name: KNOWN.get(name) for name in fact_names()}}
