"""Decisions over many at once: the seats, the frozen list, the draw, the groups. Each is pure, is stored before it is carried out, and is carried out once.

Of a list that is frozen nothing is left to whoever draws: the plan refuses another list, another secret, and a second draw.
"""

from __future__ import annotations

# isort: off
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from careflow_camp import draw as lots
from careflow_camp import forms
from careflow_camp.camper import LINE_UP
from careflow_camp.deciding import COMMIT, DRAW_DONE, LIST_FROZEN, SEATS_ALLOTTED, value_to_come
from careflow_camp.forms import Camper, Edition, GroupsInput, Reveal, SchoolSeats, SeatsInput
from careflow_camp.grouping import Member, make_groups
from careflow_camp.ledgers import COMING, EVER_LISTED
from careflow_camp.papers import BADGE
from careflow_camp.policy import Policy
from careflow_camp.roles import LEADER
from careflow_camp.rules import CamperCase, EditionCase, is_left_behind, is_old_enough
from careflow_camp.seats import SeatsRefused, allot, reserve_of
from careflow_camp.stages import ALLOTTED, ANNOUNCED, DRAWN, FROZEN, NO_SEAT, OFFERED, POOL, READY, RUNNING, WITHDRAWN
from workflow_core import CHILD, COUNTY_OFFICE, EDUCATION, SUPERVISOR, Batch, Child, Deny, Desk, Do, Draft, Effect, Fire, On, SetField, Summary, deny, ref

E, C = ref(Edition), ref(Camper)


class Counted(NamedTuple):
    """The children of a division that a camp is for.

    :param schools: how many, by school as their files have it. :param without: how many have no school there.
    :param unknown: how many are not counted because their files do not say whether the parents are away, or are provisional.
    """

    schools: dict[str, int]
    without: int
    unknown: int

    def told(self) -> dict[str, Any]:
        """For a plan's summary."""
        children = sum(self.schools.values()) + self.without
        return {"schools": self.schools, "without_school": self.without, "children": children, "left_behind_unknown": self.unknown}


def counted(children: Iterable[Child], policy: Policy) -> Counted:
    """Who is left behind and of the policy's grade."""
    found, unknown = Counter[str](), 0
    for one in children:
        if is_old_enough(one, policy) is not None:
            continue
        against = is_left_behind(one)
        if against is None:
            found[one.school] += 1
        else:
            unknown += against.code != "not_left_behind"
    without = found.pop("", 0)
    return Counted(dict(sorted(found.items())), without, unknown)


def count(desk: Desk[Policy], children: Sequence[Child]) -> Iterable[Effect | Deny]:
    """How many children of a division a camp is for, by school. It decides nothing."""
    yield Summary(counted(children, desk.policy).told())


def nobody_counted(unknown: int) -> Deny:
    """Why the registry gives no seats to anybody."""
    return deny(
        "the registry has no left-behind child of the grade here; {n} files do not say whether the parents are away",
        hint="complete the files, `care child edit` or a roster with that column; or give the counts: --from FILE", code="no_children", n=unknown,
    )  # fmt: skip


def allot_seats(case: EditionCase, children: Sequence[Child], asked: SeatsInput) -> Iterable[Effect | Deny]:
    """Seats for each school in proportion to its left-behind children, and by how many it may nominate beyond them."""
    if case.stage not in (ANNOUNCED, ALLOTTED):
        yield deny("seats are allotted when the camp is announced, and before nominations open", hint="see: care case show {ref}", code="not_now", ref=case.ref)
        return
    own = counted(children, case.policy) if not asked.counts else Counted({}, 0, 0)
    counts = [(one.school, one.children) for one in asked.counts] or [*own.schools.items()]
    if not counts:
        yield nobody_counted(own.unknown)
        return
    record = case.record
    try:
        found = allot(counts, record.seats, record.method, at_least=record.at_least)
    except SeatsRefused as no:
        yield from no.why
        return
    if found.unused:
        hint = "lower the number of seats first: care case edit {ref} --set seats={enough}"
        if case.stage == ALLOTTED:
            hint = "the county office puts the camp back first: care case override {ref} announced; then: care case edit {ref} --set seats={enough}"
        yield deny(
            "{n} seats more than children that the camp is for", hint=hint, code="seats_left", n=found.unused, ref=case.ref, enough=record.seats - found.unused,
        )  # fmt: skip
        return
    children_of = dict(counts)
    lines = tuple(
        SchoolSeats(school=name, children=children_of[name], seats=seats, reserve=reserve_of(seats, case.policy.reserve_percent))
        for name, seats in sorted(found.seats.items())
    )
    yield Summary({**found.as_dict(), "children": sum(children_of.values()), "without_school": own.without, "left_behind_unknown": own.unknown,
                   "not_on_file": sorted({*children_of} - {one.school for one in children})})  # fmt: skip
    yield On(case, [SetField(E.allotment, lines)])


