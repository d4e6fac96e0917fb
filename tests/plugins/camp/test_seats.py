"""Seats: published tables come out, each method keeps its promise, and everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from careflow_camp.forms import Method
from careflow_camp.seats import TIE_RULE, Allotment, SeatsRefused, Tie, allot, read_counts, reserve_of
from tests.plugins.camp.published import BUNDESTAG_2013, BUNDESTAG_2017, CENSUS_1880, CENSUS_2020

DIVISORS = [Method.SAINTE_LAGUE, Method.DHONDT, Method.HUNTINGTON_HILL]
METHODS = pytest.mark.parametrize("method", list(Method), ids=lambda method: method.name)
COUNTS = st.dictionaries(st.text("甲乙丙丁ab", min_size=1, max_size=3), st.integers(0, 60), min_size=1, max_size=12).filter(lambda found: any(found.values()))


def of(*counts: int) -> list[tuple[str, object]]:
    """Schools a, b, c … with so many children."""
    return [(chr(97 + n), count) for n, count in enumerate(counts)]


def seats(found: Allotment) -> list[int]:
    return list(found.seats.values())


def codes(ask: Callable[[], Any]) -> list[str]:
    with pytest.raises(SeatsRefused) as refused:
        ask()
    assert all(one.hint for one in refused.value.why)
    return [one.code for one in refused.value.why]


# ------------------------------------------------------------------ published


def test_the_house_of_representatives_by_the_census_of_2020() -> None:
    """Huntington–Hill, one for each at least: all fifty states as the Census Bureau has them."""
    found = allot(((name, people) for name, (people, _) in CENSUS_2020.items()), 435, Method.HUNTINGTON_HILL, at_least=1)
    assert found.seats == {name: given for name, (_, given) in CENSUS_2020.items()}
    assert (found.tie, found.unused) == (None, 0)


@pytest.mark.parametrize(("more", "new_york", "minnesota"), [(88, 26, 8), (89, 27, 7)])
def test_new_york_lost_a_seat_by_89_people(more: int, new_york: int, minnesota: int) -> None:
    """The last seat of 2020 went to Minnesota; with 89 more people it would have gone to New York."""
    people = {name: count for name, (count, _) in CENSUS_2020.items()}
    people["New York"] += more
    found = allot(people.items(), 435, Method.HUNTINGTON_HILL, at_least=1)
    assert (found.seats["New York"], found.seats["Minnesota"]) == (new_york, minnesota)


@pytest.mark.parametrize(("size", "alabama", "texas", "illinois"), [(299, 8, 9, 18), (300, 7, 10, 19)])
def test_the_alabama_paradox_by_the_census_of_1880(size: int, alabama: int, texas: int, illinois: int) -> None:
    """The largest remainder takes a seat from Alabama when there is one more to give."""
    found = allot(CENSUS_1880.items(), size, at_least=1).seats
    assert (found["Alabama"], found["Texas"], found["Illinois"], found["Nevada"]) == (alabama, texas, illinois, 1)


@pytest.mark.parametrize(("table", "size"), [(BUNDESTAG_2013, 631), (BUNDESTAG_2017, 709)], ids=["2013", "2017"])
def test_the_bundestag_by_sainte_lague(table: dict[str, tuple[int, int]], size: int) -> None:
    """Every party as the federal returning officer has it."""
    found = allot(((name, votes) for name, (votes, _) in table.items()), size, Method.SAINTE_LAGUE)
    assert found.seats == {name: given for name, (_, given) in table.items()}


def test_dhondt_by_hand() -> None:
    """Eight seats: 100, 80, 50, 40, 33⅓, 30, 26⅔ and 25 thousand are the greatest quotients."""
    assert seats(allot(of(100_000, 80_000, 30_000, 20_000), 8, Method.DHONDT)) == [4, 3, 1, 0]


# ------------------------------------------------------------------ promises


@METHODS
@given(counts=COUNTS, size=st.integers(1, 200), order=st.randoms())
def test_the_order_of_the_schools_does_not_matter(method: Method, counts: dict[str, int], size: int, order: Any) -> None:
    """Whoever comes first in the file has no advantage."""
    shuffled = list(counts.items())
    order.shuffle(shuffled)
    assert allot(shuffled, size, method).seats == allot(counts.items(), size, method).seats


@METHODS
@given(counts=COUNTS, size=st.integers(1, 900))
def test_all_seats_are_given_and_none_to_nobody(method: Method, counts: dict[str, int], size: int) -> None:
    """They add up; no school has more than children; what is left is left because every school is full."""
    found = allot(counts.items(), size, method)
    assert sum(found.seats.values()) + found.unused == size
    assert all(0 <= found.seats[name] <= count for name, count in counts.items())
    assert not found.unused or found.seats == counts


@given(counts=COUNTS, size=st.integers(1, 200))
def test_the_largest_remainder_stays_within_the_quota(counts: dict[str, int], size: int) -> None:
    """Each gets its share rounded down or up."""
    children = sum(counts.values())
    assume(size <= children)
    for name, given_to in allot(counts.items(), size).seats.items():
        assert abs(Fraction(size * counts[name], children) - given_to) < 1


@pytest.mark.parametrize("method", DIVISORS, ids=lambda method: method.name)
@given(counts=COUNTS, size=st.integers(1, 200), least=st.integers(0, 2))
def test_one_more_seat_takes_none_away(method: Method, counts: dict[str, int], size: int, least: int) -> None:
    """House monotonicity, which the largest remainder has not."""
    assume(size >= sum(min(least, count) for count in counts.values()))
    fewer, more = (allot(counts.items(), n, method, at_least=least).seats for n in (size, size + 1))
    assert all(more[name] >= fewer[name] for name in counts)


@METHODS
@given(counts=COUNTS, extra=st.integers(0, 100), least=st.integers(0, 4))
def test_every_school_gets_the_least(method: Method, counts: dict[str, int], extra: int, least: int) -> None:
    """Or all its children, where it has fewer."""
    needed = sum(min(least, count) for count in counts.values())
    found = allot(counts.items(), max(1, needed + extra), method, at_least=least).seats
    assert all(found[name] >= min(least, count) for name, count in counts.items())


@METHODS
@given(counts=COUNTS, size=st.integers(1, 300), data=st.data())
def test_what_a_school_leaves_goes_round_again(method: Method, counts: dict[str, int], size: int, data: st.DataObject) -> None:
    """With limits, as many seats are given as all limits together allow."""
    limits = {name: data.draw(st.integers(0, 8)) for name in counts}
    found = allot(counts.items(), size, method, capacity=limits)
    most = {name: min(count, limits[name]) for name, count in counts.items()}
    assert all(found.seats[name] <= most[name] for name in counts)
    assert found.unused == max(0, size - sum(most.values()))


@pytest.mark.parametrize("method", DIVISORS, ids=lambda method: method.name)
@given(counts=COUNTS, size=st.integers(1, 120))
def test_no_seat_could_better_be_with_another(method: Method, counts: dict[str, int], size: int) -> None:
    """By the method's own measure: the least quotient that won is not below the greatest that did not."""
    found = allot(counts.items(), size, method).seats

    def quotient(name: str, has: int) -> Fraction | None:
        by = {Method.DHONDT: has + 1, Method.SAINTE_LAGUE: 2 * has + 1, Method.HUNTINGTON_HILL: has * (has + 1)}[method]
        return Fraction(counts[name] ** (2 if method is Method.HUNTINGTON_HILL else 1), by) if by else None

    won = [worth for name, has in found.items() if has and (worth := quotient(name, has - 1)) is not None]
    waiting = [quotient(name, has) for name, has in found.items() if has < counts[name]]
    assert not won or all(worth is not None and worth <= min(won) for worth in waiting)


