"""Who may do what, where."""

from __future__ import annotations

import pytest

from workflow_core.access import SYSTEM_ACTOR, Actor, Grant, known_roles
from workflow_core.definition import Role
from workflow_core.errors import NotPermitted


def grant(role: str, scope: str = "990101", kind: str = "division", program: str | None = None) -> Grant:
    return Grant(role, kind, scope, program, "2026-01-01T00:00:00.000000Z", None)  # type: ignore[arg-type]


def actor(*grants: Grant, every_role: bool = False) -> Actor:
    return Actor("may", grants, training=False, account_id="a1", every_role=every_role)


def test_nothing_granted_means_nobody_may() -> None:
    """Without grants there is no role and nothing to see."""
    nobody = actor()
    assert not nobody.may("school", division="990101100")
    assert not nobody.sees(division="990101100")
    assert nobody.divisions() == ()
    assert nobody.roles_at(division="990101100", program="reading") == frozenset()


@pytest.mark.parametrize(("division", "holds"), [("990101", True), ("990101100", True), ("990102100", False), ("9901", False), ("", False)])
def test_a_division_is_its_subtree(division: str, holds: bool) -> None:
    """A county's role holds in its townships, and not beside or above it."""
    assert actor(grant("child_supervisor")).may("child_supervisor", division=division, program="reading") is holds
    assert actor(grant("child_supervisor")).sees(division=division) is holds


def test_a_place_is_that_place_alone() -> None:
    """A school's role holds for what is tied to that school."""
    clerk = actor(grant("school", "p1", "place"))
    assert clerk.may("school", division="990101100", place_id="p1", program="reading")
    assert not clerk.may("school", division="990101100", place_id="p2", program="reading")
    assert not clerk.may("school", division="990101100", program="reading")
    assert (clerk.places(), clerk.divisions()) == (("p1",), ())


def test_own_cases_are_those_assigned() -> None:
    """A grant for one's own cases holds where the case is assigned to the actor."""
    visitor = actor(grant("child_director", "", "own"))
    assert visitor.may("child_director", division="990101100", assignee="may", program="reading")
    assert not visitor.may("child_director", division="990101100", assignee="ann", program="reading")
    assert visitor.owns("child_director")


def test_a_grant_in_one_program_is_for_that_program() -> None:
    """It gives no role elsewhere, but the child's file serves them all."""
    helper = actor(grant("school", program="reading"))
    assert helper.may("school", division="990101100", program="reading")
    assert not helper.may("school", division="990101100", program="camp")
    assert not helper.may("school", division="990101100")
    assert helper.sees(division="990101100")
    assert not helper.sees(division="990101100", program="camp")
    assert helper.divisions("school", "camp") == ()


def test_lists_ask_for_the_widest_subtrees() -> None:
    """A township within a county in scope is not asked for twice."""
    wide = actor(grant("school", "990101100"), grant("school", "990101"), grant("clinic", "990102"))
    assert wide.divisions() == ("990101", "990102")
    assert wide.divisions("school") == ("990101",)


def test_a_trainer_takes_any_role() -> None:
    """The maker of a training office holds every role, also one only a program knows, where he holds any; never the engine's own."""
    maker = actor(grant("admin", ""), every_role=True)
    assert maker.may("court", division="990101100", program="reading")
    assert maker.divisions("court") == ("",)
    assert maker.roles_at(division="990101100", program="reading", among=["court", "school", "system"]) == {"court", "school"}
    assert not maker.may("system", division="990101100")


def test_the_system_is_nobody() -> None:
    """It sees everything and holds no role of a person."""
    assert SYSTEM_ACTOR.sees(division="990101100", program="reading")
    assert SYSTEM_ACTOR.may("system", division="990101100", program="reading")
    assert not SYSTEM_ACTOR.may("admin", division="990101100")


def test_a_missing_role_is_told_with_what_it_needs() -> None:
    """The refusal names the role and the division."""
    with pytest.raises(NotPermitted) as told:
        actor(grant("school")).require("admin", division="990101", doing="enable a program")
    assert told.value.text() == "you may not: enable a program (division 990101)"
    assert told.value.context["role"] == "admin"


def test_programs_bring_roles_of_their_own() -> None:
    """The roles that can be granted are the administrator's, the standard ones and the programs'."""
    known = known_roles([[Role("court", "Court", level="outside")]])
    assert {"admin", "child_director", "court"} <= known.keys()
    assert "system" not in known
