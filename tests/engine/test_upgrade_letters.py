"""Effects on other cases while a program is being upgraded: none is lost, and none is spent on a case that waits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import TOWNSHIP, Town
from tests.engine.test_upgrade import ADMIN, MakeTown, with_programs
from workflow_core import CHILD, SCHOOL, SUPERVISOR, SYSTEM, WHOLE, Case, Deny, Fire, On, Program, Stage, Transition, Upgrade, Workflow, ask, deny, form
from workflow_core import TOWNSHIP as PLACE
from workflow_core.engine import upgrade_undo
from workflow_core.engine.upgrading import Upgraded, upgrade
from workflow_core.errors import Refused
from workflow_core.store import outbox


@form
class Rules:
    """Nothing to set."""

    days: int = ask("Days", default=1)


@form
class Big:
    """The whole's record."""

    n: int = ask("Number", default=0)


@form
class Small:
    """A part's record."""

    n: int = ask("Number", default=0)


def fair(version: int, *, parts: bool = False, gone: bool = False) -> Program[Any]:
    """A part's step fills a whole; in version 2 its stage, with ``parts`` the part's workflow, have other names; with ``gone`` the effect is no more."""
    opened = Stage("open" if version == 1 else "opened", "Open")
    full, over = Stage("full", "Full"), Stage("over", "Over", final=True)
    fill = Transition("fill", "Fill", source=opened, target=full, by=SYSTEM)
    close = Transition("close", "Close", source=(opened, full), target=over, by=SUPERVISOR)
    big = Workflow(
        "big", "Big", prefix="BG", subject=PLACE, record=Big, policy=Rules, initial=opened, stages=[opened, full, over], transitions=[fill, close],
        open_by=[SUPERVISOR],
    )  # fmt: skip
    inside, mid, out = Stage("in", "In"), Stage("mid", "Mid"), Stage("out", "Out", final=True)
    step = Transition("step", "Step", source=inside, target=mid, by=SCHOOL, do=[] if gone else [On(WHOLE, [Fire(fill)])])

    def few(case: Case[Small, Rules]) -> Deny | None:
        return deny("there are too many") if case.linked(Big).record.n > 5 else None

    leave = Transition("leave", "Leave", source=(inside, mid), target=out, by=SCHOOL, guards=[few])
    small = Workflow(
        "little" if parts and version == 2 else "small", "Small", prefix="SL", subject=CHILD, record=Small, policy=Rules, initial=inside,
        stages=[inside, mid, out], transitions=[step, leave], open_by=[SCHOOL], part_of=Big,
    )  # fmt: skip
    ups = [Upgrade(big, since=1, stages={"open": opened}), *([Upgrade(small, since=1, was="small")] if parts else [])]
    return Program("fair", "Fair", version=version, policy=Rules, workflows=[big, small], upgrades=ups if version == 2 else ())


def move(town: Town, **how: Any) -> Upgraded:
    return upgrade(town.engine.runtime, ADMIN, "fair", **how)


@pytest.fixture
def town(town_of: MakeTown) -> Town:
    """A whole with two parts, of version 1."""
    town = town_of(fair(1))
    town.engine.open(town.supervisor, "fair.big", TOWNSHIP, {}, division=TOWNSHIP)
    for _ in range(2):
        town.engine.open(town.teacher, "fair.small", town.child(), {}, whole=BIG)
    return town


BIG, PART, OTHER = "BG-26-00001", "SL-26-00001", "SL-26-00002"


def letters(town: Town) -> dict[str, int]:
    with town.db.read() as tx:
        return outbox.counts(tx)


def left_to_the_clock(town: Town) -> None:
    """A part's step, whose process dies after its commit: what it sent waits."""
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr("workflow_core.engine.letters.deliver_on", lambda runtime, ids: 0)
        town.advance(PART, "step")
    assert letters(town) == {"waiting": 1, "dead": 0}


def test_a_letter_to_a_case_that_waits_waits_too(town: Town) -> None:
    """However long that takes, it is no attempt; when the case has moved, it is carried out."""
    with_programs(town, fair(2))
    assert move(town, case=PART).done == 1
    town.advance(PART, "step")
    for _ in range(20):
        town.wait(days=1)
    assert letters(town) == {"waiting": 1, "dead": 0}
    assert "refused_elsewhere" not in town.kinds(PART)
    assert move(town).done == 2
    town.wait(days=1)
    assert town.stage(BIG) == "full"
    assert letters(town) == {"waiting": 0, "dead": 0}


def test_a_guard_that_asks_a_case_that_waits_says_so(town: Town) -> None:
    """It is not told as a fault of the program."""
    with_programs(town, fair(2))
    assert move(town, case=PART).done == 1
    [leave] = [one for one in town.engine.why(town.teacher, PART) if one.transition == "leave"]
    assert [one.code for one in leave.reasons] == ["neighbour_not_moved"]
    with pytest.raises(Refused) as error:
        town.advance(PART, "leave")
    assert [one.code for one in error.value.problems] == ["neighbour_not_moved"]


@pytest.mark.parametrize("parts", [False, True])
def test_a_letter_on_its_way_arrives_under_the_new_version(town: Town, parts: bool) -> None:
    """Stages and workflows have other names by then."""
    left_to_the_clock(town)
    with_programs(town, fair(2, parts=parts))
    assert move(town).done == 3
    town.wait(days=1)
    assert letters(town) == {"waiting": 0, "dead": 0}
    assert town.stage(BIG) == "full"


def test_a_case_whose_letter_has_no_place_stays_until_it_has_arrived(town: Town) -> None:
    """Told in the trial, too; under the older version it arrives."""
    left_to_the_clock(town)
    with_programs(town, fair(2, gone=True))
    for dry_run in (True, False):
        told = {one.ref: one.problem for one in move(town, dry_run=dry_run).cases if one.problem}
        assert {ref: one["code"] for ref, one in told.items()} == {PART: "letters_waiting", BIG: "parts_first"}
    back = [upgrade_undo.undo(town.engine.runtime, ADMIN, "fair", case=ref).done for ref in (OTHER,)]
    assert back == [1]
    with_programs(town, fair(1))
    town.wait(days=1)
    assert town.stage(BIG) == "full"
    with_programs(town, fair(2, gone=True))
    assert move(town).done == 3
