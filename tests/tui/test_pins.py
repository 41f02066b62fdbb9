"""A worry about somebody who is not on the agenda: on top of it, its words hidden."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import cases, flagging, moving
from casereview.store import watching

AT = datetime(2026, 3, 4, 9, 1, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 9, 3, tzinfo=UTC)
HEAD = "worry, not on agenda (1)"


@pytest.fixture
def store(meeting_store: Path, sit: Any) -> Path:
    """Return the meeting with somebody known to the team whose case, C13, has ended."""
    desk = sit(meeting_store, AT, "lead")
    with closing(desk.store):
        on = date(2026, 3, 4)
        row = cases.refer(desk.again(), team="K1", person="L900", name="Zed Young", on=on)[0]
        cases.set_fact(desk.again(), row["case"], "safeguarding", "none", on=on)
        moving.leave(desk.again(), row["case"], "moved-away", on=on)
    return meeting_store


def worry(store: Path, sit: Any, words: str = "Shut in [again]", *, now: bool = False) -> None:
    desk = sit(store, AT, "kw1")
    with closing(desk.store):
        flagging.raise_worry(desk, "L900", words, danger_now=now)


async def test_a_worry_from_the_meeting_goes_above_the_agenda(play: Any, store: Path) -> None:
    async with play(store, "lead", review="R2") as p:
        assert HEAD not in p.text
        held = p.app.screen.card["case"]
        await p.press("f")
        who = p.app.screen.query_one("#field-who")
        who.value = "L900"
        await p.type("Shut in [again]")
        await p.press("enter")
        await p.until(lambda: HEAD in p.text)
        lines = p.text.splitlines()
        assert HEAD in lines[2]
        assert "! W1 ZY L900" in lines[3]
        assert "on plan" in lines[4]
        assert "Shut in" not in p.text
        assert p.app.screen.card["case"] == held


async def test_taking_it_in_hand_shows_it_and_no_key_acts_on_a_case(
    play: Any, store: Path, sit: Any
) -> None:
    worry(store, sit)
    async with play(store, "lead", review="R2") as p:
        await p.press("k")
        assert "Worry about somebody not on this agenda" in p.text
        assert "words hidden; i shows" in p.text
        assert "Shut in" not in p.text
        with p.app.desk.store.read() as connection:
            before = watching.last_number(connection)
        for key in ("y", "n", "x", "v", "s", "1", "t", "p", "e", "o", "d", "a", "m", "c", "D", "w"):
            p.app.screen.say("")
            await p.press(key)
            assert "A worry is in hand, no case" in p.text, key
        with p.app.desk.store.read() as connection:
            assert watching.last_number(connection) == before
        await p.press("i", "y")
        assert "Shut in [again]" in p.text
        await p.press("i", "]")
        assert "case 1 of 12" in p.text
        assert "Where does this case go now" in p.text


async def test_the_terminals_cursor_stands_on_the_worry_in_hand(
    play: Any, store: Path, sit: Any
) -> None:
    worry(store, sit)
    async with play(store, "lead", review="R2") as p:
        await p.press("k")
        assert "! W1" in p.text.splitlines()[p.app.cursor_position.y]


async def test_another_terminals_worry_shows_within_two_seconds(
    play: Any, store: Path, sit: Any
) -> None:
    async with play(store, "lead", review="R2") as p:
        worry(store, sit, now=True)
        await p.until(lambda: HEAD in p.text, seconds=2.0)
        line = next(x for x in p.text.splitlines() if "! W1" in x)
        assert line.split(" ")[:4] == ["!", "W1", "ZY", "L900"]
        assert "NOW" in line
        assert "kw1 changed" in p.text


async def test_a_screen_without_room_for_an_agenda_says_it_in_a_line(
    play: Any, store: Path, sit: Any
) -> None:
    worry(store, sit)
    async with play(store, "lead", review="R2", size=(60, 16)) as p:
        assert "! 1 worry not on this agenda: W1 ZY L900; g opens" in p.text
        assert "Where does this case go now" in p.text
        await p.press("k")
        assert "Worry about somebody not on this agenda" in p.text


async def test_it_is_found_by_typing_and_opened_by_g_and_by_enter(
    play: Any, store: Path, sit: Any
) -> None:
    worry(store, sit)
    async with play(store, "lead", review="R2") as p:
        await p.press("]", "slash")
        await p.type("L900")
        await p.press("enter")
        assert "Worry about somebody not on this agenda" in p.text
        for key in ("g", "enter"):
            await p.press(key)
            await p.until(lambda: "Open safeguarding worries" in p.text)
            await p.press("escape")
            assert "Worry about somebody not on this agenda" in p.text


async def test_it_leaves_the_agenda_when_it_was_handed_over_and_signed(
    play: Any, store: Path, sit: Any
) -> None:
    worry(store, sit)
    async with play(store, "lead", review="R2") as p:
        await p.press("k", "g", "h")
        await p.type("duty desk")
        await p.press("enter", "g")
        await p.type("kw2")
        await p.press("enter")
        assert "No worry is open" in p.text
        await p.press("escape")
        await p.until(lambda: HEAD not in p.text)
        assert "Where does this case go now" in p.text


async def test_undo_takes_it_off_again_after_asking(play: Any, store: Path) -> None:
    async with play(store, "lead", review="R2") as p:
        await p.press("f")
        p.app.screen.query_one("#field-who").value = "L900"
        await p.type("Shut in")
        await p.press("enter")
        await p.until(lambda: HEAD in p.text)
        await p.press("u")
        assert "Take back a worry?" in p.text
        await p.press("y")
        await p.until(lambda: HEAD not in p.text)


async def test_a_worry_of_another_team_shows_only_where_it_was_raised(
    play: Any, store: Path, sit: Any
) -> None:
    from casereview.service.organisation import teams

    desk = sit(store, AT, None)
    with closing(desk.store):
        teams.add_team(desk.again(), "K2", pathway="childrens")
        cases.refer(desk.again(), team="K2", person="M1", name="Ola Elsewhere", on=desk.today)
        cases.refer(desk.again(), team="K2", person="M2", name="Una Elsewhere", on=desk.today)
        flagging.raise_worry(desk.again(), "M1", "not ours")
    async with play(store, "lead", review="R2") as p:
        assert "not on this agenda" not in p.text
        await p.press("f")
        p.app.screen.query_one("#field-who").value = "M2"
        await p.type("Seen at the clinic")
        await p.press("enter")
        await p.until(lambda: HEAD in p.text)
        assert "UE M2" in p.text
