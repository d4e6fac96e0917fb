"""Effects: what the engine will do in the case's transaction. They are data; a program never does anything itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from workflow_core.definition.case import Case, Deny
from workflow_core.definition.fields import Value
from workflow_core.definition.people import Party, Relative, Role, Who
from workflow_core.definition.time import Span, days

if TYPE_CHECKING:
    from workflow_core.definition.fields import CaseRef
    from workflow_core.definition.parts import Document, Fact, Register, Stage, Task, Transition

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


@dataclass(frozen=True, eq=False, init=False)
class Enter(Effect):
    """Enters into a register of this case: a row, what a reference to one stands for, or what a pure function says; ``register.do`` follows at once.

    A row that fills ``open_until`` closes the open entry with the same ``one_open_per``.
    """

    register: Register[Any]
    row: object

    def __init__(self, register: Register[V], row: V | Callable[[Case[Any, Any]], V]) -> None:
        object.__setattr__(self, "register", register)
        object.__setattr__(self, "row", row)


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
    """Writes a dated fact about the subject that any program may read.

    :param value: a value, what a reference stands for, or what a pure function says. :param on: when it held; today where None.
    :param about: what else must be known of it: the device it was measured with.
    """

    fact: Fact[Any]
    value: object
    on: date | None
    about: str

    def __init__(self, fact: Fact[V], value: V | Callable[[Case[Any, Any]], V], on: date | None = None, *, about: str = "") -> None:
        object.__setattr__(self, "fact", fact)
        object.__setattr__(self, "value", value)
        object.__setattr__(self, "on", on)
        object.__setattr__(self, "about", about)


@dataclass(frozen=True, eq=False, init=False)
class SetField(Effect):
    """Sets a field of the record, or all of it (``ref(Record)``): to a value, to what another reference stands for, or to what a pure function says."""

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

    :param input: what the transition's form asks, where it has one; ``ref(Form)`` for the input at hand, as it is.
    :param set: fields of the record that are set in the same step, before the transition's own effects.
    """

    transition: Transition[Any, Any, Any]
    input: object
    set: Sequence[SetField]

    def __init__(self, transition: Transition[Any, Any, F], input: F | None = None, *, set: Sequence[SetField] = ()) -> None:
        object.__setattr__(self, "transition", transition)
        object.__setattr__(self, "input", input)
        object.__setattr__(self, "set", set)


@dataclass(frozen=True, eq=False)
class Open(Effect):
    """Opens a case of this program for the workflow whose record this is, in the same transaction: the change is made with it, or not at all.

    With a ``key`` it is opened once for ever (of one whole, about one subject); without one, only while no such case is open.

    :param subject: a child, a division …, or a function or reference that says it; the subject of the case (or of the row) at hand where None.
    :param parties: who or what is tied to it under which name: a person, a case.
    :param child: it is a part of the case at hand, where its workflow is part of that one's record; False: it stands alone.
    :param stage: where it begins, if not in the initial stage.
    :param whole: the case that it is a part of, where that is not the one at hand (the row of an import has none).
    """

    record: object
    subject: object = None
    parties: Mapping[Party[Any], object] = field(default_factory=dict)
    key: str = ""
    child: bool = True
    stage: Stage | None = None
    whole: Case[Any, Any] | None = None


@dataclass(frozen=True, eq=False)
class Target:
    """Which other cases are meant; see ``WHOLE``, ``parts`` and ``where_party``."""

    which: Literal["whole", "parts", "party"]
    record: type[Any] | None = None
    stages: tuple[Stage, ...] = ()
    party: Party[Any] | None = None


WHOLE = Target("whole")
"""The case that this one is a part of."""


def parts(record: type[Any], *stages: Stage) -> Target:
    """The open parts of this case that carry the record, in these stages if any are named."""
    return Target("parts", record, stages)


def where_party(party: Party[Any], record: type[Any], *stages: Stage) -> Target:
    """The open cases with that record in which this case, or whom it is about, is that party; in these stages if any are named."""
    return Target("party", record, stages, party)


@dataclass(frozen=True, eq=False)
class On(Effect):
    """These effects on other cases. They leave with the commit and are applied to each in a transaction of its own, once, also after a crash.

    What another case refuses is written down in this one and laid on a desk. A reference in ``do`` to this case's record, or to the input at hand, is
    read here before they leave; one to the other case's own record, to the policy or the child is read there.

    :param target: the whole, the parts, those of a party, those that a form's field of ``CaseRef`` names, or one that a plan or an import holds.
    :param refused: effects on this case, beside what is written down, where another one refuses: when nobody may miss that it did.
    """

    target: Target | Case[Any, Any] | CaseRef[Any] | Sequence[CaseRef[Any]] | None
    do: Sequence[Effect]
    refused: Sequence[Effect] = ()


@dataclass(frozen=True, eq=False)
class When(Effect):
    """These effects only if the guard holds at that moment."""

    guard: Callable[[Case[Any, Any]], Deny | None]
    do: Sequence[Effect]
    otherwise: Sequence[Effect] = ()
