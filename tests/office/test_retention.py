"""How long what is kept, and who is on file past it: told, and erased by nobody by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.office.forgetting import ANYBODY, FIRST, IN_TERM, end
from workflow_core import KEEP, Keep, days, months, years
from workflow_core.definition import Program
from workflow_core.engine import petitions
from workflow_core.errors import Misused, Refused
from workflow_core.office import erasing, retention
from workflow_core.office.retention import Past
from workflow_core.records import volunteers
from workflow_core.registry import Registry
from workflow_core.store import tables
from workflow_core.store.statement import Statement
from workflow_core.testing.scenario import Scenario

FOUND = Registry.discover().programs
DROPOUT = FOUND["dropout_return"]
LAW = Keep(years(2), because="a law", least=years(1))
PROGRAM: Program[Any] = replace(DROPOUT, keep=LAW)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Scenario]:
    """An office with one program, whose closed cases a law wants kept for a year, and it itself for two."""
    with Scenario(PROGRAM, on=IN_TERM, folder=tmp_path, training=True) as made:
        yield made


def on(here: Scenario, day: date) -> None:
    """The clock shows another day, and has no turn in between."""
    here.clock.instant = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def past(here: Scenario) -> list[Past]:
    """Who is past the time now."""
    with here.db.read() as tx:
        return list(retention.past(tx, here.engine.runtime.registry, here.clock.now()))


def findings(here: Scenario) -> list[tuple[str, Any]]:
    """What the check-up says of it."""
    with here.db.read() as tx:
        return [(one.code, one.values.get("count", one.place)) for one in retention.doctor(tx, here.engine.runtime.registry, here.clock.now())]


def set_time(here: Scenario, which: str, length: int, reason: str = "decided by the county") -> retention.Kept:
    """The office says how long."""
    with here.db.write() as tx:
        return retention.set_time(tx, here.engine.runtime.registry, FIRST, here.clock.now(), which, length, reason=reason)


def closed(here: Scenario, **said: Any) -> str:
    """A child with a case that is over."""
    child = here.child(**said)
    ref = here.open(PROGRAM.workflows[0], child, by=ANYBODY, last_attended=here.today - timedelta(days=45)).ref
    end(SimpleNamespace(scenario=here), ref, "over")  # type: ignore[arg-type]
    return child.ref


def test_a_child_is_past_its_time_when_the_last_of_its_cases_is(here: Scenario) -> None:
    """Two years after the end: not on the day itself, on the next; while anything is open, never."""
    ref = closed(here)
    on(here, date(2028, 10, 21))
    assert past(here) == []
    on(here, date(2028, 10, 22))
    assert [(one.ref, one.since, dict(one.cases), one.needed) for one in past(here)] == [(ref, date(2028, 10, 21), {"dropout_return.dropout": 1}, True)]
    here.open(PROGRAM.workflows[0], ref, by=ANYBODY, last_attended=here.today - timedelta(days=45))
    assert past(here) == []


def test_who_needs_no_file_any_more_is_told_by_the_check_up(here: Scenario) -> None:
    """One who is of age; one under age and active must be weighed, and does not keep the check-up red."""
    closed(here)
    closed(here, born_on=date(2010, 12, 1))
    on(here, date(2028, 12, 2))
    assert sorted(one.needed for one in past(here)) == [False, True]
    assert findings(here) == [("past_its_time", 1)]


def test_a_file_without_a_case_is_past_its_time_when_the_child_is_of_age(here: Scenario) -> None:
    """It stands on the roster for the programs of children of its age."""
    child = here.child(born_on=date(2010, 12, 1))
    assert past(here) == []
    on(here, date(2028, 12, 1))
    assert [(one.ref, one.since, one.needed) for one in past(here)] == [(child.ref, date(2028, 12, 1), False)]


def test_a_file_without_a_birth_date_is_past_its_time_eighteen_years_after_it_was_made(here: Scenario) -> None:
    """By then the child is of age, whenever it was born."""
    child = here.child()
    with here.db.write() as tx:
        made = str(tx.value(select(tables.person.c.created_at).where(tables.person.c.ref == child.ref)))[:10]
        tx.execute(Statement(update(tables.person).where(tables.person.c.ref == child.ref).values(born_on=None)))
    on(here, date.fromisoformat(made).replace(year=int(made[:4]) + 18) - timedelta(days=1))
    assert past(here) == []
    on(here, here.today + timedelta(days=1))
    assert [(one.ref, one.needed) for one in past(here)] == [(child.ref, False)]


def test_whose_file_others_need_is_not_listed(here: Scenario) -> None:
    """Who is of age, and has become another child's guardian: it could not be erased."""
    ref, child = closed(here, born_on=date(2010, 12, 1)), here.child(7)
    on(here, date(2028, 12, 2))
    assert [one.ref for one in past(here)] == [ref]
    with here.db.write() as tx:
        ids = [tx.value(select(tables.person.c.person_id).where(tables.person.c.ref == one)) for one in (child.ref, ref)]
        tx.execute(Statement(insert(tables.relation)), {"relation_id": "r", "person_id": ids[0], "other_id": ids[1], "kind": "guardian"})
    assert past(here) == []


