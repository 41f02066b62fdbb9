"""What is kept while groups of people and cases are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from casereview.exchange.plans.people import Person
from casereview.store.importing import Held


@dataclass
class Tally:
    """What the cases of an import came to."""

    cases: int = 0
    changed: int = 0


@dataclass
class Known:
    """What the store holds of one batch of people and cases.

    Attributes:
        owners: identifier of a case to the person whose it is, where the file names people.
    """

    cases: dict[str, list[tuple[int, str]]]
    people: dict[str, Person]
    held: dict[int, list[Held]]
    owners: dict[str, int] = field(default_factory=dict)
