"""A program as text: for a snapshot test, and for a review that sees what a change changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any

from workflow_core.definition import Document, Kind, Moment, Party, Period, Program, Role, Span, Stage, Task, Timer, Transition, Workflow, form_fields, path_of
from workflow_core.definition.snapshot import type_name


def program_text(program: Program[Any]) -> str:
    """The whole definition as lines: what it reads of a child and why, its upgrades; forms with their fields, stages with their tasks, timers and ways out,
    papers, limits, sheets, ledgers.

    The same definition gives the same text, whatever the reader's language and wherever it runs; functions are told by their names. Compare it with a file
    that is kept beside the tests: a change of the program is then a change of that file, which somebody reads.
    """
    return "\n".join(_program(program)) + "\n"


def _program(program: Program[Any]) -> Iterator[str]:
    yield f"program {program.name} {program.version}: {program.title}"
    yield f"  written for version {program.api} of the definitions"
    yield from _form("  policy", program.policy)
    for use in program.uses:
        yield f"  uses {_shown(use.field)}: {use.purpose}"
    for upgrade in program.upgrades:
        yield f"  upgrade of {upgrade.workflow.name}, since version {upgrade.since}"
        said = ((one.name, getattr(upgrade, one.name)) for one in fields(upgrade) if one.name not in ("workflow", "since"))
        yield from (f"    {name}: {_shown(value)}" for name, value in said if _says(value, None))
    for role in program.roles:
        yield f"  role {role.name} ({role.level}): {role.title}"
    for workflow in program.workflows:
        yield ""
        yield from _workflow(workflow)
    named = [("batch", program.all_batches()), ("sheet", program.imports), ("routine", program.routines), ("ledger", program.listings)]
    for kind, parts in named:
        for part in parts:
            yield ""
            yield f"{kind} {_shown(part, named_only=True)}"
            yield from _details(part)


def _workflow(workflow: Workflow[Any, Any]) -> Iterator[str]:
    about = workflow.subject.name if workflow.subject else "nobody"
    yield f"workflow {workflow.name} ({workflow.prefix}), about {about}: {workflow.title}"
    yield from _form("  record", workflow.record)
    if workflow.part_of:
        yield f"  part of {workflow.part_of.__name__}"
    for key in ("open_by", "edit_by", "seen_by", "always", "consents", "parties", "limits", "registers", "reopen_to"):
        value = getattr(workflow, key)
        if _says(value, None):
            yield f"  {key}: {_shown(value)}"
    for stage in workflow.stages:
        kind = "final stage" if stage.final else "first stage" if stage is workflow.initial else "stage"
        outcome = f", {stage.outcome}" if stage.outcome else ""
        yield f"  {kind} {stage.name}{outcome}{', flagged' if stage.flagged else ''}: {stage.title}"
        for effect in workflow.enter.get(stage, ()):
            yield f"    on entering: {_shown(effect)}"
        for task in workflow.tasks_in(stage):
            yield f"    task {task.name}, by {_shown(task.by)}"
        for timer in workflow.timers:
            if stage in timer.stages:
                yield f"    timer {timer.name}"
        for way in workflow.transitions:
            if stage in way.sources:
                yield f"    {way.name} → {way.target.name}, by {_shown(way.by)}"
    for kind, parts in (("task", workflow.all_tasks()), ("transition", workflow.transitions), ("timer", workflow.timers), ("paper", workflow.documents())):
        for part in parts:
            title = getattr(part, "title", "")
            yield f"  {kind} {part.name}" + (f": {title}" if title else "")
            yield from _details(part, "    ")


def _details(part: Any, indent: str = "  ") -> Iterator[str]:
    """The fields of a part that say something else than their default."""
    for one in fields(part):
        value = getattr(part, one.name)
        if one.name in ("name", "title") or not _says(value, _usual(one)):
            continue
        if isinstance(value, type) and is_dataclass(value):
            yield from _form(f"{indent}{one.name}", value)
        else:
            yield f"{indent}{one.name}: {_shown(value)}"


def _form(what: str, form: type[Any]) -> Iterator[str]:
    yield f"{what} {form.__name__}"
    indent = " " * (len(what) - len(what.lstrip()) + 2)
    for name, one in form_fields(form).items():
        need = "" if one.required else f" = {_shown(one.default)}"
        bounds = "".join(f", {sign} {bound}" for sign, bound in (("≥", one.asked.ge), ("≤", one.asked.le)) if bound is not None)
        personal = ", personal" if one.asked.personal else ""
        yield f"{indent}{name}: {type_name(one.type)}{need}{bounds}{personal}: {one.asked.label}"


_BY_NAME = (Document, Kind, Party, Period, Role, Stage, Task, Timer, Transition)


def _shown(value: Any, *, named_only: bool = False) -> str:
    """A value on one line; what has a name of its own is told by it."""
    if path_of(value) is not None:
        return repr(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (tuple, list)):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{_shown(key)}={_shown(one)}" for key, one in value.items())
    if isinstance(value, (set, frozenset)):
        return ", ".join(sorted(_shown(one) for one in value))
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, Span):
        return f"{value.unit}s({_shown(value.n)})"
    if isinstance(value, Moment):
        anchor, span = _shown(value.anchor), _shown(value.span)
        return f"at({anchor})" if value.sign == 0 else f"{'after' if value.sign > 0 else 'before'}({anchor}, {span})"
    if isinstance(value, _BY_NAME) or (named_only and hasattr(value, "name")):
        return str(value.name)
    if is_dataclass(value):
        given = (f"{one.name}={_shown(getattr(value, one.name))}" for one in fields(value) if _says(getattr(value, one.name), _usual(one)))
        return f"{type(value).__name__}({', '.join(given)})"
    if callable(value):
        return str(getattr(value, "__qualname__", type(value).__name__))
    return repr(value)


def _usual(one: Field[Any]) -> Any:
    """What a field holds where nothing is said."""
    return one.default if one.default_factory is MISSING else one.default_factory()


def _says(value: Any, default: Any) -> bool:
    """Whether a value is worth a word: not empty, and not what it is anyway."""
    if path_of(value) is not None:  # a reference is no value: it cannot be compared
        return True
    if isinstance(value, Span) and isinstance(default, Span):
        return _shown(value) != _shown(default)
    return value is not None and value not in ((), [], "", {}) and not (type(value) is type(default) and value == default)
