"""Fields for some eyes only, wherever a case is read: on the screen, in its history, as JSON, in a ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from tests.engine.conftest import Town, actor
from workflow_core import CHILD, COUNTY_OFFICE, SCHOOL, SUPERVISOR, Column, Listing, Program, Register, Stage, Task, Transition, Workflow, ask, form, ref
from workflow_core.access.grants import Actor, Grant
from workflow_core.registry import Registry
from workflow_core.store import journal_reading
from workflow_core.store.statement import Statement
from workflow_core.store.tables import definition, waiting


@form
class Policy:
    """Nothing to set."""


@form
class Contact:
    """A form within a form."""

    who: str = ask("Who", default="", personal=True)
    kind: str = ask("Kind", default="")


@form
class Secret:
    """The record."""

    title: str = ask("Title", default="")
    carer: str = ask("Carer", default="", personal=True)
    illness: str = ask("Illness", default="", personal=True, seen_by=(SCHOOL,))
    contact: Contact | None = ask("Contact", default=None)


@form
class Talked:
    """What a task asks."""

    by: str = ask("Whom", personal=True)
    where: str = ask("Where", default="")


BEGUN, DONE = Stage("begun", "Begun"), Stage("done", "Done", final=True)
TALK = Task("talk", "Talk", by=SUPERVISOR, form=Talked)
FINISH = Transition("finish", "Finish", source=BEGUN, target=DONE, by=SCHOOL, form=Talked)
CALLS = Register("calls", "Calls", row=Contact, by=SCHOOL)
SECRETS = Workflow(
    "secret", "Secret", prefix="SE", subject=CHILD, record=Secret, policy=Policy, initial=BEGUN, stages=[BEGUN, DONE],
    transitions=[FINISH], tasks={BEGUN: [TALK]}, registers=[CALLS], open_by=[SCHOOL], edit_by=[SCHOOL], seen_by=[COUNTY_OFFICE],
)  # fmt: skip
LEDGER = Listing("all", "All", of=Secret, columns=[Column(one.title(), getattr(ref(Secret), one)) for one in ("title", "carer", "illness")])
CONTACT: Any = ref(Secret).contact
WITHIN = Listing("within", "Within", of=Secret, columns=[Column("Contact", CONTACT), Column("Who", CONTACT.who), Column("Kind", CONTACT.kind)])
GROUPS = Listing("groups", "Groups", of=Secret, count=True, group_by=[CONTACT.who])
CALLED = Listing(
    "called", "Called", of=CALLS, columns=[Column("Who", ref(Contact).who), Column("Carer", ref(Secret).carer), Column("Title", ref(Secret).title)]
)
COMPUTED = Listing(
    "computed",
    "Computed",
    of=Secret,
    columns=[
        Column("Title", lambda c: c.record.title.upper()),
        Column("Carer", lambda c: len(c.record.carer)),
        Column("Well", lambda c: not c.record.illness),
        Column("Contact", lambda c: replace(c.record.contact, kind="").who),
        Column("Called", lambda c: [one.who for one in c.entries(CALLS)]),
        Column("Calls", lambda c: len(c.entries(CALLS))),
        Column("Talked", ref(Talked).by),
        Column("Where", ref(Talked).where),
    ],
)
PROGRAM = Program("secrets", "Secrets", version=1, policy=Policy, workflows=[SECRETS], listings=[LEDGER, WITHIN, GROUPS, CALLED, COMPUTED])
HELD = {"title": "books", "carer": "Carer Q", "illness": "asthma", "contact": {"who": "Aunt Q", "kind": "aunt"}}


@pytest.fixture
def town(town_of: Callable[..., Town]) -> Town:
    return town_of(PROGRAM)


@pytest.fixture
def case(town: Town) -> str:
    """A case with something entered everywhere."""
    ref = town.engine.open(town.teacher, "secrets", town.child(), HELD).ref
    town.engine.note(town.teacher, ref, "Uncle Q called")
    town.engine.do_task(town.supervisor, f"{ref}.talk", {"by": "Mother Q", "where": "school"})
    town.engine.edit(town.teacher, ref, {"carer": "Carer Q the second"}, "it was wrong")
    town.engine.enter(town.teacher, ref, "calls", {"who": "Father Q", "kind": "father"})
    town.engine.advance(town.teacher, ref, "finish", {"by": "Grandmother Q"})
    return ref


def everything(town: Town, who: Actor, case: str) -> str:
    """All that the engine tells somebody of a case."""
    told: list[Any] = [town.engine.show(who, case).as_dict(), town.engine.history(who, case)[0], town.engine.listing(who, "secrets", "all").as_dict()]
    return json.dumps([*told, town.engine.entries(who, case, "calls").as_dict()], ensure_ascii=False)


def test_who_acts_reads_what_is_personal_and_who_is_named_what_is_for_him(town: Town, case: str) -> None:
    """The supervisor does a task; the school alone is named for the illness."""
    shown = town.engine.show(town.teacher, case)
    assert shown.record == {**HELD, "carer": "Carer Q the second"}
    assert shown.tasks[0]["given"] == {"by": "Mother Q", "where": "school"}
    assert town.engine.show(town.supervisor, case).record == {**HELD, "carer": "Carer Q the second", "illness": "***"}


def test_who_neither_acts_nor_is_named_reads_none_of_it_anywhere(town: Town, case: str) -> None:
    """Not in the case, its tasks, its history, its registers, its ledger; what is not marked he reads."""
    county = actor("county", "county_office", scope="990101")
    told = everything(town, county, case)
    assert " Q" not in told
    assert "asthma" not in told
    shown = town.engine.show(county, case)
    assert shown.record == {"title": "books", "carer": "***", "illness": "***", "contact": {"who": "***", "kind": "aunt"}}
    assert shown.tasks[0]["given"] == {"by": "***", "where": "school"}
    (corrected,) = [one["says"] for one in town.engine.history(county, case)[0] if one["kind"] == "corrected"]
    assert (corrected["before"], corrected["after"]) == ({"carer": "***"}, {"carer": "***"})


def test_a_ledger_shows_what_is_personal_only_for_a_purpose_and_to_who_acts(town: Town, case: str) -> None:
    """And what is for some eyes only to those."""

    def cells(who: Actor, **how: Any) -> tuple[str, ...]:
        return town.engine.listing(who, "secrets", "all", **how).rows[0][2:]

    why: dict[str, Any] = {"unmasked": True, "purpose": "the monthly list"}
    assert cells(town.teacher) == ("books", "***", "***")
    assert cells(town.teacher, **why) == ("books", "Carer Q the second", "asthma")
    assert cells(town.supervisor, **why) == ("books", "Carer Q the second", "***")
    assert cells(actor("county", "county_office", scope="990101"), **why) == ("books", "***", "***")


def test_a_ledger_hides_a_field_within_a_form_and_a_form_that_holds_one(town: Town, case: str) -> None:
    """As a column, in a whole form, and as a group; whoever acts reads it for a purpose."""
    why: dict[str, Any] = {"unmasked": True, "purpose": "the monthly list"}
    for who in (town.supervisor, actor("county", "county_office", scope="990101")):
        assert town.engine.listing(who, "secrets", "within").rows[0][2:] == ("***", "***", "aunt")
        assert town.engine.listing(who, "secrets", "groups").rows == (("***", "1"),)
    whole = town.engine.listing(town.supervisor, "secrets", "within", **why).rows[0]
    assert ("Aunt Q" in whole[2], whole[3:]) == (True, ("Aunt Q", "aunt"))


def test_who_does_not_act_reads_the_masks_of_names_and_numbers_in_what_others_wrote(town: Town) -> None:
    """The case's own people, and what looks like a number: in a field that is for all, in reasons, in a ledger; who acts reads it as it was written."""
    said = "张三 fetches it, tell 13800001111 or 432801201405010019"
    case = town.engine.open(town.teacher, "secrets", town.child(), {"title": said}).ref
    town.engine.skip_task(town.supervisor, f"{case}.talk", said)
    town.engine.enter(town.teacher, case, "calls", {"kind": said})
    county, hidden = actor("county", "county_office", scope="990101"), "张* fetches it, tell 138****1111 or 4328**********0019"
    for who, shown in ((town.teacher, said), (county, hidden)):
        seen = town.engine.show(who, case)
        skipped = next(one["says"]["reason"] for one in town.engine.history(who, case)[0] if one["kind"] == "task_skipped")
        assert (seen.record["title"], seen.tasks[0]["reason"], skipped) == (shown, shown, shown)
        ledger = town.engine.listing(who, "secrets", "all")
        assert ledger.rows[0][2] == town.engine.entries(who, case, "calls").entries[0]["row"]["kind"] == hidden
    whole = town.engine.listing(town.teacher, "secrets", "all", unmasked=True, purpose="to call them").rows[0][2]
    assert whole == town.engine.entries(town.teacher, case, "calls", unmasked=True, purpose="to call them").entries[0]["row"]["kind"] == said


