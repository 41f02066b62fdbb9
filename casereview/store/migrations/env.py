"""Runs the steps inside the transaction that `casereview.store.migrate` has opened."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # Alembic takes SQLite's schema changes for untransactional, and left half states when killed.
    transactional_ddl=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
