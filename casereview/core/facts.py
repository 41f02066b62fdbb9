"""The fact catalogue: every value that a rule may read, with its type and how it changes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

FactType = Literal["integer", "text", "code", "date", "boolean"]
Changes = Literal["answer", "action", "record", "time", "never"]
Value = int | str | date | bool | None
Facts = Mapping[str, Value]
EFFORT = MappingProxyType({"small": 1, "medium": 2, "large": 3})


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One fact.

    Attributes:
        name: snake_case, unique.
        type: what it holds; integers lie within 10^9.
        unknown: True when it may be unknown (None).
        changes: how it changes: by an answer, an action, recording something, time, or never.
            'never' is not offered in an unlock set.
        effort: cost of changing it: small, medium, large.
        sentence: what it means, one sentence.
        source: where it comes from.
        unit: "days", "cases" and so on, "" for none.
        values: the codes a code fact may take, () when any.
        settable: True when `case set` may set it by hand.
        of: "case" or "person": person facts are seen by all of the person's open cases.
        fixer: who usually changes it (a post, or key-worker).
        noun: how the English sentence names it, e.g. "days in this stage".
        pack: for an answer fact, the pack it belongs to; "" for built-in facts.
    """

    name: str
    type: FactType
    sentence: str
    source: str = ""
    unknown: bool = True
    changes: Changes = "record"
    effort: str = "small"
    unit: str = ""
    values: tuple[str, ...] = ()
    settable: bool = False
    of: Literal["case", "person"] = "case"
    fixer: str = "key-worker"
    noun: str = ""
    pack: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All facts by name, in the order of the file."""

    specs: Mapping[str, FactSpec] = field(default_factory=dict)

    @classmethod
    def of(cls, specs: Iterable[FactSpec]) -> Catalogue:
        """Build a catalogue; a later spec of the same name replaces the earlier."""
        return cls(MappingProxyType({s.name: s for s in specs}))

    def __contains__(self, name: object) -> bool:
        return name in self.specs

    def __getitem__(self, name: str) -> FactSpec:
        return self.specs[name]

    def __iter__(self) -> Iterator[FactSpec]:
        return iter(self.specs.values())

    def get(self, name: str) -> FactSpec | None:
        """Return the spec, or None when there is no such fact."""
        return self.specs.get(name)

    def nearest(self, name: str) -> str | None:
        """Return the nearest valid fact name, or None when nothing is near."""
        near = difflib.get_close_matches(name, self.specs, n=1, cutoff=0.6)
        return near[0] if near else None

    def plus(self, specs: Iterable[FactSpec]) -> Catalogue:
        """Return a catalogue with more facts (a pack's own answers)."""
        return Catalogue.of([*self.specs.values(), *specs])
