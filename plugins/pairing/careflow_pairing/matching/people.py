"""What a match is told, and what it answers. No names: only references, villages, ages and dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from careflow_pairing.forms import Nearness

Sex: TypeAlias = Literal["male", "female"] | None


@dataclass(frozen=True, kw_only=True)
class Need:
    """A child that waits for a proxy parent.

    :param ref: the place in line where nothing else decides: compared as text.
    :param township: the code of the township in which the child lives.
    :param village: its village's name as written on file; empty where unknown, which is near to nobody.
    :param priority: 1, 2 or 3: 1 is served before 2, 2 before 3.
    :param again: its proxy parent has left: it is served before all who are not.
    :param age: completed years on the day of the match; None where unknown.
    :param household: the same for all children of one household; empty: a household of its own.
    :param consented: the guardian has agreed, and from eight years on the child too.
    :param kin: proxy parents who are relatives by a relation on file.
    :param parents: proxy parents who are its own mother or father: nobody is the proxy of himself.
    :param turned_down: proxy parents with whom a proposal was rejected: none of them is proposed again.
    """

    ref: str
    township: str
    village: str = ""
    priority: int = 3
    again: bool = False
    sex: Sex = None
    age: int | None = None
    household: str = ""
    consented: bool = True
    kin: frozenset[str] = frozenset()
    parents: frozenset[str] = frozenset()
    turned_down: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A proxy parent.

    :param capacity: how many children (or households, where they stay together) at most, those already there among them.
    :param vetted_on: the day of a query without a hit; None where there was none.
    :param barred: a hit, or one of the four cases of 未成年人保护法 art. 22.
    :param near_only: takes only relatives and children of the same village.
    """

    ref: str
    township: str
    village: str = ""
    capacity: int = 1
    sex: Sex = None
    vetted_on: date | None = None
    barred: bool = False
    near_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A pair that there is already: its place is taken, its child is not matched."""

    need: str
    proxy: str
    household: str = ""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the township has set, on the day of the match.

    :param on: the day for which vetting must hold.
    :param revet_months: a query is good for so many months: not on the day itself.
    :param households: children of one household go to one proxy parent, take one place, and are served as the neediest among them.
    :param girls_same_sex: girls of ``adolescent_from`` years and more have a woman.
    :param towns: what single townships have set otherwise, by their code: in a county's match each has its own.
    """

    on: date
    revet_months: int = 12
    households: bool = False
    girls_same_sex: bool = False
    adolescent_from: int = 10
    towns: Mapping[str, Rules] = field(default_factory=dict)

    def of(self, township: str) -> Rules:
        """What a township has set."""
        return self.towns.get(township, self)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A proposal.

    :param tier: the priority that counted: with households the neediest member's.
    :param same_village: whether the villages are the same, relatives or not.
    """

    need: str
    proxy: str
    nearness: Nearness
    tier: int
    same_village: bool


@dataclass(frozen=True, kw_only=True)
class Matching:
    """The best there is.

    :param able_volunteers: proxy parents who may be matched at all: vetted, not barred.
    :param seats: places that these have left.
    :param pairs: by the child's reference.
    :param left: why each other child has none, as a code by its reference: ``no_place``, ``nobody_possible``, ``no_consent``, ``already_paired``,
        ``sibling_elsewhere``.
    """

    able_volunteers: int
    seats: int
    pairs: tuple[Pair, ...]
    left: Mapping[str, str] = field(default_factory=dict)

    @property
    def paired(self) -> int:
        """How many children."""
        return len(self.pairs)

    @property
    def by_priority(self) -> dict[int, int]:
        """How many of each tier: 1, 2, 3."""
        count = Counter(pair.tier for pair in self.pairs)
        return {tier: count[tier] for tier in (1, 2, 3)}

    @property
    def same_village(self) -> int:
        """How many pairs of the same village; relatives from elsewhere are not among them."""
        return sum(pair.same_village for pair in self.pairs)

    @property
    def near(self) -> int:
        """How many pairs of relatives or of the same village: what is made as many as possible."""
        return sum(pair.nearness is not Nearness.TOWNSHIP for pair in self.pairs)
