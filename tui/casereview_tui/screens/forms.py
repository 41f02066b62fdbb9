"""Windows to type into. They stay open with what was typed until it is saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input

from casereview.core.text import safe
from casereview_tui.keys import bind
from casereview_tui.text import PlainStatic, cell, cut, wrap
from casereview_tui.widgets.pane import Pane

Values = dict[str, str]
AROUND = 6
"""Rows of a tall window that are not for lines: its frame, its title, the typed line, the last."""
Submit = Callable[[Values], Awaitable[str | None]]
"""Saves what was typed: returns why it was refused, None when it is on disk."""


@dataclass(frozen=True, slots=True)
class Field:
    """One line to type.

    Attributes:
        hint: what may be typed, shown while the line is empty.
        secret: True for a PIN.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    secret: bool = False


class TypedLine(Input):
    """A line to type into, without a blinking cursor; control characters never enter it."""

    def __init__(self, field: Field) -> None:
        super().__init__(
            value=safe(field.value), placeholder=field.hint, password=field.secret,
            id=f"field-{field.name}", select_on_focus=False,
        )  # fmt: skip
        self.cursor_blink = False


class Form(Pane[bool]):
    """Asks for one or more lines; Enter saves, Esc leaves without saving.

    What `submit` refuses is shown above the lines, and what was typed stays.

    Args:
        title: what is asked.
        fields: the lines, the first has the cursor.
        submit: saves.
        said: what should be known first.
        aims: name of the line that has the cursor, "" for the first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [bind("escape", "leave", "leave without saving")]
    AUTO_FOCUS = ""  # else the first line takes the cursor before the one that is wanted does

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        submit: Submit,
        *,
        said: Sequence[str] = (),
        aims: str = "",
    ) -> None:
        super().__init__()
        self.words, self.fields, self.submit, self.said = title, tuple(fields), submit, list(said)
        self.aims = aims or self.fields[0].name
        self.fault = ""
        self._saving = self._warned = False

    def compose(self) -> ComposeResult:
        """Yield the window."""
        with VerticalScroll(id="window", can_focus=False):
            yield PlainStatic(self.set_out(), id="lines")
            for field in self.fields:
                yield PlainStatic(field.label, classes="label")
                yield TypedLine(field)
            yield PlainStatic("Enter saves   Tab next line   Esc leaves", classes="foot")

    def on_mount(self) -> None:
        """Put the cursor where typing begins."""
        line = self.query_one(f"#field-{self.aims}", TypedLine)
        line.focus()
        line.cursor_position = len(line.value)

    def rows(self) -> list[Text]:
        """Return the title, what should be known, and the fault."""
        colours, width = self.colours, self.width
        rows = [cell(x, f"bold {colours.head}") for x in wrap(self.words, width)]
        for paragraph in self.said:
            rows += [cell(x) for x in wrap(paragraph, width)]
        rows += [cell(x, colours.level("over")) for x in wrap(self.fault, width) if self.fault]
        return rows

    @property
    def values(self) -> Values:
        """Return what is typed now, by name."""
        return {f.name: self.query_one(f"#field-{f.name}", TypedLine).value for f in self.fields}

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Save; stay open when it is refused."""
        event.stop()
        if self._saving:
            return
        self._saving = True
        try:
            self.fault = await self.submit(self.values) or ""
        finally:
            self._saving = False
        if self.fault:
            self.paint()
        else:
            self.dismiss(True)

    def on_input_changed(self) -> None:
        """Ask again before what was typed since is lost."""
        self._warned = False

    def action_leave(self) -> None:
        """Leave without saving; when something was typed, only when asked twice."""
        if self._warned or self.values == {f.name: safe(f.value) for f in self.fields}:
            self.dismiss(False)
            return
        self._warned = True
        self.fault = "Not saved yet. Esc again leaves, and what was typed is lost."
        self.paint()


@dataclass(frozen=True, slots=True)
class Row:
    """One line that may be picked; `words` are searched and shown."""

    key: str
    words: str


class Pick(Pane[str | None]):
    """Asks for one of many lines by typing part of it; Enter takes the marked one, Esc none.

    Args:
        title: what is asked.
        rows: the lines.
        own: True when words of one's own are taken where no line fits.
    """

    BINDINGS: ClassVar[list[BindingType]] = [bind("escape", "leave", "leave")]

    def __init__(self, title: str, rows: Sequence[Row], *, own: bool = False) -> None:
        super().__init__()
        self.words, self.all, self.own = title, tuple(rows), own
        self.at = 0

    def compose(self) -> ComposeResult:
        """Yield the window."""
        with VerticalScroll(id="window", can_focus=False, classes="tall"):
            yield PlainStatic(self.words, classes="label")
            yield TypedLine(Field("typed", "", hint="type to narrow"))
            yield PlainStatic(self.set_out(), id="lines")

    @property
    def found(self) -> list[Row]:
        """Return the lines that hold every word typed."""
        return [r for r in self.all if all(w in r.words.casefold() for w in self.typed)]

    @property
    def typed(self) -> list[str]:
        """Return the words typed so far."""
        return [w for line in self.query(TypedLine) for w in line.value.casefold().split()]

    def rows(self) -> list[Text]:
        """Return the lines round the marked one, and how many there are."""
        colours = self.colours
        room = max(3, self.app.size.height - AROUND)
        found = self.found
        self.at = max(0, min(self.at, len(found) - 1))
        start = max(0, min(self.at - room // 2, len(found) - room))
        shown = found[start : start + room]
        rows: list[Text] = [
            cell(
                f"{'>' if start + n == self.at else ' '} {cut(r.words, max(10, self.width - 3))}",
                "reverse" if start + n == self.at else "",
            )
            for n, r in enumerate(shown)
        ]
        rest = len(found) - len(shown)
        if rest:
            rows.append(cell(f"{len(shown)} of {len(found)}; type to narrow", colours.quiet))
        if not found:
            said = "Enter takes your own words." if self.own else "Nothing fits."
            rows.append(cell(said, colours.quiet))
        return rows

    def on_input_changed(self) -> None:
        """Narrow the list."""
        self.at = 0
        self.paint()

    def on_key(self, event: events.Key) -> None:
        """Move the mark."""
        step = {"down": 1, "up": -1}.get(event.key)
        if step is not None:
            event.stop()
            self.at += step
            self.paint()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the marked line, or one's own words."""
        event.stop()
        found = self.found
        if found:
            self.dismiss(found[self.at].key)
        elif self.own and event.value.strip():
            self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)
