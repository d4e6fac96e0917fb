"""A child moves to another township: its file and its cases go along, end or stay, and nobody loses sight of any."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.engine.conftest import TOWNSHIP, Town, actor
from tests.engine.small import END, OTHER, WAITING, M, Rules, small
from workflow_core import (
    GOES,
    PER_DIVISION,
    SCHOOL,
    STAYS,
    SUPERVISOR,
    SYSTEM,
    Change,
    Child,
    Column,
    Deny,
    Escalate,
    Fire,
    Limit,
    Listing,
    Program,
    Task,
    Timer,
    Transition,
    Workflow,
    after,
    days,
    deny,
    filled,
    hookimpl,
    ref,
)
from workflow_core.definition import COUNTY_OFFICE
from workflow_core.engine.moving import Fate
from workflow_core.engine.transferring import Transferred
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.records import children, enabling
from workflow_core.store.ids import uuid7
from workflow_core.store.statement import Statement
from workflow_core.store.tables import child, division, outbox, person, place
from workflow_core.store.tables import journal as journal_table

THERE = "990101101"
NUMBER = "432801201405014519"
HERE_DESK, THERE_DESK = actor("ma", "child_supervisor"), actor("li", "child_supervisor", scope=THERE)
HERE_ALL = actor("ma", "child_supervisor", "school")
THERE_ALL = actor("li", "child_supervisor", "school", scope=THERE)
OUT = Transition("out", "Moved away", source=(WAITING, OTHER), target=END, by=SYSTEM)
CALL = Task("call", "Call", by=SCHOOL, due=days(5))


def program(name: str, moved: Any = None, **more: Any) -> Program[Rules]:
    """A small program whose cases become that when the child moves."""
    made = small(CALL, name=name, transitions=[OUT], timers=[Timer("still", WAITING, due=after(WAITING, days(7)), do=[Escalate(SUPERVISOR, "Silent")])], **more)
    (workflow,) = made.workflows
    return Program(name, name, version=1, policy=Rules, workflows=[Workflow(**{**_fields(workflow), "moved": moved})])


def _fields(workflow: Workflow[Any, Any]) -> dict[str, Any]:
    return {name: getattr(workflow, name) for name in workflow.__dataclass_fields__}


def opened(town: Town, kid: str, *programs: str) -> list[str]:
    """Cases of these programs about one child."""
    return [town.engine.open(town.teacher, one, kid, {"title": "a matter"}).ref for one in programs]


def move(town: Town, kid: str) -> Transferred:
    """The child moves, offered and accepted."""
    transfer = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
    return town.engine.accept_transfer(THERE_DESK, transfer.ref)


def became(fates: Sequence[Fate]) -> dict[str, str]:
    """What became of each case."""
    return {one.ref: one.became for one in fates}


def kept(town: Town, kid: str, **values: Any) -> None:
    """What is on file of a child."""
    with town.db.write() as tx:
        tx.execute(update(person).where(person.c.ref == kid).values(**values))


def journaled(town: Town) -> list[str]:
    """The kinds of what was written down beside cases, in order."""
    with town.db.read() as tx:
        return [row["kind"] for row in tx.rows(select(journal_table.c.kind).where(journal_table.c.stream.like("person/%")).order_by(journal_table.c.n))]


def messages(town: Town) -> list[tuple[str, str]]:
    """Who is told what of transfers."""
    with town.db.read() as tx:
        rows = tx.rows(select(outbox.c.payload).where(outbox.c.dedup.like("transfer/%")).order_by(outbox.c.id))
    said = [json.loads(row["payload"]) for row in rows]
    return [(one["to"], one["division"]) for one in said]


def test_each_case_goes_stays_or_ends_as_its_workflow_says(town_of: Callable[..., Town]) -> None:
    """What goes is on the new township's desk and on no other; what stays is on the old one's; every history names both and the reason."""
    town = town_of(program("along"), program("still", STAYS), program("over", Fire(OUT)), program("told", GOES))
    kid = town.child()
    along, still, over, told = opened(town, kid, "along", "still", "over", "told")
    assert {one.case for one in town.inbox(HERE_ALL)} == {along, still, over, told}
    done = move(town, kid)
    assert became(done.cases) == {along: "went", told: "went", still: "stayed", over: "ended"}
    assert {one.case for one in town.inbox(HERE_ALL)} == {still}
    assert {one.case for one in town.inbox(THERE_ALL)} == {along, told}
    for case, kind in ((along, "transferred"), (still, "kept_at_transfer"), (over, "ended_at_transfer")):
        (said,) = [one["says"] for one in town.engine.history(THERE_ALL if case == along else HERE_ALL, case)[0] if one["kind"] == kind]
        assert (said["from_division"], said["to_division"], said["reason"]) == (TOWNSHIP, THERE, "the family moves")
        assert (said["from_name"], said["to_name"]) == ("高桥镇", "柳林乡")
    assert town.engine.show(HERE_ALL, over).row.closed
    with pytest.raises(NotFound):
        town.engine.show(HERE_ALL, along)
    town.engine.do_task(THERE_ALL, f"{along}.call")


def test_the_file_is_the_new_townships_and_what_was_of_the_old_place_ends(town_of: Callable[..., Town]) -> None:
    """The old school sees the child no more; the journal keeps what was there; a school outside the old township stays the child's."""
    town = town_of(program("along"))
    kid, boarder = town.child(), town.child()
    kept(town, kid, village="柳树村", address="柳树村5号")
    schools = {"old": (uuid7(), TOWNSHIP), "county": (uuid7(), "990101")}
    with town.db.write() as tx:
        for name, (place_id, where) in schools.items():
            row = {"place_id": place_id, "ref": f"S-{name}", "kind": "school", "name": name, "name_key": name, "division": where}
            tx.execute(Statement(insert(place)), {**row, "created_at": "", "updated_at": ""})
        for ref, name in ((kid, "old"), (boarder, "county")):
            person_id = tx.value(select(person.c.person_id).where(person.c.ref == ref))
            tx.execute(update(child).where(child.c.person_id == person_id).values(school=schools[name][0], class_name="2", boards=1))
    (case,) = opened(town, kid, "along")
    move(town, kid)
    move(town, boarder)
    with town.db.read() as tx:
        file = children.get(tx, kid)
        assert (file.division, file.village, file.address, file.school, file.class_name, file.boards) == (THERE, None, None, None, None, None)
        assert (children.get(tx, boarder).school, children.get(tx, boarder).boards) == ("county", True)
        with pytest.raises(NotFound):
            children.get(tx, kid, scope=[TOWNSHIP], places=[schools["old"][0]])
    with pytest.raises(NotFound):
        town.engine.show(actor("teacher", "school"), case)
    assert sorted(journaled(town)) == sorted(2 * ["transfer_offered", "file_changed", "transfer_accepted"])