def test_a_volunteer_who_has_left_is_past_the_time_too(here: Scenario) -> None:
    """Three years after that, where nobody needs the file; with an open account it is needed."""
    said = {"name": "关大爱", "national_id": "432801198001010015", "phone": "13700000088"}
    with here.db.write() as tx:
        one = volunteers.add(tx, "x", here.clock.now(), said, division="990101100")
        volunteers.edit(tx, "x", here.clock.now(), one.ref, {}, reason="moved away", status="left")
    on(here, date(2029, 10, 21))
    assert past(here) == []
    on(here, date(2029, 10, 22))
    assert [(found.ref, found.since, found.needed) for found in past(here)] == [(one.ref, date(2029, 10, 21), False)]
    row = {"account_id": "a", "login": "guan", "created_at": "2026-01-01", "person_id": one.person_id}
    with here.db.write() as tx:
        tx.execute(Statement(insert(tables.account)), row)
    assert past(here) == []


def test_an_office_may_keep_longer_and_not_shorter_than_the_law(here: Scenario) -> None:
    """Longer by a decision with its reason; shorter down to what the law demands."""
    closed(here)
    assert set_time(here, "dropout_return", 36).months == 36
    on(here, date(2028, 10, 22))
    assert past(here) == []
    assert set_time(here, "dropout_return", 12).months == 12
    assert len(past(here)) == 1
    with pytest.raises(Refused) as error:
        set_time(here, "dropout_return", 11)
    with pytest.raises(Misused):
        set_time(here, "dropout_return", 24, reason=" ")
    assert error.value.code == "keep_too_short"


def test_a_workflow_may_have_a_time_of_its_own(here: Scenario) -> None:
    """It is listed beside the program's."""
    set_time(here, "dropout_return.dropout", 60)
    with here.db.read() as tx:
        told = [(one.workflow, one.months, one.own, one.least) for one in retention.times(tx, here.engine.runtime.registry)]
    assert told == [("", 24, 24, 12), ("dropout", 60, 24, 12)]


def test_who_waits_for_a_second_person_is_told(here: Scenario) -> None:
    """Asked for, and not carried out."""
    ref = closed(here)
    office: Any = SimpleNamespace(db=here.db, clock=here.clock, folder=here.folder, training=False)
    erasing.ask(office, FIRST, ref, "why")
    assert findings(here) == [("erasure_waits", ref)]


def test_an_erasure_that_was_granted_and_forgotten_is_told(here: Scenario) -> None:
    """Until an administrator asks for it."""
    ref = closed(here)
    runtime, office = here.engine.runtime, SimpleNamespace(db=here.db, clock=here.clock, folder=here.folder, training=False)
    made = petitions.receive(runtime, ANYBODY, ref, "erase", said_by="the mother", what="all of it")
    petitions.answer(runtime, ANYBODY, made.ref, "granted", "it will be erased")
    assert findings(here) == [("erasure_promised", made.ref)]
    erasing.ask(office, FIRST, ref, "the family asks for it")  # type: ignore[arg-type]
    assert findings(here) == [("erasure_waits", ref)]


@pytest.mark.parametrize(("length", "least"), [(days(30), None), (years(1), months(13)), (years(0), None), (months(1.5), None)])
def test_a_time_that_cannot_be_is_refused(length: Any, least: Any) -> None:
    """Whole months or years, and no less than the law."""
    with pytest.raises(ValueError, match=r"ke[ep]"):
        Keep(length, because="x", least=least)


def test_what_says_no_time_has_the_common_one() -> None:
    """Three years, and why."""
    assert (KEEP.length.n, DROPOUT.keep.because == KEEP.because) == (3, True)
