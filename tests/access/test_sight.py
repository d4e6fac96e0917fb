"""Who may see which personal field whole."""

from __future__ import annotations

from typing import get_args

import pytest

from workflow_core.access import masking, sight
from workflow_core.access.grants import ADMIN, Actor, Grant
from workflow_core.definition import STANDARD_ROLES, Role
from workflow_core.definition.people import PersonalField


def actor(*grants: tuple[str, str, str], **more: object) -> Actor:
    return Actor("wang", tuple(Grant(role, kind, scope, None, "", None) for role, kind, scope in grants), False, **more)  # type: ignore[arg-type]


def test_the_table_knows_every_field_that_is_masked_and_every_standard_role() -> None:
    """A new field, or a new role, cannot be forgotten."""
    assert set(sight.FIELDS) == set(masking.MASKS) == set(get_args(PersonalField))
    assert set(sight.SIGHTS) == {role.name for role in STANDARD_ROLES} | {ADMIN.name, sight.PARTY}
    for one in sight.SIGHTS.values():
        assert one.many <= one.one <= set(sight.FIELDS)


def test_a_role_counts_where_it_is_held_and_nowhere_else() -> None:
    """A supervisor of one township sees nobody of another whole; the supervisor of the county sees both."""
    here = actor(("child_supervisor", "division", "990101001"))
    assert "national_id" in sight.whole(here, "one", division="990101001")
    assert sight.whole(here, "one", division="990101002") == frozenset()
    assert "national_id" in sight.whole(actor(("child_supervisor", "division", "990101")), "many", division="990101002")


def test_a_school_sees_the_names_of_its_pupils_and_no_number() -> None:
    """Whom to call, and nobody of another school."""
    school = actor(("school", "place", "s1"))
    assert sight.whole(school, "one", division="990101001", place_id="s1") == {"name", "guardian", "guardian_phone"}
    assert sight.whole(school, "one", division="990101001", place_id="s2") == frozenset()


def test_an_administrator_and_a_grant_for_ones_own_cases_see_nothing_whole_by_themselves() -> None:
    """Administering is not the work; an own case makes a party of its holder, of the children in those cases alone."""
    both = actor(("admin", "division", ""), ("child_supervisor", "own", ""))
    assert sight.whole(both, "one", division="990101001") == frozenset() == sight.most(both, "many")
    assert sight.whole(both, "one", division="990101001", party=True) == {"name", "guardian_phone"}


def test_a_role_of_a_program_sees_what_its_program_says_and_else_nothing() -> None:
    """The narrowest, unless it says so."""
    held = (("camp_cook", "division", ""),)
    assert sight.whole(actor(*held), "one", division="990101") == frozenset()
    assert sight.whole(actor(*held, further={"camp_cook": frozenset({"name"})}), "one", division="990101") == {"name"}
    with pytest.raises(ValueError, match="nmae"):
        Role("camp_cook", "Cook", sees_whole=("nmae",))  # type: ignore[arg-type]


def test_the_maker_of_a_training_office_sees_everybody_whole() -> None:
    """He holds every role there."""
    assert sight.whole(actor(("admin", "division", ""), every_role=True), "one", division="990101") == set(sight.FIELDS)
