"""Volunteers' files: who offers to help, found and made with the same care as children's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from workflow_core.access.grants import Actor, Grant
from workflow_core.errors import CareError
from workflow_core.records import child_views, children, volunteers
from workflow_core.records.values import Cell, check_digit
from workflow_core.records.volunteers import VolunteerFile
from workflow_core.store import journal
from workflow_core.store.database import Database

HERE, NEXT = "990101100", "990101101"


def number(born: str = "19800325", sequence: str = "321") -> str:
    first = "432801" + born + sequence
    return first + check_digit(first)


FIELDS: dict[str, Cell] = {"name": "乙 一", "national_id": number(), "phone": "133-4816-5738", "village": "高桥镇裴坝村2组", "occupation": "五老"}


def actor(*scopes: str) -> Actor:
    return Actor("me", tuple(Grant("child_supervisor", "division", scope, None, "", None) for scope in scopes), training=False, account_id="a1")


def add(db: Database, now: datetime, *, division: str = HERE, scope: Any = None, **fields: Cell) -> VolunteerFile:
    with db.write() as tx:
        return volunteers.add(tx, "me", now, {**FIELDS, **fields}, division=division, scope=scope)


def refusal(call: Any) -> tuple[str, list[tuple[str, str]]]:
    with pytest.raises(CareError) as caught:
        call()
    return caught.value.code, [(problem.place, problem.code) for problem in caught.value.problems]


def test_a_volunteer_is_added_as_people_write_it(office: Database, now: datetime) -> None:
    """Birth date and sex come from the number, the village from the address, the reference from the adults' row."""
    file = add(office, now)
    assert (file.ref, file.name, file.sex, str(file.born_on), file.phone, file.village) == ("P-000001", "乙一", "male", "1980-03-25", "13348165738", "裴坝村")


def test_all_that_is_wrong_is_told_at_once(office: Database, now: datetime) -> None:
    """A bad number, a sex that differs, and no name make one answer."""
    said = refusal(lambda: add(office, now, name="", national_id="432801198003253210", phone="call me"))
    assert said == ("volunteer_invalid", [("national_id", "id_check_digit"), ("phone", "phone_unreadable"), ("name", "name_missing")])
    assert refusal(lambda: add(office, now, national_id=""))[1] == [("national_id", "id_missing")]
    assert refusal(lambda: add(office, now, sex="女"))[1] == [("sex", "sex_differs")]


def test_nobody_is_on_file_twice(office: Database, now: datetime) -> None:
    """The second time the first file is named; under another name the number is in doubt."""
    add(office, now)
    assert refusal(lambda: add(office, now))[0] == "volunteer_on_file"
    with office.write() as tx:
        held = volunteers.by_number(tx, [number()])[number()]
    assert held.ref == "P-000001"


def test_a_child_is_no_volunteer(office: Database, now: datetime) -> None:
    """A number that a child's file has is refused, and nothing is said of the child."""
    child = number("20150804")
    with office.write() as tx:
        children.add(tx, "me", now, {"name": "甲一", "national_id": child}, division=HERE)
    assert refusal(lambda: add(office, now, name="甲一", national_id=child))[0] == "is_a_child"


def test_a_guardian_who_offers_to_help_stays_who_he_is(office: Database, now: datetime) -> None:
    """The same name and telephone in the township is the same person: the relation on file holds for the volunteer, too."""
    with office.write() as tx:
        said: dict[str, Cell] = {"name": "甲一", "national_id": number("20150804"), "guardian": "乙一", "guardian_phone": "13348165738", "guardian_kin": "叔叔"}
        file = children.add(tx, "me", now, said, division=HERE)
    made = add(office, now)
    (tie,) = file.ties
    assert (made.person_id, made.ref) == (tie.other_id, tie.ref)
    assert made.national_id == number()


def test_a_name_alone_makes_nobody_the_same(office: Database, now: datetime) -> None:
    """Another telephone is another person."""
    with office.write() as tx:
        said: dict[str, Cell] = {"name": "甲一", "national_id": number("20150804"), "guardian": "乙一", "guardian_phone": "13348165739", "guardian_kin": "叔叔"}
        file = children.add(tx, "me", now, said, division=HERE)
    assert add(office, now).person_id != file.ties[0].other_id


def test_out_of_sight_is_not_there(office: Database, now: datetime) -> None:
    """Another township's volunteer is not listed, not found, and his number is told to be held elsewhere."""
    add(office, now, division=NEXT)
    with office.write() as tx:
        assert volunteers.listed(tx, actor(HERE)) == []
        assert [one["ref"] for one in volunteers.listed(tx, actor("990101"))] == ["P-000001"]
    assert refusal(lambda: add(office, now, scope=[HERE]))[0] == "held_elsewhere"
    with office.read() as tx:
        assert refusal(lambda: volunteers.get(tx, "P-000001", scope=[HERE]))[0] == "volunteer_unknown"


def test_a_look_is_masked_and_recorded(office: Database, now: datetime) -> None:
    """Name, number and telephone are masked; unmasked they need a purpose; both are in the person's stream."""
    file = add(office, now)
    with office.write() as tx:
        shown = volunteers.show(tx, actor(HERE), now, file.ref)
        assert (shown["name"], shown["phone"], shown["age"]) == ("乙*", "133****5738", 46)
        assert refusal(lambda: volunteers.show(tx, actor(HERE), now, file.ref, unmasked=True))[0] == "purpose_missing"
        assert volunteers.show(tx, actor(HERE), now, file.ref, unmasked=True, purpose="to call him")["name"] == "乙一"
        assert journal.verify_stream(tx, journal.person_stream(file.person_id)) == []


def test_an_edit_keeps_what_was_before(office: Database, now: datetime) -> None:
    """A new telephone, a volunteer who leaves, and a stale version."""
    file = add(office, now)
    with office.write() as tx:
        changed = volunteers.edit(tx, "me", now, file.ref, {"phone": "13900000000", "occupation": ""}, reason="he moved", status="left")
        assert (changed.phone, changed.occupation, changed.status, changed.version) == ("13900000000", None, "left", 2)
        assert refusal(lambda: volunteers.edit(tx, "me", now, file.ref, {"note": "x"}, reason="late", version=1))[0] == "file_changed"
        assert refusal(lambda: volunteers.edit(tx, "me", now, file.ref, {"nam": "x"}, reason="a slip"))[1] == [("nam", "field_unknown")]
        assert volunteers.listed(tx, actor(HERE)) == []
        assert len(volunteers.listed(tx, actor(HERE), status=None)) == 1


def test_volunteers_are_not_among_the_children(office: Database, now: datetime) -> None:
    """Who looks for children does not find those who help them."""
    add(office, now)
    with office.read() as tx:
        assert child_views.find(tx, actor(HERE), "乙一") == []
