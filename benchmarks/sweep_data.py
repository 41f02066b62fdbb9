"""The store, the rules and the hand-written SQL of benchmarks/sweep.py."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection

RULES = {
    "caseload-sweep/nothing-happening": "days_in_stage > 42 and open_actions = 0",
    "caseload-sweep/overdue": "overdue_actions >= 2 or days_most_overdue > 14",
    "caseload-sweep/leech": "leeches > 0",
    "caseload-sweep/no-contact": "days_since_contact > 28",
    "caseload-sweep/missed-twice": "consecutive_missed >= 2",
    "caseload-sweep/past-the-end": "days_past_expected_end > 0 and decision is null",
    "caseload-sweep/no-key-worker": "not has_key_worker",
    "caseload-sweep/let-go": "goals_met = 'yes' and safeguarding = 'none'"
    " and open_actions = actions_with_others",
    "caseload-sweep/not-reviewed": "coalesce(days_since_review, days_since_referral) > 35"
    " or answer_caseload_sweep_still_needed = 'no'",
    "caseload-sweep/waiting-long": "waiting_for = 'assessment' and days_waiting > 126",
    "long-stay/over-21": "days_since_referral > 21 and stage in ('stabilise', 'recover')",
    "safeguarding/home-assessment": "children_in_household = 'yes' and home_assessment_on is null",
}

_TABLES = {
    "cases": "id, person_id, team, pathway, stage, referred_on, first_referred_on, head",
    "persons": "id, born_on, restricted",
    "person_facts": "person_id, fact, n, from_on, before_on, text, number",
    "stage_spells": "case_id, n, stage, from_on, before_on, move",
    "case_facts": "case_id, fact, n, from_on, before_on, text, number",
    "allocations": "case_id, n, login, role, from_on, before_on",
    "contacts": 'case_id, n, kind, attended, "on"',
    "actions": "id, case_id, team, cause, opened_on, first_due_on, effort, raised_by, automatic,"
    " needs_owner_accept",
    "action_spells": "action_id, n, status, owner, doer, due_on, carried, from_on, before_on",
    "marks": 'case_id, n, review_id, kind, "on", "by"',
    "answers": "case_id, n, review_id, pack, question, value,"
    ' "on", "by", before_on, drafted, paper',
    "decisions": "case_id, n, dest, status, proposed_on, proposed_by, agreed_on",
    "decision_spells": "case_id, n, decision, status, from_on",
    "worries": "id, person_id, raised_on, raised_by, danger_now",
}


def fill(conn: Connection, n: int, *, team_size: int, today: int) -> None:
    """Write `n` open cases in teams of `team_size`, each with its history up to `today`."""
    dice = random.Random(20260303)
    source = ((i, _case(i, dice, team_size, today)) for i in range(1, n + 1))
    while batch := list(islice(source, 20_000)):
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        for _, case in batch:
            for table, row in case:
                rows[table].append(row)
        for table, lines in rows.items():
            _insert(conn, table, lines)


def _insert(conn: Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        columns = _TABLES[table]
        places = ", ".join("?" * len(rows[0]))
        conn.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)  # noqa: S608 - fixed words only


def _case(i: int, dice: random.Random, team_size: int, today: int) -> Iterator[Any]:
    pick, r = dice.choice, dice.randrange
    team = f"T{i // team_size:04d}"
    came = today - 20 - r(300)
    moved = came + r(today - came)
    stage = pick(("assess", "stabilise", "recover"))
    yield "persons", (i, today - 3000 - r(9000), 0)
    yield "cases", (i, i, team, "childrens", stage, came, came, 9)
    if stage == "assess":
        yield "stage_spells", (i, 1, "assess", came, None, "")
    else:
        yield "stage_spells", (i, 1, "assess", came, moved, "")
        yield "stage_spells", (i, 2, stage, moved, None, "forward")
    if r(10):
        yield "allocations", (i, 3, f"worker{r(40)}", "key-worker", came, None)
    yield from _facts(i, dice, came, today)
    for k in range(r(6)):
        yield "contacts", (i, 20 + k, "visit", pick("5556732"), came + r(today - came + 1))
    yield from _work(i, dice, team, today)


def _facts(i: int, dice: random.Random, came: int, today: int) -> Iterator[Any]:
    pick, r = dice.choice, dice.randrange
    later = came + r(today - came + 1)
    yield "case_facts", (i, "expected_end_on", 10, came, later, None, came + 90)
    yield "case_facts", (i, "expected_end_on", 11, later, None, None, today + r(120) - 30)
    if r(2):
        yield "case_facts", (i, "goals_met", 12, later, None, pick(("yes", "partly", "no")), None)
    if r(2):
        yield "case_facts", (i, "assessed_on", 13, later, None, None, later)
    if r(2):
        yield "person_facts", (i, "children_in_household", 2, came, None, pick(("yes", "no")), None)
    if r(2):
        yield "person_facts", (i, "home_assessment_on", 3, came, None, None, came)
    if r(4):
        yield "person_facts", (i, "safeguarding", 4, came, None, "none", None)
    if not r(50):
        yield "worries", (i, i, today - r(30), "worker1", 0)


def _work(i: int, dice: random.Random, team: str, today: int) -> Iterator[Any]:
    pick, r = dice.choice, dice.randrange
    for k in range(r(3)):
        action, opened = i * 4 + k, today - 30 - r(60)
        due = today + r(40) - 20
        status, doer = pick(("open", "open", "done")), pick((None, None, "Housing"))
        yield "actions", (action, i, team, "manual", opened, due, "small", "worker1", 0, 0)
        yield "action_spells", (action, 40, "open", "worker1", doer, due - 7, 0, opened, today - 20)
        yield "action_spells", (action, 41, status, "worker1", doer, due, r(5), today - 20, None)
    for k in range(3):
        kind = pick(("discussed", "discussed", "confirmed", "not-reached"))
        on = today - 7 * (3 - k) - r(20)
        yield "marks", (i, 50 + k, on, kind, on, "chair")
        value = pick(("yes", "no", "cannot-tell"))
        until = None if k == 2 else on + 7
        question = "still_needed" if r(3) else "next_step_agreed"
        row = (i, 60 + k, on, "caseload-sweep", question, value, on, "chair", until, 0, 0)
        yield "answers", row
    if not r(20):
        proposed = today - r(20)
        yield "decisions", (i, 70, "complete", "agreed", proposed, "lead", proposed)
        yield "decision_spells", (i, 70, 70, "agreed", proposed)


def bare_statements(today: int, run: int) -> Iterable[str]:
    """Return the hand-written SQL: cases, their facts, one INSERT for each rule and result."""
    columns = "case_id INTEGER PRIMARY KEY, person_id, came, stage, since"
    yield f"CREATE TEMP TABLE bare_cases ({columns})"
    yield _CASES.replace("$day", str(today))
    yield _FACTS.replace("$day", str(today))
    for rule, when in RULES.items():
        for result, test in (("true", f"({when})"), ("unknown", f"({when}) IS NULL")):
            yield (
                "INSERT INTO findings (run, rule, case_id, result) "  # noqa: S608 - fixed words only
                f"SELECT {run}, '{rule}', case_id, '{result}' FROM bare_facts WHERE {test}"
            )
    yield "DROP TABLE bare_facts"
    yield "DROP TABLE bare_cases"


_CASES = """
INSERT INTO bare_cases
SELECT c.id, c.person_id, c.referred_on, s.stage, s.from_on
FROM cases c JOIN stage_spells s
  ON s.case_id = c.id AND s.from_on <= $day AND (s.before_on IS NULL OR s.before_on > $day)
