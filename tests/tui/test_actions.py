"""Actions: the boards, one key each for what can be done with one, undo, what is refused."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.errors import NotAllowed, Refused
from casereview.service.actions import action_rows, actions, worklist
from casereview_tui.screens.action_lines import cause_words
from casereview_tui.screens.actions import ActionsScreen

SIZES = [(60, 16), (80, 24), (200, 60)]
EARLIER = datetime(2026, 2, 26, 9, tzinfo=UTC)


@pytest.fixture
def store(copy: Any, sit: Any) -> Path:
    """Return a caseload with actions that are late, parked, and given to somebody away."""
    place: Path = copy("caseload")
    desk = sit(place, EARLIER, "lead")
    with closing(desk.store):
        for n, (case, owner, due) in enumerate(
            (("C1", "kw1", 27), ("C2", "kw1", 28), ("C3", "lead", 27)), 1
        ):
            actions.add(desk.again(), [case], f"Ring the school {n}", owner=owner,
                        due_on=date(2026, 2, due))  # fmt: skip
        parked = actions.add(desk.again(), ["C4"], "Ask about [x] respite", owner="kw2",
                             due_on=date(2026, 3, 20))[0]  # fmt: skip
        actions.park(desk.again(), parked["action"], until=date(2026, 3, 30))
    return place


async def opened(p: Any, board: str = "mine", case: str | None = None) -> ActionsScreen:
    screen = ActionsScreen(board, case)
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


def held(p: Any, action: str) -> dict[str, Any]:
    """Read one action from the disk with a desk of one's own."""
    desk = p.desk("kw2")
    with closing(desk.store):
        return next(r for r in action_rows.list_actions(desk) if r["action"] == action)


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_actions_at_three_sizes_are_as_kept(
    play: Any, store: Path, size: tuple[int, int]
) -> None:
    async with play(store, "kw1", size=size) as p:
        await opened(p, "team")
        p.same_as(f"actions-{size[0]}x{size[1]}")
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_a_on_home_opens_my_actions(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        await p.press("a")
        await p.until(lambda: "Actions: Mine" in p.text)
        assert "OVERDUE 5d" in p.text


@pytest.mark.parametrize(
    ("key", "board"),
    [("1", "mine"), ("2", "team"), ("3", "overdue"), ("4", "leeches"), ("5", "parked"),
     ("6", "accept")],
)  # fmt: skip
async def test_each_number_shows_its_board(play: Any, store: Path, key: str, board: str) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        await p.press(key)
        desk = p.desk("kw1")
        with closing(desk.store):
            rows = worklist.board(desk, board)["rows"]
        assert [r["action"] for r in screen.rows] == [r["action"] for r in rows]
        assert bool(rows) is (board != "leeches")


async def test_x_is_done_and_u_takes_it_back(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        first, second = (r["action"] for r in screen.rows[:2])
        await p.press("x")
        assert held(p, first)["status"] == "done"
        assert "Saved" in p.text
        await p.press("x")
        assert held(p, second)["status"] == "done"
        await p.press("u")
        assert f"Undone: {second} is as it was" in p.text
        await p.press("u")
        assert [held(p, a)["status"] for a in (first, second)] == ["open", "open"]
        await p.press("u")
        assert "Nothing was recorded on this screen yet" in p.text


async def test_p_parks_until_a_day(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        action = screen.rows[0]["action"]
        await p.press("p")
        await p.type("School is shut")
        await p.press("enter")
        row = held(p, action)
        assert (row["status"], row["parked_until"]) == ("parked", date(2026, 3, 11))
        await p.press("u")
        assert held(p, action)["status"] == "open"


async def test_o_assigns_and_a_wrong_login_keeps_what_was_typed(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        action = screen.rows[0]["action"]
        await p.press("o")
        await p.type("nobody.known")
        await p.press("enter")
        assert "no user 'nobody.known'" in p.text
        assert p.app.focused.value == "nobody.known"
        await p.type("kw2")
        await p.press("enter")
        assert held(p, action)["owner"] == "kw2"


async def test_v_ends_it_only_with_a_reason(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        action = screen.rows[0]["action"]
        await p.press("v", "enter")
        assert "Cancelling needs a reason" in p.text
        await p.type("The school rang us")
        await p.press("enter")
        assert held(p, action)["status"] == "cancelled"


async def test_e_and_d_change_words_and_date(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        action = screen.rows[0]["action"]
        await p.press("e")
        await p.type("Ring [the] school /red]")
        await p.press("enter", "d")
        await p.type("someday")
        await p.press("enter")
        assert "is no day" in p.text
        await p.type("+7")
        await p.press("enter")
        row = held(p, action)
        assert (row["text"], row["due_on"]) == ("Ring [the] school /red]", date(2026, 3, 11))
        assert "Ring [the] school /red]" in p.text


async def test_y_accepts_what_was_given_while_away(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p, "accept")
        assert "y accept" in p.text
        before = len(screen.rows)
        await p.press("y")
        assert len(screen.rows) == before - 1
        await p.press("2")
        await p.press("G")


async def test_accepting_for_somebody_else_says_whose_it_is(play: Any, store: Path) -> None:
    async with play(store, "kw2") as p:
        screen = await opened(p, "team")
        screen.at = next(n for n, r in enumerate(screen.rows) if r["owner"] == "kw1")
        await p.press("y")
        assert "The action is owned by kw1" in p.text


async def test_enter_shows_it_whole_and_c_opens_its_case(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        await opened(p)
        await p.press("enter")
        assert "Ring the school 1" in p.text
        await p.press("escape", "c")
        await p.until(lambda: "Case C1: what happened" in p.text)
        await p.press("4")
        await p.until(lambda: "Actions of C1" in p.text)
        assert "Ring the school 1" in p.text


async def test_a_change_by_somebody_else_is_named_and_nothing_is_written(
    play: Any, store: Path
) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        action = screen.rows[0]["action"]
        desk = p.desk("lead")
        with closing(desk.store):
            actions.edit(desk, action, text="Other words")
        await p.press("x")
        assert held(p, action)["status"] == "open"
        assert "lead" in p.text


def test_undo_is_refused_for_what_others_did_or_what_followed(store: Path, sit: Any) -> None:
    at = datetime(2026, 3, 4, 9, 2, tzinfo=UTC)
    lead, other = sit(store, at, "lead"), sit(store, at, "kw1")
    with closing(lead.store), closing(other.store):
        row = next(r for r in action_rows.list_actions(lead, status="open") if r["owner"] == "kw1")
        first = lead.again()
        actions.edit(first, row["action"], text="Words")
        with pytest.raises(Refused, match="lead recorded it"):
            worklist.take_back(other.again(), first.command)
        second = lead.again()
        actions.close(second, row["action"], done=True)
        with pytest.raises(Refused, match="Since then"):
            worklist.take_back(lead.again(), first.command)
        worklist.take_back(lead.again(), second.command)
        with pytest.raises(Refused, match="undone already"):
            worklist.take_back(lead.again(), second.command)
        with pytest.raises(Refused, match="Nothing is left"):
            worklist.take_back(lead.again(), "0" * 32)
        with pytest.raises(Refused):
            worklist.board(lead, "nothing")
    assert issubclass(NotAllowed, Refused)


async def test_read_only_offers_no_key_that_writes_and_says_so(play: Any, store: Path) -> None:
    async with play(store, "kw1", read_only=True) as p:
        screen = await opened(p)
        assert "x done" not in p.text
        assert "f worry" not in p.text
        await p.press("x")
        assert "opened with --read-only" in p.text
        screen.say("")
        await p.press("p")
        assert "opened with --read-only" in p.text
        await p.press("question_mark")
        assert "These screens only read" in p.text
        assert "until a day" not in p.text
        assert held(p, screen.rows[0]["action"])["status"] == "open"


async def test_empty_boards_say_what_helps(play: Any, copy: Any) -> None:
    async with play(copy("ward"), "dr.a") as p:
        await opened(p)
        for key, words in (("1", "No open action is yours"), ("3", "Nothing is overdue"),
                           ("5", "Nothing is parked"), ("x", "Nothing is parked")):  # fmt: skip
            await p.press(key)
            assert words in p.text


async def test_another_board_begins_at_its_first_line(play: Any, store: Path) -> None:
    async with play(store, "kw1") as p:
        screen = await opened(p)
        await p.press("j", "2")
        assert len(screen.rows) > 2
        assert screen.marked == screen.rows[0]


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("answer:ward-round/destination_ready",
         "follows from the answer to destination ready in ward round"),
        ("worry:18", "follows from worry W18"),
        ("follow-up:7", "follows from the end of C7"),
        ("declined:ward-round", "a decision of ward round that was declined"),
        ("import", "import"),
    ],
)  # fmt: skip
def test_why_an_action_was_made_is_said_in_words(cause: str, words: str) -> None:
    assert cause_words(cause) == words
