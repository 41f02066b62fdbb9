"""Decisions in a review: proposed, countersigned, declined; dissent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from casereview.core.decide import decisions
from casereview.core.decide.setting import Setting, check_open
from casereview.core.entries import Stream
from casereview.core.packs import Pack
from casereview.core.records import Decision
from casereview.core.state.case import CaseState
from casereview.core.state.review import ReviewState
from casereview.core.text import checked_name, checked_note
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.actions.owners import check_owner
from casereview.service.desk import Desk, Rows
from casereview.service.organisation.pins import check_pin
from casereview.service.packs_used import pack_of
from casereview.service.reviews.answering import assessment_of
from casereview.service.reviews.reviewing import ensure_on_agenda, open_line
from casereview.service.stale import refuse_stale_case
from casereview.service.work import Work
from casereview.store import journal


def _begin(
    work: Work, review: str, case: str, what: str
) -> tuple[ReviewState, CaseState, Pack, Setting]:
    state = open_line(work, review, what, case)
    found = work.case(ids.number(ids.CASE, case))
    check_open(found, "nothing can be decided about it")
    state = ensure_on_agenda(work, state, found.case.id)
    setting = work.setting(work.team(state.review.team), state.review.on, review=state)
    return state, found, pack_of(work, state.review), setting


def _proposed(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> str:
    """Return the stage that this review's answers propose; packs without proposals allow any."""
    if not pack.proposals:
        return "complete"
    assessed = assessment_of(work, state, pack, case)
    if assessed.proposes is not None:
        return assessed.proposes
    given = case.answers_in(state.review.id, pack.id)
    failing = [k for k, a in given.items() if a.passes is False]
    if assessed.unanswered:
        why = f"not asked yet: {', '.join(assessed.unanswered)}"
    else:
        why = f"not passing: {', '.join(failing) or 'see the answers'}"
    raise Refused(
        f"The answers of this review propose no decision ({why}).",
        code="not_proposed",
        next="A decision reads only answers given in the review in progress.",
    )


def decide(
    desk: Desk,
    review: str,
    case: str,
    *,
    effective_on: date | None = None,
    dest: str | None = None,
    seen: int | None = None,
) -> Rows:
    """Agree that a case may move: status proposed, needs_countersign or agreed.

    Raises:
        Refused: the answers propose nothing, a decision is live, or checks are unmet (all named).
    """

    def run(work: Work) -> Rows:
        state, found, pack, setting = _begin(work, review, case, "decide in its reviews")
        refuse_stale_case(work, found, seen)
        goal = dest or _proposed(work, state, pack, found)
        if dest is not None and pack.proposals:
            goal = _same(dest, _proposed(work, state, pack, found))
        why = work.why(found, goal, state.review.on)
        work.record(
            decisions.propose(setting, found, why, effective_on=effective_on, pack=pack.ref)
        )
        return [_row(work, found.case.id, [c.as_row() for c in why.unmet("departure")])]

    return desk.change(run)


def _same(asked: str, proposed: str) -> str:
    if asked != proposed:
        raise Refused(
            f"The answers propose {proposed}, not {asked}.",
            code="not_proposed",
            next=f"Decide {proposed}, or move the case by itself.",
        )
    return proposed


def _row(work: Work, case_id: int, open_checks: list[dict[str, object]]) -> dict[str, object]:
    case = work.case(case_id)
    last = case.decisions[-1]
    waiting = [c["requirement"] for c in open_checks if c["requirement"] != "decision"]
    return {
        "case": ids.out(ids.CASE, case_id),
        "decision": last.dest,
        "status": last.status,
        "effective_on": last.effective_on,
        "proposed_by": last.proposed_by,
        "countersigned_by": last.countersigned_by,
        "before_departure": waiting,
        "version": case.case.head,
    }


