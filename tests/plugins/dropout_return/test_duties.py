"""The monthly list and the quarterly review: they come by themselves, are signed by a person, and are missed when they do not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from careflow_dropout_return.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from tests.plugins.dropout_return.conftest import go_to_school
from workflow_core.documents.page import to_text
from workflow_core.errors import NotPermitted, Refused
from workflow_core.store.database import Database

SUPERVISOR, SCHOOL = actor("supervisor", "child_supervisor"), actor("school", "school")
BUREAU, COUNTY = actor("bureau", "education_bureau", scope="990101"), actor("county", "county_office", scope="990101")
LISTS = "dropout_return.monthly_list"


@pytest.fixture
def town(database: Database, tmp_path: Path) -> Iterator[Town]:
    """A county with two townships in which the program runs since the first of September; today is the first of October."""
    made = make_town(database, tmp_path, PROGRAM)
    made.clock.instant = datetime(2026, 10, 1, 1, tzinfo=UTC)
    assert made.engine.tick().problems == []
    yield made
    made.verify()


def the_list(town: Town) -> str:
    """The reference of the township's list of the month that has begun."""
    lists = [row for row in town.engine.cases(SUPERVISOR, program="dropout_return", workflow="monthly_list") if row.division == TOWNSHIP]
    return max(lists, key=lambda row: row.opened_at).ref


def the_review(town: Town) -> str:
    """The reference of the county's review of the quarter that has begun today."""
    return town.engine.cases(COUNTY, program="dropout_return", workflow="quarterly_review")[-1].ref


def desk(town: Town, who: str, ref: str) -> list[str]:
    """What waits for a role about a case."""
    people = {"supervisor": SUPERVISOR, "bureau": BUREAU, "county": COUNTY}
    role = {"supervisor": "child_supervisor", "bureau": "education_bureau", "county": "county_office"}[who]
    return [row.title for row in town.engine.inbox(people[who], role=role) if row.case == ref]


def text(town: Town, paper: str) -> str:
    """What a paper says, without white space."""
    [(_, page)] = town.engine.pages(COUNTY, [paper])
    return "".join(to_text(page).split())


def test_every_township_has_its_list_each_month(town: Town) -> None:
    """September's and October's, of both townships; the clock's second turn opens nothing more."""
    lists = town.engine.cases(COUNTY, program="dropout_return", workflow="monthly_list")
    assert len(lists) == 4
    town.wait(days=1)
    assert len(town.engine.cases(COUNTY, program="dropout_return", workflow="monthly_list")) == 4


def test_a_list_is_due_by_the_28th_drafted_before_and_sent_once_it_is_signed(town: Town) -> None:
    """On the 25th it lies on the supervisor's desk to be signed; unsigned it cannot go; it names the children of that day."""
    child = town.child()
    go_to_school(town, child)
    case = town.engine.open(SCHOOL, "dropout_return", child, {"last_attended": "2026-09-16"}).ref
    ref = the_list(town)
    [task] = town.engine.show(SUPERVISOR, ref).tasks
    assert (task["task"], task["due"]) == ("send_list", "2026-10-28")
    town.wait(days=24)
    assert "Monthly list of dropouts" in desk(town, "supervisor", ref)
    sent = {"sent_on": town.today.isoformat()}
    with pytest.raises(Refused) as error:
        town.engine.do_task(SUPERVISOR, f"{ref}.send_list", sent)
    assert [problem.code for problem in error.value.problems] == ["not_signed"]
    with pytest.raises(NotPermitted):
        town.engine.sign(BUREAU, f"{ref}.monthly_report")
    town.engine.sign(SUPERVISOR, f"{ref}.monthly_report")
    said = text(town, f"{ref}.monthly_report")
    assert said.startswith("2026年10月")
    assert "疑似辍学学生（1人）" in said
    assert case in said
    with pytest.raises(Refused) as error:
        town.engine.do_task(SUPERVISOR, f"{ref}.send_list", {"sent_on": (town.today - timedelta(days=1)).isoformat()})
    assert [problem.code for problem in error.value.problems] == ["before_signing"]
    town.engine.do_task(SUPERVISOR, f"{ref}.send_list", sent)
    assert town.engine.show(SUPERVISOR, ref).row.stage == "sent"
    assert desk(town, "supervisor", ref) == []


def test_a_list_that_does_not_come_is_missed_in_the_county(town: Town) -> None:
    """On the 29th the bureau hears of it, in the next month the county office."""
    ref = the_list(town)
    town.wait(days=27)
    assert desk(town, "bureau", ref) == []
    town.wait(days=1)
    assert desk(town, "bureau", ref) == ["A township's monthly list is late"]
    town.wait(days=5)
    assert desk(town, "county", ref) == ["A township has sent no monthly list"]


def test_a_month_without_children_is_reported_too(town: Town) -> None:
    """The list is drafted by hand before its day, says that there is nobody, and the clock drafts no second one."""
    ref = the_list(town)
    town.engine.draft(SUPERVISOR, ref, "monthly_report")
    town.engine.sign(SUPERVISOR, f"{ref}.monthly_report")
    assert "本月无辍学学生" in text(town, f"{ref}.monthly_report")
    town.wait(days=26)
    assert [paper.state for paper in town.engine.papers(SUPERVISOR, ref)] == ["signed"]


def test_a_review_is_drafted_by_what_was_looked_at_and_closed_by_its_signature(town: Town) -> None:
    """Five were looked at, four agree: the paper says so; the bureau signs, and the quarter is closed."""
    ref = the_review(town)
    found = {"reviewed_on": town.today.isoformat(), "looked_at": 5, "agreed": 4, "differences": "one has moved", "to_mend": "correct the ledger"}
    town.engine.do_task(BUREAU, f"{ref}.review", found)
    assert "Quarterly review of the ledgers" in desk(town, "bureau", ref)
    town.engine.sign(BUREAU, f"{ref}.quarterly_review")
    assert town.engine.show(COUNTY, ref).row.stage == "reviewed"
    said = text(town, f"{ref}.quarterly_review")
    assert "2026年第四季度" in said
    assert "抽查5人，与台账相符4人" in said


def test_a_review_that_nobody_makes_is_heard(town: Town) -> None:
    """Before the quarter is over."""
    ref = the_review(town)
    town.wait(days=76)
    assert "Nobody has reviewed the ledgers this quarter" in desk(town, "county", ref)


@pytest.mark.parametrize("name", ["school_age_ledger", "suspected_ledger", "dropout_ledger"])
def test_each_ledger_can_be_had_as_a_paper(town: Town, name: str) -> None:
    """Drafted in the case of the month by the supervisor, in that of the quarter by the bureau; with whole names."""
    town.child()
    for who, ref in ((SUPERVISOR, the_list(town)), (BUREAU, the_review(town))):
        town.engine.draft(who, ref, name)
        said = text(town, f"{ref}.{name}")
        assert ("张三" in said) is (name == "school_age_ledger")


def test_the_program_alone_means_its_dropout_cases(town: Town) -> None:
    """Lists and reviews open by themselves: whoever opens a case by the program's name opens one about a child."""
    ref = town.engine.open(SCHOOL, "dropout_return", town.child(), {"last_attended": "2026-09-16"}).ref
    assert ref.startswith("DR-")
    with pytest.raises(NotPermitted):
        town.engine.open(SUPERVISOR, LISTS, TOWNSHIP, {})