# ------------------------------------------------------------------ ties


@pytest.mark.parametrize(
    ("method", "counts", "size", "given_to", "tie"),
    [
        (Method.LARGEST_REMAINDER, (10, 10, 10), 4, [2, 1, 1], Tie(("a", "b", "c"), ("a",))),
        (Method.LARGEST_REMAINDER, (30, 10), 2, [2, 0], Tie(("a", "b"), ("a",))),
        (Method.DHONDT, (40, 20), 2, [2, 0], Tie(("a", "b"), ("a",))),
        (Method.SAINTE_LAGUE, (10, 30), 2, [0, 2], Tie(("b", "a"), ("b",))),
        (Method.HUNTINGTON_HILL, (10, 10, 30), 2, [1, 0, 1], Tie(("a", "b"), ("a",))),
        (Method.HUNTINGTON_HILL, (10, 10, 30), 1, [0, 0, 1], None),
        (Method.SAINTE_LAGUE, (10, 10), 2, [1, 1], None),
        (Method.LARGEST_REMAINDER, (10, 10), 2, [1, 1], None),
    ],
)  # fmt: skip
def test_a_tie_is_named_and_broken_by_the_rule(method: Method, counts: tuple[int, ...], size: int, given_to: list[int], tie: Tie | None) -> None:
    """More children first, then by name; where nobody had to be chosen no tie is told."""
    found = allot(of(*counts), size, method)
    assert (seats(found), found.tie) == (given_to, tie)


