"""The server office: an office on PostgreSQL in which each account is a role of the database, and the database itself keeps everybody to his own.

The front door: :func:`install` makes it, :func:`opened` and :func:`closed` tie accounts to roles, :func:`own_login` tells a desk's session from the owner's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workflow_core.store.database import Database, Tx
    from workflow_core.store.server.making import Installed


def install(db: Database, *, bulk_rows: int | None = None) -> Installed:
    """Make the server office, or bring it to this version's; see :func:`workflow_core.store.server.making.install`."""
    from workflow_core.store.server import making

    return making.install(db, bulk_rows=bulk_rows)


def opened(tx: Tx, login: str, *, clock: bool = False) -> None:
    """An account was opened: in a server office it gets a role to log in with. Nothing elsewhere.

    :param clock: it is the one that the clock ticks with.
    :raises Conflict: ``role_taken``. :raises NotPermitted: ``desk_owner_needed``.
    """
    if tx.dialect.name == "postgresql":
        from workflow_core.store.server import making, roles

        if making.installed(tx):
            roles.give(tx, login, clock=clock)


def program_roles(tx: Tx, roles: Mapping[str, Iterable[str]]) -> None:
    """A program's definition was stored by the owner: its own roles see at a desk what it says (``Role.sees_whole``). Nothing elsewhere.

    :param roles: the fields by the role's name.
    """
    if roles and tx.dialect.name == "postgresql" and not tx.desk:
        from workflow_core.store.server import making

        if making.installed(tx):
            making.program_roles(tx, roles)


def program_imports(tx: Tx, program: str, roles: Iterable[str]) -> None:
    """A program's definition was stored by the owner: at a desk these roles may make provisional files by its sheets. Nothing elsewhere."""
    if tx.dialect.name == "postgresql" and not tx.desk:
        from workflow_core.store.server import making

        if making.installed(tx):
            making.program_imports(tx, program, roles)


def closed(tx: Tx, login: str) -> None:
    """An account was closed: its role logs in no more. Nothing elsewhere."""
    if tx.dialect.name == "postgresql":
        from workflow_core.store.server import making, roles

        if making.installed(tx):
            roles.take(tx, login)


def password(tx: Tx, login: str, word: str) -> None:
    """Set the password of an account's role.

    :raises Refused: ``no_server_office``. :raises Conflict: ``role_taken``.
    """
    from workflow_core.errors import Refused
    from workflow_core.i18n import N_

    if tx.dialect.name == "postgresql":
        from workflow_core.store.server import making, roles

        if making.installed(tx):
            roles.password(tx, login, word)
            return
    raise Refused(
        "no_server_office", N_("here nobody logs in to the database by himself"), hint=N_("a server office is one on PostgreSQL: care office migrate makes it")
    )
