"""Home: what is due today, one line each with its key, and how each team's caseload stands."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.geometry import Offset

from casereview.errors import CaseReviewError
from casereview.service import home
from casereview.service.reviews import reviewing
from casereview_tui import places
from casereview_tui.keys import Hint, bind
from casereview_tui.places import PLACES
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.screens.home_lines import Due, meeting_words
from casereview_tui.text import PlainStatic, cell, count, day, fit, lines_of, weekday, wrap

MOST = 9
"""Meetings with a key of their own."""
SHARED = "A second terminal can join a meeting on this computer only."


class HomeScreen(BaseScreen):
    """What is due today."""

    HELP = "What is due today. Press a line's key, or move with j and k and press Enter."
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("j,down", "move(1)", "next line"),
        bind("k,up", "move(-1)", "line above"),
        bind("enter", "choose", "open the marked line"),
        *[bind(str(n), f"meeting({n})", "") for n in range(1, MOST + 1)],
        *[bind(p.key, f"place('{p.key}')", f"{p.name}: {p.words}") for p in PLACES],
        bind("o", "offer", "a case that another team offers: take it over, or decline"),
        bind("q", "quit", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.view: dict[str, Any] | None = None
        self.health: list[dict[str, Any]] | None = None
        self.ahead: list[dict[str, Any]] = []
        self.at = 0

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with VerticalScroll(id="body", can_focus=False):
            yield PlainStatic(id="lines")

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        if self.view is None:
            return "casereview"
        return f"casereview  {weekday(self.view['today'])}  {self.view['login']}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        places = [Hint(p.key, p.name.lower()) for p in PLACES]
        return (*([Hint("Enter", "open")] if self.due else []), *places, Hint("f", "worry"),
                Hint("q", "quit"))  # fmt: skip

    async def load(self) -> None:
        """Read what is due first and draw it; the caseload of every team after that."""
        self.view = await self.read(home.home_view)
        self.repaint()
        if not self.view["meetings"]:
            self.ahead = await self.read(home.meetings_ahead)
        self.health = await self.read(home.health)

    async def on_screen_resume(self) -> None:
        """Read again what is due: another screen may have changed it."""
        if self.view is not None:
            await self.reload()

    # --- lines

    @property
    def due(self) -> list[Due]:
        """Return the lines of what is due, in the order in which they are shown."""
        if self.view is None:
            return []
        return [*self._worry_lines(), *self._meeting_lines(), *self._offer_lines(),
                *self._action_lines()]  # fmt: skip

    def _worry_lines(self) -> list[Due]:
        worries = self.view["worries"] if self.view else []
        if not worries:
            return []
        late = sum(w["overdue"] for w in worries)
        words = f"Safeguarding: {count(len(worries), 'open worry', 'open worries')}"
        words += f", {late} OVERDUE" if late else ", none overdue"
        danger = sum(bool(w["danger_now"]) for w in worries)
        words += f", DANGER NOW {danger}" if danger else ""
        return [Due("g", words, "over", lambda: self.action_place("g"))]

    def _meeting_lines(self) -> list[Due]:
        found = []
        for n, m in enumerate(self.view["meetings"] if self.view else [], 1):
            key = str(n) if n <= MOST and not self._kept_shut(m) else ""
            level = "due" if m["status"] in ("due", "open") else "note"
            found.append(Due(key, meeting_words(m), level, partial(self._open_meeting, m)))
        return found

    def _kept_shut(self, meeting: dict[str, Any]) -> bool:
        """Tell whether opening this meeting would record something on screens that only read."""
        return self.desk_app.read_only and meeting["review"] is None

    def _offer_lines(self) -> list[Due]:
        return [
            Due("o" if n == 0 else "",
                f"Offered to {o['to']} by {o['team']}: {o['case']}, since {day(o['on'])}", "due",
                partial(self._open_offer, o["case"]))
            for n, o in enumerate(self.view["offers"] if self.view else [])
        ]  # fmt: skip

    def _open_offer(self, case: str) -> None:
        self.app.push_screen(places.made(places.CASE, case, "ways", "accept"))

    def action_offer(self) -> None:
        """Open the case that was offered first, on its ways on: one of them takes it over."""
        offers = self.view["offers"] if self.view else []
        if offers:
            self._open_offer(offers[0]["case"])
        else:
            self.say("No case is offered to your teams.", "due")

    def _action_lines(self) -> list[Due]:
        mine = self.view["actions"] if self.view else {}
        if not mine or not (mine["due"] or mine["to_accept"]):
            return []
        words = f"My actions: {mine['due']} due"
        words += f", {mine['overdue']} OVERDUE" if mine["overdue"] else ""
        words += f", {mine['to_accept']} to accept" if mine["to_accept"] else ""
        level = "over" if mine["overdue"] else "due"
        return [Due("a", words, level, lambda: self.action_place("a"))]

    def paint(self) -> None:
        """Draw what is due and the caseload."""
        if self.view is None:
            return
        c = self.colours
        width = max(20, self.size.width - 2)
        rows: list[Text] = [cell("Due today", f"bold {c.head}")]
        due = self.due
        self.at = max(0, min(self.at, len(due) - 1))
        for n, line in enumerate(due):
            words = fit(f"{line.key:>2}  {line.words}", width)
            rows.append(cell(words, "bold reverse" if n == self.at else c.level(line.level)))
        if not due:
            rows += [cell(x, c.text) for x in wrap(self._nothing_due(), width)]
        rows += [cell(""), *self._caseload(width), cell("")]
        if self.desk_app.desk.store.path is not None:
            rows += [cell(x, c.quiet) for x in wrap(SHARED, width)]
        self.query_one("#lines", PlainStatic).update(lines_of(rows))
        place = self.query_one("#lines", PlainStatic).region.offset
        self.app.cursor_position = place + Offset(0, 1 + self.at)

    def _nothing_due(self) -> str:
        view = self.view
        if view is None:
            return ""
        if not view["teams"]:
            return (
                "There is no team yet. Quit (q) and make one: casereview team add W1 --pathway ward"
            )
        if not view["cases"]:
            team = view["teams"][0]
            return (
                "There is no open case yet. Quit (q) and refer somebody: casereview case refer"
                f" --team {team} --person ID, or import a file: casereview import FILE"
            )
        if self.ahead:
            m = self.ahead[0]
            return f"Nothing is due today. Next: {m['title']}, {m['team']}, {weekday(m['on'])}."
        return (
            "Nothing is due today, and no meeting is planned. Give a team its days:"
            " casereview team add CODE --pathway PATHWAY --meets tue,fri"
        )

    def _caseload(self, width: int) -> list[Text]:
        c = self.colours
        if self.health is None:
            return [cell("Caseload: reading…", c.quiet)]
        heads = ("open", "assess", "stabil", "recovr", "waiting", "overdue", "no step", "leech",
                 "decided")  # fmt: skip
        keys = ("open", "assess", "stabilise", "recover", "waiting", "overdue", "no_next_action",
                "leeches", "decided")  # fmt: skip
        shown = max(3, (width - 10) // 8)
        rows = [cell(fit("Caseload", 10) + "".join(f"{h:>8}" for h in heads[:shown]),
                     f"bold {c.head}")]  # fmt: skip
        for team in self.health:
            rows.append(
                cell(fit(team["team"], 10) + "".join(f"{team[k]:>8}" for k in keys[:shown]))
            )
            unknown, worried = team["safeguarding_unknown"], team["safeguarding"]
            if unknown or worried:
                said = [f"{worried} OPEN"] if worried else []
                said += [f"not recorded for {unknown}"] if unknown else []
                rows.append(cell(fit(f"{'':10}  safeguarding {', '.join(said)}", width),
                                 c.level("over" if worried else "due")))  # fmt: skip
        return rows if self.health else []

    # --- keys

    def action_move(self, step: int) -> None:
        """Mark another line."""
        self.at = max(0, min(self.at + step, len(self.due) - 1))
        self.paint()

    def action_choose(self) -> Any:
        """Open the marked line."""
        due = self.due
        return due[self.at].act() if due else None

    def action_meeting(self, n: int) -> None:
        """Open the meeting with this number."""
        meetings = self.view["meetings"] if self.view else []
        if n <= len(meetings):
            self._open_meeting(meetings[n - 1])

    def action_place(self, key: str) -> None:
        """Go to another screen."""
        place = next((p for p in PLACES if p.key == key), None)
        if place is not None:
            self.app.push_screen(place.make())
        elif key == "a":
            self.say("List them with: casereview action list", "due")

    def action_quit(self) -> None:
        """Quit."""
        self.app.exit(0)

    def _open_meeting(self, meeting: dict[str, Any]) -> None:
        from casereview_tui.screens.closing import ClosingScreen
        from casereview_tui.screens.meeting import MeetingScreen

        if self._kept_shut(meeting):
            self.say("Opened with --read-only: a meeting is opened on another screen.", "due")
        elif meeting["status"] == "open":
            self.app.push_screen(MeetingScreen(meeting["review"]))
        elif meeting["review"] is not None:
            self.app.push_screen(ClosingScreen(meeting["review"]))
        else:
            self._ask_to_open(meeting)

    def _ask_to_open(self, meeting: dict[str, Any]) -> None:
        async def answered(key: str | None) -> None:
            if key == "y":
                fault = await self._start(meeting, None)
                if isinstance(fault, CaseReviewError):
                    self.refused(fault)
            elif key == "w":
                self._ask_worker(meeting)

        title = f"Open {meeting['title']}, {meeting['team']}, {day(meeting['on'])}?"
        said = ["The agenda is made now and stays as it is: simplest first."]
        ways = [Hint("y", "open it"), Hint("w", "only the cases of one key worker")]
        self.app.push_screen(Choice(title, said, ways, safe="not now"), answered)

    def _ask_worker(self, meeting: dict[str, Any]) -> None:
        async def submit(values: Values) -> str | None:
            fault = await self._start(meeting, values["login"].strip())
            return str(fault) if fault is not None else None

        self.app.push_screen(
            Form("Whose cases?", [Field("login", "Login of the key worker")], submit)
        )

    async def _start(self, meeting: dict[str, Any], worker: str | None) -> CaseReviewError | None:
        from casereview_tui.screens.attendance import AttendanceScreen

        try:
            rows = await self.write(
                lambda desk: reviewing.open_review(
                    desk, pack=meeting["pack"], team=meeting["team"], on=desk.today, worker=worker
                )
            )
        except CaseReviewError as error:
            return error
        review = str(rows[0]["review"])
        self.app.call_later(self.app.push_screen, AttendanceScreen(review, before=True))
        return None