def test_a_tie_is_told_with_its_rule() -> None:
    """In what scripts read."""
    told = allot(of(10, 10), 1).as_dict()
    assert told["seats"] == {"a": 1, "b": 0}
    assert told["tie"] == {"between": ["a", "b"], "got": ["a"], "rule": TIE_RULE.text()}
    assert (told["method"], told["unused"]) == ("largest-remainder", 0)


@METHODS
def test_numbers_beyond_a_computers_fraction(method: Method) -> None:
    """One child more among ten thousand million million decides."""
    assert seats(allot(of(10**16 + 1, 10**16), 1, method)) == [1, 0]
    assert seats(allot(of(10**16, 10**16 + 1), 1, method)) == [0, 1]


# ------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("counts", "size", "least", "limits", "told"),
    [
        (of(1), 0, 0, None, ["seats_not_positive"]),
        (of(1), -3, -1, None, ["seats_not_positive", "at_least_negative"]),
        ([("a", 3), ("b", "4"), ("a", 2)], 2, 0, None, ["school_twice"]),
        ([("a", 3), (" a ", 2)], 2, 0, None, ["school_twice"]),
        ([("", 3), ("b", 1)], 2, 0, None, ["name_missing"]),
        ([("a", "many"), ("b", "1,234"), ("c", 2.5), ("d", True), ("e", None), ("f", -2)], 2, 0, None, ["count_not_whole"] * 5 + ["count_negative"]),
        (of(0, 0), 2, 0, None, ["no_children"]),
        ([], 2, 0, None, ["no_children"]),
        (of(5, 5, 5), 2, 1, None, ["at_least_impossible"]),
        (of(5), 2, 0, {"z": 1, "a": -1}, ["capacity_unknown", "capacity_not_whole"]),
        ([("a", "x"), ("a", 1)], 0, -1, None, ["seats_not_positive", "at_least_negative", "school_twice", "count_not_whole"]),
    ],
)  # fmt: skip
def test_everything_that_is_wrong_is_told_at_once(counts: list[tuple[str, object]], size: int, least: int, limits: Any, told: list[str]) -> None:
    """Each with its code and what to do."""
    assert codes(lambda: allot(counts, size, at_least=least, capacity=limits)) == told


def test_numbers_may_be_written_as_a_spreadsheet_has_them() -> None:
    """As text, as a number, as a number with a fraction of nought; a school without children gets nothing, not even the least."""
    assert seats(allot([("a", " 12 "), ("b", 12.0), ("c", 0)], 4, at_least=1)) == [2, 2, 0]


# ------------------------------------------------------------------ the file


@pytest.mark.parametrize(
    "data",
    [
        "学校,人数\n甲小学,12\n乙小学,7\n".encode(),
        "\ufeff甲小学,12\r\n\r\n乙小学,7,,\r\n".encode(),
        "甲小学,12\n乙小学,7".encode("gb18030"),
        '"甲小学"," 12"\n乙小学,7\n,\n'.encode(),
    ],
)
def test_a_file_of_counts_is_read_as_a_spreadsheet_saves_it(data: bytes) -> None:
    """With or without heading, mark, empty lines and trailing commas; in either encoding."""
    assert read_counts(data) == [("甲小学", "12"), ("乙小学", "7")]


def test_a_wrong_cell_in_the_first_line_is_no_heading() -> None:
    """A count with a unit is told, not passed over."""
    assert codes(lambda: allot(read_counts("甲小学,12人\n".encode()), 3)) == ["count_not_whole"]


def test_lines_that_are_no_name_and_count_are_told() -> None:
    """All of them, by their numbers."""
    assert codes(lambda: read_counts("甲小学,12\n乙小学\n丙小学,1,2\n".encode())) == ["line_not_two", "line_not_two"]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00a", b"PK\x03\x04\x00\x00", b"a" * 200_000], ids=["utf-16", "workbook", "endless"])
def test_a_file_that_is_no_text_is_refused(data: bytes) -> None:
    """A workbook is not a CSV file."""
    assert codes(lambda: read_counts(data)) == ["counts_unreadable"]


@settings(max_examples=300)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    """Lines come out, or a reason."""
    try:
        found = read_counts(data)
    except SeatsRefused as refused:
        found = []
        told = [one.code for one in refused.why]
    else:
        told = ["read"]
    assert told
    assert all(len(one) == 2 for one in found)


@pytest.mark.parametrize(("given_to", "percent", "more"), [(10, 50, 5), (3, 50, 2), (1, 1, 1), (0, 50, 0), (4, 0, 0), (2, 500, 10)])
def test_the_reserve_is_rounded_up(given_to: int, percent: int, more: int) -> None:
    """A school with one seat may nominate somebody beyond it."""
    assert reserve_of(given_to, percent) == more
