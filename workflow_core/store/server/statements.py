"""The writing statements of the store as templates: what a desk may ask the owner's function to run, and nothing else.

A template has its constants written out, and takes its parameters from one JSON object (``$1``). It is known by its digest, so that a desk with another
version of the software is refused instead of running something else.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Dialect

from workflow_core.store.statement import Statement

_PARAMETER = re.compile(r"%\((\w+)\)s")
_LIST = re.compile(r"\(__\[POSTCOMPILE_(\w+?)(?:~~[^\]]*)?\]\)")
_SET = re.compile(r"(\w+)=(%\(\1\)s(?:::\w+)?(?: COLLATE \"C\")?)(?=,| WHERE)")
_VALUES = re.compile(r" VALUES \(.*?\)(?= ON CONFLICT| RETURNING|$)", re.DOTALL)
_KEY = "server"


@dataclass(frozen=True, slots=True)
class Template:
    """A registered statement.

    :param kind: ``insert``: columns are those of the row that is given, and ``sql`` is what follows its values; ``write``; ``lock``: a SELECT that locks.
    :param table: which it writes, or reads. :param returns: whether it gives rows. :param params: the parameters it takes from the object.
    """

    key: str
    kind: str
    table: str
    sql: str
    returns: bool
    params: tuple[str, ...]


def template(statement: Statement, dialect: Dialect) -> Template | None:
    """The template of a statement that writes or locks; None for one that only asks."""
    kept: dict[Any, Any] = statement._compiled
    found: Template | None = kept.get(_KEY)
    if found is None:
        made = _made(statement, dialect)
        if made is None:
            return None
        found = kept[_KEY] = made
    return found


def locks(statement: Statement, dialect: Dialect) -> bool:
    """Whether a statement that asks locks what it finds."""
    return statement.reads and getattr(statement.core(dialect), "_for_update_arg", None) is not None


def all_templates(dialect: Dialect) -> Iterator[Template]:
    """Those of every statement of the store."""
    import workflow_core.store as store

    seen: set[str] = set()
    for module in pkgutil.iter_modules(store.__path__):
        if module.ispkg or module.name in ("migrate", "doctor_database"):
            continue
        for value in vars(importlib.import_module(f"{store.__name__}.{module.name}")).values():
            for statement in _within(value):
                made = template(statement, dialect)
                if made is not None and made.key not in seen:
                    seen.add(made.key)
                    yield made


def _within(value: Any) -> Iterator[Statement]:
    if isinstance(value, Statement):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _within(one)


def _made(statement: Statement, dialect: Dialect) -> Template | None:
    core: Any = statement.core(dialect)
    if statement.reads and getattr(core, "_for_update_arg", None) is None:
        return None
    inserts = bool(getattr(core, "is_insert", False))
    open_set = bool(getattr(core, "is_update", False)) and not core._values
    table = core.table if hasattr(core, "table") else core.get_final_froms()[0]
    compiled = core.compile(dialect=dialect, column_keys=[column.name for column in table.columns] if inserts or open_set else None)
    sql = " ".join(str(compiled).split())
    constants = {name: bound.effective_value for name, bound in compiled.binds.items() if not bound.required}
    if inserts:
        sql = sql[_VALUES.search(sql).end() :].strip()  # type: ignore[union-attr]
    elif open_set:
        head, where = sql.split(" WHERE ", 1)
        sql = _SET.sub(lambda one: f"{one[1]}=CASE WHEN $1 ? '{one[1]}' THEN {one[2]} ELSE {table.name}.{one[1]} END", f"{head} WHERE ") + where
    params: list[str] = []

    def list_of(found: re.Match[str]) -> str:
        if found[1] in constants:
            return f"({', '.join(_literal(one) for one in constants[found[1]])})"
        params.append(found[1])
        return f"(SELECT jsonb_array_elements_text($1->'{found[1]}'))"

    def value_of(found: re.Match[str]) -> str:
        if found[1] in constants:
            return _literal(constants[found[1]])
        params.append(found[1])
        return f"($1->>'{found[1]}')"

    sql = _PARAMETER.sub(value_of, _LIST.sub(list_of, sql)).replace("%%", "%")
    sql = re.sub(r"LIMIT (\(\$1->>'\w+'\))", r"LIMIT \1::bigint", sql)
    kind = "insert" if inserts else "lock" if statement.reads else "write"
    key = sha256(f"{kind} {table.name} {sql}".encode()).hexdigest()[:32]
    return Template(key, kind, table.name, sql, " RETURNING " in f" {sql}" or kind == "lock", tuple(dict.fromkeys(params)))


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    return "'" + str(value).replace("'", "''") + "'"
