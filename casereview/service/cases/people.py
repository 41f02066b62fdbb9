"""People: who a service user is, found by local id, corrected, linked, merged, died."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from casereview.core.entries import Draft, Stream
from casereview.core.identity import age_shown, check_nhs_number
from casereview.core.identity import local_id as clean_local_id
from casereview.core.state.person import PersonState
from casereview.core.text import checked_name
from casereview.errors import NotFound, Refused
from casereview.service import ids
from casereview.service.desk import Desk, Rows
from casereview.service.work import Work
from casereview.store import journal, lookup
from casereview.store.merged_rows import merged_into
from casereview.store.types import from_day


def find_by_local_id(work: Work, source: str, local_id: str) -> int | None:
    """Return the person known in a source by a local id, None when nobody is."""
    found = lookup.people_with_local_id(work.connection, local_id, source)
    return _kept(work, found[0]) if found else None


def _kept(work: Work, person_id: int) -> int:
    merged = work.person(person_id).person.merged_into
    return person_id if merged is None else _kept(work, merged)


def find_by_nhs_number(work: Work, nhs_number: str) -> int | None:
    """Return the person with an NHS number, None when nobody has it."""
    return lookup.person_with_nhs_number(work.connection, nhs_number)


def identity_texts(name: str, born: date | None, nhs_number: str, sex: str = "") -> dict[str, str]:
    """Return the texts of an identity, checked.

    Raises:
        Refused: the NHS number's check digit is wrong, or the name is too long.
    """
    texts = {}
    if name:
        texts["name"] = checked_name(name)
    if born is not None:
        texts["born_on"] = born.isoformat()
    if nhs_number:
        texts["nhs_number"] = check_nhs_number(nhs_number)
    if sex:
        texts["sex"] = checked_name(sex)
    return texts


def find_or_register(
    work: Work, source: str, local_id: str, texts: Mapping[str, str], on: date
) -> tuple[PersonState, bool]:
    """Return the person of a local id in a source, registering them first if nobody has it.

    An NHS number that is already known joins the local id to that person. What is newly given and
    was unknown is filled in; what contradicts is refused.

    Raises:
        Refused: the same id with another date of birth or NHS number (code person_conflict).
    """
    local_id = clean_local_id(local_id)
    person_id = find_by_local_id(work, source, local_id)
    if person_id is None and texts.get("nhs_number"):
        person_id = find_by_nhs_number(work, texts["nhs_number"])
        if person_id is not None:
            work.record([_identified(person_id, source, local_id, on)])
    if person_id is not None:
        _fill_in(work, person_id, texts, on)
        return work.person(person_id), False
    person_id = journal.next_id(work.connection, "person")
    work.record(
        [
            Draft(Stream("person", person_id), "registered", on, {}, dict(texts)),
            _identified(person_id, source, local_id, on),
        ]
    )
    return work.person(person_id), True


def _identified(person_id: int, source: str, local_id: str, on: date) -> Draft:
    return Draft(
        Stream("person", person_id), "identified", on, {"source": source}, {"local_id": local_id}
    )


def _fill_in(work: Work, person_id: int, texts: Mapping[str, str], on: date) -> None:
    person = work.person(person_id).person
    held = {
        "name": person.name,
        "born_on": person.born_on.isoformat() if person.born_on else None,
        "nhs_number": person.nhs_number,
        "sex": person.sex,
    }
    for key in ("born_on", "nhs_number"):
        if texts.get(key) and held[key] and held[key] != texts[key]:
            raise Refused(
                "This local id belongs to somebody with another "
                + ("date of birth." if key == "born_on" else "NHS number."),
                code="person_conflict",
                next="Check the id; if it is the same person, correct them with `person set`.",
            )
    new = {k: v for k, v in texts.items() if v and not held.get(k)}
    if new:
        work.record([Draft(Stream("person", person_id), "corrected", on, {}, new)])


def death_taken_back(person_id: int) -> str:
    """Return the next step where a recorded death may be wrong."""
    return (
        "If that is wrong, an administrator or team lead takes it back with"
        f" `person died P{person_id} --withdraw --reason WHY`."
    )


def open_case_ids(work: Work, person_ids: Iterable[int]) -> list[int]:
    """Return the open cases of some people, oldest first."""
    return lookup.cases_of(work.connection, list(person_ids), only_open=True)


def age_of(person: PersonState, on: date) -> str:
    """Return the age band of a person on a day, "unborn" until a child's day of birth is set."""
    day = next((f.number for f in reversed(person.facts)
                if f.fact == "expected_birth_on" and f.before_on is None), None)  # fmt: skip
    return age_shown(person.person.born_on, from_day(day) if day is not None else None, on)


def local_id_of(person: PersonState, source: str) -> str | None:
    """Return the local id to show in a source: its own, else the first known."""
    own = [i.local_id for i in person.ids if i.source == source]
    if own:
        return own[-1]
    return person.ids[0].local_id if person.ids else None


