"""What cells of real sheets mean."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core.records import values
from workflow_core.records.values import Fault

DAY = date(2019, 9, 30)
FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
ANY_CELL = st.one_of(
    st.none(),
    st.text(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.text("0123456789年月日./-xX +E"),
)


def number_of(first17: str) -> str:
    return first17 + values.check_digit(first17)


@pytest.mark.parametrize(("first17", "last"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_check_digit_agrees_with_the_published_examples(first17: str, last: str) -> None:
    """GB 11643-1999's own examples."""
    assert values.check_digit(first17) == last


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_a_sound_number_is_read_in_any_dress(first17: str) -> None:
    """Full-width signs, a small x, blanks and a leading apostrophe change nothing."""
    number = number_of(first17)
    dressed = (number, number.lower(), number.translate(FULL_WIDTH), f" {number} ", f"'{number}", f"{number[:6]} {number[6:14]} {number[14:]}")
    assert {values.national_id(one) for one in dressed} == {number}


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(first17: str, place: int, shift: int) -> None:
    """MOD 11-2 finds every error of one digit."""
    number = number_of(first17)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert values.national_id(wrong) == values.ID_CHECK_DIGIT


@pytest.mark.parametrize("empty", ["", "  ", None, "无", "未办", " 未 办 ", "/"])
def test_words_for_no_number_mean_none(empty: str | None) -> None:
    """A child without a number yet is not a fault of the cell."""
    assert values.national_id(empty) is None


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (432801201908236885.0, values.ID_PRECISION_LOST),
        ("4.32801E+17", values.ID_PRECISION_LOST),
        ("4.3E+17", values.ID_PRECISION_LOST),
        ("4328012019082368", values.ID_LENGTH),
        ("432801201908236885001", values.ID_LENGTH),
        (DAY, values.ID_LENGTH),
        ("43280120190823688A", values.ID_CHECK_DIGIT),
        ("身份证号码身份证号码身份证号码身份证", values.ID_CHECK_DIGIT),
    ],
)
def test_a_number_that_cannot_be_used_says_why(cell: values.Cell, fault: Fault) -> None:
    """Each kind of damage has a code of its own."""
    assert values.national_id(cell) == fault


def test_a_number_tells_birth_date_and_sex() -> None:
    """Digits 7 to 14 are the date, the 17th is odd for males; an impossible date is None."""
    assert values.born_in_id(number_of("43280120190823688")) == date(2019, 8, 23)
    assert values.born_in_id(number_of("43280120170331876")) == date(2017, 3, 31)
    assert values.born_in_id(number_of("43280120170230876")) is None
    assert values.sex_in_id(number_of("43280120190823687")) == "male"
    assert values.sex_in_id(number_of("43280120190823688")) == "female"


@given(st.dates(date(1950, 1, 1), date(2099, 12, 31)))
def test_every_form_of_a_date_means_the_same_day(day: date) -> None:
    """The forms seen in sheets, plain and full-width, as text, number and date cell."""
    y, m, d = day.year, day.month, day.day
    serial = (day - date(1899, 12, 30)).days
    texts = [
        f"{y}/{m}/{d}",
        f"{y}-{m:02}-{d:02}",
        f"{y}{m:02}{d:02}",
        f"{y}.{m}.{d}",
        f"{y}年{m}月{d}日",
        f" {y} 年 {m} 月 {d} 日 ",
        f"{y}-{m:02}-{d:02} 00:00:00",
        f"{serial}",
    ]
    texts += [one.translate(FULL_WIDTH) for one in texts]
    cells: list[values.Cell] = [*texts, day, datetime(y, m, d, 13), float(serial), serial, float(f"{y}{m:02}{d:02}")]
    assert {values.civil_day(cell) for cell in cells} == {day}


@pytest.mark.parametrize(
    "bad", ["2014.2.30", "2014-13-01", "32.10.2026", "13.13.2026", 7.0, -1.0, 20140230.0, float("nan"), float("inf"), True, time(8), timedelta(1)]
)
def test_an_impossible_date_is_a_fault(bad: values.Cell) -> None:
    """Never a guess."""
    assert values.civil_day(bad) == values.DATE_INVALID


