"""Drafts lie on a desk until they are signed, and not for ever: a later one takes their place, or the case is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.conftest import Town
from tests.letters.desk import Desk, code_of, make_desk


@pytest.fixture
def desk(town_of: Callable[..., Town], tmp_path: Path) -> Desk:
    return make_desk(town_of, tmp_path)


def to_sign(desk: Desk) -> list[str]:
    """Which papers lie on the supervisor's desk to be signed."""
    return [one.ref for one in desk.town.inbox(desk.town.supervisor) if one.kind == "paper"]


def test_a_later_draft_takes_the_place_of_the_earlier(desk: Desk) -> None:
    """The earlier is void with its reason, and only the later waits to be signed."""
    ref = desk.sent()
    (before,) = to_sign(desk)
    desk.engine.draft(desk.town.supervisor, ref, "notice")
    assert [desk.state(ref, paper) for paper in ("p1", "p2")] == ["void", "draft"]
    assert desk.engine.paper(desk.town.teacher, f"{ref}.p1").void_reason == "a later draft took its place"
    (after,) = to_sign(desk)
    assert after != before
    assert {"what": "draft_voided", "document": "notice", "n": 1, "reason": "a later draft took its place"} in desk.town.events(ref)[-1]["says"]["did"]
    desk.engine.sign(desk.town.supervisor, f"{ref}.notice")
    assert (to_sign(desk), desk.number(ref, "p2")) == ([], "高桥镇告〔2026〕1号")


def test_a_signed_paper_stays_when_a_later_one_is_drafted(desk: Desk) -> None:
    """Only somebody who says why voids what was signed."""
    ref = desk.signed()
    desk.engine.draft(desk.town.supervisor, ref, "notice")
    assert [desk.state(ref, paper) for paper in ("p1", "p2")] == ["signed", "draft"]


def test_what_was_to_be_served_is_void_when_the_case_ends(desk: Desk) -> None:
    """Nothing would run from it; a record that is only signed still is, and so is what is drafted afterwards."""
    ref = desk.sent()
    desk.engine.draft(desk.town.teacher, ref, "slip")
    desk.town.clock.instant += timedelta(hours=1)
    desk.engine.advance(desk.town.teacher, ref, "close")
    assert [desk.state(ref, paper) for paper in ("p1", "p2")] == ["void", "draft"]
    assert len(to_sign(desk)) == 1
    desk.engine.sign(desk.town.supervisor, f"{ref}.slip")
    assert to_sign(desk) == []
    desk.engine.draft(desk.town.supervisor, ref, "notice")
    assert desk.state(ref, "p3") == "draft"
    assert code_of(lambda: desk.engine.sign(desk.town.supervisor, f"{ref}.p1")) == "paper_void"


def test_a_voided_draft_leaves_the_desk(desk: Desk) -> None:
    """Whoever voids it need not sign it."""
    ref = desk.sent()
    desk.engine.void(desk.town.supervisor, f"{ref}.p1", "the wrong paper")
    assert to_sign(desk) == []
    desk.town.verify()