def kept_person(work: Work, person_id: int) -> PersonState:
    """Return a person, or the one whose record theirs was merged into."""
    return work.person(_kept(work, person_id))


def person_of(work: Work, text: str) -> PersonState:
    """Return the person that a word names: P12, C34 (that case's person) or a local id.

    A record that was merged leads to the one that was kept.

    Raises:
        NotFound: nobody has it.
        Refused: more than one person has that local id.
    """
    return kept_person(work, record_of(work, text, merged=False).person.id)


def record_of(work: Work, text: str, *, merged: bool = True) -> PersonState:
    """Return the record that a word names, also one that was merged into another.

    With `merged` False two records of one person, merged, count as one.

    Raises:
        NotFound: nobody has it.
        Refused: more than one person has that local id.
    """
    case, number = ids.lettered(ids.CASE, text), ids.lettered(ids.PERSON, text)
    if case is not None:
        return work.person(work.case(case).case.person_id)
    if number is not None:
        try:
            return work.person(number)
        except NotFound:
            pass
    found = lookup.people_with_local_id(work.connection, clean_local_id(text))
    rows = set(found) if merged else {_kept(work, p) for p in found}
    if not rows:
        raise NotFound(
            f"Nobody is known as {text!r}.", next="Use a case id, a person id or a local id."
        )
    if len(rows) > 1:
        listed = ", ".join(f"P{r}" for r in sorted(rows))
        raise Refused(
            f"More than one person has the local id {text!r}.",
            code="which_person",
            next=f"Name one of {listed}.",
        )
    return work.person(rows.pop())


def show(desk: Desk, text: str) -> Rows:
    """Return one person: identity, facts with their dates, worries, cases.

    A merged record is shown when its own number is given, with the one it went into; the kept one
    shows the cases of both.
    """
    with desk.reading() as work:
        numbered = ids.lettered(ids.PERSON, text) is not None
        person = record_of(work, text) if numbered else person_of(work, text)
        gone = merged_into(work.connection, person.person.id)
        cases = lookup.cases_of(work.connection, [person.person.id, *gone])
        return [{
            "person": ids.out(ids.PERSON, person.person.id),
            "name": person.person.name,
            "born_on": person.person.born_on,
            "nhs_number": person.person.nhs_number,
            "died_on": person.person.died_on,
            "restricted": person.person.restricted,
            "ids": {i.source: i.local_id for i in person.ids},
            "facts": {
                f.fact: f.text if f.text is not None else f.number
                for f in person.facts
                if f.before_on is None
            },
            "linked": [{"person": f"P{x.other_id}", "as": x.kind} for x in person.links],
            "worries": [ids.out(ids.WORRY, w.id) for w in person.open_worries()],
            "cases": [ids.out(ids.CASE, c) for c in cases],
            "merged_into": ids.out(ids.PERSON, person.person.merged_into),
            "merged_records": [ids.out(ids.PERSON, p) for p in gone],
        }]  # fmt: skip


def correct(
    desk: Desk, text: str, *, name: str = "", born: date | None = None, nhs_number: str = "",
    sex: str = "", restricted: bool | None = None,
) -> Rows:  # fmt: skip
    """Correct who somebody is: an entry is added, none rewritten."""
    texts = identity_texts(name, born, nhs_number, sex)

    def run(work: Work) -> Rows:
        person = person_of(work, text)
        stream = Stream("person", person.person.id)
        if texts.get("nhs_number"):
            other = find_by_nhs_number(work, texts["nhs_number"])
            if other not in (None, person.person.id):
                raise Refused(
                    f"P{other} has this NHS number.",
                    code="person_conflict",
                    next="If both are the same person, use `person merge`.",
                )
        drafts = []
        if texts:
            drafts.append(Draft(stream, "corrected", desk.today, {}, texts))
        if restricted is not None:
            drafts.append(Draft(stream, "restricted", desk.today, {"restricted": restricted}))
        work.record(drafts)
        return [{"person": ids.out(ids.PERSON, person.person.id)}]

    return desk.change(run)


def link(desk: Desk, one: str, other: str, kind: str) -> Rows:
    """Link two people of a household or family, on both."""

    def run(work: Work) -> Rows:
        a, b = person_of(work, one), person_of(work, other)
        if a.person.id == b.person.id:
            raise Refused("That is the same person.", code="same_person", next="Name another.")
        work.record([
            Draft(Stream("person", a.person.id), "linked", desk.today,
                  {"other": b.person.id, "kind": kind}),
            Draft(Stream("person", b.person.id), "linked", desk.today,
                  {"other": a.person.id, "kind": kind}),
        ])  # fmt: skip
        return [{"person": f"P{a.person.id}", "linked": f"P{b.person.id}", "as": kind}]

    return desk.change(run)
