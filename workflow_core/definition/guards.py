"""Ready guards: they can be translated, drawn, and checked, which a bare function cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workflow_core.definition.case import Case, Deny, Warn, deny
from workflow_core.definition.fields import Value, label_of
from workflow_core.i18n import Label, Labels

if TYPE_CHECKING:
    from workflow_core.definition.parts import Consent, Stage, Task

R = TypeVar("R", contravariant=True)
P = TypeVar("P", contravariant=True)


@dataclass(frozen=True, eq=False)
class AnyOf(Generic[R, P]):
    """See ``any_of``."""

    guards: tuple[Callable[[Case[R, P]], Deny | None], ...]

    def __call__(self, case: Case[R, P]) -> Deny | None:
        said = [guard(case) for guard in self.guards]
        if None in said:
            return None
        reasons = [one for one in said if one is not None]
        soft = next((one for one in reasons if isinstance(one, Warn)), None)
        if soft is not None:
            return soft
        if len(reasons) == 1:
            return reasons[0]
        texts = " / ".join(one.text() for one in reasons)
        return deny("none of these holds: {reasons}", next((one.advice() for one in reasons if one.hint), ""), "none_holds", reasons=texts)


@dataclass(frozen=True, eq=False)
class Is:
    """See ``is_``."""

    field: object
    values: tuple[object, ...]

    def __call__(self, case: Case[Any, Any]) -> Deny | None:
        if case.value(self.field) in self.values:
            return None
        wanted = Labels(str(value.value) if isinstance(value, Enum) else str(value) for value in self.values)
        return deny("{field} is not: {wanted}", code="other_value", field=Label(label_of(self.field)), wanted=wanted)


@dataclass(frozen=True, eq=False)
class Filled:
    """See ``filled``."""

    fields: tuple[object, ...]

    def __call__(self, case: Case[Any, Any]) -> Deny | None:
        missing = Labels(label_of(one) for one in self.fields if case.value(one) in (None, "", ()))
        return deny("not filled in: {fields}", "fill it in first", "not_filled", fields=missing) if missing else None


@dataclass(frozen=True, eq=False)
class Done:
    """See ``done``."""

    tasks: tuple[Task[Any], ...]

    def __call__(self, case: Case[Any, Any]) -> Deny | None:
        waiting = Labels(task.title for task in self.tasks if not case.finished(task))
        return deny("not done yet: {tasks}", "do these tasks first", "task_open", tasks=waiting) if waiting else None


@dataclass(frozen=True, eq=False)
class Consented:
    """See ``consented``."""

    consent: Consent

    def __call__(self, case: Case[Any, Any]) -> Deny | None:
        if case.consented(self.consent):
            return None
        return deny(
            "there is no consent to: {what}",
            "when the guardian has agreed: `care consent give {child} {consent}`",
            "consent_missing",
            what=Label(self.consent.title),
            child=case.child.ref,
            consent=self.consent.name,
        )


@dataclass(frozen=True, eq=False)
class NoneIn:
    """See ``none_in``."""

    record: type[Any]
    stages: tuple[Stage, ...]

    def __call__(self, case: Case[Any, Any]) -> Deny | None:
        there = case.count(self.record, *self.stages)
        if not there:
            return None
        hint = "see: care case list --whole {ref}"
        if not self.stages:
            return deny("{n} are still open", hint, "parts_there", n=there, ref=case.ref)
        return deny("{n} are still at: {stages}", hint, "parts_there", n=there, ref=case.ref, stages=Labels(one.title for one in self.stages))


def any_of(*guards: Callable[[Case[R, P]], Deny | None]) -> AnyOf[R, P]:
    """Holds when one of them holds; else every reason is told."""
    return AnyOf(guards)


def is_(field: Value, *values: Value) -> Is:
    """The field (of the record, the policy, the child) has one of these values."""
    return Is(field, values)


def filled(*fields: object) -> Filled:
    """These fields are filled in."""
    return Filled(fields)


def done(*tasks: Task[Any]) -> Done:
    """These tasks are done in the stage at hand, with all occurrences that were wanted."""
    return Done(tasks)


def consented(consent: Consent) -> Consented:
    """What the purpose rests on is on record for the child, and holds today; see ``Consent``."""
    return Consented(consent)


def none_in(record: type[Any], *stages: Stage) -> NoneIn:
    """No part of this case with that record (nor a case in which this one is a party) stands in these stages; none is open where none are named."""
    return NoneIn(record, stages)
