"""Answering in a meeting: keys, the action that a no brings, undo, what is on disk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.service.actions import action_rows
from casereview.service.reviews import meeting_card, reviewing


def card(played: Any, review: str, case: str) -> dict[str, Any]:
    """Read a case from the disk with a desk of one's own."""
    desk = played.desk("dr.b" if review == "R1" else "kw1")
    try:
        return meeting_card.case_card(desk, review, case)
    finally:
        desk.store.close()


async def test_a_no_is_on_disk_with_its_action_before_it_is_painted(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n")
        held = card(p, "R1", "C1")
        assert held["questions"][0]["today"]["value"] == "no"
        assert held["actions"][0]["text"] == "Agree what will stabilise the crisis, and by when"
        assert "Action A1 for dr.a, due 6 Mar" in p.text
        assert "Saved 09:02" in p.text


async def test_enter_accepts_the_action_and_asks_the_next_question(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.quiet()
        await p.press("n", "enter")
        assert "2/3 Is the onward destination" in p.text
        assert "Action A1 for" not in p.text
        assert p.presses == ["n", "enter"]


@pytest.mark.parametrize(
    ("key", "value"), [("y", "yes"), ("n", "no"), ("x", "cannot-tell")]
)  # fmt: skip
async def test_each_answer_key_records_its_answer(
    play: Any, round_store: Path, key: str, value: str
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press(key)
        assert card(p, "R1", "C1")["questions"][0]["today"]["value"] == value


async def test_does_not_apply_says_why_where_the_question_always_applies(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("v")
        assert "This question always applies" in p.text


async def test_the_words_owner_and_date_of_the_action_can_be_changed(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n", "e")
        await p.type("Ask [the] family /red]")
        await p.press("enter")
        assert "Ask [the] family /red]" in p.text
        await p.press("o")
        await p.type("nurse")
        await p.press("enter", "d")
        await p.type("+7")
        await p.press("enter")
        assert "Action A1 for nurse, due 10 Mar" in p.text
        held = card(p, "R1", "C1")["actions"][0]
        assert (held["text"], held["owner"]) == ("Ask [the] family /red]", "nurse")


async def test_a_refused_edit_keeps_what_was_typed(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n", "o")
        await p.type("nobody.known")
        await p.press("enter")
        assert "no user 'nobody.known'" in p.text
        assert p.app.focused.value == "nobody.known"
        await p.press("escape", "escape")
        assert "Action A1 for dr.a" in p.text


async def test_undo_goes_back_step_by_step_to_the_first_answer(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.quiet()
        await p.press("n", "enter", "n", "enter", "y")
        assert [bool(q["today"]) for q in card(p, "R1", "C1")["questions"]] == [True] * 3
        await p.press("u")
        assert "Undone: answered" in p.text
        await p.press("u", "u")
        held = card(p, "R1", "C1")
        assert [bool(q["today"]) for q in held["questions"]] == [False] * 3
        assert held["actions"] == []
        await p.press("u")
        assert "Nothing of this review is left to undo" in p.text


async def test_undo_takes_an_edit_back_before_the_answer(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n", "e")
        await p.type("Other words")
        await p.press("enter", "u")
        assert card(p, "R1", "C1")["actions"][0]["text"].startswith("Agree what will")
        await p.press("u")
        assert card(p, "R1", "C1")["actions"] == []


async def test_undo_works_in_another_process_after_a_restart(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n")
    async with play(round_store, "dr.a", review="R1") as p:
        assert "today" not in p.text
        await p.press("u")
        assert "Undone: answered" in p.text
        assert card(p, "R1", "C1")["actions"] == []


async def test_reopening_goes_on_with_the_case_that_was_in_hand(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("]", "y")
        here = p.app.screen.card["case"]
    async with play(round_store, "dr.a", review="R1") as p:
        assert p.app.screen.card["case"] == here
        assert p.app.screen.card["questions"][0]["today"]["value"] == "yes"


async def test_skipping_asks_for_a_reason_and_goes_on(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        first = p.app.screen.card["case"]
        await p.press("s")
        await p.type("Waiting for [bold]the scan")
        await p.press("enter")
        assert p.app.screen.card["case"] != first
        assert card(p, "R1", first)["skipped_because"] == "Waiting for [bold]the scan"


async def test_a_choice_is_answered_by_its_number_and_a_line_is_typed(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("3")
        assert "2/3 What single step" in p.text
        await p.press("t")
        await p.type("Ring the school about [/foo]")
        await p.press("enter")
        assert "Ring the school about [/foo]" in p.text
        case = p.app.screen.card["case"]
        held = card(p, "R2", case)
        assert [q["today"]["value"] for q in held["questions"][:2]] == [
            "continue", "Ring the school about [/foo]",
        ]  # fmt: skip


async def test_prepared_answers_count_once_taken(
    play: Any, round_store: Path, sit: Callable[..., Any]
) -> None:
    from casereview.core.decide.judging import Given
    from casereview.service.reviews import answering

    desk = sit(round_store, datetime.fromisoformat("2026-03-03T08:00:00+00:00"), "nurse")
    answering.prepare(desk, "C1", "ward-round", "crisis_stabilised", Given("yes"))
    desk.store.close()
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("slash")
        await p.type("C1")
        await p.press("enter")
        assert "draft yes" in p.text
        await p.press("p")
        assert card(p, "R1", "C1")["questions"][0]["today"]["value"] == "yes"


async def test_a_note_and_an_action_by_hand_belong_to_the_meeting(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        case = p.app.screen.card["case"]
        await p.press("m")
        await p.type("Seen with [sister]")
        await p.press("enter")
        assert "1 note folded" in p.text
        await p.press("a")
        await p.type("Order the scan")
        await p.press("enter")
        held = card(p, "R1", case)
        assert held["notes"][0]["words"] == "Seen with [sister]"
        assert [a["text"] for a in held["actions"]] == ["Order the scan"]
        await p.press("u", "u")
        held = card(p, "R1", case)
        assert (held["notes"], held["actions"]) == ([], [])


async def test_a_read_only_screen_says_that_it_only_reads(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1", read_only=True) as p:
        await p.press("y")
        assert "opened with --read-only" in p.text
        assert card(p, "R1", "C1")["questions"][0]["today"] is None


async def test_delay_reason_is_asked_for_when_only_the_destination_is_missing(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.quiet()
        await p.press("y", "n", "enter", "y")
        assert "what is the reason?" in p.text
        await p.press("enter")
        desk = p.desk("dr.b")
        assert meeting_card.case_card(desk, "R1", p.app.screen.card["case"])["delays_open"]
        desk.store.close()


async def test_the_agenda_and_the_actions_agree_with_the_service(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        desk = p.desk("kw1")
        shown = [x["case"] for x in p.app.screen.lines]
        assert shown == [r["case"] for r in reviewing.agenda(desk, "R2")]
        owners = {a["owner"] for a in action_rows.list_actions(desk, status="open")}
        assert owners == {"kw1", "kw2"}
        desk.store.close()
