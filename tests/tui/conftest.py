"""Real stores, real screens: a team's store is made once and copied for each test."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

os.environ["TEXTUAL_ANIMATIONS"] = "none"

from textual.pilot import Pilot

from casereview.core.decide.judging import Given
from casereview.packs.library import Library
from casereview.service.cases import cases, moving
from casereview.service.desk import Desk
from casereview.service.organisation import pins, setup, teams, users
from casereview.service.organisation.signing_in import sit_down
from casereview.service.reviews import answering, reviewing
from casereview.service.reviews import closing as ending
from casereview_tui.app import CaseReviewApp

SIZE = (80, 24)
MEETING = datetime(2026, 3, 4, 9, 2, tzinfo=UTC)
"""A Wednesday: the weekly caseload meeting of K1."""
ROUND = datetime(2026, 3, 3, 9, 2, tzinfo=UTC)
"""A Tuesday: the ward round of W1."""
BEFORE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def tick(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Played:
    """A screen test under way."""

    app: CaseReviewApp
    pilot: Pilot[int]
    clock: Clock
    store: Path
    presses: list[str] = field(default_factory=list)
    ahead: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the screen as plain text, without blanks at line ends."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    @property
    def words(self) -> str:
        """Return the screen's words in one line, without the frames of windows."""
        return " ".join(re.sub("[\u2500-\u257f\u2580-\u259f]", " ", self.text).split())

    async def press(self, *keys: str) -> None:
        """Press keys one after the other and wait until the screen is still."""
        for key in keys:
            self.presses.append(key)
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, words: str) -> None:
        """Put words into the line that has the cursor, as a paste does."""
        from textual.widgets import Input

        line = self.app.focused
        assert isinstance(line, Input), f"no line to type into has the cursor:\n{self.text}"
        line.value = words
        await self.pilot.pause()

    async def quiet(self) -> None:
        """Let the moment pass in which Enter does nothing; only the key timing moves on."""
        self.ahead.append(0.4)
        await self.pilot.pause()

    async def until(self, true: Callable[[], bool], *, seconds: float = 5.0) -> None:
        """Wait until something holds."""
        for _ in range(int(seconds / 0.05)):
            if true():
                return
            await self.pilot.pause(0.05)
        raise AssertionError(f"not within {seconds} s:\n{self.text}")

    def same_as(self, name: str) -> None:
        """Compare the screen with the one kept under a name; CASEREVIEW_KEEP_SCREENS=1 keeps it."""
        place = Path(__file__).parent / "screens" / f"{name}.txt"
        if os.environ.get("CASEREVIEW_KEEP_SCREENS"):
            place.parent.mkdir(exist_ok=True)
            place.write_text(self.text + "\n", encoding="utf-8")
        assert self.text + "\n" == place.read_text(encoding="utf-8")

    def desk(self, login: str | None) -> Desk:
        """Return a second desk at the same store, as another terminal has."""
        return sit_down(self.store, library=library(), clock=self.clock, as_login=login)


_LIBRARY = Library()


def library() -> Library:
    """Return the rules that ship, read once."""
    return _LIBRARY


def _sit(store: Path, at: datetime, who: str | None = None) -> Desk:
    return sit_down(store, library=library(), clock=lambda: at, as_login=who)


def _create(
    store: Path,
    team: str,
    *,
    pathway: str,
    meets: str,
    logins: Iterable[str],
    rehearsal: bool = True,
) -> None:
    setup.create(store, library=library(), now=BEFORE, rehearsal=rehearsal)
    desk = _sit(store, BEFORE)
    with closing(desk.store):
        teams.add_team(desk, team, pathway=pathway, meets=[meets])
        for login in logins:
            role = "team-lead" if login == "lead" else "clinician"
            users.add_user(desk.again(), login, name=f"{login} name", role=role, teams=[team])


def _person(desk: Desk, team: str, n: int, facts: Iterable[tuple[str, str]]) -> str:
    on = desk.today
    row = cases.refer(
        desk.again(), team=team, person=f"L{n:03}", name=f"Ann{n} Bee{n}",
        born=date(2015, 2, n + 1), on=on,
    )[0]  # fmt: skip
    for fact, value in facts:
        cases.set_fact(desk.again(), row["case"], fact, value, on=on)
    return str(row["case"])


KNOWN = (("safeguarding", "none"), ("child_protection_plan", "no"), ("risk_changed", "no"))
STARTED = (("assessed_on", "2026-01-06"), ("started_on", "2026-01-06"))


def _caseload(store: Path) -> None:
    """Twelve children: ten that will be on plan, one not reached last time, one that waits."""
    _create(store, "K1", pathway="childrens", meets="wed", logins=("lead", "kw1", "kw2"))
    desk = _sit(store, datetime(2026, 1, 6, 9, tzinfo=UTC), "lead")
    with closing(desk.store):
        for n in range(12):
            case = _person(desk, "K1", n, (*KNOWN, *(STARTED if n < 11 else ())))
            worker = "kw1" if n % 2 else "kw2"
            cases.allocate(desk.again(), case, worker, on=desk.today)
    desk = _sit(store, datetime(2026, 2, 25, 9, tzinfo=UTC), "lead")
    with closing(desk.store):
        reviewing.open_review(desk.again(), pack="caseload-sweep", team="K1", on=desk.today)
        for n in range(10):
            for question, value in (
                ("direction", "continue"), ("next_step", f"Ring school {n}"),
                ("risk_changed", "no"),
            ):  # fmt: skip
                answering.answer(desk.again(), "R1", f"C{n + 1}", question, Given(value))
        ending.close(desk.again(), "R1")


