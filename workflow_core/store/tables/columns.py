"""How every table is made: the naming of constraints, and the portable kinds of columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Text,
    text,
)

NO_DUE = "9999-12-31"
"""The due date of a waiting row whose task has none: it sorts last."""

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_ONLY = "only rows where"
METADATA = MetaData(naming_convention=CONVENTION)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def need(name: str, *args: Any, **options: Any) -> Column[Any]:
    """A text that must be there."""
    return Column(name, TEXT, *args, nullable=False, **options)


def may(name: str, *args: Any, **options: Any) -> Column[Any]:
    """A text that may be missing."""
    return Column(name, TEXT, *args, nullable=True, **options)


def key(name: str, *args: Any) -> Column[Any]:
    """A text of the primary key."""
    return Column(name, TEXT, *args, primary_key=True)


def n() -> Column[Any]:
    """The number of a row within its case, person or stream: part of the primary key."""
    return Column("n", Integer, primary_key=True, autoincrement=False)


def count(name: str, default: int | None = 0) -> Column[Any]:
    """A whole number."""
    return Column(name, Integer, nullable=False, server_default=None if default is None else text(str(default)))


def flag(name: str, default: int = 0) -> Column[Any]:
    """Zero or one."""
    return Column(name, SmallInteger, nullable=False, server_default=text(str(default)))


def json_text(name: str) -> Column[Any]:
    """Compact JSON; an empty object where nothing is given."""
    return Column(name, TEXT, nullable=False, server_default=text("'{}'"))


def one_of(name: str, *values: str) -> CheckConstraint:
    """The closed set of values of a column."""
    return CheckConstraint(f"{name} IN ({', '.join(repr(value) for value in values)})", name=name)


def partial_index(table: str, columns: list[str], condition: str, *, unique: bool = False) -> Index:
    """Make an index that holds only the rows somebody waits for.

    The condition is handed to SQLAlchemy by :func:`say_conditions`: it belongs to each database's dialect, which is not imported for nothing.
    """
    return Index(f"ix_{table}_{'_'.join(columns)}", *columns, unique=unique, info={_ONLY: condition})


def say_conditions() -> None:
    """Tell SQLAlchemy the conditions of all partial indexes; whoever makes tables, or compares them, does so first."""
    for index in (index for table in METADATA.tables.values() for index in table.indexes if _ONLY in index.info):
        index.dialect_kwargs["sqlite_where"] = index.dialect_kwargs["postgresql_where"] = text(index.info[_ONLY])
