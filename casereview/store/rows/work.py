"""The tables of answers, decisions and actions."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from casereview.store.types import Day


class AnswerRow(SQLModel, table=True):
    """An answer; `before_on` is when a later answer to the same question replaced it."""

    __tablename__: ClassVar[Any] = "answers"
    __table_args__: ClassVar[Any] = (
        Index("ix_answers_review_id", "review_id"),
        {"sqlite_with_rowid": False},
    )

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    review_id: int | None = Field(default=None)
    pack: str
    question: str
    value: str | None = Field(default=None)
    on: date = Field(sa_type=Day)
    by: str
    before_on: date | None = Field(default=None, sa_type=Day)
    at_s: int | None = Field(default=None)
    passes: bool | None = Field(default=None)
    said_by: str | None = Field(default=None)
    drafted: bool
    paper: bool
    reason: str | None = Field(default=None)


class MarkRow(SQLModel, table=True):
    """What a review did with a case besides answers: confirmed, skipped, discussed, not-reached."""

    __tablename__: ClassVar[Any] = "marks"
    __table_args__: ClassVar[Any] = (
        Index("ix_marks_review_id", "review_id"),
        {"sqlite_with_rowid": False},
    )

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    review_id: int
    kind: str
    on: date = Field(sa_type=Day)
    by: str
    at_s: int | None = Field(default=None)
    until_on: date | None = Field(default=None, sa_type=Day)
    reason: str | None = Field(default=None)


class DecisionRow(SQLModel, table=True):
    """A decision that a case may move. Live while `ended_on` is None."""

    __tablename__: ClassVar[Any] = "decisions"
    __table_args__: ClassVar[Any] = (
        Index("ix_decisions_review_id", "review_id"),
        {"sqlite_with_rowid": False},
    )

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    dest: str
    status: str
    proposed_on: date = Field(sa_type=Day)
    proposed_by: str
    review_id: int | None = Field(default=None)
    pack: str | None = Field(default=None)
    agreed_on: date | None = Field(default=None, sa_type=Day)
    countersigned_by: str | None = Field(default=None)
    effective_on: date | None = Field(default=None, sa_type=Day)
    ended_on: date | None = Field(default=None, sa_type=Day)
    reason: str | None = Field(default=None)


class DecisionSpellRow(SQLModel, table=True):
    """A stretch in which a live decision stood in one way."""

    __tablename__: ClassVar[Any] = "decision_spells"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    decision: int
    status: str
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)


class DissentRow(SQLModel, table=True):
    """Somebody in the review disagreed with a decision; open until withdrawn."""

    __tablename__: ClassVar[Any] = "dissents"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    review_id: int
    by: str
    on: date = Field(sa_type=Day)
    words: str | None = Field(default=None)
    withdrawn_on: date | None = Field(default=None, sa_type=Day)


class OverrideRow(SQLModel, table=True):
    """An unmet requirement that a named person went past; comes back until confirmed."""

    __tablename__: ClassVar[Any] = "overrides"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    dest: str
    requirements: str
    by: str
    on: date = Field(sa_type=Day)
    reason: str | None = Field(default=None)
    confirmed_on: date | None = Field(default=None, sa_type=Day)


class NoteRow(SQLModel, table=True):
    """A note on a case."""

    __tablename__: ClassVar[Any] = "notes"
    __table_args__: ClassVar[Any] = ({"sqlite_with_rowid": False},)

    case_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    on: date = Field(sa_type=Day)
    by: str
    words: str | None = Field(default=None)
    review_id: int | None = Field(default=None)


class ActionRow(SQLModel, table=True):
    """A piece of work with one inside owner. The dated part is in ActionSpell."""

    __tablename__: ClassVar[Any] = "actions"
    __table_args__: ClassVar[Any] = (
        Index("ix_actions_case_id", "case_id"),
        Index("ix_actions_team", "team"),
        # Few actions belong to a person; an index of the others would cost every insert.
        Index(
            "ix_actions_person_id",
            "person_id",
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "ix_actions_about_case_id",
            "about_case_id",
            sqlite_where=text("about_case_id IS NOT NULL"),
            postgresql_where=text("about_case_id IS NOT NULL"),
        ),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: int | None = Field(default=None)
    person_id: int | None = Field(default=None)
    team: str | None = Field(default=None)
    cause: str
    opened_on: date = Field(sa_type=Day)
    first_due_on: date | None = Field(default=None, sa_type=Day)
    effort: str
    raised_by: str
    text: str | None = Field(default=None)
    review_id: int | None = Field(default=None)
    from_on: date | None = Field(default=None, sa_type=Day)
    closed_on: date | None = Field(default=None, sa_type=Day)
    closed_how: str | None = Field(default=None)
    automatic: bool
    needs_owner_accept: bool
    reason: str | None = Field(default=None)
    about_case_id: int | None = Field(default=None)


class ActionSpellRow(SQLModel, table=True):
    """A stretch of an action's life between two changes."""

    __tablename__: ClassVar[Any] = "action_spells"
    __table_args__: ClassVar[Any] = (
        Index("ix_action_spells_owner", "owner"),
        {"sqlite_with_rowid": False},
    )

    action_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    status: str
    owner: str | None = Field(default=None)
    post: str | None = Field(default=None)
    doer: str | None = Field(default=None)
    due_on: date | None = Field(default=None, sa_type=Day)
    carried: int
    from_on: date = Field(sa_type=Day)
    before_on: date | None = Field(default=None, sa_type=Day)
    parked_until: date | None = Field(default=None, sa_type=Day)
    due_pack: str | None = Field(default=None)
