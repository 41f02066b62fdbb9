"""The end of a review, and taking back: undo at any depth, close, abandon."""

from __future__ import annotations

from casereview.core.decide import decisions
from casereview.core.decide.safeguarding import FACT, OPEN
from casereview.core.entries import Draft, Entry, Stream
from casereview.core.packs import Pack
from casereview.core.state.case import CaseState
from casereview.core.state.fold import VOID, live
from casereview.core.state.review import ReviewState
from casereview.core.text import checked_note
from casereview.errors import NotAllowed, Refused
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import pack_of
from casereview.service.reasons import need_reason
from casereview.service.reviews.answering import assessment_of, mark
from casereview.service.reviews.minutes import frozen
from casereview.service.reviews.progress import (
    CONFIRMED,
    LEFT,
    PARTLY,
    REVIEWED,
    SKIPPED,
    counts_row,
    progress,
)
from casereview.service.reviews.reviewing import open_line, open_state
from casereview.service.work import Work
from casereview.store import journal, seals
from casereview.store.override_rows import closed_unconfirmed

HEAD_DIGITS = 16
"""How much of a journal head people are shown, as in the minutes; JSON holds it whole."""
_STEPS = frozenset(
    {"review_opened", "review_closed", "review_abandoned", "agenda_added", "attended"}
)


def undo(desk: Desk, review: str) -> Rows:
    """Take back the last command of a review, as many times as wanted, also after a restart.

    The command's entries are voided and every stream it touched is built again without them.

    Raises:
        Refused: nothing is left to undo, the review is closed, or something outside this review
            followed on the same case (it is named).
        NotAllowed: it would take back a worry that somebody else raised.
    """

    def run(work: Work) -> Rows:
        state = open_line(work, review, "undo in its reviews")
        entries = _last_command(work, state.review.id)
        _check_own_worry(entries, desk.actor)
        streams = sorted({e.stream for e in entries})
        for stream in streams:
            _check_nothing_followed(work, stream, entries, state.review.id)
        work.record(
            Draft(
                stream, VOID, desk.today,
                {"entries": [e.seq for e in entries if e.stream == stream],
                 "command": entries[0].command},
                {}, state.review.team, review=state.review.id,
            )
            for stream in streams
        )  # fmt: skip
        cases = sorted({e.stream.id for e in entries if e.stream.kind == "case"})
        return [{
            "review": review,
            "undone": entries[0].kind,
            "cases": [ids.out(ids.CASE, c) for c in cases],
            "entries": len(entries),
        }]  # fmt: skip

    return desk.change(run)


def last_step(desk: Desk, review: str) -> Rows:
    """Return what the next undo would take back: kind and cases; nothing when nothing is left."""
    with desk.reading() as work:
        try:
            entries = _last_command(work, ids.number(ids.REVIEW, review))
        except Refused:
            return []
        cases = sorted({e.stream.id for e in entries if e.stream.kind == "case"})
        return [{"kind": entries[0].kind, "cases": [ids.out(ids.CASE, c) for c in cases]}]


def _last_command(work: Work, review: int) -> list[Entry]:
    recorded = journal.by_review(work.connection, review)
    voided = {e.body["command"] for e in recorded if e.kind == VOID}
    last = next(
        (
            e
            for e in reversed(recorded)
            if e.kind != VOID and e.kind not in _STEPS and e.command not in voided
        ),
        None,
    )
    if last is None:
        raise Refused(
            "Nothing of this review is left to undo.",
            code="nothing_to_undo",
            next="What was recorded outside the review is corrected on the case.",
        )
    return [
        e for e in journal.by_command(work.connection, last.command)
        if e.kind not in _STEPS and e.kind != VOID
    ]  # fmt: skip


def _check_own_worry(entries: list[Entry], actor: str) -> None:
    """Refuse to end by one person's undo a worry of somebody else, which two people sign for."""
    for entry in entries:
        opens = entry.kind == "worry_raised" or (
            entry.kind == "fact_set"
            and (entry.body.get("fact"), entry.body.get("value")) == (FACT, OPEN)
        )
        by = entry.said_by or entry.recorded_by
        if opens and actor not in (by, entry.recorded_by):
            raise NotAllowed(
                f"{by} said that safeguarding is open for P{entry.stream.id}; only they take it"
                " back.",
                code="worry_of_another",
                next=f"Ask {by} to undo it; or `case flag P{entry.stream.id} --handed-to WHOM`,"
                " then a second person signs with --sign.",
            )


