"""The second guards of the tables: each is asked after the one that knows where a row lies (:mod:`workflow_core.store.server.guards`), and at the commit."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_core.store.server import guards_files, guards_letters, kinds, looking_many


def rules() -> Iterator[str]:
    """Their functions, and the tables that these read."""
    yield guards_files.TABLES
    yield guards_files.rules()
    yield kinds.GUARD
    yield guards_letters.GUARD
    yield looking_many.TABLES
    yield looking_many.LOOK_MANY


def rule_triggers() -> Iterator[str]:
    """Where they are asked."""
    yield from guards_files.triggers()
    yield from kinds.TRIGGERS
    yield from guards_letters.TRIGGERS
