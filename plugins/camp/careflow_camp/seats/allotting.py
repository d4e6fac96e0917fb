"""The four methods. Each gives whole seats that add up, never more than a school has children, and names whom it had to choose between.

Largest remainder (Hamilton): each gets the whole part of its share; what is left goes to the largest remainders. The other three hand out seat after seat,
each to the greatest quotient: children by 1, 2, 3 … (D'Hondt, Jefferson), by 1, 3, 5 … (Sainte-Laguë, Webster), by the geometric mean of the seats it has and
would have (Huntington–Hill), of which the squares are compared, so that no root is taken. See M. Balinski, H. P. Young: Fair Representation (1982).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heapreplace

from careflow_camp.forms import Method
from careflow_camp.seats.asked import Asked, School, checked
from workflow_core import deny

TIE_RULE = deny("equal claims: first the school with more children, then by name", code="tie_rule")
"""How a tie is broken. By name means by the code points of its letters: the same on every machine."""


@dataclass(frozen=True)
class Tie:
    """Schools with equal claims to the last seats; ``TIE_RULE`` chose.

    :param names: all of them; :param got: those that got a seat.
    """

    names: tuple[str, ...]
    got: tuple[str, ...]


@dataclass(frozen=True)
class Allotment:
    """Who gets how many.

    :param seats: by name, in the order the counts came; :param unused: what nobody can take, because every school has as many as children, or its limit.
    """

    method: Method
    seats: Mapping[str, int]
    tie: Tie | None
    unused: int

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        tie = None if self.tie is None else {"between": list(self.tie.names), "got": list(self.tie.got), "rule": TIE_RULE.text()}
        return {"seats": dict(self.seats), "method": self.method.name.lower().replace("_", "-"), "tie": tie, "unused": self.unused}


def allot(
    counts: Iterable[tuple[str, object]], seats: int, method: Method = Method.LARGEST_REMAINDER, *, at_least: int = 0, capacity: Mapping[str, int] | None = None
) -> Allotment:
    """Allots seats in proportion to children.

    :param counts: name and number of children; a school without children gets none. Their order does not matter.
    :param at_least: for each school that has so many children.
    :param capacity: what a school can take at most, where that is less than its children: so many were nominated. What it leaves goes round again.
    :raises SeatsRefused: with everything that is wrong, at once.
    """
    asked = checked(counts, seats, at_least, capacity)
    left = asked.seats - sum(school.most for school in asked.schools)
    if left >= 0:
        given, tie = {school.name: school.most for school in asked.schools}, None
    elif method is Method.LARGEST_REMAINDER:
        given, tie = _by_remainder(asked)
    else:
        given, tie = _by_quotient(asked, method)
    return Allotment(method, {name: given.get(name, 0) for name in asked.names}, tie, max(0, left))


def reserve_of(seats: int, percent: int) -> int:
    """By how many a school may nominate beyond its seats, rounded up."""
    return -(-seats * percent // 100)


def _turn(school: School) -> tuple[int, str]:
    """``TIE_RULE``, the first in line least."""
    return -school.children, school.name


# ------------------------------------------------------------------ the largest remainder


def _by_remainder(asked: Asked) -> tuple[dict[str, int], Tie | None]:
    """Hamilton: each gets the whole part of its share of all seats, and what is left goes to the largest remainders.

    Who must have more than its share, or can take no more, gets that. As long as the largest remainders can make up for it, everybody else keeps the share that
    can be worked out by hand: seats × children by all children (so Congress gave Nevada its one seat in 1882). Else shares are worked out anew, smaller or
    larger for everybody who has neither.
    """
    children = sum(school.children for school in asked.schools)
    given, rest = _whole_parts(asked, Fraction(asked.seats, children))
    if not 0 <= asked.seats - sum(given.values()) <= sum(1 for remainder, _ in rest if remainder):
        given, rest = _whole_parts(asked, _rate(asked))
    left = asked.seats - sum(given.values())
    for _, school in rest[:left]:
        given[school.name] += 1
    if not 0 < left < len(rest) or rest[left - 1][0] != rest[left][0]:
        return given, None
    equal = [(n, school.name) for n, (remainder, school) in enumerate(rest) if remainder == rest[left][0]]
    return given, Tie(tuple(name for _, name in equal), tuple(name for n, name in equal if n < left))


def _whole_parts(asked: Asked, rate: Fraction) -> tuple[dict[str, int], list[tuple[int, School]]]:
    """What each gets for sure; and the remainders of those who are within their bounds, the largest first."""
    given: dict[str, int] = {}
    rest: list[tuple[int, School]] = []
    for school in asked.schools:
        share = rate.numerator * school.children
        if school.least * rate.denominator <= share <= school.most * rate.denominator:
            given[school.name], remainder = divmod(share, rate.denominator)
            rest.append((remainder, school))
        else:
            given[school.name] = school.least if share < school.least * rate.denominator else school.most
    return given, sorted(rest, key=lambda one: (-one[0], _turn(one[1])))


def _rate(asked: Asked) -> Fraction:
    """Seats for each child at which all shares, each held within its school's bounds, add up to the seats.

    The sum grows along straight pieces; between them a school leaves its least or reaches its most. The piece that meets the seats gives the rate, exactly.
    """
    bends = [(Fraction(school.least, school.children), False, school) for school in asked.schools]
    bends += [(Fraction(school.most, school.children), True, school) for school in asked.schools]
    bends.sort(key=lambda one: one[:2])
    fixed, growing = sum(school.least for school in asked.schools), 0
    at = Fraction(0)
    for at, reached, school in bends:
        if fixed * at.denominator + growing * at.numerator >= asked.seats * at.denominator:
            break
        fixed += school.most if reached else -school.least
        growing += -school.children if reached else school.children
    return Fraction(asked.seats - fixed, growing) if growing else at


# ------------------------------------------------------------------ quotients


class _Claim:
    """A school's claim to its next seat; the greatest claim is least, as a heap wants it. Quotients are compared by multiplying crosswise."""

    __slots__ = ("by", "has", "method", "school", "value")

    def __init__(self, school: School, has: int, method: Method) -> None:
        self.school, self.has, self.method = school, has, method
        if method is Method.HUNTINGTON_HILL:
            self.value, self.by = school.children**2, has * (has + 1)
        else:
            self.value, self.by = school.children, has + 1 if method is Method.DHONDT else 2 * has + 1

    def __lt__(self, other: _Claim) -> bool:
        mine, its = self.value * other.by, other.value * self.by
        return mine > its if mine != its else _turn(self.school) < _turn(other.school)

    def equals(self, other: _Claim) -> bool:
        """Neither is greater. A first seat by Huntington–Hill is beyond all numbers: of two of those the one with more children is greater."""
        if not self.by or not other.by:
            return self.by == other.by and self.value == other.value
        return self.value * other.by == other.value * self.by

    def next(self) -> _Claim:
        """The school's claim when it has this seat."""
        return _Claim(self.school, self.has + 1, self.method)


def _by_quotient(asked: Asked, method: Method) -> tuple[dict[str, int], Tie | None]:
    """Each gets what it must have, then seat after seat goes to the greatest claim."""
    given = {school.name: school.least for school in asked.schools}
    claims = [_Claim(school, school.least, method) for school in asked.schools if school.least < school.most]
    heapify(claims)
    won: dict[str, _Claim] = {}
    last: _Claim | None = None
    for _ in range(asked.seats - sum(given.values())):
        last = claims[0]
        won[last.school.name] = last
        given[last.school.name] += 1
        if given[last.school.name] < last.school.most:
            heapreplace(claims, last.next())
        else:
            heappop(claims)
    lost = [claim for claim in claims if last is not None and claim.equals(last)]
    if last is None or not lost:
        return given, None
    got = [claim for claim in won.values() if claim.equals(last)]
    return given, Tie(tuple(claim.school.name for claim in sorted(got + lost)), tuple(claim.school.name for claim in sorted(got)))
