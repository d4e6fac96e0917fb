"""Statements that are compiled once per database and then sent as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert

Params = Mapping[str, Any]
SHORT = 4
"""So many values of a list are written out once and kept."""
InsertInto = Callable[[Any], Any]
"""The ``insert`` of one of the databases: both have ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """One text for one database.

    :param names: the parameters a caller must give.
    :param order: the parameters in the order of the question marks; none where they are sent by name.
    :param constants: the values that were written into the statement itself.
    :param expands: holds a list (``IN``) and must be written out anew for each length.
    :param all: the names of parameters and constants.
    :param lists: the parameters that are lists, each with the names of its values in the text.
    """

    sql: str
    names: frozenset[str]
    order: tuple[str, ...] | None
    constants: dict[str, Any]
    expands: bool
    all: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def bind(self, params: Params) -> tuple[Any, ...] | dict[str, Any]:
        """Put the values in the driver's form.

        :raises TypeError: a parameter is missing, or unknown; names only, never a value.
        """
        values = {**self.constants, **params} if self.constants else params
        if self.lists:
            values = {**values, **{one: value for name, many in self.lists.items() for one, value in zip(many, params[name], strict=True)}}
        if len(params) == len(self.names):  # of so many, none missing: then none is unknown
            try:
                return tuple([values[name] for name in self.order]) if self.order is not None else {name: values[name] for name in self.all}
            except KeyError:
                pass
        raise TypeError(f"parameters: missing {sorted(self.names - params.keys())}, unknown {sorted(params.keys() - self.names)}")


def is_select(core: Executable) -> bool:
    """Whether it only asks."""
    return bool(getattr(core, "is_select", False))


class Statement:
    """A statement of SQLAlchemy Core, made once at module level; compiled at its first use on each database.

    ``Statement(select(case).where(case.c.ref == bindparam("ref")))``. An ``insert(table)`` or ``update(table)`` without values takes its
    columns from the names of the parameters it is sent with.
    """

    __slots__ = ("_compiled", "_core", "reads")

    def __init__(self, core: Executable | Callable[[InsertInto], Any]) -> None:
        self._core = core
        self._compiled: dict[tuple[str, tuple[str, ...]], Compiled] = {}
        self.reads = not callable(core) and is_select(core)
        """Whether a reading transaction may send it."""

    @classmethod
    def upsert(cls, build: Callable[[InsertInto], Any]) -> Statement:
        """Make an INSERT with ON CONFLICT, which SQLAlchemy spells once per database: ``Statement.upsert(lambda insert: insert(table).on_…())``."""
        return cls(build)

    def core(self, dialect: Dialect) -> Executable:
        """What this database is sent, as SQLAlchemy holds it."""
        if callable(self._core):
            # Imported on use: who works with one database does not wait for the other's.
            into: Any = import_module(f"sqlalchemy.dialects.{dialect.name}")
            return cast(Insert, self._core(into.insert))
        return self._core

    def compiled(self, dialect: Dialect, params: Params) -> Compiled:
        """The text for this database; columns of an insert or update are the names of the parameters."""
        key = (dialect.name, () if self.reads else tuple(params))
        found = self._compiled.get(key)
        if found is None:
            found = self._compiled[key] = self._compile(dialect, key[1])
        return found

    def expanded(self, dialect: Dialect, params: Params) -> Compiled | None:
        """The text with its lists written out, where they are short; None where one is empty or long: then it is written out anew.

        A caller who asks for one at a time asks so a thousand times, and writing a statement out takes longer than sending it.
        """
        sizes = tuple(len(value) for value in params.values() if isinstance(value, (list, tuple)))
        if not all(0 < size <= SHORT for size in sizes):
            return None
        key = (dialect.name, ("", *params, *map(str, sizes)))  # never that of the text with its lists unwritten
        found = self._compiled.get(key)
        if found is None:
            made: SQLCompiler = self.core(dialect).compile(dialect=dialect, column_keys=None if self.reads else list(params))  # type: ignore[attr-defined]
            constants = {name: bound.effective_value for name, bound in made.binds.items() if not bound.required}
            if made.literal_execute_params or any(isinstance(value, (list, tuple)) for value in constants.values()):
                return None
            state = made.construct_expanded_state(params)
            found = self._compiled[key] = Compiled(
                sql=state.statement,
                names=frozenset(name for name, bound in made.binds.items() if bound.required),
                order=tuple(state.positiontup or ()) if made.positional else None,
                constants=constants,
                expands=False,
                all=tuple(state.parameters),
                lists={name: tuple(many) for name, many in state.parameter_expansion.items()},
            )
        return found

    def _compile(self, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
        core: Any = self.core(dialect)
        made: SQLCompiler = core.compile(dialect=dialect, column_keys=list(names) if names else None)
        required = frozenset(name for name, bound in made.binds.items() if bound.required)
        constants = {name: bound.effective_value for name, bound in made.binds.items() if not bound.required}
        return Compiled(
            sql=str(made),
            names=required,
            order=tuple(made.positiontup or ()) if made.positional else None,
            constants=constants,
            expands=bool(made.post_compile_params) or bool(made.literal_execute_params),
            all=(*required, *constants),
        )