def freeze(case: EditionCase, pool: Sequence[CamperCase]) -> Iterable[Effect | Deny]:
    """Publishes the list's SHA-256. What a school has not nominated for goes round again, among those that have."""
    if case.stage != FROZEN or case.results(LIST_FROZEN):
        yield deny("the list is frozen when nominations close, and once", code="not_now")
        return
    record = case.record
    against = value_to_come(case)
    if against is not None:
        yield against
        return
    try:
        digest = lots.digest(lots.frozen_list(listed(pool)))
    except lots.DrawRefused as no:
        yield from no.why
        return
    lines = round_again(record, Counter(one.record.school for one in pool))
    yield Summary({"digest": digest, "listed": len(pool), "seats": {line.school: line.seats for line in lines}})
    said = forms.Frozen(digest=digest, listed=len(pool), public_source=record.public_source, public_on=record.public_on)
    changes: list[Effect] = [Do(LIST_FROZEN, said)]
    if lines != case.record.allotment:
        changes.append(SetField(E.allotment, lines))
    yield On(case, changes)


def round_again(record: Edition, nominated: Counter[str]) -> tuple[SchoolSeats, ...]:
    """What a school has not nominated for goes to those that have; nobody loses a seat that was published and that it can fill."""
    capacity = {line.school: nominated[line.school] for line in record.allotment}
    if not any(capacity.values()):
        return record.allotment
    kept = {line.school: min(line.seats, capacity[line.school]) for line in record.allotment}
    more = {line.school: capacity[line.school] - kept[line.school] for line in record.allotment}
    free = record.seats - sum(kept.values())
    if free <= 0 or not any(more.values()):
        return record.allotment if free <= 0 else _with(record, kept)
    try:
        room = {name: n for name, n in more.items() if n}
        found = allot([(line.school, line.children) for line in record.allotment if line.school in room], free, record.method, capacity=room)
    except SeatsRefused:  # who was counted by hand may have fewer children on the list than it has nominated
        return record.allotment
    return _with(record, {name: seats + found.seats.get(name, 0) for name, seats in kept.items()})


def _with(record: Edition, seats: Mapping[str, int]) -> tuple[SchoolSeats, ...]:
    return tuple(replace(line, seats=seats[line.school]) for line in record.allotment)


def listed(pool: Iterable[CamperCase]) -> list[lots.Entry]:
    """Who is drawn for, as the list names them: by tier and reference, never by name."""
    return [lots.Entry(one.record.tier, one.ref) for one in pool]


def draw(case: EditionCase, pool: Sequence[CamperCase], asked: Reveal) -> Iterable[Effect | Deny]:
    """Everybody on the frozen list gets the place that secret and public value give; nobody chooses anything."""
    against = _against(case, pool, asked)
    if against:
        yield from against
        return
    order = lots.draw(listed(pool), lots.seed(asked.secret, asked.public_value))
    drawn = {one.reference: (place, one.lot) for place, one in enumerate(order, 1)}
    digest = lots.digest(lots.order_text(order))
    yield Summary({"drawn": len(order), "order_digest": digest, "list_digest": case.record.digest})
    yield On(case, [SetField(E.order_digest, digest)])
    for one in pool:
        place, lot = drawn[one.ref]
        yield On(one, [Fire(LINE_UP, set=[SetField(C.place, place), SetField(C.lot, lot)])])


