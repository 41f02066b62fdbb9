"""Cases and their dated history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Case:
    """One journey. `head` is the number of its last entry: the version a person is held to.

    `transfer_to` and `transfer_on` say to whom and when it was offered; the offer stands while the
    case is open, until it is withdrawn or declined.
    """

    id: int
    person_id: int
    team: str
    pathway: str
    stage: str
    referred_on: date
    first_referred_on: date
    head: int
    referred_s: int | None = None
    closed_on: date | None = None
    closed_s: int | None = None
    exit: str | None = None
    exit_class: str | None = None
    linked_case_id: int | None = None
    link: str | None = None
    transfer_to: str | None = None
    transfer_on: date | None = None
    run: int | None = None
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class TransferOffer:
    """A stretch in which a case was offered to another team.

    Accepting, declining, withdrawing it or closing the case ends it.
    """

    case_id: int
    n: int
    team: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class StageSpell:
    """A stay in one stage; a closed stage opens a last spell that has no end."""

    case_id: int
    n: int
    stage: str
    from_on: date
    before_on: date | None = None
    from_s: int | None = None
    move: str = ""
    exit: str | None = None
    exit_class: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A dated value of a case fact; text holds codes and text, number holds the others."""

    case_id: int
    fact: str
    n: int
    from_on: date
    before_on: date | None = None
    text: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Milestone:
    """A named date of the pathway; the first of each name is what waits read."""

    case_id: int
    n: int
    name: str
    on: date
    at_s: int | None = None
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """A worker of a case: role key-worker or second."""

    case_id: int
    n: int
    login: str
    role: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact with its national attendance code: 5, 6 attended; 3, 7 did not; 0 future."""

    case_id: int
    n: int
    kind: str
    attended: str
    on: date
    at_s: int | None = None
    with_whom: str | None = None


@dataclass(frozen=True, slots=True)
class Delay:
    """A delay after the ready date, with one primary reason code."""

    case_id: int
    n: int
    reason: str
    from_on: date
    before_on: date | None = None