def test_a_closed_case_stays_readable_where_it_was(town_of: Callable[..., Town]) -> None:
    """With its history, in the old township and not in the new one."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    town.advance(case, "stop")
    assert move(town, kid).cases == ()
    assert town.engine.show(HERE_ALL, case).row.closed
    with pytest.raises(NotFound):
        town.engine.show(THERE_ALL, case)


def test_a_ledger_tells_who_the_child_was_and_nothing_of_its_new_place(town_of: Callable[..., Town]) -> None:
    """The line of a closed case stays; what the file says today is the new township's; whoever sees both townships sees it."""
    made = program("along")
    (workflow,) = made.workflows
    ledger = Listing("all", "All", of=workflow.record, columns=[Column("Village", ref(Child).village), Column("Title", M.title)])
    town = town_of(Program("along", "along", version=1, policy=Rules, workflows=[workflow], listings=[ledger]))
    kid = town.child()
    kept(town, kid, village="柳树村")
    (case,) = opened(town, kid, "along")
    town.advance(case, "stop")
    assert town.engine.listing(HERE_ALL, "along", "all").rows == ((case, "张*", "柳树村", "a matter"),)
    move(town, kid)
    kept(town, kid, village="新村")
    assert town.engine.listing(HERE_ALL, "along", "all").rows == ((case, "张*", "", "a matter"),)
    assert town.engine.listing(actor("county", "child_supervisor", scope="990101"), "along", "all").rows == ((case, "张*", "新村", "a matter"),)


