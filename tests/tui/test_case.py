"""One case: what happened, what is known with its age, why it is here, its ways on."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.decide.judging import Given
from casereview.service.actions import actions
from casereview.service.cases import cases, caseview, flagging, moving, timeline
from casereview.service.cases.showing import show
from casereview.service.cases.timeline import KINDS
from casereview.service.reviews import answering, deciding, reviewing
from casereview_tui.screens.case import CaseScreen

SIZES = [(60, 16), (80, 24), (200, 60)]
ROUND = datetime(2026, 3, 3, 9, 2, tzinfo=UTC)


@pytest.fixture
def store(copy: Any, sit: Any) -> Path:
    """Return a ward where something of each kind happened to C1, which is ready to leave."""
    place: Path = copy("ward")
    desk = sit(place, datetime(2026, 2, 24, 9, tzinfo=UTC), "dr.a")
    on = date(2026, 2, 24)
    with closing(desk.store):
        cases.note(desk.again(), "C1", "A note [x]", on=on)
        cases.contact(desk.again(), "C1", kind="face-to-face", attended="5", on=on)
        actions.add(desk.again(), ["C1"], "Order the scan", owner="nurse", due_on=on)
        reviewing.open_review(desk.again(), pack="ward-round", team="W1", on=on)
        for question in ("crisis_stabilised", "destination_ready"):
            answering.answer(desk.again(), "R1", "C1", question, Given("yes"))
        answering.answer(desk.again(), "R1", "C1", "would_not_admit_today", Given("yes"))
    return place


def ready(store: Path, sit: Any) -> None:
    """Agree and sign the discharge of C1, and arrange what is left."""
    desk = sit(store, datetime(2026, 2, 24, 10, tzinfo=UTC), "dr.a")
    on = date(2026, 2, 24)
    with closing(desk.store):
        for fact, value in (
            ("medicines_arranged", "yes"), ("follow_up_arranged", "yes"), ("carer_told", "yes"),
        ):  # fmt: skip
            cases.set_fact(desk.again(), "C1", fact, value, on=on)
        deciding.decide(desk.again(), "R1", "C1", effective_on=on, dest="complete", seen=None)
        deciding.countersign(desk.again(actor="dr.b"), "R1", "C1", pin=None, seen=None)


async def opened(p: Any, case: str = "C1", panel: str = "timeline") -> CaseScreen:
    screen = CaseScreen(case, panel)
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    await p.pilot.pause()
    return screen


def on_disk(p: Any, case: str = "C1") -> dict[str, Any]:
    desk = p.desk("dr.b")
    with closing(desk.store):
        return dict(show(desk, case)[0])


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
@pytest.mark.parametrize("panel", ["timeline", "facts", "ways"])
async def test_each_panel_at_three_sizes_is_as_kept(
    play: Any, store: Path, panel: str, size: tuple[int, int]
) -> None:
    async with play(store, "dr.a", size=size) as p:
        await opened(p, panel=panel)
        p.same_as(f"case-{panel}-{size[0]}x{size[1]}")
        assert max(len(line) for line in p.text.splitlines()) <= size[0]


async def test_the_timeline_has_every_kind_and_right_shows_one_of_them(
    play: Any, store: Path, sit: Any
) -> None:
    desk = sit(store, ROUND, "dr.a")
    with closing(desk.store):
        flagging.raise_worry(
            desk, "C1", "words", danger_now=False, owner="nurse", told="", review=None
        )
    async with play(store, "dr.a") as p:
        screen = await opened(p)
        assert {r["kind"] for r in screen.rows} >= set(KINDS) - {"reviews"}
        for kind in KINDS:
            await p.press("right")
            assert screen.kind == kind
            assert {r["kind"] for r in screen.rows} <= {kind}
            assert f"{kind} only" in p.text
        await p.press("right")
        assert screen.kind == ""
        await p.press("left")
        assert screen.kind == "facts"


async def test_notes_and_worries_are_folded_until_names_show(play: Any, store: Path) -> None:
    async with play(store, "dr.a", size=(200, 60)) as p:
        screen = await opened(p)
        assert "A note [x]" not in p.text
        assert "words hidden; i shows" in p.text
        await p.press("i", "y")
        assert "A note [x]" in p.text
        assert "Ann0 Bee0" in p.text
        screen.at = next(n for n, r in enumerate(screen.rows) if r["kind"] == "notes")
        await p.press("enter")
        assert "A note [x]" in p.text


def test_the_timeline_is_newest_first_and_says_who(store: Path, sit: Any) -> None:
    desk = sit(store, ROUND, "dr.a")
    with closing(desk.store):
        rows = timeline.timeline(desk, "C1")
        assert [r["on"] for r in rows] == sorted((r["on"] for r in rows), reverse=True)
        assert all(r["by"] for r in rows)
        moves = [r["words"] for r in rows if r["kind"] == "moves"]
        assert moves[:2] == ["stabilise to recover", "assess to stabilise"]
        assert "referred to W1" in moves


async def test_facts_show_their_age_and_what_is_missing(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p)
        await p.press("2")
        known = next(r for r in screen.rows if r["fact"] == "destination")
        assert (known["value"], known["since"], known["days"]) == ("home", date(2026, 2, 20), 11)
        assert "since 20 Feb 2026, 11 days" in p.text
        assert "NOT RECORDED" in p.text


async def test_e_records_a_fact_and_a_wrong_value_stays_typed(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="facts")
        screen.at = next(n for n, r in enumerate(screen.rows) if r["fact"] == "carer_told")
        await p.press("e")
        await p.type("perhaps")
        await p.press("enter")
        assert p.app.focused.value == "perhaps"
        await p.type("yes")
        await p.press("enter")
        assert on_disk(p)["facts"]["carer_told"] == "yes"
        assert "Saved 09:02" in p.text


async def test_a_note_and_an_action_by_hand_are_on_disk(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p)
        await p.press("m")
        await p.type("Seen [today]")
        await p.press("enter")
        assert screen.rows[0]["text"] == "Seen [today]"
        await p.press("a")
        await p.type("Ring the [family]")
        await p.press("enter")
        assert "Ring the [family]" in [a["text"] for a in on_disk(p)["actions"]]


async def test_why_says_what_is_missing_who_fixes_it_and_the_least_to_do(
    play: Any, store: Path
) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p)
        await p.press("w")
        assert screen.marked is not None
        assert screen.marked["dest"] == "complete"
        for words in ("BLOCKED by 4", "Least to do:", "pharmacist", "CANNOT TELL"):
            assert words in p.text, words
        before = p.text
        await p.press("j", "j", "j", "j", "j")
        assert p.text != before
        await p.press("right")
        assert screen.marked["dest"] != "complete"
        await p.press("left", "3")
        assert screen.marked["dest"] == "complete"


async def test_a_refused_move_says_its_blockers_and_y_does_nothing(play: Any, store: Path) -> None:
    async with play(store, "nurse") as p:
        await opened(p, panel="ways")
        await p.press("enter")
        assert "BLOCKED by 4" in p.text
        assert "local id L000 and born 1 Feb 2015" in p.text
        await p.press("y")
        assert "see below what is not met" in p.text
        assert on_disk(p)["stage"] == "recover"
        await p.press("enter")
        assert "Move to complete" not in p.text
        assert on_disk(p)["stage"] == "recover"


async def test_a_completing_move_shows_two_identifiers_and_needs_another_key(
    play: Any, store: Path, sit: Any
) -> None:
    ready(store, sit)
    async with play(store, "dr.a") as p:
        await opened(p, panel="ways")
        assert "OPEN" in p.text
        await p.press("enter")
        assert "local id L000 and born 1 Feb 2015" in p.text
        await p.press("enter")
        assert on_disk(p)["stage"] == "recover"
        await p.press("enter", "y")
        assert on_disk(p)["stage"] == "complete"
        await p.until(lambda: "complete on 3 Mar 2026" in p.text)


async def test_a_step_back_is_done_on_the_day_that_is_given(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="ways")
        while screen.marked and screen.marked["dest"] != "stabilise":
            await p.press("right")
        await p.press("enter", "d")
        await p.type("never")
        await p.press("enter")
        assert "is no day" in p.text
        await p.type("2026-03-02")
        await p.press("enter", "y")
        held = on_disk(p)
        assert (held["stage"], held["stages"][-1]["from_on"]) == ("stabilise", date(2026, 3, 2))


async def test_leaving_otherwise_needs_its_reason_chosen(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="ways")
        while screen.marked and screen.marked["way"] != "leave":
            await p.press("right")
        await p.press("enter", "y")
        assert "Choose with x first" in p.text
        await p.press("x")
        await p.press("enter")
        assert "Chosen:" in p.text
        await p.press("escape")
        assert on_disk(p)["stage"] == "recover"
        assert screen.marked is not None
        code, title = next(e for e in screen.marked["exits"] if e[0] != "died")
        await p.press("enter", "x")
        await p.type(title)
        await p.press("enter", "y")
        assert on_disk(p)["exit"] == code


async def test_an_override_is_asked_with_a_reason_and_comes_on_the_timeline(
    play: Any, store: Path
) -> None:
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="ways")
        assert screen.marked is not None
        assert screen.marked["may_override"] is True
        await p.press("enter", "o", "enter")
        assert "An override needs a reason" in p.text
        await p.type("Bed [needed]")
        await p.press("enter")
        assert "Override: Bed [needed]" in p.text
        await p.press("y")
        desk = p.desk("dr.b")
        with closing(desk.store):
            words = [r["words"] for r in timeline.timeline(desk, "C1")]
        assert on_disk(p)["stage"] == "complete"
        assert any(w.startswith("went past") for w in words)


async def test_a_closed_case_is_opened_again_with_a_reason_or_returns(
    play: Any, store: Path, sit: Any
) -> None:
    desk = sit(store, ROUND, "dr.a")
    with closing(desk.store):
        exits = {r["way"]: r["exits"] for r in caseview.ways_on(desk, "C1")}["leave"]
        code = next(c for c, _ in exits if c != "died")
        moving.leave(desk.again(), "C1", code, on=desk.today)
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="ways")
        assert [r["way"] for r in screen.rows] == ["reopen", "return"]
        await p.press("enter", "y")
        await p.type("wrong case")
        await p.press("enter")
        await p.until(lambda: on_disk(p)["stage"] == "recover")
    desk = sit(store, ROUND, "dr.a")
    with closing(desk.store):
        moving.leave(desk.again(), "C1", code, on=desk.today)
    async with play(store, "dr.a") as p:
        screen = await opened(p, panel="ways")
        await p.press("right", "enter", "y")
        await p.until(lambda: screen.case != "C1")
        assert on_disk(p, screen.case)["link"] == "return"


async def test_a_stale_case_is_not_moved(play: Any, store: Path, sit: Any) -> None:
    ready(store, sit)
    async with play(store, "dr.a") as p:
        await opened(p, panel="ways")
        await p.press("enter")
        desk = p.desk("dr.b")
        with closing(desk.store):
            cases.set_fact(desk, "C1", "medicines_arranged", "no", on=desk.today)
        await p.press("y")
        assert on_disk(p)["stage"] == "recover"
        assert "medicines" in p.text.lower() or "dr.b" in p.text


async def test_a_worry_is_about_this_case_and_shows_at_once(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        await opened(p)
        await p.press("f")
        assert p.app.screen.query_one("#field-who").value == "C1"
        await p.type("Bruise on arm")
        await p.press("enter")
        await p.until(lambda: "SAFEGUARDING OPEN" in p.text)


async def test_read_only_opens_no_way_on(play: Any, store: Path) -> None:
    async with play(store, "dr.a", read_only=True) as p:
        await opened(p, panel="ways")
        assert "m note" not in p.text
        for key in ("enter", "m", "a", "e"):
            await p.press(key)
            assert "opened with --read-only" in p.text, key
            p.app.screen.say("")


async def test_an_unknown_case_is_refused_in_words(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        await p.app.push_screen(CaseScreen("C999"))
        await p.until(lambda: "There is no case C999" in p.text)
