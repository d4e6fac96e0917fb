"""The exact optimum, by HiGHS (``scipy.optimize.milp``).

Units flow from groups to places: how many of a group go to places of one kind is one whole number. All goals are linear in these, and are reached one after
another: what the first one reached is held while the next is sought, so none is ever weighed against another, and every number stays small.

Where each unit is one child, the first goals are one. The sets of children that can be placed together are the independent sets of a matroid (a transversal
matroid), and in a matroid the set that is the heaviest by *any* falling weights is as large as can be, and has as many of the first rank as can be, then
of the second, and so on. So the ranks weigh 6, 5, 4 …, times one more than there can be near pairs, and a near pair weighs one: a sum far below 2^53. A
household has a weight of its own; there the goals stay apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from careflow_pairing.matching.people import Proxy, Rules
from careflow_pairing.matching.units import Places, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]

RANKS = 6
"""``Unit.rank`` is below."""

Placed: TypeAlias = list[tuple[Unit, Proxy]]
Edge: TypeAlias = tuple[int, int, int]
"""Which group, which places, and how many children of each unit are near there."""


def edges(groups: Sequence[Sequence[Unit]], places: Sequence[Places], rules: Rules) -> list[Edge]:
    """Who may go where. All of a group are alike, and so are all of a kind of places: one of each is asked."""
    by_township: dict[str, list[int]] = {}
    named: dict[str, int] = {}
    for number, kind in enumerate(places):
        by_township.setdefault(kind.proxies[0].township, []).append(number)
        named.update({proxy.ref: number for proxy in kind.proxies})
    found: list[Edge] = []
    for group, alike in enumerate(groups):
        unit = alike[0]
        reach = {number for one in unit.members for number in by_township.get(one.township, ())}
        reach |= {named[ref] for one in unit.members for ref in one.kin if ref in named}
        for number in sorted(reach):
            proxy = places[number].proxies[0]
            if not unit.forbids(proxy, rules):
                found.append((group, number, unit.near(proxy)))
    return found


def components(found: Sequence[Edge]) -> list[list[Edge]]:
    """Parts of the problem that have nothing to do with one another: most often the townships."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def top(one: tuple[str, int]) -> tuple[str, int]:
        while (above := root.setdefault(one, one)) != one:
            root[one] = root[above]
            one = above
        return one

    for group, kind, _ in found:
        root[top(("group", group))] = top(("kind", kind))
    parts: dict[tuple[str, int], list[Edge]] = {}
    for edge in found:
        parts.setdefault(top(("group", edge[0])), []).append(edge)
    return list(parts.values())


def solve(groups: Sequence[Sequence[Unit]], places: Sequence[Places], rules: Rules) -> Placed:
    """As many children as there are places; then by rank; then as many near pairs as can be; then those in front of the line, and everybody's first place."""
    placed: Placed = []
    for part in components(edges(groups, places, rules)):
        placed += _Part(groups, places, part).solve()
    return placed