WHERE c.referred_on <= $day AND s.stage IN ('assess', 'stabilise', 'recover')
"""
_HELD = "f.from_on <= $day AND (f.before_on IS NULL OR f.before_on > $day)"
_CASE_FACT = f"FROM case_facts f WHERE f.case_id = b.case_id AND {_HELD} AND f.fact ="
_PERSON_FACT = f"FROM person_facts f WHERE f.person_id = b.person_id AND {_HELD} AND f.fact ="
_ASSESSED = f"(SELECT f.number {_CASE_FACT} 'assessed_on')"
_STARTED = f"(SELECT f.number {_CASE_FACT} 'started_on')"
_FACTS = f"""
CREATE TEMP TABLE bare_facts AS SELECT b.case_id, b.stage,
  $day - b.since AS days_in_stage,
  $day - b.came AS days_since_referral,
  coalesce(a.open_actions, 0) AS open_actions,
  coalesce(a.overdue_actions, 0) AS overdue_actions,
  coalesce($day - a.earliest, 0) AS days_most_overdue,
  coalesce(a.leeches, 0) AS leeches,
  coalesce(a.others, 0) AS actions_with_others,
  $day - k.last_on AS days_since_contact,
  CASE WHEN k.missed > 0 THEN (SELECT count(*) FROM contacts m WHERE m.case_id = b.case_id
    AND m."on" <= $day AND m.attended IN ('3', '7')
    AND m."on" * 1000000 + m.n > coalesce(k.last_at, -1)) ELSE 0 END AS consecutive_missed,
  $day - (SELECT f.number {_CASE_FACT} 'expected_end_on') AS days_past_expected_end,
  (SELECT d.status FROM decision_spells d WHERE d.case_id = b.case_id
    AND d.from_on <= $day AND (d.before_on IS NULL OR d.before_on > $day)) AS decision,
  EXISTS (SELECT 1 FROM allocations l WHERE l.case_id = b.case_id AND l.role = 'key-worker'
    AND l.from_on <= $day AND (l.before_on IS NULL OR l.before_on > $day)) AS has_key_worker,
  (SELECT f.text {_CASE_FACT} 'goals_met') AS goals_met,
  CASE WHEN EXISTS (SELECT 1 FROM worries w WHERE w.person_id = b.person_id
    AND w.raised_on <= $day AND (w.closed_on IS NULL OR w.closed_on > $day)) THEN 'open'
    ELSE (SELECT f.text {_PERSON_FACT} 'safeguarding') END AS safeguarding,
  (SELECT $day - max("on") FROM marks m WHERE m.case_id = b.case_id AND m."on" <= $day
    AND m.kind IN ('discussed', 'confirmed')) AS days_since_review,
  (SELECT n.value FROM answers n WHERE n.case_id = b.case_id AND n.pack = 'caseload-sweep'
    AND n.question = 'still_needed' AND n.drafted = 0 AND n."on" <= $day AND n."on" >= $day - 35
    ORDER BY n."on" DESC, n.n DESC LIMIT 1) AS answer_caseload_sweep_still_needed,
  CASE WHEN b.stage <> 'assess' THEN 'nothing'
    WHEN coalesce({_ASSESSED} > $day, 1) THEN 'assessment'
    WHEN coalesce({_STARTED} > $day, 1) THEN 'start' ELSE 'nothing' END AS waiting_for,
  CASE WHEN b.stage <> 'assess' THEN 0
    WHEN coalesce({_ASSESSED} > $day, 1) THEN $day - b.came
    WHEN coalesce({_STARTED} > $day, 1) THEN $day - {_ASSESSED} ELSE 0 END AS days_waiting,
  (SELECT f.text {_PERSON_FACT} 'children_in_household') AS children_in_household,
  (SELECT f.number {_PERSON_FACT} 'home_assessment_on') AS home_assessment_on
