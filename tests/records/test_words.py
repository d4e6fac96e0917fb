"""The words of a roster."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core.records import words
from workflow_core.records.values import Cell, Fault

NUMERALS = "一二三四五六七八九"


@given(st.integers(1, 9), st.integers(1, 20))
def test_a_grade_and_its_class_in_any_dress(n: int, room: int) -> None:
    """Chinese and Arabic numerals, the class in brackets or not, full-width brackets."""
    sign = NUMERALS[n - 1]
    for dressed in (
        f"{sign}年级({room})班",
        f"{sign}年级（{room}）班",
        f"{n}年级{room}班",
        f"{sign}({room})班",
        f" {sign} 年级 {room} 班 ",
        f"Grade {n} class {room}",
    ):
        assert words.grade(dressed) == (n, str(room))
    for bare in (f"{sign}年级", f"{sign}", str(n), n, float(n), f"{n}年级", f"Grade {n}"):
        assert words.grade(bare) == (n, "")


@pytest.mark.parametrize(
    ("cell", "grade", "room"),
    [
        ("初一", 7, ""),
        ("初三", 9, ""),
        ("初二(3)班", 8, "3"),
        ("初中二年级", 8, ""),
        ("小学三年级", 3, ""),
        ("三年级二班", 3, "2"),
        ("701班", 7, "1"),
        ("八年级", 8, ""),
    ],
)
def test_grades_by_their_school(cell: str, grade: int, room: str) -> None:
    """初一 is the seventh of the nine years."""
    assert words.grade(cell) == (grade, room)


@pytest.mark.parametrize("outside", ["高一", "学前班", "大班", "幼儿园", "十年级", "0", "小学七年级", "abc"])
def test_what_lies_outside_the_nine_years_is_a_fault(outside: str) -> None:
    """No grade is invented."""
    assert words.grade(outside) == words.GRADE_UNKNOWN


@pytest.mark.parametrize(
    ("cell", "seat"),
    [
        ("高桥镇中心小学三年级(2)班", ("高桥镇中心小学", 3, "2")),
        ("高桥镇初级中学七年级", ("高桥镇初级中学", 7, "")),
        ("高桥镇初级中学初一(2)班", ("高桥镇初级中学", 7, "2")),
        ("高桥镇中心小学 三(2)班", ("高桥镇中心小学", 3, "2")),
        ("高桥镇第二小学", ("高桥镇第二小学", None, "")),
        ("高桥镇九年一贯制学校八年级1班", ("高桥镇九年一贯制学校", 8, "1")),
        ("高桥镇初级中学", ("高桥镇初级中学", None, "")),
    ],
)
def test_school_and_class_in_one_cell(cell: str, seat: tuple[str, int | None, str]) -> None:
    """The grade is found behind the school's name."""
    assert words.seat(cell) == seat


def test_sex_kinship_left_behind_and_yes_no() -> None:
    """The usual words, in either language."""
    assert [words.sex(one) for one in ("男", "女", "F", "male", "1", "", "?")] == ["male", "female", "female", "male", "male", None, words.SEX_UNKNOWN]
    kin = [words.kinship(one) for one in ("祖父母", "奶奶", "母亲", "亲戚", "其他", "舅舅", "", "狗")]
    assert kin == ["grandparent", "grandparent", "mother", "relative", "other", "relative", None, words.KINSHIP_UNKNOWN]
    away = [words.left_behind(one) for one in ("父母双方外出", "父亲外出", "母亲外出", "否", "一方外出,另一方无监护能力", "")]
    assert away == ["both_away", "father_away", "mother_away", "none", "one_away", None]
    assert [words.yes_no(one) for one in ("是", "否", "√", "", "也许", 1.0)] == [True, False, True, None, words.YES_NO_UNKNOWN, True]
    assert [words.ethnicity(one) for one in ("汉", "苗族", "", "Han")] == ["汉族", "苗族", None, "Han"]


def test_class_names_lose_their_dress() -> None:
    """(2)班 and 二班 are the same class."""
    assert {words.class_name(one) for one in ("(2)班", "二班", "2", "第2班", 2.0, "02班")} == {"2"}


@given(st.one_of(st.text(), st.floats(), st.none(), st.dates(), st.text("初中小学年级班(123一二三)Gg ")))
def test_no_word_makes_a_reader_raise(cell: Cell) -> None:
    """Bad data is a fault, never a crash."""
    readers: list[Callable[[Cell], object]] = [words.sex, words.kinship, words.left_behind, words.yes_no]
    for read in [*readers, words.grade, words.seat, words.ethnicity, words.class_name]:
        found = read(cell)
        assert found is None or isinstance(found, (str, bool, tuple, Fault))
