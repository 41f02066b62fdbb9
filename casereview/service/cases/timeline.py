"""Everything that happened to a case, newest first, one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from casereview.core.entries import Entry, Stream
from casereview.core.packs import Pack
from casereview.core.records import Action, ActionSpell, Answer, Decision, Mark
from casereview.core.state.case import CaseState
from casereview.core.state.fold import live
from casereview.core.state.person import PersonState
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import journal
from casereview.store.types import from_day

KINDS = ("moves", "reviews", "answers", "actions", "contacts", "flags", "notes", "facts")
ATTENDANCE = {
    "0": "planned", "2": "cancelled by them", "3": "did not come", "4": "cancelled by us",
    "5": "came", "6": "came late", "7": "came too late to be seen",
}  # fmt: skip
"""Source: national attendance codes (T-26)."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One line.

    Attributes:
        n: its place among what happened on that day.
        kind: one of KINDS.
        words: what happened; never outside text that a shared screen hides.
        by: login of who said it, "" when nobody is named.
        text: outside text that belongs to it, None for none.
        hidden: True when the text is folded on a shared screen.
    """

    on: date
    n: int
    kind: str
    words: str
    by: str = ""
    text: str | None = None
    hidden: bool = False


def timeline(desk: Desk, case: str) -> Rows:
    """Return what happened to a case and, about safeguarding, to its person, newest first.

    Keys: on, kind (one of KINDS), words, by, text, hidden.

    Raises:
        NotFound: there is no such case.
    """
    with desk.reading() as work:
        state = work.case(ids.number(ids.CASE, case))
        person = work.person(state.case.person_id)
        entries = journal.load(work.connection, Stream("case", state.case.id))
        by = {e.seq: _speaker(e) for e in entries}
        found = [
            *_moves(work, state), *_reviews(work, state), *_decisions(state, entries),
            *_answers(work, state), *_actions(state),
            *_contacts(state), *_flags(state), *_worries(person), *_notes(state), *_facts(state),
        ]  # fmt: skip
        return [
            {"on": h.on, "kind": h.kind, "words": h.words, "by": h.by or by.get(h.n, ""),
             "text": h.text, "hidden": h.hidden}
            for h in sorted(found, key=lambda h: (h.on, h.n), reverse=True)
            if h.on <= desk.on
        ]  # fmt: skip


def _speaker(entry: Entry) -> str:
    return entry.said_by or entry.recorded_by


def _moves(work: Work, state: CaseState) -> Iterator[Happened]:
    exits = {e.code: e.title for e in work.desk.library.pathway(state.case.pathway).exits}
    before = ""
    for spell in state.spells:
        words = f"{before} to {spell.stage}" if before else f"referred to {state.case.team}"
        if before and spell.exit:
            words += f": {exits.get(spell.exit, spell.exit)}"
        if spell.move == "reopen":
            words = f"opened again, in {spell.stage}"
        yield Happened(spell.from_on, spell.n, "moves", words)
        before = spell.stage
    for a in state.allocations:
        yield Happened(
            a.from_on, a.n, "moves", f"{a.role.replace('-', ' ')}: {a.login or 'nobody'}"
        )
    for d in state.delays:
        yield Happened(d.from_on, d.n, "moves", f"delayed: {d.reason}")
        if d.before_on is not None:
            yield Happened(d.before_on, d.n, "moves", f"delay over: {d.reason}")


_MARKS = {
    "confirmed": "confirmed on plan", "skipped": "skipped", "discussed": "discussed",
    "not-reached": "not reached",
}  # fmt: skip


def _reviews(work: Work, state: CaseState) -> Iterator[Happened]:
    titles: dict[int, str] = {}
    for mark in state.marks:
        if mark.review_id not in titles:
            titles[mark.review_id] = _title(work, mark.review_id)
        yield _mark(mark, titles[mark.review_id])


def _title(work: Work, review: int) -> str:
    held = work.review(review).review
    pack = work.desk.library.packs.get(held.pack)
    return f"{ids.out(ids.REVIEW, review)} {pack.title if pack else held.pack}"


def _mark(mark: Mark, review: str) -> Happened:
    until = f" until {mark.until_on.isoformat()}" if mark.until_on else ""
    words = f"{_MARKS.get(mark.kind, mark.kind)}{until}, {review}"
    return Happened(mark.on, mark.n, "reviews", words, mark.by, mark.reason)


def _decisions(state: CaseState, entries: Sequence[Entry]) -> Iterator[Happened]:
    """Yield every step of every decision: one may be agreed, contested and agreed again."""
    held = {d.n: d for d in state.decisions}
    # The case keeps only the last agreement of a decision; its entries have them all.
    for entry in live(entries):
        found = held.get(entry.seq if entry.kind == "decided" else entry.body.get("n", 0))
        if found is not None and entry.kind in _STEPS:
            for words in _STEPS[entry.kind](entry, found):
                yield Happened(entry.occurred_on, entry.seq, "reviews", words)
    for d in held.values():
        if d.ended_on is not None and d.status != "departed":
            yield Happened(d.ended_on, d.n, "reviews", f"decision to {d.dest} {d.status}",
                           text=d.reason)  # fmt: skip


def _proposed(entry: Entry, d: Decision) -> Iterator[str]:
    leaving = f", to leave on {d.effective_on.isoformat()}" if d.effective_on else ""
    yield f"decision to {d.dest} proposed{leaving}"
    if entry.body["status"] == "agreed":
        yield f"decision to {d.dest} agreed"


def _signed(entry: Entry, d: Decision) -> Iterator[str]:
    yield f"decision to {d.dest} agreed, signed by {entry.body['by']}"


def _contested(_: Entry, d: Decision) -> Iterator[str]:
    yield f"decision to {d.dest} contested, to be signed again"


_STEPS: Mapping[str, Callable[[Entry, Decision], Iterator[str]]] = {
    "decided": _proposed, "decision_signed": _signed, "decision_contested": _contested,
}  # fmt: skip


def _answers(work: Work, state: CaseState) -> Iterator[Happened]:
    packs = work.desk.library.packs
    for a in state.answers:
        if not a.drafted:
            yield Happened(a.on, a.n, "answers", _asked(a), a.said_by or a.by, _said(packs, a))


def _asked(a: Answer) -> str:
    return f"{a.question.replace('_', ' ')}{'' if a.before_on is None else ' (replaced later)'}"


def _said(packs: Mapping[str, Pack], a: Answer) -> str:
    pack = packs.get(a.pack)
    question = pack.question(a.question) if pack else None
    titles = {o.id: o.title for o in question.options} if question else {}
    value = "(erased)" if a.value is None else titles.get(a.value, a.value)
    return f"{value}; {a.reason}" if a.reason else value


def _actions(state: CaseState) -> Iterator[Happened]:
    for a in state.actions.actions:
        spells = [s for s in state.actions.spells if s.action_id == a.id]
        owner = spells[0].owner or "nobody"
        name = ids.out(ids.ACTION, a.id)
        yield Happened(a.opened_on, spells[0].n, "actions", f"{name} for {owner}", a.raised_by,
                       a.text)  # fmt: skip
        for before, after in pairwise(spells):
            changed = _changed(before, after)
            if changed:
                yield Happened(after.from_on, after.n, "actions", f"{name} {changed}",
                               text=_because(a) if after is spells[-1] else None)  # fmt: skip


def _because(action: Action) -> str | None:
    return action.reason if action.closed_on is not None else None


def _changed(before: ActionSpell, after: ActionSpell) -> str:
    if after.status != before.status:
        until = f" until {after.parked_until.isoformat()}" if after.parked_until else ""
        return {"open": "open again", "parked": f"parked{until}"}.get(after.status, after.status)
    if after.owner != before.owner:
        return f"given to {after.owner or 'nobody'}"
    if after.carried > before.carried:
        return f"carried over, {after.carried} times"
    if after.due_on != before.due_on:
        return f"due {after.due_on.isoformat() if after.due_on else 'on no date'}"
    return ""


def _contacts(state: CaseState) -> Iterator[Happened]:
    for c in state.contacts:
        how = ATTENDANCE.get(c.attended, f"attendance {c.attended}")
        yield Happened(
            c.on, c.n, "contacts", f"{c.kind.replace('-', ' ')}: {how}", text=c.with_whom
        )


def _flags(state: CaseState) -> Iterator[Happened]:
    for o in state.overrides:
        words = f"went past {o.requirements} to {o.dest}"
        yield Happened(o.on, o.n, "flags", words, o.by, o.reason)
        if o.confirmed_on is not None:
            yield Happened(o.confirmed_on, o.n, "flags", f"override to {o.dest} confirmed")
    for d in state.dissents:
        yield Happened(d.on, d.n, "flags", "dissent", d.by, d.words)
        if d.withdrawn_on is not None:
            yield Happened(d.withdrawn_on, d.n, "flags", "dissent withdrawn", d.by)


def _worries(person: PersonState) -> Iterator[Happened]:
    for w in person.worries:
        name = ids.out(ids.WORRY, w.id)
        now = ", danger now" if w.danger_now else ""
        yield Happened(w.raised_on, 0, "flags", f"safeguarding worry {name}{now}", w.raised_by,
                       w.words, hidden=True)  # fmt: skip
        if w.closed_on is not None:
            signed = f", signed by {w.signed_by}" if w.signed_by else ""
            yield Happened(w.closed_on, 0, "flags", f"worry {name} handed over{signed}",
                           w.handed_by or "-", w.handed_to, hidden=True)  # fmt: skip


def _notes(state: CaseState) -> Iterator[Happened]:
    for note in state.notes:
        yield Happened(note.on, note.n, "notes", "note", note.by, note.words, hidden=True)


def _facts(state: CaseState) -> Iterator[Happened]:
    for fact in state.facts:
        value = fact.text if fact.text is not None else _number(fact.fact, fact.number)
        yield Happened(fact.from_on, fact.n, "facts", fact.fact.replace("_", " "), text=value)


def _number(name: str, number: int | None) -> str:
    if number is None:
        return "not known"
    if name.endswith("_on"):
        return from_day(number).isoformat()
    return str(number)
