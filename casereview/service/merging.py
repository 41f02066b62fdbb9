"""Two records of one person made one, and taken apart again."""

from __future__ import annotations

from casereview.core.entries import Draft, Stream
from casereview.errors import Refused
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.people import open_case_ids, person_of
from casereview.service.setup import need_administrator
from casereview.service.work import Work


def merge(desk: Desk, duplicate: str, into: str) -> Rows:
    """Say that a record is a duplicate: its local ids lead to the kept one from now on.

    Its cases must be closed or moved first, so that nobody is reviewed twice or forgotten.

    Raises:
        Refused: the duplicate has open cases or open worries, or both are the same record.
    """

    def run(work: Work) -> Rows:
        need_administrator(work, "merge people")
        gone, kept = person_of(work, duplicate), person_of(work, into)
        if gone.person.id == kept.person.id:
            raise Refused("That is the same record.", code="same_person", next="Name two.")
        held = open_case_ids(work, [gone.person.id])
        if held or gone.open_worries():
            listed = ", ".join(f"C{c}" for c in held) or "safeguarding worries"
            raise Refused(
                f"The duplicate still has {listed} open.",
                code="open_work",
                next="Close them as administrative, or settle the worries, then merge.",
            )
        stream = Stream("person", gone.person.id)
        work.record([Draft(stream, "merged", desk.today, {"into": kept.person.id})])
        return [{
            "person": ids.out(ids.PERSON, gone.person.id),
            "merged_into": ids.out(ids.PERSON, kept.person.id),
        }]  # fmt: skip

    return desk.change(run)


def split(desk: Desk, person: str) -> Rows:
    """Take a merge back: the record stands for itself again.

    Raises:
        Refused: it was not merged.
    """

    def run(work: Work) -> Rows:
        need_administrator(work, "split people")
        state = work.person(ids.number(ids.PERSON, person))
        if state.person.merged_into is None:
            raise Refused("This record was not merged.", code="not_merged", next="Check the id.")
        stream = Stream("person", state.person.id)
        work.record([Draft(stream, "merged", desk.today, {"into": None})])
        return [{"person": person, "merged_into": None}]

    return desk.change(run)
