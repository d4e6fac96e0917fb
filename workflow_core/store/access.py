"""The rows of accounts and grants: their statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, grant, place, setting


def _replaced(made: Any) -> Any:
    return made.on_conflict_do_update(index_elements=["key"], set_={"value": made.excluded.value})


_ACCOUNT = (
    account.c.account_id,
    account.c.login,
    account.c.name,
    account.c.os_user,
    account.c.language,
    account.c.person_id,
    account.c.created_at,
    account.c.closed_at,
)
_GRANT = tuple(
    grant.c[name]
    for name in ("grant_id", "login", "role", "scope_kind", "scope", "program", "since", "until", "by", "stands_for", "deputy_id", "source")
)  # fmt: skip

_BY_LOGIN = Statement(select(*_ACCOUNT).where(account.c.login == bindparam("login")))
_BY_OS_USER = Statement(select(*_ACCOUNT).where(account.c.os_user == bindparam("os_user")))
_ALL = Statement(select(*_ACCOUNT).order_by(account.c.login))
_ADD = Statement(insert(account))
_CLOSE = Statement(update(account).where(account.c.account_id == bindparam("which")).values(closed_at=bindparam("at")))

_HELD = Statement(
    select(*_GRANT)
    .where(grant.c.login == bindparam("login"), grant.c.since <= bindparam("at"), or_(grant.c.until.is_(None), grant.c.until > bindparam("at")))
    .order_by(grant.c.role, grant.c.scope)
)
_NOT_ENDED = Statement(
    select(*_GRANT)
    .where(grant.c.login == bindparam("login"), or_(grant.c.until.is_(None), grant.c.until > bindparam("at")))
    .order_by(grant.c.role, grant.c.scope, grant.c.since)
)
_HOLDERS = Statement(
    select(*_GRANT)
    .join(account, account.c.login == grant.c.login)
    .where(
        grant.c.role == bindparam("role"),
        account.c.closed_at.is_(None),
        grant.c.since <= bindparam("at"),
        or_(grant.c.until.is_(None), grant.c.until > bindparam("at")),
    )
    .order_by(grant.c.login)
)
_LOCKED_HOLDERS = Statement(
    select(*_GRANT)
    .where(grant.c.role == bindparam("role"), grant.c.since <= bindparam("at"), or_(grant.c.until.is_(None), grant.c.until > bindparam("at")))
    .order_by(grant.c.grant_id)
    .with_for_update()  # two administrators who revoke each other at once queue here; SQLite has one writer anyway
)
_GIVE = Statement(insert(grant))
_COPIES = Statement(
    select(*_GRANT).where(grant.c.source == bindparam("source"), or_(grant.c.until.is_(None), grant.c.until > bindparam("at"))).order_by(grant.c.grant_id)
)
_OF_DEPUTY = Statement(
    select(*_GRANT).where(grant.c.deputy_id == bindparam("deputy_id"), or_(grant.c.until.is_(None), grant.c.until > bindparam("at"))).order_by(grant.c.grant_id)
)
_ENDING = Statement(
    select(*_GRANT)
    .join(account, account.c.login == grant.c.login)
    .where(account.c.closed_at.is_(None), grant.c.stands_for.is_(None), grant.c.until > bindparam("at"), grant.c.until <= bindparam("before"))
    .order_by(grant.c.until, grant.c.login, grant.c.role)
)
_END = Statement(update(grant).where(grant.c.grant_id == bindparam("which")).values(until=bindparam("end")))

_SETTING = Statement(select(setting.c.value).where(setting.c.key == bindparam("key")))
_SET = Statement.upsert(lambda insert: _replaced(insert(setting)))


def by_login(tx: Tx, login: str) -> Row | None:
    """The account of that login."""
    return tx.one(_BY_LOGIN, {"login": login})


def by_os_user(tx: Tx, name: str) -> Row | None:
    """The account tied to that user of the machine."""
    return tx.one(_BY_OS_USER, {"os_user": name})


def accounts(tx: Tx) -> list[Row]:
    """All accounts, by login."""
    return tx.rows(_ALL)


def add_account(tx: Tx, row: dict[str, str | None]) -> None:
    """A new account: account_id, login, name, os_user, language, created_at."""
    tx.execute(_ADD, row)


def close_account(tx: Tx, account_id: str, at: str) -> None:
    """From then on it may do nothing."""
    tx.execute(_CLOSE, {"which": account_id, "at": at})


def held(tx: Tx, login: str, at: str) -> list[Row]:
    """The grants of a login that hold at an instant."""
    return tx.rows(_HELD, {"login": login, "at": at})


def not_ended(tx: Tx, login: str, at: str) -> list[Row]:
    """The grants of a login that hold at an instant or later."""
    return tx.rows(_NOT_ENDED, {"login": login, "at": at})


def holders(tx: Tx, role: str, at: str) -> list[Row]:
    """The grants of a role to open accounts that hold at an instant."""
    return tx.rows(_HOLDERS, {"role": role, "at": at})


def lock_holders(tx: Tx, role: str, at: str) -> None:
    """Nobody else changes the grants of that role until the transaction ends."""
    tx.rows(_LOCKED_HOLDERS, {"role": role, "at": at})


def give(tx: Tx, row: dict[str, str | None]) -> None:
    """A new grant: grant_id, login, role, scope_kind, scope, program, since, until, by, at, stands_for, deputy_id, source."""
    tx.execute(_GIVE, row)


def copies(tx: Tx, grant_id: str, at: str) -> list[Row]:
    """The grants of deputies that follow from one and have not ended."""
    return tx.rows(_COPIES, {"source": grant_id, "at": at})


def of_deputy(tx: Tx, deputy_id: str, at: str) -> list[Row]:
    """The grants that a deputy has as such and that have not ended."""
    return tx.rows(_OF_DEPUTY, {"deputy_id": deputy_id, "at": at})


def ending(tx: Tx, at: str, before: str) -> list[Row]:
    """The grants of open accounts, held in their own right, that end between two instants; the first to end first."""
    return tx.rows(_ENDING, {"at": at, "before": before})


def end(tx: Tx, grant_id: str, until: str) -> None:
    """The grant holds no longer from that instant on."""
    tx.execute(_END, {"which": grant_id, "end": until})


def setting_of(tx: Tx, key: str) -> str | None:
    """A setting of the office."""
    found: str | None = tx.value(_SETTING, {"key": key})
    return found


def set_setting(tx: Tx, key: str, value: str) -> None:
    """A setting of the office, new or changed."""
    tx.execute(_SET, {"key": key, "value": value})


_PLACE = Statement(select(place.c.place_id, place.c.division).where(or_(place.c.place_id == bindparam("which"), place.c.ref == bindparam("which"))))


def place_of(tx: Tx, which: str) -> Row | None:
    """Id and division of a place, by its id or reference."""
    return tx.one(_PLACE, {"which": which})
