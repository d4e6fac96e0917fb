"""Upgrades: whether whatever an older version allows has a place in the present one. Needs that version's snapshot alone, not its file."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workflow_core.checks.finding import Finding, found, misspelt
from workflow_core.checks.likely import stored
from workflow_core.definition import OldCase, Program, Stage, Task, Transition, Upgrade, Workflow, form_fields
from workflow_core.definition.snapshot import snapshot
from workflow_core.definition.upgrades import upgrade_of
from workflow_core.errors import Damaged
from workflow_core.i18n import N_
from workflow_core.inputs.codec import decode, encode
from workflow_core.inputs.fitting import misfits

_OURS = str(Path(__file__).parents[1])
SOME_DAY = datetime(2026, 1, 5, 1, tzinfo=UTC)


def check_upgrades(program: Program[Any]) -> Iterator[Finding]:
    """All of ``codes_upgrades``: the maps by themselves, and against the older versions that the file keeps (``previous``)."""
    seen: set[tuple[str, int]] = set()
    for one in program.upgrades:
        place = one.workflow.name
        if not 1 <= one.since < program.version:
            yield found("upgrade_since", place, since=one.since, version=program.version)
        if (one.old_name, one.since) in seen:
            yield found("upgrade_twice", place, workflow=one.old_name, since=one.since)
        seen.add((one.old_name, one.since))
        yield from _targets(program, one)
    for before in program.previous:
        yield from check_upgrade(program, snapshot(before), before)


def _targets(program: Program[Any], one: Upgrade[Any]) -> Iterator[Finding]:
    workflow = one.workflow
    if workflow not in program.workflows:
        yield found("upgrade_target", program.name, kind=N_("workflow"), name=workflow.name)
        return
    for target in one.stages.values():
        if isinstance(target, Stage) and target not in workflow.stages:
            yield misspelt("upgrade_target", workflow.name, target.name, [each.name for each in workflow.stages], kind=N_("stage"), name=target.name)
    known = workflow.all_tasks()
    for task in one.tasks.values():
        if task is not None and task not in known:
            yield misspelt("upgrade_target", workflow.name, task.name, [each.name for each in known], kind=N_("task"), name=task.name)
    others: tuple[tuple[str, Mapping[str, Any], tuple[Any, ...]], ...] = (
        (N_("limit"), one.limits, tuple(workflow.limits)), (N_("paper"), one.papers, workflow.documents()), (N_("timer"), one.timers, tuple(workflow.timers)),
    )  # fmt: skip
    for kind, named, there in others:
        for each in named.values():
            if each is not None and each not in there:
                yield misspelt("upgrade_target", workflow.name, each.name, [it.name for it in there], kind=kind, name=each.name)


def check_upgrade(program: Program[Any], old: Mapping[str, Any], before: Program[Any] | None = None) -> Iterator[Finding]:
    """Whether all that an older version allows has a place in this one.

    :param old: the snapshot of the older version: of ``previous``, or as an office keeps it with its cases.
    :param before: that version, where the file keeps it: what its fields' bounds are is not in the snapshot.
    """
    version = int(old["version"])
    for one in old["workflows"]:
        workflow, upgrade = upgrade_of(program, one["name"], version)
        if workflow is None or workflow not in program.workflows:
            yield found("upgrade_no_place", program.name, kind=N_("workflow"), name=one["name"], version=version)
        else:
            yield from _workflow(program, workflow, upgrade, one, version, before)
    names = [one["name"] for one in old["workflows"]]
    for upgrade in program.upgrades:
        if upgrade.old_name not in names and upgrade_of(program, upgrade.old_name, version)[1] is upgrade and upgrade.since == version:
            yield misspelt("upgrade_unknown", upgrade.workflow.name, upgrade.old_name, names, kind=N_("workflow"), name=upgrade.old_name, version=version)


def _workflow(
    program: Program[Any], workflow: Workflow[Any, Any], upgrade: Upgrade[Any] | None, old: Mapping[str, Any], version: int, before: Program[Any] | None
) -> Iterator[Finding]:
    new_subject = None if workflow.subject is None else workflow.subject.name
    if old["subject"] != new_subject:
        yield found("upgrade_subject", workflow.name, workflow=workflow.name, old=old["subject"] or "-", new=new_subject or "-")
    yield from _named(workflow, upgrade, old, version)
    yield from _stages(workflow, upgrade, old, version)
    here = {task.name for task in workflow.all_tasks()}
    for one in old["tasks"]:
        if one["name"] not in here and (upgrade is None or one["name"] not in upgrade.tasks):
            yield found("upgrade_no_place", workflow.name, kind=N_("task"), name=one["name"], version=version)
    named: dict[str, Mapping[str, Any]] = {"limits": {}, "documents": {}} if upgrade is None else {"limits": upgrade.limits, "documents": upgrade.papers}
    there: dict[str, Iterable[Any]] = {"limits": workflow.limits, "documents": workflow.documents()}
    for what, kind in (("limits", N_("limit")), ("documents", N_("paper"))):
        for one in old[what]:
            if one["name"] not in {each.name for each in there[what]} and one["name"] not in named[what]:
                yield found("upgrade_no_place", workflow.name, kind=kind, name=one["name"], version=version)
    registers = {one.name for one in workflow.registers}
    for one in old.get("registers", ()):
        if one["name"] not in registers:
            yield found("upgrade_no_place", workflow.name, kind=N_("register"), name=one["name"], version=version)
    was = None if before is None else next((one.record for one in before.workflows if one.name == old["name"]), None)
    yield from _records(workflow, upgrade, old, version, was)
    yield from _inputs(workflow, upgrade, old, version)


def _named(workflow: Workflow[Any, Any], upgrade: Upgrade[Any] | None, old: Mapping[str, Any], version: int) -> Iterator[Finding]:
    """What the map names must have been there in the version from which it holds; a later one may have lost some of it already."""
    if upgrade is None or upgrade.since != version:
        return
    maps: tuple[tuple[str, Mapping[str, Any], Any], ...] = (
        (N_("stage"), upgrade.stages, old["stages"]), (N_("task"), upgrade.tasks, old["tasks"]), (N_("limit"), upgrade.limits, old["limits"]),
        (N_("paper"), upgrade.papers, old["documents"]), (N_("timer"), upgrade.timers, old["timers"]),
    )  # fmt: skip
    for kind, names, known in maps:
        there = [one["name"] for one in known]
        for name in names:
            if name not in there:
                yield misspelt("upgrade_unknown", workflow.name, name, there, kind=kind, name=name, version=version)


def _stages(workflow: Workflow[Any, Any], upgrade: Upgrade[Any] | None, old: Mapping[str, Any], version: int) -> Iterator[Finding]:
    here = {stage.name: stage for stage in workflow.stages}
    for one in old["stages"]:
        name = one["name"]
        target = here.get(name) if upgrade is None or name not in upgrade.stages else upgrade.stages[name]
        if target is None:
            yield found("upgrade_no_place", workflow.name, kind=N_("stage"), name=name, version=version)
            continue
        targets, error = ([target], "") if isinstance(target, Stage) else _answers(target, name, old)
        if error:
            yield found("upgrade_fails", workflow.name, what=name, version=version, error=error)
        for each in targets:
            if each not in workflow.stages:
                yield found("upgrade_target", workflow.name, kind=N_("stage"), name=each.name)
            elif each.final != one["final"]:
                yield found("upgrade_final", workflow.name, stage=name, target=each.name)


def _answers(which: Callable[[OldCase], Stage], name: str, old: Mapping[str, Any]) -> tuple[list[Stage], str]:
    """The stages that a function of the case answers for what the older version allows, and how it failed; empty: it did not."""
    targets: list[Stage] = []
    for record in stored(old["record"]):
        for done in (frozenset[str](), frozenset(one["name"] for one in old["tasks"])):
            answer, error = tried(lambda record=record, done=done: which(OldCase(name, SOME_DAY, record, SOME_DAY, SOME_DAY, done)))  # type: ignore[misc]
            if error:
                return targets, error
            if not isinstance(answer, Stage):
                return targets, f"{type(answer).__name__} != Stage"
            if answer not in targets:
                targets.append(answer)
    return targets, ""


def _records(workflow: Workflow[Any, Any], upgrade: Upgrade[Any] | None, old: Mapping[str, Any], version: int, was: type[Any] | None) -> Iterator[Finding]:
    make = None if upgrade is None else upgrade.record
    for record in stored(old["record"]):
        bounds = was is not None and _in_bounds(was, record)
        made, error = tried(lambda record=record: make(record) if make is not None else decode(workflow.record, record))  # type: ignore[misc]
        if not error and not isinstance(made, workflow.record):
            error = f"{type(made).__name__} != {workflow.record.__name__}"
        elif not error:
            _, error = tried(lambda made=made: encode(made))  # type: ignore[misc]
            error = error or "; ".join(dict.fromkeys(f"{one.place}: {one.text()}" for one in misfits(made, bounds=bounds)))
        if error and make is not None:
            yield found("upgrade_fails", workflow.name, what=workflow.record.__name__, version=version, error=error)
        elif error:
            yield found("upgrade_record", workflow.name, version=version, error=error)
        if error:
            return


def _in_bounds(form: type[Any], record: dict[str, Any]) -> bool:
    """Move what is tried into the older fields' bounds; whether it is in them now: a form inside a form is left as it is."""
    for one in misfits(decode(form, record)):
        asked = None if (field := form_fields(form).get(one.place)) is None else field.asked
        bound = None if asked is None else asked.ge if one.code == "too_small" else asked.le
        if bound is None or not isinstance(bound, type(getattr(decode(form, record), one.place))):
            return False
        record[one.place] = bound if isinstance(bound, (int, float)) else str(bound)
    return True


