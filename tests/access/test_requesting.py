"""Access by another person's approval: asked, answered, counted down, ended by itself; and in an emergency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from workflow_core.access import accounts, approval, requesting
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import stamp
from workflow_core.errors import CareError, Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.records import child_views, children
from workflow_core.store import own_cases
from workflow_core.store.database import Database
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, division, journal

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
HERE, THERE = "990101100", "990101101"
WHY = "the sister lives here"


def actor(login: str, role: str, scope: str, **more: object) -> Actor:
    return Actor(login, (Grant(role, "division", scope, None, "", None, **more),), False, account_id=login)  # type: ignore[arg-type]


MINE, THEIRS = actor("mine", "child_supervisor", HERE), actor("theirs", "child_supervisor", THERE)
COUNTY, ADMIN, SCHOOL = actor("county", "county_office", "990101"), actor("admin", "admin", "990101"), actor("teacher", "school", HERE)


@dataclass
class Office:
    """Two townships, and a child in the other one."""

    db: Database
    child: str

    def ask(self, who: Actor = MINE, now: datetime = NOW, /, **what: object) -> approval.Approval:
        """A request; for the child where nothing is said."""
        with self.db.write() as tx:
            return requesting.request(tx, who, now, **{"purpose": WHY, **(what or {"child": self.child})})  # type: ignore[arg-type]

    def approve(self, ref: str, who: Actor = THEIRS, now: datetime = NOW) -> approval.Approval:
        with self.db.write() as tx:
            return requesting.approve(tx, who, now, ref)

    def show(self, who: Actor = MINE, now: datetime = NOW, **how: object) -> dict[str, object]:
        with self.db.write() as tx:
            return child_views.show(tx, who, now, self.child, **how)  # type: ignore[arg-type]


@pytest.fixture
def office(database: Database) -> Office:
    with database.write() as tx:
        for code, level in (("99", "province"), ("9901", "city"), ("990101", "county"), (HERE, "township"), (THERE, "township")):
            tx.execute(Statement(insert(division)), {"code": code, "name": code, "level": level})
        for one in (MINE, THEIRS, COUNTY, ADMIN, SCHOOL):
            tx.execute(Statement(insert(account)), {"account_id": one.login, "login": one.login, "created_at": stamp(NOW)})
        made = [
            children.add(tx, "theirs", NOW, {"name": name, "born_on": born, "guardian": "丙二", "guardian_phone": "13348165738"}, division=THERE)
            for name, born in (("甲一", "2014-05-01"), ("乙二", "2014-05-02"), ("丁三", "2014-05-03"))
        ]
    return Office(database, made[0].ref)


def code(error: pytest.ExceptionInfo[CareError]) -> str:
    return error.value.code


def test_what_lies_elsewhere_is_seen_by_approval_and_no_more_of_it_than_was_asked_for(office: Office) -> None:
    """Masked but for the field that was approved; every look is counted down and names the approval in the journal."""
    with pytest.raises(NotFound):
        office.show()
    one = office.ask(child=office.child, fields=["name"])
    with pytest.raises(NotFound):
        office.show()
    office.approve(one.ref)
    assert (office.show()["name"], office.show(unmasked=True, purpose=WHY)["name"]) == ("甲*", "甲一")
    assert office.show(unmasked=True, purpose=WHY)["guardian_phone"] == "133****5738"
    with pytest.raises(NotPermitted) as said, office.db.write() as tx:
        child_views.reveal(tx, MINE, NOW, office.child, ["guardian_phone"], purpose=WHY)
    assert (code(said), said.value.context["covers"]) == ("not_seen_whole", f"{one.ref}: name")
    with office.db.read() as tx:
        assert [(held.used, held.left) for held in approval.held(tx, MINE, NOW)] == [(3, requesting.LOOKS - 3)]


def test_whoever_asked_is_told_of_the_answer_for_a_week(office: Office) -> None:
    """With what was said; not of what he took back himself, and no other than he."""
    one, other = office.ask(), office.ask(division=THERE, count=1)
    with office.db.write() as tx:
        requesting.refuse(tx, THEIRS, NOW, one.ref, "ask the school")
        requesting.end(tx, MINE, NOW, other.ref)
        assert [(found.ref, found.answer) for found in requesting.answered(tx, MINE.login, NOW + requesting.NEWS)] == [(one.ref, "ask the school")]
        assert requesting.answered(tx, THEIRS.login, NOW) == requesting.answered(tx, MINE.login, NOW + requesting.NEWS + timedelta(seconds=1)) == []


def test_it_ends_by_itself(office: Office) -> None:
    """With its time, and with its count; what nobody answered lapses."""
    one = office.ask()
    office.approve(one.ref)
    with pytest.raises(NotFound):
        office.show(now=NOW + requesting.USUAL)
    for _ in range(requesting.LOOKS):
        office.show()
    with pytest.raises(NotFound):
        office.show()
    late = office.ask(MINE, NOW + requesting.USUAL)
    with pytest.raises(Refused) as said:
        office.approve(late.ref, now=NOW + 3 * requesting.USUAL)
    assert code(said) == "access_answered"
    with office.db.read() as tx:
        assert [one.state for one in requesting.mine(tx, "mine", NOW + 3 * requesting.USUAL)] == ["lapsed", "over"]


def test_nobody_answers_his_own_and_nobody_what_he_does_not_hold(office: Office) -> None:
    """Nor a deputy in the stead of whoever asked; an administrator of the division may, and who sees all of it there."""
    one = office.ask(child=office.child, fields=["note"])
    for who, told in ((MINE, "four_eyes"), (SCHOOL, "access_unknown"), (COUNTY, "access_unknown"), (actor("x", "child_supervisor", HERE), "access_unknown")):
        with pytest.raises(CareError) as said:
            office.approve(one.ref, who)
        assert code(said) == told
    own = office.ask(THEIRS, division=THERE, count=100)
    deputy = actor("deputy", "child_supervisor", THERE, stands_for="theirs")
    beside = replace(deputy, grants=(*deputy.grants, Grant("child_supervisor", "division", THERE, None, "", None)))
    for who, told in ((deputy, "access_unknown"), (beside, "four_eyes")):  # though he answers for it himself
        with pytest.raises(CareError) as said:
            office.approve(own.ref, who)
        assert code(said) == told
    assert office.approve(own.ref, ADMIN).state == office.approve(one.ref, ADMIN).state == "approved"
    with pytest.raises(Refused) as answered:
        office.approve(one.ref, ADMIN)
    assert code(answered) == "access_answered"


def test_a_role_that_is_lent_answers_nothing(office: Office) -> None:
    """Neither what anybody asks, nor what was opened in an emergency; nor is it told to whoever holds it so."""
    lent = actor("deputy", "child_supervisor", THERE, stands_for="theirs")
    one = office.ask()
    with office.db.write() as tx:
        opened = requesting.emergency(tx, SCHOOL, NOW, office.child, "brought in hurt")
        assert requesting.for_me(tx, lent, NOW, every=True) == []
        for ref, answer in ((one.ref, requesting.refuse), (opened.ref, requesting.review)):
            with pytest.raises(NotFound):
                answer(tx, lent, NOW, ref, "it was right")
            answer(tx, THEIRS, NOW, ref, "it was right")


def test_a_party_sees_what_it_asked_for_of_the_rest_of_a_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was approved and counted down is shown; nothing else of that rest is."""
    monkeypatch.setattr(own_cases, "is_party", lambda *_, **__: True)
    with office.db.write() as tx:
        children.edit(tx, "theirs", NOW, office.child, {"note": "blue coat", "address": "柳林村 3 号"}, reason="told", scope=[THERE])
        party = replace(SCHOOL, grants=(Grant("pal", "own", "", None, "", None),))
        requesting.approve(tx, THEIRS, NOW, requesting.request(tx, party, NOW, child=office.child, fields=["note"], purpose=WHY).ref)
        assert child_views.reveal(tx, party, NOW, office.child, ["note"], purpose=WHY)["note"] == "blue coat"
        shown = child_views.show(tx, party, NOW, office.child, unmasked=True, purpose=WHY)
        assert (shown["note"], shown["guardian_phone"], shown["address"]) == ("blue coat", "13348165738", None)


