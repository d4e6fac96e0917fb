"""A task that comes once for each of several: for which of them it is asked now, and what each is known by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from workflow_core.definition import Division, Party, Person, Place, Task, path_of
from workflow_core.engine import machine
from workflow_core.engine.state import TaskRow
from workflow_core.i18n import N_

if TYPE_CHECKING:
    from workflow_core.engine.view import CaseView

LEFT = N_("what it was for is not there any more")
"""Why a row was closed that was not done: it does not stand for what is asked, and where what it was for comes back, so does the task."""


def items(view: CaseView, task: Task[Any]) -> dict[str, Any]:
    """What a task is asked for now, by what each is known by; a task that comes but once has one without a name."""
    if task.each is None:
        return {"": None}
    said: Any = task.each
    if isinstance(said, Party):
        return view.members(said)
    found = view.value(said) if path_of(said) is not None else machine.ask_function(said, view)
    return {known_by(one): one for one in (found if isinstance(found, Iterable) and not isinstance(found, str) else [] if found is None else [found])}


def known_by(item: Any) -> str:
    """What one of several is known by, as it is told and kept: a reference, a date, a number, a word; of a form its first field."""
    from workflow_core.engine.view import CaseView

    if isinstance(item, (Person, Place, CaseView)):
        return item.ref
    if isinstance(item, Division):
        return item.code
    if isinstance(item, Enum):
        return item.name
    if is_dataclass(item) and not isinstance(item, type):
        return known_by(getattr(item, fields(item)[0].name))
    return item.isoformat() if isinstance(item, date) else str(item)


def seen_for(view: CaseView, task: Task[Any], about: str) -> CaseView:
    """The case as a task's deadline sees it, with the one of several at hand: its fields can be counted from."""
    seen = view.of_task(task)
    item = items(view, task).get(about) if task.each is not None and about else None
    return seen.with_given(item) if item is not None and is_dataclass(item) else seen


def its_day(view: CaseView, task: Task[Any], about: str) -> date | None:
    """Where a task comes once for each of several days and says nothing of its due date: that day."""
    item = items(view, task).get(about) if task.each is not None and task.due is None else None
    return item if isinstance(item, date) and not isinstance(item, datetime) else None


def has_left(row: TaskRow) -> bool:
    """Whether a row was closed because what it was for had gone: then it says nothing of what comes back."""
    return row.state == "closed" and row.reason == LEFT


def of_item(rows: Iterable[TaskRow], task: Task[Any], about: str) -> list[TaskRow]:
    """The rows of one of several; all of them where a task comes but once."""
    return [row for row in rows if not has_left(row) and (task.each is None or row.about == about)]
