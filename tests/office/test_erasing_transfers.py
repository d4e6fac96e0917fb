"""A child is erased, one case of which was once offered to another township."""

from __future__ import annotations

from sqlalchemy import select

from tests.office.forgetting import ANYBODY, Town, end, on_file
from tests.office.test_erasing import dropout
from workflow_core.records import enabling
from workflow_core.store import tables


def test_what_was_said_of_a_case_that_was_handed_over_goes(desk: Town) -> None:
    """Its reason, the answer and the masked name, in the row and in the journal; that it was offered stays."""
    child = on_file(desk, 1)
    ref, engine = dropout(desk, child), desk.scenario.engine
    with desk.db.write() as tx:
        county = str(tx.value(select(tables.case.c.division)))[:6]
        enabling.enable(tx, engine.runtime.registry.program("dropout_return"), county, actor=ANYBODY, now=desk.scenario.clock.now())
    offered = engine.offer_case(ANYBODY, ref, county, f"{child.name} sleeps there")
    engine.refuse_case(ANYBODY, offered.ref, f"{child.name} is not here")
    end(desk, ref, "over")
    desk.ask_and_erase(child.ref)
    (told,) = engine.case_transfers(ANYBODY, every=True)
    assert (told.state, told.case, told.name, child.name in told.reason, told.answer) == ("refused", ref, "", False, None)
    assert (desk.faults(), desk.holding(child.name)) == ([], {})
