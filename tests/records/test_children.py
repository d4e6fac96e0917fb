"""Children's files by hand: add, find, edit, tie, merge, show and export."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from workflow_core.access.grants import Actor, Grant
from workflow_core.errors import CareError, Conflict, Misused, NotFound
from workflow_core.records import child_views, children, merging
from workflow_core.records.child_file import ChildFile
from workflow_core.records.values import Cell, check_digit
from workflow_core.store import canonical, journal, tables
from workflow_core.store.database import Database

HERE, NEXT = "990101100", "990101101"
ROSTER = Path(__file__).resolve().parent.parent / "data" / "roster-gaoqiao.xlsx"


def number(born: str = "20150804", sequence: str = "321") -> str:
    first = "432801" + born + sequence
    return first + check_digit(first)


FIELDS: dict[str, Cell] = {
    "name": "甲 一",
    "national_id": number(),
    "address": "高桥镇裴坝村2组",
    "school": "高桥镇中心小学",
    "grade": "六年级(2)班",
    "guardian": "丙一",
    "guardian_kin": "奶奶",
    "guardian_phone": "133-4816-5738",
    "left_behind": "父母双方外出",
}


def add(db: Database, now: datetime, *, division: str = HERE, provisional: bool = False, **fields: Cell) -> ChildFile:
    with db.write() as tx:
        return children.add(tx, "me", now, {**FIELDS, **fields}, division=division, provisional=provisional)


def refusal(call: Any) -> tuple[str, list[tuple[str, str]]]:
    with pytest.raises(CareError) as caught:
        call()
    return caught.value.code, [(problem.place, problem.code) for problem in caught.value.problems]


def actor(*scopes: str, kind: str = "division") -> Actor:
    return Actor("me", tuple(Grant("child_supervisor", kind, scope, None, "", None) for scope in scopes), training=False, account_id="a1")  # type: ignore[arg-type]


def test_a_child_is_added_as_people_write_it(office: Database, now: datetime) -> None:
    """Birth date and sex come from the number, the village from the address."""
    file = add(office, now)
    assert (file.ref, file.name, file.sex, file.born_on and file.born_on.isoformat()) == ("C-000001", "甲一", "male", "2015-08-04")
    assert (file.village, file.school, file.grade, file.class_name, file.left_behind) == ("裴坝村", "高桥镇中心小学", 6, "2", "both_away")
    guardian = file.tie("guardian")
    assert guardian is not None
    assert (guardian.name, guardian.kin, guardian.phone, guardian.ref) == ("丙一", "grandparent", "13348165738", "P-000001")


def test_all_faults_of_an_input_are_told_at_once(office: Database, now: datetime) -> None:
    """Nothing is written."""
    call = lambda: add(office, now, name="", national_id="123", grade="高一", guardian_phone="?")  # noqa: E731
    faults = [
        ("name", "name_missing"),
        ("national_id", "id_length"),
        ("grade", "grade_unknown"),
        ("phone", "phone_unreadable"),
    ]
    assert refusal(call) == ("child_invalid", faults)
    assert refusal(lambda: add(office, now, nmae="x"))[1] == [("nmae", "field_unknown")]
    with office.read() as tx:
        assert children.find(tx, "甲") == []


def test_a_child_on_file_is_not_added_twice(office: Database, now: datetime) -> None:
    """By number, or by name and birth date; another name on the number is refused too."""
    add(office, now)
    assert refusal(lambda: add(office, now))[0] == "child_on_file"
    assert refusal(lambda: add(office, now, national_id="", born_on="2015-8-4"))[0] == "child_on_file"
    assert refusal(lambda: add(office, now, name="乙"))[0] == "id_belongs_to_another_name"


def test_a_provisional_file_needs_a_name_only(office: Database, now: datetime) -> None:
    """A wrong number is still wrong."""
    with office.write() as tx:
        file = children.add(tx, "me", now, {"name": "某某"}, division=HERE, provisional=True)
    assert (file.provisional, file.born_on) == (True, None)
    assert refusal(lambda: add(office, now, provisional=True, national_id="123"))[1] == [("national_id", "id_length")]


@pytest.mark.parametrize("text", ["甲", "甲 一", number(), number()[6:14], number()[-4:], "C-000001", "c-000001", "丙", "5738", "13348165738", "甲一"])
def test_a_child_is_found_by_what_is_known_of_it(office: Database, now: datetime, text: str) -> None:
    """By any part of its own name and its guardian's, by its reference, by a number that is whole or as far as it is shown."""
    file = add(office, now)
    add(office, now, name="丁二", national_id=number("20160101"), guardian="戊", guardian_phone="15500000000")
    with office.read() as tx:
        assert [found.ref for found in children.find(tx, text)] == [file.ref]


