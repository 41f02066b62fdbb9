"""People: identity, household, safeguarding worries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Person:
    """A service user. `name`, `nhs_number` and `postcode` are None once erased or never known."""

    id: int
    name: str | None = None
    born_on: date | None = None
    nhs_number: str | None = None
    sex: str | None = None
    died_on: date | None = None
    merged_into: int | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class PersonId:
    """A local identifier of a person in one source (a team's code, or an import source)."""

    person_id: int
    n: int
    source: str
    local_id: str


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A dated value of a person fact; text holds codes and text, number holds the others."""

    person_id: int
    fact: str
    n: int
    from_on: date
    before_on: date | None = None
    text: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A household or family link between two people, stored once on each."""

    person_id: int
    n: int
    other_id: int
    kind: str
    from_on: date


@dataclass(frozen=True, slots=True)
class Worry:
    """A safeguarding worry about a person.

    It blocks every way out until `closed_on`: resolved, or handed to a named receiver, in both
    cases with a second person's signature. `act_by` is the working-day clock's date.
    """

    id: int
    person_id: int
    raised_on: date
    raised_by: str
    danger_now: bool
    owner: str | None
    act_by: date | None = None
    raised_s: int | None = None
    told: str | None = None
    handed_to: str | None = None
    handed_by: str | None = None
    signed_by: str | None = None
    closed_on: date | None = None
    words: str | None = None
    case_id: int | None = None