def test_what_a_function_computes_for_a_ledger_is_hidden_as_what_it_read(town: Town, case: str) -> None:
    """From the record, a form within it, a register's entries; a field of a task's form as well. Whoever reads the values reads what comes of them."""

    def cells(who: Actor, **how: Any) -> tuple[str, ...]:
        return town.engine.listing(who, "secrets", "computed", **how).rows[0][2:]

    hidden = ("BOOKS", "***", "***", "***", "***", "1", "***", "school")
    assert cells(actor("county", "county_office", scope="990101")) == cells(town.teacher) == hidden
    assert cells(town.teacher, unmasked=True, purpose="to call them") == ("BOOKS", "18", "no", "Aunt Q", "Father Q", "1", "Mother Q", "school")
    assert cells(town.supervisor, unmasked=True, purpose="to call them")[2] == "***"


def test_a_ledger_of_a_register_hides_for_whom_the_case_does(town: Town, case: str) -> None:
    """Fields of the entries, and of the record beside them."""
    why: dict[str, Any] = {"unmasked": True, "purpose": "the monthly list"}
    county = actor("county", "county_office", scope="990101")
    for who, how in ((town.supervisor, {}), (county, {}), (county, why)):
        assert town.engine.listing(who, "secrets", "called", **how).rows[0][2:] == ("***", "***", "books")
    assert town.engine.listing(town.supervisor, "secrets", "called", **why).rows[0][2:] == ("Father Q", "Carer Q the second", "books")


