"""Decisions: checks, two identifiers, another key than the one that opened it, a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import cases
from casereview.service.reviews import meeting_card

ALL_YES = ("y", "y", "y")


async def to_first_patient(played: Any) -> None:
    await played.press("slash")
    await played.type("C1")
    await played.press("enter")
    await played.quiet()


def decision(played: Any, who: str | None = "dr.b") -> Any:
    desk = played.desk(who)
    held = meeting_card.case_card(desk, "R1", "C1")
    desk.store.close()
    return held["decision"]


async def test_three_yeses_and_two_people_agree_a_discharge(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        p.presses.clear()
        await p.press(*ALL_YES)
        assert "Proposed: complete." in p.text
        await p.press("c")
        assert "local id L000 and born 1 Feb 2015" in p.text
        await p.press("y")
        assert "Second signature" in p.text
        assert decision(p)["status"] == "needs_countersign"
        await p.type("dr.b")
        await p.press("enter")
        held = decision(p)
        assert (held["status"], held["countersigned_by"]) == ("agreed", "dr.b")
        assert p.presses == ["y", "y", "y", "c", "y", "enter"]


@pytest.mark.parametrize("key", ["c", "enter", "escape"])
async def test_the_opening_key_enter_and_esc_agree_nothing(
    play: Any, round_store: Path, key: str
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        await p.press(*ALL_YES, "c", key)
        assert decision(p) is None


async def test_the_same_person_cannot_sign_and_what_was_typed_stays(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        await p.press(*ALL_YES, "c", "y")
        await p.type("dr.a")
        await p.press("enter")
        assert "same person cannot propose and countersign" in p.text
        assert p.app.focused.value == "dr.a"
        await p.type("dr.b")
        await p.press("enter")
        assert decision(p)["status"] == "agreed"


async def test_what_is_missing_is_named_at_once_and_nothing_is_agreed(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1", size=(80, 50)) as p:
        await p.press("slash")
        await p.type("C2")
        await p.press("enter", *ALL_YES, "c", "y")
        for words in ("safeguarding worry", "informal, detained or restricted", "destination"):
            assert words in p.words
        assert "NOT MET" in p.text or "CANNOT TELL" in p.text


async def test_a_planned_departure_date_is_part_of_the_decision(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        await p.press(*ALL_YES, "c", "d")
        await p.type("9/3")
        await p.press("enter", "y", "escape", "escape")
        assert decision(p)["effective_on"] == date(2026, 3, 9)
        assert "planned for 9 Mar" in p.words


async def test_declining_leaves_an_action(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        await p.press(*ALL_YES, "c", "n")
        await p.type("The flat is [not] ready")
        await p.press("enter")
        assert "Look again at the decision" in p.words


async def test_dissent_is_recorded_for_the_person_who_disagrees(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await to_first_patient(p)
        await p.press("D")
        await p.type("Too early")
        await p.press("tab")
        await p.type("nurse")
        await p.press("enter")
        desk = p.desk("dr.b")
        held = meeting_card.case_card(desk, "R1", "C1")
        desk.store.close()
        assert held["dissent"] == [{"by": "nurse", "words": "Too early"}]


async def test_a_decision_by_somebody_who_saw_an_older_case_says_what_changed(
    play: Any, round_store: Path, sit: Callable[..., Any]
) -> None:
    async with play(round_store, "dr.a", review="R1", watch=3600) as p:
        await to_first_patient(p)
        await p.press(*ALL_YES)
        other = sit(round_store, datetime.fromisoformat("2026-03-03T09:03:00+00:00"), "nurse")
        cases.note(other, "C1", "The sister rang", on=date(2026, 3, 3))
        other.store.close()
        await p.press("c", "y")
        assert "has changed since it was shown" in p.words
        assert decision(p) is None
        await p.press("y")
        assert decision(p)["status"] == "needs_countersign"


async def test_in_a_real_store_the_second_person_gives_their_own_pin(
    play: Any, real_round: Path
) -> None:
    async with play(real_round, None, review="R1") as p:
        assert "REHEARSAL" not in p.text
        await to_first_patient(p)
        await p.press(*ALL_YES, "c", "y")
        assert "Their own PIN" in p.text
        await p.type("dr.b")
        await p.press("tab")
        await p.type("0000")
        await p.press("enter")
        assert "PIN of 'dr.b' is wrong" in p.words
        assert "0000" not in p.text
        await p.type("2580")
        await p.press("enter")
        assert decision(p, None)["status"] == "agreed"


async def test_why_names_every_requirement_and_the_least_to_do(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1", size=(80, 50)) as p:
        await to_first_patient(p)
        await p.press("w")
        assert "recover to complete: 4 requirements left" in p.text
        assert "Least to do:" in p.text
        assert "not known: medicines arranged" in p.text


async def test_what_is_missing_is_recorded_on_the_case_and_the_meeting_shows_it(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("slash")
        await p.type("C1")
        await p.press("enter", "y", "y", "y")
        before = p.app.screen.card["why"]
        await p.press("l")
        await p.until(lambda: "Case C1" in p.text)
        await p.press("2")
        case = p.app.screen
        case.at = next(n for n, r in enumerate(case.rows) if r["fact"] == "medicines_arranged")
        await p.press("e")
        await p.type("yes")
        await p.press("enter", "escape")
        await p.until(lambda: "Three-question ward round" in p.text)
        assert p.app.screen.card["case"] == "C1"
        assert p.app.screen.card["why"] != before
        await p.press("w")
        assert "recover to complete" in p.text
