"""Two records of one person made one, and taken apart again."""

from __future__ import annotations

from casereview.core.decide.safeguarding import is_open
from casereview.core.entries import Draft, Stream
from casereview.core.state.person import PersonState
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.access import need_lead
from casereview.service.cases.people import open_case_ids, record_of
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work


def merge(desk: Desk, duplicate: str, into: str) -> Rows:
    """Say that a record is a duplicate: its local ids lead to the kept one from now on.

    Its cases must be closed or moved first, so that nobody is reviewed twice or forgotten.

    Raises:
        Refused: the duplicate has open cases or open safeguarding, both are the same record, or one
            of them was merged already.
    """

    def run(work: Work) -> Rows:
        need_lead(work, "merge people")
        gone, kept = record_of(work, duplicate), record_of(work, into)
        if gone.person.id == kept.person.id:
            raise Refused("That is the same record.", code="same_person", next="Name two.")
        for one in (gone, kept):
            _refuse_merged(one)
        _refuse_open_work(work, gone)
        stream = Stream("person", gone.person.id)
        work.record([Draft(stream, "merged", desk.today, {"into": kept.person.id})])
        return [{
            "person": ids.out(ids.PERSON, gone.person.id),
            "merged_into": ids.out(ids.PERSON, kept.person.id),
        }]  # fmt: skip

    return desk.change(run)


def _refuse_merged(state: PersonState) -> None:
    into = state.person.merged_into
    if into is not None:
        raise Refused(
            f"P{state.person.id} was merged into P{into}.",
            code="already_merged",
            next=f"Name P{into} instead, or take that merge back with"
            f" `person split P{state.person.id}`.",
        )


def _refuse_open_work(work: Work, gone: PersonState) -> None:
    name, open_cases = f"P{gone.person.id}", open_case_ids(work, [gone.person.id])
    if open_cases:
        listed = ", ".join(f"C{c}" for c in open_cases)
        raise Refused(
            f"The duplicate {name} still has {listed} open.",
            code="open_work",
            next="Close it with `case leave CASE --exit recorded-in-error`, or merge the other"
            " way round, then merge.",
        )
    if is_open(gone, work.desk.today):
        words = "" if gone.open_worries() else "WORDS "
        raise Refused(
            f"Safeguarding is open on the duplicate {name}; it would be lost from sight.",
            code="open_work",
            next=f"Close it with two signatures: `case flag {name} {words}--handed-to WHOM`, then"
            f" a second person with `case flag {name} --sign`.",
        )


def split(desk: Desk, person: str) -> Rows:
    """Take a merge back: the record stands for itself again.

    Raises:
        Refused: it was not merged.
    """

    def run(work: Work) -> Rows:
        need_lead(work, "split people")
        state = record_of(work, person)
        name = f"P{state.person.id}"
        if state.person.merged_into is None:
            raise Refused(
                f"{name} was not merged into another record.",
                code="not_merged",
                next="See `person show` of the record that was kept for what was merged into it.",
            )
        stream = Stream("person", state.person.id)
        work.record([Draft(stream, "merged", desk.today, {"into": None})])
        return [{"person": name, "merged_into": None}]

    return desk.change(run)
