"""The sweep: every rule over every open and waiting case, set-based; findings raise actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from casereview.core.decide.answers import rule_action
from casereview.core.packs import Pack, SweepRule
from casereview.errors import CaseReviewError, NotAllowed
from casereview.packs.library import Library
from casereview.packs.pack_file import sweeps_completed
from casereview.service import ids
from casereview.service.access import WRITERS
from casereview.service.desk import Desk, Rows
from casereview.service.facts import answer_facts
from casereview.service.packs_used import keep
from casereview.service.work import Work
from casereview.store import lookup
from casereview.store import sweep as engine
from casereview.store.facts import scope as scopes

COMPLETED_DAYS = 28
"""How far back packs about completed cases look: four weekly meetings."""


def packs_to_sweep(library: Library, pathway: str, pack: str | None) -> list[Pack]:
    """Return the packs with rules that fit a pathway, or the one named.

    Raises:
        NotFound: there is no such pack.
    """
    if pack is not None:
        return [library.pack(pack)]
    return [p for p in library.packs_for(pathway) if p.rules]


def _rules(
    library: Library, packs: Iterable[Pack]
) -> tuple[list[engine.RuleToRun], dict[str, tuple[Pack, SweepRule]], list[dict[str, Any]]]:
    """Return what can be run, what each rule is, and rows of those that cannot be read."""
    ready, known, broken = [], {}, []
    for pack in packs:
        for rule in pack.rules:
            name = f"{pack.id}/{rule.id}"
            try:
                condition = library.condition(rule.when, pack)
            except CaseReviewError as error:
                broken.append(_broken(name, rule, str(error)))
                continue
            known[name] = (pack, rule)
            ready.append(engine.RuleToRun(name, condition, rule.unknown_is_finding))
    return ready, known, broken


def _broken(name: str, rule: SweepRule, why: str) -> dict[str, Any]:
    return {
        "rule": name, "title": rule.title, "true": None, "false": None, "unknown": None,
        "new_actions": 0, "could_not_evaluate": why,
    }  # fmt: skip


def sweep(
    desk: Desk,
    *,
    team: str | None = None,
    pack: str | None = None,
    dry_run: bool = False,
    list_cases: bool = False,
) -> Rows:
    """Run the rules over one team's open cases, or over every team's.

    A finding raises its action unless the same cause has one open, so a second sweep raises
    nothing. A dry run writes nothing. A rule or case that fails is reported and stops no other.

    Returns:
        One row a team and rule: rule, true, false, unknown, new_actions, and case ids when listed.

    Raises:
        NotFound: no such team or pack.
        NotAllowed: the actor's role only reads, and this is no dry run.
    """
    if dry_run:
        with desk.reading() as work:
            return _sweep_teams(work, team, pack, raising=False, listing=list_cases, on=desk.on)

    def run(work: Work) -> Rows:
        if work.user(desk.actor).user.role not in WRITERS:
            raise NotAllowed("Your role reads only.", next="Use --dry-run.")
        return _sweep_teams(work, team, pack, raising=True, listing=list_cases, on=desk.today)

    return desk.change(run)


def _sweep_teams(
    work: Work, team: str | None, pack: str | None, *, raising: bool, listing: bool, on: date
) -> Rows:
    if team is not None:
        codes = [work.team(team).team.code]
    else:
        codes = list(lookup.team_numbers(work.connection))
    rows: Rows = []
    for code in codes:
        rows += _sweep_team(work, code, pack, raising=raising, listing=listing, on=on)
    return rows


def _sweep_team(
    work: Work, code: str, pack: str | None, *, raising: bool, listing: bool, on: date
) -> Rows:
    library = work.desk.library
    packs = packs_to_sweep(library, work.team(code).team.pathway, pack)
    rows: Rows = []
    for held, scope in (
        ([p for p in packs if not sweeps_completed(p)], scopes.open_cases(code)),
        (
            [p for p in packs if sweeps_completed(p)],
            scopes.completed_within(COMPLETED_DAYS, team=code),
        ),
    ):
        rows += _sweep_scope(work, code, held, scope, raising=raising, listing=listing, on=on)
    if raising:
        for kept in packs:
            keep(work, "pack", kept)
    return rows


def _sweep_scope(
    work: Work,
    code: str,
    packs: Iterable[Pack],
    scope: scopes.Scope,
    *,
    raising: bool,
    listing: bool,
    on: date,
) -> Rows:
    library = work.desk.library
    ready, known, broken = _rules(library, packs)
    rows: Rows = [{**row, "team": code} for row in broken]
    if not ready:
        return rows
    names = {n for rule in ready for n in rule.condition.names}
    counts = engine.run_sweep(
        work.connection,
        ready,
        as_of=on,
        scope=scope,
        answers=answer_facts(library, names),
        catalogue=library.catalogue,
        run_id=engine.next_run(work.connection) if raising else 0,
        keep=raising,
        list_cases=True,
        at=work.desk.now,
    )
    for count in counts:
        held_pack, rule = known[count.rule]
        made = _raise(work, code, held_pack, rule, count, on) if raising else 0
        row = {
            "rule": count.rule, "title": rule.title, "true": count.true, "false": count.false,
            "unknown": count.unknown, "new_actions": made, "team": code,
            "could_not_evaluate": count.why or None,
        }  # fmt: skip
        if listing:
            row["cases"] = [ids.out(ids.CASE, c) for c in count.true_cases]
            row["unknown_cases"] = [ids.out(ids.CASE, c) for c in count.unknown_cases]
        rows.append(row)
    return rows


def _raise(
    work: Work, code: str, pack: Pack, rule: SweepRule, count: engine.RuleCount, on: date
) -> int:
    if rule.outcome is None or not rule.outcome.action:
        return 0
    wanted = set(count.true_cases)
    if rule.unknown_is_finding:
        wanted |= set(count.unknown_cases)
    setting = work.setting(work.team(code), on)
    cause = f"rule:{pack.id}/{rule.id}"
    drafts = []
    for case_id in sorted(wanted):
        case = work.case(case_id)
        person = None if case.open else work.person(case.case.person_id)
        drafts += rule_action(setting, case, rule.outcome, cause, pack.id, person=person)
    work.record(drafts)
    return len(drafts)
