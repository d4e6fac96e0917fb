"""A child that was at a camp is erased: no list, no group, no draw of the edition says who it was, and the edition goes on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from tests.office.forgetting import ANYBODY, FIRST, SECOND
from tests.plugins.camp.conftest import County
from workflow_core.office import erasing
from workflow_core.store import tables


def test_of_a_camper_who_is_erased_no_list_tells(county: County) -> None:
    """Drawn, confirmed and put into a group with others, whose papers and records stay; the name is nowhere, and all still holds."""
    ref = county.drawn(3, 2, 1)
    offered = county.campers(ref, "offered")
    county.confirm(*offered)
    county.groups(ref, 1)
    gone, stays = (county.kid(one) for one in offered[:2])
    papers = len(county.engine.papers(county.leader, ref))
    county.engine.override(ANYBODY, offered[0], "withdrawn", f"{gone.name} has moved away")
    county.pass_by(minutes=1)
    office: Any = SimpleNamespace(db=county.town.db, clock=county.town.clock, folder=county.folder, training=False)
    (county.folder / "nominations.csv").unlink()
    erasing.ask(office, FIRST, gone.ref, "the family asks for it")
    done = erasing.approve(office, SECOND, gone.ref, ("all",))
    with county.town.db.read() as tx:
        left = "\n".join(str(row) for table in tables.METADATA.sorted_tables for row in tx.rows(select(table)))
        pages = b"\n".join(bytes(row.content) for row in tx.rows(select(tables.blob.c.content))).decode()
    assert [word in left + pages for word in (gone.name, gone.number, stays.name)] == [False, False, True]
    assert (done.state, len(county.engine.papers(county.leader, ref))) == ("done", papers)
    assert county.stage(offered[1]) == "confirmed"
