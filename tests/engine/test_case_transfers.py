"""One open case is handed to another township while the child's file stays where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.engine import outing, trips
from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.small import OTHER
from tests.engine.test_transfers import HERE_ALL, HERE_DESK, OUT, THERE, THERE_ALL, THERE_DESK, Against, became, messages, move, opened, program
from workflow_core import PER_DIVISION, STAYS, Fire, Limit
from workflow_core.definition import COUNTY_OFFICE
from workflow_core.errors import CareError, Conflict, Misused, NotFound, NotPermitted
from workflow_core.records import children, enabling
from workflow_core.store.tables import journal as journal_table

WHY = "the child sleeps at its aunt's"


def offered(town: Town, case: str) -> str:
    """The offer of a case to the other township."""
    return town.engine.offer_case(HERE_DESK, case, THERE, WHY).ref


def code_of(does: Callable[[], object]) -> str:
    """How something is refused."""
    with pytest.raises(CareError) as told:
        does()
    return told.value.code


def test_a_case_is_handed_over_and_the_file_stays(town_of: Callable[..., Town]) -> None:
    """It is on the other township's desk and on no other, with its child's name; the other cases stay, and so does the file."""
    town = town_of(program("along"), program("over", Fire(OUT)))
    kid = town.child()
    case, other = opened(town, kid, "over", "along")
    ref = offered(town, case)
    (shown,) = town.engine.case_transfers(THERE_DESK)
    assert (shown.ref, shown.case, shown.program, shown.stage, shown.name, shown.reason, shown.mine) == (ref, case, "over", "waiting", "张*", WHY, True)
    assert town.engine.transfers(THERE_DESK) == []
    with pytest.raises(NotFound):
        town.engine.show(THERE_ALL, case)
    done = town.engine.accept_case(THERE_DESK, ref)
    assert became(done.cases) == {case: "went"}
    assert {one.case for one in town.inbox(HERE_ALL)} == {other}
    (task,) = town.inbox(THERE_ALL)
    assert (task.case, task.subject, task.subject_name) == (case, kid, "张*")
    (said,) = [one["says"] for one in town.engine.history(THERE_ALL, case)[0] if one["kind"] == "transferred"]
    assert (said["alone"], said["transfer"], said["reason"], said["from_division"], said["to_division"]) == (True, ref, WHY, TOWNSHIP, THERE)
    with pytest.raises(NotFound):
        town.engine.show(HERE_ALL, case)
    with town.db.read() as tx:
        assert children.get(tx, kid).division == TOWNSHIP
    town.engine.do_task(THERE_ALL, f"{case}.call")
    assert (town.engine.case_transfers_answered(HERE_DESK), town.engine.transfers_answered(HERE_DESK)) == (1, 0)
    town.verify()


def test_a_refusal_and_a_withdrawal_have_a_reason(town_of: Callable[..., Town]) -> None:
    """Each side reads why; what was refused can be offered again, and nobody answers for the other side."""
    town = town_of(program("along"))
    (case,) = opened(town, town.child(), "along")
    ref = offered(town, case)
    assert offered(town, case) == ref
    assert code_of(lambda: town.engine.accept_case(HERE_DESK, ref)) == "not_yours_to_answer"
    with pytest.raises(NotFound):
        town.engine.accept_case(actor("zhao", "child_supervisor", scope="990101199"), ref)
    with pytest.raises(NotFound):
        town.engine.accept_transfer(THERE_DESK, ref)
    with pytest.raises(Misused):
        town.engine.refuse_case(THERE_DESK, ref, " ")
    town.engine.refuse_case(THERE_DESK, ref, "张三 is not here")
    (told,) = town.engine.case_transfers(HERE_DESK, every=True)
    assert (told.state, told.answer) == ("refused", "张* is not here")
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, ref)) == "transfer_answered"
    again = offered(town, case)
    with pytest.raises(NotPermitted):
        town.engine.withdraw_case(THERE_DESK, again, "x")
    assert town.engine.withdraw_case(HERE_DESK, again, "a mistake").state == "withdrawn"
    assert town.stage(case) == "waiting"
    with town.db.read() as tx:
        kinds = [row.kind for row in tx.rows(select(journal_table.c.kind).where(journal_table.c.kind.like("transfer_%")).order_by(journal_table.c.at))]
    assert sorted(kinds) == ["transfer_offered", "transfer_offered", "transfer_refused", "transfer_withdrawn"]


def test_what_speaks_against_it_is_told_and_nothing_moves(town_of: Callable[..., Town]) -> None:
    """A place that is taken, a veto, a program that stopped there: the offer goes on waiting, and the case is worked on as before."""
    room = Limit("room", "There is no room", size=1, per=PER_DIVISION, held_in=[OTHER])
    town = town_of(program("along", limits=[room]))
    first, second = (opened(town, town.child(), "along")[0] for _ in range(2))
    for one in (first, second):
        if one == first:
            town.advance(one, "go")
            town.engine.accept_case(THERE_DESK, offered(town, one))
    town.advance(second, "go")  # its own place was given back
    ref = offered(town, second)
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, ref)) == "limit_full"
    with town.db.write() as tx:
        enabling.disable(tx, "along", THERE, actor=town.admin, now=town.clock.instant)
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, ref)) == "not_enabled"
    assert [one.state for one in town.engine.case_transfers(THERE_DESK)] == ["waiting"]
    assert (town.stage(second), town.engine.show(HERE_ALL, second).row.division) == (OTHER.name, TOWNSHIP)
    assert town.kinds(second)[-1] == "advanced"


def test_a_veto_keeps_a_case(town_of: Callable[..., Town]) -> None:
    """Its words are told."""
    town = town_of(program("along"), plugins=[Against()])
    (case,) = opened(town, town.child(), "along")
    ref = offered(town, case)
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, ref)) == "vetoed"
    assert town.kinds(case) == ["opened"]


def test_who_may_offer_what_and_where_to(town_of: Callable[..., Town]) -> None:
    """An open case that one oversees, that does not stay where it began, to another township in which its program runs; and to one at a time."""
    town = town_of(program("along"), program("still", STAYS))
    kid = town.child()
    case, still = opened(town, kid, "along", "still")
    engine = town.engine
    assert code_of(lambda: engine.offer_case(town.teacher, case, THERE, WHY)) == "not_permitted"
    assert code_of(lambda: engine.offer_case(THERE_DESK, case, THERE, WHY)) == "case_unknown"
    assert code_of(lambda: engine.offer_case(HERE_DESK, still, THERE, WHY)) == "moved_stays"
    assert code_of(lambda: engine.offer_case(HERE_DESK, case, TOWNSHIP, WHY)) == "same_township"
    assert code_of(lambda: engine.offer_case(HERE_DESK, case, "990101999", WHY)) == "division_unknown"
    ref = engine.offer_case(HERE_DESK, case, "990101", WHY).ref
    assert code_of(lambda: engine.offer_case(HERE_DESK, case, THERE, WHY)) == "case_offered"
    county = actor("he", "county_office", "school", scope="990101")
    engine.accept_case(county, ref)
    assert [one.division for one in town.inbox(county) if one.case == case] == ["990101"]
    town.engine.advance(county, case, "stop")
    assert code_of(lambda: engine.offer_case(county, case, THERE, WHY)) == "case_closed"


def test_a_part_goes_with_its_whole(town_of: Callable[..., Town]) -> None:
    """It is not handed over by itself; both are the other township's, and still belong together."""
    town = town_of(outing.PROGRAM)
    kid = town.child()
    whole = town.engine.open(town.teacher, "outings.outing", kid, {}).ref
    part = town.engine.open(town.teacher, "outings.guest", kid, {}, whole=whole).ref
    assert code_of(lambda: town.engine.offer_case(HERE_DESK, part, THERE, WHY)) == "part_stays"
    assert became(town.engine.accept_case(THERE_DESK, offered(town, whole)).cases) == {whole: "went", part: "went"}
    assert [row.ref for row in town.engine.cases(THERE_ALL, whole=whole)] == [part]


