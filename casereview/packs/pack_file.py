"""Read a review pack: its keys, questions, decisions, patterns, sweep rules and examples."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

from casereview.core.entries import PackRef
from casereview.core.facts import Catalogue
from casereview.core.packs import Example, Pack, Pattern, Proposal, SweepRule
from casereview.packs.catalogue import answer_facts
from casereview.packs.questions import read_outcome, read_questions
from casereview.packs.reader import SLUG, Reader, Table, no_doubles

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COMPLETED = re.compile(r"\bstage\s*=\s*'complete'")
_PENDING = re.compile(r"\btransfer_pending\b")
DESTINATIONS = ("stabilise", "recover", "complete", "left")


def text_hash(text: str) -> str:
    """Return the 64 hexadecimal digits that name one exact text of a rule file."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sweeps_completed(pack: Pack) -> bool:
    """Tell whether a pack looks at completed cases: its `applies` asks for stage = 'complete'.

    Every other pack looks at open and waiting cases.
    """
    return _COMPLETED.search(pack.applies) is not None


def takes_over(pack: Pack) -> bool:
    """Tell whether a pack is about cases that other teams offer: `applies` asks for a transfer."""
    return _PENDING.search(pack.applies) is not None


def is_met_about(pack: Pack) -> bool:
    """Tell whether a team holds reviews of a pack: it asks questions about open cases."""
    return bool(pack.questions) and not sweeps_completed(pack)


def load_pack(text: str, file: str, catalogue: Catalogue, *, shipped: bool) -> Pack:
    """Read a review pack.

    Its structure is checked whole; conditions, facts and examples are checked by `check_pack`.

    Args:
        text: the file as read, at most 200 kB.
        file: the name used in faults.
        catalogue: the facts that `watched` may name.
        shipped: False for a user's own pack.

    Raises:
        PackFaults: with every fault.
    """
    reader = Reader(text, file)
    pack = read_pack(reader, catalogue, shipped=shipped)
    reader.finish()
    return pack


def read_pack(reader: Reader, catalogue: Catalogue, *, shipped: bool) -> Pack:
    """Return the pack as far as it can be read; items keep their places, the reader the faults."""
    root = reader.root()
    head = root.table("pack")
    if head is None:
        if "pack" not in root:
            root.fault("", "There is no [pack] table.")
        head = Table(reader, {}, ("pack",))
        values = dict(_head_defaults())
    else:
        values = _head(head, catalogue)
    name, version = values.pop("id"), values.pop("version")
    meets = bool(values["meets"])
    questions = read_questions(root, "question", meets=meets)
    waiting = read_questions(root, "waiting_question", meets=meets)
    _no_shared_ids(root, [q.id for q in questions], [q.id for q in waiting])
    pack = Pack(
        ref=PackRef(name, version, text_hash(reader.text)),
        questions=questions,
        waiting_questions=waiting,
        proposals=tuple(_proposal(t) for t in root.tables("decision")),
        patterns=_patterns(root),
        rules=_rules(root, meets=meets),
        examples=_examples(root),
        answer_facts=answer_facts(name, (*questions, *waiting)),
        text=reader.text,
        file=reader.file,
        shipped=shipped,
        **values,
    )
    if not (pack.questions or pack.rules):
        root.fault("", "The pack has neither a [[question]] nor a [[rule]].")
    root.done()
    return pack


def _head_defaults() -> dict[str, Any]:
    return {"id": "", "version": 0, "title": "", "source": "", "meets": ()}


def _head(table: Table, catalogue: Catalogue) -> dict[str, Any]:
    single = table.text("pathway", limit=40, like=SLUG)
    several = table.words("pathways")
    if single and several:
        table.fault("pathways", "Give either 'pathway' or 'pathways', not both.")
    values: dict[str, Any] = {
        "id": table.text("id", required=True, limit=40, like=SLUG),
        "version": table.integer("version", default=1, low=1, high=10**6, required=True),
        "title": table.text("title", required=True, limit=120),
        "source": table.text("source", required=True),
        "pathways": (single,) if single else several,
        "applies": table.text("applies", limit=2000),
        "meets": table.words("meets", DAYS),
        "bank_holidays": table.word("bank_holidays", ("meet", "skip"), default="meet"),
        "answers_last_days": table.integer("answers_last_days", default=7, low=1, high=3660),
        "seconds_per_case": table.integer("seconds_per_case", default=60, low=5, high=3600),
        "confirm": table.flag("confirm"),
        "sample_one_in": table.integer("sample_one_in", default=0, high=1000),
        "waiting": table.flag("waiting"),
        "complex_share": table.integer("complex_share", default=25, high=100),
        "watched": table.words("watched"),
    }
    for name in values["watched"]:
        if name not in catalogue:
            near = catalogue.nearest(name[:80])
            table.fault("watched", f"There is no fact {name[:80]!r}.", near=near)
    table.done()
    return values


def _no_shared_ids(root: Table, ids: list[str], waiting: list[str]) -> None:
    for n, name in enumerate(waiting):
        if name and name in ids:
            path = (*root.path, "waiting_question", n, "id")
            root.reader.fault(path, f"The question {name!r} is there twice.")


def _proposal(table: Table) -> Proposal:
    proposal = Proposal(
        when=table.text("when", required=True, limit=4000),
        proposes=table.word("proposes", DESTINATIONS, required=True),
        say=table.text("say"),
    )
    table.done()
    return proposal


def _patterns(root: Table) -> tuple[Pattern, ...]:
    tables = root.tables("pattern")
    found = []
    for table in tables:
        found.append(
            Pattern(
                id=table.text("id", required=True, limit=40, like=SLUG),
                when=table.text("when", required=True, limit=4000),
                sets=table.values("sets"),
                asks_delay_reason=table.flag("asks_delay_reason"),
                say=table.text("say"),
            )
        )
        table.done()
    no_doubles(tables, (p.id for p in found), "pattern")
    return tuple(found)


def _rules(root: Table, *, meets: bool) -> tuple[SweepRule, ...]:
    tables = root.tables("rule")
    found = []
    for table in tables:
        found.append(
            SweepRule(
                id=table.text("id", required=True, limit=40, like=SLUG),
                when=table.text("when", required=True, limit=4000),
                title=table.text("title", required=True, limit=120),
                outcome=read_outcome(table, meets=meets),
                unknown_is_finding=table.flag("unknown_is_finding"),
                says=table.text("says"),
            )
        )
        table.done()
    no_doubles(tables, (r.id for r in found), "rule")
    return tuple(found)


def _examples(root: Table) -> tuple[Example, ...]:
    tables = root.tables("example")
    if not tables:
        root.fault("", "The pack has no [[example]]; examples are run as its tests.")
    found = []
    for table in tables:
        title = table.text("title", required=True, limit=200)
        given, expect = table.values("given"), _expect(table)
        found.append(Example(title, given, expect))
        table.done()
    return tuple(found)


def _expect(table: Table) -> dict[str, Any]:
    sub = table.table("expect")
    if sub is None:
        if "expect" not in table:
            table.fault("", "The key 'expect' is missing.")
        return {}
    expect: dict[str, Any] = {k: sub.words(k) for k in ("rules", "unknown", "actions", "pattern")}
    expect["proposes"] = sub.word("proposes", (*DESTINATIONS, "nothing"))
    expect["complete"] = sub.flag("complete")
    if not sub.data:
        sub.fault("", "The example expects nothing.")
    sub.done()
    return {key: value for key, value in expect.items() if key in sub}
