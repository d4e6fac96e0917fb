"""Effects: what the engine will do in the case's transaction. They are data; a program never does anything itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from workflow_core.definition.case import Case, Deny
from workflow_core.definition.fields import Value
from workflow_core.definition.people import Relative, Role, Who
from workflow_core.definition.time import Span, days

if TYPE_CHECKING:
    from workflow_core.definition.parts import Document, Fact, Stage, Task, Transition

V = TypeVar("V")
F = TypeVar("F")


class Effect:
    """Something the engine will do."""


@dataclass(frozen=True, eq=False)
class OpenTask(Effect):
    """Opens a task, unless one of its kind (about the same) is open.

    :param about: a word that tells several of one kind apart.
    """

    task: Task[Any]
    about: str = ""


@dataclass(frozen=True, eq=False)
class CloseTask(Effect):
    """Closes what is open of this task, undone."""

    task: Task[Any]


@dataclass(frozen=True, eq=False, init=False)
class Do(Effect):
    """Records a task as done with this input (an import's row)."""

    task: Task[Any]
    input: object

    def __init__(self, task: Task[F], input: F) -> None:
        object.__setattr__(self, "task", task)
        object.__setattr__(self, "input", input)


@dataclass(frozen=True, eq=False)
class Draft(Effect):
    """Drafts a paper. A person signs it; nothing legal is issued by itself."""

    document: Document


@dataclass(frozen=True, eq=False)
class Notify(Effect):
    """Sends a message to whoever holds the role for the case's division. It opens no task: what must be done is a task, or ``Escalate``."""

    to: Who | Relative
    message: str
    urgent: bool = False


@dataclass(frozen=True, eq=False)
class Escalate(Effect):
    """Lays a task on the role's desk, and a message beside it. While one for the same reason is open it is reminded of, not doubled.

    :param reason: a msgid: the title of that task.
    :param due: by when the role must look at it.
    """

    to: Role
    reason: str
    urgent: bool = False
    due: Span = field(default_factory=lambda: days(3))


@dataclass(frozen=True, eq=False)
class Refer(Effect):
    """Asks another program to take care. Where it is not enabled the referral waits, visibly.

    :param program: its name; never its module.
    :param reply: a task opened here when the other side closes or declines.
    """

    program: str
    reason: str
    urgent: bool = False
    reply: Task[Any] | None = None


@dataclass(frozen=True, eq=False, init=False)
class Observe(Effect):
    """Writes a dated fact about the subject that any program may read."""

    fact: Fact[Any]
    value: object
    on: date | None

    def __init__(self, fact: Fact[V], value: V, on: date | None = None) -> None:
        object.__setattr__(self, "fact", fact)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "on", on)


@dataclass(frozen=True, eq=False, init=False)
class SetField(Effect):
    """Sets a field of the record: to a value, to what another reference stands for, or to what a pure function says."""

    field: object
    value: object

    def __init__(self, field: Value, value: Value | Callable[[Case[Any, Any]], Value]) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "value", value)


@dataclass(frozen=True, eq=False, init=False)
class Amend(Effect):
    """Corrects the child's own file, as an event of its own that other programs see."""

    field: object
    value: object

    def __init__(self, field: Value, value: Value) -> None:
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "value", value)


@dataclass(frozen=True, eq=False, init=False)
class Fire(Effect):
    """Takes a transition, as the system.

    :param input: what the transition's form asks, where it has one.
    """

    transition: Transition[Any, Any, Any]
    input: object

    def __init__(self, transition: Transition[Any, Any, F], input: F | None = None) -> None:
        object.__setattr__(self, "transition", transition)
        object.__setattr__(self, "input", input)


@dataclass(frozen=True, eq=False)
class Open(Effect):
    """Opens a case of this program for the workflow whose record this is; once for each ``key``.

    :param subject: a child, a division …; the subject of the row at hand where None.
    """

    record: object
    subject: object = None
    parties: Mapping[Any, object] = field(default_factory=dict)
    key: str = ""
    stage: Stage | None = None


@dataclass(frozen=True, eq=False)
class On(Effect):
    """These effects on another case. They leave with the commit and are applied there in a transaction of their own, once."""

    target: Case[Any, Any] | None
    do: Sequence[Effect]


@dataclass(frozen=True, eq=False)
class When(Effect):
    """These effects only if the guard holds at that moment."""

    guard: Callable[[Case[Any, Any]], Deny | None]
    do: Sequence[Effect]
    otherwise: Sequence[Effect] = ()
