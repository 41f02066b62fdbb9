"""A meeting on a bad day: interrupted, a wrong key, a worry in the middle, little room."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import cases, flagging
from casereview.service.reviews import confirming, meeting_card
from casereview_tui.screens.worry import WorriesScreen
from casereview_tui.widgets.floor import status_words


async def test_a_meeting_reopens_on_the_case_of_what_was_undone_last(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.quiet()
        await p.press("enter", "u")
        held = p.text.splitlines()[1].split("  ")[0]
    async with play(meeting_store, "lead", review="R2") as p:
        assert p.text.splitlines()[1].startswith(held), p.text


async def test_what_was_said_about_a_case_does_not_stand_under_the_next(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("v")
        assert "This question always applies" in p.text
        await p.press("right_square_bracket")
        assert "This question always applies" not in p.text


async def test_a_reminder_to_accept_the_action_goes_when_it_is_accepted(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.quiet()
        await p.press("n", "y")
        assert "First the action" in p.text
        await p.press("enter")
        assert "First the action" not in p.text


async def test_a_case_that_is_confirmed_is_not_skipped_over_it(
    play: Any, meeting_store: Path, sit: Any
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        case = p.app.screen.card["case"]
        other = p.desk("kw1")
        with closing(other.store):
            if not p.app.screen.card["may_confirm"]:
                await p.press("right_square_bracket")
                case = p.app.screen.card["case"]
            confirming.confirm(other, "R2", case)
        await p.until(lambda: "Confirmed: continue" in p.text)
        await p.press("s")
        assert "a skip would change nothing" in p.text
        assert "Skip: why?" not in p.text


async def test_a_case_with_a_new_worry_does_not_offer_to_be_confirmed(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        if not p.app.screen.card["may_confirm"]:
            await p.press("right_square_bracket")
        case = p.app.screen.card["case"]
        assert "on plan: continue to" in p.text
        desk = p.desk("kw1")
        with closing(desk.store):
            flagging.raise_worry(desk, case, "Bruise on the arm", danger_now=False,
                                 owner="key-worker", told="", review="R2")  # fmt: skip
            assert meeting_card.case_card(desk, "R2", case)["may_confirm"] is False
        await p.until(lambda: "SAFEGUARDING OPEN" in p.text)
        assert "on plan: continue to" not in p.text
        assert "Here: Not on plan any more." in p.text


async def test_the_mark_stays_on_a_fact_when_the_list_is_put_in_another_order(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("l", "2")
        rows = p.app.screen.rows
        at = next(n for n, r in enumerate(rows) if r["fact"] == "carer_told")
        for _ in range(at):
            await p.press("j")
        await p.press("e")
        await p.type("yes")
        await p.press("enter")
        assert p.app.screen.marked["fact"] == "carer_told"
        assert p.app.screen.marked["value"] is not None


async def test_the_mark_stays_on_a_worry_when_another_comes_before_it(
    play: Any, meeting_store: Path
) -> None:
    desk = None
    async with play(meeting_store, "lead", watch=0.1) as p:
        desk = p.desk("kw1")
        with closing(desk.store):
            for n in (1, 2):
                flagging.raise_worry(desk.again(), f"C{n}", f"Worry {n}", danger_now=False,
                                     owner="kw1", told="")  # fmt: skip
            await p.press("g", "j")
            held = p.app.screen._marked()["worry"]
            flagging.raise_worry(desk.again(), "C3", "Now", danger_now=True, owner="kw1", told="")
        await p.until(lambda: "DANGER NOW" in p.text)
        assert p.app.screen._marked()["worry"] == held


async def test_a_worry_that_is_not_ours_to_act_on_marks_no_other(
    play: Any, meeting_store: Path
) -> None:
    desk = None
    async with play(meeting_store, "lead") as p:
        desk = p.desk("kw1")
        with closing(desk.store):
            flagging.raise_worry(desk.again(), "C1", "Worry", danger_now=False, owner="kw1",
                                 told="")  # fmt: skip
        await p.app.push_screen(WorriesScreen("W99"))
        await p.until(lambda: "W1 " in p.text)
        assert "W99 is with another team" in p.words


async def test_home_says_that_there_is_danger_now(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", watch=0.1) as p:
        desk = p.desk("kw1")
        with closing(desk.store):
            flagging.raise_worry(desk, "C1", "Worry", danger_now=True, owner="kw1", told="")
        await p.until(lambda: "1 open worry" in p.text)
        assert "DANGER NOW 1" in p.text


async def test_an_answer_that_takes_a_decision_with_it_says_so(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        desk = p.desk("dr.a")
        with closing(desk.store):
            for fact in ("medicines_arranged", "follow_up_arranged", "carer_told"):
                cases.set_fact(desk.again(), "C1", fact, "yes", on=desk.today)
        await p.press("y", "y", "y", "c", "y")
        await p.type("dr.b")
        await p.press("enter")
        assert "Decision to complete: agreed" in p.words
        await p.press("left", "n")
        assert "The decision to complete no longer stands." in p.words


@pytest.mark.parametrize("keys", [("w",), ("c",)])
async def test_missing_facts_are_named_in_words_and_one_key_away(
    play: Any, round_store: Path, keys: tuple[str, ...]
) -> None:
    async with play(round_store, "dr.a", review="R1", size=(80, 60)) as p:
        await p.press("y", "y", "y", *keys)
        assert "not known: medicines arranged" in p.words
        assert "medicines_arranged" not in p.text
        await p.press("l")
        assert "what is known" in p.text.splitlines()[0]


@pytest.mark.parametrize(("planned", "late"), [(11, True), (22, False), (27, False)])
def test_a_departure_whose_day_has_passed_is_said(planned: int, late: bool) -> None:
    decision = {"status": "agreed", "effective_on": date(2026, 11, planned)}
    words = status_words(decision, date(2026, 11, 22))
    assert words.startswith(f"agreed, planned for {planned} Nov 2026")
    assert ("has passed, and the departure is not recorded" in words) is late
