"""What a case asks of another program is taken up there, and answered here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.small import OTHER, WAITING, small
from workflow_core import SCHOOL, Refer, Task, Transition
from workflow_core.engine import answers_due, referring
from workflow_core.engine.referring import Referred
from workflow_core.errors import CareError, NotFound, NotPermitted
from workflow_core.records import enabling

READ = Task("read", "Read the answer", by=SCHOOL)
ASKS = small(transitions=[Transition("ask", "Ask for help", source=WAITING, target=OTHER, by=SCHOOL, do=[Refer("aid", "needs help", reply=READ)])], name="asks")
AID = small(name="aid")
DIRECTOR = actor("director", "child_director")


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(ASKS, AID)


def asked(town: Town) -> tuple[str, str, Referred]:
    """A child, the case that asks for help, and what it asked."""
    kid = town.child()
    case = town.engine.open(town.teacher, "asks", kid, {"title": "a matter"}).ref
    town.advance(case, "ask")
    (found,) = referring.listed(town.engine.runtime, town.supervisor)
    return kid, case, found


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(CareError) as told:
        action()
    return told.value.code


def test_it_is_taken_up_in_a_case_and_answered_where_it_was_asked(town: Town) -> None:
    """The answer opens the task that waits for it; both cases know of each other."""
    kid, case, found = asked(town)
    runtime = town.engine.runtime
    assert (found.ref, found.state, found.runs, found.mine) == (f"{case}.r1", "waiting", True, True)
    assert answers_due.referrals_waiting(runtime, town.supervisor) == (1, 0, 0)
    there = town.engine.open(town.teacher, "aid", kid, {"title": "help"}).ref
    assert referring.accept(runtime, town.teacher, found.ref, there).to_case == there
    assert (answers_due.referrals_waiting(runtime, town.supervisor), town.tasks(case)) == ((0, 0, 0), [])
    assert referring.close(runtime, town.teacher, found.ref, "a stipend").state == "closed"
    assert town.tasks(case) == ["read"]
    town.do(f"{case}.read")
    assert town.kinds(case)[-3:] == ["referral_accepted", "referral_closed", "task_done"]
    assert referring.listed(runtime, town.supervisor) == []
    assert code_of(lambda: referring.decline(runtime, town.teacher, found.ref, "no")) == "referral_answered"


def test_it_is_declined_with_a_reason(town: Town) -> None:
    """Who asked reads why, and has the task to go on."""
    _, case, found = asked(town)
    assert code_of(lambda: referring.decline(town.engine.runtime, town.teacher, found.ref, " ")) == "reason_missing"
    assert referring.decline(town.engine.runtime, town.teacher, found.ref, "not entitled").answer == "not entitled"
    assert town.tasks(case) == ["read"]


def test_who_only_sees_it_reads_the_masks_of_name_and_number_in_what_was_said(town: Town) -> None:
    """Whoever may answer reads it whole: he may have to call."""
    _, _, found = asked(town)
    said, runtime = "张三 is not entitled, call 13800001111", town.engine.runtime
    assert referring.decline(runtime, town.teacher, found.ref, said).answer == said
    (seen,) = referring.listed(runtime, actor("bureau", "education_bureau", scope="990101"), every=True)
    assert seen.answer == "张* is not entitled, call 138****1111"


def test_it_is_taken_up_in_a_case_of_that_program_about_that_child_alone(town: Town) -> None:
    """Another child's case, one of another program, one that is not there."""
    _, case, found = asked(town)
    other = town.engine.open(town.teacher, "aid", town.child(), {"title": "help"}).ref
    said = [code_of(lambda to=to: referring.accept(town.engine.runtime, town.teacher, found.ref, to)) for to in (other, case, "AI-26-99999")]  # type: ignore[misc]
    assert said == ["other_child", "other_program", "case_unknown"]


def test_where_its_program_does_not_run_it_waits_visibly(town_of: Callable[..., Town]) -> None:
    """It can be taken up from the day on which the program is enabled."""
    town = town_of(ASKS, AID)
    with town.db.write() as tx:
        enabling.disable(tx, "aid", TOWNSHIP, actor=town.admin, now=town.clock.instant)
    kid, _, found = asked(town)
    assert (found.runs, found.mine) == (False, True)
    with town.db.write() as tx:
        enabling.enable(tx, AID, TOWNSHIP, actor=town.admin, now=town.clock.instant)
    there = town.engine.open(town.teacher, "aid", kid, {"title": "help"}).ref
    assert referring.accept(town.engine.runtime, town.teacher, found.ref, there).runs


def test_who_may_not_open_such_cases_may_not_answer(town: Town) -> None:
    """Another role of the township sees it; another township sees nothing."""
    _, _, found = asked(town)
    with pytest.raises(NotPermitted):
        referring.decline(town.engine.runtime, DIRECTOR, found.ref, "no")
    with pytest.raises(NotFound):
        referring.decline(town.engine.runtime, actor("li", "school", scope="990101101"), found.ref, "no")


def test_it_goes_along_with_a_case_whose_child_moves(town: Town) -> None:
    """The new township is asked, and answers."""
    kid, case, found = asked(town)
    there = actor("li", "child_supervisor", "school", scope="990101101")
    offered = town.engine.offer_transfer(town.supervisor, kid, "990101101", "the family moves")
    town.engine.accept_transfer(there, offered.ref)
    assert town.engine.referrals(town.supervisor) == []
    assert town.engine.referrals_waiting(there) == (1, 0, 0)
    assert town.engine.close_referral(there, found.ref, "a stipend").division == "990101101"
    assert [row.case for row in town.inbox(there)] == [case]


def test_what_nobody_answers_stays_in_the_inbox(town: Town) -> None:
    """Late after ten days; taken up, it asks for its answer again when the case that took it up is closed, or ten days later."""
    kid, _, found = asked(town)
    runtime = town.engine.runtime
    town.wait(days=10)
    assert answers_due.referrals_waiting(runtime, town.supervisor) == (1, 1, 0)
    assert [one.late for one in referring.listed(runtime, town.supervisor)] == [True]
    there = town.engine.open(town.teacher, "aid", kid, {"title": "help"}).ref
    referring.accept(runtime, town.teacher, found.ref, there)
    assert answers_due.referrals_waiting(runtime, town.supervisor) == (0, 0, 0)
    town.wait(days=10)
    assert answers_due.referrals_waiting(runtime, town.supervisor) == (0, 0, 1)
    referring.close(runtime, town.teacher, found.ref, "a stipend")
    assert answers_due.referrals_waiting(runtime, town.supervisor) == (0, 0, 0)