def test_what_waits_is_told_to_whoever_may_answer_and_to_nobody_else(office: Office) -> None:
    """Until it is answered."""
    one = office.ask(child=office.child, fields=["name"])

    def waits(who: Actor) -> list[str]:
        with office.db.read() as tx:
            return [found.ref for found in requesting.for_me(tx, who, NOW)]

    assert [waits(who) for who in (THEIRS, COUNTY, ADMIN, MINE, SCHOOL)] == [[one.ref], [one.ref], [one.ref], [], []]
    assert office.ask(child=office.child, fields=["name"]).ref == one.ref  # the same is not asked for twice
    with office.db.write() as tx:
        assert requesting.refuse(tx, THEIRS, NOW, one.ref, "ask the mother").answer == "ask the mother"
    assert waits(THEIRS) == []


def test_many_at_once_need_an_approval_that_is_counted_down(office: Office) -> None:
    """Beyond the office's bound; of one's own township too. What is masked needs none."""
    with office.db.write() as tx:
        assert len(list(child_views.export(tx, THEIRS, NOW, division=THERE, bulk=2))) == 3
        with pytest.raises(Refused) as said:
            child_views.export(tx, THEIRS, NOW, division=THERE, unmasked=True, purpose=WHY, bulk=2)
    assert code(said) == "bulk_not_approved"
    one = office.approve(office.ask(THEIRS, division=THERE, count=4).ref, ADMIN)
    with office.db.write() as tx:
        assert [row["name"] for row in child_views.export(tx, THEIRS, NOW, division=THERE, unmasked=True, purpose=WHY, bulk=2)] == ["甲一", "乙二", "丁三"]
        with pytest.raises(Refused):
            child_views.export(tx, THEIRS, NOW, division=THERE, unmasked=True, purpose=WHY, bulk=2)
        assert [found.left for found in requesting.mine(tx, "theirs", NOW)] == [1]
        assert one.left == 4


