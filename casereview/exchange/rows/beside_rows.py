"""Cells of a row that reach beyond its case: the next step with its owner, and who is related."""

from __future__ import annotations

from collections.abc import Sequence

from casereview.core.identity import local_id
from casereview.core.text import checked_note
from casereview.errors import Refused
from casereview.exchange.layouts.layout import LinkColumn, StepColumns, folded
from casereview.exchange.layouts.moments import EPOCH
from casereview.exchange.rows.cells import Cell, LineRefused
from casereview.exchange.rows.fields import Attribute, Attributes, Fields

KEY_WORKER = "key-worker"
"""What [workers] may name instead of a login: whoever is key worker of the case."""
IDS_MAX = 100
"""Identifiers in one cell; more is no family but a column that was taken for one."""
OPEN_END = "Fill it in, or record the action with `action add`."


class BesideRows:
    """Reads next steps and links of rows by one layout.

    They follow the other attributes of a row as ("step", words, login, day) and
    ("link", place of its column, identifiers).
    """

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        step = fields.layout.step
        self._step = step
        self._cells: tuple[Cell, ...] = ()
        if step is not None:
            self._cells = tuple(fields.named(h) for h in (step.column, step.owner, step.due))
        self._links = [(link, fields.named(link.column)) for link in fields.layout.links]

    def read(self, line: int, cells: Sequence[str]) -> Attributes:
        """Return what a row says of next steps and relations.

        Raises:
            LineRefused: a step cannot be read, and the layout says that such rows are refused.
        """
        found: list[Attribute] = []
        if self._step is not None:
            step = self._read_step(line, cells, self._step)
            found += [step] if step is not None else []
        for place, (link, cell) in enumerate(self._links):
            text = cell.text(cells)
            others = self._others(line, link, cell, text) if text else ()
            found += [("link", place, others)] if others else []
        return tuple(found)

    def _read_step(
        self, line: int, cells: Sequence[str], step: StepColumns
    ) -> Attribute | None:  # fmt: skip
        what, owner, due = self._cells
        text = what.text(cells)
        if not text:
            return None
        try:
            return (
                "step", checked_note(text, what="next step"),
                self._owner(owner, owner.text(cells)), self._due(due, due.text(cells)),
            )  # fmt: skip
        except Refused as error:
            raise LineRefused(what.heading, text, error.message, error.next) from error
        except LineRefused as error:
            if step.reject:
                raise
            column, value, reason, fix = error.parts
            self._fields.findings.warn(
                line, column, value, f"{reason} The next step was not recorded.", fix
            )
            return None

    def _owner(self, cell: Cell, text: str) -> str:
        if not text:
            raise LineRefused(cell.heading, "", "The next step has no owner.", OPEN_END)
        login = self._fields.layout.workers.get(folded(text), text)
        if login != KEY_WORKER and login not in self._fields.around.logins:
            raise LineRefused(
                cell.heading, text, "No user is known by this name.",
                "List the name under [workers] in the layout, or add the user with `user add`.",
            )  # fmt: skip
        return login

    def _due(self, cell: Cell, text: str) -> int:
        """Return the day on which a step is due; unlike what has happened it may lie ahead."""
        if not text:
            raise LineRefused(cell.heading, "", "The next step has no due date.", OPEN_END)
        found = self._fields.clock.read(text)
        if found is None:
            stated = self._fields.clock.stated
            raise LineRefused(
                cell.heading, text, f"This does not fit the stated format {stated}.",
                "Correct the date, or state its format in [time].",
            )  # fmt: skip
        if found.day in {d.toordinal() - EPOCH for d in self._fields.layout.never}:
            raise LineRefused(cell.heading, text, "This date stands for no date.", OPEN_END)
        return found.day

    def _others(self, line: int, link: LinkColumn, cell: Cell, text: str) -> tuple[str, ...]:
        found: list[str] = []
        parts = [part for part in text.split(link.separator) if part.strip()]
        for part in parts[:IDS_MAX]:
            try:
                found.append(local_id(part))
            except Refused as error:
                self._fields.findings.warn(
                    line, cell.heading, part, error.message, "Correct the identifier."
                )
        if len(parts) > IDS_MAX:
            self._fields.findings.warn(
                line, cell.heading, text,
                f"There are {len(parts):,} identifiers here; the first {IDS_MAX} were read.",
                "Check which column holds them, and what separates them.",
            )  # fmt: skip
        return tuple(dict.fromkeys(found))
