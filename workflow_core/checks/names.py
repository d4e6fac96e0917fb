"""Names: written so that commands and stored cases can use them, and each given once."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import Scope, scopes
from workflow_core.definition import AUTOMATIC, STANDARD_ROLES, SYSTEM, Program, Stage, Task, Timer, Transition
from workflow_core.i18n import N_

NAME = re.compile(r"[a-z][a-z0-9_]*")
FACT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
PREFIX = re.compile(r"[A-Z]{1,6}")


def check_names(scope: Scope) -> Iterator[Finding]:
    """``prefix_syntax``, ``name_syntax``, ``duplicate_name`` within one workflow."""
    workflow = scope.workflow
    if not PREFIX.fullmatch(workflow.prefix):
        yield found("prefix_syntax", scope.at("prefix"), prefix=workflow.prefix)
    yield from _syntax(workflow.name, N_("workflow"), [workflow])
    # A transition's name may come again from another stage; from the same stage its guards must tell it apart, which the graph is asked.
    yield from _syntax(workflow.name, N_("transition"), scope.transitions)
    documents = {id(paper): paper for _, paper in scope.papers}.values()
    kinds: list[tuple[str, Iterable[Any]]] = [
        (N_("stage"), scope.stages),
        (N_("task"), workflow.all_tasks()),
        (N_("timer"), workflow.timers),
        (N_("limit"), workflow.limits),
        (N_("document"), documents),
        (N_("register"), workflow.registers),
        (N_("party"), workflow.parties),
        (N_("consent"), workflow.consents),
    ]
    for kind, parts in kinds:
        yield from _syntax(workflow.name, kind, parts)
        yield from _twice(workflow.name, kind, parts)


def check_program_names(program: Program[Any]) -> Iterator[Finding]:
    """Names across the workflows: workflows, imports, listings, roles, prefixes; and ``fact_two_types``."""
    yield from _syntax("", N_("program"), [program])
    kinds: list[tuple[str, Iterable[Any]]] = [
        (N_("workflow"), program.workflows),
        (N_("import"), program.imports),
        (N_("batch"), program.all_batches()),
        (N_("listing"), program.listings),
        (N_("role"), program.roles),
    ]
    for kind, parts in kinds:
        if kind != "workflow":
            yield from _syntax(program.name, kind, parts)
        yield from _twice(program.name, kind, parts)
    standard = {role.name for role in (*STANDARD_ROLES, SYSTEM, AUTOMATIC)}
    for role in program.roles:
        if role.name in standard:
            yield found("duplicate_name", program.name, kind=N_("role"), name=role.name)
    prefixes = [workflow.prefix for workflow in program.workflows]
    for prefix in sorted({one for one in prefixes if prefixes.count(one) > 1}):
        yield found("duplicate_name", program.name, kind=N_("prefix"), name=prefix)
    yield from _facts(program)
    yield from _unused(program)


def _syntax(place: str, kind: str, parts: Iterable[Any]) -> Iterator[Finding]:
    for name in dict.fromkeys(part.name for part in parts):
        if not NAME.fullmatch(name):
            yield found("name_syntax", f"{place}.{name}" if place and kind != "workflow" else name, kind=kind, name=name)


def _twice(place: str, kind: str, parts: Iterable[Any]) -> Iterator[Finding]:
    names = [part.name for part in parts]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield found("duplicate_name", f"{place}.{name}", kind=kind, name=name)


def _facts(program: Program[Any]) -> Iterator[Finding]:
    types: dict[str, set[tuple[str, str]]] = {}
    for scope in scopes(program):
        for fact in scope.facts:
            types.setdefault(fact.name, set()).add((fact.type.__name__, fact.unit))
    for name, ways in types.items():
        if not FACT_NAME.fullmatch(name):
            yield found("name_syntax", program.name, kind=N_("fact"), name=name)
        if len(ways) > 1:
            yield found("fact_two_types", program.name, name=name, types=", ".join(" ".join(way).strip() for way in sorted(ways)))


def _unused(program: Program[Any]) -> Iterator[Finding]:
    """``unused_part`` and ``task_never_opened`` for what the program's own file defines and no workflow of that file uses."""
    home: dict[str, Any] = getattr(sys.modules.get(program.policy.__module__), "__dict__", {})
    if not any(value is program for value in home.values()):
        return  # not a program file: a test, or a helper that builds programs
    laid_open = [scope for one in home.values() if isinstance(one, Program) for version in (one, *one.previous) for scope in scopes(version)]
    used = {id(part) for scope in laid_open for part in (*scope.parts, *scope.opened)} | {id(fired) for scope in laid_open for _, fired, *_ in scope.fired}
    stages = {stage for scope in laid_open for stage in scope.stages}
    for value in home.values():
        if isinstance(value, Task) and id(value) not in used:
            yield found("task_never_opened", program.name, task=value.name)
        elif isinstance(value, Transition | Timer) and id(value) not in used:
            yield found("unused_part", program.name, kind=N_("transition") if isinstance(value, Transition) else N_("timer"), name=value.name)
        elif isinstance(value, Stage) and value not in stages:
            yield found("unused_part", program.name, kind=N_("stage"), name=value.name)
