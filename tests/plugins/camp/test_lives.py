"""Editions lived through the engine's front door, with a clock that moves, on both databases."""

from __future__ import annotations

from collections.abc import Callable

from careflow_camp import draw
from tests.plugins.camp.conftest import LAST, County

Codes = Callable[[Callable[[], object]], list[str]]


def test_an_edition_of_sixty_runs_from_notice_to_report(county: County) -> None:
    """Sixty seats, seventy-odd nominations of three schools: drawn, confirmed, held, reported; the next year knows who was there."""
    kids = county.children(40, 20, 15)
    ref = county.nominating(60)
    record = county.record(ref)
    assert sum(line["seats"] for line in record["allotment"]) == 60
    assert county.nominate(kids)["opened"] == 75
    assert len(county.campers(ref, "pool")) == 75
    county.step(county.bureau, ref, "close_nominations")
    listed = draw.frozen_list([draw.Entry(county.record(one)["tier"], one) for one in county.campers(ref, "pool")])
    assert (county.record(ref)["digest"], county.record(ref)["listed"]) == (draw.digest(listed), 75)
    done = county.draw(ref)
    assert (done.state, done.counts["refused"], county.stage(ref)) == ("done", 0, "drawn")
    county.tick()
    offered = county.campers(ref, "offered")
    assert len(offered) == 60
    county.confirm(*offered)
    assert len(county.campers(ref, "confirmed")) == 60
    county.begin(ref, 6)
    for one in county.campers(ref, "confirmed"):
        county.step(county.tutor, one, "arrive")
    county.at(LAST, 16)
    county.step(county.leader, ref, "finish")
    assert (len(county.campers(ref, "completed")), county.campers(ref, "waiting")) == (60, [])
    county.step(county.leader, ref, "close", remark="一切平安")
    assert county.stage(ref) == "closed"
    assert sum(line["completed"] for line in county.record(ref)["results"]) == 60
