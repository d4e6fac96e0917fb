"""What is published of a draw, when it arises: the notice with the promise, the frozen list, the order; and nobody's name in any of them."""

from __future__ import annotations

import re
from datetime import date

from careflow_camp import draw
from tests.plugins.camp.conftest import PUBLIC, SECRET, County
from workflow_core.documents.page import to_text


def papers(county: County, ref: str) -> list[str]:
    """The papers of an edition that are not void, by name."""
    return [one.name for one in county.engine.papers(county.bureau, ref) if one.state != "void"]


def signed(county: County, paper: str) -> str:
    """The text of a paper that the bureau has signed."""
    county.engine.sign(county.bureau, paper)
    (page,) = dict(county.engine.pages(county.bureau, [paper])).values()
    return to_text(page)


def test_the_notice_waits_for_seats_and_promise_whichever_comes_first(county: County) -> None:
    """No notice lies on the desk with a blank commitment; another promise drafts another notice."""
    county.children(4, 1, 1)
    first = county.announced(4)
    assert papers(county, first) == []
    county.engine.do_task(county.bureau, f"{first}.commit", {"commitment": draw.commitment(SECRET)})
    assert papers(county, first) == ["notice"]
    other = county.edition(4)
    county.step(county.bureau, other, "announce")
    county.engine.do_task(county.bureau, f"{other}.commit", {"commitment": draw.commitment(SECRET)})
    assert papers(county, other) == []
    county.allot(other)
    assert papers(county, other) == ["notice"]
    assert draw.commitment(SECRET) in signed(county, f"{other}.notice")


def test_the_list_and_the_order_are_published_as_they_arise(county: County) -> None:
    """Anybody makes list and order from the two papers, to the byte; signed late they still say the same, and neither says a name."""
    ref = county.frozen(4, 4, 1, 1)
    assert papers(county, ref) == ["notice", "list_announcement"]
    frozen = [draw.Entry(county.record(one)["tier"], one) for one in county.campers(ref, "pool")]
    county.draw(ref)
    county.tick()
    assert papers(county, ref) == ["notice", "list_announcement", "draw_announcement"]
    county.step(county.leader, county.campers(ref, "offered")[0], "withdraw", why="WISH")
    listed, drawn = signed(county, f"{ref}.list_announcement"), signed(county, f"{ref}.draw_announcement")
    record = county.record(ref)
    named = date.fromisoformat(str(record["public_on"]))
    rows = re.findall(r"([1-8]) \| (CM-\d\d-\d+)", listed)
    assert draw.digest("".join(f"{tier} {one}\n" for tier, one in rows)) == record["digest"] == draw.digest(draw.frozen_list(frozen))
    order = re.findall(r"([1-8]) \| ([0-9a-f]{64}) \| (CM-\d\d-\d+)", drawn)
    assert draw.digest("".join(f"{' '.join(line)}\n" for line in order)) == record["order_digest"]
    for paper, values in ((listed, ("commitment", "digest", "public_source")), (drawn, ("commitment", "digest", "public_source", "order_digest"))):
        assert [name for name in values if record[name] not in paper] == []
        assert [kid.ref for kid in county.kids if kid.name in paper] == []
    assert (f"{named:%Y}年{named.month}月{named.day}日" in listed, SECRET in listed, SECRET in drawn, PUBLIC in drawn) == (True, False, True, True)
