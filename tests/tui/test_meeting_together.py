"""Two terminals on one meeting, a locked store, a full disk, a store replaced, a killed program."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casereview.core.decide.judging import Given
from casereview.service.actions import actions
from casereview.service.cases import cases
from casereview.service.organisation import teams, users
from casereview.service.reviews import answering, meeting_card, reviewing

LATER = datetime(2026, 3, 3, 9, 3, tzinfo=UTC)


async def test_what_the_scribe_records_shows_for_the_chair_within_two_seconds(
    play: Any, round_store: Path, sit: Any
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        case = p.app.screen.card["case"]
        scribe = sit(round_store, LATER, "nurse")
        with closing(scribe.store):
            answering.answer(scribe, "R1", case, "crisis_stabilised", Given("no"))
            await p.until(lambda: "Agree what will stabilise" in p.words, seconds=2.0)
        assert f"nurse changed {case}" in p.text


async def test_the_scribe_may_change_the_filled_in_action_while_the_chair_looks_at_it(
    play: Any, round_store: Path, sit: Any
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        await p.press("n")
        scribe = sit(round_store, LATER, "nurse")
        with closing(scribe.store):
            actions.edit(scribe, "A1", text="Ask the pharmacist today", review="R1")
        await p.until(lambda: "Ask the pharmacist today" in p.words, seconds=2.0)
        assert "Enter accept" in p.text


async def test_a_stale_edit_says_what_changed_and_keeps_what_was_typed(
    play: Any, round_store: Path, sit: Any
) -> None:
    async with play(round_store, "dr.a", review="R1", watch=3600) as p:
        await p.press("n", "e")
        await p.type("My own words")
        scribe = sit(round_store, LATER, "nurse")
        with closing(scribe.store):
            actions.edit(scribe, "A1", text="The scribe's words", review="R1")
        await p.press("enter")
        assert "has changed since it was shown" in p.words
        assert "The scribe's words" in p.words
        assert p.app.focused.value == "My own words"
        await p.press("enter")
        assert "My own words" in p.words
        assert meeting_card.case_card(p.app.desk, "R1", "C1")["actions"][0]["text"] == (
            "My own words"
        )


async def test_a_stale_answer_says_what_it_is_now_and_the_same_key_replaces_it(
    play: Any, round_store: Path, sit: Any
) -> None:
    async with play(round_store, "dr.a", review="R1", watch=3600) as p:
        case = p.app.screen.card["case"]
        scribe = sit(round_store, LATER, "nurse")
        with closing(scribe.store):
            answering.answer(scribe, "R1", case, "crisis_stabilised", Given("no"))
        await p.press("y")
        assert "crisis stabilised has changed: now no by nurse" in p.text
        held = meeting_card.case_card(p.app.desk, "R1", case)["questions"][0]["today"]
        assert held["value"] == "no"
        await p.press("left", "y")
        held = meeting_card.case_card(p.app.desk, "R1", case)["questions"][0]["today"]
        assert held["value"] == "yes"


async def test_a_locked_store_is_waited_for_in_words_and_the_answer_is_saved(
    play: Any, round_store: Path, sit: Any
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        other = sit(round_store, LATER, "nurse")
        said = []

        def hold() -> None:
            with other.store.write():
                said.append("held")
                import time

                time.sleep(1.2)

        with closing(other.store):
            holding = asyncio.ensure_future(asyncio.to_thread(hold))
            await p.until(lambda: bool(said))
            p.app.simulate_key("y")
            await asyncio.sleep(0.8)
            assert "Waiting: another program is using the store" in p.text
            await holding
            await p.until(lambda: "Saved 09:02" in p.text)
        assert meeting_card.case_card(p.app.desk, "R1", "C1")["questions"][0]["today"]


async def test_a_full_disk_is_said_and_nothing_is_lost_or_half_done(
    play: Any, round_store: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        store = p.app.desk.store
        with store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        for _ in range(40):
            await p.press("m")
            await p.type("x" * 9000)
            await p.press("enter")
            if "is full" in p.words:
                break
        assert "nothing of this command was recorded" in p.words
        assert p.app.focused.value == "x" * 9000
        with store.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        await p.press("enter")
        assert "Saved 09:02" in p.text


async def test_a_store_replaced_under_it_is_noticed_and_nothing_more_is_written(
    play: Any, round_store: Path, tmp_path: Path
) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        other = tmp_path / "other.db"
        shutil.copy(round_store, other)
        other.replace(round_store)
        await p.until(lambda: "was replaced" in p.words, seconds=3.0)
        await p.press("escape", "y")
        assert "replaced" in p.words


KILLED = """
import asyncio, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from casereview.packs.library import Library
from casereview.service.organisation.signing_in import sit_down
from casereview_tui.app import CaseReviewApp
from casereview_tui.screens.meeting import MeetingScreen

