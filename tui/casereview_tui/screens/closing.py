"""The end of a meeting: what was done, what was not and why, leeches to settle, the minutes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from casereview.report.minutes import minutes_markdown
from casereview.service.actions import actions
from casereview.service.reviews import closing, confirming
from casereview.service.reviews import minutes as service
from casereview_tui.keys import Hint, bind
from casereview_tui.screens import overriding
from casereview_tui.screens.closing_lines import decision, late, why_not, write_minutes
from casereview_tui.screens.dialogs import Choice
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.text import PlainStatic, cell, count, cut, lines_of, minutes, wrap

ABOVE = 5
"""Most lines above the first leech: how much was done, how fast, the heading."""


class ClosingScreen(overriding.Overriding):
    """The card at the end of a review, before and after it is closed.

    Args:
        review: its id.
    """

    HELP = (
        "Nothing is closed by looking. Leeches are actions carried three times: each needs a new"
        " owner, other words, or an end. c closes the meeting and writes the minutes."
    )
    WRITES: ClassVar[frozenset[str]] = frozenset({"close", "leech", "end_leech", "override"})
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("c", "close", "close the meeting and write the minutes"),
        bind("j,down", "move(1)", "next leech, then scroll"),
        bind("k,up", "move(-1)", "scroll up, then the leech above"),
        bind("o", "leech('owner')", "leech: a new owner", id="leech-owner"),
        bind("e", "leech('text')", "leech: a new approach, in other words", id="leech-text"),
        bind("v", "end_leech", "leech: end it, with a reason"),
        bind(overriding.KEY, "override", overriding.WORDS),
        bind("escape,q", "back", "back to the meeting, or to Home"),
    ]

    def __init__(self, review: str) -> None:
        super().__init__()
        self.review = review
        self.held: dict[str, Any] = {}
        self.at = 0
        self.file: Path | None = None

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with VerticalScroll(id="body", can_focus=False):
            yield PlainStatic(id="lines")

    @property
    def closed(self) -> bool:
        """Tell whether the meeting is closed."""
        return bool(self.held) and self.held["status"] == "closed"

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        if not self.held:
            return f"Reading {self.review}…"
        state = "minutes" if self.closed else "end of meeting"
        return f"{self.held['pack']}  {self.held['team']}  {self.review}: {state}"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        if self.closed:
            return (Hint("j", "down"), Hint("k", "up"), Hint("Esc", "Home"))
        leech = (Hint("o", "new owner"), Hint("e", "new approach"), Hint("v", "end it"))
        return (
            Hint("c", "close the meeting"), *(leech if self.leeches else ()), Hint("Esc", "go on"),
        )  # fmt: skip

    @property
    def leeches(self) -> list[dict[str, Any]]:
        """Return the actions carried three times that are still open."""
        return self.held["leeches"] if self.held and not self.closed else []

    async def load(self) -> None:
        """Read the minutes as they stand."""
        self.held = await self.read(lambda desk: service.minutes(desk, self.review))

    def paint(self) -> None:
        """Draw the card; below it, when closed, the minutes as written."""
        if not self.held:
            return
        width = max(20, self.size.width - 2)
        self.at = max(0, min(self.at, len(self.leeches) - 1))
        rows = self._card(width)
        if self.closed:
            where = f"Written to {self.file}" if self.file else "Minutes"
            rows += [cell(""), *(cell(x, self.colours.quiet) for x in wrap(where, width))]
            for line in minutes_markdown(self.held).splitlines():
                rows += [cell(x) for x in wrap(line, width)]
        self.query_one("#lines", PlainStatic).update(lines_of(rows))

    def _card(self, width: int) -> list[Text]:
        c = self.colours
        n, pace = self.held["counts"], self.held["pace"]
        said = (
            f"{n['reviewed']} reviewed, {n['confirmed']} confirmed on plan,"
            f" {n['partly_answered']} partly answered, {n['skipped']} skipped,"
            f" {n['not_reached']} not reached, {n['left']} left"
        )
        rows = [cell(x, f"bold {c.head}") for x in wrap(said, width)]
        if pace["seconds"] is not None and pace["seconds_per_case"] is not None:
            rows.append(cell(f"{minutes(pace['seconds'])} in all,"
                             f" {pace['seconds_per_case']} s a case"))  # fmt: skip
        rows += self._leech_rows(width)
        for title, words, level in self._sections():
            rows += [cell(""), cell(title, f"bold {c.level(level)}")]
            for line in words:
                rows += [cell(f"  {x}", c.text) for x in wrap(line, width - 2)]
        if not self.closed:
            rows += [cell(""), cell("c closes the meeting; nobody can answer in it then.", c.quiet)]
        return rows

    def _sections(self) -> list[tuple[str, list[str], str]]:
        held = self.held
        found: list[tuple[str, list[str], str]] = []
        if held["not_reached"]:
            found.append(("Not reviewed, and why", why_not(held["not_reached"]), "due"))
        if held["decisions"]:
            found.append(("Decisions", [decision(d) for d in held["decisions"]], "ok"))
        if held["dissent"]:
            words = [f"{d['case']} {d['by']}: {d['words']}" for d in held["dissent"]]
            found.append(("Dissent", words, "due"))
        waiting = [o for o in held.get("overrides", ()) if not o["confirmed"]]
        if waiting:
            words = [
                f"{o['case']} {o['requirements'].replace(' ', ', ')}: {o['by']}, {o['reason']}"
                for o in waiting
            ]
            title = "Closed past what was not met, to be confirmed"
            found.append((title if self.closed else f"{title}: {overriding.KEY}", words, "due"))
        owners = [f"{who}: {count(len(rows), 'action')}, {late(rows)}"
                  for who, rows in held["actions_by_owner"].items()]  # fmt: skip
        found.append(("Open actions by owner", owners or ["none"], "note"))
        if held["one_step"]:
            found.append(("One step from leaving", [", ".join(held["one_step"])], "ok"))
        if held["missing_delay_reasons"]:
            words = [", ".join(held["missing_delay_reasons"])]
            found.append(("Delayed, reason missing", words, "over"))
        return found

    def _leech_rows(self, width: int) -> list[Text]:
        rows = self.held["leeches"]
        if not rows:
            return []
        c = self.colours
        found = [cell(""), cell("LEECHES: carried three times, settle each now", c.level("over"))]
        for n, a in enumerate(rows):
            mark = not self.closed and n == self.at
            words = f"{'>' if mark else ' '} {a['action']} {a['case']} {a['owner']}"
            words += f" carried {a['carried']}: {a['text']}"
            found.append(cell(cut(words, width), "bold reverse" if mark else c.text))
        return found

    # --- keys

    def action_move(self, step: int) -> None:
        """Mark another leech; past the last, or below the first screen, scroll."""
        body = self.query_one("#body", VerticalScroll)
        to = self.at + step
        if 0 <= to < len(self.leeches) and (step > 0 or body.scroll_y <= 0):
            self.at = to
            self.paint()
            # Its heading, the counts and the pace stand above it.
            body.scroll_to(y=max(0, to + ABOVE - body.size.height + 1), animate=False)
        else:
            body.scroll_relative(y=step * 3, animate=False)

    def action_leech(self, what: str) -> None:
        """Ask for a leech's new owner or new approach."""
        if not self.leeches:
            return
        row = self.leeches[self.at]
        label = "New owner: a login or a post" if what == "owner" else "New approach, in words"

        async def submit(values: Values) -> str | None:
            typed = values["typed"].strip()
            owner, text = (typed, None) if what == "owner" else (None, typed)
            fault = await self.attempt(
                lambda desk: actions.edit(
                    desk, row["action"], owner=owner, text=text, seen=row["version"],
                    review=self.review,
                )
            )  # fmt: skip
            if fault is None:
                await self.reload()
            return fault

        self.app.push_screen(Form(f"Leech {row['action']}", [Field("typed", label)], submit))

    def action_end_leech(self) -> None:
        """Ask why a leech is ended."""
        if not self.leeches:
            return
        row = self.leeches[self.at]

        async def submit(values: Values) -> str | None:
            fault = await self.attempt(
                lambda desk: actions.close(
                    desk, row["action"], done=False, reason=values["typed"], seen=row["version"],
                    review=self.review,
                )
            )  # fmt: skip
            if fault is None:
                await self.reload()
            return fault

        self.app.push_screen(Form(f"End {row['action']}", [Field("typed", "Why")], submit))

    async def action_override(self) -> None:
        """Ask which override is confirmed before the meeting is closed."""
        if self.held and not self.closed:
            await self.ask_override(self._confirm_override)

    async def _confirm_override(self, case: str) -> None:
        done = await self.save(lambda desk: confirming.confirm_override(desk, self.review, case))
        if done is not None:
            await self.reload()

    async def action_close(self) -> None:
        """Close the meeting, write the minutes to a file and show them."""
        if self.closed or not self.held:
            return
        left, n = self.held["counts"]["not_reached"], len(self.held["cases"])
        if not left:
            await self._close()
            return

        async def answered(key: str | None) -> None:
            if key == "y":
                await self._close()

        reached = f"{left} of {count(n, 'case')} {'was' if left == 1 else 'were'} not reached."
        said = [reached, "The minutes say so, and nobody can answer in this meeting any more."]
        ways = [Hint("y", "close it")]
        self.app.push_screen(Choice("Close the meeting?", said, ways, safe="go on"), answered)

    async def _close(self) -> None:
        done = await self.save(lambda desk: closing.close(desk, self.review))
        if done is None:
            return
        await self.reload()
        self._write()
        self.repaint()

    def _write(self) -> None:
        try:
            self.file = write_minutes(self.desk_app.desk.store.path, self.held)
        except OSError as error:
            self.say(f"Closed. The minutes could not be written: {error.strerror}.", "over")
            return
        self.say(f"Closed. Minutes written to {self.file}", "ok")

    async def action_back(self) -> None:
        """Go back to the meeting while it is open, to Home when it is closed."""
        from casereview_tui.screens.meeting import MeetingScreen

        await self.app.pop_screen()
        if self.closed and isinstance(self.app.screen, MeetingScreen):
            await self.app.pop_screen()
