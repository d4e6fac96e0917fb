"""A task that comes once for each of several follows what they are, and loses nothing that was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.calls import COOK, GREET, THANK, VET, WEEKLY, calling
from tests.engine.conftest import TOWNSHIP, Town
from workflow_core.errors import Misused, Refused

TownOf = Callable[..., Town]


def groups(*numbers: int, on: str | None = None) -> list[dict[str, Any]]:
    return [{"number": one, "meets_on": on} for one in numbers]


def begun(town: Town, parties: dict[str, Any] | None = None, **record: Any) -> str:
    """A camp that runs."""
    ref = town.engine.open(town.teacher, "calling.camp", TOWNSHIP, record, parties=parties).ref
    town.advance(ref, "begin")
    return ref


def edit(town: Town, ref: str, **record: Any) -> None:
    town.engine.edit(town.teacher, ref, record, "it was decided so")


def told(town: Town, ref: str, name: str) -> list[tuple[str, str]]:
    """Each row of a task: which, and how it stands."""
    return [(one["about"], one["state"]) for one in town.rows(ref, name)]


def due(town: Town, ref: str, name: str) -> dict[str, str | None]:
    """By when the open ones are due."""
    return {one["about"]: one["due"] for one in town.rows(ref, name) if one["state"] == "open"}


def test_one_task_for_each_and_each_tells_which(town_of: TownOf) -> None:
    """In the case, in the inbox, in its history."""
    town = town_of(calling(VET))
    ref = begun(town, groups=groups(1, 2))
    assert told(town, ref, "vet") == [("1", "open"), ("2", "open")]
    assert sorted(one.about for one in town.inbox(town.teacher)) == ["1", "2"]
    assert [one["about"] for event in town.events(ref) for one in event["says"].get("did", ()) if one["what"] == "task_opened"] == ["1", "2"]


def test_each_is_done_by_itself_and_the_task_is_finished_when_all_are(town_of: TownOf) -> None:
    """A name alone is not enough where several are open: it is said which there are."""
    town = town_of(calling(VET, then=VET))
    ref = begun(town, groups=groups(1, 2))
    with pytest.raises(Misused) as caught:
        town.do(f"{ref}.vet")
    assert (caught.value.code, caught.value.context["refs"]) == ("task_ambiguous", f"{ref}.vet:1, {ref}.vet:2")
    town.do(f"{ref}.vet:2")
    assert told(town, ref, "vet") == [("1", "open"), ("2", "done")]
    with pytest.raises(Refused):
        town.advance(ref, "end")
    town.do(f"{ref}.vet")
    town.advance(ref, "end")
    assert town.stage(ref) == "over"


def test_who_comes_is_asked_for_who_leaves_is_not_and_what_was_done_stays(town_of: TownOf) -> None:
    """Who comes back is asked for again, unless that was done."""
    town = town_of(calling(VET, then=VET))
    ref = begun(town, groups=groups(1, 2))
    town.do(f"{ref}.vet:1")
    edit(town, ref, groups=groups(3))
    assert told(town, ref, "vet") == [("1", "done"), ("2", "closed"), ("3", "open")]
    town.do(f"{ref}.vet:3")
    edit(town, ref, groups=groups(1, 2, 3))
    assert told(town, ref, "vet") == [("1", "done"), ("2", "closed"), ("3", "done"), ("2", "open")]
    edit(town, ref, groups=[])
    town.advance(ref, "end")


def test_each_has_a_due_date_of_its_own_that_moves_with_it(town_of: TownOf) -> None:
    """Counted from a field of the one of several; late by itself."""
    town = town_of(calling(VET))
    ref = begun(town, groups=[*groups(1, on="2026-09-05"), *groups(2, on="2026-09-20")])
    assert due(town, ref, "vet") == {"1": "2026-09-04", "2": "2026-09-19"}
    edit(town, ref, groups=[*groups(1, on="2026-09-05"), *groups(2, on="2026-09-25"), *groups(4)])
    assert due(town, ref, "vet") == {"1": "2026-09-04", "2": "2026-09-24", "4": None}
    town.wait(days=5)
    assert [one["kind"] for one in town.events(ref)].count("task_late") == 1


def test_of_days_the_day_is_the_due_date(town_of: TownOf) -> None:
    """A day that moves is another day; the cooking that was done stays done."""
    town = town_of(calling(COOK))
    ref = begun(town, days=["2026-09-05", "2026-09-06"])
    assert due(town, ref, "cook") == {"2026-09-05": "2026-09-05", "2026-09-06": "2026-09-06"}
    town.do(f"{ref}.cook:2026-09-05")
    edit(town, ref, days=["2026-09-07", "2026-09-08"])
    assert due(town, ref, "cook") == {"2026-09-07": "2026-09-07", "2026-09-08": "2026-09-08"}
    assert ("2026-09-05", "done") in told(town, ref, "cook")


def test_members_named_by_a_function_are_followed_by_the_clock(town_of: TownOf) -> None:
    """Parts that come and go elsewhere."""
    town = town_of(calling(GREET))
    ref = begun(town)
    first, second = (town.engine.open(town.teacher, "calling.member", town.child(), {}, whole=ref).ref for _ in range(2))
    town.wait()
    assert told(town, ref, "greet") == [(first, "open"), (second, "open")]
    town.do(f"{ref}.greet:{first}")
    town.advance(first, "leave")
    town.advance(second, "leave")
    town.wait()
    assert told(town, ref, "greet") == [(first, "done"), (second, "closed")]


def test_one_for_each_of_a_party(town_of: TownOf) -> None:
    """Known by the reference of the person."""
    town = town_of(calling(THANK))
    children = [town.child(), town.child()]
    ref = begun(town, parties={"helpers": children})
    assert told(town, ref, "thank") == [(one, "open") for one in children]


def test_each_recurs_by_itself(town_of: TownOf) -> None:
    """One may be missed while the other is done; who comes later begins then."""
    town = town_of(calling(WEEKLY))
    ref = begun(town, groups=groups(1, 2))
    town.do(f"{ref}.weekly:1")
    town.wait(days=7)
    assert told(town, ref, "weekly") == [("1", "done"), ("2", "missed"), ("1", "open"), ("2", "open")]
    edit(town, ref, groups=groups(1, 3))
    assert due(town, ref, "weekly") == {"1": "2026-09-14", "3": "2026-09-14"}
    town.engine.undo_task(town.teacher, town.rows(ref, "weekly")[0]["ref"], "it was not")
    assert ("1", "undone") in told(town, ref, "weekly")


def test_time_stands_still_for_each(town_of: TownOf) -> None:
    """A case that rests: the next time of each moves by as much."""
    town = town_of(calling(WEEKLY))
    ref = begun(town, groups=groups(1, 2))
    town.do(f"{ref}.weekly:1")
    town.engine.suspend(town.supervisor, ref, "rest")
    town.wait(days=3)
    town.engine.resume(town.supervisor, ref)
    town.wait(days=7)
    assert told(town, ref, "weekly")[-2:] == [("2", "open"), ("1", "open")] or told(town, ref, "weekly")[-2:] == [("1", "open"), ("2", "open")]
