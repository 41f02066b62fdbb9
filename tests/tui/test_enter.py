"""Enter acts once for a painted case: a held key, a hasty key and accepting an action."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casereview.service.reviews import reviewing
from casereview_tui.guard import QUIET, EnterGuard


class Beat:
    """Monotonic seconds that move by a fixed step each time Enter is pressed."""

    def __init__(self, step: float) -> None:
        self.now, self.step = 100.0, step

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def confirmed(played: Any) -> list[str]:
    desk = played.desk("kw1")
    rows = reviewing.agenda(desk, "R2")
    desk.store.close()
    return [r["case"] for r in rows if r["progress"] == "confirmed"]


async def test_enter_held_down_over_ten_cases_confirms_none_but_the_first(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        assert sum(x["lane"] == "on-plan" for x in p.app.screen.lines) == 10
        beat = Beat(step=0.033)
        p.app.monotonic = beat
        await p.app.screen.go(0)
        await p.pilot.pause()
        beat.now += 1
        p.app.screen.guard.other_key()
        for _ in range(60):
            beat.now += beat.step
            await p.pilot.press("enter")
        assert len(confirmed(p)) == 1


async def test_enter_pressed_hastily_confirms_at_most_one_case_in_each_quiet_time(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        beat = Beat(step=0.2)
        p.app.monotonic = beat
        await p.app.screen.go(0)
        await p.pilot.pause()
        p.app.screen.guard.other_key()
        start = beat.now
        for _ in range(15):
            beat.now += beat.step
            await p.press("enter")
        most = (beat.now - start) / QUIET
        assert 1 < len(confirmed(p)) <= most


async def test_one_press_a_case_confirms_when_the_case_could_be_seen(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        seen = []
        for _ in range(3):
            await p.quiet()
            seen.append(p.app.screen.card["case"])
            await p.press("enter")
        assert confirmed(p) == seen


async def test_accepting_an_action_does_not_confirm_or_leave_the_case(
    play: Any, meeting_store: Path
) -> None:
    async with play(meeting_store, "lead", review="R2") as p:
        await p.quiet()
        case = p.app.screen.card["case"]
        await p.press("5", "enter", "enter", "enter")
        assert p.app.screen.card["case"] == case
        assert confirmed(p) == []


@pytest.mark.parametrize(
    ("times", "acts"),
    [
        ([0.0], [False]),
        ([0.29], [False]),
        ([0.31], [True]),
        ([0.1, 0.31], [False, True]),
        ([0.25, 0.31], [False, False]),
        ([0.4, 0.43, 0.46], [True, False, False]),
    ],
)
def test_enter_waits_for_the_quiet_time_and_takes_no_repeat(
    times: list[float], acts: list[bool]
) -> None:
    guard = EnterGuard()
    guard.changed()
    guard.painted(0.0)
    assert [guard.press(t) for t in times] == acts


def test_accepting_need_not_wait_but_takes_no_repeat() -> None:
    guard = EnterGuard()
    guard.closed_window(0.0)
    assert not guard.press(0.05, harmless=True)
    assert guard.press(0.2, harmless=True)
    assert not guard.press(0.35)


def test_enter_does_nothing_before_the_case_was_painted() -> None:
    guard = EnterGuard()
    guard.changed()
    assert not guard.press(1000.0)


def test_enter_after_another_key_is_no_repeat() -> None:
    guard = EnterGuard()
    guard.painted(0.0)
    assert guard.press(1.0)
    guard.other_key()
    assert guard.press(1.05)
