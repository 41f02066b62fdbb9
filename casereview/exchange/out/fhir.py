"""FHIR R4: one collection Bundle of cases, their history, actions, reviews, worries and journal.

Source: HL7 FHIR R4 (4.0.1) resource definitions; value sets are checked in out_fhir_check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from casereview.core.entries import Entry
from casereview.core.identity import age_band, age_on
from casereview.core.packs import Pack
from casereview.core.records import Action, ActionSpell, StageSpell, Worry
from casereview.core.state.case import CaseState
from casereview.core.state.person import PersonState
from casereview.exchange.out.allowed import Allowed, cause_word, sex_word
from casereview.exchange.out.fhir_forms import questionnaire, response
from casereview.exchange.out.names import Names

Resource = dict[str, Any]
URN = "urn:casereview"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ENTERER = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
ALTERED = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
NEVER_STARTED = ("declined", "list-removal", "administrative")
"""Classes of leaving before anything began; after it the episode was still an episode."""
_TASK = MappingProxyType(
    {"open": "accepted", "parked": "on-hold", "done": "completed", "cancelled": "cancelled"}
)


@dataclass
class BundleWriter:
    """Collects resources; whatever they refer to is put in once.

    Attributes:
        names: what things are called.
        allowed: which values may leave.
        on: the business date it answers for.
        waits: ids of the pathways whose people wait at home while in `assess`.
        pack_of: the pack that a review was held with, None when it is gone; of review None and a
            pack's id the pack in force.
    """

    names: Names
    allowed: Allowed
    on: date
    waits: frozenset[str]
    pack_of: Callable[[int | None, str], Pack | None]
    _held: dict[str, Resource] = field(default_factory=dict)

    def bundle(self, *, at: datetime, purpose: str = "") -> Resource:
        """Return the whole; `purpose` is stamped on an identifiable one."""
        mark = {"system": ALTERED, "code": "PSEUDED", "display": "pseudonymized"}
        if self.names.identifiable:
            mark = {"system": f"{URN}:marking", "code": "identifiable", "display": purpose}
        entries = [{"fullUrl": url, "resource": held} for url, held in self._held.items()]
        return {
            "resourceType": "Bundle",
            "meta": {"security": [mark]},
            "type": "collection",
            "timestamp": instant(at),
            "entry": entries,
        }

    def reference(self, kind: str, name: str | None) -> dict[str, str] | None:
        """Return a reference to a thing by kind and what it is called, None for None."""
        return None if name is None else {"reference": self._url(kind, name)}

    def _url(self, kind: str, name: str) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{URN}:{self.names.store}:{kind}:{name}')}"

    def put(self, kind: str, name: str, body: Mapping[str, Any]) -> dict[str, str]:
        """Put a resource in once and return the reference to it; empty members are left out."""
        url = self._url(kind, name)
        if url not in self._held:
            head = {"resourceType": body["resourceType"], "id": url.removeprefix("urn:uuid:")}
            self._held[url] = head | {
                k: v for k, v in body.items() if v is not None and v not in ([], {})
            }
        return {"reference": url}

    # --- who and where

    def worker(self, login: str | None) -> dict[str, str] | None:
        """Return the reference to a worker, None for nobody."""
        name = self.names.worker(login)
        if name is None:
            return None
        body = {"resourceType": "Practitioner", "identifier": [_identifier("worker", name)]}
        return self.put("worker", name, body)

    def team(self, code: str | None) -> dict[str, str] | None:
        """Return the reference to a team, None for none."""
        if not code:
            return None
        body = {
            "resourceType": "Organization", "identifier": [_identifier("team", code)], "name": code
        }  # fmt: skip
        return self.put("team", code, body)

    def person(self, state: PersonState) -> dict[str, str]:
        """Put a person in; who a restricted person is never leaves."""
        who = state.person
        name = self.names.person(who.id) or ""
        shown = not who.restricted
        known = self.names.identifiable and shown
        numbers = [{"system": NHS, "value": who.nhs_number}] if known and who.nhs_number else []
        born = who.born_on if shown else None
        return self.put("person", name, {
            "resourceType": "Patient",
            "identifier": [_identifier("person", name), *numbers],
            "extension": [_extension("age-band", "valueString", age_band(age_on(born, self.on)))],
            "name": [{"text": who.name}] if known and who.name else [],
            "gender": (sex_word(who.sex) or "unknown") if shown else "unknown",
            "birthDate": born.isoformat() if known and born else None,
            "deceasedBoolean": True if who.died_on is not None else None,
        })  # fmt: skip

    # --- cases

    def case(self, state: CaseState, person: PersonState) -> dict[str, str]:
        """Put a case in with its history of statuses."""
        case = state.case
        name = self.names.case(case.id) or ""
        history = [self._status(state, spell) for spell in state.spells]
        return self.put("case", name, {
            "resourceType": "EpisodeOfCare",
            "identifier": [_identifier("case", name)],
            "status": history[-1]["status"],
            "statusHistory": history,
            "type": [_concept("pathway", case.pathway)],
            "patient": self.person(person),
            "managingOrganization": self.team(case.team),
            "period": period(case.referred_on, case.closed_on),
            "careManager": self.worker(state.key_worker(self.on)),
        })  # fmt: skip

    def _status(self, state: CaseState, spell: StageSpell) -> Resource:
        status = "active"
        if spell.stage == "complete":
            status = "finished"
        elif spell.stage == "left":
            unbegun = all(s.stage in ("assess", "left") for s in state.spells)
            status = "cancelled" if unbegun and spell.exit_class in NEVER_STARTED else "finished"
        elif spell.stage == "assess" and state.case.pathway in self.waits:
            status = "waitlist"
        return {
            "extension": [_extension("stage", "valueCode", spell.stage)],
            "status": status,
            "period": period(spell.from_on, spell.before_on),
        }

    def answers(self, state: CaseState, person: PersonState) -> None:
        """Put in one response for each review and pack, with the questionnaire it answers."""
        groups: dict[tuple[int | None, str], list[Any]] = {}
        for answer in state.answers:
            groups.setdefault((answer.review_id, answer.pack), []).append(answer)
        for (review, pack_id), given in groups.items():
            pack = self.pack_of(review, pack_id)
            if pack is not None:
                self.put("pack", f"{pack.id}/{pack.ref.hash}", questionnaire(pack))
            name = f"{self.names.case(state.case.id)}/{self.names.name('review', review)}/{pack_id}"
            body = response(pack, given, self.allowed) | {
                "extension": [{
                    "url": f"{URN}:episode",
                    "valueReference": self.case(state, person),
                }],
                "subject": self.person(person),
                "author": self.worker(given[-1].said_by or given[-1].by),
            }  # fmt: skip
            self.put("response", name, body)

    def worry(self, worry: Worry, person: PersonState) -> None:
        """Put in a safeguarding worry as a flag, without its words."""
        name = self.names.name("worry", worry.id) or ""
        self.put("worry", name, {
            "resourceType": "Flag",
            "identifier": [_identifier("worry", name)],
            "status": "active" if worry.closed_on is None else "inactive",
            "category": [_concept("flag-category", "safeguarding")],
            "code": _concept("flag", "danger-now" if worry.danger_now else "worry"),
            "subject": self.person(person),
            "period": period(worry.raised_on, worry.closed_on),
            "author": self.worker(worry.raised_by),
        })  # fmt: skip

    def action(
        self, action: Action, spell: ActionSpell, status: str, about: Mapping[str, Any]
    ) -> None:
        """Put in an action; `about` holds the references `focus` and `for` where there are any."""
        name = self.names.name("action", action.id) or ""
        waiting = status == "open" and action.needs_owner_accept
        self.put("action", name, {
            "resourceType": "Task",
            "identifier": [_identifier("action", name)],
            "status": "requested" if waiting else _TASK[status],
            "intent": "order",
            "code": _concept("cause", cause_word(action.cause)),
            "description": action.text if self.names.identifiable else None,
            **about,
            "authoredOn": action.opened_on.isoformat(),
            "requester": self.worker(action.raised_by),
            "owner": self.worker(spell.owner) or self.team(action.team),
            "executionPeriod": period(action.opened_on, action.closed_on),
            "restriction": {"period": {"end": spell.due_on.isoformat()}} if spell.due_on else None,
        })  # fmt: skip

    def provenance(self, entries: Iterable[Entry], target: Mapping[str, str]) -> None:
        """Put in who recorded each entry about a thing, and who said it."""
        for entry in entries:
            agents = [("enterer", entry.recorded_by), ("author", entry.said_by)]
            when = entry.occurred_at
            self.put("entry", str(entry.number), {
                "resourceType": "Provenance",
                "target": [dict(target)],
                "occurredDateTime": instant(when) if when else entry.occurred_on.isoformat(),
                "recorded": instant(entry.recorded_at),
                "activity": _concept("entry", entry.kind),
                "agent": list(self._agents(agents)),
            })  # fmt: skip

    def _agents(self, agents: Sequence[tuple[str, str | None]]) -> Iterator[Resource]:
        for role, login in agents:
            who = self.worker(login)
            if who is not None:
                yield {"type": {"coding": [{"system": ENTERER, "code": role}]}, "who": who}


def instant(at: datetime) -> str:
    """Return an aware instant in UTC with a Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def period(start: date, end: date | None) -> Resource:
    """Return a period of dates; the day of a change belongs to both sides, as FHIR counts days."""
    found = {"start": start.isoformat()}
    if end is not None:
        found["end"] = max(start, end).isoformat()
    return found


def _identifier(kind: str, value: str) -> Resource:
    return {"system": f"{URN}:{kind}", "value": value}


def _concept(kind: str, code: str) -> Resource:
    return {"coding": [{"system": f"{URN}:{kind}", "code": "-".join(code.split()) or "unknown"}]}


def _extension(name: str, key: str, value: str) -> Resource:
    return {"url": f"{URN}:{name}", key: value}
