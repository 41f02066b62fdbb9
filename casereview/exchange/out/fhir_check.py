"""What general FHIR validators let through: wrong statuses, ends before starts, loose references.

Source: HL7 FHIR R4 value sets episode-of-care-status, task-status, task-intent, flag-status,
questionnaire-answers-status, publication-status, administrative-gender.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any

VALUES: Mapping[tuple[str, str], frozenset[str]] = MappingProxyType({
    ("EpisodeOfCare", "status"): frozenset((
        "planned", "waitlist", "active", "onhold", "finished", "cancelled", "entered-in-error",
    )),
    ("Task", "status"): frozenset((
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled",
        "in-progress", "on-hold", "failed", "completed", "entered-in-error",
    )),
    ("Task", "intent"): frozenset((
        "unknown", "proposal", "plan", "order", "original-order", "reflex-order",
        "filler-order", "instance-order", "option",
    )),
    ("Flag", "status"): frozenset(("active", "inactive", "entered-in-error")),
    ("QuestionnaireResponse", "status"): frozenset((
        "in-progress", "completed", "amended", "entered-in-error", "stopped",
    )),
    ("Questionnaire", "status"): frozenset(("draft", "active", "retired", "unknown")),
    ("Patient", "gender"): frozenset(("male", "female", "other", "unknown")),
})  # fmt: skip
_REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "EpisodeOfCare": ("status", "patient"),
    "Task": ("status", "intent"),
    "Flag": ("status", "code", "subject"),
    "QuestionnaireResponse": ("status",),
    "Questionnaire": ("status",),
    "Provenance": ("target", "recorded", "agent"),
})  # fmt: skip

_NAME = re.compile(r"[A-Z][A-Za-z0-9_]{0,254}")
"""Name of a definition. Source: HL7 FHIR R4, rule que-0."""


def faults(bundle: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a bundle, one sentence each; empty when nothing is."""
    found: list[str] = []
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    if len(set(urls)) != len(urls):
        found.append("Two entries have the same address.")
    known = set(urls)
    forms = {
        f"{r['url']}|{r['version']}": [item["linkId"] for item in r["item"]]
        for r in (entry["resource"] for entry in bundle["entry"])
        if r["resourceType"] == "Questionnaire"
    }
    for entry in bundle["entry"]:
        found += _of_resource(entry["resource"], known, forms)
    return found


def _of_resource(
    resource: Mapping[str, Any], known: set[str], forms: Mapping[str, list[str]]
) -> Iterator[str]:
    kind = resource["resourceType"]
    place = f"{kind} {resource.get('id', '')}"
    for name in _REQUIRED.get(kind, ()):
        if not resource.get(name):
            yield f"{place}: {name} is missing."
    for (of, name), values in VALUES.items():
        if of == kind and name in resource and resource[name] not in values:
            yield f"{place}: {resource[name]!r} is no {name}."
    if kind == "Questionnaire" and not _NAME.fullmatch(resource["name"]):
        yield f"{place}: its name is none that programs can use."
    form = resource.get("questionnaire")
    if form is not None and form not in forms:
        yield f"{place}: its questionnaire is not in the bundle."
    elif form is not None:
        given = [item["linkId"] for item in resource["item"]]
        if given != [asked for asked in forms[form] if asked in given]:
            yield f"{place}: its items do not follow the order of its questionnaire."
    if kind == "EpisodeOfCare":
        yield from _of_history(resource, place)
    yield from _of_members(resource, place, known)


def _of_history(episode: Mapping[str, Any], place: str) -> Iterator[str]:
    history = episode.get("statusHistory", [])
    allowed = VALUES["EpisodeOfCare", "status"]
    for spell in history:
        if spell["status"] not in allowed:
            yield f"{place}: {spell['status']!r} is no status of its history."
    for before, after in pairwise(history):
        if before["period"].get("end") != after["period"]["start"]:
            yield f"{place}: its history has a gap."
    if history and history[-1]["status"] != episode["status"]:
        yield f"{place}: its history ends with another status."


def _of_members(value: Any, place: str, known: set[str]) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for inner in value:
            yield from _of_members(inner, place, known)
    if not isinstance(value, Mapping):
        return
    reference = value.get("reference")
    if isinstance(reference, str) and reference not in known:
        yield f"{place}: it refers to something that is not in the bundle."
    for name, inner in value.items():
        if name.lower().endswith("period") and isinstance(inner, Mapping):
            start, end = inner.get("start"), inner.get("end")
            if start is not None and end is not None and end < start:
                yield f"{place}: its {name} ends before it starts."
        yield from _of_members(inner, place, known)
