"""Cases day to day: referral, workers, facts, contacts, delays, notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from casereview.core.attendance import ATTENDED
from casereview.core.decide import safeguarding
from casereview.core.decide.actions import close_action
from casereview.core.decide.facts import fact_draft, stream_for
from casereview.core.decide.moves import referral
from casereview.core.decide.setting import check_date, check_open
from casereview.core.entries import Draft, Stream
from casereview.core.facts import FactSpec
from casereview.core.state.case import CaseState
from casereview.core.text import checked_name, checked_note
from casereview.errors import NotFound, Refused
from casereview.packs.codes import find_in, lists_for, shipped_list
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.cases.case_change import change_case, check_delayed
from casereview.service.cases.people import death_taken_back, find_or_register, identity_texts
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.kinds import checked_kind
from casereview.service.values import parse_value
from casereview.service.work import Work
from casereview.store import journal, lookup
from casereview.store.earlier_cases import last_closed

Earlier = tuple[int, str, date]
"""A closed case, its team, the day on which it closed."""
SOURCE = "local"
"""Local ids of one store are one numbering; imports name their own source."""


def open_case_of(work: Work, person_id: int, team: str) -> int | None:
    """Return the person's open case in a team, None when there is none."""
    return lookup.open_case(work.connection, person_id, team)


def refer(
    desk: Desk,
    *,
    team: str,
    person: str,
    on: date,
    name: str = "",
    born: date | None = None,
    nhs_number: str = "",
    sex: str = "",
    new: str = "",
    at: datetime | None = None,
) -> Rows:
    """Refer somebody to a team: opens a case, or records a re-referral on the open one.

    `new` is the reason for a second case beside an open one; "" records the re-referral. `earlier`
    of the row names the person's last closed case here, which this one is not linked to: whoever
    comes back is recorded as a return.

    Raises:
        Refused: a date after the clock, a wrong NHS number, an id of somebody else, or the person
            has died.
    """
    texts = identity_texts(name, born, nhs_number, sex)

    def run(work: Work) -> Rows:
        held_team = work.team(team)
        setting = work.setting(held_team, on)
        need_team(work, team, "refer to it")
        check_date(on, desk.today, earliest=born, what="the date of birth")
        who, _ = find_or_register(work, SOURCE, person, texts, on)
        if who.person.died_on is not None:
            raise Refused(
                f"This person died on {who.person.died_on}.",
                code="person_died",
                next=death_taken_back(who.person.id),
            )
        open_case = open_case_of(work, who.person.id, team)
        if open_case is not None and not new:
            case = work.case(open_case)
            check_date(on, desk.today, earliest=case.case.referred_on, what="the referral")
            work.record([Draft(Stream("case", open_case), "re_referred", on, {}, {}, team, at)])
            return [_row(work, open_case, person, again=True)]
        earlier = None if open_case is not None else last_closed(
            work.connection, who.person.id, team, held_team.team.pathway, on
        )  # fmt: skip
        case_id = journal.next_id(work.connection, "case")
        drafts = [referral(setting, case_id, person=who.person.id)]
        if new and open_case is not None:
            words = {"words": checked_note(f"A second case beside C{open_case}: {new}")}
            drafts.append(Draft(Stream("case", case_id), "noted", on, {}, words, team))
        work.record(drafts)
        return [_row(work, case_id, person, again=False, earlier=earlier)]

    return desk.change(run)


def _row(
    work: Work, case_id: int, person: str, *, again: bool, earlier: Earlier | None = None
) -> dict[str, Any]:
    return {
        "case": ids.out(ids.CASE, case_id),
        "person": person,
        "stage": work.case(case_id).case.stage,
        "re_referred": again,
        "earlier": ids.out(ids.CASE, earlier[0]) if earlier else None,
        "earlier_team": earlier[1] if earlier else None,
        "earlier_closed_on": earlier[2] if earlier else None,
    }


def allocate(desk: Desk, case: str, login: str | None, *, on: date, second: bool = False) -> Rows:
    """Make somebody the key worker (or second worker) from a day on; None takes the worker away.

    Raises:
        NotFound: no such user or case.
        Refused: the user was removed, the case is closed, or the dates are out of order.
    """

    def body(work: Work, state: CaseState) -> Rows:
        check_open(state, "nobody can be allocated")
        if login is not None and work.user(login).user.removed_on is not None:
            raise Refused(f"{login} was removed.", code="user_removed", next="Name another user.")
        role = "second" if second else "key-worker"
        draft = Draft(
            Stream("case", state.case.id), "allocated", on, {"login": login, "role": role},
            team=state.case.team,
        )  # fmt: skip
        work.record([draft])
        return [{"case": ids.out(ids.CASE, state.case.id), "role": role, "login": login}]

    return change_case(desk, case, on, "allocate its workers", body)


def settable(desk: Desk, fact: str) -> FactSpec:
    """Return the spec of a fact that may be set by hand.

    Raises:
        NotFound: there is no such fact; the nearest is named.
        Refused: it is worked out, not set.
    """
    spec = desk.library.catalogue.get(fact)
    if spec is None:
        near = desk.library.catalogue.nearest(fact)
        raise NotFound(
            f"There is no fact {fact!r}.",
            next=f"Did you mean {near}?" if near else "See `rules facts`.",
        )
    if not spec.settable:
        raise Refused(
            f"{fact} is worked out: {spec.sentence}",
            code="not_settable",
            next="See `rules facts` for those that may be set.",
        )
    return spec