def _inputs(workflow: Workflow[Any, Any], upgrade: Upgrade[Any] | None, old: Mapping[str, Any], version: int) -> Iterator[Finding]:
    tasks: dict[str, Task[Any] | Transition[Any, Any, Any] | None] = {task.name: task for task in workflow.all_tasks()}
    if upgrade is not None:
        tasks.update(upgrade.tasks)
    transitions: dict[str, Task[Any] | Transition[Any, Any, Any] | None] = {one.name: one for one in workflow.transitions}
    forms = [(one["name"], one["form"], taker.form) for one in old["tasks"] if (taker := tasks.get(one["name"])) is not None]
    forms += [(one["name"], one["form"], taker.form) for one in old["transitions"] if (taker := transitions.get(one["name"])) is not None]
    rows = {one.name: one.row for one in workflow.registers}
    forms += [(one["name"], one["row"], rows[one["name"]]) for one in old.get("registers", ()) if one["name"] in rows]
    for name, before, form in forms:
        for given in stored(before) if form is not None else ():
            _, error = tried(lambda given=given, form=form: decode(form, given))  # type: ignore[misc]
            if error:
                yield found("upgrade_input", workflow.name, name=name, version=version, error=error)
                break


def tried(step: Callable[[], Any]) -> tuple[Any, str]:
    """What a pure function answers, and how it failed: an author's code may raise anything.

    Only what kind of error it was is told, and in which line of the program: what an error says may hold a value of a record.
    """
    try:
        return step(), ""
    except Damaged as error:
        return None, error.text()
    except Exception as error:
        return None, f"{type(error).__name__}{_line(error)}"


def _line(error: Exception) -> str:
    """Where in the program's own file: `` (program.py:12)``; empty where it is not known."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if not one.filename.startswith(("<", _OURS))]
    return f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
