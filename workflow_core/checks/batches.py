"""Batches: whose cases they see, what they may do, who plans them, and whether their plan can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.guards import signature
from workflow_core.definition import SYSTEM, Batch, Kind, Program, RunBatch, Task, Transition, form_fields


def check_batches(program: Program[Any]) -> Iterator[Finding]:
    """``batch_record``, ``batch_may``, ``batch_unused``, ``batch_then``; ``guard_signature`` of its plan."""
    run = [effect.batch for workflow in program.workflows for effect in workflow.all_effects() if isinstance(effect, RunBatch)]
    for one in program.all_batches():
        yield from _records(program, one)
        yield from _may(program, one)
        if not one.by and not any(batch is one for batch in run):
            yield found("batch_unused", one.name)
        wanted = ["case" if one.of is not None else "desk", *(["children"] if isinstance(one.over, Kind) else [entry[0].__name__ for entry in one.over])]
        if one.form is not None:
            wanted.append("input")
        fault = signature(one.name, one.plan, len(wanted), ", ".join(wanted), yields=True)
        if fault is not None:
            yield fault
        yield from _then(program, one)


def _records(program: Program[Any], batch: Batch[Any]) -> Iterator[Finding]:
    records = [workflow.record for workflow in program.workflows]
    over = () if isinstance(batch.over, Kind) else batch.over
    named = [*([] if batch.of is None else [batch.of]), *(record for record, _ in over)]
    for record in [*named, *(one for one in batch.may if isinstance(one, type))]:
        if record not in records:
            yield misspelt("batch_record", batch.name, record.__name__, [one.__name__ for one in records], record=record.__name__)
    for record, stages in over:
        owner = next((one for one in program.workflows if one.record is record), None)
        for stage in stages if owner is not None else ():
            if owner is not None and stage not in owner.stages:
                yield misspelt("unlisted_stage", batch.name, stage.name, [one.name for one in owner.stages], stage=stage.name)


def _may(program: Program[Any], batch: Batch[Any]) -> Iterator[Finding]:
    if not batch.may:
        yield found("batch_may", batch.name)
    transitions = [one for workflow in program.workflows for one in workflow.transitions]
    tasks = [one for workflow in program.workflows for one in workflow.all_tasks()]
    for one in batch.may:
        if isinstance(one, Transition) and not any(one is other for other in transitions):
            yield misspelt("transition_unlisted", batch.name, one.name, [other.name for other in transitions], name=one.name)
        elif isinstance(one, Task) and not any(one is other for other in tasks):
            yield found("task_never_opened", batch.name, task=one.name)


def _then(program: Program[Any], batch: Batch[Any]) -> Iterator[Finding]:
    if batch.then is None:
        return
    owner = next((one for one in program.workflows if one.record is batch.of), None)
    unfilled = batch.then.form is not None and batch.then.form is not batch.form and any(one.required for one in form_fields(batch.then.form).values())
    if owner is None or not any(one is batch.then for one in owner.transitions) or SYSTEM not in batch.then.doers or unfilled or batch.then.fills:
        yield found("batch_then", batch.name, name=batch.then.name)