@pytest.mark.parametrize("bad", ["14.2.3", "201402", "昨天", "5.6.2026", "06/05/2026"])
def test_a_form_that_means_no_certain_day_is_another_fault(bad: str) -> None:
    """Day and month are not guessed apart."""
    assert values.civil_day(bad) == values.DATE_FORM


@pytest.mark.parametrize("written", ["22.10.2026", "10/22/2026", "22-10-2026"])
def test_a_year_at_the_end_is_read_where_only_one_can_be_the_month(written: str) -> None:
    """As people type dates who come from elsewhere."""
    assert values.civil_day(written) == date(2026, 10, 22)


def test_a_date_without_a_year_is_of_the_school_year() -> None:
    """Autumn belongs to the first calendar year, spring to the second."""
    assert values.civil_day("9月14日", year=2026) == date(2026, 9, 14)
    assert values.civil_day("3.2", year=2026) == date(2027, 3, 2)
    assert values.civil_day("2月29日", year=2026) == values.DATE_INVALID
    assert values.civil_day("9月14日") == values.DATE_WITHOUT_YEAR
    assert (values.school_year(date(2026, 10, 21)), values.school_year(date(2027, 7, 1))) == (2026, 2026)


@pytest.mark.parametrize(
    "dressed",
    [
        "13348165738",
        "133-4816-5738",
        "133 4816 5738",
        "１３３４８１６５７３８",
        "13348165738 ",
        "+86 133 4816 5738",
        "008613348165738",
        "(133)48165738",
        "电话:13348165738",
    ],
)
def test_a_phone_in_any_dress_is_its_digits(dressed: str) -> None:
    """Blanks, hyphens, full-width digits and the country code go."""
    assert values.phone(dressed) == "13348165738"


def test_phones_as_number_cells_landlines_and_pairs() -> None:
    """A number cell is read, of two numbers the first, a landline keeps its area code."""
    assert values.phone(13348165738.0) == "13348165738"
    assert values.phone("13348165738、15512345678") == "13348165738"
    assert values.phone("0743-8221234") == "07438221234"
    assert values.phone("无") is None
    assert [values.phone(bad) for bad in ("不知道", "1.33E+10", "123", 1.5)] == [values.PHONE_INVALID] * 4


@pytest.mark.parametrize(
    ("address", "village"),
    [
        ("裴坝村2组", "裴坝村"),
        ("高桥镇裴坝村2组", "裴坝村"),
        ("示范省示范市青溪县高桥镇裴坝村二组", "裴坝村"),
        ("裴坝村", "裴坝村"),
        ("老镇沟村3组", "老镇沟村"),
        ("镇东村1组", "镇东村"),
        ("城关街道城南社区3组", "城南社区"),
        ("裴坝2组", "裴坝"),
        ("裴 坝 村 ２ 组", "裴坝村"),
        ("", None),
    ],
)
def test_the_village_of_an_address(address: str, village: str | None) -> None:
    """Up to 村, whatever stands before or after it."""
    assert values.village(address) == village


def test_names_of_the_divisions_above_are_taken_off() -> None:
    """With the township's name known, even a village of one sign is found."""
    assert values.village("高桥镇石村4组", ("青溪县", "高桥镇")) == "石村"


@given(st.text())
def test_a_name_is_the_same_however_it_is_spaced(raw: str) -> None:
    """Reading a name twice, or with blanks put in, changes nothing."""
    once = values.name(raw)
    assert values.name(once) == once
    assert values.name("无" + " \u3000".join(raw)) == values.name("无" + raw)
    assert not any(sign.isspace() for sign in once)


def test_a_name_in_wide_signs_is_the_plain_name() -> None:
    """NFKC, and no white space of any kind."""
    assert values.name(" 蔡\u3000峰\u200b ") == "蔡峰"
    assert values.name("Ａｄａ Lin") == "AdaLin"


@given(ANY_CELL)
def test_no_cell_makes_a_normaliser_raise(cell: values.Cell) -> None:
    """Bad data is a value's fault, never a crash."""
    for read in (values.national_id, values.phone, values.civil_day):
        assert read(cell) is None or isinstance(read(cell), (str, date, Fault))
    assert isinstance(values.name(cell), str)
    assert isinstance(values.village(cell), (str, type(None)))
    found = values.civil_day(cell, year=2026)
    assert found is None or isinstance(found, (date, Fault))
