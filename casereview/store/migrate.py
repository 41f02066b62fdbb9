"""Brings an older store to this version's schema: all of it or nothing, with a backup before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect

from casereview.errors import StoreDamaged
from casereview.store.backup import prove, vacuum_into
from casereview.store.engine import (
    BUSY_MS,
    bare_engine,
    migration_engine,
    server_engine,
    server_url,
)
from casereview.store.faults import not_a_store, translating
from casereview.store.opening import check_marks, newer, read_meta
from casereview.store.place import new_file, refuse_odd, refuse_remote, refuse_unwritable
from casereview.store.schema import APPLICATION_ID
from casereview.store.statements import run

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parent / "migrations"
ROWS_CHANGE = "rows_change"
"""Name in a step's module of the tables whose row count it changes, or that it removes."""
WRITTEN_AGAIN = "written_again"
"""Name in a step's module of the tables to be written again from the journal, and of which streams:
an SQL select of their kind and id. It is done after the last step, as this version reads entries.
"""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did.

    Attributes:
        before: schema that the store had.
        after: schema that it has; the same when there was nothing to do.
        backup: the file with the store as it was, None when there was nothing to do or on a server.
    """

    before: int
    after: int
    backup: Path | None


def migrate(place: str | Path, *, scripts: Path = SCRIPTS, busy_ms: int = BUSY_MS) -> Migrated:
    """Bring a store to the newest schema in one transaction.

    A proved backup is made beside it first. Before the transaction is committed the rows of every
    table are counted against the count before, and every reference between rows is checked.

    Args:
        place: file or PostgreSQL address of the store.
        scripts: folder of the steps.
        busy_ms: milliseconds to wait for another program.

    Raises:
        StoreError: not a store, newer than this program, read-only, disk full.
        StoreDamaged: a step lost rows or left references open; the store is as it was.
        StoreBusy: another program uses it.
    """
    config = steps_in(scripts)
    target = _newest(config)
    url = server_url(str(place))
    if url is not None:
        shown = url.render_as_string(hide_password=True)
        engine = server_engine(url, writes=True, busy_ms=busy_ms)
        return _run(engine, config, shown, target=target, file=None)
    path = Path(place).expanduser().absolute()
    refuse_odd(path)
    refuse_remote(path)
    refuse_unwritable(path)
    before = _schema_of(path, target)
    if before == target:
        return Migrated(before, before, None)
    kept = _backup(path, before)
    engine = migration_engine(path, busy_ms=busy_ms)
    return _run(engine, config, str(path), target=target, file=kept)


def steps_in(scripts: Path) -> Config:
    """Return Alembic's settings for a folder of steps."""
    from alembic.config import Config

    config = Config()
    # The settings' own syntax takes % for a reference.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _newest(config: Config) -> int:
    """Return the schema number that the steps lead to."""
    from alembic.script import ScriptDirectory

    return int(ScriptDirectory.from_config(config).get_current_head() or 0)


def _schema_of(path: Path, target: int) -> int:
    """Return a file's schema number without changing the file.

    Raises:
        StoreError: it is another program's, or a later version's.
        StoreDamaged: its marks of the schema disagree.
    """
    engine = bare_engine(path, mode="ro")
    try:
        with translating(path), engine.connect() as connection:
            if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
                raise not_a_store(path, "the database belongs to another program")
            return _stored_schema(connection, path, target)
    finally:
        engine.dispose()


def _refuse_newer(place: object, schema: int, target: int) -> None:
    if schema > target:
        raise newer(place, f"schema {schema}", target)


def _backup(path: Path, schema: int) -> Path:
    """Copy the store beside itself under a name not yet taken, and prove the copy."""
    n, kept = 1, path.with_name(f"{path.name}.schema-{schema}")
    while kept.exists():
        n += 1
        kept = path.with_name(f"{path.name}.schema-{schema}-{n}")
    new_file(kept)
    engine = bare_engine(path)
    try:
        with translating(kept), engine.connect() as connection:
            vacuum_into(connection, kept)
        prove(kept)
    except BaseException:
        kept.unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()
    return kept


