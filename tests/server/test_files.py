"""Whose files a login writes in with any tool at all: those that its roles keep, and a few fields of others through a case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from tests.server.conftest import HERE, THERE, ServerOffice, copied
from tests.server.test_gate import STAMP, Raw, a_case, event, step
from workflow_core.access import KEEPERS, known_roles
from workflow_core.engine.runtime import OVERSEERS
from workflow_core.store import cases, consents, facts, people, transfers
from workflow_core.store.server import guards_files
from workflow_core.store.statement import Statement
from workflow_core.testing.postgres import Cluster

Change = tuple[Statement, dict[str, Any]]
ROLES = sorted(known_roles())


@pytest.fixture(scope="module")
def office(pristine: ServerOffice, care_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerOffice]:
    """A copy in which the newcomer holds one role after the other."""
    made = copied(pristine, care_cluster, tmp_path_factory.mktemp("files"))
    made.rows(
        'INSERT INTO grant_ (grant_id, login, role, scope_kind, scope, since, "by", at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING 1',
        *("g-new", made.login("newcomer"), "police", "division", HERE, "2020-01-01", "boss", STAMP),
    )
    yield made
    care_cluster.drop(made.database)


@pytest.fixture
def somebody(office: ServerOffice) -> Iterator[Raw]:
    """The newcomer's bare session."""
    with closing(office.raw("newcomer")) as connection:
        yield Raw(office, "newcomer", connection)


@pytest.fixture
def director(pristine: ServerOffice) -> Iterator[Raw]:
    """The child director's bare session."""
    with closing(pristine.raw("director")) as connection:
        yield Raw(pristine, "director", connection)


def holds(office: ServerOffice, role: str, program: str | None = None) -> None:
    """What the newcomer's role is from now on."""
    office.rows("UPDATE grant_ SET role = %s, program = %s WHERE grant_id = 'g-new' RETURNING 1", role, program)


def child(office: ServerOffice) -> str:
    """A child of the township."""
    return str(office.rows("SELECT person_id FROM person WHERE name = '赵一'")[0][0])


def made(**more: object) -> Change:
    """A new file."""
    row = {"person_id": "new", "ref": "P-000999", "name": "甲", "name_key": "甲", "division": HERE, "created_at": STAMP, "updated_at": STAMP}
    return people._INSERT_PERSON, {**row, **more}


def changes(person: str) -> dict[str, Change]:
    """Each way to write in a child's file."""
    tie = {"relation_id": "r", "person_id": person, "other_id": person, "kind": "guardian", "since": "2026-10-21"}
    return {
        "adult": (people._CORRECT_ADULT, {"the_person": person, "name": "甲", "name_key": "甲", "phone": None, "updated_at": STAMP}),
        "child": (facts._AMEND["grade"], {"the_person": person, "value": 7}),
        "relation": (people._INSERT_RELATION, tie),
    }


def test_files_are_written_by_those_who_keep_them(somebody: Raw) -> None:
    """New ones, changed ones and whom they are tied to: by the roles that the commands ask for, and by nobody else."""
    for role in ROLES:
        holds(somebody.office, role)
        for change in (made(), *changes(child(somebody.office)).values()):
            if role in KEEPERS:
                somebody.write(change)
                somebody.connection.rollback()
            else:
                assert somebody.refused(change) in ("desk_not_permitted", "desk_out_of_scope"), role


def test_a_role_in_one_program_keeps_no_files(somebody: Raw) -> None:
    """But makes provisional ones, where a sheet of that program does."""
    holds(somebody.office, "child_supervisor", "dropout_return")
    assert {somebody.refused(one) for one in changes(child(somebody.office)).values()} == {"desk_not_permitted"}
    provisional = (people._INSERT_CHILD, {"person_id": "new", "provisional": 1})
    somebody.write(made(), provisional)
    somebody.connection.rollback()
    assert somebody.refused(made(), (people._INSERT_CHILD, {"person_id": "new", "provisional": 0})) == "desk_not_permitted"
    holds(somebody.office, "child_supervisor", "camp")
    assert somebody.refused(made(), provisional) == "desk_not_permitted"


def test_no_file_is_made_erased_or_put_into_another(director: Raw) -> None:
    """Both are the owner's, with all that goes with them."""
    person = child(director.office)
    assert director.refused(made(erased_at=STAMP)) == "desk_identity"
    assert director.refused(made(merged_into=person)) == "desk_identity"


def test_a_step_amends_what_it_says_that_it_amends(somebody: Raw) -> None:
    """A role that keeps no files writes the fields that a program may, with an event of the child's case that says so."""
    holds(somebody.office, "clinic")
    case = a_case(somebody)
    step_of = [step(case), *event(somebody, case)]
    amend = (facts._AMEND["grade"], {"the_person": case["subject_id"], "value": 7})
    assert somebody.refused(*step_of, amend) == "desk_not_permitted"
    said = event(somebody, case, says={"did": [{"what": "amended", "field": "grade"}]})
    somebody.write(step(case), *said, amend)
    somebody.connection.rollback()
    assert somebody.refused(step(case), *said, changes(case["subject_id"])["adult"]) == "desk_not_permitted"