class _Part:
    """One part of the problem."""

    def __init__(self, groups: Sequence[Sequence[Unit]], places: Sequence[Places], part: Sequence[Edge]) -> None:
        import numpy as np

        own, kinds = sorted({edge[0] for edge in part}), sorted({edge[1] for edge in part})
        self._groups = [groups[one] for one in own]
        self._places = [places[one].each() for one in kinds]
        where_group, where_kind = {one: n for n, one in enumerate(own)}, {one: n for n, one in enumerate(kinds)}
        self._from = np.array([where_group[edge[0]] for edge in part])
        self._to = np.array([where_kind[edge[1]] for edge in part])
        self._near = np.array([float(edge[2]) for edge in part])
        self._rank = np.array([float(group[0].rank) for group in self._groups])[self._from]
        self._size = np.array([float(len(group[0].members)) for group in self._groups])[self._from]

    def solve(self) -> Placed:
        """Who goes where."""
        import numpy as np

        flow, held = self._most()
        units, seats = np.ones(sum(map(len, self._groups))), np.ones(sum(map(len, self._places)))
        if not flow.sum() == len(units) == len(seats):
            units, seats = self._first_in_line(held)
        return self._hand_out(self._near_in_front(units, seats), units, seats)

    def _goals(self) -> list[tuple[Numbers, list[Numbers]]]:
        """What is sought in turn, each with what is held once it is reached: a number for each edge."""
        import numpy as np

        ranks = np.unique(self._rank)
        of_rank = [self._size * (self._rank == rank) for rank in ranks]
        if self._size.max() > 1:
            return [(goal, [goal]) for goal in (self._size, *of_rank, self._near)]
        most = min(sum(map(len, self._groups)), sum(map(len, self._places)))
        weight = self._near + sum((len(ranks) - n) * (most + 1) * mine for n, mine in enumerate(of_rank))
        return [(weight, [*of_rank, self._near])]

    def _most(self) -> tuple[Numbers, list[tuple[Numbers, float]]]:
        """How many go along each edge, and what was reached."""
        import numpy as np

        room, count = self._room(), len(self._near)
        most = np.array([len(some) for some in (*self._groups, *self._places)], dtype=float)
        held: list[tuple[Numbers, float]] = []
        flow = np.zeros(count)
        for goal, then in self._goals():
            flow = _maximise(goal, [(room, 0 * most, most), *map(_exactly, held)], upper=None)
            held += [(measure, float(measure @ flow)) for measure in then]
        return flow, held

    def _room(self) -> Any:
        """A row for each group and for each kind of places: the edges that it has."""
        import numpy as np
        from scipy.sparse import csr_array

        every = np.arange(len(self._near))
        rows = np.concatenate([self._from, self._to + len(self._groups)])
        return csr_array((np.ones(2 * len(every)), (rows, np.concatenate([every, every]))))

    def _near_in_front(self, units: Numbers, seats: Numbers) -> Numbers:
        """How many go along each edge, where it is known who goes and which places are taken: as many near pairs as ever, rather of those in front."""
        import numpy as np

        ends_units = np.cumsum([0, *map(len, self._groups)])
        ends_seats = np.cumsum([0, *map(len, self._places)])
        full = np.concatenate([np.add.reduceat(units, ends_units[:-1]), np.add.reduceat(seats, ends_seats[:-1])])
        children = sum(len(unit.members) for group in self._groups for unit in group)
        goal = self._near * (RANKS * (children + 1) + RANKS - self._rank)  # one near pair more is worth more than all that the ranks can weigh
        return _maximise(goal, [(self._room(), full, full)], upper=None)

    def _first_in_line(self, held: Sequence[tuple[Numbers, float]]) -> tuple[Numbers, Numbers]:
        """Of all that reach as much: those in front of the line, and the first places. Which units, and which places."""
        import numpy as np
        from scipy.sparse import coo_array

        count, units, seats = len(self._near), sum(map(len, self._groups)), sum(map(len, self._places))
        of_unit = np.repeat(np.arange(len(self._groups)), [len(group) for group in self._groups])
        of_seat = np.repeat(np.arange(len(self._places)), [len(kind) for kind in self._places]) + len(self._groups)
        rows = np.concatenate([self._from, self._to + len(self._groups), of_unit, of_seat])
        columns = np.concatenate([np.arange(count), np.arange(count), np.arange(units + seats) + count])
        values = np.concatenate([np.ones(2 * count), -np.ones(units + seats)])
        balance = coo_array((values, (rows, columns))).tocsr()
        none = np.zeros(balance.shape[0])
        line = _places_in([unit.order for group in self._groups for unit in group])
        first = _places_in([(number, proxy.ref) for kind in self._places for number, proxy in kind])
        goal = np.concatenate([np.zeros(count), units - line, seats - first])
        rest = np.zeros(units + seats)
        constraints = [(balance, none, none), *(_exactly((np.concatenate([measure, rest]), reached)) for measure, reached in held)]
        upper = np.concatenate([np.full(count, np.inf), np.ones(units + seats)])
        found = _maximise(goal, constraints, upper)
        return found[count : count + units], found[count + units :]

    def _hand_out(self, flow: Numbers, units: Numbers, seats: Numbers) -> Placed:
        """Each unit its place: who is in front of the line goes near where the group has both."""
        which, whose = iter(units.tolist()), iter(seats.tolist())
        going = [[unit for unit in group if next(which)] for group in self._groups]
        taken = [[proxy for _, proxy in kind if next(whose)] for kind in self._places]
        order = sorted(range(len(flow)), key=lambda edge: (-self._near[edge], edge))
        return [(going[self._from[edge]].pop(0), taken[self._to[edge]].pop(0)) for edge in order for _ in range(int(flow[edge]))]


def _places_in(keys: Sequence[tuple[Any, ...]]) -> Numbers:
    """For each key its place in their order, from 0."""
    import numpy as np

    found = np.empty(len(keys))
    found[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return found


def _exactly(held: tuple[Numbers, float]) -> tuple[Any, Any, Any]:
    """A measure that stays as it is."""
    return held[0].reshape(1, -1), held[1], held[1]


def _maximise(goal: Numbers, constraints: Sequence[tuple[Any, Any, Any]], upper: Numbers | None) -> Numbers:
    """The whole numbers, from 0 up, that have the most of ``goal``.

    First as a linear program: where its answer is whole, nothing whole can be better. For single children it always is (what is held is a face of the polytope
    of flows, whose corners are whole); for households most often.

    :raises RuntimeError: the solver did not get to the end; there is always an answer, so this is a fault of the solver, or of the machine.
    """
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    limits = [LinearConstraint(*one) for one in constraints]
    bounds = Bounds(0, np.inf if upper is None else upper)
    for whole in (False, True):
        answer = milp(-goal, integrality=np.full(len(goal), whole), bounds=bounds, constraints=limits, options={"mip_rel_gap": 0})
        if answer.status != 0:
            raise RuntimeError(f"HiGHS: {answer.message}")
        found: Numbers = np.rint(answer.x)
        if np.abs(found - answer.x).max() < 1e-6:
            break
    return found
