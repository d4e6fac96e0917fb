"""Groups for the camp: as even in size and sexes as can be, schools mixed, siblings together. The same campers always give the same groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflow_core import Deny, deny


class Member(NamedTuple):
    """A camper, as far as groups go.

    :param reference: of the case; :param sex: ``male``, ``female`` or nothing; :param related: references of guardian and parents: who shares one is a sibling,
        or lives in one household.
    """

    reference: str
    sex: str | None
    school: str
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grouping:
    """Who is in which group.

    :param groups: references by number of the group, from 1, in order of references.
    :param apart: siblings that no group had room for together: all of one household, each.
    """

    groups: Mapping[int, tuple[str, ...]]
    apart: tuple[tuple[str, ...], ...] = ()

    def group_of(self) -> dict[str, int]:
        """The number of each one's group."""
        return {reference: number for number, members in self.groups.items() for reference in members}


class _Room:
    """A group being filled."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.members: list[Member] = []

    def weight(self, of: Sequence[Member]) -> tuple[int, int, int, int]:
        """How little room there is for these: size first, then their sex, then their school; the lower number where all is even."""
        sexes, schools = {one.sex for one in of}, {one.school for one in of}
        alike = sum(one.sex in sexes for one in self.members)
        return len(self.members), alike, sum(one.school in schools for one in self.members), self.number


def make_groups(campers: Iterable[Member], groups: int, size: int) -> Grouping | Deny:
    """Deals campers out to groups.

    Households go first, the largest first, each to the group with the fewest campers; then everybody else, boys and girls of each school in turn. Without
    siblings sizes differ by one at most, and so do the boys, and by two at most the girls; else by as many as the largest household has.

    :param groups: how many there are, one for each tutor; :param size: campers in a group at most.
    :returns: why not, where they do not fit.
    """
    members = sorted(set(campers))
    if groups < 1:
        return deny("there are no groups", hint="name the tutors first, one for each group", code="no_groups")
    if len(members) > groups * size:
        return deny(
            "{n} campers do not fit into {groups} groups of {size}", hint="name more tutors: at least {need}", code="groups_too_few",
            n=len(members), groups=groups, size=size, need=-(-len(members) // size),
        )  # fmt: skip
    rooms = [_Room(number) for number in range(1, groups + 1)]
    apart: list[tuple[str, ...]] = []
    for household in sorted(_households(members), key=_turn):
        room = min(rooms, key=lambda one: one.weight(household))
        if len(room.members) + len(household) <= size:
            room.members += household
            continue
        apart.append(tuple(one.reference for one in household))
        for one in household:
            min((room for room in rooms if len(room.members) < size), key=lambda room: room.weight([one])).members.append(one)
    return Grouping({room.number: tuple(sorted(one.reference for one in room.members)) for room in rooms}, tuple(sorted(apart)))


def _turn(household: list[Member]) -> tuple[int, bool, str, str]:
    """Large households first; then boys before girls, so that each sex is dealt out by itself; then by school and reference."""
    first = household[0]
    return -len(household), first.sex == "female", first.school, first.reference


def _households(members: Sequence[Member]) -> list[list[Member]]:
    """Who shares a guardian or parent with somebody, who shares one with somebody …, is together."""
    top: dict[str, str] = {}

    def head(one: str) -> str:
        while top.setdefault(one, one) != one:
            top[one] = top[top[one]]
            one = top[one]
        return one

    for member in members:
        for relative in member.related:
            top[head(f"relative {relative}")] = head(member.reference)
    together: dict[str, list[Member]] = {}
    for member in members:
        together.setdefault(head(member.reference), []).append(member)
    return list(together.values())
