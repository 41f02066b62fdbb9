"""A safeguarding worry: recorded from anywhere about anybody, then told, handed over, signed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from casereview.service import home
from casereview.service.cases import flagging
from casereview.service.desk import Desk
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.base import BaseScreen
from casereview_tui.screens.dialogs import Message
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.text import PlainStatic, cell, day, known_as, lines_of, wrap
from casereview_tui.theme import Palette

NO_LINE = (
    "No emergency line is recorded for {team}. Ring the emergency services now; then telephone your"
    " safeguarding lead, and record whom you told. A team lead records the line once: casereview"
    " team emergency {team} TEXT"
)
YES, NO = ("yes", "y", "now"), ("no", "n", "")


def emergency_lines(row: dict[str, Any]) -> list[str]:
    """Return what to do now: the team's own line, else CASEREVIEW_EMERGENCY, else that none is set.

    A number is never made up.
    """
    line = row["emergency"] or os.environ.get("CASEREVIEW_EMERGENCY")
    if not line:
        return [NO_LINE.format(team=row["team"])]
    return [line, "Then record whom you told: Home, g, t."]


def ask_worry(screen: BaseScreen) -> None:
    """Ask for a worry in one line, whether there is danger now, who owns it; save it at once."""
    who, review = screen.worry_about()

    async def submit(values: Values) -> str | None:
        danger = values["danger"].strip().lower()
        if danger not in (*YES, *NO):
            return "Danger now: type yes or no."
        found: list[dict[str, Any]] = []

        def record(desk: Desk) -> None:
            found.extend(
                flagging.raise_worry(
                    desk, values["who"].strip(), values["words"], danger_now=danger in YES,
                    owner=values["owner"].strip() or "key-worker", told=values["told"],
                    review=review,
                )
            )  # fmt: skip

        fault = await screen.attempt(record)
        if fault is None:
            screen.call_later(_after, screen, found[0])
        return fault

    fields = [
        Field("who", "About: local id, case or person (C12, P7)", who),
        Field("words", "The worry in one line"),
        Field("danger", "Danger now?", "", "yes or no; no when left empty"),
        Field("owner", "Who acts", "", "a login or a post; the key worker when left empty"),
        Field("told", "Who was told", "", "name and service, if anybody yet"),
    ]
    screen.app.push_screen(
        Form(
            "Safeguarding worry", fields, submit, aims="words" if who else "who",
            said=["Saved at once. It blocks every way out until it is handed over and signed."],
        )
    )  # fmt: skip


async def _after(screen: BaseScreen, row: dict[str, Any]) -> None:
    screen.say(f"Saved: {row['worry']}, {row['owner']} acts by {day(row['act_by'])}.", "ok")
    await screen.worry_recorded()
    if row["danger_now"]:
        await screen.app.push_screen(Message("DANGER NOW", emergency_lines(row)))


def worry_lines(
    row: dict[str, Any], width: int, colours: Palette, *, names: bool, marked: bool
) -> list[Text]:
    """Return what is known of a worry; on a shared screen its words are hidden."""
    state = "OVERDUE" if row["overdue"] else "act by"
    now = "DANGER NOW " if row["danger_now"] else ""
    who = known_as(row, names=names)
    head = f"{'>' if marked else ' '} {row['worry']} {now}{who}: {row['owner'] or 'NOBODY'}"
    head += f" {state} {day(row['act_by'])}"
    more = [(row["words"] or "") if names else "words hidden; i shows"]
    more.append(f"told: {row['told']}" if row["told"] and names else
                ("somebody was told" if row["told"] else "nobody told yet"))  # fmt: skip
    if row["handed_to"]:
        handed = row["handed_to"] if names else "(hidden)"
        more.append(f"handed to {handed} by {row['handed_by']}; a second person signs (g)")
    over = colours.level("over")
    urgent = row["overdue"] or row["danger_now"]
    style = "bold reverse" if marked else over if urgent else colours.due
    found = [cell(x, style) for x in wrap(head, width)]
    if row["danger_now"]:
        said = emergency_lines(row)[0]
        found += [cell(f"    {x}", over) for x in wrap(said, width - 4)]
    return [*found, *(cell(f"    {x}", colours.text) for x in wrap("; ".join(more), width - 4))]


class WorriesScreen(BaseScreen):
    """The open worries of my teams.

    Args:
        first: id of the worry to mark, None for the first to act on.
    """

    HELP = (
        "A worry is closed by recording to whom it was handed, or how it was resolved, and by a"
        " second person's signature. On a shared screen its words are hidden; i shows them."
    )
    WRITES: ClassVar[frozenset[str]] = frozenset({"told", "hand", "sign"})
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("j,down", "move(1)", "next worry"),
        bind("k,up", "move(-1)", "worry above"),
        bind("t", "told", "record who was told"),
        bind("h", "hand", "record to whom it was handed, or how it was resolved"),
        bind("g", "sign", "sign as the second person"),
        bind("enter", "case", "open the case"),
        bind("escape,q", "back", "back"),
    ]

    def __init__(self, first: str | None = None) -> None:
        super().__init__()
        self.first = first
        self.elsewhere = ""
        self.rows: list[dict[str, Any]] = []
        self.at = 0

    def body(self) -> ComposeResult:
        """Yield the lines."""
        with VerticalScroll(id="body", can_focus=False):
            yield PlainStatic(id="lines")

    @property
    def title_words(self) -> str:
        """Return what the title says."""
        return "Open safeguarding worries"

    @property
    def hints(self) -> Sequence[Hint]:
        """Return the keys that do something now."""
        own = (Hint("t", "told"), Hint("h", "handed over"), Hint("g", "sign"))
        return (*(own if self.rows else ()), Hint("f", "new worry"), Hint("Esc", "back"))

    async def load(self) -> None:
        """Read the open worries."""
        held = self._marked()
        wanted = self.first or (held["worry"] if held is not None else None)
        self.rows = await self.read(home.open_worries)
        at = next((n for n, row in enumerate(self.rows) if row["worry"] == wanted), None)
        if self.first is not None and at is None:
            self.elsewhere = self.first
        self.at, self.first = self.at if at is None else at, None

    def paint(self) -> None:
        """Draw two lines a worry."""
        c = self.colours
        width = max(20, self.size.width - 2)
        self.at = max(0, min(self.at, len(self.rows) - 1))
        words = f"{self.elsewhere} is with another team: they record what is done about it."
        found = [cell(x, c.due) for x in wrap(words, width)] if self.elsewhere else []
        for row in self.rows:
            marked = row is self._marked()
            found += worry_lines(row, width, c, names=self.names, marked=marked)
        if not self.rows:
            words = "No worry is open here. f records one, about anybody."
            found += [cell(x, c.text) for x in wrap(words, width)]
        self.query_one("#lines", PlainStatic).update(lines_of(found))

    def action_move(self, step: int) -> None:
        """Mark another worry."""
        self.elsewhere = ""
        self.at = max(0, min(self.at + step, len(self.rows) - 1))
        self.paint()

    def worry_about(self) -> tuple[str, str | None]:
        """Return nobody: a new worry is about somebody else."""
        return "", None

    def _marked(self) -> dict[str, Any] | None:
        return self.rows[self.at] if self.rows and not self.elsewhere else None

    def action_told(self) -> None:
        """Ask who was told."""
        row = self._marked()
        if row is not None:
            self._ask(row, "Who was told", "told", flagging.tell)

    def action_hand(self) -> None:
        """Ask to whom it was handed."""
        row = self._marked()
        if row is not None:
            self._ask(row, "Handed to (service and person), or how it was resolved", "to",
                      flagging.hand_over)  # fmt: skip

    def _ask(self, row: dict[str, Any], label: str, name: str, use: Any) -> None:
        async def submit(values: Values) -> str | None:
            fault = await self.attempt(
                lambda desk: use(desk, row["person_id"], values[name], worry=row["worry"])
            )
            if fault is None:
                await self.reload()
            return fault

        self.app.push_screen(Form(f"Worry {row['worry']}", [Field(name, label)], submit))

    def action_sign(self) -> None:
        """Ask the second person to sign."""
        row = self._marked()
        if row is None:
            return

        async def submit(values: Values) -> str | None:
            def sign(desk: Desk) -> object:
                signer = replace(desk, said_by=None)
                pin = values.get("pin", "")
                return flagging.sign(
                    signer, row["person_id"], worry=row["worry"], pin=lambda _: pin
                )

            fault = await self.attempt(sign, actor=values["login"].strip())
            if fault is None:
                await self.reload()
            return fault

        self.app.push_screen(Form("Second signature", signature_fields(self), submit))

    def action_case(self) -> None:
        """Open the case of the marked worry."""
        row = self._marked()
        if row is not None and row["case"]:
            self.desk_app.open_case(row["case"])


def signature_fields(screen: BaseScreen) -> list[Field]:
    """Return what a second person types: login and PIN; a rehearsal asks for the login only."""
    fields = [Field("login", "Login of the second person")]
    if not screen.desk_app.rehearsal:
        fields.append(Field("pin", "Their own PIN", secret=True))
    return fields