async def main():
    now = datetime(2026, 3, 3, 9, 2, tzinfo=UTC)
    desk = sit_down(Path(sys.argv[1]), library=Library(), clock=lambda: now, as_login="dr.a")
    app = CaseReviewApp(desk)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await app.push_screen(MeetingScreen("R1"))
        await pilot.pause(0.3)
        await pilot.press("right_square_bracket", "y", "n")
        await pilot.pause()
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_program_goes_on_with_the_same_case_and_every_answer(
    play: Any, round_store: Path
) -> None:
    script = [sys.executable, "-c", textwrap.dedent(KILLED), str(round_store)]
    paths = os.pathsep.join(p for p in sys.path if p)
    done = await asyncio.to_thread(
        subprocess.run, script, env={**os.environ, "PYTHONPATH": paths}, check=False,
        capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    async with play(round_store, "dr.a", review="R1") as p:
        second = reviewing.agenda(p.app.desk, "R1")[1]["case"]
        assert p.app.screen.card["case"] == second
        values = [q["today"]["value"] for q in p.app.screen.card["questions"][:2]]
        assert values == ["yes", "no"]
        assert "3/3 Would we have avoided admission" in p.text


async def test_a_screen_left_alone_does_next_to_nothing(play: Any, round_store: Path) -> None:
    async with play(round_store, "dr.a", review="R1") as p:
        drawn: list[int] = []
        display = p.app._display

        def counted(*args: Any) -> None:
            drawn.append(1)
            display(*args)

        p.app._display = counted
        await asyncio.sleep(2.2)
        assert drawn == []


async def test_work_elsewhere_in_the_store_is_no_news(
    play: Any, round_store: Path, sit: Any
) -> None:
    other = sit(round_store, LATER, None)
    with closing(other.store):
        teams.add_team(other.again(), "K1", pathway="childrens")
        row = cases.refer(other.again(), team="K1", person="Z1", on=other.today)[0]
        async with play(round_store, "dr.a", review="R1") as p:
            cases.note(other.again(), row["case"], "elsewhere", on=other.today)
            users.add_user(other.again(), "new", name="New", role="clinician", teams=["K1"])
            await asyncio.sleep(1.3)
            await p.pilot.pause()
            assert "changed" not in p.text
            cases.note(other.again(), "C2", "here", on=other.today)
            await p.until(lambda: "changed C2" in p.text, seconds=2.0)


async def test_a_second_signature_given_here_is_not_told_as_somebody_elses_work(
    play: Any, real_round: Path
) -> None:
    async with play(real_round, None, review="R1") as p:
        case = p.app.screen.lines[p.app.screen.at]["case"]
        desk = p.desk(None)
        with closing(desk.store):
            for fact in ("medicines_arranged", "follow_up_arranged", "carer_told"):
                cases.set_fact(desk.again(), case, fact, "yes", on=desk.today)
        await p.press("y", "y", "y", "c", "y")
        await p.type("dr.b")
        await p.press("tab")
        await p.type("1111")
        await p.press("enter")
        assert "4 attempts are left" in p.words
        assert p.app.focused is not None
        await p.type("2580")
        await p.press("enter")
        await p.until(lambda: "Decision to complete: agreed" in p.text)
        await asyncio.sleep(1.3)
        await p.pilot.pause()
        assert "dr.b changed" not in p.text
