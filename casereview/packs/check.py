"""Check a rule file whole: its keys, conditions, facts, word forms and examples, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casereview.core.facts import Catalogue, FactSpec
from casereview.core.outcomes import TODAY, UNKNOWN, aliases, answer_fact
from casereview.core.packs import Pack, Question
from casereview.core.pathways import Pathway
from casereview.core.wording import DEFAULT_WORDS
from casereview.errors import ConditionError, Fault, PackFaults
from casereview.packs.examples import run_example
from casereview.packs.library import Library
from casereview.packs.pack_file import read_pack
from casereview.packs.pathway_file import read_pathway
from casereview.packs.places import Path
from casereview.packs.questions import find_out, outcomes_of
from casereview.packs.reader import Reader, nearest, shown

_FORM = re.compile(r"\{([^{}]*)\}")
_FITS: Mapping[str, type] = {
    "integer": int, "boolean": bool, "date": date, "text": str, "code": str,
}  # fmt: skip
_KIND_FITS = {
    "yesno": ("code",), "choice": ("code",), "date": ("date",), "number": ("integer",),
    "line": ("text",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: `faults` keep the file from being used, `warnings` do not.

    `item` is the pack or pathway, None when the file is not TOML.
    """

    item: Pack | Pathway | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    def finish(self, file: str) -> None:
        """Refuse the file when it has faults.

        Raises:
            PackFaults: with all of them.
        """
        if self.faults:
            raise PackFaults(file, self.faults)


def check_text(text: str, file: str, library: Library) -> Checked:
    """Check a pack or a pathway file; which one it is shows by its [pack] or [pathway] table."""
    try:
        reader = Reader(text, file)
    except PackFaults as error:
        return Checked(None, error.faults, ())
    if "pathway" in reader.data and "pack" not in reader.data:
        pathway = read_pathway(reader)
        _Check(reader, library.catalogue, {}).pathway(pathway)
        return Checked(pathway, tuple(reader.faults), ())
    pack = read_pack(reader, library.facts, shipped=False)
    _no_shared_facts(reader, pack, library.catalogue)
    catalogue = library.catalogue.plus(pack.answer_facts)
    _known_pathways(reader, pack, library.pathway_ids())
    check = _Check(reader, catalogue, aliases(pack))
    check.pack(pack)
    return Checked(pack, tuple(reader.faults), tuple(check.unread(pack)))


def _known_pathways(reader: Reader, pack: Pack, known: Sequence[str]) -> None:
    """Report a pathway that is neither shipped nor the user's own."""
    key = "pathways" if len(pack.pathways) > 1 else "pathway"
    for name in pack.pathways:
        if name not in known:
            near = nearest(name, known)
            reader.fault(("pack", key), f"There is no pathway {shown(name)}.", near=near)


def _no_shared_facts(reader: Reader, pack: Pack, catalogue: Catalogue) -> None:
    """Report answers whose fact another pack has: a-b with c, and a with b_c."""
    for spec in pack.answer_facts:
        held = catalogue.get(spec.name)
        if held is not None and held.pack != pack.id:
            other = held.pack or "the catalogue"
            what = f"The fact {spec.name!r} belongs to {other} already; choose another id."
            reader.fault(("pack", "id"), what)


