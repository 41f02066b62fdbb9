"""The meeting's ground: what is held of a review, how it is read and drawn, moving about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal

from casereview.errors import CaseReviewError
from casereview.service.desk import Desk
from casereview.service.reviews import meeting
from casereview.service.reviews import pace as pacing
from casereview.service.reviews.meeting_card import case_card
from casereview_tui.guard import EnterGuard
from casereview_tui.screens.overriding import Overriding
from casereview_tui.text import PlainStatic, clock, cropped, day, fit, lines_of, minutes
from casereview_tui.widgets.agenda import Agenda
from casereview_tui.widgets.bars import StatusLine
from casereview_tui.widgets.case_lines import case_lines
from casereview_tui.widgets.floor import Floor, View

T = TypeVar("T")


class Seen(NamedTuple):
    """What is read after something was recorded about the case in hand."""

    card: dict[str, Any]
    chosen: int | None
    at: datetime


class MeetingBase(Overriding):
    """A review on the screen. It holds rows that the service gave, and where the eye is.

    Attributes:
        lines: agenda lines in the order shown.
        at: index of the case in hand.
        card: the case in hand, None before the first is read.
        asked: id of the question asked now, None when none is left.
        pending: id of the filled-in action that waits to be accepted.
        said: what is to be said about the case in hand.
    """

    def __init__(self, review: str) -> None:
        super().__init__()
        self.review = review
        self.view: dict[str, Any] = {}
        self.lines: list[dict[str, Any]] = []
        self.at = 0
        self.card: dict[str, Any] | None = None
        self.asked: str | None = None
        self.pending: str | None = None
        self.said = ""
        self.speed: pacing.Pace | None = None
        self.number = 0
        self.guard = EnterGuard()

    def body(self) -> ComposeResult:
        """Yield pace, agenda and case."""
        yield PlainStatic(id="pace")
        with Horizontal(id="body"):
            yield Agenda()
            yield PlainStatic(id="card")

    # --- reading

    async def load(self) -> None:
        """Read the whole review, and go on where it was left."""
        keep = self.card["case"] if self.card else None
        self.view = await self.read(lambda desk: meeting.meeting_view(desk, self.review))
        self.lines, self.number = self.view["lines"], self.view["number"]
        self.speed = await self.read(lambda desk: pacing.pace(desk, self.review, self.lines))
        if not self.lines:
            return
        kept = next((n for n, x in enumerate(self.lines) if x["case"] == keep), None)
        if kept is not None:
            self.at = kept
            await self.renew()
        else:
            await self.go(pacing.resume_at(self.lines, self.view["last_case"]))

    async def go(self, at: int) -> None:
        """Take another case in hand."""
        at = max(0, min(at, len(self.lines) - 1))
        case = self.lines[at]["case"]
        self.guard.changed()
        self.query_one(StatusLine).hush()
        try:
            card = await self.read(lambda desk: case_card(desk, self.review, case))
        except CaseReviewError as error:
            self.refused(error)
        else:
            self._take_in_hand(at, card)

    def _take_in_hand(self, at: int, card: dict[str, Any]) -> None:
        self.guard.changed()
        self.at, self.card = at, card
        self.asked, self.pending, self.said = card["next"], None, ""
        self.repaint()
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        self.guard.painted(self.desk_app.monotonic())

    async def renew(self) -> None:
        """Read the case in hand again; the question and the filled-in action stay."""
        case = self.lines[self.at]["case"]
        self.card = await self.read(lambda desk: case_card(desk, self.review, case))
        self._check_floor()
        self.repaint()
        self.call_after_refresh(self._painted)

    def _check_floor(self) -> None:
        """Let go of a question or an action that is no longer there."""
        card = self.card
        if card is None:
            return
        ids = [q["question"] for q in card["questions"]]
        if self.asked not in ids:
            self.asked = card["next"]
        if all(a["action"] != self.pending for a in card["actions"]):
            self.pending = None

    async def do(
        self,
        work: Callable[[Desk], T],
        *,
        actor: str | None = None,
        said_by: str | None = None,
        then: Callable[[list[dict[str, Any]], int], int | None] | None = None,
    ) -> T:
        """Record something about the case in hand, and hold what it looks like afterwards.

        One trip to the store: what is drawn next is on disk. `then` chooses the case that is taken
        in hand next, from the renewed lines; None, or None from it, stays.

        Raises:
            CaseReviewError: it was refused or failed; nothing was recorded.
        """
        at = self.at
        lines = list(self.lines)

        def both(desk: Desk) -> tuple[T, Seen]:
            result = work(desk)
            lines[at] = meeting.line_now(desk, self.review, lines[at])
            chosen = then(lines, at) if then is not None else None
            card = case_card(desk, self.review, lines[at if chosen is None else chosen]["case"])
            return result, Seen(card, chosen, desk.now)

        result, seen = await self.write(both, actor=actor, said_by=said_by)
        self.lines = lines
        if self.speed is not None:
            self.speed = pacing.counted(self.speed, self.lines, at=seen.at)
        if seen.chosen is not None:
            self._take_in_hand(seen.chosen, seen.card)
        else:
            self.card = seen.card
            self._check_floor()
            if then is not None:
                self.repaint()
        return result

    async def tried(self, work: Callable[[Desk], T]) -> T | None:
        """Run `do`; a refusal is shown, the case is read again, and None comes back."""
        try:
            return await self.do(work)
        except CaseReviewError as error:
            self.refused(error)
            await self.read_quietly()
            return None

    async def fault_of(
        self, work: Callable[[Desk], object], *, actor: str | None = None,
        said_by: str | None = None,
    ) -> str | None:  # fmt: skip
        """Run `do` for a dialog: return why it was refused, None when it is on disk."""
        try:
            await self.do(work, actor=actor, said_by=said_by)
        except CaseReviewError as error:
            self.say("Not saved.", "over")
            await self.read_quietly()
            return str(error)
        self.repaint()
        return None

    async def read_quietly(self) -> None:
        """Read the case in hand again; what cannot be read stays as it is."""
        try:
            await self.renew()
        except CaseReviewError:
            return  # the refusal on the screen says why

    async def news(self) -> None:
        """Show what others recorded; the case in hand and what is typed stay."""
        if not self.lines:
            await self.reload()
            return
        try:
            found = await self.read(
                lambda desk: meeting.meeting_news(
                    desk, self.review, self.number, self.lines, own=self.desk_app.own
                )
            )
        except CaseReviewError:
            return  # looked at again in a second
        self.number = found["number"]
        if found["aside"] is not None:
            self.hold_pins(found["aside"])
        if not found["by"]:
            return
        if found["agenda"]:
            await self.reload()
        else:
            await self._take(found["lines"])
        cases = ", ".join(sorted(found["lines"])) or "the agenda"
        at = clock(self.desk_app.desk.again().now, self.desk_app.desk.store.time_zone)
        self.say(f"{', '.join(found['by'])} changed {cases} {at}", "due")

    def hold_pins(self, rows: list[dict[str, Any]]) -> None:
        """Hold the open worries about people who are not on the agenda."""
        raise NotImplementedError

    async def _take(self, renewed: dict[str, dict[str, Any]]) -> None:
        here = self.lines[self.at]["case"]
        self.lines = meeting.worries_first([renewed.get(x["case"], x) for x in self.lines])
        self.at = next(n for n, x in enumerate(self.lines) if x["case"] == here)
        if self.speed is not None:
            self.speed = pacing.counted(self.speed, self.lines)
        if here in renewed:
            await self.renew()
        self.repaint()

    # --- drawing

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        if not self.view:
            return f"Opening {self.review}…"
        return f"{self.view['title']}  {self.view['team']}  {day(self.view['on'])}  {self.review}"

    def question(self) -> dict[str, Any] | None:
        """Return the question asked now."""
        rows = self.card["questions"] if self.card else []
        return next((q for q in rows if q["question"] == self.asked), None)

    def action_row(self) -> dict[str, Any] | None:
        """Return the filled-in action that waits to be accepted."""
        rows = self.card["actions"] if self.card else []
        return next((a for a in rows if a["action"] == self.pending), None)

    def floor(self) -> Floor:
        """Return what is being dealt with, with its keys."""
        raise NotImplementedError

    def paint(self) -> None:
        """Draw pace, agenda and case."""
        self.query_one("#pace", PlainStatic).update(self.pace_words(), layout=False)
        self.query_one(Agenda).show(self.lines, self.at, names=self.names)
        panel = self.query_one("#card", PlainStatic)
        if self.card is None:
            said = "Nobody is on this agenda. q ends the meeting." if self.view else "Reading…"
            panel.update(said)
            return
        size = panel.content_size
        view = View(size.width, size.height, self.colours, self.names)
        if size.width > 0 and size.height > 0:
            rows = case_lines(self.card, self.floor(), view)
            panel.update(lines_of(cropped(rows, size.width)), layout=False)

    def pace_words(self) -> str:
        """Return how fast the meeting goes; drawn again on keys, never by a ticking clock."""
        speed = self.speed
        if speed is None or not self.lines:
            return ""
        desk = self.desk_app.desk.again()
        now, zone = desk.now, desk.store.time_zone
        each = speed.seconds_per_case(now)
        said = [
            f"case {self.at + 1} of {len(self.lines)}",
            f"{speed.done} done",
            minutes(speed.elapsed(now)),
            f"{each if each is not None else '-'} s a case",
            f"ends {clock(speed.finish(now), zone)}",
        ]
        if self.view.get("may_confirm"):
            share = speed.confirmed_share
            said.append(f"on plan {share if share is not None else '-'}%")
        if speed.protected_s >= 60:
            kept = speed.protected_s // 60
            said.append(f"{kept} min for complex" if self.size.width > 84 else f"complex {kept}m")
        return fit("  ".join(said), self.size.width)
