"""The graph of stages: every stage reached, every case able to end, every transition distinct. Pure functions over names of stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope
from workflow_core.definition import Open, Stage, Transition
from workflow_core.definition.program import several_stages


def check_graph(scope: Scope) -> Iterator[Finding]:
    """All of this file."""
    yield from listed(scope)
    yield from ends(scope)
    yield from ways(scope)
    yield from twins(scope)


def listed(scope: Scope) -> Iterator[Finding]:
    """``unlisted_stage``, wherever a stage is used."""
    workflow = scope.workflow
    used: list[tuple[str, Stage]] = [(scope.at("initial"), workflow.initial)]
    if workflow.reopen_to is not None:
        used.append((scope.at("reopen_to"), workflow.reopen_to))
    used += [(scope.at(one), stage) for one in scope.transitions for stage in (*one.sources, one.target)]
    used += [(scope.at(one), stage) for one in workflow.timers for stage in one.stages]
    used += [(scope.at("tasks"), stage) for stages in workflow.tasks for stage in several_stages(stages)]
    used += [(scope.at("enter"), stage) for stage in workflow.enter]
    used += [(scope.at(limit.name), stage) for limit in workflow.limits for stage in limit.held_in]
    used += [(scope.at(limit.name), limit.waiting.stage) for limit in workflow.limits if limit.waiting is not None]
    used += [(place, anchor) for place, anchor in scope.anchors if isinstance(anchor, Stage)]
    used += [(listing.name, stage) for listing in scope.program.listings if listing.of is workflow.record for stage in listing.stages]
    used += [
        (placed.place, placed.effect.stage)
        for placed in scope.effects
        if isinstance(placed.effect, Open) and placed.effect.stage is not None and isinstance(placed.effect.record, workflow.record)
    ]
    names = [stage.name for stage in scope.stages]
    for place, stage in dict.fromkeys(used):
        if stage not in scope.stages:
            yield misspelt("unlisted_stage", place, stage.name, [name for name in names if name != stage.name], stage=stage.name)


def ends(scope: Scope) -> Iterator[Finding]:
    """``exit_from_final``, ``initial_final``, ``reopen_to_final``."""
    workflow = scope.workflow
    if workflow.initial.final:
        yield found("initial_final", scope.at("initial"), stage=workflow.initial.name)
    if workflow.reopen_to is not None and workflow.reopen_to.final:
        yield found("reopen_to_final", scope.at("reopen_to"), stage=workflow.reopen_to.name)
    for transition in scope.transitions:
        for stage in transition.sources:
            if stage.final:
                yield found("exit_from_final", scope.at(transition), stage=stage.name)


def ways(scope: Scope) -> Iterator[Finding]:
    """``stage_unreachable`` and ``no_way_to_end``."""
    forward: dict[Stage, set[Stage]] = {}
    back: dict[Stage, set[Stage]] = {}
    for transition in scope.transitions:
        for source in transition.sources:
            forward.setdefault(source, set()).add(transition.target)
            back.setdefault(transition.target, set()).add(source)
    begins = {scope.workflow.initial, *_opened_in(scope)} | ({scope.workflow.reopen_to} if scope.workflow.reopen_to is not None else set())
    reached = _from(begins, forward)
    ending = _from({stage for stage in scope.stages if stage.final}, back)
    for stage in scope.stages:
        if stage not in reached:
            yield found("stage_unreachable", scope.at(stage), stage=stage.name)
        elif stage not in ending:
            yield found("no_way_to_end", scope.at(stage), stage=stage.name)


def _opened_in(scope: Scope) -> set[Stage]:
    """Stages in which effects open cases of this workflow."""
    from workflow_core.checks.scope import scopes

    opened = (placed.effect for other in scopes(scope.program) for placed in other.effects if isinstance(placed.effect, Open))
    return {one.stage for one in opened if one.stage is not None and isinstance(one.record, scope.workflow.record)}


def _from(begin: Iterable[Stage], edges: Mapping[Stage, set[Stage]]) -> set[Stage]:
    seen = set(begin)
    waiting = list(seen)
    while waiting:
        for stage in edges.get(waiting.pop(), ()):
            if stage not in seen:
                seen.add(stage)
                waiting.append(stage)
    return seen


def twins(scope: Scope) -> Iterator[Finding]:
    """``ambiguous_transition``: a later one of the same name, whose guards include all of an earlier one's, is never taken."""
    before: dict[tuple[str, Stage], list[Transition[Any, Any, Any]]] = {}
    for transition in scope.transitions:
        for stage in transition.sources:
            earlier = before.setdefault((transition.name, stage), [])
            guards = {id(guard) for guard in transition.guards}
            if any({id(guard) for guard in one.guards} <= guards for one in earlier):
                yield found("ambiguous_transition", scope.at(transition), name=transition.name, stage=stage.name)
            earlier.append(transition)
