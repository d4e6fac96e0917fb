"""What stands in a register, as a program sees it: each matter once, as its last entry has it. Pure functions over rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date, stamp, unstamp
from workflow_core.definition import Register, Workflow, path_of
from workflow_core.engine.rows import plain
from workflow_core.errors import NotFound
from workflow_core.i18n import N_
from workflow_core.inputs import decode
from workflow_core.nearest import nearest
from workflow_core.store.canonical import dump, load
from workflow_core.store.database import Row


@dataclass(frozen=True)
class Matter:
    """One matter of a register: something entered, with what became of it.

    :param n: the number of its first entry; None for one that is entered in the step at hand. :param last: the number of its latest.
    :param said: the row as it is stored; None where it was erased. :param happened: as it is stored.
    :param is_open: stands open; :param struck: was struck out; :param due: by when it must be closed, as it is stored; :param noticed: it was late.
    """

    n: int | None
    last: int | None
    said: dict[str, Any] | None
    happened: str
    slot: str | None
    recorded_at: datetime
    recorded_by: str
    is_open: bool
    struck: bool = False
    due: str | None = None
    noticed: bool = False


@dataclass(frozen=True, eq=False)
class NewEntry:
    """An entry that is about to be written.

    :param register: whose row it is; :param of: the matter that it closes, corrects or strikes out; None for a new one.
    :param said: the row as it is stored. :param due: by when it must be closed, where it stands open.
    """

    register: Register[Any]
    kind: str
    of: int | None
    row: Any
    said: dict[str, Any]
    happened: str
    slot: str | None
    is_open: bool
    due: datetime | None
    reason: str
    at: datetime
    by: str


def find_register(workflow: Workflow[Any, Any], name: str) -> Register[Any]:
    """One of a workflow's registers.

    :raises NotFound: ``register_unknown``.
    """
    wanted = name.strip().replace("-", "_")
    for one in workflow.registers:
        if one.name == wanted:
            return one
    names = [one.name for one in workflow.registers]
    meant = nearest(wanted, names)
    hint = N_("did you mean {meant}?") if meant else N_("it has: {names}") if names else ""
    values: dict[str, Any] = {"workflow": workflow.name, "name": name, "meant": meant, "names": ", ".join(names)}
    raise NotFound("register_unknown", N_("{workflow} has no register {name}"), hint=hint, **values)


def matters(rows: Iterable[Row], register: Register[Any], new: Iterable[NewEntry] = ()) -> list[Matter]:
    """The matters of a register, oldest first, by when they happened; those that were struck out among them.

    :param rows: all entries of the case, as ``store.registers.of_cases`` gives them. :param new: those of the step at hand.
    """
    found: dict[object, Matter] = {}
    for row in rows:
        if row["register"] == register.name:
            first = found.get(row["of"])
            opened, due, noticed = (row["open"] is not None, row["due"], bool(row["late_done"])) if first is None else (first.is_open, first.due, first.noticed)
            said = None if row["payload"] is None else load(row["payload"])["row"]
            found[row["of"]] = Matter(
                n=row["of"], last=row["n"], said=said, happened=row["happened"], slot=row["slot"], recorded_at=unstamp(row["recorded_at"]),
                recorded_by=row["recorded_by"], is_open=opened, struck=row["kind"] == "struck", due=due, noticed=noticed,
            )  # fmt: skip
    for one in new:
        if one.register is register:
            at = one.of if one.of is not None else one
            due = None if one.due is None else stamp(one.due)
            found[at] = Matter(one.of, None, one.said, one.happened, one.slot, one.at, one.by, one.is_open, one.kind == "struck", due)
    return sorted(found.values(), key=lambda one: (one.happened, one.n is None, one.n or 0))


def row_of(register: Register[Any], matter: Matter) -> Any:
    """What a matter says, as a row of the register's form."""
    return decode(register.row, matter.said or {})


def day_of(matter: Matter) -> date:
    """The civil day on which it happened."""
    return date.fromisoformat(matter.happened) if len(matter.happened) == 10 else civil_date(unstamp(matter.happened))


def value_in(row: Any, field: object) -> Any:
    """What a field of the row holds."""
    path = path_of(field)
    value = row
    for name in path.careflow_name.split(".") if path is not None else []:
        value = None if value is None else getattr(value, name)
    return value


def slot_of(register: Register[Any], row: Any) -> str | None:
    """The word of what may stand open once: the values of ``one_open_per``; None where the register has none."""
    if not register.keys:
        return None
    return dump([plain(value_in(row, one)) for one in register.keys])


def slot_for(register: Register[Any], key: object) -> str:
    """The same, for values that are asked for: one, or a tuple of several; a case or a person stands for its reference.

    :raises LookupError: the register has another number of them.
    """
    values = key if isinstance(key, tuple) else (key,)
    if len(values) != len(register.keys):
        raise LookupError(f"the register {register.name} is asked by {len(register.keys)} values")
    return dump([plain(getattr(value, "ref", value)) for value in values])


def is_filled(register: Register[Any], row: Any) -> bool:
    """Whether the row says that the matter is closed."""
    return register.open_until is not None and value_in(row, register.open_until) not in (None, "", ())


def happened(register: Register[Any], row: Any, at: datetime) -> str:
    """When it happened, as it is stored: a date, or an instant; else the moment of the entry."""
    value = at if register.happened is None else value_in(row, register.happened)
    return stamp(value) if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else stamp(at)


def standing(found: Sequence[Matter], slot: str) -> Matter | None:
    """The matter that stands open under a word."""
    return next((one for one in found if one.is_open and one.slot == slot), None)
