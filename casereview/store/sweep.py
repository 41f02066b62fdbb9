"""Every sweep rule over every case of a scope, set-based: true, false, cannot tell.

The facts are worked out once; each rule is then one pass over them. A rule or a case that cannot
be evaluated is reported and never stops the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

import casereview.store.findings_rows  # noqa: F401 - declares the tables named below
from casereview.core.conditions import Condition
from casereview.core.facts import Catalogue
from casereview.errors import CaseReviewError
from casereview.store.conditions_sql import to_sql
from casereview.store.facts.answers import AnswerFact
from casereview.store.facts.scope import Scope
from casereview.store.facts.select import fact_names
from casereview.store.sweep_facts import SweepFacts

_SWEEPS = SQLModel.metadata.tables["sweeps"]
_FINDINGS = SQLModel.metadata.tables["findings"]
_FAILED = "The database could not evaluate this rule."


@dataclass(frozen=True, slots=True)
class RuleToRun:
    """A sweep rule: `id` is "pack/rule"; `unknown_is_finding` is for whoever raises actions."""

    id: str
    condition: Condition
    unknown_is_finding: bool = False


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule found; the four counts add up to the cases of the scope.

    Attributes:
        true: cases for which the rule holds.
        false: cases for which it does not.
        unknown: cases for which it cannot be told.
        error: cases that could not be evaluated; all of them when the rule itself could not.
        why: one sentence when there are errors, else "".
        true_cases, unknown_cases: ids in ascending order, only when they were asked for.
    """

    rule: str
    true: int
    false: int
    unknown: int
    error: int = 0
    why: str = ""
    true_cases: tuple[int, ...] = ()
    unknown_cases: tuple[int, ...] = ()


def run_sweep(
    conn: Connection,
    rules: Sequence[RuleToRun],
    *,
    as_of: date,
    scope: Scope,
    answers: Mapping[str, AnswerFact],
    catalogue: Catalogue,
    run_id: int = 0,
    keep: bool = True,
    list_cases: bool = False,
    at: datetime | None = None,
    head: int | None = None,
) -> list[RuleCount]:
    """Evaluate every rule for every case of a scope as they stood at the end of a day.

    Args:
        conn: of a writing transaction; temporary tables are made also when nothing is kept.
        rules: in the order of the result.
        as_of: the day; what happened after it is not read.
        scope: which cases.
        answers: answer facts by name.
        catalogue: the facts that rules may read.
        run_id: number of the run; findings kept under it before are replaced.
        keep: False counts only.
        list_cases: True also returns the ids of cases.
        at: instant of the sweep, stored with it.
        head: last journal number that the sweep saw, stored with it.
    """
    missing = {r.id: _missing(r, catalogue, answers) for r in rules}
    names = sorted({n for r in rules if not missing[r.id] for n in r.condition.names})
    with _scratch_allowed(conn):
        facts = SweepFacts(conn, names, as_of=as_of, scope=scope, answers=answers)
        if keep:
            _begin(conn, run_id, at, as_of=as_of, team=scope.team, head=head)
        counts = [_run(conn, r, facts, missing[r.id], run_id if keep else None) for r in rules]
        if list_cases:
            pairs = zip(rules, counts, strict=True)
            counts = [_listed(conn, rule, facts, count) for rule, count in pairs]
        facts.drop()
    return counts


@contextmanager
def _scratch_allowed(conn: Connection) -> Iterator[None]:
    """Let a reading connection make temporary tables; the store itself stays untouched."""
    held = None
    if conn.dialect.name == "sqlite":
        held = conn.exec_driver_sql("PRAGMA query_only").scalar_one()
        conn.exec_driver_sql("PRAGMA query_only = OFF")
    try:
        yield
    finally:
        if held:
            conn.exec_driver_sql("PRAGMA query_only = ON")


def cases_of(conn: Connection, run: int, rule: str, result: str = "true") -> list[int]:
    """Return the ids of the cases that a kept sweep found, ascending.

    Args:
        conn: of a reading or writing transaction.
        run: number of the sweep.
        rule: "pack/rule".
        result: "true", "unknown" or "error".
    """
    query = select(_FINDINGS.c.case_id).where(
        _FINDINGS.c.run == run, _FINDINGS.c.rule == rule, _FINDINGS.c.result == result
    )
    return list(conn.scalars(query.order_by(_FINDINGS.c.case_id)))


