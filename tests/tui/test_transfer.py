"""Handing a case to another team and taking it over, from the case screen's ways on."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.service.cases import flagging
from casereview.service.cases.showing import show
from casereview.service.organisation import teams, users
from casereview.service.reviews import reviewing
from casereview_tui.screens.case import CaseScreen

TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture
def store(copy: Any, sit: Any) -> Path:
    """Return the ward with a second ward team W2 beside it, whose worker is rec."""
    place: Path = copy("ward")
    desk = sit(place, TUESDAY, None)
    with closing(desk.store):
        teams.add_team(desk.again(), "W2", pathway="ward")
        users.add_user(desk.again(), "rec", name="Rec Name", role="clinician", teams=["W2"])
    return place


async def opened(p: Any, way: str) -> CaseScreen:
    screen = CaseScreen("C1", "ways")
    await p.app.push_screen(screen)
    await p.until(lambda: screen.ready)
    for _ in screen.rows:
        if screen.marked and screen.marked["way"] == way:
            break
        await p.press("right")
    assert screen.marked is not None
    assert screen.marked["way"] == way, [r["way"] for r in screen.rows]
    return screen


def on_disk(p: Any, case: str = "C1") -> dict[str, Any]:
    desk = p.desk(None)
    with closing(desk.store):
        return dict(show(desk, case)[0])


async def offer(p: Any) -> None:
    await opened(p, "transfer")
    await p.press("enter", "x")
    await p.type("W2")
    await p.press("enter", "y")


async def test_a_case_is_offered_and_stays_until_it_is_taken_over(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        await opened(p, "transfer")
        await p.press("enter")
        assert "Offer to another team" in p.text
        assert "local id L000 and born 1 Feb 2015" in p.text
        await p.press("y")
        assert "Choose with x first" in p.text
        await p.press("x")
        assert "W2" in p.text
        await p.type("W2")
        await p.press("enter")
        assert "Chosen:" in p.text
        await p.press("enter")
        assert on_disk(p)["transfer_to"] is None
        await p.press("enter", "x")
        await p.type("W2")
        await p.press("enter", "y")
        assert "Saved" in p.text
        held = on_disk(p)
        assert (held["stage"], held["team"], held["transfer_to"]) == ("recover", "W1", "W2")
        desk = p.desk("dr.a")
        with closing(desk.store):
            reviewing.open_review(desk, pack="ward-round", team="W1", on=desk.today)
            lines = reviewing.agenda(desk, "R1")
        assert "C1" in [x["case"] for x in lines]


async def test_the_receiving_team_takes_it_over_as_a_linked_case(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        await offer(p)
    async with play(store, "rec") as p:
        screen = await opened(p, "accept")
        assert "Take it over" in p.words
        await p.press("enter", "y")
        await p.until(lambda: screen.case != "C1")
        new, old = on_disk(p, screen.case), on_disk(p)
        assert (new["team"], new["link"], new["linked_case"]) == ("W2", "transfer", "C1")
        assert old["stage"] == "left"
        assert new["first_referred_on"] == date(2026, 2, 20)
        assert "Saved" in p.text


async def test_the_sending_team_cannot_take_it_over_itself(play: Any, store: Path) -> None:
    async with play(store, "dr.a") as p:
        await offer(p)
        await opened(p, "accept")
        await p.press("enter", "y")
        assert "does not belong to team W2" in p.words
        assert on_disk(p)["stage"] == "recover"


async def test_an_open_worry_holds_the_offer_back(play: Any, store: Path, sit: Any) -> None:
    desk = sit(store, TUESDAY, "dr.a")
    with closing(desk.store):
        flagging.raise_worry(desk, "C1", "Bruise")
    async with play(store, "dr.a") as p:
        await offer(p)
        assert "afeguarding" in p.text
        assert on_disk(p)["transfer_to"] is None


async def test_a_worry_after_the_offer_holds_taking_over_back(
    play: Any, store: Path, sit: Any
) -> None:
    async with play(store, "dr.a") as p:
        await offer(p)
    desk = sit(store, TUESDAY, "dr.a")
    with closing(desk.store):
        flagging.raise_worry(desk, "C1", "Bruise")
    async with play(store, "rec") as p:
        await opened(p, "accept")
        await p.press("enter", "y")
        assert "afeguarding" in p.text
        assert on_disk(p)["stage"] == "recover"


@pytest.mark.parametrize(("way", "who"), [("withdraw", "dr.a"), ("decline", "rec")])
async def test_an_offer_to_the_wrong_team_ends_with_a_reason(
    play: Any, store: Path, way: str, who: str
) -> None:
    async with play(store, "dr.a") as p:
        await offer(p)
    async with play(store, who) as p:
        await opened(p, way)
        await p.press("enter", "y")
        await p.type("Wrong team")
        await p.press("enter")
        assert "Saved" in p.text
        held = on_disk(p)
        assert (held["stage"], held["team"], held["transfer_to"]) == ("recover", "W1", None)


async def test_home_of_the_other_team_says_that_a_case_is_offered_and_opens_it(
    play: Any, store: Path
) -> None:
    async with play(store, "dr.a") as p:
        await offer(p)
    async with play(store, "rec") as p:
        assert "Offered to W2 by W1: C1" in p.text, p.text
        await p.press("o")
        await p.until(lambda: "why and ways on" in p.text)
        assert "> accept" in p.text
    async with play(store, "dr.a") as p:
        assert "Offered to W2" not in p.text
