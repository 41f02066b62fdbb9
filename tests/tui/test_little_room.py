"""What must be in sight, in few lines too; keys that must not lose anything."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casereview.core.decide.judging import Given
from casereview.service.actions import actions
from casereview.service.cases import cases, flagging
from casereview.service.reviews import answering, reviewing
from casereview.service.reviews import closing as ending
from casereview.service.reviews.minutes import minutes


async def test_the_signs_of_the_agenda_are_explained_on_help(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(80, 90)) as p:
        await p.press("question_mark")
        for words in ("! a worry is open", "c confirmed", "r reviewed", "s skipped",
                      "~ partly answered", "steps left"):  # fmt: skip
            assert words in p.words, words


async def test_open_actions_are_never_left_out_whole(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        case = p.app.screen.card["case"]
        desk = p.desk("kw1")
        with closing(desk.store):
            on = desk.today
            actions.add(desk.again(), [case], "Ring the school about the trip", owner="kw1",
                        due_on=on, doer="", on=on, review="R2")  # fmt: skip
            flagging.raise_worry(desk.again(), case, "Bruise on the arm", danger_now=False,
                                 owner="key-worker", told="", review="R2")  # fmt: skip
            for n in range(3):
                cases.note(desk.again(), case, f"A note {n} " + "long " * 40, on=on)
        await p.press("i", "y")
        await p.until(lambda: "Bruise on the arm" in p.text)
        assert "Ring the school" in p.text or "3 open actions" in p.text, p.text


async def test_the_filled_in_action_is_not_counted_among_the_others(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.quiet()
        await p.press("n")
        assert p.text.count("A1 ") == 1, p.text
        await p.press("enter")
        assert "A1 due 6 Mar" in p.text


async def test_the_last_answer_is_shown_whole_where_there_is_room(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        screen = p.app.screen
        words = "Visit with the health visitor on Tuesday"
        screen.card["questions"][1]["last"]["words"] = words
        screen.paint()
        await p.pilot.pause()
        seen = " ".join(" ".join(line[57:80] for line in p.text.splitlines()).split())
        assert words in seen, p.text


async def test_cannot_tell_fits_beside_the_last_answer(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("x")
        assert "cannot tell !" in p.text


async def test_what_has_changed_is_seen_before_a_confirm_on_the_smallest_screen(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(60, 16)) as p:
        if not p.app.screen.card["may_confirm"]:
            await p.press("right_square_bracket")
        assert "Enter on plan" in p.text
        assert "Since 25 Feb:" in p.text


async def test_closing_a_meeting_with_cases_not_reached_asks_first(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("q", "c")
        assert minutes(p.app.desk, "R2")["status"] == "open"
        assert "12 of 12 cases were not reached" in p.words
        await p.press("escape")
        assert minutes(p.app.desk, "R2")["status"] == "open"
        await p.press("c", "y")
        assert minutes(p.app.desk, "R2")["status"] == "closed"


async def test_what_was_not_reached_takes_few_lines_at_the_end(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("q")
        assert "not reached (12): C" in p.words
        assert "Open actions by owner" in p.text, p.text


async def test_escape_leaves_the_meeting_open_and_goes_home(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("escape")
        assert "Due today" in p.text
        assert minutes(p.app.desk, "R2")["status"] == "open"


async def test_one_escape_more_than_a_window_needs_asks_before_it_leaves(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("w", "escape", "escape")
        assert "Esc again" in p.text
        assert "case 1 of 12" in p.text
        await p.press("escape")
        assert "Due today" in p.text


async def test_typed_words_are_not_lost_by_one_escape(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("m")
        await p.type("Mum rang")
        await p.press("escape")
        assert "Mum rang" in p.text
        assert "Esc again leaves" in p.words
        await p.press("escape")
        assert "Mum rang" not in p.text
        await p.press("m", "escape")
        assert "case 1 of 12" in p.text


async def test_a_leech_is_in_sight_at_the_end_however_much_was_not_reached(
    play: Any, round_store: Path, sit: Any
) -> None:
    desk = sit(round_store, datetime(2026, 3, 3, 9, 2, tzinfo=UTC), "dr.a")
    with closing(desk.store):
        answering.answer(desk.again(), "R1", "C1", "crisis_stabilised", Given("no"))
        ending.close(desk.again(), "R1")
    for n, on in enumerate((6, 10, 13), 2):
        desk = sit(round_store, datetime(2026, 3, on, 9, tzinfo=UTC), "dr.a")
        with closing(desk.store):
            reviewing.open_review(desk.again(), pack="ward-round", team="W1", on=desk.today)
            answering.answer(desk.again(), f"R{n}", "C1", "crisis_stabilised", Given("no"))
            if n < 4:
                ending.close(desk.again(), f"R{n}")
    at = datetime(2026, 3, 13, 9, 30, tzinfo=UTC)
    async with play(round_store, "dr.a", review="R4", at=at, size=(60, 16)) as p:
        await p.press("q")
        assert "LEECHES" in p.text, p.text
        assert "> A1" in p.text
        for _ in range(8):
            await p.press("j")
        assert "c closes the meeting" in p.text, p.text
