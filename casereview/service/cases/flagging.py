"""Safeguarding worries: raised from anywhere about anybody, handed over, signed."""

from __future__ import annotations

from collections.abc import Callable

from casereview.core.decide import safeguarding
from casereview.core.entries import Draft, Stream
from casereview.core.state.fold import live
from casereview.core.text import checked_name, checked_note
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.access import need_team
from casereview.service.actions.owners import check_owner
from casereview.service.cases.people import open_case_ids, person_of
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.pins import check_pin
from casereview.service.work import Work
from casereview.store import journal, lookup


def _team_for(work: Work, person_id: int, asked: str | None) -> tuple[str, int | None]:
    cases = open_case_ids(work, [person_id])
    if cases:
        return work.case(cases[0]).case.team, cases[0]
    if asked is not None:
        return work.team(asked).team.code, None
    team = lookup.last_team_of(work.connection, person_id)
    if team is None:
        raise Refused(
            "This person has no case, so no team would see the worry.",
            code="no_case",
            next="Name the team with --team.",
        )
    return team, None


def raise_worry(
    desk: Desk,
    who: str,
    words: str,
    *,
    danger_now: bool = False,
    owner: str = "key-worker",
    told: str = "",
    team: str | None = None,
    review: str | None = None,
) -> Rows:
    """Record a worry about anybody, on the agenda or not; it blocks every way out at once.

    Raises:
        Refused: the words are empty, or nobody would see it.
    """

    def run(work: Work) -> Rows:
        person = person_of(work, who)
        code, case_id = _team_for(work, person.person.id, team)
        state = work.review(ids.number(ids.REVIEW, review)) if review else None
        if state is not None and state.review.status != "open":
            state = None  # A worry is never refused; only it no longer belongs to that review.
        if state is None:
            need_team(work, code, "record worries")
        case = work.case(case_id) if case_id is not None else None
        setting = work.setting(work.team(code), desk.today, review=state)
        check_owner(work, setting, owner)
        work.record(
            safeguarding.raise_worry(
                setting, person, case, words=checked_note(words), danger_now=danger_now,
                owner=owner, told=checked_name(told) if told else "",
            )
        )  # fmt: skip
        worry = work.person(person.person.id).worries[-1]
        return [{
            "worry": ids.out(ids.WORRY, worry.id), "person": ids.out(ids.PERSON, person.person.id),
            "owner": worry.owner,
            "act_by": worry.act_by, "danger_now": worry.danger_now,
            "case": ids.out(ids.CASE, case_id),
            "team": code,
            "emergency": work.team(code).team.emergency if danger_now else None,
        }]  # fmt: skip

    return desk.change(run)


def hand_over(desk: Desk, who: str, to: str, *, worry: str | None = None) -> Rows:
    """Record to whom a worry was handed, or how it was resolved; a second person then signs.

    Raises:
        Refused: there is no open worry, or more than one and none named.
    """

    def run(work: Work) -> Rows:
        person = person_of(work, who)
        found = safeguarding.find_worry(person, ids.number(ids.WORRY, worry) if worry else None)
        code, _ = _team_for(work, person.person.id, None)
        need_team(work, code, "hand worries over")
        setting = work.setting(work.team(code), desk.today)
        work.record(safeguarding.hand_over(setting, person, found, checked_note(to)))
        return [{"worry": ids.out(ids.WORRY, found.id), "status": "needs_countersign"}]

    return desk.change(run)


def tell(desk: Desk, who: str, told: str, *, worry: str | None = None) -> Rows:
    """Record who was told about a worry, and when.

    Raises:
        Refused: there is no open worry.
    """

    def run(work: Work) -> Rows:
        person = person_of(work, who)
        found = safeguarding.find_worry(person, ids.number(ids.WORRY, worry) if worry else None)
        code, _ = _team_for(work, person.person.id, None)
        need_team(work, code, "record who was told")
        stream = Stream("person", person.person.id)
        texts = {"told": checked_name(told)}
        work.record([Draft(stream, "worry_told", desk.today, {"id": found.id}, texts, code)])
        return [{"worry": ids.out(ids.WORRY, found.id), "told_on": desk.today}]

    return desk.change(run)


def _hand_over_by(work: Work, person_id: int, worry_id: int) -> str | None:
    """Return who recorded the last hand-over of a worry, None when nobody did."""
    entries = live(journal.load(work.connection, Stream("person", person_id)))
    told = [e for e in entries if e.kind == "worry_handed" and e.body["id"] == worry_id]
    return told[-1].recorded_by if told else None


def sign(
    desk: Desk, who: str, *, worry: str | None = None, pin: Callable[[str], str] | None = None
) -> Rows:
    """Sign as the second person that a worry was handed over; it no longer blocks.

    Raises:
        NotAllowed: the same person, or a wrong PIN.
        Refused: nothing was handed over.
    """
    if not desk.rehearsal:
        check_pin(desk, desk.said_by or desk.actor, pin)

    def run(work: Work) -> Rows:
        person = person_of(work, who)
        found = safeguarding.find_worry(person, ids.number(ids.WORRY, worry) if worry else None)
        code, _ = _team_for(work, person.person.id, None)
        need_team(work, code, "sign worries")
        setting = work.setting(work.team(code), desk.today)
        by = _hand_over_by(work, person.person.id, found.id)
        work.record(safeguarding.sign(setting, person, found, recorded_by=by))
        return [{"worry": ids.out(ids.WORRY, found.id), "status": "closed"}]

    return desk.change(run)
