"""Alembic's entry: runs the steps on the connection that ``workflow_core.store.migrate`` passes in; needs no ini file."""

from __future__ import annotations

from alembic import context

from workflow_core.store.migrate import options

context.configure(connection=context.config.attributes["connection"], **options())
context.run_migrations()
