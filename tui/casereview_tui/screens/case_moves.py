"""Doing one way on: what it needs, who it is about, then another key than the one that opened."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.errors import CaseReviewError, Refused
from casereview.service.cases import moving, offers
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.case_lines import way_lines
from casereview_tui.screens.decision import identifiers
from casereview_tui.screens.dialogs import Window
from casereview_tui.screens.forms import Field, Form, Pick, Row, Values
from casereview_tui.text import cell, day, wrap

if TYPE_CHECKING:
    from casereview_tui.screens.case import CaseScreen

NAMES = {
    "leave": "Leave otherwise", "transfer": "Offer to another team", "accept": "Take it over",
    "decline": "Decline it", "withdraw": "Take the offer back",
    "reopen": "Open the case again", "return": "Record a return",
}  # fmt: skip

_WITH_REASON = {
    "reopen": moving.reopen, "decline": offers.decline, "withdraw": offers.withdraw,
}  # fmt: skip


class MoveScreen(Window):
    """One way on. Opened with Enter; done with y, which a held Enter never presses.

    Args:
        screen: the case it was opened from.
        way: a row of `caseview.ways_on`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "do", "do it"),
        bind("x", "choose", "choose the reason for leaving, or the team"),
        bind("d", "date", "another day than today"),
        bind("o", "override", "go past what is not met, with a reason"),
        bind("escape,enter", "close", "leave it"),
        bind("j,down", "scroll(1)", "down"),
        bind("k,up", "scroll(-1)", "up"),
    ]

    def __init__(self, screen: CaseScreen, way: dict[str, Any]) -> None:
        super().__init__(NAMES.get(way["way"], f"Move to {way['dest']}"))
        self.case_screen, self.way = screen, way
        self.on: date = screen.desk_app.desk.again().today
        self.chosen: tuple[str, str] | None = None
        self.reason: str | None = None
        self.fault: list[str] = []

    @property
    def blocked(self) -> bool:
        """Tell whether something is not met and nobody goes past it."""
        return bool(self.way["left"]) and self.reason is None

    @property
    def _choosing(self) -> bool:
        return self.way["way"] in ("leave", "transfer")

    def rows(self) -> list[Text]:
        """Return who it is, what is not met, and the keys."""
        c = self.colours
        head = self.case_screen.held
        found = super().rows()
        found += [cell(x) for x in wrap(self.way["title"], self.width)]
        if self.way.get("ends") or self.way["way"] in ("transfer", "accept", "return"):
            who = identifiers(head, names=self.case_screen.names)
            found += [cell(x, f"bold {c.head}") for x in wrap(who, self.width)]
        found.append(cell(f"On {day(self.on)} (d)"))
        if self.chosen is not None:
            found += [cell(x) for x in wrap(f"Chosen: {self.chosen[1]}", self.width)]
        if self.reason is not None:
            found += [cell(x, c.due) for x in wrap(f"Override: {self.reason}", self.width)]
        found += [cell(x, c.level("over")) for f in self.fault for x in wrap(f, self.width)]
        found.append(cell(""))
        for hint in self._ways():
            found.append(cell(hint.key, f"bold {c.head}").append(f"  {hint.word}"))
        return [*found, *(way_lines(self.way, c, self.width) if self.way["left"] else [])]

    def _ways(self) -> list[Hint]:
        found = []
        if self.blocked:
            found.append(Hint("", f"BLOCKED by {self.way['left']}: it cannot be done now"))
            if self.way["may_override"]:
                found.append(Hint("o", "go past it, with a reason"))
        else:
            found.append(Hint("y", "do it"))
        if self._choosing:
            what = "the reason for leaving" if self.way["way"] == "leave" else "the team"
            found.insert(0, Hint("x", f"choose {what}"))
        return [*found, Hint("d", "another day"), Hint("Esc", "leave it")]

    # --- keys

    def action_close(self) -> None:
        """Leave it."""
        self.dismiss(None)

    def action_scroll(self, step: int) -> None:
        """Scroll."""
        self.query_one("#window").scroll_relative(y=step * 2, animate=False)

    def action_choose(self) -> None:
        """Choose the reason for leaving, or the team."""
        if not self._choosing:
            return
        exits: list[tuple[str, str]] = self.way["exits"]

        def picked(key: str | None) -> None:
            self.chosen = next((e for e in exits if e[0] == key), self.chosen)
            self.paint()

        rows = [Row(code, title) for code, title in exits]
        title = "Why did it end?" if self.way["way"] == "leave" else "Which team?"
        self.app.push_screen(Pick(title, rows), picked)

    def action_date(self) -> None:
        """Ask for another day."""

        async def submit(values: Values) -> str | None:
            try:
                self.on = read_day(values["on"], self.on)
            except CaseReviewError as error:
                return str(error)
            self.paint()
            return None

        field = Field("on", "Day", self.on.isoformat(), "2026-03-09, 9/3, +7, fri")
        self.app.push_screen(Form("On which day", [field], submit))

    def action_override(self) -> None:
        """Ask for the reason to go past what is not met."""
        if not (self.blocked and self.way["may_override"]):
            return

        async def submit(values: Values) -> str | None:
            if not values["reason"].strip():
                return "An override needs a reason."
            self.reason = values["reason"]
            self.paint()
            return None

        said = ["It is recorded with your name and comes back at each review until confirmed."]
        self.app.push_screen(Form("Go past it", [Field("reason", "Why")], submit, said=said))

    async def action_do(self) -> None:
        """Do it; what refuses is shown with every unmet requirement."""
        if self.blocked:
            self._refuse(f"Blocked by {self.way['left']}; see below what is not met.")
        elif self._choosing and self.chosen is None:
            self._refuse("Choose with x first.")
        elif self.way["way"] in _WITH_REASON:
            self._ask_reason()
        else:
            await self._save(self._work())

    def _refuse(self, words: str) -> None:
        self.fault = [words]
        self.paint()

    def _work(self) -> Any:
        case, on = self.case_screen.case, self.on
        code = self.chosen[0] if self.chosen else ""
        seen, reason = self.case_screen.held["version"], self.reason
        dest, kind = self.way["dest"], self.way["way"]

        def work(desk: Desk) -> Any:
            if kind == "leave":
                return moving.leave(desk, case, code, on=on, override=reason, seen=seen)
            if kind == "transfer":
                return moving.transfer(desk, case, team=code, on=on)
            if kind == "accept":
                return moving.accept(desk, case, on=on)
            if kind == "return":
                return moving.come_back(desk, case, on=on)
            return moving.move(desk, case, dest, on=on, override=reason, seen=seen)

        return work

    async def _save(self, work: Any) -> str | None:
        screen = self.case_screen
        try:
            rows = await screen.write(work)
        except CaseReviewError as error:
            asked = error.requirements if isinstance(error, Refused) else ()
            self.fault = [str(error), *(f"- {r.get('sentence', '')}" for r in asked)]
            screen.say("Not saved.", "over")
            self.paint()
            return str(error)
        new = str(rows[0]["case"]) if rows else screen.case
        self.dismiss(None)
        screen.case = new
        await screen.reload()
        return None

    def _ask_reason(self) -> None:
        case, on, do = self.case_screen.case, self.on, _WITH_REASON[self.way["way"]]

        async def submit(values: Values) -> str | None:
            return await self.case_screen.attempt(
                lambda desk: do(desk, case, reason=values["reason"], on=on)
            )

        async def saved(done: bool | None) -> None:
            if done:
                self.dismiss(None)
                await self.case_screen.reload()

        title = NAMES[self.way["way"]]
        self.app.push_screen(Form(title, [Field("reason", "Why")], submit), saved)