def test_where_its_program_does_not_run_a_case_stays_and_is_told(town_of: Callable[..., Town]) -> None:
    """With what an administrator can do about it."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    with town.db.write() as tx:
        enabling.disable(tx, "along", THERE, actor=town.admin, now=town.clock.instant)
    (fate,) = move(town, kid).cases
    assert (fate.ref, fate.became) == (case, "stayed")
    assert "along" in fate.reasons[0]
    assert "care program enable" in fate.hint
    assert town.kinds(case)[-1] == "kept_at_transfer"


def test_a_place_is_given_back_here_and_taken_there_or_the_case_stays(town_of: Callable[..., Town]) -> None:
    """Of two children who move one finds room; both townships count right after it."""
    room = Limit("room", "There is no room", size=1, per=PER_DIVISION, held_in=[OTHER])
    town = town_of(program("along", limits=[room]))
    first, second = town.child(), town.child()
    (one,) = opened(town, first, "along")
    town.advance(one, "go")
    assert became(move(town, first).cases) == {one: "went"}
    (other,) = opened(town, second, "along")
    town.advance(other, "go")  # the place was given back
    (fate,) = move(town, second).cases
    assert (fate.became, fate.reasons) == ("stayed", ("There is no room",))


def test_of_two_desks_that_accept_one_does(town_of: Callable[..., Town]) -> None:
    """The other is told that it was answered, and nothing happens twice."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    transfer = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
    town.engine.accept_transfer(THERE_DESK, transfer.ref)
    for answer in (lambda: town.engine.accept_transfer(THERE_DESK, transfer.ref), lambda: town.engine.refuse_transfer(THERE_DESK, transfer.ref, "no")):
        with pytest.raises(Conflict) as told:
            answer()
        assert told.value.code == "transfer_answered"
    assert [one["kind"] for one in town.engine.history(THERE_ALL, case)[0]].count("transferred") == 1


def test_who_asks_must_know_name_and_number_and_sees_no_more(town_of: Callable[..., Town]) -> None:
    """The list shows what was known, masked, and no reference; asked again it is the same request."""
    town = town_of(program("along"))
    kid = town.child()
    kept(town, kid, national_id=NUMBER)
    with pytest.raises(NotFound):
        town.engine.ask_transfer(THERE_DESK, NUMBER, "李四", THERE, "lives here now")
    asked = town.engine.ask_transfer(THERE_DESK, NUMBER, "张三", THERE, "lives here now")
    assert town.engine.ask_transfer(THERE_DESK, NUMBER, "张三", THERE, "again").ref == asked.ref
    (shown,) = town.engine.transfers(THERE_DESK)
    assert (shown.child, shown.name, shown.national_id, shown.mine) == (None, "张*", "4328**********4519", False)
    (shown,) = town.engine.transfers(HERE_DESK)
    assert (shown.child, shown.name, shown.mine) == (kid, "张*", True)
    assert (town.engine.transfers_waiting(HERE_DESK), town.engine.transfers_waiting(THERE_DESK)) == ((1, 0), (0, 0))
    with pytest.raises(NotPermitted):
        town.engine.accept_transfer(THERE_DESK, asked.ref)
    with pytest.raises(NotFound):
        town.engine.accept_transfer(actor("zhao", "child_supervisor", scope="990101199"), asked.ref)
    assert town.engine.accept_transfer(HERE_DESK, asked.ref).transfer.child is None
    assert [one.child for one in town.engine.transfers(THERE_DESK, every=True)] == [kid]