@pytest.mark.parametrize("text", [number()[4:12], number()[:6], number()[:17], number()[1:], "1334816", "3481", "4816573", "8165738"])
def test_nobody_comes_by_a_number_part_after_part(office: Database, now: datetime, text: str) -> None:
    """What a mask hides of a number or a telephone finds nobody: trying it would tell it, and no purpose would be kept."""
    add(office, now)
    with office.read() as tx:
        assert children.find(tx, text) == []


def test_signs_of_a_search_pattern_are_plain_text(office: Database, now: datetime) -> None:
    """Nobody is found by a percent sign; an empty search is a mistake."""
    add(office, now)
    with office.read() as tx:
        assert [children.find(tx, text) for text in ("%", "_", "\\")] == [[], [], []]
        with pytest.raises(Misused):
            children.find(tx, "  ")


def test_out_of_scope_is_not_found(office: Database, now: datetime) -> None:
    """Neither by search nor by reference, and nothing can be done to it."""
    file = add(office, now, division=NEXT)
    with office.write() as tx:
        assert children.find(tx, "甲", scope=[HERE]) == []
        assert children.find(tx, "甲", scope=[]) == []
        for call in (children.get, lambda tx, ref, scope: children.edit(tx, "me", now, ref, {"note": "x"}, scope=scope)):
            with pytest.raises(NotFound):
                call(tx, file.ref, scope=[HERE])
        assert children.get(tx, file.ref, scope=["9901"]).ref == file.ref


def test_a_school_sees_its_own_pupils(office: Database, now: datetime) -> None:
    """Through the place in its grant."""
    file = add(office, now)
    assert file.school_id is not None
    with office.read() as tx:
        mine = actor(file.school_id, kind="place")
        assert child_views.get(tx, mine, file.ref).ref == file.ref
        assert [row["ref"] for row in child_views.find(tx, mine, "甲")] == [file.ref]
        with pytest.raises(NotFound):
            child_views.get(tx, actor("another", kind="place"), file.ref)


def test_an_edit_tells_before_and_after_and_why(office: Database, now: datetime) -> None:
    """In the child's own stream; what is as it was changes nothing; an empty value takes the field out."""
    file = add(office, now)
    with office.write() as tx:
        edited = children.edit(tx, "me", now, file.ref, {"address": "深磨村1组", "grade": "6", "guardian_phone": "", "note": "住校"}, reason="搬家", version=1)
        same = children.edit(tx, "me", now, file.ref, {"address": "深磨村1组"})
    assert (edited.village, edited.note, edited.version, same.version) == ("深磨村", "住校", 2, 2)
    assert edited.tie("guardian") is not None
    assert edited.values().get("guardian_phone") is None
    with office.read() as tx:
        stream = journal.person_stream(file.person_id)
        entries = tx.rows(select(tables.journal_payload.c.payload).where(tables.journal_payload.c.stream == stream).order_by(tables.journal_payload.c.n))
        assert journal.verify_stream(tx, stream) == []
    told = canonical.load(entries[1]["payload"])
    assert (told["changes"]["village"], told["changes"]["guardian_phone"], told["origin"]["reason"]) == (["裴坝村", "深磨村"], ["13348165738", None], "搬家")


def test_of_two_writers_of_one_file_the_second_is_told(office: Database, now: datetime) -> None:
    """Compare-and-set on the version."""
    file = add(office, now)
    with office.write() as tx:
        children.edit(tx, "me", now, file.ref, {"note": "a"}, version=file.version)
        with pytest.raises(Conflict):
            children.edit(tx, "me", now, file.ref, {"note": "b"}, version=file.version)