def test_what_is_about_the_township_itself_stays(town_of: Callable[..., Town]) -> None:
    """Moved, it would be about another one."""
    town = town_of(trips.PROGRAM)
    trip = town.engine.open(town.teacher, "trips.trip", TOWNSHIP, {}).ref
    assert code_of(lambda: town.engine.offer_case(HERE_DESK, trip, THERE, WHY)) == "case_of_division"


def test_an_offer_of_a_case_that_was_closed_is_over(town_of: Callable[..., Town]) -> None:
    """It waits on nobody's list, is accepted by nobody, and is written down as lapsed when it would have been told again."""
    town = town_of(program("along"))
    (case,) = opened(town, town.child(), "along")
    ref = offered(town, case)
    assert town.engine.case_transfers_waiting(THERE_DESK) == (1, 0)
    town.advance(case, "stop")
    assert town.engine.case_transfers_waiting(THERE_DESK) == (0, 0)
    assert town.engine.case_transfers(THERE_DESK) == []
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, ref)) == "case_gone"
    town.wait(days=11)
    assert messages(town) == [("child_supervisor", THERE)]
    assert [one.state for one in town.engine.case_transfers(THERE_DESK, every=True)] == ["lapsed"]
    assert code_of(lambda: town.engine.refuse_case(THERE_DESK, ref, "x")) == "transfer_answered"