def test_a_reason_that_names_the_child_is_read_whole_by_who_answers_and_masked_by_others(town_of: Callable[..., Town]) -> None:
    """By the township that is asked, as long as it waits."""
    town = town_of(program("along"))
    said, hidden = "张三 moves, call 13800001111", "张* moves, call 138****1111"
    offered = town.engine.offer_transfer(HERE_DESK, town.child(), THERE, said)
    assert [town.engine.transfers(who)[0].reason for who in (THERE_DESK, HERE_DESK)] == [said, hidden]
    town.engine.refuse_transfer(THERE_DESK, offered.ref, said)
    (shown,) = town.engine.transfers(HERE_DESK, every=True)
    assert (shown.reason, shown.answer) == (hidden, hidden)


def test_a_refusal_has_a_reason_that_the_other_side_reads(town_of: Callable[..., Town]) -> None:
    """The file stays where it is, and what was refused can be asked again."""
    town = town_of(program("along"))
    kid = town.child()
    offered = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
    with pytest.raises(Misused):
        town.engine.refuse_transfer(THERE_DESK, offered.ref, " ")
    town.engine.refuse_transfer(THERE_DESK, offered.ref, "nobody has come here")
    (shown,) = town.engine.transfers(HERE_DESK, every=True)
    assert (shown.state, shown.answer, shown.child) == ("refused", "nobody has come here", kid)
    again = town.engine.offer_transfer(HERE_DESK, kid, THERE, "they have come by now")
    assert again.ref != offered.ref
    with pytest.raises(NotPermitted):
        town.engine.withdraw_transfer(THERE_DESK, again.ref, "x")
    assert town.engine.withdraw_transfer(HERE_DESK, again.ref, "a mistake").state == "withdrawn"
    assert set(journaled(town)) == {"transfer_offered", "transfer_refused", "transfer_withdrawn"}


def test_what_else_waits_for_the_file_asks_the_new_keeper_or_lapses(town_of: Callable[..., Town]) -> None:
    """A third township's request goes along with the file; an offer of the old keeper is over."""
    town = town_of(program("along"))
    kid, third = town.child(), actor("zhao", "child_supervisor", scope="990101102")
    kept(town, kid, national_id=NUMBER)
    with town.db.write() as tx:
        tx.execute(Statement(insert(division)), {"code": "990101102", "name": "石门乡", "level": "township", "parent": "990101"})
    asked = town.engine.ask_transfer(third, NUMBER, "张三", "990101102", "lives here now")
    over = town.engine.offer_transfer(HERE_DESK, town.child(), "990101102", "another child")
    offered = town.engine.offer_transfer(HERE_DESK, kid, THERE, "the family moves")
    with pytest.raises(Refused) as told:
        town.engine.ask_transfer(THERE_DESK, NUMBER, "张三", THERE, "lives here now")
    assert told.value.code == "transfer_offered"
    town.engine.accept_transfer(THERE_DESK, offered.ref)
    assert {(one.ref, one.state, one.mine) for one in town.engine.transfers(THERE_DESK, every=True)} == {
        (asked.ref, "waiting", True), (offered.ref, "accepted", False),
    }  # fmt: skip
    back = town.engine.offer_transfer(THERE_DESK, kid, TOWNSHIP, "they go back")
    town.engine.accept_transfer(THERE_DESK, asked.ref)
    states = {one.ref: one.state for who in (HERE_DESK, THERE_DESK, third) for one in town.engine.transfers(who, every=True)}
    assert states == {asked.ref: "accepted", offered.ref: "accepted", back.ref: "lapsed", over.ref: "waiting"}