def next_run(conn: Connection) -> int:
    """Return the number for the next sweep: one more than the last kept."""
    return int(conn.scalar(select(func.coalesce(func.max(_SWEEPS.c.run), 0))) or 0) + 1


def forget_sweeps(conn: Connection, before_run: int) -> None:
    """Remove kept sweeps older than a run; findings can be worked out again."""
    conn.execute(delete(_FINDINGS).where(_FINDINGS.c.run < before_run))
    conn.execute(delete(_SWEEPS).where(_SWEEPS.c.run < before_run))


def _begin(conn: Connection, run: int, at: datetime | None, **row: Any) -> None:
    for table in (_FINDINGS, _SWEEPS):
        conn.execute(delete(table).where(table.c.run == run))
    seconds = None if at is None else int(at.timestamp())
    conn.execute(insert(_SWEEPS), {"run": run, "at_s": seconds, **row})


def _missing(rule: RuleToRun, catalogue: Catalogue, answers: Mapping[str, AnswerFact]) -> list[str]:
    built_in = {n for n in fact_names() if n in catalogue}
    return sorted(rule.condition.names - built_in - set(answers))


def _run(
    conn: Connection,
    rule: RuleToRun,
    facts: SweepFacts,
    missing: Sequence[str],
    run: int | None,
) -> RuleCount:
    bad = missing or sorted(rule.condition.names & set(facts.failed))
    if not bad:
        return _isolated(conn, rule, facts, run)
    why = f"The rule reads what cannot be worked out here: {', '.join(bad)}."
    return RuleCount(rule.id, 0, 0, 0, facts.total, why)


def _isolated(conn: Connection, rule: RuleToRun, facts: SweepFacts, run: int | None) -> RuleCount:
    try:
        with conn.begin_nested():
            return _evaluated(conn, rule, facts, run)
    except SQLAlchemyError:
        return RuleCount(rule.id, 0, 0, 0, facts.total, _FAILED)
    except CaseReviewError as error:
        return RuleCount(rule.id, 0, 0, 0, facts.total, error.message)


def _evaluated(conn: Connection, rule: RuleToRun, facts: SweepFacts, run: int | None) -> RuleCount:
    holds = to_sql(rule.condition, facts.columns())
    sane = facts.readable_for(sorted(rule.condition.names))
    spoiled = sorted({c for n in rule.condition.names for c in facts.spoiled.get(n, ())})
    if run is None:
        true, unknown = _counted(conn, holds, sane, facts)
    else:
        true = _kept(conn, run, rule.id, "true", [holds, *sane], facts)
        unknown = _kept(conn, run, rule.id, "unknown", [holds.is_(None), *sane], facts)
        if spoiled:
            rows = [{"run": run, "rule": rule.id, "case_id": c, "result": "error"} for c in spoiled]
            conn.execute(insert(_FINDINGS), rows)
    false = facts.total - true - unknown - len(spoiled)
    why = f"{len(spoiled)} case(s) hold a value that cannot be read." if spoiled else ""
    return RuleCount(rule.id, true, false, unknown, len(spoiled), why)


def _kept(
    conn: Connection,
    run: int,
    rule: str,
    result: str,
    tests: Sequence[ColumnElement[bool]],
    facts: SweepFacts,
) -> int:
    case_id = facts.facts.c.case_id
    rows = select(literal(run), literal(rule), case_id, literal(result)).where(*tests)
    kept = insert(_FINDINGS).from_select(["run", "rule", "case_id", "result"], rows)
    return conn.execute(kept, execution_options={"preserve_rowcount": True}).rowcount


def _counted(
    conn: Connection,
    holds: ColumnElement[bool],
    sane: Sequence[ColumnElement[bool]],
    facts: SweepFacts,
) -> tuple[int, int]:
    query: Any = select(
        func.count(case((holds, 1))), func.count(case((holds.is_(None), 1)))
    ).select_from(facts.facts)
    true, unknown = conn.execute(query.where(*sane)).one()
    return true, unknown


def _listed(conn: Connection, rule: RuleToRun, facts: SweepFacts, count: RuleCount) -> RuleCount:
    if not count.true + count.unknown:
        return count
    holds = to_sql(rule.condition, facts.columns())
    sane = facts.readable_for(sorted(rule.condition.names))
    case_id = type_coerce(facts.facts.c.case_id, Integer)
    found = [
        tuple(conn.scalars(select(case_id).where(test, *sane).order_by(case_id)))
        for test in (holds, holds.is_(None))
    ]
    return replace(count, true_cases=found[0], unknown_cases=found[1])
