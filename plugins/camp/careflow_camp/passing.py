"""Seats that stand free while the list of their school has ended: they go to whoever is next by the draw among all who still wait.

The county says by its policy whether that happens by itself; else the leader is told each half day, and decides. Either way it is one plan, stored and shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from careflow_camp.camper import GIVING
from careflow_camp.forms import Camper, Edition, SchoolSeats
from careflow_camp.roles import LEADER
from careflow_camp.rules import CamperCase, EditionCase
from careflow_camp.stages import CONFIRMED, OFFERED, PRESENT, WAITING
from workflow_core import EDUCATION, Batch, Deny, Effect, Escalate, On, RunBatch, SetField, Summary, When, deny, ref

E = ref(Edition)
SEATED = (OFFERED, CONFIRMED, *PRESENT)


class Stands(NamedTuple):
    """A camper, as far as seats go. :param place: in the draw; of who has a seat it does not matter."""

    school: str
    seated: bool
    place: int


class Passed(NamedTuple):
    """What goes where. :param gave, got: seats by school. :param lines: the seats of each school after that."""

    gave: dict[str, int]
    got: dict[str, int]
    lines: tuple[SchoolSeats, ...]


def passed_on(lines: Sequence[SchoolSeats], campers: Iterable[Stands]) -> Passed:
    """Seats nobody of their own school waits for, given to the first by the draw for whom their own school has no seat free.

    A school whose list goes on keeps what it has. Schools give in the order of their names, and no more than somebody takes.
    """
    everybody = list(campers)
    taken = Counter(one.school for one in everybody if one.seated)
    waiting = sorted((one for one in everybody if not one.seated), key=lambda one: one.place)
    lists = {one.school for one in waiting}
    room = {line.school: max(line.seats - taken[line.school], 0) for line in lines}
    next_ones: list[str] = []
    for one in waiting:
        if room.get(one.school, 0):
            room[one.school] -= 1
        else:
            next_ones.append(one.school)
    gave: Counter[str] = Counter()
    for line in lines:
        if line.school not in lists:
            gave[line.school] = min(room[line.school], len(next_ones) - gave.total())
    got = Counter(next_ones[: gave.total()])
    after = {line.school: replace(line, seats=line.seats - gave[line.school] + got[line.school]) for line in lines}
    new = [SchoolSeats(school=name, seats=n) for name, n in got.items() if name not in after]
    every = sorted((*after.values(), *new), key=lambda line: line.school)
    return Passed({name: n for name, n in gave.items() if n}, dict(got), tuple(every))


def _passed_on(case: EditionCase, campers: Iterable[CamperCase]) -> Passed:
    return passed_on(case.record.allotment, [Stands(one.record.school, one.stage != WAITING, one.record.place or 0) for one in campers])


def none_stands_free(case: EditionCase) -> Deny | None:
    """No seat stands free for which nobody of its school waits, while others wait. Everybody is looked at only where a seat is free at all."""
    if not case.count(Camper, WAITING) or case.count(Camper, *SEATED) >= sum(line.seats for line in case.record.allotment):
        return None
    n = sum(_passed_on(case, case.parts(Camper, WAITING, *SEATED)).gave.values())
    return deny("{n} seats stand free whose school has nobody in line", hint="see: care camp seats {ref}", code="seats_free", n=n, ref=case.ref) if n else None


def by_itself(case: EditionCase) -> Deny | None:
    """The county lets such seats go on by themselves."""
    return None if case.policy.seats_go_on else deny("the county has not said so", hint="see: care program policy show camp --county CODE", code="by_hand")


def pass_on(case: EditionCase, campers: Sequence[CamperCase]) -> Iterable[Effect | Deny]:
    """Which school gives how many seats, and which gets them, by the draw."""
    found = _passed_on(case, campers) if case.stage in GIVING else Passed({}, {}, ())
    if not found.gave:
        hint = "seats by school: care camp seats {ref}"
        yield deny("no seat stands free for which nobody of its school waits", hint=hint, code="no_seat_free", ref=case.ref)
        return
    yield Summary({"passed": sum(found.gave.values()), "from": found.gave, "to": found.got})
    yield On(case, [SetField(E.allotment, found.lines)])


PASS_ON: Batch[Any] = Batch(
    "pass_on", "Pass on seats that stand free", of=Edition, over=[(Camper, [WAITING, *SEATED])], plan=pass_on, may=[Edition], by=[EDUCATION, LEADER]
)
STAND_FREE = Escalate(LEADER, "Seats stand free whose school has nobody in line: care camp pass-on gives them to the next of the whole camp")
SEATS_GO_ON = When(by_itself, [RunBatch(PASS_ON)], [STAND_FREE])
