"""The state machine of a workflow: the only home of the library ``transitions``.

One machine for each workflow, built once and never changed. It knows no case: each attempt is a throw-away object that carries the stage,
the case as guards see it, and what was said. So no queue and no model list is shared between threads, and a refused attempt leaves nothing behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from transitions import EventData, Machine

from workflow_core.definition import AUTOMATIC, SYSTEM, Case, Deny, Stage, Transition, Warn, Workflow, deny
from workflow_core.errors import CareError, Conflict, Damaged
from workflow_core.i18n import N_
from workflow_core.store.faults import of_the_office

V = TypeVar("V")

_log = logging.getLogger(__name__)

GUARD_FAILED = N_("the check {guard} of the program failed: {error}")
FAILED = N_("the function {function} of the program failed: {error}")

_machines: WeakKeyDictionary[Workflow[Any, Any], Machine] = WeakKeyDictionary()
_leaving: WeakKeyDictionary[Workflow[Any, Any], dict[str, tuple[Transition[Any, Any, Any], ...]]] = WeakKeyDictionary()


@dataclass(eq=False)
class Attempt:
    """One try to take a transition.

    :param state: the stage's name; the machine moves it when the transition is taken.
    :param confirmed: whether a person has confirmed the warnings.
    :param among: only these are tried; None for all of the name.
    :param taken: the transition that was taken; :param denials: for each that was tried, what its guards said.
    """

    state: str
    case: Case[Any, Any]
    confirmed: bool = False
    among: Sequence[Transition[Any, Any, Any]] | None = None
    taken: Transition[Any, Any, Any] | None = None
    denials: dict[Transition[Any, Any, Any], list[Deny]] = field(default_factory=dict)


def ask_guard(guard: Callable[[Case[Any, Any]], Deny | None], case: Case[Any, Any]) -> Deny | None:
    """What one guard says. A guard that crashes denies: a bug must not let a case through. What the engine refuses to tell it (a neighbour waits for an
    upgrade, a calendar is missing) is told as that, and denies too.

    :raises CareError: the office's own trouble, and somebody else's change at the same moment.
    """
    try:
        return guard(case)
    except Conflict:
        raise
    except CareError as error:
        if of_the_office(error):
            raise
        return Deny(error.message, error.hint, error.context, error.code)
    except Exception as error:  # a third party's code: whatever it raises is a no, told as such
        _log.warning("the guard %s failed", _name(guard), exc_info=error)
        return deny(GUARD_FAILED, N_("tell whoever maintains the program"), "guard_failed", guard=_name(guard), error=type(error).__name__)


def ask_guards(guards: Sequence[Callable[[Case[Any, Any]], Deny | None]], case: Case[Any, Any]) -> list[Deny]:
    """What all guards say: every reason, not the first alone."""
    return [said for said in (ask_guard(guard, case) for guard in guards) if said is not None]


def ask_function(function: Callable[[Case[Any, Any]], V], case: Case[Any, Any]) -> V:
    """What a function of the program says that is no guard: a value, a number.

    :raises Damaged: ``program_failed``: it crashed.
    """
    try:
        return function(case)
    except CareError:
        raise
    except Exception as error:
        _log.warning("%s failed", _name(function), exc_info=error)
        raise Damaged("program_failed", FAILED, hint=N_("tell whoever maintains the program"), function=_name(function), error=type(error).__name__) from error


def attempt(
    workflow: Workflow[Any, Any],
    trigger: str,
    case: Case[Any, Any],
    *,
    confirmed: bool = False,
    among: Sequence[Transition[Any, Any, Any]] | None = None,
) -> Attempt:
    """Try the transitions of that name from the case's stage, in the order of the definition; the first whose guards hold is taken.

    :param among: only these; None for all.
    :returns: the attempt: ``taken`` is None where none was possible, and ``denials`` then says why.
    """
    tried = Attempt(case.stage.name, case, confirmed, among)
    machine = _machine(workflow)
    if trigger in machine.events and tried.state in machine.events[trigger].transitions:
        machine.events[trigger].trigger(tried)
    return tried


def holds(workflow: Workflow[Any, Any], transition: Transition[Any, Any, Any], case: Case[Any, Any]) -> bool:
    """Whether one transition out of the case's stage could be taken as ``attempt`` would, with nothing confirmed; it is asked far more often than it holds."""
    return not ask_guards(guards_of(workflow, transition), case)


def from_stage(workflow: Workflow[Any, Any], stage: Stage, trigger: str | None = None) -> list[Transition[Any, Any, Any]]:
    """The transitions that leave a stage, in the order of the definition; with ``trigger`` those of that name."""
    here = _leaving.setdefault(workflow, {})
    if stage.name not in here:  # asked for at every step of every case, and always the same
        here[stage.name] = tuple(one for one in workflow.transitions if stage in one.sources)
    return [one for one in here[stage.name] if trigger is None or one.name == trigger]


def by_itself(workflow: Workflow[Any, Any], stage: Stage) -> list[Transition[Any, Any, Any]]:
    """The automatic transitions that leave a stage, in the order of the definition."""
    return [one for one in from_stage(workflow, stage) if AUTOMATIC in one.doers]


def guards_of(workflow: Workflow[Any, Any], transition: Transition[Any, Any, Any]) -> list[Callable[[Case[Any, Any]], Deny | None]]:
    """All that is asked before a transition is taken: its own guards, those of every one that a person takes, and that no part is left behind."""
    guards = [*workflow.always, *transition.guards] if by_person(transition) else list(transition.guards)
    if transition.target.final:
        guards.append(partial(_no_part_left, transition))
    return guards


def _no_part_left(transition: Transition[Any, Any, Any], case: Any) -> Deny | None:
    """Closing a whole whose parts are open is denied, unless it is said what becomes of them."""
    there = case.open_parts(transition.for_parts)
    hint = N_("see them: `care case list --whole {ref}`")
    return deny(N_("{n} parts of it are still open"), hint, "parts_open", n=there, ref=case.ref) if there else None


def by_person(transition: Transition[Any, Any, Any]) -> bool:
    """Whether a person may ever take it."""
    return any(who not in (SYSTEM, AUTOMATIC) for who in transition.doers)


def _machine(workflow: Workflow[Any, Any]) -> Machine:
    found = _machines.get(workflow)
    if found is None:
        found = _machines[workflow] = Machine(
            model=None,
            states=[stage.name for stage in workflow.stages],
            initial=workflow.initial.name,
            transitions=[
                {"trigger": one.name, "source": stage.name, "dest": one.target.name, "conditions": [_condition(workflow, one)]}
                for one in workflow.transitions
                for stage in one.sources
            ],
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
    return found


def _condition(workflow: Workflow[Any, Any], transition: Transition[Any, Any, Any]) -> Callable[[EventData], bool]:
    guards = guards_of(workflow, transition)

    def holds(event: EventData) -> bool:
        tried = cast(Attempt, event.model)
        if tried.among is not None and transition not in tried.among:
            return False
        said = ask_guards(guards, tried.case)
        tried.denials[transition] = said
        if any(not isinstance(one, Warn) or not tried.confirmed for one in said):
            return False
        tried.taken = transition
        return True

    return holds


def _name(guard: object) -> str:
    return getattr(guard, "__name__", type(guard).__name__)
