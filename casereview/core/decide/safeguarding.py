"""Deciding about safeguarding worries: raising, telling, handing over, signing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from casereview.core.decide.actions import (
    close_action,
    raise_action,
    resolve_owner,
)
from casereview.core.decide.setting import Setting
from casereview.core.entries import Draft, Stream
from casereview.core.records import Worry
from casereview.core.state.case import CaseState
from casereview.core.state.dated import current
from casereview.core.state.person import PersonState
from casereview.errors import NotAllowed, Refused

FACT, OPEN = "safeguarding", "open"
ACT_WITHIN_WORKING_DAYS = 1
"""Source: domain.md 2.7: the response to a referral is decided within one working day."""


def _draft(
    setting: Setting,
    person: PersonState,
    kind: str,
    body: dict[str, Any],
    texts: dict[str, str] | None = None,
) -> Draft:
    return Draft(
        stream=Stream("person", person.person.id),
        kind=kind,
        occurred_on=setting.on,
        body=body,
        texts=texts or {},
        team=setting.code,
        review=setting.review,
    )


def raise_worry(
    setting: Setting,
    person: PersonState,
    case: CaseState | None,
    *,
    words: str,
    danger_now: bool,
    owner: str,
    told: str = "",
) -> list[Draft]:
    """Record a worry: it blocks every way out at once and starts the working-day clock.

    Danger now is due the same day. The worry brings an action for its owner.

    Raises:
        Refused: the words are empty.
    """
    if not words.strip():
        raise Refused("The worry has no words.", code="reason_missing", next="Write one line.")
    days = 0 if danger_now else ACT_WITHIN_WORKING_DAYS
    act_by = setting.on if danger_now else setting.working_days(setting.on, days)
    holder = resolve_owner(setting, owner, case)
    worry = setting.new_id("worry")
    body: dict[str, Any] = {
        "id": worry, "danger_now": danger_now, "owner": holder.login, "act_by": act_by.isoformat(),
    }  # fmt: skip
    if case is not None:
        body["case"] = case.case.id
    texts = {"words": words} | ({"told": told} if told else {})
    return [
        _draft(setting, person, "worry_raised", body, texts),
        raise_action(
            setting,
            Stream("person", person.person.id),
            cause=f"worry:{worry}",
            text="Act on the safeguarding worry and record to whom it was handed",
            owner=holder,
            due_on=act_by,
            about_case=case.case.id if case is not None else None,
        ),
    ]


def find_worry(person: PersonState, worry_id: int | None) -> Worry:
    """Return the open worry meant: the one named, or the only one.

    Raises:
        Refused: there is none, or more than one and none was named.
    """
    held = person.open_worries()
    if worry_id is not None:
        held = [w for w in held if w.id == worry_id]
    if not held:
        raise Refused(
            "There is no open safeguarding worry about this person.",
            code="no_worry",
            next="Record one with `case flag`.",
        )
    if len(held) > 1:
        listed = ", ".join(f"W{w.id}" for w in held)
        raise Refused(
            "There is more than one open worry.", code="which_worry", next=f"Name one of {listed}."
        )
    return held[0]


def hand_over(setting: Setting, person: PersonState, worry: Worry, to: str) -> list[Draft]:
    """Record to whom a worry was handed (or how it was resolved); a second person then signs.

    Raises:
        Refused: the receiver is empty.
    """
    if not to.strip():
        raise Refused(
            "To whom the worry was handed is missing.",
            code="reason_missing",
            next="Name the service and the person there, or how it was resolved.",
        )
    return [_draft(setting, person, "worry_handed", {"id": worry.id}, {"handed_to": to})]


def sign(
    setting: Setting, person: PersonState, worry: Worry, *, recorded_by: str | None = None
) -> list[Draft]:
    """Sign as the second person that a worry was handed over; it no longer blocks.

    `recorded_by` recorded the hand-over, perhaps in somebody else's name; None is unknown.

    Raises:
        Refused: nobody has recorded the hand-over.
        NotAllowed: the same person signs.
    """
    if worry.handed_to is None:
        raise Refused(
            "Nobody has recorded to whom the worry was handed.",
            code="not_handed",
            next="Record it first with `case flag CASE --handed-to WHOM`.",
        )
    if worry.handed_by in (setting.actor, setting.speaker):
        raise NotAllowed(
            "The same person cannot hand a worry over and sign it.",
            code="same_person",
            next="Ask a second person to sign, with their own login and PIN.",
        )
    if setting.speaker == recorded_by:
        raise NotAllowed(
            f"{recorded_by} recorded this hand-over for {worry.handed_by}, so {recorded_by} cannot"
            " sign it.",
            code="same_person",
            next="Ask a third person to sign, with their own login and PIN; or let"
            f" {worry.handed_by} record the hand-over.",
        )
    body = {"id": worry.id, "by": setting.speaker}
    drafts = [_draft(setting, person, "worry_signed", body), *_settled(setting, person)]
    held = person.actions.of_cause(f"worry:{worry.id}")
    if held is not None:
        drafts.append(
            close_action(
                setting, Stream("person", person.person.id), held[0].id, done=True,
                reason="the worry was handed over and signed", automatic=True,
            )
        )  # fmt: skip
    return drafts


def is_open(person: PersonState, on: date) -> bool:
    """Tell whether safeguarding is open on a day: a worry is, or it was last recorded so.

    A record of "unknown" after one of "open" does not end it.
    """
    if any(w.raised_on <= on and (w.closed_on is None or w.closed_on > on) for w in person.worries):
        return True
    known = [f for f in person.facts if f.fact == FACT and f.text is not None and f.from_on <= on]
    return bool(known) and max(known, key=lambda f: (f.from_on, f.n)).text == OPEN


def check_kept_open(
    drafts: Iterable[Draft], person_of: Callable[[int], PersonState], *, case: int
) -> None:
    """Refuse to end by one person's word what two people sign for: open safeguarding.

    `case` is named in what to do next.

    Raises:
        Refused: a draft records something else over an open worry (code safeguarding_open).
    """
    for draft in drafts:
        if draft.kind != "fact_set" or draft.body.get("fact") != FACT:
            continue
        if draft.body.get("value") == OPEN:
            continue
        person = person_of(draft.stream.id)
        if is_open(person, draft.occurred_on):
            words = "" if person.open_worries() else "WORDS "
            raise Refused(
                "Safeguarding is open for this person; one person's word does not close it.",
                code="safeguarding_open",
                next=f"Close it with two signatures: `case flag C{case} {words}--handed-to WHOM`,"
                f" then a second person with `case flag C{case} --sign`.",
            )


def _settled(setting: Setting, person: PersonState) -> list[Draft]:
    """Record that no worry is open any more once the last one is handed over and signed."""
    held = current([f for f in person.facts if f.fact == "safeguarding"], setting.on)
    if len(person.open_worries()) > 1 or (held is not None and held.text == "none"):
        return []
    body = {"fact": "safeguarding", "type": "code", "value": "none"}
    return [_draft(setting, person, "fact_set", body)]
