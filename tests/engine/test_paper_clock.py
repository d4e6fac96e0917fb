"""Which paper starts a clock: one of the present stay, and never an old one that was served before the case came back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import Town
from tests.letters.desk import Desk, make_desk


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


def sent_again(desk: Desk) -> str:
    """A case whose notice was served, that was closed, opened again and sent a second time: with a draft of a second notice."""
    town, ref = desk.town, desk.served()
    town.wait(days=1)
    desk.engine.advance(town.teacher, ref, "close")
    desk.engine.reopen(town.supervisor, ref, "it was not the end")
    town.wait(days=1)
    desk.engine.advance(town.supervisor, ref, "send")
    return ref


def test_an_old_receipt_starts_no_new_clock(desk: Desk) -> None:
    """Neither while the new notice is a draft nor when it is void: the days run from the service of a paper of this stay."""
    ref = sent_again(desk)
    assert desk.town.due(ref, "follow") is None
    desk.engine.void(desk.town.supervisor, f"{ref}.p2", "the wrong address")
    assert desk.town.due(ref, "follow") is None
    desk.town.wait(days=20)
    assert "timer_fired" not in desk.town.kinds(ref)
    desk.engine.draft(desk.town.supervisor, ref, "notice")
    desk.engine.sign(desk.town.supervisor, f"{ref}.p3")
    desk.serve(ref)
    assert desk.town.due(ref, "follow") == (desk.town.today + timedelta(days=7)).isoformat()
    desk.town.wait(days=7)
    assert "timer_fired" in desk.town.kinds(ref)


def test_a_paper_served_on_the_way_to_a_stage_counts_in_it(desk: Desk) -> None:
    """What was drafted and served before the first stay belongs to it."""
    town = desk.town
    ref = desk.engine.open(town.teacher, "letters", desk.child(), {"title": "the books"}).ref
    desk.engine.draft(town.supervisor, ref, "notice")
    desk.engine.sign(town.supervisor, f"{ref}.p1")
    desk.serve(ref)
    desk.engine.advance(town.supervisor, ref, "send")
    desk.engine.void(town.supervisor, f"{ref}.p2", "one is enough")
    assert town.due(ref, "follow") == (town.today + timedelta(days=7)).isoformat()
