"""The sweep: every rule over every open and waiting case, set-based; findings raise actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from casereview.core.decide.actions import due_date, raise_action, resolve_owner
from casereview.core.decide.answers import rule_action
from casereview.core.decide.setting import Setting
from casereview.core.entries import Draft, Stream
from casereview.core.packs import Outcome, Pack, SweepRule
from casereview.core.wording import fill
from casereview.errors import CaseReviewError, NotAllowed
from casereview.packs.library import Library
from casereview.packs.pack_file import sweeps_completed
from casereview.service import ids
from casereview.service.access import WRITERS
from casereview.service.cases.facts import answer_facts
from casereview.service.desk import Desk, Rows
from casereview.service.packs_used import keep
from casereview.service.work import Work
from casereview.store import journal, lookup, raising
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
    if not wanted:
        return 0
    setting = work.setting(work.team(code), on)
    cause = f"rule:{pack.id}/{rule.id}"
    if sweeps_completed(pack):
        return _raise_on_people(work, setting, rule.outcome, cause, pack, wanted)
    taken = raising.cases_with_open_cause(work.connection, cause)
    # A case that was open on the day may have closed since: it takes no new action.
    still = set(lookup.open_cases_of_team(work.connection, code))
    cases = sorted((wanted - taken) & still)
    if not cases:
        return 0
    model, lines = _plan(work, setting, rule.outcome, cause, pack, cases)
    work.forget(Stream("case", case) for case in cases)
    work.appended = True
    return raising.raise_on_cases(work.connection, model, lines, work.origin(code))


def _raise_on_people(
    work: Work, setting: Setting, outcome: Outcome, cause: str, pack: Pack, cases: set[int]
) -> int:
    drafts = []
    for case_id in sorted(cases):
        case = work.case(case_id)
        person = work.person(case.case.person_id)
        drafts += rule_action(setting, case, outcome, cause, pack.id, person=person)
    work.record(drafts)
    return len(drafts)


def _plan(
    work: Work, setting: Setting, outcome: Outcome, cause: str, pack: Pack, cases: list[int]
) -> tuple[Draft, list[raising.Line]]:
    """Return the action as the first case gets it, and what differs for each case."""
    due_on, due_pack = due_date(setting, outcome, pack.id)
    anybody = resolve_owner(setting, outcome.owner, None)
    workers: Mapping[int, str] = {}
    if outcome.owner == "key-worker":
        workers = lookup.key_workers(work.connection, cases, setting.on)
    first = journal.next_id(work.connection, "action", count=len(cases))
    model = raise_action(
        replace(setting, new_id=lambda _: first),
        Stream("case", cases[0]),
        cause=cause,
        text=fill(outcome.action, setting.pathway.words),
        owner=anybody,
        due_on=due_on,
        due_pack=due_pack,
        effort=outcome.effort,
        doer=outcome.doer,
        from_on=setting.on + timedelta(days=outcome.from_days) if outcome.from_days else None,
    )
    own = {None, setting.actor, setting.speaker}
    lines = []
    for n, case in enumerate(cases, first):
        owner = workers.get(case, anybody.login)
        lines.append(raising.Line(case, n, owner, anybody.post, owner not in own))
    return model, lines
