"""Who the people of a file are: one person for one identifier, and no two people in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casereview.core.decide.safeguarding import FACT as SAFEGUARDING
from casereview.core.decide.safeguarding import OPEN
from casereview.core.facts import FactSpec
from casereview.exchange.findings import Findings
from casereview.exchange.layouts.fact_values import FactValue
from casereview.exchange.plans.journey import Stored, as_stored, fact_line
from casereview.exchange.rows.fields import Attributes
from casereview.store.bulk import Line
from casereview.store.importing import Identity

TEXT_OF = {"name": "name", "born": "born_on", "nhs": "nhs_number", "sex": "sex"}
CHECK = "Check the identifier; if it is the same person, correct the file."


@dataclass
class Person:
    """One person while they are being imported.

    Attributes:
        key: identifier in the source.
        id: number of the person, 0 until known.
        new: True when this import registers them.
        held: what the store knows, by name, born, nhs, sex.
        said: what the file says and the store does not know.
        identified: True when the store knows them by `key` in this source.
        died: True when their death is recorded.
        facts: the facts that hold now, dates as day numbers, booleans as 0 and 1.
        lines: what is to be recorded besides who they are.
    """

    key: str
    id: int = 0
    new: bool = True
    held: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    identified: bool = False
    died: bool = False
    facts: dict[str, Stored] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def know(
        self, number: int, identity: Identity, facts: Mapping[str, Stored], *, identified: bool
    ) -> None:
        """Take up a person that the store holds."""
        self.facts = dict(facts)
        self.id, self.new, self.identified = number, False, identified
        self.held = {k: v for k, v in identity.texts.items() if v}
        self.died = identity.died

    def take(
        self, line: int, more: Attributes, findings: Findings, columns: Mapping[str, str]
    ) -> bool:
        """Take what a row says about who this is; False when it is somebody else.

        The same NHS number proves the same person, so that another date of birth is only reported;
        without it another date of birth is another person.
        """
        row = {a[0]: str(a[1]) for a in more if a[0] in TEXT_OF}
        known = {**self.said, **self.held}
        if _differ(row, known, "nhs"):
            findings.reject(
                line, columns.get("nhs_number", ""), row["nhs"],
                "This identifier belongs to somebody with another NHS number.", CHECK,
            )  # fmt: skip
            return False
        if _differ(row, known, "born"):
            if row.get("nhs") != known.get("nhs") or "nhs" not in row:
                findings.reject(
                    line, columns.get("born", ""), row["born"],
                    "This identifier belongs to somebody with another date of birth.", CHECK,
                )  # fmt: skip
                return False
            findings.warn(
                line, columns.get("born", ""), row["born"],
                "The same NHS number has another date of birth; the first one was kept.",
                "Check which is right, and correct it with `person set`.",
            )  # fmt: skip
        for kind, text in row.items():
            if kind not in known:
                self.said[kind] = text
        return True

    def set_fact(
        self, spec: FactSpec, value: FactValue, on: date, *, line: int, findings: Findings
    ) -> bool:
        """Set a fact of the person where it differs from what is known; True when it does.

        A file does not end open safeguarding, which two people sign for: the row says so and the
        value is left out.
        """
        stored = as_stored(spec, value)
        if spec.name in self.facts and self.facts[spec.name] == stored:
            return False
        if spec.name == SAFEGUARDING and self.facts.get(spec.name) == OPEN:
            findings.warn(
                line, "", str(stored),
                "Safeguarding is open for this person; a file does not close it.",
                "Close it with two signatures: `case flag CASE --handed-to WHOM`, then a second "
                "person with `case flag CASE --sign`.",
            )  # fmt: skip
            return False
        self.facts[spec.name] = stored
        self.lines.append(fact_line(spec, value, on))
        return True

    def die(self, on: date) -> bool:
        """Record the death, once; True when it was not known."""
        known, self.died = self.died, True
        if not known:
            self.lines.append(("died", on, None, {}, {}))
        return not known

    def all_lines(self, source: str, on: date) -> list[Line]:
        """Return what is to be recorded, who they are first."""
        texts: Mapping[str, str] = {TEXT_OF[k]: v for k, v in self.said.items()}
        lines: list[Line] = []
        if self.new:
            lines.append(("registered", on, None, {}, texts))
        elif texts:
            lines.append(("corrected", on, None, {}, texts))
        if not self.identified:
            body = {"source": source}
            lines.append(("identified", on, None, body, {"local_id": self.key}))
        return lines + self.lines


def _differ(row: Mapping[str, str], known: Mapping[str, str], kind: str) -> bool:
    return kind in row and kind in known and row[kind] != known[kind]
