"""Divisions by their official codes."""

from __future__ import annotations

import pytest

from workflow_core.errors import Misused, NotFound
from workflow_core.records import divisions
from workflow_core.records.divisions import Imported
from workflow_core.store.database import Database

EXAMPLE = {"99": "示范省", "9901": "示范市", "990101": "青溪县", "990101100": "高桥镇", "990101101": "柳林乡", "990102": "云岭县", "990102100": "高桥镇"}


def csv(**more: str) -> bytes:
    return "\n".join(["code,name", *(f"{code},{name}" for code, name in {**EXAMPLE, **more}.items())]).encode()


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as tx:
        divisions.take(tx, EXAMPLE)
    return database


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_usual_encodings(encoding: str) -> None:
    """UTF-8 with and without its mark, and what spreadsheets in China save."""
    assert divisions.parse(csv().decode().encode(encoding)) == EXAMPLE


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("990101100000", "990101100"),
        ("990101000000", "990101"),
        ("990100000000", "9901"),
        ("990000000000", "99"),
        ("990101100201", "990101100201"),
        ("９９０１０１", "990101"),
        ("'990101", "990101"),
        ("990000", "99"),
        ("441900003", "441900003"),
        ("9.90101E+11", None),
        ("99010", None),
        ("", None),
    ],
)
def test_a_code_is_read_as_it_is_written(written: str, code: str | None) -> None:
    """Twelve digits lose their zeros; anything that is no code is none."""
    assert divisions.read_code(written) == code


def test_headings_may_be_chinese_and_in_any_order() -> None:
    """The columns are found by their headings; without headings the code comes first."""
    assert divisions.parse("备注,名称,行政区划代码\nx,示范省,99\n".encode()) == {"99": "示范省"}
    assert divisions.parse("99,示范省\n".encode()) == {"99": "示范省"}


def test_cities_of_six_digits_become_those_of_four() -> None:
    """In a file that writes all cities with six digits; in the official list 441900 is a county code of its own."""
    assert divisions.parse("990000,示范省\n990100,示范市\n990101,青溪县".encode()) == {"99": "示范省", "9901": "示范市", "990101": "青溪县"}
    assert divisions.parse("44,广东省\n4419,东莞市\n441900,东莞市".encode()).keys() == {"44", "4419", "441900"}


def test_all_wrong_lines_are_told_at_once() -> None:
    """Each wrong line with its number and a code."""
    with pytest.raises(Misused) as told:
        divisions.parse("code,name\n99,示范省\n9.9E+11,示范市\n990101,\n99,别省\n".encode())
    assert [(problem.place, problem.code) for problem in told.value.problems] == [("3", "code_invalid"), ("4", "name_missing"), ("5", "code_twice")]


@pytest.mark.parametrize(("content", "code"), [(b"code,name\n", "file_empty"), (b"\xff\xff\xff\xff", "encoding_unknown")])
def test_a_file_of_another_kind_is_refused(content: bytes, code: str) -> None:
    """An empty file, or one that is no text."""
    with pytest.raises(Misused) as told:
        divisions.parse(content)
    assert [problem.code for problem in told.value.problems] == [code]


def test_an_import_may_be_repeated(filled: Database) -> None:
    """The same file again changes nothing; a new name is taken."""
    with filled.write() as tx:
        assert divisions.take(tx, EXAMPLE) == Imported(added=0, renamed=0, unchanged=7)
        assert divisions.take(tx, {"990101101": "柳林镇"}) == Imported(added=0, renamed=1, unchanged=0)
        assert divisions.get(tx, "990101101").name == "柳林镇"


def test_a_division_without_its_county_is_refused(filled: Database) -> None:
    """A township of an unknown province is told, and nothing is written."""
    with pytest.raises(Misused) as told, filled.write() as tx:
        divisions.take(tx, {"99": "新名", "880101100": "某镇"})
    assert [problem.code for problem in told.value.problems] == ["parent_missing"]
    with filled.read() as tx:
        assert divisions.get(tx, "99").name == "示范省"


def test_a_township_may_lie_in_a_city_at_once(database: Database) -> None:
    """Where there is no county between, the next one above is the parent."""
    with database.write() as tx:
        divisions.take(tx, {"44": "广东省", "4419": "东莞市", "441900003": "某街道"})
        assert [one.code for one in divisions.below(tx, "4419")] == ["441900003"]


def test_a_division_is_found_by_code_and_by_name(filled: Database) -> None:
    """Any part of a name will do, in any spelling of a code."""
    with filled.read() as tx:
        assert [one.code for one in divisions.find(tx, "高桥")] == ["990101100", "990102100"]
        assert [one.code for one in divisions.find(tx, "高桥", inside="990102")] == ["990102100"]
        assert [one.code for one in divisions.find(tx, "990101100000")] == ["990101100"]
        assert divisions.find(tx, "%") == []
        assert [one.level for one in divisions.line(tx, "990101100")] == ["province", "city", "county", "township"]
        assert divisions.full_name(tx, "990101100") == "示范省示范市青溪县高桥镇"
        assert [one.code for one in divisions.below(tx, "")] == ["99"]


def test_one_division_is_meant(filled: Database) -> None:
    """A name that several bear is refused with their codes, a misspelt one with the nearest."""
    with filled.read() as tx:
        assert divisions.resolve(tx, "青溪").code == "990101"
        assert divisions.resolve(tx, "高桥镇", inside="990101").code == "990101100"
        with pytest.raises(Misused) as several:
            divisions.resolve(tx, "高桥镇")
        assert several.value.context["codes"] == "990101100, 990102100"
        with pytest.raises(NotFound) as none:
            divisions.resolve(tx, "柳木乡")
        assert none.value.context["close"] == "柳林乡"
        with pytest.raises(NotFound):
            divisions.get(tx, "990109")


def test_codes_know_what_lies_above() -> None:
    """A setting is looked for in a township, its county, city, province, and the whole office."""
    assert divisions.chain("990101100") == ("990101100", "990101", "9901", "99", "")
    assert divisions.chain("") == ("",)
    assert divisions.within("990101100", "990101")
    assert not divisions.within("990101", "990101100")
    assert divisions.outermost(["990101100", "990101", "990102100"]) == ("990101", "990102100")
