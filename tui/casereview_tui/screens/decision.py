"""The decision with its checks, and its second signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.binding import BindingType

from casereview.core.identity import format_nhs_number
from casereview.errors import CaseReviewError
from casereview.service.cases import showing
from casereview.service.days import read_day
from casereview.service.desk import Desk
from casereview.service.reviews import deciding
from casereview_tui.keys import Hint, bind
from casereview_tui.screens.dialogs import Window
from casereview_tui.screens.forms import Field, Form, Values
from casereview_tui.screens.why import RECORDS, check_rows
from casereview_tui.screens.worry import signature_fields
from casereview_tui.text import cell, count, day, known_as, wrap

if TYPE_CHECKING:
    from casereview_tui.screens.meeting import MeetingScreen


def identifiers(card: dict[str, Any], *, names: bool) -> str:
    """Return two identifiers of the person, so that the right one is decided about.

    Local id and date of birth; where one is not known the NHS number, then the case.
    """
    found = [
        f"local id {card['local_id']}" if card["local_id"] else "",
        f"born {day(card['born_on'])}" if card["born_on"] else "",
        f"NHS number {format_nhs_number(card['nhs_number'])}" if card["nhs_number"] else "",
        f"case {card['case']}",
    ]
    two = " and ".join([x for x in found if x][:2])
    return f"{known_as(card, names=names)}: {two}"


class DecisionScreen(Window):
    """Agree, sign or decline a decision. Opened with c; agreed with another key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("y", "agree", "agree the decision"),
        bind("d", "date", "planned departure date"),
        bind("g", "sign", "second signature"),
        bind("n", "decline", "decline, with a reason and a day to look again"),
        bind("l", "look", "the case: record what is not known, or the departure"),
        bind("escape,enter", "close", "leave it"),
    ]

    def __init__(self, meeting: MeetingScreen) -> None:
        card = meeting.card or {}
        decision = card.get("decision")
        self.dest = str(decision["to"] if decision else card.get("proposes"))
        super().__init__(f"Decision: {self.dest}")
        self.meeting = meeting
        self.effective_on: date | None = decision["effective_on"] if decision else None
        self.checks: list[dict[str, Any]] = []
        self.fault = ""

    @property
    def card(self) -> dict[str, Any]:
        """Return the case in hand."""
        return self.meeting.card or {}

    @property
    def signing(self) -> bool:
        """Tell whether a signature is waited for."""
        live = self.card.get("decision")
        return live is not None and live["status"] in ("needs_countersign", "proposed")

    async def read(self) -> None:
        """Read the checks."""
        case = self.card["case"]
        try:
            self.checks = await self.meeting.read(
                lambda desk: showing.why(desk, case, move=self.dest)
            )
        except CaseReviewError as error:
            self.fault = str(error)

    def rows(self) -> list[Text]:
        """Return who it is, the checks, what was refused, and the keys."""
        c = self.colours
        card = self.card
        found = super().rows()
        found += [cell(x, f"bold {c.head}") for x in
                  wrap(identifiers(card, names=self.meeting.names), self.width)]  # fmt: skip
        found += [cell(x) for x in wrap(card["say"], self.width) if card["say"]]
        planned = day(self.effective_on) if self.effective_on else "not planned yet"
        found.append(cell(f"Planned departure: {planned}"))
        for d in card["dissent"]:
            found += [cell(x, c.due) for x in wrap(f"Dissent, {d['by']}: {d['words']}", self.width)]
        found += [cell(x, c.level("over")) for x in wrap(self.fault, self.width) if self.fault]
        found.append(cell(""))
        for hint in self._ways():
            found.append(cell(hint.key, f"bold {c.head}").append(f"  {hint.word}"))
        checks = [r for r in self.checks if r["requirement"] != "decision"]
        left = [r for r in checks if r["holds"] is not True]
        found += [
            cell(""),
            cell(f"{count(len(left), 'check')} open, {len(checks) - len(left)} met"),
        ]
        return [*found, *check_rows(self, left)]

    def _ways(self) -> list[Hint]:
        live = self.card.get("decision")
        if live is None:
            first = [Hint("y", "agree the decision"), Hint("d", "planned departure date")]
        elif self.signing:
            first = [Hint("g", f"second signature (proposed by {live['proposed_by']})")]
        else:
            first = [Hint("", f"agreed by {live['proposed_by']}"
                          f" and {live['countersigned_by'] or 'nobody else'}")]  # fmt: skip
        look = Hint("l", "record the departure" if self._agreed else RECORDS)
        return [*first, Hint("n", "decline, with a reason"), look, Hint("Esc", "leave it")]

    @property
    def _agreed(self) -> bool:
        live = self.card.get("decision")
        return live is not None and live["status"] == "agreed"

    def action_look(self) -> None:
        """Open the case where what is missing is recorded, or its departure once it is agreed."""
        self.dismiss(None)
        self.meeting.look_at("ways" if self._agreed else "facts")

    def action_close(self) -> None:
        """Leave it."""
        self.dismiss(None)

    async def action_agree(self) -> None:
        """Agree the decision; a second person is asked for at once where one must sign."""
        if self.card.get("decision") is not None:
            return
        case, version = self.card["case"], self.card["version"]
        fault = await self.meeting.fault_of(
            lambda desk: deciding.decide(
                desk, self.meeting.review, case, effective_on=self.effective_on, dest=None,
                seen=version,
            )
        )  # fmt: skip
        if fault is not None:
            self.fault = fault
            await self.read()
            self.paint()
        elif self.signing:
            self.paint()
            self.action_sign()
        else:
            self.dismiss(None)

    def action_date(self) -> None:
        """Ask for the planned departure date."""

        async def submit(values: Values) -> str | None:
            try:
                self.effective_on = read_day(values["on"], self.card["on"])
            except CaseReviewError as error:
                return str(error)
            self.paint()
            return None

        held = self.effective_on.isoformat() if self.effective_on else ""
        field = Field("on", "Day", held, "2026-03-09, 9/3, +7, fri")
        self.app.push_screen(Form("Planned departure", [field], submit))

    def action_sign(self) -> None:
        """Ask the second person for login and PIN."""
        if not self.signing:
            return
        case = self.card["case"]
        seen = [self.card["version"]]

        async def submit(values: Values) -> str | None:
            pin = values.get("pin", "")

            def sign(desk: Desk) -> object:
                signer = replace(desk, said_by=None)
                return deciding.countersign(
                    signer, self.meeting.review, case, pin=lambda _: pin, seen=seen[0]
                )

            fault = await self.meeting.fault_of(sign, actor=values["login"].strip())
            seen[0] = self.card["version"]
            return fault

        def signed(done: bool | None) -> None:
            if done:
                self.dismiss(None)
            else:
                self.paint()

        who = identifiers(self.card, names=self.meeting.names)
        self.app.push_screen(
            Form("Second signature", signature_fields(self.meeting), submit,
                 said=[f"Decision to {self.dest}: {who}"]),
            signed,
        )  # fmt: skip

    def action_decline(self) -> None:
        """Ask why, and when to look again."""
        case = self.card["case"]

        async def submit(values: Values) -> str | None:
            try:
                again = read_day(values["on"], self.card["on"]) if values["on"].strip() else None
            except CaseReviewError as error:
                return str(error)
            return await self.meeting.fault_of(
                lambda desk: deciding.decline(
                    desk, self.meeting.review, case, values["reason"], look_again_on=again
                )
            )

        def declined(done: bool | None) -> None:
            if done:
                self.dismiss(None)

        fields = [
            Field("reason", "Why"),
            Field("on", "Look again on", "", "the next meeting when left empty"),
        ]
        self.app.push_screen(Form("Decline the decision", fields, submit), declined)
