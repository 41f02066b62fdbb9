"""What must never be in a store, as queries that return one text a breach."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must never be; the query returns one text a breach."""

    name: str
    sql: str
    says: str
    warning: bool = False


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "no closed case has an open action",
        "SELECT 'C' || c.id || ' A' || a.id FROM cases c JOIN actions a ON a.case_id = c.id"
        " WHERE c.closed_on IS NOT NULL AND a.closed_on IS NULL ORDER BY c.id, a.id",
        "close or restore",
    ),
    Invariant(
        "a closed case has an end date and an open one has none",
        "SELECT 'C' || id FROM cases"
        " WHERE (stage IN ('complete', 'left')) <> (closed_on IS NOT NULL) ORDER BY id",
        "run verify",
    ),
    Invariant(
        "the stage of a case is its last stage spell",
        "SELECT 'C' || c.id FROM cases c WHERE c.stage <> (SELECT s.stage FROM stage_spells s"
        " WHERE s.case_id = c.id ORDER BY s.n DESC LIMIT 1) ORDER BY c.id",
        "run verify",
    ),
    Invariant(
        "stage spells follow each other without gap or overlap",
        "SELECT 'C' || a.case_id FROM stage_spells a JOIN stage_spells b ON b.case_id = a.case_id"
        " AND b.n = (SELECT min(n) FROM stage_spells x WHERE x.case_id = a.case_id AND x.n > a.n)"
        " WHERE a.before_on IS NULL OR a.before_on <> b.from_on ORDER BY a.case_id, a.n",
        "run verify",
    ),
    Invariant(
        "nobody has two open cases in one team by mistake",
        "SELECT 'P' || person_id || ' in ' || team FROM cases WHERE closed_on IS NULL"
        " GROUP BY person_id, team HAVING count(*) > 1 ORDER BY person_id, team",
        "close one, or leave them if the second was meant",
        warning=True,
    ),
    Invariant(
        "every open action has an inside owner",
        "SELECT 'A' || a.id FROM actions a JOIN action_spells s ON s.action_id = a.id"
        " WHERE a.closed_on IS NULL AND s.before_on IS NULL AND s.owner IS NULL ORDER BY a.id",
        "assign it",
    ),
    Invariant(
        "no open action is owned by a user who was removed",
        "SELECT 'A' || a.id || ' of ' || s.owner FROM actions a JOIN action_spells s"
        " ON s.action_id = a.id JOIN users u ON u.login = s.owner"
        " WHERE a.closed_on IS NULL AND s.before_on IS NULL AND u.removed_on IS NOT NULL"
        " ORDER BY a.id",
        "assign it to somebody else",
        warning=True,
    ),
    Invariant(
        "a cause has one open action at most",
        "SELECT 'C' || case_id || ' ' || cause FROM actions WHERE closed_on IS NULL"
        " AND case_id IS NOT NULL AND cause NOT IN ('manual') GROUP BY case_id, cause"
        " HAVING count(*) > 1 ORDER BY case_id, cause",
        "cancel the later",
    ),
    Invariant(
        "no decision is live on a closed case",
        "SELECT 'C' || c.id FROM cases c JOIN decisions d ON d.case_id = c.id"
        " WHERE c.closed_on IS NOT NULL AND d.ended_on IS NULL ORDER BY c.id",
        "run verify",
    ),
    Invariant(
        "every decision was proposed and signed by two people",
        "SELECT 'C' || case_id FROM decisions WHERE countersigned_by = proposed_by"
        " ORDER BY case_id",
        "decide it again",
    ),
    Invariant(
        "nobody left past an open safeguarding worry",
        "SELECT 'C' || c.id FROM cases c JOIN worries w ON w.person_id = c.person_id"
        " WHERE c.closed_on IS NOT NULL AND c.run IS NULL AND coalesce(c.exit_class, '') <> 'died'"
        " AND w.raised_on < c.closed_on AND (w.closed_on IS NULL OR w.closed_on > c.closed_on)"
        " ORDER BY c.id",
        "look at the person at once",
        warning=True,
    ),
    Invariant(
        "every handed-over worry is signed by a second person",
        "SELECT 'W' || id FROM worries WHERE signed_by IS NOT NULL AND signed_by = handed_by"
        " ORDER BY id",
        "sign it again",
    ),
    Invariant(
        "every open worry has an owner",
        "SELECT 'W' || id FROM worries WHERE closed_on IS NULL AND owner IS NULL ORDER BY id",
        "assign it",
    ),
    Invariant(
        "a team has one open review of a pack at most",
        "SELECT team || ' ' || pack FROM reviews WHERE status = 'open' GROUP BY team, pack"
        " HAVING count(*) > 1 ORDER BY team, pack",
        "close one",
    ),
    Invariant(
        "every open case belongs to a person who lives",
        "SELECT 'C' || c.id FROM cases c JOIN persons p ON p.id = c.person_id"
        " WHERE c.closed_on IS NULL AND p.died_on IS NOT NULL ORDER BY c.id",
        "record the death again",
    ),
    Invariant(
        "every case belongs to a team and a person that exist",
        "SELECT 'C' || c.id FROM cases c LEFT JOIN teams t ON t.code = c.team"
        " LEFT JOIN persons p ON p.id = c.person_id WHERE t.code IS NULL OR p.id IS NULL"
        " ORDER BY c.id",
        "run verify",
    ),
    Invariant(
        "every pack that a review used is kept",
        "SELECT 'R' || r.id || ' ' || r.pack FROM reviews r LEFT JOIN packs_kept k"
        " ON k.hash = r.hash WHERE k.hash IS NULL ORDER BY r.id",
        "restore from a backup",
    ),
    Invariant(
        "every agenda line names a case",
        "SELECT 'R' || i.review_id FROM agenda_items i LEFT JOIN cases c ON c.id = i.case_id"
        " WHERE c.id IS NULL ORDER BY i.review_id, i.case_id",
        "run verify",
    ),
    Invariant(
        "new numbers lie above those that were given",
        "SELECT e.kind || ' ' || e.most FROM (SELECT stream_kind AS kind, max(stream_id) AS most"
        " FROM entries WHERE stream_kind IN ('case', 'person', 'review', 'team', 'user', 'import')"
        " GROUP BY stream_kind UNION ALL SELECT 'action', max(id) FROM actions"
        " UNION ALL SELECT 'worry', max(id) FROM worries) e"
        " LEFT JOIN counters n ON n.name = e.kind"
        " WHERE e.most > coalesce(CAST(n.last AS INTEGER), 0) ORDER BY e.kind",
        "restore from a backup before anything else is recorded",
    ),
)  # fmt: skip

WITHOUT_NEXT_STEP = (
    "SELECT 'C' || c.id FROM cases c WHERE c.closed_on IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM actions a WHERE a.case_id = c.id AND a.closed_on IS NULL)"
    " ORDER BY c.id"
)
UNCONFIRMED_OVERRIDES = (
    "SELECT 'C' || case_id FROM overrides WHERE confirmed_on IS NULL"
    " GROUP BY case_id ORDER BY case_id"
)
UNACCEPTED_TRANSFERS = (
    "SELECT 'C' || id || ' to ' || transfer_to FROM cases"
    " WHERE transfer_to IS NOT NULL AND closed_on IS NULL ORDER BY id"
)


def breaches(connection: Connection, sql: str) -> list[str]:
    """Return what one of these queries finds."""
    return [str(row[0]) for row in connection.exec_driver_sql(sql)]