def test_entries_are_read_whole_by_who_acts_alone_whatever_the_purpose(town: Town, case: str) -> None:
    """Not by who only sees the case, nor by who administers; and the journal says that they were masked."""
    why: dict[str, Any] = {"unmasked": True, "purpose": "to call the father"}
    for who in (actor("county", "county_office", scope="990101"), actor("boss", "admin", scope="990101")):
        assert town.engine.entries(who, case, "calls", **why).entries[0]["row"] == {"who": "***", "kind": "father"}
    assert town.engine.entries(town.supervisor, case, "calls", **why).entries[0]["row"]["who"] == "Father Q"
    with town.db.read() as tx:
        assert sorted(one["says"]["masked"] for one in journal_reading.latest(tx, kind="register_read")) == [False, True, True]


def test_a_form_within_an_entry_hides_what_it_holds(town_of: Callable[..., Town]) -> None:
    """From everybody where the register is masked, in the history too; whole for a purpose."""
    visits = Register("visits", "Visits", row=Secret, by=SCHOOL)
    town = town_of(replace(PROGRAM, workflows=[replace(SECRETS, registers=[visits])], listings=[]))
    case = town.engine.open(town.teacher, "secrets", town.child(), HELD).ref
    town.engine.enter(town.teacher, case, "visits", HELD)
    hidden = {"title": "books", "carer": "***", "illness": "***", "contact": {"who": "***", "kind": "aunt"}}
    assert town.engine.entries(town.teacher, case, "visits").entries[0]["row"] == hidden
    assert town.engine.history(town.supervisor, case)[0][-1]["says"]["given"] == hidden
    whole = town.engine.entries(town.supervisor, case, "visits", unmasked=True, purpose="to call them").entries[0]["row"]
    assert whole == {**HELD, "illness": "***"}


def test_a_deputy_reads_the_own_cases_of_whom_he_stands_in_for(town: Town) -> None:
    """As that one does, whose role holds for his own cases alone."""
    case = town.engine.open(town.teacher, "secrets", town.child(), HELD).ref
    with town.db.write() as tx:
        tx.execute(Statement(update(waiting).values(assignee="helper")))
    for login, away in (("helper", None), ("deputy", "helper")):
        who = Actor(login, (Grant("school", "own", "", None, "", None, away),), False, account_id=login)
        assert town.engine.show(who, case).record == HELD


def test_a_program_that_is_gone_hides_what_it_hid(town: Town, case: str) -> None:
    """The definition that is kept with the case tells who acted, and what was for whom."""
    town.engine.runtime.registry = Registry.of()
    county = actor("county", "county_office", scope="990101")
    assert " Q" not in json.dumps([dict(town.engine.show(county, case).record), town.engine.history(county, case)[0]], ensure_ascii=False)
    assert town.engine.show(town.supervisor, case).record["carer"] == "Carer Q the second"
    assert town.engine.show(town.supervisor, case).record["illness"] == "***"


def test_of_a_field_that_no_form_has_any_more_only_who_acts_reads(town: Town, case: str) -> None:
    """What it was cannot be told, so it may be anything."""
    with town.db.write() as tx:
        tx.execute(Statement(update(definition).values(snapshot='{"workflows": []}')))
    town.engine.runtime.registry = Registry.of()
    assert set(town.engine.show(actor("county", "county_office", scope="990101"), case).record.values()) == {"***"}