def test_an_edit_is_checked_like_a_new_file(office: Database, now: datetime) -> None:
    """A number must fit the birth date, belong to nobody else, and faults come together."""
    file = add(office, now)
    add(office, now, name="乙", national_id=number("20160101"))
    with office.write() as tx:
        faults = refusal(lambda: children.edit(tx, "me", now, file.ref, {"born_on": "2015-8-5", "grade": "x"}))
        assert faults == ("child_invalid", [("born_on", "birth_date_differs_from_id"), ("grade", "grade_unknown")])
        taken = {"born_on": "2016-1-1", "national_id": number("20160101")}
        assert refusal(lambda: children.edit(tx, "me", now, file.ref, taken))[0] == "id_belongs_to_another"
        corrected = children.edit(tx, "me", now, file.ref, {"born_on": "2016-2-2", "national_id": number("20160202"), "name": "甲二"})
    assert (corrected.name, corrected.national_id) == ("甲二", number("20160202"))


def test_a_file_moves_to_another_township_within_scope(office: Database, now: datetime) -> None:
    """Out of scope there is no such division."""
    file = add(office, now)
    with office.write() as tx:
        with pytest.raises(NotFound):
            children.edit(tx, "me", now, file.ref, {}, division=NEXT, scope=[HERE])
        moved = children.edit(tx, "me", now, file.ref, {}, division=NEXT, status="moved")
    assert (moved.division, moved.status) == (NEXT, "moved")


def test_ties_begin_and_end(office: Database, now: datetime) -> None:
    """Nobody is deleted: an ended tie stays with its end."""
    file = add(office, now)
    with office.write() as tx:
        tied = children.relate(tx, "me", now, file.ref, "father", name="甲大", phone="155 0000 0001", workplace="西安")
        father = tied.tie("father")
        assert father is not None
        assert (father.name, father.phone, father.workplace, father.since) == ("甲大", "15500000001", "西安", "2026-10-21")
        ended = children.unrelate(tx, "me", now, file.ref, "guardian", reason="去世")
        assert ended.tie("guardian") is None
        assert [(tie.kind, tie.until) for tie in children.ties_ever(tx, ended)] == [("guardian", "2026-10-21"), ("father", None)]
        with pytest.raises(NotFound):
            children.unrelate(tx, "me", now, file.ref, "guardian")
        assert refusal(lambda: children.relate(tx, "me", now, file.ref, "uncle", name="x"))[0] == "relation_unknown"
        assert refusal(lambda: children.relate(tx, "me", now, file.ref, "mother", name=" ", phone="?"))[1] == [
            ("phone", "phone_unreadable"),
            ("mother", "name_missing"),
        ]


# ------------------------------------------------------------------ merging


def test_a_provisional_file_goes_into_the_real_one(office: Database, now: datetime) -> None:
    """What is tied to it moves, what the real one does not know is taken over, and its reference still finds the child."""
    real = add(office, now, guardian="", guardian_kin="", guardian_phone="")
    with office.write() as tx:
        loose = children.add(tx, "me", now, {"name": "甲一", "note": "转来", "guardian": "丁", "mother": "戊"}, division=HERE, provisional=True)
        for person in (real, loose):
            seen = {"name": "height", "value": "1", "happened": "2026-10-01", "recorded_at": "", "recorded_by": "me"}
            tx.execute(tables.observation.insert(), {"person_id": person.person_id, "n": 1, **seen})
        assert merging.ties(tx, loose.ref) == {"relations": 2, "observations": 1}
        merged = merging.merge(tx, "me", now, loose.ref, real.ref, reason="同一人")
        tie = merged.file.tie("guardian")
        assert tie is not None
        assert (merged.file.ref, merged.file.note, tie.name, merged.file.national_id) == (real.ref, "转来", "丁", number())
        assert children.get(tx, loose.ref).ref == real.ref
        assert [file.ref for file in children.find(tx, "甲一")] == [real.ref]
        observed = tx.rows(select(tables.observation.c.n).where(tables.observation.c.person_id == real.person_id).order_by(tables.observation.c.n))
        assert [row["n"] for row in observed] == [1, 2]
        assert [problem for one in (real, loose) for problem in journal.verify_stream(tx, journal.person_stream(one.person_id))] == []


def test_the_number_moves_with_the_file_that_has_it(office: Database, now: datetime) -> None:
    """Whichever way round the two are named."""
    numbered = add(office, now)
    with office.write() as tx:
        bare = children.add(tx, "me", now, {"name": "甲一一"}, division=HERE, provisional=True)
        merged = merging.merge(tx, "me", now, numbered.ref, bare.ref)
    assert (merged.file.ref, merged.file.national_id, merged.file.provisional, merged.file.school) == (bare.ref, number(), False, "高桥镇中心小学")