def _against(case: EditionCase, pool: Sequence[CamperCase], asked: Reveal) -> list[Deny]:
    """All that speaks against a draw. What was published is asked of what was entered then, not of the record: that can be corrected, this cannot."""
    if case.results(DRAW_DONE):
        return [deny("it has been drawn; nobody draws again", hint="look at it: care camp verify {ref}", code="drawn_already", ref=case.ref)]
    if case.stage != FROZEN:
        return [deny("nothing is drawn before nominations are closed", hint="close them: care camp close {ref}", code="not_frozen", ref=case.ref)]
    if case.record.order_digest:
        hint = "mend what stood against it, and draw again with the same secret and value: see care batch list"
        return [deny("a draw is begun and not carried out to its end", hint=hint, code="draw_begun")]
    promised, frozen = case.last(COMMIT), case.last(LIST_FROZEN)
    if frozen is None:
        return [deny("the list is not frozen yet", hint="the clock does it: care tick", code="not_frozen")]
    if frozen.public_on is not None and case.today < frozen.public_on:
        hint = "wait for it: the draw takes the value that the notice names, and no other"
        return [deny("the public value comes out on {day}", hint=hint, code="public_not_out", day=frozen.public_on)]
    found = [lots.secret_fits(asked.secret, promised.commitment if promised is not None else ""), lots.public_value_fits(asked.public_value)]
    try:
        if lots.digest(lots.frozen_list(listed(pool))) != frozen.digest:
            found.append(_another_list(case))
    except lots.DrawRefused as no:
        found += no.why
    return [one for one in found if one is not None]


def _another_list(case: EditionCase) -> Deny:
    return deny(
        "the list is not the one that was frozen", hint="who has left it since, or was changed? care case list --whole {ref} --all",
        code="list_changed", ref=case.ref,
    )  # fmt: skip


def group(case: EditionCase, confirmed: Sequence[CamperCase], asked: GroupsInput) -> Iterable[Effect | Deny]:
    """Who is in which group, with which tutor. Made anew it may put anybody elsewhere."""
    if case.stage not in (DRAWN, READY, RUNNING):
        yield deny("groups are made of those who are confirmed", hint="draw first: care camp draw {ref}", code="not_now", ref=case.ref)
        return
    numbers = [one.number for one in asked.groups]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield deny("groups are numbered 1, 2, 3 …, each once", hint="correct the numbers", code="group_numbers")
        return
    members = [Member(one.ref, one.child.sex, one.record.school, one.child.related) for one in confirmed]
    made = make_groups(members, len(numbers), case.policy.group_size)
    if isinstance(made, Deny):
        yield made
        return
    tutors, of = {one.number: one for one in asked.groups}, made.group_of()
    yield Summary({"groups": {str(number): len(refs) for number, refs in made.groups.items()}, "siblings_apart": [list(refs) for refs in made.apart]})
    yield On(case, [SetField(E.groups, asked.groups)])
    for one in confirmed:
        tutor = tutors[of[one.ref]]
        changes: list[Effect] = [SetField(C.group, tutor.number), SetField(C.tutor, tutor.tutor), SetField(C.tutor_phone, tutor.phone)]
        yield On(one, [*changes, *([] if one.paper(BADGE) else [Draft(BADGE)])])