class _Check:
    """The second half of a check: everything that needs to know the facts."""

    def __init__(self, reader: Reader, catalogue: Catalogue, short: Mapping[str, str]) -> None:
        self.reader = reader
        self.catalogue = catalogue
        self.short = short
        self.names: set[str] = set()

    def pack(self, pack: Pack) -> None:
        """Check every condition, fact, word form and example of a pack."""
        self.condition(("pack", "applies"), pack.applies)
        for key, lane in _lanes(pack):
            for n, question in enumerate(lane):
                self.question((key, n), question)
        for n, proposal in enumerate(pack.proposals):
            self.condition(("decision", n, "when"), proposal.when)
            self.forms(("decision", n, "say"), proposal.say)
        for n, pattern in enumerate(pack.patterns):
            self.condition(("pattern", n, "when"), pattern.when)
            self.forms(("pattern", n, "say"), pattern.say)
            self.sets(("pattern", n, "sets"), pattern.sets)
        for n, rule in enumerate(pack.rules):
            self.condition(("rule", n, "when"), rule.when)
            self.forms(("rule", n, "title"), rule.title)
            if rule.outcome is not None:
                self.forms(("rule", n, "action"), rule.outcome.action)
                self.sets(("rule", n, "sets"), rule.outcome.sets)
        self.examples(pack)

    def pathway(self, pathway: Pathway) -> None:
        """Check every condition and sentence of a pathway's requirements."""
        places = {t["id"]: n for n, t in enumerate(self.reader.data.get("requirement", []))
                  if isinstance(t, dict) and isinstance(t.get("id"), str)}  # fmt: skip
        seen: set[str] = set()
        for requirement in (r for m in pathway.moves for r in m.requires):
            if requirement.id in seen:
                continue
            seen.add(requirement.id)
            path = ("requirement", places.get(requirement.id, 0))
            self.condition((*path, "when"), requirement.when)
            self.forms((*path, "say"), requirement.say)

    def condition(self, path: Path, text: str) -> None:
        """Report everything that is wrong with a condition, each at its character."""
        from casereview.core.conditions import faults, load

        if not text:
            return
        try:
            self.names |= load(text, self.catalogue, self.short).names
        except ConditionError:
            for error in faults(text, self.catalogue, self.short):
                what = f"{error.reason} (character {error.position + 1} of the condition)"
                self.reader.fault(path, what, near=error.nearest, offset=error.position)

    def question(self, path: Path, question: Question) -> None:
        """Check one question with all its outcomes."""
        self.condition((*path, "applies"), question.applies)
        self.forms((*path, "ask"), question.ask)
        self.forms((*path, "help"), question.help)
        for key, outcome in outcomes_of(question).items():
            parts = tuple(int(p) if p.isdigit() else p for p in key.split("."))
            if outcome.action != find_out(question.ask):
                self.forms((*path, *parts, "action"), outcome.action, answer=key == "raises")
            self.sets((*path, *parts, "sets"), outcome.sets)
        if question.sets:
            spec = self.settable((*path, "sets"), question.sets)
            if spec is not None and spec.type not in _KIND_FITS.get(question.kind, ()):
                what = f"An answer of the kind {question.kind!r} does not fit the {spec.type} fact."
                self.reader.fault((*path, "sets"), what)

    def forms(self, path: Path, text: str, *, answer: bool = False) -> None:
        """Report word forms that no pathway fills in."""
        known = [*DEFAULT_WORDS, *(["answer"] if answer else [])]
        for form in _FORM.findall(text):
            if form not in known:
                what = f"There is no word form {{{form[:40]}}}."
                self.reader.fault(path, what, near=nearest(form, known))

    def settable(self, path: Path, name: str) -> FactSpec | None:
        """Return a fact that answers may set, None after reporting why there is none."""
        spec = self.catalogue.get(name)
        if spec is None:
            near = self.catalogue.nearest(name[:80])
            self.reader.fault(path, f"There is no fact {name[:80]!r}.", near=near)
        elif not spec.settable:
            self.reader.fault(path, f"The fact {name!r} follows from records; it cannot be set.")
            return None
        return spec

    def sets(self, path: Path, sets: Mapping[str, Any]) -> None:
        """Check the facts that an outcome or a pattern sets, and their values."""
        for name, value in sets.items():
            spec = self.settable((*path, name), name)
            if spec is not None:
                self.value((*path, name), spec, value, today=True)

    def value(self, path: Path, spec: FactSpec, value: Any, *, today: bool = False) -> None:
        """Report a value that the fact cannot hold."""
        if value == UNKNOWN or (today and value == TODAY and spec.type == "date"):
            return
        fits = isinstance(value, _FITS[spec.type])
        if not fits or (spec.type == "integer" and isinstance(value, bool)):
            self.reader.fault(path, f"{shown(value)} does not fit {spec.name}: {spec.type}.")
        elif spec.values and value not in spec.values:
            near = nearest(str(value), spec.values)
            what = f"{shown(value)} is none of: {', '.join(spec.values)}."
            self.reader.fault(path, what, near=near)

    def examples(self, pack: Pack) -> None:
        """Run the examples; while conditions are at fault only their names are checked."""
        at_fault = bool(self.reader.faults)
        for n, example in enumerate(pack.examples):
            before = len(self.reader.faults)
            self.given(("example", n, "given"), pack, example.given)
            self.expected(("example", n, "expect"), pack, example.expect)
            if at_fault or len(self.reader.faults) > before:
                continue
            result = run_example(pack, example, self.catalogue, self.condition_of)
            if not result.ok:
                what = f"The example gives {_plain(result.got)}, not {_plain(result.wanted)}."
                self.reader.fault(("example", n), what)

    def condition_of(self, text: str) -> Any:
        """Return a condition that has been checked already."""
        from casereview.core.conditions import load

        return load(text, self.catalogue, self.short)

    def given(self, path: Path, pack: Pack, given: Mapping[str, Any]) -> None:
        """Check the names and values that an example gives."""
        for name, value in given.items():
            question = pack.question(name.removeprefix("answer_"))
            full = self.short.get(name, name)
            if full not in self.catalogue and question is not None:
                full = answer_fact(pack.id, question.id)
            spec = self.catalogue.get(full)
            if spec is None:
                known = [*self.short, *self.catalogue.specs]
                what = f"There is no fact or question {name[:80]!r}."
                self.reader.fault((*path, name), what, near=nearest(name, known))
            elif value not in {"cannot-tell", "does-not-apply"} or not spec.pack:
                self.value((*path, name), spec, value)

    def expected(self, path: Path, pack: Pack, expect: Mapping[str, Any]) -> None:
        """Check that what an example expects can be there at all."""
        rules = [r.id for r in pack.rules]
        questions = [q.id for _, lane in _lanes(pack) for q in lane]
        known = {"rules": rules, "unknown": rules, "actions": questions,
                 "pattern": [p.id for p in pack.patterns]}  # fmt: skip
        for key, names in known.items():
            for name in expect.get(key, ()):
                if name not in names:
                    what = f"There is no {name[:60]!r} in this pack."
                    self.reader.fault((*path, key), what, near=nearest(name, names))

    def unread(self, pack: Pack) -> Iterator[Fault]:
        """Yield a warning for each question whose answer changes nothing."""
        for key, lane in _lanes(pack):
            for n, question in enumerate(lane):
                full = answer_fact(pack.id, question.id)
                read = {full, f"days_since_{full}"} & self.names
                does = (
                    question.sets or question.otherwise or any(o.outcome for o in question.options)
                )
                if not (read or does):
                    what = "No decision, rule or pattern reads this question."
                    yield Fault(self.reader.file, f"{key}[{n + 1}]", what)


def _lanes(pack: Pack) -> tuple[tuple[str, tuple[Question, ...]], ...]:
    return ("question", pack.questions), ("waiting_question", pack.waiting_questions)


def _plain(found: Mapping[str, Any]) -> str:
    return "; ".join(f"{key} = {value}" for key, value in found.items())
