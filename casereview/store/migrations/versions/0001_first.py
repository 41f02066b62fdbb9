"""The first schema: every table, index and append-only trigger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TYPES: dict[str, Callable[[], sa.types.TypeEngine[Any]]] = {
    "int": sa.Integer,
    "big": lambda: sa.BigInteger().with_variant(sa.Integer, "sqlite"),
    "text": sa.String,
    "long": sa.Text,
    "bool": sa.Boolean,
    "blob": sa.LargeBinary,
}
"""What the words in TABLES stand for; `key` and `serial` make the primary key, `null` allows it."""

TABLES = {
    "action_spells": """
        action_id int key, n int key, status text, owner text null, post text null,
        doer text null, due_on int null, carried int, from_on int, before_on int null,
        parked_until int null, due_pack text null
    """,
    "actions": """
        id int key, case_id int null, person_id int null, team text null, cause text,
        opened_on int, first_due_on int null, effort text, raised_by text, text text null,
        review_id int null, from_on int null, closed_on int null, closed_how text null,
        automatic bool, needs_owner_accept bool, reason text null, about_case_id int null
    """,
    "agenda_items": """
        review_id int key, position int key, case_id int, lane text, effort int null,
        drawn bool, late bool, facts text
    """,
    "allocations": """
        case_id int key, n int key, login text, role text, from_on int, before_on int null
    """,
    "answers": """
        case_id int key, n int key, review_id int null, pack text, question text,
        value text null, on int, by text, before_on int null, at_s int null, passes bool null,
        said_by text null, drafted bool, paper bool, reason text null
    """,
    "attendances": """
        review_id int key, n int key, login text null, status text, guest text null
    """,
    "case_facts": """
        case_id int key, fact text key, n int key, from_on int, before_on int null,
        text text null, number int null
    """,
    "cases": """
        id int key, person_id int, team text, pathway text, stage text, referred_on int,
        first_referred_on int, head int, referred_s int null, closed_on int null,
        closed_s int null, exit text null, exit_class text null, linked_case_id int null,
        link text null, transfer_to text null, transfer_on int null, run int null,
        excluded text null
    """,
    "commands": """
        id text key, done_at text, actor text, result long
    """,
    "contacts": """
        case_id int key, n int key, kind text, attended text, on int, at_s int null,
        with_whom text null
    """,
    "counters": """
        name text key, last big
    """,
    "decisions": """
        case_id int key, n int key, dest text, status text, proposed_on int, proposed_by text,
        review_id int null, pack text null, agreed_on int null, countersigned_by text null,
        effective_on int null, ended_on int null, reason text null
    """,
    "delays": """
        case_id int key, n int key, reason text, from_on int, before_on int null
    """,
    "dissents": """
        case_id int key, n int key, review_id int, by text, on int, words text null,
        withdrawn_on int null
    """,
    "entries": """
        number big serial, stream_kind text, stream_id big, seq int, kind text, team text null,
        occurred_on int, occurred_at text null, recorded_at text, recorded_by text,
        said_by text null, command text, review int null, pack_id text null,
        pack_version int null, pack_hash text null, body long, text_digest text null, hash text
    """,
    "findings": """
        run int key, rule text key, case_id int key, result text
    """,
    "imported_cases": """
        case_id int key, team text, source text, local_id text null, events long
    """,
    "marks": """
        case_id int key, n int key, review_id int, kind text, on int, by text, at_s int null,
        until_on int null, reason text null
    """,
    "meeting_changes": """
        team text key, pack text key, on int key, moved_to int null, reason text null
    """,
    "memberships": """
        login text key, team text key, from_on int key, before_on int null
    """,
    "milestones": """
        case_id int key, n int key, name text, on int, at_s int null, excluded text null
    """,
    "notes": """
        case_id int key, n int key, on int, by text, words text null, review_id int null
    """,
    "overrides": """
        case_id int key, n int key, dest text, requirements text, by text, on int,
        reason text null, confirmed_on int null
    """,
    "packs_kept": """
        hash text key, id text, version int, kind text, text long
    """,
    "person_facts": """
        person_id int key, fact text key, n int key, from_on int, before_on int null,
        text text null, number int null
    """,
    "person_ids": """
        person_id int key, n int key, source text, local_id text
    """,
    "person_links": """
        person_id int key, n int key, other_id int, kind text, from_on int
    """,
    "persons": """
        id int key, name text null, born_on int null, nhs_number text null, sex text null,
        died_on int null, merged_into int null, restricted bool
    """,
    "posts": """
        team text key, n int key, post text, login text, from_on int, before_on int null
    """,
    "reviews": """
        id int key, team text, pack text, version int, hash text, on int, status text,
        chair text, opened_s int, head int, closed_s int null, closed_on int null, paper bool,
        baseline bool
    """,
    "runs": """
        id int key, team text, on int, status text, source_hash text, layout_hash text,
        accepted int, unchanged int, rejected int, warned int, cases int, file text null
    """,
    "seals": """
        number int key, at text, upto big, head text
    """,
    "stage_spells": """
        case_id int key, n int key, stage text, from_on int, before_on int null,
        from_s int null, move text, exit text null, exit_class text null
    """,
    "store_meta": """
        key text key, value text
    """,
    "sweeps": """
        run int key, at_s int null, as_of int, team text null, head int null
    """,
    "team_meetings": """
        team text key, pack text key, weekday int key, from_on int key, before_on int null
    """,
    "teams": """
        code text key, id int, pathway text, division text, opened_on int, name text null,
        bank_holidays text
    """,
    "users": """
        login text key, id int, role text, name text null, initials text null,
        os_user text null, pin text null, pin_failures int, removed_on int null
    """,
    "worries": """
        id int key, person_id int, raised_on int, raised_by text, danger_now bool,
        owner text null, act_by int null, raised_s int null, told text null,
        handed_to text null, handed_by text null, signed_by text null, closed_on int null,
        words text null, case_id int null
    """,
    "entry_text": """
        number big key, salt blob, text long
    """,
    "seal_streams": """
        seal int key, stream_kind text key, stream_id big key, seq int, head text
    """,
}
UNIQUES: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("entries", "uq_entries_stream_seq", ("stream_kind", "stream_id", "seq")),
)
REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("entry_text", "number", "entries.number"),
    ("seal_streams", "seal", "seals.number"),
)
INDEXES: tuple[tuple[str, str, tuple[str, ...], bool, str | None], ...] = (
    ("ix_action_spells_owner", "action_spells", ("owner",), False, None),
    ("ix_actions_about_case_id", "actions", ("about_case_id",), False, "about_case_id IS NOT NULL"),
    ("ix_actions_case_id", "actions", ("case_id",), False, None),
    ("ix_actions_person_id", "actions", ("person_id",), False, "person_id IS NOT NULL"),
    ("ix_actions_team", "actions", ("team",), False, None),
    ("ix_agenda_items_case_id", "agenda_items", ("case_id",), False, None),
    ("ix_allocations_login", "allocations", ("login",), False, None),
    ("ix_answers_review_id", "answers", ("review_id",), False, None),
    ("ix_cases_linked_case_id", "cases", ("linked_case_id",), False, None),
    ("ix_cases_person_id", "cases", ("person_id",), False, None),
    ("ix_cases_team_closed_on", "cases", ("team", "closed_on"), False, None),
    ("ix_decisions_review_id", "decisions", ("review_id",), False, None),
    ("ix_entries_command", "entries", ("command",), False, None),
    ("ix_entries_review", "entries", ("review",), False, "review IS NOT NULL"),
    ("ix_imported_cases_local_id", "imported_cases", ("source", "local_id", "team"), False, None),
    ("ix_marks_review_id", "marks", ("review_id",), False, None),
    ("ix_person_ids_source_local_id", "person_ids", ("source", "local_id"), False, None),
    ("ix_persons_nhs_number", "persons", ("nhs_number",), False, None),
    ("ix_reviews_team_on", "reviews", ("team", "on"), False, None),
    ("ix_worries_person_id", "worries", ("person_id",), False, None),
)
AUTOINCREMENT = ("entries",)
WITHOUT_ROWID = (
    "action_spells",
    "agenda_items",
    "allocations",
    "answers",
    "attendances",
    "case_facts",
    "contacts",
    "decisions",
    "delays",
    "dissents",
    "findings",
    "marks",
    "meeting_changes",
    "memberships",
    "milestones",
    "notes",
    "overrides",
    "person_facts",
    "person_ids",
    "person_links",
    "posts",
    "stage_spells",
    "team_meetings",
)

APPEND_ONLY = ("entries", "seals", "seal_streams")


def column(words: str) -> sa.Column[Any]:
    """Return the column of one line of TABLES: name, type, and what else it is."""
    name, kind, *more = words.split()
    return sa.Column(
        name,
        TYPES[kind](),
        primary_key="key" in more or "serial" in more,
        autoincrement="serial" in more,
        nullable="null" in more,
    )


def upgrade() -> None:
    """Make everything in an empty database."""
    for name, lines in TABLES.items():
        items: list[sa.schema.SchemaItem] = [column(words) for words in lines.split(",")]
        items += [sa.UniqueConstraint(*c, name=n) for t, n, c in UNIQUES if t == name]
        items += [sa.ForeignKeyConstraint([c], [to]) for t, c, to in REFERENCES if t == name]
        op.create_table(
            name,
            *items,
            sqlite_autoincrement=name in AUTOINCREMENT,
            sqlite_with_rowid=name not in WITHOUT_ROWID,
        )
    for name, table, columns, unique, where in INDEXES:
        only = None if where is None else sa.text(where)
        op.create_index(
            name, table, list(columns), unique=unique, sqlite_where=only, postgresql_where=only
        )
    for statement in triggers(op.get_bind().dialect.name):
        op.execute(sa.text(statement))


def triggers(dialect: str) -> list[str]:
    """Return the statements that refuse changes to the journal."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} are append-only'); END"
            for table in APPEND_ONLY
            for verb in ("update", "delete")
        ]
    return [
        REFUSE,
        *(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION casereview_append_only()"
            for table in APPEND_ONLY
        ),
    ]


REFUSE = (
    "CREATE FUNCTION casereview_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' are append-only'; END $$"
)
