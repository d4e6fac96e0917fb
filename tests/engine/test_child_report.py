"""What is kept of a child, told to those who may speak for it: what they may know, and nothing that endangers anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from workflow_core.access import looks
from workflow_core.access.grants import Actor, Grant
from workflow_core.definition import CLINIC, SUPERVISOR, Keep, Program, years
from workflow_core.engine import child_report
from workflow_core.engine.child_report import ChildReport
from workflow_core.errors import Misused, NotFound
from workflow_core.office import retention
from workflow_core.records import children
from workflow_core.registry import Registry
from workflow_core.store import journal_reading
from workflow_core.testing.people import Invented
from workflow_core.testing.scenario import Scenario

DROPOUT = Registry.discover().programs["dropout_return"]
GUARDED: Program[Any] = replace(DROPOUT, protection=True)
BY = Actor("supervisor", (Grant(SUPERVISOR.name, "division", "990101", None, "2020-01-01", None),), training=False, account_id="supervisor")
ELSEWHERE = Actor("elsewhere", (Grant(SUPERVISOR.name, "division", "990102", None, "2020-01-01", None),), training=False, account_id="elsewhere")
ANYBODY = Actor("anybody", (Grant("admin", "division", "", None, "2020-01-01", None),), training=True, every_role=True, account_id="anybody")
PURPOSE = "the grandmother asks for it"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Scenario]:
    """An office with one program."""
    with Scenario(DROPOUT, on=date(2026, 10, 21), folder=tmp_path) as made:
        yield made


def with_case(here: Scenario, program: Program[Any] = DROPOUT) -> tuple[Invented, str]:
    """A child with an open case, and the case."""
    child = here.child(note="a neighbour called", mother="赵小芳", mother_phone="19900009999")
    return child, here.open(program.workflows[0], child, by=ANYBODY, last_attended=here.today - timedelta(days=45)).ref


def report(here: Scenario, child: Invented, actor: Actor = BY, purpose: str = PURPOSE) -> ChildReport:
    """The report."""
    return child_report.draw_up(here.engine.runtime, actor, child.ref, purpose=purpose)


def test_it_tells_the_file_and_of_others_a_part(here: Scenario) -> None:
    """The child's own name and number as they are, of telephones a part, and of a note that there is one: it may say who reported something."""
    child, _ = with_case(here)
    file = report(here, child).file
    assert (file["name"], file["national_id"], file["mother"]) == (child.name, child.national_id, "赵小芳")
    assert (file["mother_phone"], file["note"]) == ("199****9999", "***")


def test_who_is_tied_to_the_child_is_named_as_the_file_names_him(here: Scenario) -> None:
    """To whoever sees a guardian's name whole, whole; to others masked, here too."""
    child, _ = with_case(here)
    clinic = Actor("clinic", (Grant(CLINIC.name, "division", "990101", None, "2020-01-01", None),), training=False, account_id="clinic")
    assert {one["name"] for one in report(here, child).ties} == {child.said["guardian"], "赵小芳"}
    assert {one["name"] for one in report(here, child, clinic).ties} == {f"{child.said['guardian'][0]}*", "赵*"}


def test_it_tells_of_a_case_the_kinds_and_the_numbers(here: Scenario) -> None:
    """Which program, since when, what it knows of, how much; not what was written there."""
    child, ref = with_case(here)
    here.engine.note(ANYBODY, ref, "the neighbour said so")
    told = report(here, child)
    (one,) = told.cases
    assert (one["ref"], one["closed"], one["until"], one["events"]) == (ref, None, None, 2)
    assert "Last day attended" in one["kinds"]
    assert "neighbour" not in str(told.as_dict())


def test_of_a_closed_case_it_tells_until_when_it_is_kept(here: Scenario) -> None:
    """Three years from its end, where the program says nothing else."""
    child, ref = with_case(here)
    here.engine.override(ANYBODY, ref, "excused", "over")
    (one,) = report(here, child).cases
    assert (one["closed"], one["until"]) == ("2026-10-21", "2029-10-21")


def test_a_workflow_that_says_itself_how_long_is_told_as_the_clock_of_keeping_has_it(tmp_path: Path) -> None:
    """What the office sets for the whole program is not its time; what it sets for that workflow is."""
    own = replace(DROPOUT, workflows=tuple(replace(one, keep=Keep(years(2), because="a law")) for one in DROPOUT.workflows))
    with Scenario(own, on=date(2026, 10, 21), folder=tmp_path) as here:
        child, ref = with_case(here, own)
        here.engine.override(ANYBODY, ref, next(one for one in own.workflows[0].stages if one.final).name, "over")
        for which, until in (("", "2028-10-21"), (DROPOUT.name, "2028-10-21"), (f"{DROPOUT.name}.{own.workflows[0].name}", "2031-10-21")):
            if which:
                with here.db.write() as tx:
                    retention.set_time(tx, here.engine.runtime.registry, ANYBODY, here.clock.now(), which, 60, reason="decided by the county")
            assert report(here, child).cases[0]["until"] == until


def test_it_tells_what_for_and_who_looked(here: Scenario) -> None:
    """The purposes of the program, and this look among the others."""
    child, _ = with_case(here)
    report(here, child)
    told = report(here, child)
    assert ("dropout_return", "born_on") in [(one["program"], one["field"]) for one in told.uses]
    assert PURPOSE in [one.why for one in told.looks]
    with here.db.read() as tx:
        person_id = children.get(tx, child.ref).person_id
        kinds = [one["kind"] for one in journal_reading.latest(tx, subject=person_id, limit=50)]
    assert "access_report_told" in kinds


def test_protection_work_is_not_in_it(tmp_path: Path) -> None:
    """No case of a program that protects, and not that there is one."""
    with Scenario(GUARDED, on=date(2026, 10, 21), folder=tmp_path) as here:
        child, _ = with_case(here, GUARDED)
        told = report(here, child)
    assert (told.cases, told.elsewhere, told.uses) == ((), 0, ())


def test_it_needs_a_purpose_and_a_child_in_sight(here: Scenario) -> None:
    """Without who asked nothing is handed out; out of scope there is no such child."""
    child, _ = with_case(here)
    with pytest.raises(Misused) as error:
        report(here, child, purpose="")
    with pytest.raises(NotFound):
        report(here, child, ELSEWHERE)
    assert error.value.code == "purpose_missing"


def test_a_purpose_does_not_tell_of_others(here: Scenario) -> None:
    """Another child's name in it is masked, the child's own is not."""
    child, other = with_case(here)[0], here.child(name="欧阳小明")
    with here.db.write() as tx:
        person_id = children.get(tx, child.ref).person_id
        looks.revealed(tx, BY, person_id, ["name"], purpose=f"{child.name}和{other.name}打架", now=here.now)
    assert [one.why for one in report(here, child).looks if "打架" in one.why] == [f"{child.name}和欧*打架"]