def test_what_nobody_answers_is_told_again_and_then_to_the_county(town_of: Callable[..., Town]) -> None:
    """Every ten days, once however often the clock has its turn; an answered one no more."""
    town = town_of(program("along"))
    offered = town.engine.offer_transfer(HERE_DESK, town.child(), THERE, "the family moves")
    assert messages(town) == [("child_supervisor", THERE)]
    town.wait(days=9)
    assert len(messages(town)) == 1
    town.wait(days=1)
    town.wait()
    assert messages(town)[1:] == [("child_supervisor", THERE)]
    assert town.engine.transfers_waiting(THERE_DESK) == (1, 1)
    town.wait(days=10)
    assert messages(town)[2:] == [("child_supervisor", THERE), (COUNTY_OFFICE.name, THERE)]
    town.engine.refuse_transfer(THERE_DESK, offered.ref, "nobody has come here")
    assert (town.engine.transfers_answered(HERE_DESK), town.engine.transfers_answered(THERE_DESK)) == (1, 0)
    town.wait(days=30)
    assert town.engine.transfers_answered(HERE_DESK) == 0
    assert messages(town)[4:] == [("child_supervisor", TOWNSHIP)]


class Against:
    """A plugin that lets no case go."""

    @hookimpl
    def careflow_veto(self, change: Change) -> Deny | None:
        return deny("not now") if change.kind == "transferred" else None


def test_a_case_that_something_speaks_against_stays_became(town_of: Callable[..., Town]) -> None:
    """A veto, a transition whose guard denies, a suspended case that should end: each stays as it was, and the child moves."""
    closing = Transition("shut", "Shut", source=(WAITING, OTHER), target=END, by=SYSTEM, guards=[filled(M.wanted_on)])
    over = program("over", Fire(closing))
    (workflow,) = over.workflows
    over = Program("over", "over", version=1, policy=Rules, workflows=[Workflow(**{**_fields(workflow), "transitions": [*workflow.transitions, closing]})])
    town = town_of(program("along"), over, plugins=[Against()])
    kid = town.child()
    along, ends = opened(town, kid, "along", "over")
    done = {one.ref: one for one in move(town, kid).cases}
    assert [done[ref].became for ref in (along, ends)] == ["stayed", "stayed"]
    assert done[along].reasons == ("not now",)
    assert [town.stage(ref) for ref in (along, ends)] == ["waiting", "waiting"]
    assert town.tasks(along) == ["call"]


def test_dates_that_are_set_stay_and_the_clock_goes_on_in_the_new_township(town_of: Callable[..., Town]) -> None:
    """The task is due on the same day; the timer rings on its day, on the new township's desk."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    due = town.due(case, "call")
    town.wait(days=3)
    move(town, kid)
    assert [one["due"] for one in town.engine.show(THERE_ALL, case).tasks] == [due]
    town.wait(days=5)
    assert [(one.kind, one.division) for one in town.inbox(THERE_DESK)] == [("escalation", THERE)]
    assert town.inbox(HERE_DESK) == []


def test_a_case_that_rests_goes_along_and_rests_there(town_of: Callable[..., Town]) -> None:
    """The new township lets it go on."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    town.engine.suspend(HERE_ALL, case, "the family is away")
    assert became(move(town, kid).cases) == {case: "went"}
    town.engine.resume(THERE_ALL, case, "they are here")
    assert {one.case for one in town.inbox(THERE_ALL)} == {case}


def test_a_file_with_open_cases_moves_by_a_transfer_alone(town_of: Callable[..., Town]) -> None:
    """A correction of the file may not leave them behind."""
    town = town_of(program("along"))
    kid = town.child()
    (case,) = opened(town, kid, "along")
    with town.db.write() as tx:
        with pytest.raises(Refused) as told:
            children.edit(tx, "me", town.clock.instant, kid, {}, division=THERE)
        assert told.value.code == "transfer_needed"
    town.advance(case, "stop")
    with town.db.write() as tx:
        assert children.edit(tx, "me", town.clock.instant, kid, {}, division=THERE).division == THERE


@pytest.mark.parametrize(("to", "code"), [("990101", "not_a_township"), ("990101999", "not_a_township"), (TOWNSHIP, "same_township")])
def test_a_file_is_offered_to_another_township_alone(town_of: Callable[..., Town], to: str, code: str) -> None:
    """Not to a county, to nobody, or to the one that has it."""
    town = town_of(program("along"))
    with pytest.raises((Misused, Refused)) as told:
        town.engine.offer_transfer(HERE_DESK, town.child(), to, "the family moves")
    assert told.value.code == code
