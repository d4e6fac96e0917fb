"""Who stands in for somebody who is away: what he sees, what he does, and in whose stead it says he did it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.small import GO, small
from workflow_core import Task, Transition
from workflow_core.access.grants import Actor, Grant
from workflow_core.definition import SCHOOL, SUPERVISOR
from workflow_core.errors import CareError, NotPermitted

Towns = Callable[..., Town]
DRAFT = Task("draft", "Draft", by=(SCHOOL, SUPERVISOR))
PROGRAM = small(
    DRAFT,
    Task("check", "Check", by=(SCHOOL, SUPERVISOR), four_eyes=[DRAFT]),
    transitions=[Transition("sign", "Sign", source=GO.source, target=GO.target, by=SUPERVISOR, four_eyes=[DRAFT])],
)


def stand_in(login: str, absent: str, *roles: str, own: tuple[str, ...] = (), kind: str = "division", scope: str = TOWNSHIP) -> Actor:
    """An account that stands in for another, and may have roles of its own."""
    lent = tuple(Grant(role, kind, scope, None, "2020-01-01", None, absent) for role in roles)  # type: ignore[arg-type]
    return Actor(login, actor(login, *own).grants + lent, False, account_id=login)


@pytest.fixture
def town(town_of: Towns) -> Town:
    """A town with a draft, and with a check by other eyes."""
    return town_of(PROGRAM)


def behalf(town: Town, ref: str) -> list[tuple[str, str | None]]:
    """Who did each step, and in whose stead."""
    return [(one["actor"], one["on_behalf"]) for one in town.events(ref)]


def test_what_a_deputy_does_says_in_whose_stead(town: Town) -> None:
    """Tasks, transitions, notes and new cases alike; whoever has no grant of his own there does nothing in his own right."""
    deputy = stand_in("dora", "teacher", "school", "child_supervisor")
    ref = town.engine.open(deputy, "small", town.child(), {"title": "a matter"}).ref
    town.engine.do_task(deputy, f"{ref}.draft")
    town.engine.note(deputy, ref, "nobody was at home")
    assert behalf(town, ref) == [("dora", "teacher")] * 3


def test_what_he_may_do_in_his_own_right_he_does_for_himself(town: Town) -> None:
    """Though he stands in for somebody who may, too."""
    ref = town.start()
    town.engine.do_task(stand_in("dora", "supervisor", "child_supervisor", own=("school",)), f"{ref}.draft")
    assert behalf(town, ref)[-1] == ("dora", None)


def test_the_inbox_says_in_whose_place_something_waits(town: Town) -> None:
    """What lies on the absent one's desk by name comes with it, though no role of the deputy's own covers it."""
    ref, other = town.start(), town.start()
    town.engine.assign_task(town.teacher, f"{other}.draft", "teacher")
    deputy = stand_in("dora", "teacher", "school")
    rows = town.engine.inbox(deputy)
    assert {row.stead for row in rows} == {"teacher"}
    assert {f"{ref}.1", f"{other}.1"} <= {row.ref for row in rows}
    assert [row.stead for row in town.engine.inbox(stand_in("dora", "supervisor", own=("school",)))] == [None] * len(rows)
    assert [row.stead for row in town.engine.inbox(stand_in("dora", "teacher", "child_supervisor", own=("school",))) if row.ref == f"{other}.1"] == ["teacher"]


def test_what_a_deputy_takes_upon_himself_lies_with_whom_he_stands_in_for(town: Town) -> None:
    """So nothing is left on a desk whose owner does not see the case any more; the absent one finds it there."""
    ref = town.start()
    deputy = stand_in("dora", "teacher", "school")
    town.engine.claim_task(deputy, f"{ref}.draft")
    town.engine.claim_task(deputy, f"{ref}.draft")
    assert town.rows(ref, "draft")[0]["assignee"] == "teacher"
    town.do(f"{ref}.draft")


def test_what_his_own_role_is_enough_for_lies_with_a_deputy_himself(town: Town) -> None:
    """Though an overseer's role is lent to him; whoever claims is told with whom it lies."""
    ref = town.start()
    deputy = stand_in("dora", "supervisor", "child_supervisor", own=("school",))
    assert town.engine.claim_task(deputy, f"{ref}.draft").lies_with == "dora"
    assert town.rows(ref, "draft")[0]["assignee"] == "dora"
    assert behalf(town, ref)[-1] == ("dora", None)
    assert town.engine.claim_task(stand_in("dora", "teacher", "school"), f"{town.start()}.draft").lies_with == "teacher"


def test_ones_own_cases_are_those_of_whom_one_stands_in_for(town: Town) -> None:
    """A role for one's own cases is lent as such: what lies with the absent one is his."""
    ref, other = town.start(), town.start()
    town.engine.assign_task(town.supervisor, f"{ref}.draft", "teacher")
    deputy = stand_in("dora", "teacher", "school", kind="own", scope="")
    assert town.engine.do_task(deputy, f"{ref}.draft").version
    with pytest.raises(CareError) as told:
        town.engine.do_task(deputy, f"{other}.draft")
    assert told.value.code == "case_unknown"


@pytest.mark.parametrize("step", ["check", "sign"])
def test_a_deputys_eyes_are_those_of_whom_he_stands_in_for(town: Town, step: str) -> None:
    """He decides neither on what he did himself nor on what the absent one did."""
    ref = town.start()
    town.engine.do_task(town.supervisor, f"{ref}.draft")
    for one in (stand_in("dora", "supervisor", "child_supervisor"), stand_in("supervisor", "teacher", "child_supervisor")):
        with pytest.raises(NotPermitted) as told:
            take(town, one, ref, step)
        assert told.value.code == "four_eyes"
    take(town, stand_in("dora", "ma", "child_supervisor"), ref, step)
    assert behalf(town, ref)[-1] == ("dora", "ma")


def take(town: Town, who: Actor, ref: str, step: str) -> None:
    if step == "check":
        town.engine.do_task(who, f"{ref}.check")
    else:
        town.engine.advance(who, ref, step)


def test_a_deputy_holds_no_more_than_is_lent(town: Town) -> None:
    """A role that the absent one does not hold is not his, and neither is another township."""
    ref = town.start()
    with pytest.raises(NotPermitted):
        town.engine.advance(stand_in("dora", "teacher", "school"), ref, "sign")
    with pytest.raises(CareError) as told:
        town.engine.do_task(stand_in("dora", "teacher", "school", scope="990102100"), f"{ref}.draft")
    assert told.value.code == "case_unknown"