def run_steps(connection: Connection, config: Config) -> None:
    """Run every step that a database lacks, inside the caller's transaction, without checks."""
    from alembic import command

    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _run(engine: Engine, config: Config, place: str, *, target: int, file: Path | None) -> Migrated:
    """Run the missing steps and every check in one transaction."""
    try:
        with translating(place), engine.begin() as connection:
            # Asked again: somebody else may have migrated since the backup was made.
            before = _stored_schema(connection, place, target)
            if before == target:
                return Migrated(before, before, None)
            counts, guards = _counts(connection), _triggers(connection)
            run_steps(connection, config)
            _write_again(connection, config, before)
            _compare(counts, _counts(connection), _changing(config, before), place)
            for name in guards.keys() - _triggers(connection).keys():
                # Rebuilding a table drops its triggers, and with them the append-only rule.
                connection.exec_driver_sql(guards[name])
            _finish(connection, place, target)
    finally:
        engine.dispose()
    return Migrated(before, target, file)


def _stored_schema(connection: Connection, place: object, target: int) -> int:
    """Return a store's schema number once its other marks have been held against it."""
    meta = read_meta(connection, place)
    if connection.dialect.name == "sqlite":
        schema = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    else:
        schema = int(meta["schema"]) if meta["schema"].isdecimal() else target + 1
    _refuse_newer(place, schema, target)
    check_marks(connection, place, schema, meta, known=target)
    return schema


def _counts(connection: Connection) -> dict[str, int]:
    """Return the rows of every table but Alembic's own."""
    names = [n for n in inspect(connection).get_table_names() if n != "alembic_version"]
    return {
        name: int(run(connection, f'SELECT count(*) FROM "{name}"').scalar_one())  # noqa: S608 - a name from the catalogue
        for name in names
    }


def _triggers(connection: Connection) -> dict[str, str]:
    """Return name and statement of every trigger; none on a server, which keeps its own."""
    if connection.dialect.name != "sqlite":
        return {}
    rows = run(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row[0]: row[1] for row in rows}


def _said(config: Config, before: int, name: str) -> list[Any]:
    """Return what the modules of the steps after a schema say under a name, those that say it."""
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(config).walk_revisions()
    modules = [s.module for s in steps if int(s.revision) > before]
    return [getattr(module, name) for module in modules if hasattr(module, name)]


def _changing(config: Config, before: int) -> set[str]:
    """Return the tables whose row count the steps say they change."""
    return {name for names in _said(config, before, ROWS_CHANGE) for name in names}


def _write_again(connection: Connection, config: Config, before: int) -> None:
    """Write the rows again that the steps say have another content now."""
    from casereview.store.rebuild import write_again

    for tables, streams in _said(config, before, WRITTEN_AGAIN):
        ids = defaultdict[str, list[int]](list)
        for kind, one in run(connection, streams):
            ids[kind].append(one)
        for kind, found in ids.items():
            write_again(connection, kind, found, tables)


def _taken_back(place: object, why: str) -> StoreDamaged:
    """Say that a step would have done harm."""
    return StoreDamaged(
        f"Migrating {place} was taken back, because {why}; the store is as it was.",
        code="store_migration",
        next="Go on with the version of casereview that you had, and report this.",
    )


def _compare(before: dict[str, int], after: dict[str, int], changing: set[str], place: str) -> None:
    """Refuse steps that lost or made rows without saying so."""
    for name, count in before.items():
        if name not in changing and after.get(name) != count:
            found = after.get(name)
            kept = "none" if found is None else found
            raise _taken_back(place, f"{kept} of the {count} rows of {name} would be left")


def _finish(connection: Connection, place: str, target: int) -> None:
    """Check every reference and write the new schema's number."""
    if connection.dialect.name == "sqlite":
        orphan = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if orphan is not None:
            raise _taken_back(place, f"rows of {orphan[0]} would point nowhere")
        connection.exec_driver_sql(f"PRAGMA user_version={target}")
    sql = "UPDATE store_meta SET value = ? WHERE key = 'schema'"
    run(connection, sql, (str(target),))
