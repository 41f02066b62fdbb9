"""The dated records that a stream's entries add up to. Frozen; one class per stored table.

Every `*_on` is a business date, every `*_s` whole seconds since 1970-01-01 UTC (None where only the
date is known), every `from_on`/`before_on` pair half-open with None for "still".
"""

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


@dataclass(frozen=True, slots=True)
class Case:
    """One journey. `head` is the number of its last entry: the version a person is held to.

    `transfer_to` and `transfer_on` say to whom and when it was offered; the offer stands while the
    case is open.
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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; `before_on` is when a later answer to the same question replaced it.

    `value` is yes / no / cannot-tell / does-not-apply, an option id, an ISO date, a number or the
    line itself. `passes` is None where the question only records. A draft counts when confirmed.
    """

    case_id: int
    n: int
    review_id: int | None
    pack: str
    question: str
    value: str | None
    on: date
    by: str
    before_on: date | None = None
    at_s: int | None = None
    passes: bool | None = None
    said_by: str | None = None
    drafted: bool = False
    paper: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a review did with a case besides answers: confirmed, skipped, discussed, not-reached."""

    case_id: int
    n: int
    review_id: int
    kind: str
    on: date
    by: str
    at_s: int | None = None
    until_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that a case may move. Live while `ended_on` is None.

    status: proposed, needs_countersign, agreed, declined, lapsed, departed.
    """

    case_id: int
    n: int
    dest: str
    status: str
    proposed_on: date
    proposed_by: str
    review_id: int | None = None
    pack: str | None = None
    agreed_on: date | None = None
    countersigned_by: str | None = None
    effective_on: date | None = None
    ended_on: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Dissent:
    """Somebody in the review disagreed with a decision; open until withdrawn."""

    case_id: int
    n: int
    review_id: int
    by: str
    on: date
    words: str | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """An unmet requirement that a named person went past; comes back until confirmed."""

    case_id: int
    n: int
    dest: str
    requirements: str
    by: str
    on: date
    reason: str | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a case."""

    case_id: int
    n: int
    on: date
    by: str
    words: str | None = None
    review_id: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """A piece of work with one inside owner. The dated part is in ActionSpell.

    cause: "manual", "answer:PACK/QUESTION", "rule:PACK/RULE", "decision", "follow-up", "worry".
    `about_case_id` names a closed case that the action of a person concerns: a closed case itself
    never has an open action.
    """

    id: int
    case_id: int | None
    person_id: int | None
    team: str | None
    cause: str
    opened_on: date
    first_due_on: date | None
    effort: str
    raised_by: str
    text: str | None = None
    review_id: int | None = None
    from_on: date | None = None
    closed_on: date | None = None
    closed_how: str | None = None
    automatic: bool = False
    needs_owner_accept: bool = False
    reason: str | None = None
    about_case_id: int | None = None


@dataclass(frozen=True, slots=True)
class ActionSpell:
    """A stretch of an action's life between two changes.

    status: open, parked, done, cancelled. A parked spell counts as open again from `parked_until`.
    `due_pack` names the pack when the action is due at a meeting that may move.
    """

    action_id: int
    n: int
    status: str
    owner: str | None
    post: str | None
    doer: str | None
    due_on: date | None
    carried: int
    from_on: date
    before_on: date | None = None
    parked_until: date | None = None
    due_pack: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """One sitting. status: open, closed, abandoned."""

    id: int
    team: str
    pack: str
    version: int
    hash: str
    on: date
    status: str
    chair: str
    opened_s: int
    head: int
    closed_s: int | None = None
    closed_on: date | None = None
    paper: bool = False
    baseline: bool = False


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One frozen line of an agenda; `position` counts from 1, effort None: nothing unlocks it."""

    review_id: int
    position: int
    case_id: int
    lane: str
    effort: int | None
    drawn: bool
    late: bool
    facts: str


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who was there: present, late, absent, guest."""

    review_id: int
    n: int
    login: str | None
    status: str
    guest: str | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team on one pathway."""

    code: str
    id: int
    pathway: str
    division: str
    opened_on: date
    name: str | None = None
    bank_holidays: str = "pack"


@dataclass(frozen=True, slots=True)
class TeamMeeting:
    """A weekly meeting day of a team for a pack ("" for any pack); weekday 0 is Monday."""

    team: str
    pack: str
    weekday: int
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """One meeting moved (`moved_to`) or cancelled (None), with its reason."""

    team: str
    pack: str
    on: date
    moved_to: date | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """Who fills a post of a team."""

    team: str
    n: int
    post: str
    login: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may act. `pin` is a scrypt record; `os_user` maps an operating-system user."""

    login: str
    id: int
    role: str
    name: str | None = None
    initials: str | None = None
    os_user: str | None = None
    pin: str | None = None
    pin_failures: int = 0
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's team."""

    login: str
    team: str
    from_on: date
    before_on: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One import run. status: done, undone."""

    id: int
    team: str
    on: date
    status: str
    source_hash: str
    layout_hash: str
    accepted: int
    unchanged: int
    rejected: int
    warned: int
    cases: int
    file: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """Where an imported case comes from, and which events of its source it has taken.

    `events` is 12 hexadecimal digits for each event; `local_id` is None once erased.
    """

    case_id: int
    team: str
    source: str
    local_id: str | None = None
    events: str = ""
