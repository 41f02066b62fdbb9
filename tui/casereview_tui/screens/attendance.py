"""Who is here: present, late, absent, guests; before the meeting and during it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from casereview.service.reviews import attending, meeting
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.text import PlainStatic, cell, count, fit, lines_of, wrap


class AttendanceScreen(BaseScreen):
    """Marks who is here.

    Args:
        review: the meeting.
        before: True before it begins: Enter then opens it.
    """

    HELP = (
        "The cases of a worker who is late or absent move to the end of their lane. Several people"
        " can be marked; a mark can be changed at any time."
    )
    WRITES: ClassVar[frozenset[str]] = frozenset({"mark", "guest", "rest"})
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("j,down", "move(1)", "next person"),
        bind("k,up", "move(-1)", "person above"),
        bind("p", "mark('present')", "present", id="present"),
        bind("l", "mark('late')", "late", id="late"),
        bind("a", "mark('absent')", "absent", id="absent"),
        bind("g", "guest", "a guest from elsewhere, by name"),
        bind("P", "rest", "everybody not marked is present"),
        bind("enter", "go_on", "go on to the meeting"),
        bind("escape,q", "back", "back"),
    ]

    def __init__(self, review: str, *, before: bool = False) -> None:
        super().__init__()
        self.review, self.before = review, before
        self.rows: list[dict[str, Any]] = []
        self.at = 0

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with VerticalScroll(id="body", can_focus=False):
            yield PlainStatic(id="lines")

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return f"Who is here?  {self.review}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        return (
            Hint("Enter", "begin" if self.before else "go on"), Hint("p", "present"),
            Hint("l", "late"), Hint("a", "absent"), Hint("g", "guest"), Hint("P", "rest present"),
        )  # fmt: skip

    async def load(self) -> None:
        """Read who belongs to the team and how they attend."""
        self.rows = await self.read(lambda desk: meeting.attendance(desk, self.review))

    def paint(self) -> None:
        """Draw one line a person."""
        c = self.colours
        width = max(20, self.size.width - 2)
        room = 60 if width > 100 else 30
        self.at = max(0, min(self.at, len(self.rows) - 1))
        found = []
        for n, row in enumerate(self.rows):
            chair = " (chair)" if row["chair"] else ""
            who = f"{row['login'] or row['name']}{chair}"
            cases = count(row["cases"], "case") if row["cases"] else ""
            status = fit(row["status"] or "not marked", 12)
            words = f"{'>' if n == self.at else ' '} {fit(who, room)} {status} {cases}"
            found.append(cell(fit(words, width), "bold reverse" if n == self.at else c.text))
        if not self.rows:
            found = [cell(x) for x in wrap("Nobody belongs to this team. g adds a guest.", width)]
        self.query_one("#lines", PlainStatic).update(lines_of(found))

    def action_move(self, step: int) -> None:
        """Mark another line."""
        self.at = max(0, min(self.at + step, len(self.rows) - 1))
        self.paint()

    async def action_mark(self, status: str) -> None:
        """Record how the marked person attends."""
        if not self.rows or self.rows[self.at]["login"] is None:
            self.say("A guest stays a guest.", "due")
            return
        login = self.rows[self.at]["login"]
        if await self._attends(login, status) is not None:
            self.at = min(self.at + 1, len(self.rows) - 1)
            await self.reload()

    async def _attends(self, login: str, status: str) -> object:
        return await self.save(lambda desk: attending.attend(desk, self.review, login, status))

    async def action_rest(self) -> None:
        """Record everybody who is not marked as present."""
        for row in [r for r in self.rows if r["login"] and not r["status"]]:
            if await self._attends(row["login"], "present") is None:
                break
        await self.reload()

    def action_guest(self) -> None:
        """Ask for a guest's name."""

        async def submit(values: Values) -> str | None:
            fault = await self.attempt(
                lambda desk: attending.attend(desk, self.review, values["name"], "guest")
            )
            if fault is None:
                await self.reload()
            return fault

        self.app.push_screen(Form("A guest", [Field("name", "Name and where from")], submit))

    async def action_go_on(self) -> None:
        """Begin the meeting, or go back to it."""
        if not self.before:
            await self.action_back()
            return
        from casereview_tui.screens.meeting import MeetingScreen

        await self.app.switch_screen(MeetingScreen(self.review))