def test_another_township_is_found_and_listed_only_as_far_as_was_approved(office: Office) -> None:
    """A search shows no more files than are left, masked."""
    with office.db.write() as tx:
        assert child_views.find(tx, MINE, "丙", now=NOW) == []
    office.approve(office.ask(division=THERE, count=2).ref)
    with office.db.write() as tx:
        assert [row["name"] for row in child_views.find(tx, MINE, "丙", now=NOW)] == ["丁*", "乙*"]
        assert child_views.find(tx, MINE, "丙", now=NOW) == []
        with pytest.raises(NotFound):
            child_views.export(tx, MINE, NOW, division=THERE)


def test_in_an_emergency_a_file_is_open_at_once_and_lies_on_the_supervisors_desk_until_he_looked(office: Office) -> None:
    """Masked as everywhere, with what the role sees whole; for hours."""
    with office.db.write() as tx:
        one = requesting.emergency(tx, SCHOOL, NOW, office.child, "brought in hurt")
    assert (office.show(SCHOOL)["name"], office.show(SCHOOL, unmasked=True, purpose=WHY)["guardian_phone"]) == ("甲*", "13348165738")
    with pytest.raises(NotFound):
        office.show(SCHOOL, now=NOW + requesting.EMERGENCY)
    with office.db.write() as tx:
        week = NOW + timedelta(days=7)
        assert [found.ref for found in requesting.for_me(tx, THEIRS, week)] == [one.ref]
        with pytest.raises(CareError):
            requesting.review(tx, SCHOOL, week, one.ref, "it was right")
        assert requesting.review(tx, THEIRS, week, one.ref, "it was right").reviewed_by == "theirs"
        assert requesting.for_me(tx, THEIRS, week) == []
        kinds = tx.rows(select(journal.c.kind).where(journal.c.stream.like("person/%")))
    assert {"emergency_access", "access_reviewed"} <= {row["kind"] for row in kinds}