def decline(
    desk: Desk,
    review: str,
    case: str,
    reason: str,
    *,
    look_again_on: date | None = None,
    action: str | None = None,
    owner: str | None = None,
) -> Rows:
    """Decline a proposal; an action is made, due when it is looked at again.

    Raises:
        Refused: the reason is empty, nothing is proposed, or the date is not ahead.
    """

    def run(work: Work) -> Rows:
        state, found, pack, setting = _begin(work, review, case, "decide in its reviews")
        live = found.decision()
        dest = live.dest if live is not None else _proposed(work, state, pack, found)
        if look_again_on is not None and look_again_on <= state.review.on:
            raise Refused(
                f"{look_again_on} is not after the review.",
                code="date_too_early",
                next="Name a later day to look again.",
            )
        if owner is not None:
            check_owner(work, setting, owner)
        work.record(
            decisions.decline(
                setting, found, checked_note(reason, what="reason"), dest=dest, pack=pack.ref,
                look_again_on=look_again_on, owner=owner,
                action=checked_name(action, what="action") if action else None,
            )
        )  # fmt: skip
        held = work.case(found.case.id).actions.of_cause(f"declined:{pack.id}")
        action_id = ids.out(ids.ACTION, held[0].id) if held else None
        row = {
            "case": case, "decision": dest, "status": "declined", "action": action_id,
            "look_again_on": held[1].due_on if held else look_again_on,
        }  # fmt: skip
        return [row]

    return desk.change(run)


def _recorded_by(work: Work, live: Decision) -> str | None:
    """Return who recorded a proposal, perhaps in somebody else's name."""
    entries = journal.load(work.connection, Stream("case", live.case_id))
    return next((e.recorded_by for e in entries if e.seq == live.n), None)


def countersign(
    desk: Desk,
    review: str,
    case: str,
    *,
    pin: Callable[[str], str] | None = None,
    seen: int | None = None,
) -> Rows:
    """Sign a decision as the second person; in a real store their PIN is always asked for.

    Raises:
        Refused: nothing waits for a signature, or a check is unmet by now.
        NotAllowed: the same person, a dissenter, a wrong PIN.
    """
    signer = desk.said_by or desk.actor
    with desk.reading() as work:
        found = work.case(ids.number(ids.CASE, case))
        live = found.decision()
        if live is not None:
            by = _recorded_by(work, live)
            decisions.check_second(desk.actor, signer, live.proposed_by, by)
    if not desk.rehearsal:
        check_pin(desk, signer, pin)

    def run(work: Work) -> Rows:
        state, found, pack, setting = _begin(work, review, case, "sign in its reviews")
        del state, pack
        refuse_stale_case(work, found, seen)
        live = found.decision()
        dest = live.dest if live is not None else "complete"
        why = work.why(found, dest, setting.on)
        by = _recorded_by(work, live) if live is not None else None
        work.record(decisions.countersign(setting, found, why, recorded_by=by))
        return [_row(work, found.case.id, [c.as_row() for c in why.unmet("departure")])]

    return desk.change(run)


def dissent(desk: Desk, review: str, case: str, words: str) -> Rows:
    """Record dissent; a decision then needs a countersigner who did not dissent.

    Raises:
        Refused: the words are empty.
    """

    def run(work: Work) -> Rows:
        _, found, _, setting = _begin(work, review, case, "dissent in its reviews")
        work.record(decisions.dissent(setting, found, checked_note(words, what="reason")))
        return [{"case": case, "dissent_by": setting.speaker}]

    return desk.change(run)


def withdraw_dissent(desk: Desk, review: str, case: str) -> Rows:
    """Withdraw one's own dissent.

    Raises:
        Refused: there is none.
    """

    def run(work: Work) -> Rows:
        _, found, _, setting = _begin(work, review, case, "withdraw dissent in its reviews")
        work.record(decisions.withdraw_dissent(setting, found))
        return [{"case": case, "dissent_withdrawn_by": setting.speaker}]

    return desk.change(run)
