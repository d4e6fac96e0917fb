"""What effects and timers name: transitions that lead from where they are fired, inputs that somebody fills in, cases that can be opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Part, Scope
from workflow_core.definition import AUTOMATIC, SYSTEM, Do, Fire, Open, Refer, Stage, Task, Timer, Transition, form_fields, path_of
from workflow_core.i18n import N_


def check_effects(scope: Scope) -> Iterator[Finding]:
    """All of this file."""
    yield from fired(scope)
    yield from unfilled(scope)
    yield from inputs(scope)
    for placed in scope.effects:
        if isinstance(placed.effect, Open):
            yield from _opens(scope, placed.place, placed.effect)
        elif isinstance(placed.effect, Refer) and placed.effect.program == scope.program.name:
            yield found("refers_to_itself", placed.place)


def fired(scope: Scope) -> Iterator[Finding]:
    """``elsewhere``, ``transition_unlisted``, ``fired_from_other_stage``."""
    everywhere = [one for workflow in scope.program.workflows for one in workflow.transitions]
    names = [one.name for one in scope.transitions]
    for place, transition, _, owner, on_other in scope.fired:
        here = any(transition is one for one in scope.transitions)
        listed = any(transition is one for one in everywhere)
        if not listed:
            yield misspelt("transition_unlisted", place, transition.name, names, name=transition.name)
        elif not here and not on_other:
            yield found("elsewhere", place, kind=N_("transition"), name=transition.name)
        elif here and not on_other:
            yield from _from_there(scope, place, transition, owner)


def _from_there(scope: Scope, place: str, transition: Transition[Any, Any, Any], owner: Part) -> Iterator[Finding]:
    """A timer runs out in each of its stages, so the transition must lead from all of them; a task may wait in more stages than it fires from."""
    if isinstance(owner, Timer | Stage):
        for stage in owner.stages if isinstance(owner, Timer) else (owner,):
            if stage not in transition.sources:
                yield found("fired_from_other_stage", place, name=transition.name, stage=stage.name)
    elif isinstance(owner, Task):
        waits = scope.waiting.get(id(owner), ())
        if waits and not set(waits) & set(transition.sources):
            yield found("fired_from_other_stage", place, name=transition.name, stage=", ".join(stage.name for stage in waits))


def unfilled(scope: Scope) -> Iterator[Finding]:
    """``fired_unfilled``: the engine takes it, and nobody is there to answer."""
    for place, transition, given, _, _ in scope.fired:
        if given is None and asks(transition):
            yield found("fired_unfilled", place, name=transition.name)
    filled = {id(transition) for other in _scopes(scope) for _, transition, given, _, _ in other.fired if given is not None}
    reported = {id(transition) for other in _scopes(scope) for _, transition, given, _, _ in other.fired if given is None}
    for transition in scope.transitions:
        engine_only = all(who in (SYSTEM, AUTOMATIC) for who in transition.doers) and transition.doers
        # What an import's function fires, and with which input, cannot be seen from here.
        may_be_filled = AUTOMATIC not in transition.doers and (id(transition) in filled or bool(scope.program.imports))
        if engine_only and asks(transition) and not may_be_filled and id(transition) not in reported:
            yield found("fired_unfilled", scope.at(transition), name=transition.name)


def asks(transition: Transition[Any, Any, Any]) -> bool:
    """Whether it cannot be taken without an answer to something."""
    return bool(transition.fills) or (transition.form is not None and any(field.required for field in form_fields(transition.form).values()))


def _scopes(scope: Scope) -> Iterator[Scope]:
    return (Scope(scope.program, workflow) for workflow in scope.program.workflows)


def inputs(scope: Scope) -> Iterator[Finding]:
    """``input_of_other_form``, for ``Do`` and ``Fire``."""
    for placed in scope.effects:
        if isinstance(placed.effect, Do):
            asking: Task[Any] | Transition[Any, Any, Any] = placed.effect.task
        elif isinstance(placed.effect, Fire) and placed.effect.input is not None:
            asking = placed.effect.transition
        else:
            continue
        given, wanted = placed.effect.input, asking.form
        path = path_of(given)
        if path is not None and not path.careflow_name and path.careflow_of is wanted:
            continue  # the input at hand, which is of that form
        if not (given is None if wanted is None else isinstance(given, wanted)):
            said = wanted.__name__ if wanted else "None"
            yield found("input_of_other_form", placed.place, name=asking.name, given=type(given).__name__, wanted=said)


def _opens(scope: Scope, place: str, effect: Open) -> Iterator[Finding]:
    records = [workflow.record for workflow in scope.program.workflows]
    if type(effect.record) not in records:
        name = type(effect.record).__name__
        yield misspelt("opens_elsewhere", place, name, [one.__name__ for one in records], record=name)
