"""The program as a whole: one policy, a record for each workflow, limits that can hold, imports that open something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.scope import Scope
from workflow_core.definition import PER_DIVISION, PER_SUBJECT, PER_WHOLE, Limit, Program, path_of


def check_program(program: Program[Any]) -> Iterator[Finding]:
    """``version_low``, ``policy_differs``, ``record_shared``, ``import_into``."""
    if program.version < 1:
        yield found("version_low", program.name, version=program.version)
    for n, workflow in enumerate(program.workflows):
        if workflow.policy is not program.policy:
            yield found("policy_differs", f"{workflow.name}.policy", given=workflow.policy.__name__, wanted=program.policy.__name__)
        for other in program.workflows[:n]:
            if other.record is workflow.record and other is not workflow:
                yield found("record_shared", f"{workflow.name}.record", record=workflow.record.__name__, other=other.name)
    yield from imports(program)


def imports(program: Program[Any]) -> Iterator[Finding]:
    """``import_into``."""
    for one in program.imports:
        if one.into is None:
            continue
        records = {workflow.record: workflow for workflow in program.workflows}
        workflow = records.get(one.into)
        if workflow is None:
            yield misspelt("import_into", one.name, one.into.__name__, [record.__name__ for record in records], record=one.into.__name__)
        elif workflow.subject is None or workflow.subject.name != one.subject.name:
            yield found("import_into", one.name, record=one.into.__name__)


def check_limits(scope: Scope) -> Iterator[Finding]:
    """``limit_size``, ``limit_empty``, ``limit_in_final``, ``limit_per``, ``line_leads_elsewhere``, ``line_holds_place``."""
    for limit in scope.workflow.limits:
        place = scope.at(limit.name)
        if isinstance(limit.size, int) and limit.size < 1:
            yield found("limit_size", place, size=limit.size)
        if not limit.held_in:
            yield found("limit_empty", place)
        for stage in limit.held_in:
            if stage.final:
                yield found("limit_in_final", place, stage=stage.name)
        if limit.waiting is not None and limit.waiting.fire.target not in limit.held_in:
            yield found("line_leads_elsewhere", place, name=limit.waiting.fire.name, stage=limit.waiting.fire.target.name)
        if limit.waiting is not None and limit.waiting.stage in limit.held_in:
            yield found("line_holds_place", place, stage=limit.waiting.stage.name)
        if not _can_be_counted_by(scope, limit):
            yield found("limit_per", place, per=", ".join(getattr(one, "name", str(one)) if path_of(one) is None else repr(one) for one in limit.keys))


def _can_be_counted_by(scope: Scope, limit: Limit) -> bool:
    return all(_has(scope, one) for one in limit.keys)


def _has(scope: Scope, per: object) -> bool:
    if isinstance(per, str):
        return {PER_DIVISION: True, PER_SUBJECT: scope.workflow.subject is not None, PER_WHOLE: scope.workflow.part_of is not None}.get(per, False)
    return path_of(per) is not None or any(one is per for one in scope.workflow.parties)
