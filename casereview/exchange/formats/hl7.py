"""HL7 v2 messages from a file: framing taken off, fields by number, nothing interpreted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casereview.exchange.formats.survey import unreadable

MESSAGES_MAX = 200_000
SEGMENT_MAX = 100_000
"""Characters of one segment."""
_FRAME = re.compile("[\x0b\x1c]")
_ENDS = re.compile("\r\n|\r|\n")
_STRAY = re.compile("[\ud800-\udfff]")
_BATCH = ("FHS", "BHS", "BTS", "FTS")


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        line: 1-based line on which it begins; segment ends and line ends both count.
        segments: each as its fields, the name first; of MSH field 1 is the separator.
        marks: component, repetition, escape and subcomponent signs.
        broken: why it cannot be read, "" when it can.
    """

    line: int
    segments: tuple[tuple[str, ...], ...]
    marks: str = "^~\\&"
    broken: str = ""

    def field(self, segment: str, number: int) -> str:
        """Return a field of the first segment of a name, "" when there is none."""
        for one in self.segments:
            if one[0] == segment:
                return one[number].strip() if number < len(one) else ""
        return ""

    def parts(self, segment: str, number: int) -> list[str]:
        """Return the components of a field's first repetition."""
        first = self.field(segment, number).split(self.marks[1])[0]
        return [self.plain(part) for part in first.split(self.marks[0])]

    def repeats(self, segment: str, number: int) -> list[list[str]]:
        """Return the components of each repetition of a field."""
        text = self.field(segment, number)
        return [[self.plain(p) for p in one.split(self.marks[0])]
                for one in text.split(self.marks[1])]  # fmt: skip

    def plain(self, text: str) -> str:
        """Return a text with its escapes undone; the empty sign "" becomes nothing."""
        sign = self.marks[2]
        if text == '""':
            return ""
        if sign not in text:
            return text
        between = self.segments[0][1] if self.segments else "|"
        meant = {"F": between, "S": self.marks[0], "R": self.marks[1], "E": sign,
                 "T": self.marks[3]}  # fmt: skip
        parts = text.split(sign)
        if len(parts) % 2 == 0:
            return text
        # Every second part stands between two escape signs; formatting is left out.
        return "".join(
            part if n % 2 == 0 else meant.get(part, " ") for n, part in enumerate(parts)
        )  # fmt: skip


def messages(text: str, name: str) -> Iterator[Message]:
    """Yield the messages of a file in order.

    Raises:
        Unreadable: there are too many.
    """
    lines = _ENDS.split(text)
    begun: int | None = None
    held: list[str] = []
    count = 0
    for number, line in enumerate(lines, 1):
        segment = _FRAME.sub("", line).strip(" \t")
        if segment.startswith("MSH") and begun is not None:
            count += 1
            yield _message(begun, held)
        if segment.startswith("MSH"):
            begun, held = number, []
        if count > MESSAGES_MAX:
            raise unreadable(name, f"More than {MESSAGES_MAX:,} messages.", line=number)
        if segment and segment[:3] not in _BATCH:
            if begun is None:
                begun = number
            held.append(segment)
    if begun is not None:
        yield _message(begun, held)


def _message(line: int, held: list[str]) -> Message:
    broken = _spoiled(held)
    if broken:
        return Message(line, (), broken=broken)
    head = held[0]
    sign = head[3]
    segments = [("MSH", sign, *head[4:].split(sign))]
    segments += [tuple(one.split(sign)) for one in held[1:]]
    whole = tuple(tuple(one) for one in segments)
    if len(whole[0]) < 11:
        return Message(line, (), broken="its MSH segment has no message type and control id")
    return Message(line, whole, whole[0][2][:4])


def _spoiled(held: list[str]) -> str:
    """Return why the segments are no message, "" when they are one."""
    head = held[0] if held else ""
    if not head.startswith("MSH"):
        return "it does not begin with a MSH segment"
    if any(not one.isascii() and _STRAY.search(one) for one in held):
        return "it holds bytes that are not text"
    if any(len(one) > SEGMENT_MAX for one in held):
        return f"a segment has more than {SEGMENT_MAX:,} characters"
    whole = len(head) >= 9 and not head[3].isalnum() and len(head[4:].split(head[3])[0]) >= 4
    return "" if whole else "its MSH segment is broken"