def test_what_cannot_be_merged_is_refused(office: Database, now: datetime) -> None:
    """One file with itself, two numbers, and cases that nobody moves."""
    first, second = add(office, now), add(office, now, name="乙", national_id=number("20160101"))
    with office.write() as tx:
        third = children.add(tx, "me", now, {"name": "丙"}, division=HERE, provisional=True)
        tx.execute(tables.definition.insert(), {"digest": "d", "program": "p", "version": 1, "structure": "", "snapshot": "{}", "at": ""})
        case = {"case_id": "1", "ref": "X-1", "program": "p", "workflow": "w", "definition": "d", "stage": "s", "stage_since": "", "division": HERE}
        tx.execute(tables.case.insert(), {**case, "subject_kind": "child", "subject_id": third.person_id, "opened_at": ""})
        assert refusal(lambda: merging.merge(tx, "me", now, first.ref, first.ref))[0] == "same_file"
        assert refusal(lambda: merging.merge(tx, "me", now, first.ref, second.ref))[0] == "numbers_differ"
        assert refusal(lambda: merging.merge(tx, "me", now, third.ref, first.ref))[0] == "cases_must_move"
        moved: list[tuple[list[str], str]] = []

        def move(tx: Any, cases: Any, into: str) -> None:
            moved.append((list(cases), into))
            tx.execute(update(tables.case).values(subject_id=first.person_id))

        merged = merging.merge(tx, "me", now, third.ref, first.ref, move_cases=move)
    assert (moved, merged.moved) == ([(["X-1"], first.ref)], {"cases": 1})


# ------------------------------------------------------------------ showing and exporting


def entries(db: Database) -> list[tuple[str, str]]:
    with db.read() as tx:
        found = tx.rows(select(tables.journal.c.stream, tables.journal.c.kind).order_by(tables.journal.c.stream, tables.journal.c.n))
    return [(row["stream"].partition("/")[0], row["kind"]) for row in found]


def test_a_file_opened_is_masked_and_written_down(office: Database, now: datetime) -> None:
    """With a purpose it is shown as it is; without one it is not."""
    file = add(office, now)
    with office.write() as tx:
        shown = child_views.show(tx, actor(HERE), now, file.ref)
        assert (shown["name"], shown["national_id"], shown["guardian"], shown["guardian_phone"]) == (
            "甲*",
            "4328**********" + number()[-4:],
            "丙*",
            "133****5738",
        )
        assert shown["address"] == "高桥镇裴坝村***"
        assert child_views.show(tx, actor(HERE), now, file.ref, unmasked=True, purpose="家访")["national_id"] == number()
    with pytest.raises(Misused), office.write() as tx:
        child_views.show(tx, actor(HERE), now, file.ref, unmasked=True)
    assert entries(office) == [("account", "file_opened"), ("account", "revealed"), ("person", "file_made"), ("person", "file_opened"), ("person", "revealed")]


def test_an_export_is_masked_unless_a_purpose_is_given(office: Database, now: datetime) -> None:
    """The rows are those in sight; the journal has the purpose."""
    add(office, now)
    add(office, now, name="乙", national_id=number("20160101"), division=NEXT)
    with office.write() as tx:
        (masked,) = child_views.export(tx, actor(HERE), now)
        assert (masked["name"], masked["guardian_phone"], list(masked)) == ("甲*", "133****5738", [name for name, _ in child_views.EXPORTED])
        everyone = list(child_views.export(tx, actor(""), now, unmasked=True, purpose="核对"))
        assert [child["name"] for child in everyone] == ["甲一", "乙"]
        assert [child["name"] for child in child_views.export(tx, actor("9901"), now, division=NEXT, unmasked=True, purpose="核对")] == ["乙"]
        assert list(child_views.export(tx, actor(HERE), now, division="9901", grade=5)) == []
        with pytest.raises(NotFound):
            child_views.export(tx, actor(HERE), now, division=NEXT)
        with pytest.raises(Misused):
            child_views.export(tx, actor(HERE), now, unmasked=True)
    assert [kind for stream, kind in entries(office) if stream == "account"] == ["exported"] * 4
