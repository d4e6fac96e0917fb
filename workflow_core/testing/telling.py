"""Why a test is red: what was denied and why, where the case stands, what waits in it, and when its next timer goes off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from workflow_core.clock import OFFICE_ZONE
from workflow_core.definition import Deny
from workflow_core.errors import CareError, Problem

if TYPE_CHECKING:
    from workflow_core.testing.cases import Life

EVENTS = 6
"""So many of the last events are told."""


def told_error(error: CareError) -> list[str]:
    """An error as lines: each reason with its code and its hint."""
    lines = [f"{type(error).__name__}: {error.text()}  [{error.code}]"]
    if error.hint and not error.problems:
        lines.append(f"    → {error.advice()}")
    for one in error.problems:
        lines += told_reason(one)
    return lines


def told_reason(one: Problem | Deny) -> list[str]:
    """One reason as lines."""
    place = f"{one.place}: " if isinstance(one, Problem) and one.place else ""
    return [f"  · {place}{one.text()}  [{one.code}]", *([f"    → {one.advice()}"] if one.hint else [])]


def told_case(life: Life) -> list[str]:
    """A case as lines: where it stands, what waits, its timers, the ways out of the stage, and what happened last."""
    stage = life.stage
    state = ", closed" if stage.final else ""
    lines = [f"{life.ref} stands in {stage.title!r} ({stage.name}{state}); it is {moment(life.scenario.now)}"]
    lines += [f"  waits: {told}" for told in _waiting(life)] or ["  nothing waits"]
    timers = sorted(life.timers.items(), key=lambda one: one[1])
    lines += [f"  timer: {name} goes off at {moment(due)}" for name, due in timers] or ([] if stage.final else ["  no timer is set"])
    lines += [f"  {line}" for line in _ways(life)]
    papers = life.papers
    lines += [f"  paper: {one.name} is {one.state}" + (f", {one.number}" if one.number else "") for one in papers]
    lines.append("  happened last:")
    lines += [f"    {moment(one.at)}  {one.actor}  {one.kind}" + (f" {one.transition}" if one.transition else "") for one in life.history[-EVENTS:]]
    return lines


def moment(instant: datetime) -> str:
    """An instant as the office's clock shows it."""
    return instant.astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


def _waiting(life: Life) -> Iterator[str]:
    for one in life.waiting:
        due = f", due {one.due}" + (" (overdue)" if one.overdue else "") if one.due else ""
        kind = "" if one.kind == "task" else f" ({one.kind})"
        yield f"{one.name}{kind}: {one.title!r}, for {' or '.join(one.by)}{due}"


def _ways(life: Life) -> Iterator[str]:
    answers, stage = life.answers(), life.stage
    leaving = {one.name for one in life.workflow.transitions if stage in one.sources}
    if any(answer.transition not in leaving for answer in answers):
        yield "it is about to move by itself, with the next turn of the clock; from there:"
    for answer in answers:
        who = "by itself" if answer.automatic else f"by {' or '.join(answer.roles)}" if answer.roles else "by timers and other cases only"
        yield f"{answer.transition} → {answer.target}, {who}: {'not open' if answer.reasons else 'open'}"
        for reason in answer.reasons:
            yield from told_reason(reason)
