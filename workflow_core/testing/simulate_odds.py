"""What is known of how long things take and what becomes of them: a file of odds, in TOML. What it does not say is left to chance.

::

    [days]                          # how many days pass before it is done: least, usual, most; or least, most
    visit = [0, 2, 7]               # a task, a way, a paper (its signing and its serving), a timer's nothing
    "return.ordered" = [3, 10, 30]  # a way out of one stage

    [chance]                        # with what chance it is done at all, each time it comes up
    return = 0.075
    "return.ordered" = 0.62

    [fields]                        # what is written down: FORM.FIELD
    "Visit.outcome" = { AGREED = 0.1, REFUSED = 0.9 }    # a choice, or yes_no = { yes = …, no = … }
    "Attendance.days_missed" = { 0 = 0.9, 3 = 0.1 }      # a number
    "DropoutRecord.last_attended" = [-20, -4]            # a date: so many days from today; a number: least, most

    [policy]                        # what the township has set
    penalty_step = true
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import cleandoc
from pathlib import Path
from typing import Any

from workflow_core.definition import Program, Workflow, form_fields
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, Label
from workflow_core.inputs import validate_some
from workflow_core.inputs.codec import shape_of
from workflow_core.inputs.fields import choices_of
from workflow_core.nearest import nearest

EXAMPLE = cleandoc(cleandoc(__doc__ or "").partition("::\n")[2])
"""A file of odds: the help of the simulator shows it, and the reference."""
PARTS = ("days", "chance", "fields", "policy")
_SAY = N_("a number from 0 to 1")
_DAYS = N_("least, usual and most days: [0, 2, 7]")
_FIELD = N_("the share of each choice, or the least and the most")


@dataclass(frozen=True)
class Odds:
    """What is known; see the module."""

    days: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    chance: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)

    def days_of(self, name: str, stage: str) -> tuple[float, float, float] | None:
        """How long something takes in a stage; None where nothing is said."""
        return self.days.get(f"{name}.{stage}", self.days.get(name))

    def chance_of(self, name: str, stage: str) -> float | None:
        """With what chance it is done in a stage; None where nothing is said."""
        return self.chance.get(f"{name}.{stage}", self.chance.get(name))


def read_odds(path: Path, program: Program[Any]) -> Odds:
    """Reads a file of odds and checks it against the program; all that is wrong is told at once.

    :raises Misused: ``file_missing``; ``odds_invalid``, with each place.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise Misused("file_missing", N_("there is no file {file}"), hint=N_("see: care plugin simulate --help"), file=str(path)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _invalid(str(path), [Problem("odds_invalid", N_("it is not TOML: {error}"), str(path), values={"error": str(error)})]) from None
    return odds_of(said, program, str(path))


def odds_of(said: Mapping[str, Any], program: Program[Any], name: str = "odds") -> Odds:
    """Odds from a mapping of the file's shape.

    :raises Misused: ``odds_invalid``, with each place.
    """
    problems = list(_problems(said, program))
    if problems:
        raise _invalid(name, problems)
    days = {key: _three(value) for key, value in said.get("days", {}).items()}
    return Odds(days, {key: float(value) for key, value in said.get("chance", {}).items()}, dict(said.get("fields", {})), dict(said.get("policy", {})))


def _three(value: list[float]) -> tuple[float, float, float]:
    least, most = float(value[0]), float(value[-1])
    return least, float(value[1]) if len(value) == 3 else (least + most) / 2, most


def _problems(said: Mapping[str, Any], program: Program[Any]) -> Iterator[Problem]:
    for part, values in said.items():
        if part not in PARTS:
            yield _unknown(part, part, PARTS)
        elif not isinstance(values, dict):
            yield Problem("odds_invalid", N_("this is a section: [{part}]"), part, values={"part": part})
    timed, fields = set(_timed(program)), dict(_fields(program))
    for part, right, wanted in (("days", _is_days, _DAYS), ("chance", _is_share, _SAY)):
        values = said.get(part, {})
        for key, value in values.items() if isinstance(values, dict) else ():
            if key not in timed:
                yield _unknown(f"{part}.{key}", key, timed)
            elif not right(value):
                yield Problem("odds_invalid", N_("it wants {wanted}"), f"{part}.{key}", values={"wanted": Label(wanted)})
    values = said.get("fields", {})
    for key, value in values.items() if isinstance(values, dict) else ():
        if key not in fields:
            yield _unknown(f"fields.{key}", key, fields)
        elif not _is_field(value):
            yield Problem("odds_invalid", N_("it wants {wanted}"), f"fields.{key}", values={"wanted": Label(_FIELD)})
        elif isinstance(value, dict) and (names := _names(fields[key].type)):
            yield from (_unknown(f"fields.{key}", one, names) for one in value if one not in names)
    policy = said.get("policy", {})
    try:
        validate_some(program.policy, policy if isinstance(policy, dict) else {}, only=tuple(form_fields(program.policy)))
    except Misused as error:
        yield from error.problems


def _is_days(value: object) -> bool:
    return isinstance(value, list) and len(value) in (2, 3) and all(isinstance(one, (int, float)) for one in value) and 0 <= value[0] <= value[-1] == max(value)


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _is_field(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(_is_share(one) or (isinstance(one, (int, float)) and one >= 0) for one in value.values()) and sum(value.values()) > 0
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, (int, float)) for one in value) and value[0] <= value[1]


def _timed(program: Program[Any]) -> Iterator[str]:
    """What takes time: tasks, ways (also out of one stage), papers."""
    for workflow in program.workflows:
        for one in workflow.transitions:
            yield one.name
            yield from (f"{one.name}.{stage.name}" for stage in one.sources)
        for task in workflow.all_tasks():
            yield task.name
            yield from (f"{task.name}.{stage.name}" for stage in workflow.stages if task in workflow.tasks_in(stage))
        yield from (paper.name for paper in workflow.documents())


def forms_of(workflow: Workflow[Any, Any]) -> list[type[Any]]:
    """Every form that people fill in, the record among them."""
    found = [workflow.record, *(task.form for task in workflow.all_tasks()), *(one.form for one in workflow.transitions)]
    return list(dict.fromkeys(one for one in found if one is not None))


def _fields(program: Program[Any]) -> Iterator[tuple[str, Any]]:
    for workflow in program.workflows:
        for form in forms_of(workflow):
            yield from ((f"{form.__name__}.{name}", one) for name, one in form_fields(form).items())


def _names(annotation: Any) -> tuple[str, ...]:
    """What may be chosen, where a field is a choice; nothing of a text or number."""
    base = shape_of(annotation).base
    return ("yes", "no") if base is bool else tuple(name for name, _ in choices_of(base))


def _unknown(place: str, name: str, known: Any) -> Problem:
    meant = nearest(name, sorted(known))
    hint = N_("did you mean {meant}?") if meant else N_("see: care program table NAME")
    return Problem("odds_unknown", N_("the program has nothing called {name}"), place, hint, {"name": name, "meant": meant})


def _invalid(name: str, problems: list[Problem]) -> Misused:
    return Misused(
        "odds_invalid", N_("the odds in {file} are not right"), hint=N_("what may stand there: care plugin simulate --help"), problems=problems, file=name
    )
