"""Promises that the definition of dropout return makes as a whole."""

from __future__ import annotations

import pytest

from careflow_dropout_return.policy import Policy
from careflow_dropout_return.program import DROPOUT, PROGRAM, careflow_programs
from workflow_core import AUTOMATIC, SYSTEM, AnyTime, Escalate, Stage
from workflow_core.checks import check
from workflow_core.definition import form_fields

OPEN = [stage for stage in DROPOUT.stages if not stage.final]


@pytest.mark.parametrize("stage", OPEN, ids=lambda stage: stage.name)
def test_somebody_has_something_to_do_in_every_open_stage(stage: Stage) -> None:
    """A task that waits for somebody, not one that merely may be recorded."""
    assert [task for task in DROPOUT.tasks_in(stage) if not all(isinstance(one, AnyTime) for one in task.schedules)]


@pytest.mark.parametrize("stage", OPEN, ids=lambda stage: stage.name)
def test_silence_is_heard_in_every_open_stage(stage: Stage) -> None:
    """A timer that escalates, and goes on doing so."""
    assert [timer for timer in DROPOUT.timers if stage in timer.stages and timer.again is not None and any(isinstance(one, Escalate) for one in timer.do)]


def test_every_task_that_waits_escalates_when_it_is_late() -> None:
    """Who alone may do it is not the one who is told: nobody is reminded of himself only."""
    waiting = [task for task in DROPOUT.all_tasks() if not all(isinstance(one, AnyTime) for one in task.schedules)]
    for task in waiting:
        heard = {one.to for one in task.late if isinstance(one, Escalate)}
        assert heard, task.name
        assert heard - set(task.doers) or len(task.doers) > 1, task.name


def test_every_task_names_a_time() -> None:
    """What has no due date cannot be late."""
    assert [task.name for task in DROPOUT.all_tasks() if task.due is None and not all(isinstance(one, AnyTime) for one in task.schedules)] == []


def test_a_township_may_begin_without_setting_anything() -> None:
    """Every threshold has a default, and says where it comes from and that no national number exists."""
    for name, field in form_fields(Policy).items():
        assert not field.required, name
        assert field.asked.help.startswith(("A suggestion", "Local practice")), name
        assert "o national number exists" in field.asked.help, name


def test_the_supervisor_may_do_what_a_person_of_the_township_must() -> None:
    """No step that the school takes is closed to the supervisor."""
    steps = [one for one in DROPOUT.transitions if not {AUTOMATIC, SYSTEM} & set(one.doers)]
    assert [one.name for one in steps if "school" in {who.name for who in one.doers} and "child_supervisor" not in {who.name for who in one.doers}] == []


def test_no_paper_is_issued_by_itself() -> None:
    """Every paper names who signs it, or stays a draft for good."""
    assert [paper.name for paper in DROPOUT.documents() if paper.signed_by is None and not paper.draft_only] == []


def test_the_definition_is_sound() -> None:
    """`care plugin check` has nothing to say."""
    assert check(PROGRAM) == []


def test_the_plugin_hands_over_one_program() -> None:
    """Under the name that commands and enablements use."""
    assert careflow_programs() == [PROGRAM]
    assert PROGRAM.name == "dropout_return"