def test_a_fact_is_observed_by_a_step(director: Raw) -> None:
    """Of the case that it names, which is about that person."""
    case = a_case(director)
    fact = {"person_id": case["subject_id"], "n": 77, "name": "height", "value": "150", "happened": "2026-10-21", "case_id": case["case_id"],
            "recorded_at": STAMP, "recorded_by": director.login}  # fmt: skip
    observed = (cases._INSERT_OBSERVATION, fact)
    assert director.refused(observed) == "desk_no_event"
    director.write(step(case), *event(director, case), observed)
    director.connection.rollback()
    (other,) = director.office.rows("SELECT person_id FROM child JOIN person USING (person_id) WHERE division = %s AND person_id <> %s LIMIT 1", HERE,
                                    case["subject_id"])[0]  # fmt: skip
    assert director.refused(step(case), *event(director, case), (cases._INSERT_OBSERVATION, {**fact, "person_id": other})) == "desk_no_event"


def test_a_consent_is_written_down_by_whoever_works_there(somebody: Raw) -> None:
    """In that program; administering is no work."""
    person = child(somebody.office)
    said = {"person_id": person, "n": 77, "program": "dropout_return", "name": "x", "said": "given", "basis": "consent", "said_on": "2026-10-21",
            "recorded_at": STAMP, "recorded_by": somebody.login}  # fmt: skip
    holds(somebody.office, "police")
    somebody.write((consents._INSERT, said))
    somebody.connection.rollback()
    for role, program in (("admin", None), ("police", "camp")):
        holds(somebody.office, role, program)
        assert somebody.refused((consents._INSERT, said)) == "desk_not_permitted"


def test_who_was_a_guardian_once_is_out_of_sight(office: ServerOffice) -> None:
    """A relation that ended shows its other side no longer, and a look at the guardian opens the one of now."""
    (relation, other), division = office.rows("SELECT relation_id, other_id FROM relation WHERE person_id = %s AND kind = 'guardian'", child(office))[0], THERE
    shown = "SELECT person_id FROM person WHERE person_id = %s"
    with closing(office.raw("director")) as connection:
        office.rows("UPDATE person SET division = %s WHERE person_id = %s RETURNING 1", division, other)
        assert connection.execute(shown, [other]).fetchall()
        connection.rollback()
        office.rows("UPDATE relation SET until = '2026-10-01' WHERE relation_id = %s RETURNING 1", relation)
        assert connection.execute(shown, [other]).fetchall() == []
        raw = Raw(office, "director", connection)
        raw.send([{"look": {"person": child(office), "fields": ["guardian"], "purpose": "to call the family"}}], commit=True)
    assert office.rows("SELECT 1 FROM gate.unmasking WHERE person_id = %s", other) == []


def test_where_a_parent_works_is_shown_as_far_as_the_city(office: ServerOffice) -> None:
    """Whole after a look, alone or at many; the mask that is written back is no change."""
    place, hidden = "江北省临港市某某电子厂", "江北省临港市***"
    set_it = "UPDATE relation SET kind = 'father', workplace = %s, until = NULL WHERE person_id = %s RETURNING relation_id, other_id"
    person = child(office)
    ((relation, other),) = office.rows(set_it, place, person)
    office.rows("UPDATE person SET division = %s WHERE person_id = %s RETURNING 1", HERE, other)
    asked, look = "SELECT workplace FROM relation WHERE relation_id = %s", {"fields": ["father_workplace"], "purpose": "to call the father at work"}
    seen = []
    for of in ({"person": person}, {"people": [person]}):
        with closing(office.raw("director")) as connection:
            raw = Raw(office, "director", connection)
            seen.append(connection.execute(asked, [relation]).fetchone())
            row = {"the_relation": relation, "other_id": other, "kin": None, "workplace": hidden, "until": None}
            raw.write((people._CHANGE_RELATION, row), keep=True)
            assert office.rows("SELECT workplace FROM relation WHERE relation_id = %s", relation) == [(place,)]
            raw.send([{"look": {**look, **of}}], commit=True)
            seen.append(connection.execute(asked, [relation]).fetchone())
            connection.rollback()
            office.rows("DELETE FROM gate.unmasking RETURNING 1")
    assert seen == [(hidden,), (place,)] * 2


def test_a_file_is_offered_by_those_who_oversee(somebody: Raw) -> None:
    """As in the application: a role that sees the child is not enough."""
    assert set(guards_files.OVERSEERS) == {role.name for role in OVERSEERS}
    row = {"transfer_id": "t1", "ref": "T-000009", "person_id": child(somebody.office), "kind": "offer", "from_division": HERE, "to_division": THERE,
           "reason": "x", "asked_at": STAMP, "asked_by": somebody.login, "state": "waiting", "told_at": STAMP}  # fmt: skip
    for role in ROLES:
        holds(somebody.office, role)
        if role in guards_files.OVERSEERS:
            somebody.write((transfers._INSERT, row))
            somebody.connection.rollback()
        else:
            assert somebody.refused((transfers._INSERT, row)) in ("desk_not_permitted", "desk_out_of_scope"), role
