"""Groups: nobody left out, siblings together, sizes and sexes as even as can be, and always the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from careflow_camp.grouping import Grouping, Member, make_groups
from workflow_core import Deny


def camper(n: int, sex: str | None = "male", school: str = "甲", related: tuple[str, ...] = ()) -> Member:
    return Member(f"CM-26-{n:05}", sex, school, related)


SEXES = st.sampled_from(["male", "female", None])
ALONE = st.lists(st.tuples(st.sampled_from(["male", "female"]), st.sampled_from("甲乙丙")), max_size=40).map(
    lambda found: [camper(n, sex, school) for n, (sex, school) in enumerate(found, 1)]
)
RELATED = st.lists(st.tuples(SEXES, st.sampled_from("甲乙丙"), st.sets(st.integers(1, 25), max_size=2)), max_size=40).map(
    lambda found: [camper(n, sex, school, tuple(f"P-{one}" for one in sorted(kin))) for n, (sex, school, kin) in enumerate(found, 1)]
)


def grouped(campers: list[Member], groups: int, size: int) -> Grouping:
    found = make_groups(campers, groups, size)
    assert isinstance(found, Grouping)
    return found


def enough(campers: list[Member], groups: int) -> int:
    return max(2, -(-len(campers) // groups))


@given(RELATED, st.integers(1, 8), st.integers(0, 5))
def test_everybody_is_in_one_group_and_no_group_is_too_large(campers: list[Member], groups: int, spare: int) -> None:
    """Whatever the families are like."""
    size = enough(campers, groups) + spare
    found = grouped(campers, groups, size)
    assert sorted(one for members in found.groups.values() for one in members) == sorted(one.reference for one in campers)
    assert list(found.groups) == list(range(1, groups + 1))
    assert all(len(members) <= size for members in found.groups.values())


@given(RELATED, st.integers(1, 8), st.integers(0, 5), st.randoms())
def test_the_order_of_the_campers_does_not_matter(campers: list[Member], groups: int, spare: int, order: Any) -> None:
    """The same campers, the same groups."""
    shuffled = list(campers)
    order.shuffle(shuffled)
    size = enough(campers, groups) + spare
    assert make_groups(shuffled, groups, size) == make_groups(campers, groups, size)


@given(RELATED, st.integers(1, 8), st.integers(0, 5))
def test_siblings_are_together_or_it_is_told(campers: list[Member], groups: int, spare: int) -> None:
    """Who shares a guardian or parent is in one group; only where there is no room are they apart, and named."""
    found = grouped(campers, groups, enough(campers, groups) + spare)
    of, told = found.group_of(), {one for together in found.apart for one in together}
    for one in campers:
        for other in campers:
            if set(one.related) & set(other.related):
                assert of[one.reference] == of[other.reference] or {one.reference, other.reference} <= told


@given(RELATED, st.integers(1, 8))
def test_with_room_enough_nobody_is_apart(campers: list[Member], groups: int) -> None:
    """A group could hold all of them."""
    assert grouped(campers, groups, max(2, len(campers))).apart == ()


@given(ALONE, st.integers(1, 8))
def test_sizes_and_sexes_are_even(campers: list[Member], groups: int) -> None:
    """Without siblings: sizes and boys by one at most, girls by two."""
    found = grouped(campers, groups, enough(campers, groups))
    sexes = {one.reference: one.sex for one in campers}

    def spread(of: str | None) -> int:
        counts = [sum(of in (None, sexes[one]) for one in members) for members in found.groups.values()]
        return max(counts) - min(counts)

    assert spread(None) <= 1
    assert spread("male") <= 1
    assert spread("female") <= 2


def test_the_children_of_one_school_are_dealt_out() -> None:
    """Six of one school and six of another make three groups with two of each."""
    campers = [camper(n, "female", "甲" if n <= 6 else "乙") for n in range(1, 13)]
    found = grouped(campers, 3, 4)
    schools = {one.reference: one.school for one in campers}
    assert [Counter(schools[one] for one in members) for members in found.groups.values()] == [{"甲": 2, "乙": 2}] * 3


def test_a_chain_of_relatives_is_one_household() -> None:
    """A shares a mother with B, and B a guardian with C."""
    campers = [camper(1, related=("P-1",)), camper(2, "female", related=("P-1", "P-2")), camper(3, related=("P-2",)), camper(4), camper(5), camper(6)]
    of = grouped(campers, 2, 3).group_of()
    assert of["CM-26-00001"] == of["CM-26-00002"] == of["CM-26-00003"]


def test_a_household_that_no_group_can_hold_is_told() -> None:
    """Three siblings and groups of two: they are apart, and named."""
    campers = [camper(n, related=("P-1",)) for n in (1, 2, 3)]
    found = grouped(campers, 2, 2)
    assert found.apart == (("CM-26-00001", "CM-26-00002", "CM-26-00003"),)


def test_too_few_groups_are_told_with_how_many_are_needed() -> None:
    """And no groups at all."""
    told = make_groups([camper(n) for n in range(1, 12)], 2, 5)
    assert isinstance(told, Deny)
    assert (told.code, told.values["need"]) == ("groups_too_few", 3)
    none = make_groups([], 0, 5)
    assert isinstance(none, Deny)
    assert none.code == "no_groups"