FROM bare_cases b
LEFT JOIN (
  SELECT b.case_id, count(*) AS open_actions, sum(s.due_on < $day) AS overdue_actions,
    min(CASE WHEN s.due_on < $day THEN s.due_on END) AS earliest, sum(s.carried >= 3) AS leeches,
    sum(s.doer <> '') AS others
  FROM bare_cases b JOIN actions a ON a.case_id = b.case_id
  JOIN action_spells s ON s.action_id = a.id AND s.from_on <= $day
    AND (s.before_on IS NULL OR s.before_on > $day)
  WHERE s.status = 'open' OR (s.status = 'parked' AND s.parked_until <= $day)
  GROUP BY b.case_id
) a ON a.case_id = b.case_id
LEFT JOIN (
  SELECT b.case_id, max(CASE WHEN k.attended IN ('5', '6') THEN k."on" END) AS last_on,
    max(CASE WHEN k.attended IN ('5', '6') THEN k."on" * 1000000 + k.n END) AS last_at,
    sum(k.attended IN ('3', '7')) AS missed
  FROM bare_cases b JOIN contacts k ON k.case_id = b.case_id WHERE k."on" <= $day
  GROUP BY b.case_id
) k ON k.case_id = b.case_id
"""  # noqa: S608 - fixed words only