def set_fact(desk: Desk, case: str, fact: str, value: str, *, on: date) -> Rows:
    """Set a fact of a case or of its person from a day on; "unknown" takes the knowledge back.

    Raises:
        NotFound: no such fact.
        Refused: the value does not fit it, the dates are out of order, or it would end open
            safeguarding, which two people sign for.
    """
    spec = settable(desk, fact)
    wanted = parse_value(spec, value, today=desk.today)

    def body(work: Work, state: CaseState) -> Rows:
        setting = work.setting(work.team(state.case.team), on)
        if spec.of == "case":
            check_open(state, "its facts stay as they are")
        drafts = [fact_draft(setting, stream_for(state, spec), spec, wanted)]
        safeguarding.check_kept_open(drafts, work.person, case=state.case.id)
        work.record(drafts)
        return [{
            "case": ids.out(ids.CASE, state.case.id), "fact": fact, "value": wanted,
            "from_on": on, "of": spec.of,
        }]  # fmt: skip

    return change_case(desk, case, on, "set its facts", body)


def contact(
    desk: Desk,
    case: str,
    *,
    kind: str,
    attended: str,
    on: date,
    with_whom: str = "",
    at: datetime | None = None,
    new: bool = False,
) -> Rows:
    """Record a contact with its national attendance code.

    A contact attended strictly after completion also closes the follow-up action of that case. A
    kind may be the team's own; with `new` also one that looks like a slip for a listed one.

    Raises:
        Refused: no such code, a kind that looks like a slip, or a contact not yet due told as
            attended.
    """
    code = shipped_list("attendance").find(attended, on).code
    kind = checked_kind(kind, on, new=new)

    def body(work: Work, state: CaseState) -> Rows:
        texts = {"with": checked_name(with_whom)} if with_whom else {}
        drafts = [
            Draft(
                Stream("case", state.case.id), "contact", on, {"kind": kind, "attended": code},
                texts, state.case.team, at,
            )
        ]  # fmt: skip
        if code in ATTENDED and state.case.closed_on is not None and on > state.case.closed_on:
            drafts += _follow_up_done(work, state, on)
        work.record(drafts)
        return [{"case": ids.out(ids.CASE, state.case.id), "kind": kind, "attended": code}]

    return change_case(desk, case, on, "record contacts", body, ahead=code == "0")


def _follow_up_done(work: Work, state: CaseState, on: date) -> list[Draft]:
    person = work.person(state.case.person_id)
    held = person.actions.of_cause(f"follow-up:{state.case.id}")
    if held is None:
        return []
    setting = work.setting(work.team(state.case.team), on)
    stream = Stream("person", person.person.id)
    why = "an attended contact after leaving"
    return [close_action(setting, stream, held[0].id, done=True, reason=why, automatic=True)]


def delay(
    desk: Desk,
    case: str,
    reason: str | None,
    *,
    on: date,
    end: date | None = None,
    review: str | None = None,
) -> Rows:
    """Start a delay with its reason code from a day on, or end the open one (reason None).

    `review` names the review in which it was said, so that undoing there takes it back.

    Raises:
        Refused: the code is in none of the lists for this pathway and nation on that day, or no
            delay is open that could end.
    """

    def body(work: Work, state: CaseState) -> Rows:
        stream = Stream("case", state.case.id)
        team = work.team(state.case.team)
        held = ids.number(ids.REVIEW, review) if review else None
        if reason is None:
            check_delayed(state)
            work.record([Draft(stream, "delay_ended", on, team=state.case.team, review=held)])
            return [{"case": ids.out(ids.CASE, state.case.id), "delay": None, "ended_on": on}]
        lists = lists_for(state.case.pathway, team.team.division, on)
        _, found = find_in(lists, reason, on)
        content: dict[str, Any] = {"reason": found.code}
        if end is None:
            check_open(state, "a delay in it needs the day on which it ended")
        if end is not None:
            check_date(end, desk.today, earliest=on, what="the start of the delay")
            content["before_on"] = end.isoformat()
        draft = Draft(stream, "delay_started", on, content, team=state.case.team, review=held)
        work.record([draft])
        return [{
            "case": ids.out(ids.CASE, state.case.id), "delay": found.code, "title": found.title,
            "from_on": on, "before_on": end,
        }]  # fmt: skip

    return change_case(desk, case, on, "record delays", body)


def note(desk: Desk, case: str, words: str, *, on: date, review: str | None = None) -> Rows:
    """Write a note on a case; `review` names the review in which it was said, None for none.

    Raises:
        Refused: it is empty or longer than 10,000 characters.
    """
    words = checked_note(words)

    def body(work: Work, state: CaseState) -> Rows:
        texts: Mapping[str, str] = {"words": words}
        held = ids.number(ids.REVIEW, review) if review else None
        draft = Draft(
            Stream("case", state.case.id), "noted", on, {}, texts, state.case.team, review=held
        )
        work.record([draft])
        return [{"case": ids.out(ids.CASE, state.case.id), "noted_on": on}]

    return change_case(desk, case, on, "write notes on it", body)
