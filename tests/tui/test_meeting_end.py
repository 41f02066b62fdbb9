"""Who is here, worries, and the end of a meeting."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casereview.core.decide.judging import Given
from casereview.service.actions import action_rows
from casereview.service.cases import showing
from casereview.service.organisation import teams
from casereview.service.reviews import answering, meeting, reviewing
from casereview.service.reviews import closing as ending
from casereview.service.reviews.minutes import minutes

LATER = datetime(2026, 3, 4, 9, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "status"), [("p", "present"), ("l", "late"), ("a", "absent")]
)  # fmt: skip
async def test_each_key_marks_how_somebody_attends(
    play: Any, meeting_store: Path, key: str, status: str
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("h", key)
        held = {r["login"]: r["status"] for r in meeting.attendance(p.app.desk, "R2")}
        assert held["kw1"] == status


async def test_a_guest_is_named_and_an_absent_workers_cases_go_to_the_end_of_their_lane(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("h", "a", "g")
        await p.type("Sam [School] O'Neill")
        await p.press("enter")
        assert "Sam [School] O'Neill" in p.text
        await p.press("escape")
        await p.until(lambda: p.app.screen.lines[0]["case"] != "C2")
        lane = [x for x in p.app.screen.lines if x["lane"] == "on-plan"]
        assert [x["late"] for x in lane] == sorted(x["late"] for x in lane)


async def test_a_worry_in_the_meeting_is_saved_at_once_blocks_and_goes_to_the_top(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("]", "]")
        case = p.app.screen.card["case"]
        await p.press("f")
        assert p.app.focused.id == "field-words"
        await p.type("Said [home] is not safe")
        await p.press("enter")
        await p.until(lambda: p.app.screen.lines[0]["case"] == case)
        assert "new worry, first" in p.text
        assert "not safe" not in p.text
        assert "SAFEGUARDING OPEN" in p.text
        rows = showing.why(p.app.desk, case, move="complete")
        safe = [r["holds"] for r in rows if r["requirement"] == "safeguarding"]
        assert safe == [False]


async def raise_danger_now(p: Any) -> None:
    await p.press("f")
    await p.type("He is at the door")
    await p.press("tab")
    await p.type("yes")
    await p.press("enter")


async def test_danger_now_shows_the_local_emergency_line(
    play: Any, meeting_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEREVIEW_EMERGENCY", "Ring the duty desk on 1234.")
    async with play(meeting_store, "lead", review="R2") as p:
        await raise_danger_now(p)
        assert "DANGER NOW" in p.text
        assert "Ring the duty desk on 1234." in p.text


async def test_the_teams_own_emergency_line_comes_before_the_environments(
    play: Any, meeting_store: Path, sit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sit(meeting_store, datetime(2026, 3, 4, 9, tzinfo=UTC), "lead")
    with closing(desk.store):
        teams.set_emergency(desk, "K1", "Ring [security] on 2222")
    monkeypatch.setenv("CASEREVIEW_EMERGENCY", "Ring the duty desk on 1234.")
    async with play(meeting_store, "lead", review="R2") as p:
        await raise_danger_now(p)
        assert "DANGER NOW" in p.text
        assert "Ring [security] on 2222" in p.text
        assert "1234" not in p.text
        await p.press("escape", "escape", "g")
        assert "Ring [security] on 2222" in p.words


async def test_without_an_emergency_line_none_is_made_up(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await raise_danger_now(p)
        assert "No emergency line is recorded for K1." in p.words
        window = p.words.partition("DANGER NOW")[2].partition("Esc closes")[0]
        assert not any(c.isdigit() for c in window.replace("K1", "").replace("R2", ""))


async def test_a_worry_about_somebody_not_on_the_agenda_can_be_recorded_from_home(
    play: Any,
) -> None:
    async with play("caseload", "kw1") as p:
        await p.press("f")
        await p.type("nobody-known")
        await p.press("tab")
        await p.type("Heard shouting")
        await p.press("enter")
        assert "Nobody is known as" in p.words
        assert p.app.screen.query_one("#field-words").value == "Heard shouting"
        p.app.screen.query_one("#field-who").value = "L003"
        await p.press("enter")
        await p.until(lambda: "Safeguarding: 1 open worry" in p.text)


async def test_a_worry_is_told_handed_over_and_signed_by_a_second_person(play: Any) -> None:
    async with play("caseload", "kw1") as p:
        await p.press("f")
        await p.type("C2")
        await p.press("tab")
        await p.type("Heard shouting")
        await p.press("enter", "g", "t")
        await p.type("Duty team, Jo")
        await p.press("enter", "h")
        await p.type("Duty team, Jo, took it")
        await p.press("enter")
        assert "a second person signs" in p.words
        await p.press("g")
        await p.type("kw1")
        await p.press("enter")
        assert "same person cannot" in p.words
        await p.type("kw2")
        await p.press("enter")
        assert "No worry is open" in p.text


async def test_undo_asks_before_it_takes_a_worry_back(play: Any, meeting_store: Path) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.press("f")
        await p.type("Not safe")
        await p.press("enter")
        await p.press("u", "enter")
        assert meeting.meeting_view(p.app.desk, "R2")["lines"][0]["worry"]
        await p.press("u", "y")
        assert not any(x["worry"] for x in meeting.meeting_view(p.app.desk, "R2")["lines"])


async def test_the_end_says_what_was_done_and_closing_writes_minutes(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2", size=(80, 50)) as p:
        await p.quiet()
        await p.press("enter", "q")
        assert "0 reviewed, 1 confirmed on plan" in p.text
        assert "Not reviewed, and why" in p.text
        assert "Open actions by owner" in p.text
        assert minutes(p.app.desk, "R2")["status"] == "open"
        await p.press("q")
        assert "case" in p.text.splitlines()[1]
        await p.press("q", "c", "y")
        held = minutes(p.app.desk, "R2")
        assert held["status"] == "closed"
        assert "Minutes written to" in p.words
        file = meeting_store.parent / "minutes" / "R2-K1-2026-03-04.md"
        assert file.read_text(encoding="utf-8").startswith("# Weekly caseload meeting")
        assert file.stat().st_mode & 0o077 == 0
        assert held["journal_head"]
        assert "# Weekly caseload meeting: K1, Wed 4 Mar 2026" in p.text
        await p.press("escape")
        assert "Weekly caseload meeting, K1: closed: minutes" in p.text


async def test_leeches_are_settled_at_the_end_with_a_new_owner(
    play: Any, copy: Any, sit: Any
) -> None:
    store = copy("ward")
    for n, on in enumerate((24, 27)):
        desk = sit(store, datetime(2026, 2, on, 9, tzinfo=UTC), "dr.a")
        with closing(desk.store):
            reviewing.open_review(desk.again(), pack="ward-round", team="W1", on=desk.today)
            for question in ("crisis_stabilised", "destination_ready", "would_not_admit_today"):
                answering.answer(desk.again(), f"R{n + 1}", "C1", question, Given("no"))
            ending.close(desk.again(), f"R{n + 1}")
    for n, on in enumerate((3, 6)):
        desk = sit(store, datetime(2026, 3, on, 9, tzinfo=UTC), "dr.a")
        with closing(desk.store):
            reviewing.open_review(desk.again(), pack="ward-round", team="W1", on=desk.today)
            answering.answer(desk.again(), f"R{n + 3}", "C1", "crisis_stabilised", Given("no"))
            if n == 0:
                ending.close(desk.again(), "R3")
    async with play(store, "dr.a", at=datetime(2026, 3, 6, 9, 5, tzinfo=UTC), review="R4") as p:
        await p.press("q")
        assert "LEECHES: carried three times" in p.text
        await p.press("o")
        await p.type("dr.b")
        await p.press("enter")
        held = action_rows.list_actions(p.app.desk, leeches=True)
        assert [a["owner"] for a in held] == ["dr.b"]
        await p.press("v")
        await p.type("Nothing more can be done")
        await p.press("enter")
        assert action_rows.list_actions(p.app.desk, leeches=True) == []
        assert json.dumps(minutes(p.app.desk, "R4")["counts"])
