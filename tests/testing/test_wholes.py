"""The kit where cases are parts of others, tied to others, and decided together."""

from __future__ import annotations

from careflow_pairing.program import PROGRAM as PAIRING
from tests.engine.trips import DROP, GONE, GUIDED, PLANNED, SEAT, SEATED, SIT, TRIP, WARD, Guide, Seat
from tests.engine.trips import GUIDE as GUIDE_PARTY
from tests.engine.trips import PROGRAM as TRIPS
from workflow_core.testing import NewScenario, program_text


def test_a_part_is_opened_in_its_whole(scenario: NewScenario) -> None:
    """And is found from it; what a part does to its whole has arrived."""
    world = scenario(TRIPS)
    trip = world.open(TRIP, seats=2)
    seats = [world.open(SEAT, whole=trip, school=school) for school in ("north", "south")]
    seats[0].take(SIT)
    assert [one.ref for one in trip.parts] == [one.ref for one in seats]
    assert trip.stage is PLANNED
    assert trip.record.last == "north"
    seats[1].take(DROP)
    assert "it is about to move by itself" in trip.told()  # nobody is asked any more
    world.tick()
    assert trip.stage.name == "going"


def test_a_limit_of_the_whole_holds(scenario: NewScenario) -> None:
    """A third seat of two is refused, as in an office."""
    world = scenario(TRIPS)
    trip = world.open(TRIP, seats=1)
    first, second = (world.open(SEAT, whole=trip, school=school) for school in ("north", "south"))
    first.take(SIT)
    assert second.refused(SIT).code == "limit_full"
    assert first.stage is SEATED
    assert GONE not in {one.stage for one in trip.parts}


def test_a_form_opens_a_case_and_a_party_is_named(scenario: NewScenario) -> None:
    """By the party or by its name."""
    world = scenario(TRIPS)
    guide = world.open(GUIDED, None, Guide(able=2))
    assert guide.record == Guide(able=2)
    wards = [world.open(WARD, parties={party: guide}) for party in (GUIDE_PARTY, "guide")]
    assert world.refused(WARD, parties={GUIDE_PARTY: guide}).code == "limit_full"
    assert [one.shown.parties[0]["ref"] for one in wards] == [guide.ref, guide.ref]


def test_a_field_may_be_called_like_an_argument(scenario: NewScenario) -> None:
    """A form or a mapping takes what a keyword cannot."""
    world = scenario(TRIPS)
    trip = world.open(TRIP)
    assert world.open(SEAT, None, {"school": "north", "told": "yes"}, whole=trip, school="south").record == Seat(school="south", told="yes")


def test_a_batch_is_planned_and_carried_out(scenario: NewScenario) -> None:
    """A match of nobody with nobody is done, with nothing decided."""
    world = scenario(PAIRING)
    [match] = [one for one in PAIRING.all_batches() if one.name == "match"]
    planned = world.decide(match)
    assert (planned.state, planned.items) == ("done", ())


def test_the_text_of_a_program_of_wholes_names_them() -> None:
    """Parts, parties and effects on others."""
    told = program_text(TRIPS)
    assert "  part of Trip" in told
    assert "parties: guide, friend" in told
    assert "On(target=" in told