def test_a_look_in_an_emergency_counts_as_one_whatever_else_was_approved(office: Office) -> None:
    """The family is not told of it, though an older approval of the same child holds beside it; that one is not counted down."""
    older = office.approve(office.ask(SCHOOL, child=office.child).ref)
    with office.db.write() as tx:
        one = requesting.emergency(tx, SCHOOL, NOW, office.child, "brought in hurt")
    office.show(SCHOOL)
    office.show(SCHOOL, unmasked=True, purpose=WHY)
    with office.db.read() as tx:
        assert {found.ref: found.used for found in requesting.mine(tx, SCHOOL.login, NOW)} == {older.ref: 0, one.ref: 2}
        held = approval.held(tx, SCHOOL, NOW)
        person = held[0].person_id
        assert approval.of_case(held, "any", person) == next(found for found in held if found.ref == one.ref)


@pytest.mark.parametrize("left", [(), (Grant("admin", "division", "990101", None, "", None),)])
def test_an_approval_ends_with_the_last_role_for_work(office: Office, left: tuple[Grant, ...]) -> None:
    """Who was given other work, or only administers now, sees nothing by what was approved before."""
    office.approve(office.ask().ref)
    assert office.show()["name"] == "甲*"
    with pytest.raises(NotFound), office.db.write() as tx:
        child_views.show(tx, Actor("mine", tuple(one for one in left if one.scope == HERE), False, account_id="mine"), NOW, office.child)
    with office.db.read() as tx:
        assert approval.held(tx, Actor("mine", left, False, account_id="mine"), NOW) == []


def test_whoever_asked_takes_it_back_and_whoever_may_answer_ends_it(office: Office) -> None:
    """At once."""
    one = office.approve(office.ask().ref)
    with office.db.write() as tx:
        assert requesting.end(tx, THEIRS, NOW, one.ref).state == "ended"
        with pytest.raises(Refused):
            requesting.end(tx, MINE, NOW, one.ref)
    with pytest.raises(NotFound):
        office.show()


def test_what_somebody_asked_for_ends_with_his_account(office: Office) -> None:
    """What waits and what holds; nobody is asked to answer it, and nobody can."""
    waits, holds = office.ask(), office.approve(office.ask(MINE, division=THERE, count=2).ref)
    with office.db.write() as tx:
        accounts.account_close(tx, "mine", actor=actor("root", "admin", ""), now=NOW)
        assert {one.ref: one.state for one in requesting.mine(tx, "mine", NOW)} == {waits.ref: "ended", holds.ref: "ended"}
        assert requesting.for_me(tx, THEIRS, NOW) == []
    with pytest.raises(Refused) as said:
        office.approve(waits.ref)
    assert code(said) == "access_answered"


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ({"child": "C-000001", "case": "X-1"}, "access_what"),
        ({"division": THERE}, "access_what"),
        ({"division": THERE, "count": 0}, "access_what"),
        ({"child": "C-000001", "fields": ["nmae"]}, "fields_unknown"),
        ({"child": "C-000001", "until": NOW}, "access_until"),
        ({"child": "C-000001", "until": NOW + timedelta(days=91)}, "access_until"),
        ({"child": "C-000001", "purpose": "x"}, "purpose_short"),
        ({"child": "C-999999"}, "child_unknown"),
        ({"division": "98", "count": 1}, "division_unknown"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(office: Office, what: dict[str, object], told: str) -> None:
    """With its own code."""
    with pytest.raises(CareError) as said:
        office.ask(MINE, NOW, **what)
    assert code(said) == told


def test_who_holds_no_role_asks_for_nothing_and_what_holds_is_not_asked_for_again(office: Office) -> None:
    """Administering is no work for which a file is needed."""
    with pytest.raises(NotPermitted):
        office.ask(ADMIN)
    office.approve(office.ask().ref)
    with pytest.raises(Conflict):
        office.ask()
    with pytest.raises(Misused), office.db.write() as tx:
        requesting.emergency(tx, MINE, NOW, office.child, "x")
