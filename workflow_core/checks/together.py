"""Cases that set cases going: openings, letters and referrals that come round to where they began, within a program and between programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from workflow_core.checks.circles import resting, ways_by_itself
from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import Scope, scopes
from workflow_core.definition import SYSTEM, Effect, Fire, On, Open, Program, Refer, Role, Stage, Transition

DIVISIONS = ("village", "township", "county")


class Happening(NamedTuple):
    """What befalls a case without a person: it is opened in a stage, or takes a transition that another case fired."""

    scope: Scope
    stage: Stage
    fired: Transition[Any, Any, Any] | None

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes two of them the same."""
        return self.scope.workflow.name, self.stage.name, id(self.fired)

    def text(self) -> str:
        """For people: the workflow, and what is taken in it."""
        return self.scope.workflow.name if self.fired is None else f"{self.scope.workflow.name}.{self.fired.name}"


def check_circles_of_cases(program: Program[Any]) -> Iterator[Finding]:
    """``opens_in_circle`` and ``letters_in_circle``, each circle once."""
    laid_open = list(scopes(program))
    begins = [Happening(scope, scope.workflow.initial, None) for scope in laid_open]
    begins += [Happening(scope, one.target, one) for scope in laid_open for one in scope.transitions if not one.guards]
    told: set[frozenset[tuple[str, str, int]]] = set()
    for begin in begins:
        circle = _circle(laid_open, [begin])
        if circle is None or frozenset(one.key for one in circle) in told or not _goes_on(circle):
            continue
        told.add(frozenset(one.key for one in circle))
        code = "letters_in_circle" if any(one.fired is not None for one in circle) else "opens_in_circle"
        at = begin.scope.at(begin.fired if begin.fired is not None else begin.stage)
        yield found(code, at, circle=" → ".join(one.text() for one in (*circle, circle[0])))


def check_together(programs: Iterable[Program[Any]]) -> list[tuple[Program[Any], Finding]]:
    """``refers_in_circle``: programs that refer each case they are given to the next one, until it comes back.

    :param programs: those that run beside each other, as the installed ones do.
    :returns: each circle once, with the program whose name comes first.
    """
    known = {program.name: program for program in programs}
    passes_on = {name: _always_refers_to(program) & set(known) for name, program in known.items()}
    findings: list[tuple[Program[Any], Finding]] = []
    told: set[frozenset[str]] = set()
    for name in sorted(known):
        circle = _shortest(name, passes_on)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            findings.append((known[name], found("refers_in_circle", name, programs=" → ".join([*circle, name]))))
    return findings


def _circle(laid_open: Sequence[Scope], path: list[Happening]) -> list[Happening] | None:
    for following in _follows(laid_open, path[-1]):
        if following.key == path[0].key:
            return path
        if any(following.key == one.key for one in path):
            continue
        circle = _circle(laid_open, [*path, following])
        if circle is not None:
            return circle
    return None


def _follows(laid_open: Sequence[Scope], happening: Happening) -> Iterator[Happening]:
    """What a happening brings about in other cases."""
    for effect in effects_at_once(happening):
        if isinstance(effect, Open):
            yield from _opened(laid_open, happening.scope, effect)
        elif isinstance(effect, On):
            for inner in effect.do:
                if isinstance(inner, Fire) and not inner.transition.guards:
                    owners = [one for one in laid_open if any(inner.transition is other for other in one.transitions)]
                    yield from (Happening(one, inner.transition.target, inner.transition) for one in owners)
                elif isinstance(inner, Open):
                    yield from _opened(laid_open, happening.scope, inner)


def effects_at_once(happening: Happening) -> list[Effect]:
    """The effects that follow without a person, a guard, or time."""
    scope = happening.scope
    found = list(happening.fired.do) if happening.fired is not None else []
    stages = resting(scope, happening.stage)
    for stage in stages:
        found += scope.workflow.enter.get(stage, ())
    for way in ways_by_itself(scope):
        if way.at_once and way.timer is None and way.source in stages:
            found += [effect for one in way.taken for effect in one.do]
    return found


def _opened(laid_open: Sequence[Scope], sender: Scope, effect: Open) -> Iterator[Happening]:
    """A case is opened once for a key, and about one person only while no such case is open: neither goes round."""
    for scope in laid_open:
        other = scope.workflow
        if not isinstance(effect.record, other.record):
            continue
        person = other.subject is not None and other.subject.name not in DIVISIONS
        if (person and other.part_of is not sender.workflow.record) or (effect.key and other.part_of is None):
            continue
        yield Happening(scope, effect.stage or other.initial, None)


def _goes_on(circle: Sequence[Happening]) -> bool:
    """Whether each transition leads on from where its workflow's case has come to lie by then; else the round ends with a refusal."""
    for n, one in enumerate(circle):
        if one.fired is None:
            continue
        before = [other for other in (*circle[n + 1 :], *circle[: n + 1]) if other.scope.workflow is one.scope.workflow][:-1] or [one]
        if not set(one.fired.sources) & resting(one.scope, before[-1].stage):
            return False
    return True


def _always_refers_to(program: Program[Any]) -> set[str]:
    """The programs to which each case is referred at once that this one may open for a referral, whichever workflow that is."""
    takes = [
        scope for scope in scopes(program) if scope.workflow.part_of is None and any(isinstance(who, Role) and who != SYSTEM for who in scope.workflow.open_by)
    ]
    passed = [{effect.program for effect in effects_at_once(Happening(scope, scope.workflow.initial, None)) if isinstance(effect, Refer)} for scope in takes]
    return set.intersection(*passed) if passed else set()


def _shortest(name: str, edges: dict[str, set[str]]) -> list[str]:
    paths, seen = [[name]], set()
    while paths:
        path = paths.pop(0)
        for following in sorted(edges[path[-1]]):
            if following == name:
                return path
            if following not in seen:
                seen.add(following)
                paths.append([*path, following])
    return []