def _ward(store: Path, *, rehearsal: bool = True) -> None:
    """Three patients; the first can leave but for what is arranged on the day."""
    logins = ("dr.a", "dr.b", "nurse")
    _create(store, "W1", pathway="ward", meets="tue,fri", logins=logins, rehearsal=rehearsal)
    doctor = "dr.a" if rehearsal else None
    desk = _sit(store, BEFORE)
    with closing(desk.store):
        for post, login in (("consultant", "dr.a"), ("discharge-coordinator", "nurse")):
            teams.fill_post(desk.again(), "W1", post, login, from_on=None)
    desk = _sit(store, datetime(2026, 2, 20, 9, tzinfo=UTC), doctor)
    checks = (
        ("safeguarding", "none"), ("legal_status", "informal"), ("risk_plan_on", "2026-02-20"),
        ("safety_plan_on", "2026-02-20"), ("destination", "home"),
        ("persons_view_on", "2026-02-20"),
    )  # fmt: skip
    with closing(desk.store):
        for n in range(3):
            case = _person(desk, "W1", n, checks if n == 0 else ())
            cases.allocate(desk.again(), case, "nurse", on=desk.today)
            for stage in ("stabilise", "recover"):
                moving.move(desk.again(), case, stage, on=desk.today)


MAKERS = {"caseload": _caseload, "ward": _ward}


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a finished store of each kind."""
    folder = tmp_path_factory.mktemp("templates")
    made = {}
    for name, make in MAKERS.items():
        made[name] = folder / f"{name}.db"
        make(made[name])
    return made


@pytest.fixture
def copy(templates: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """Return a store of one kind of this test's own."""

    def make(kind: str) -> Path:
        place = tmp_path / f"{kind}.db"
        shutil.copy(templates[kind], place)
        return place

    return make


Play = Callable[..., AbstractAsyncContextManager[Played]]


@pytest.fixture
def play(copy: Callable[[str], Path]) -> Play:
    """Open the screens: `async with play("ward", "dr.a") as p`."""

    @asynccontextmanager
    async def opened(
        kind: str | Path,
        who: str | None,
        *,
        at: datetime | None = None,
        size: tuple[int, int] = SIZE,
        review: str | None = None,
        read_only: bool = False,
        watch: float = 1.0,
    ) -> AsyncIterator[Played]:
        store = kind if isinstance(kind, Path) else copy(kind)
        usual = ROUND if store.name.startswith("ward") else MEETING
        clock = Clock(at or usual)
        desk = sit_down(store, library=library(), clock=clock, as_login=who, read_only=read_only)
        ahead: list[float] = []
        app = CaseReviewApp(
            desk, clock=clock, read_only=read_only, watch_seconds=watch,
            monotonic=lambda: time.monotonic() + sum(ahead),
        )  # fmt: skip
        try:
            async with app.run_test(size=size) as pilot:
                played = Played(app, pilot, clock, store, ahead=ahead)
                await pilot.pause()
                if review is not None:
                    from casereview_tui.screens.meeting import MeetingScreen

                    await app.push_screen(MeetingScreen(review))
                    await played.until(lambda: "Opening" not in played.text)
                    await pilot.pause()
                yield played
        finally:
            await app.queue.drain()
            desk.store.close()

    return opened


@pytest.fixture
def meeting_store(copy: Callable[[str], Path]) -> Path:
    """Return a caseload store with today's meeting open as R2."""
    return _with_review(copy("caseload"), "caseload-sweep", "K1", "lead", MEETING)


@pytest.fixture
def round_store(copy: Callable[[str], Path]) -> Path:
    """Return a ward store with today's round open as R1."""
    return _with_review(copy("ward"), "ward-round", "W1", "dr.a", ROUND)


def _with_review(store: Path, pack: str, team: str, who: str | None, at: datetime) -> Path:
    desk = _sit(store, at, who)
    with closing(desk.store):
        reviewing.open_review(desk, pack=pack, team=team, on=desk.today)
    return store


@pytest.fixture
def real_round(tmp_path: Path) -> Path:
    """Return a ward that is no rehearsal, its round open as R1; dr.b's PIN is 2580."""
    store = tmp_path / "ward.db"
    _ward(store, rehearsal=False)
    desk = _sit(store, ROUND)
    with closing(desk.store):
        pins.set_pin(desk, "dr.b", "2580")
    return _with_review(store, "ward-round", "W1", None, ROUND)


@pytest.fixture
def sit() -> Callable[[Path, datetime, str], Desk]:
    """Return a way to sit down at a store, as a second program does."""
    return _sit


@pytest.fixture(autouse=True)
def _steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the machine's own settings say away from the screens."""
    for name in ("NO_COLOR", "CASEREVIEW_THEME", "CASEREVIEW_EMERGENCY"):
        monkeypatch.delenv(name, raising=False)

    async def soon(*_: object) -> None:
        await asyncio.sleep(0.002)

    # A pilot waits twice for an idle processor after each key; `Played.press` waits for the
    # screen's own messages instead, which is exact and three times faster.
    monkeypatch.setattr("textual.app.wait_for_idle", soon)