def audit(case: EditionCase, campers: Sequence[CamperCase]) -> Iterable[Effect | Deny]:
    """What was published, the list and the order as the office has them, and the first thing that does not fit. It decides nothing."""
    promised, frozen, revealed = case.last(COMMIT), case.last(LIST_FROZEN), case.last(DRAW_DONE)
    if frozen is None:
        yield deny("the list is not frozen yet", hint="nominations are still open: care case show {ref}", code="not_frozen", ref=case.ref)
        return
    drawn = sorted((one for one in campers if one.record.place is not None), key=lambda one: one.record.place or 0)
    entries = drawn if revealed is not None else [one for one in campers if one.stage == POOL]
    order = lots.order_text(lots.Lot(one.record.tier, one.record.lot, one.ref) for one in drawn)
    try:
        text = lots.frozen_list(listed(entries))
    except lots.DrawRefused as no:
        yield from no.why
        return
    why = None
    if revealed is not None:
        why = lots.verify(
            commitment=promised.commitment if promised is not None else "", digest=frozen.digest, secret=revealed.secret,
            public_value=revealed.public_value, listed=text.encode(), order=order.encode(),
        )  # fmt: skip
    elif lots.digest(text) != frozen.digest:
        why = _another_list(case)
    if why is None and (case.record.public_source, case.record.public_on) != (frozen.public_source, frozen.public_on):
        hint = "who changed it, and why? care case history {ref}"
        why = deny("another public value is named than when the list was frozen", hint=hint, code="public_changed", ref=case.ref)
    why = why or _out_of_order(case, drawn)
    yield Summary({
        "commitment": "" if promised is None else promised.commitment, "digest": frozen.digest, "listed": frozen.listed, "drawn": revealed is not None,
        "secret": "" if revealed is None else revealed.secret, "public_value": "" if revealed is None else revealed.public_value,
        "public_source": frozen.public_source, "public_on": None if frozen.public_on is None else str(frozen.public_on),
        "order_digest": lots.digest(order) if order else "", "list": text, "order": order,
        "why": None if why is None else {"code": why.code, "reason": why.reason, "hint": why.hint, "values": dict(why.values)},
    })  # fmt: skip


def _out_of_order(case: EditionCase, drawn: Sequence[CamperCase]) -> Deny | None:
    """Whether a school's seats went down its list as it was drawn: nobody is offered one while somebody before it is waiting.

    :param drawn: by place.
    """
    next_offer: dict[str, tuple[date, str]] = {}
    for one in reversed(drawn):
        offered = one.entered(OFFERED)
        left = min((day for day in (offered, *(one.entered(stage) for stage in (WITHDRAWN, NO_SEAT))) if day is not None), default=date.max)
        day, later = next_offer.get(one.record.school, (date.max, ""))
        if later and day < left:
            hint = "look at both: care case history {earlier}; whoever was suspended that day is passed over"
            return deny("{later} was offered a seat while {earlier} stood before it", hint=hint, code="offered_out_of_order", later=later, earlier=one.ref,
                        ref=case.ref)  # fmt: skip
        if offered is not None and offered <= day:
            next_offer[one.record.school] = (offered, one.ref)
    return None


ALLOT: Batch[Any] = Batch(
    "allot", "Allot the seats", of=Edition, over=CHILD, plan=allot_seats, form=SeatsInput, may=[Edition], by=[EDUCATION], then=SEATS_ALLOTTED
)
FREEZE: Batch[Any] = Batch("freeze", "Freeze the list", of=Edition, over=[(Camper, [POOL])], plan=freeze, may=[Edition, LIST_FROZEN])
DRAW: Batch[Any] = Batch(
    "draw",
    "Draw",
    of=Edition,
    over=[(Camper, [POOL])],
    plan=draw,
    form=Reveal,
    may=[Edition, LINE_UP, Camper],
    by=[EDUCATION],
    then=DRAW_DONE,
    settled=True,
)
GROUPING: Batch[Any] = Batch(
    "groups", "Make the groups", of=Edition, over=[(Camper, COMING)], plan=group, form=GroupsInput, may=[Edition, Camper, BADGE],
    by=[LEADER],
)  # fmt: skip
AUDIT: Batch[Any] = Batch(
    "audit", "Look whether the draw was made as it should be", of=Edition, over=[(Camper, EVER_LISTED)], plan=audit, may=[Edition],
    by=[EDUCATION, COUNTY_OFFICE, LEADER],
)  # fmt: skip
COUNT: Batch[Any] = Batch(
    "count", "Count the children that a camp is for", over=CHILD, plan=count, may=[Edition], by=[EDUCATION, COUNTY_OFFICE, SUPERVISOR, LEADER]
)
BATCHES = (COUNT, ALLOT, FREEZE, DRAW, GROUPING, AUDIT)