def _check_nothing_followed(work: Work, stream: Stream, entries: list[Entry], review: int) -> None:
    last = max(e.seq for e in entries if e.stream == stream)
    for entry in live(journal.load(work.connection, stream)):
        if entry.seq > last and entry.review != review:
            raise Refused(
                f"Since then {entry.kind.replace('_', ' ')} was recorded on"
                f" {_named(stream)} by {entry.recorded_by} (entry {entry.seq}).",
                code="followed",
                next="Correct it on the case instead; undoing would take that away too.",
            )


def _named(stream: Stream) -> str:
    letters = {"case": ids.CASE, "person": ids.PERSON, "review": ids.REVIEW}
    kind = letters.get(stream.kind)
    return f"{kind}{stream.id}" if kind else f"{stream.kind} {stream.id}"


def close(desk: Desk, review: str) -> Rows:
    """Close a review: what was not reached is recorded with why, and the journal is sealed.

    Raises:
        Refused: it is not open.
    """

    def run(work: Work) -> Rows:
        state = open_state(work, review, "close its reviews")
        pack = pack_of(work, state.review)
        done = progress(work, state, pack)
        absent = {who for who, status in state.attendance().items() if status == "absent"}
        drafts = []
        for item in state.agenda:
            case = work.case(item.case_id)
            how = done[item.case_id]
            if how == REVIEWED:
                drafts.append(mark(state, case, "discussed"))
                drafts += _undecided(work, state, pack, case)
            elif how not in (CONFIRMED, SKIPPED, LEFT):
                worker = case.key_worker(state.review.on)
                because = "the worker was absent" if worker in absent else "time ran out"
                if how == PARTLY:
                    because = "not all questions were answered"
                drafts.append(mark(state, case, "not-reached", because=because))
        stream = Stream("review", state.review.id)
        counts = {how: sum(v == how for v in done.values()) for how in sorted(set(done.values()))}
        work.record(drafts)
        texts = {"minutes": frozen(work, state)}
        work.record([
            Draft(stream, "review_closed", desk.today, {"counts": counts}, texts,
                  state.review.team, review=state.review.id)
        ])  # fmt: skip
        head = seals.seal(work.connection, desk.now)
        left = closed_unconfirmed(work.connection, state.review.team, state.review.on)
        return [{
            "review": review, "status": "closed", "journal_head": head,
            "sealed": head[:HEAD_DIGITS] if head else None, **counts_row(counts),
            "overrides_to_confirm": [ids.out(ids.CASE, c) for c in left],
        }]  # fmt: skip

    return desk.change(run)


def _undecided(work: Work, state: ReviewState, pack: Pack, case: CaseState) -> list[Draft]:
    """Return what keeps a proposal that nobody decided from being lost: an action of the chair."""
    if not case.open:
        return []
    decided = case.decision() is not None or any(
        d.review_id == state.review.id for d in case.decisions
    )
    left = not decided and assessment_of(work, state, pack, case).proposes is not None
    setting = work.setting(work.team(state.review.team), state.review.on, review=state)
    return decisions.undecided(setting, case, pack.ref, open_=left)


def abandon(desk: Desk, review: str, reason: str) -> Rows:
    """Abandon a review that was opened by mistake, before anything was answered in it.

    Raises:
        Refused: something was recorded in it (undo it first), or the reason is empty.
    """
    need_reason(reason, "Abandoning")
    words = checked_note(reason, what="reason")

    def run(work: Work) -> Rows:
        state = open_state(work, review, "abandon its reviews")
        recorded = journal.by_review(work.connection, state.review.id)
        voided = {e.body["command"] for e in recorded if e.kind == VOID}
        left = [e for e in recorded if e.kind not in (*_STEPS, VOID) and e.command not in voided]
        if left:
            kinds = ", ".join(dict.fromkeys(e.kind.replace("_", " ") for e in left))
            raise Refused(
                f"Something was recorded in {review} already: {kinds}.",
                code="review_used",
                next=f"Take it back with `review undo {review}` until nothing is left, or close it"
                f" with `review close {review}`.",
            )
        stream = Stream("review", state.review.id)
        work.record([
            Draft(stream, "review_abandoned", desk.today, {}, {"reason": words},
                  state.review.team)
        ])  # fmt: skip
        return [{"review": review, "status": "abandoned"}]

    return desk.change(run)
