"""What a case does by itself, without a person and without a guard: the ways it goes, and the circles in which it never comes to rest.

Only what nothing in the program can stop is told: a guard, an ``unless``, an effect inside ``When`` may end a circle, so none of them is part of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import Scope, of_type
from workflow_core.definition import AUTOMATIC, Due, Earliest, Effect, FieldPath, Fire, Moment, Period, SetField, Span, Stage, Timer, Transition, path_of


class Way(NamedTuple):
    """A way that a case goes by itself.

    :param taken: the transitions it takes, in order: an effect of the first may fire a second one at once.
    :param timer: what sets it going, where that is a timer. :param at_once: no time passes; of a date, once it is reached.
    """

    source: Stage
    target: Stage
    taken: tuple[Transition[Any, Any, Any], ...]
    timer: Timer | None
    at_once: bool


def check_circles(scope: Scope) -> Iterator[Finding]:
    """``automatic_loop`` and ``timer_for_ever``, each circle once."""
    ways = ways_by_itself(scope)
    told: set[frozenset[str]] = set()
    for at_once in (True, False):
        for way in ways:
            circle = _round(way, [one for one in ways if one.at_once or not at_once])
            names = [stage.name for stage in scope.stages if any(one.source == stage for one in circle or ())]
            if circle is None or (at_once and not way.at_once) or frozenset(names) in told:
                continue
            if all(one.at_once for one in circle):
                yield found("automatic_loop", scope.at(names[0] if names else scope.workflow.initial), stages=", ".join(names))
            elif way.timer is not None and not _ends(scope, circle):
                yield found("timer_for_ever", scope.at(way.timer), stages=", ".join(names))
            else:
                continue
            told.add(frozenset(names))
    yield from _fired_round(scope)


def ways_by_itself(scope: Scope) -> list[Way]:
    """The ways that nothing can stop."""
    found: list[Way] = []
    for transition in scope.transitions:
        if AUTOMATIC in transition.doers and not transition.guards:
            found += [_way(scope, stage, transition, None, True) for stage in transition.sources]
    for timer in scope.workflow.timers:
        if timer.unless is None:
            fired = [*([timer.fire] if timer.fire is not None else []), *_fires(timer.do)]
            found += [_way(scope, stage, one, timer, _at_once(scope, timer)) for one in fired for stage in timer.stages if _takes(scope, one, stage)]
    for stage, effects in scope.workflow.enter.items():
        found += [_way(scope, stage, one, None, True) for one in _fires(effects) if _takes(scope, one, stage)]
    return found


def resting(scope: Scope, stage: Stage) -> set[Stage]:
    """Where a case comes to lie that enters a stage, before any time passes: that stage, and those to which it goes on by itself."""
    seen, waiting = {stage}, [stage]
    ways = [way for way in ways_by_itself(scope) if way.at_once and way.timer is None]
    while waiting:
        here = waiting.pop()
        for way in ways:
            if way.source == here and way.target not in seen:
                seen.add(way.target)
                waiting.append(way.target)
    return seen


def _way(scope: Scope, source: Stage, first: Transition[Any, Any, Any], timer: Timer | None, at_once: bool) -> Way:
    taken = [first]
    while True:
        following = next((one for one in _fires(taken[-1].do) if _takes(scope, one, taken[-1].target)), None)
        if following is None or any(one is following for one in taken):
            return Way(source, taken[-1].target, tuple(taken), timer, at_once)
        taken.append(following)


def _fires(effects: Sequence[Effect]) -> list[Transition[Any, Any, Any]]:
    return [effect.transition for effect in effects if isinstance(effect, Fire)]


def _takes(scope: Scope, transition: Transition[Any, Any, Any], stage: Stage) -> bool:
    return not transition.guards and stage in transition.sources and any(transition is one for one in scope.transitions)


def _round(first: Way, ways: Sequence[Way]) -> list[Way] | None:
    """The shortest way round that begins so; None where there is none. A timer runs anew only when its stages were left, or where it says ``again``."""
    timer = first.timer
    own = set() if timer is None or timer.again is not None else set(timer.stages)
    paths: list[list[Way]] = [[first]]
    seen: set[tuple[Stage, bool]] = set()
    while paths:
        path = paths.pop(0)
        here = path[-1].target
        left = timer is None or timer.again is not None or any(way.target not in own for way in path)
        if here == first.source and left:
            return path
        if (here, left) not in seen:
            seen.add((here, left))
            paths += [[*path, way] for way in ways if way.source == here]
    return None


def _fired_round(scope: Scope) -> Iterator[Finding]:
    """Transitions that fire each other, whoever takes the first."""
    told: set[int] = set()
    for transition in scope.transitions:
        path = [transition]
        while id(path[-1]) not in told:
            following = next((one for one in _fires(path[-1].do) if _takes(scope, one, path[-1].target)), None)
            if following is None:
                break
            if any(one is following for one in path):
                told |= {id(one) for one in path}
                yield found("automatic_loop", scope.at(path[0]), stages=", ".join(dict.fromkeys(one.target.name for one in path)))
                break
            path.append(following)


def _at_once(scope: Scope, timer: Timer) -> bool:
    """Whether it runs out at once where it begins anew: it has no length, or waits for a date that stays reached."""
    if timer.again is not None:
        return False
    return any(_passed(scope, one) for one in (timer.due.of if isinstance(timer.due, Earliest) else [timer.due]))


def _passed(scope: Scope, due: Due) -> bool:
    if isinstance(due, Span):
        n: object = due.n  # a reference to the policy is no number yet
        return isinstance(n, int | float) and n == 0
    if not isinstance(due, Moment):
        return False
    if isinstance(due.anchor, FieldPath):
        return due.anchor.careflow_of is not scope.workflow.record or not _moves(scope, due.anchor)
    return isinstance(due.anchor, Stage) and _passed(scope, due.span)


def _moves(scope: Scope, field: FieldPath) -> bool:
    """Whether an effect of the workflow sets that field: the date may lie ahead again."""
    paths = [path_of(effect.field) for effect in scope.workflow.all_effects() if isinstance(effect, SetField)]
    paths += [path_of(one.field) for effect in scope.workflow.all_effects() if isinstance(effect, Fire) for one in effect.set]
    return any(path is not None and path.careflow_of is field.careflow_of and path.careflow_name in ("", field.careflow_name) for path in paths)


def _ends(scope: Scope, circle: Sequence[Way]) -> bool:
    """Whether something is there that may end a circle in which time passes, or somebody who is told in each round.

    That is a way out that the engine takes when its guards hold, another timer's way out, a task with ``late``, or the calendar, which sets the pace.
    """
    stages = {way.source for way in circle}
    out = [one for one in scope.transitions if AUTOMATIC in one.doers and set(one.sources) & stages and one.target not in stages]
    timed = [
        timer
        for timer in scope.workflow.timers
        if timer.fire is not None and set(timer.stages) & stages and timer.fire.target not in stages and not any(timer is way.timer for way in circle)
    ]
    moments = [one for way in circle if way.timer is not None for one in of_type(way.timer.due, Moment)]
    dated = any(isinstance(one.anchor, Period) or (isinstance(one.anchor, FieldPath) and _moves(scope, one.anchor)) for one in moments)
    return bool(out or timed or dated or any(task.late for stage in stages for task in scope.workflow.tasks_in(stage)))