def test_one_that_nobody_answers_is_told_again_and_then_to_the_county(town_of: Callable[..., Town]) -> None:
    """As a file is."""
    town = town_of(program("along"))
    (case,) = opened(town, town.child(), "along")
    offered(town, case)
    town.wait(days=10)
    assert town.engine.case_transfers_waiting(THERE_DESK) == (1, 1)
    town.wait(days=10)
    assert messages(town)[1:] == [("child_supervisor", THERE), ("child_supervisor", THERE), (COUNTY_OFFICE.name, THERE)]


def test_a_child_that_moves_leaves_a_case_that_was_handed_on(town_of: Callable[..., Town]) -> None:
    """To the township that has it, or to another: it is not touched. A case that went with its child is offered by the old township no more."""
    town = town_of(program("along"), program("other"))
    kid = town.child()
    gone, waits = opened(town, kid, "along", "other")
    town.engine.accept_case(THERE_DESK, offered(town, gone))
    back = town.engine.offer_case(HERE_DESK, waits, THERE, WHY)
    assert became(move(town, kid).cases) == {waits: "went"}
    assert {one.case for one in town.inbox(THERE_ALL)} == {gone, waits}
    assert [one.state for one in town.engine.case_transfers(THERE_DESK, every=True)] == ["accepted", "lapsed"]
    assert code_of(lambda: town.engine.accept_case(THERE_DESK, back.ref)) == "case_gone"
    fresh = town.engine.offer_case(THERE_DESK, waits, TOWNSHIP, WHY)
    assert fresh.ref != back.ref
    town.engine.accept_case(HERE_DESK, fresh.ref)
    assert {one.case for one in town.inbox(HERE_ALL)} == {waits}
    town.verify()


def test_of_two_desks_that_accept_a_case_one_does(town_of: Callable[..., Town]) -> None:
    """And nothing happens twice."""
    town = town_of(program("along"))
    (case,) = opened(town, town.child(), "along")
    town.engine.suspend(HERE_ALL, case, "the family is away")
    ref = offered(town, case)
    town.engine.accept_case(THERE_DESK, ref)
    with pytest.raises(Conflict):
        town.engine.accept_case(THERE_DESK, ref)
    town.engine.resume(THERE_ALL, case, "they are here")
    assert [one["kind"] for one in town.engine.history(THERE_ALL, case)[0]].count("transferred") == 1
