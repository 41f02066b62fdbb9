"""ADT messages turned into items to be sorted: one message, one thing that happened to a visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from casereview.core.identity import check_nhs_number, checked_born_on, never_issued
from casereview.core.text import checked_name, safe
from casereview.errors import Refused
from casereview.exchange.findings import Findings
from casereview.exchange.formats.hl7 import Message, messages
from casereview.exchange.formats.odd_letters import odd_letters
from casereview.exchange.formats.survey import Survey, unreadable
from casereview.exchange.layouts.layout import Layout
from casereview.exchange.layouts.moments import EPOCH, Clock, Format, Moment
from casereview.exchange.rows.cells import Circumstances, LineRefused
from casereview.exchange.rows.fields import NHS_TEST, Attribute, Attributes
from casereview.exchange.rows.keys import checked_key

TAKEN = ("A01", "A02", "A03", "A05", "A08", "A11", "A12", "A13")
AGAIN = "again"
BYTES_MAX = 50 * 1024**2
_STAMP = re.compile(r"([0-9]{8})([0-9]{4})?([0-9]{2})?(?:\.[0-9]{1,4})?([+-][0-9]{4})?")
_FORMATS = tuple(Format.read(t) for t in ("yyyymmdd HH:MM:SSzz", "yyyymmdd HH:MM:SS", "yyyymmdd"))
_SEXES = {"M": "male", "F": "female", "O": "other", "U": "unknown", "A": "ambiguous"}


class Adt(NamedTuple):
    """One message as it is staged; sorts by visit, then time, then line.

    Attributes:
        case: number of the visit.
        order: microseconds that sort messages.
        line: 1-based line on which it begins.
        mark: differs for every message.
        person: identifier of the person.
        trigger: A01 and so on, AGAIN for a message whose control id came before.
        day: local date of what happened, days since 1970-01-01.
        at_us: its instant, None when only the date is known.
        bed: where the person is, as written.
        reason: how the visit ended, as written.
        key: sender and control id, by which a message is known again.
        more: who the person is.
        said: digest of what the message says, to tell another one with the same control id.
    """

    case: str
    order: int
    line: int
    mark: int
    person: str
    trigger: str
    day: int
    at_us: int | None
    bed: str
    reason: str
    key: str
    more: Attributes
    said: str


@contextmanager
def _naming(place: str, value: str) -> Iterator[None]:
    """Name the field whose value is refused inside."""
    try:
        yield
    except Refused as error:
        raise LineRefused(place, value, error.message, error.next) from error


class AdtFile:
    """The messages of one file.

    Attributes:
        count: messages, also those that were not taken.
        encoding: with which it was read.
    """

    def __init__(
        self, path: Path, found: Survey, layout: Layout, around: Circumstances, findings: Findings
    ) -> None:
        self._layout, self._around, self._findings = layout, around, findings
        self._clock = Clock(_FORMATS, layout.zone)
        self._today = around.today.toordinal() - EPOCH
        self._seen: dict[str, tuple[int, str]] = {}
        self.count = 0
        self._name = safe(path.name)
        self._text = self._read(path, found)

    def _read(self, path: Path, found: Survey) -> str:
        if found.size > BYTES_MAX:
            what = f"It has {found.size:,} bytes; at most {BYTES_MAX:,} are read."
            raise unreadable(self._name, what)
        self.encoding = found.mark or ("utf-8-sig" if found.utf8 else "cp1252")
        return path.read_bytes().decode(self.encoding, errors="surrogateescape")

    def __iter__(self) -> Iterator[Adt]:
        """Yield the messages that can be taken; report the others.

        Raises:
            Unreadable: there are too many.
        """
        for message in messages(self._text, self._name):
            self.count += 1
            try:
                yield self._adt(message)
            except LineRefused as error:
                self._findings.reject(message.line, *error.parts)

    def _adt(self, message: Message) -> Adt:
        if message.broken:
            raise LineRefused(
                "MSH", "", f"This message cannot be read: {message.broken}.",
                "Have it sent again by the system that it comes from.",
            )  # fmt: skip
        trigger = self._trigger(message)
        key = "|".join(message.field("MSH", n) for n in (3, 4, 10))
        if not message.field("MSH", 10):
            raise LineRefused("MSH-10", "", "This message has no control id.", "Give it one.")
        visit = self._visit(message)
        when = self._when(message, trigger)
        who, more = self._person(message)
        self._check_born(message, more, when)
        bed = "-".join(p for p in message.parts("PV1", 3)[:3] if p)
        reason = message.parts("PV1", 36)[0]
        says = repr((visit, trigger, when, who, bed, reason, more)).encode()
        said = blake2b(says, digest_size=16).hexdigest()
        if self._repeated(message, key, said):
            trigger = AGAIN
        return Adt(
            visit, when.order, message.line, hash((message.line, key)), who, trigger, when.day,
            when.at_us, safe(bed)[:200], safe(reason)[:60], key, more, said,
        )  # fmt: skip

    def _repeated(self, message: Message, key: str, said: str) -> bool:
        """Tell whether a message that was read says the same under the same control id.

        Raises:
            LineRefused: it says something else, so that one of the two would be lost.
        """
        line, before = self._seen.setdefault(key, (message.line, said))
        if line == message.line:
            return False
        control = message.field("MSH", 10)
        if before != said:
            raise LineRefused(
                "MSH-10", control,
                f"The message on line {line} has this control id and says something else.",
                "Have this one sent again with a control id of its own.",
            )  # fmt: skip
        self._findings.warn(
            message.line, "MSH-10", control,
            f"The message on line {line} has this control id; this one was ignored.",
            "Nothing, if it was sent twice.",
        )  # fmt: skip
        return True

    def _check_born(self, message: Message, more: Attributes, when: Moment) -> None:
        born = next((str(a[1]) for a in more if a[0] == "born"), "")
        if born and date.fromisoformat(born).toordinal() - EPOCH > when.day:
            raise LineRefused(
                "PID-7", message.field("PID", 7), "The date of birth lies after what happened.",
                "Correct one of the dates.",
            )  # fmt: skip

    def _trigger(self, message: Message) -> str:
        kind = message.parts("MSH", 9)
        trigger = kind[1] if len(kind) > 1 else message.field("EVN", 1)
        if kind[0] == "ADT" and trigger == "A40":
            raise LineRefused(
                "MSH-9", "ADT^A40", "This message merges two people, which no file may do.",
                "Look at both and merge them with `person merge`.",
            )  # fmt: skip
        if kind[0] != "ADT" or trigger not in TAKEN:
            raise LineRefused(
                "MSH-9", "^".join(kind[:2]), "Messages of this type are not read.",
                f"Read are ADT messages {', '.join(TAKEN)}.",
            )  # fmt: skip
        return trigger

    def _visit(self, message: Message) -> str:
        visit = message.parts("PV1", 19)[0]
        if not visit:
            raise LineRefused(
                "PV1-19", "", "This message has no number of a visit.", "Have it sent with one."
            )
        with _naming("PV1-19", visit):
            return checked_key(visit)

    def _when(self, message: Message, trigger: str) -> Moment:
        """Return when it happened: of admission and discharge their own times, else the event's."""
        places = {"A01": ("PV1", 44), "A03": ("PV1", 45)}
        wanted = [places[trigger]] if trigger in places else []
        for segment, number in [*wanted, ("EVN", 6), ("EVN", 2), ("MSH", 7)]:
            text = message.field(segment, number)
            if text and text != '""':
                return self._moment(f"{segment}-{number}", text)
        raise LineRefused("EVN-2", "", "This message has no time.", "Have it sent with one.")

    def _moment(self, place: str, text: str) -> Moment:
        found = _STAMP.fullmatch(text)
        moment = None
        if found:
            day, minute, second, offset = found.groups()
            time = f" {minute[:2]}:{minute[2:]}:{second or '00'}{offset or ''}" if minute else ""
            moment = self._clock.read(day + time)
        if moment is None:
            raise LineRefused(
                place, text, "This is no time as HL7 writes it (yyyymmddHHMMSS).", "Correct it."
            )
        if moment.day > self._today and not self._layout.future:
            raise LineRefused(
                place, text, f"This is after today, {self._around.today.isoformat()}.",
                'Correct it, or set future = "allow" in [time].',
            )  # fmt: skip
        return moment

    def _person(self, message: Message) -> tuple[str, Attributes]:
        nhs, local = "", ""
        for parts in message.repeats("PID", 3):
            padded = [*parts, "", "", "", "", ""]
            if padded[4] in ("NH", "NHS") or padded[3].startswith("NHS"):
                nhs = nhs or padded[0]
            elif padded[0]:
                local = local or padded[0]
        if not local and not nhs:
            raise LineRefused(
                "PID-3", "", "This message does not say whom it is about.", "Have it sent "
                "again with an identifier of the person.",
            )  # fmt: skip
        more: list[Attribute] = []
        with _naming("PID-3", nhs):
            if nhs:
                number = check_nhs_number(nhs)
                more.append(("nhs", number))
                if never_issued(number):
                    fix = "Nothing, in a rehearsal."
                    self._findings.warn(message.line, "PID-3", number, NHS_TEST, fix)
        with _naming("PID-3", local or nhs):
            who = checked_key(local or nhs)
        return who, (*more, *self._about(message))

    def _about(self, message: Message) -> Iterator[Attribute]:
        """Yield name, birth, sex and death.

        Raises:
            LineRefused: one of them cannot be right.
        """
        family, given = [*message.parts("PID", 5), "", ""][:2]
        name = " ".join(p for p in (given, family) if p)
        if name:
            with _naming("PID-5", name):
                kept = checked_name(name)
            for reason, fix in odd_letters(name, kept, "name"):
                self._findings.warn(message.line, "PID-5", name, reason, fix)
            yield "name", kept
        born = message.field("PID", 7)[:8]
        if born and born != '""':
            when = self._moment("PID-7", born)
            on = date.fromordinal(when.day + EPOCH)
            with _naming("PID-7", born):
                yield "born", checked_born_on(on, on=self._around.today).isoformat()
        sex = message.field("PID", 8)
        if sex in _SEXES:
            yield "sex", _SEXES[sex]
        died = message.field("PID", 29)[:8]
        if message.field("PID", 30) == "Y" and died and died != '""':
            when = self._moment("PID-29", died)
            yield "died", date.fromordinal(when.day + EPOCH).isoformat()
