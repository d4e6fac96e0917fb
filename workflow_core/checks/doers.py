"""Who may do what: somebody must, and everybody named must be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope
from workflow_core.definition import AUTOMATIC, STANDARD_ROLES, SYSTEM, Escalate, Notify, Party, Program, Relative, Role, Task, Timer, Transition, form_fields
from workflow_core.definition.people import Who

ENGINE = (SYSTEM, AUTOMATIC)


def check_doers(scope: Scope) -> Iterator[Finding]:
    """``nobody_may``, ``nobody_opens``, ``unknown_role``, ``unknown_party``, ``never_fired``, ``only_withdrawn``."""
    workflow = scope.workflow
    for part in scope.parts:
        if not isinstance(part, Timer):
            yield from _part(scope, part)
    for register in workflow.registers:
        yield from _those(scope, scope.at(register.name), register.doers, needed=True)
        yield from _those(scope, scope.at(register.name), register.seen_by)
    if not workflow.open_by and not any(routine.opens is workflow for routine in scope.program.routines):
        yield found("nobody_opens", scope.at("open_by"))
    yield from _those(scope, scope.at("open_by"), [who for who in workflow.open_by if who != SYSTEM])
    yield from _those(scope, scope.at("edit_by"), workflow.edit_by)
    yield from _those(scope, scope.at("seen_by"), workflow.seen_by)
    for placed in scope.effects:
        if isinstance(placed.effect, Escalate | Notify) and not isinstance(placed.effect.to, Relative):
            yield from _those(scope, placed.place, [placed.effect.to], parties=not placed.on_other)
    for place, paper in scope.papers:
        yield from _those(scope, place, [paper.signed_by] if paper.signed_by is not None else [])
    yield from _withdrawn(scope)
    forms = {id(form): (place, form) for place, form in _forms(scope)}
    for place, form in forms.values():
        for field in form_fields(form).values():
            yield from _those(scope, place, field.asked.seen_by)


def check_imports_by(program: Program[Any]) -> Iterator[Finding]:
    """``nobody_may`` and ``unknown_role`` of imports."""
    for one in program.imports:
        people = [who for who in one.by if who not in ENGINE]
        if not people:
            yield found("nobody_may", one.name)
        yield from _unknown_roles(program, one.name, people)


def _part(scope: Scope, part: Task[Any] | Transition[Any, Any, Any]) -> Iterator[Finding]:
    place = scope.at(part)
    if isinstance(part, Task):
        yield from _those(scope, place, part.doers, needed=True)
        return
    engine = [who for who in part.doers if who in ENGINE]
    yield from _those(scope, place, [who for who in part.doers if who not in ENGINE], needed=not engine)
    if part.doers == (SYSTEM,) and not _is_fired(scope.program, part):
        yield found("never_fired", place)


def _is_fired(program: Program[Any], transition: Transition[Any, Any, Any]) -> bool:
    from workflow_core.checks.scope import scopes

    if any(transition in (consent.withdrawn, consent.refused) for workflow in program.workflows for consent in workflow.consents):
        return True
    # What an import's function fires cannot be seen from here.
    planned = [one for batch in program.all_batches() for one in (*batch.may, batch.then)]
    planned += [fired for scope in scopes(program) for _, fired, *_ in scope.fired]
    return bool(program.imports) or any(one is transition for one in planned)


def _those(scope: Scope, place: str, named: Iterable[Who], *, needed: bool = False, parties: bool = True) -> Iterator[Finding]:
    """The unknown ones among these; where somebody is needed and nobody is left, that instead."""
    known = {id(party) for party in scope.workflow.parties} if parties else None
    named = list(named)
    strangers = [who for who in named if isinstance(who, Party) and known is not None and id(who) not in known]
    people = [who for who in named if who not in ENGINE and not any(who is one for one in strangers)]
    if needed and not people:
        yield found("nobody_may", place)
        return
    yield from (misspelt("unknown_party", place, who.name, [party.name for party in scope.workflow.parties], party=who.name) for who in strangers)
    yield from _unknown_roles(scope.program, place, [who for who in named if isinstance(who, Role)])


def _unknown_roles(program: Program[Any], place: str, named: Sequence[Who]) -> Iterator[Finding]:
    known = (*STANDARD_ROLES, *program.roles)
    for who in named:
        if isinstance(who, Role) and who not in known:
            yield misspelt("unknown_role", place, who.name, [role.name for role in known], role=who.name)


def _withdrawn(scope: Scope) -> Iterator[Finding]:
    for task in scope.opened:
        if _only_withdrawn(task.doers):
            yield found("only_withdrawn", scope.at(task), roles=_names(task.doers))
    for stage in scope.stages:
        out = [one for one in scope.transitions if stage in one.sources and one.target != stage]
        if out and all(_only_withdrawn(one.doers) for one in out):
            yield found("only_withdrawn", scope.at(stage), roles=_names(who for one in out for who in one.doers))


def _only_withdrawn(named: Sequence[Who]) -> bool:
    return bool(named) and all(isinstance(who, Role) and who.withdrawn for who in named)


def _names(named: Iterable[Who]) -> str:
    return ", ".join(dict.fromkeys(who.name for who in named))


def _forms(scope: Scope) -> Iterator[tuple[str, type[Any]]]:
    yield f"{scope.workflow.name}.record", scope.workflow.record
    for part in scope.parts:
        if not isinstance(part, Timer) and part.form is not None:
            yield scope.at(part), part.form
    for register in scope.workflow.registers:
        yield scope.at(register.name), register.row
