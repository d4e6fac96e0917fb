"""Accounts at the terminal: rights that two give, roles that end, deputies, and work that is handed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care

COUNTY = "990101"


@pytest.fixture
def two(office: Care) -> Care:
    """An office in which zoe is the second administrator, and li and wang have accounts."""
    for login in ("zoe", "li", "wang"):
        office("account", "add", login)
    office("account", "grant", "zoe", "admin")
    office("account", "add", "ben")
    office("account", "grant", "ben", "admin", "--township", TOWNSHIP)
    return office


def test_what_the_maker_of_a_training_office_gives_alone_is_told(office: Care) -> None:
    """The journal says that it was training."""
    office("account", "add", "zoe")
    ran = office("account", "grant", "zoe", "admin", "--json").json
    assert (ran["changed"], ran["waits"], ran["eyes"]) == (True, None, "training")
    assert "In a real office" in office("account", "grant", "zoe", "county-office").err


def test_a_right_in_a_county_waits_for_another_administrator(two: Care) -> None:
    """It is on the desk of whoever may answer, is granted by him, and by nobody who asked."""
    asked = two("--as", "zoe", "account", "grant", "li", "county_office", "--township", COUNTY)
    assert "It waits for another administrator: G-000001" in asked.out
    assert two("--as", "zoe", "account", "approve", "G-000001", "--json", code=3).json["error"]["code"] == "four_eyes"
    assert two("--as", "ben", "account", "approve", "G-000001", "--json", code=5).json["error"]["code"] == "request_unknown"
    assert "wait for you: 1" in two("inbox").err
    listed = two("account", "waiting", "--json").json["requests"]
    assert [(one["ref"], one["login"], one["role"], one["yours"]) for one in listed] == [("G-000001", "li", "county_office", False)]
    assert "G-000001" in two("account", "waiting").out
    assert "li is County office now" in two("account", "approve", "G-000001").out
    assert two("account", "approve", "G-000001", "--json", code=1).json["error"]["code"] == "request_answered"
    assert "wait for you" not in two("inbox").err


def test_a_refusal_has_a_reason_and_whoever_asked_may_take_it_back(two: Care) -> None:
    """Neither is asked about again."""
    two("--as", "zoe", "account", "grant", "li", "police", "--township", COUNTY)
    assert two("account", "refuse", "G-000001", "--json", code=2).json["error"]["code"] == "reason_missing"
    assert "is refused; zoe asked" in two("account", "refuse", "G-000001", "--reason", "not needed").out
    two("--as", "zoe", "account", "grant", "li", "police", "--township", COUNTY)
    assert "is taken back" in two("--as", "zoe", "account", "refuse", "G-000002").out
    assert two("account", "waiting", "--json").json["requests"] == []


def test_a_role_has_a_first_and_a_last_day(two: Care) -> None:
    """Both are shown; what ends within a month is told to the administrator and to whoever holds it."""
    two("account", "grant", "li", "school", "--township", TOWNSHIP, "--since", "2026-10-21", "--until", "2026-11-05")
    ended = two("account", "list", "--json").json["ending"]
    assert [(one["login"], one["role"]) for one in ended] == [("li", "school")]
    assert "li is School to 2026-11-05 only" in two("account", "list").err
    assert "Roles end within 30 days: 1" in two("inbox").err
    assert "Roles of yours end within 30 days: 1" in two("--as", "li", "inbox").err
    two("account", "grant", "wang", "school", "--township", TOWNSHIP, "--since", "2026-11-01")
    assert two("--as", "wang", "--now", "2026-10-31T23:00", "account", "show", "--json").json["account"]["grants"][0]["since"] == "2026-10-31T16:00:00.000000Z"
    past = two("account", "grant", "wang", "clinic", "--township", TOWNSHIP, "--since", "2026-10-20", "--json", code=2)
    assert [one["code"] for one in past.json["error"]["problems"]] == ["begins_in_the_past"]


def test_ones_own_cases_may_be_those_of_a_township(two: Care) -> None:
    """Both words together; the township's administrator may give no more."""
    two("--as", "ben", "account", "grant", "li", "school", "--own", "--township", TOWNSHIP)
    assert f"own cases {TOWNSHIP}" in two("account", "show", "li").out
    assert two("--as", "ben", "account", "grant", "li", "school", "--own", "--json", code=3).json["error"]["code"] == "not_permitted"


def test_a_program_that_is_not_there_is_told(two: Care) -> None:
    """Nobody holds a role for a name that was mistyped."""
    ran = two("account", "grant", "li", "school", "--township", TOWNSHIP, "--program", "dropot_return", "--json", code=2)
    assert [one["code"] for one in ran.json["error"]["problems"]] == ["program_unknown"]


def test_a_deputy_is_named_shown_and_ended(two: Care) -> None:
    """By whoever goes away; it is told on both accounts."""
    two("account", "grant", "li", "child_supervisor", "--township", TOWNSHIP)
    two("--as", "li", "account", "deputy", "li", "--to", "wang", "--until", "2026-11-05")
    assert "Away: wang stands in from 2026-10-21 to 2026-11-05" in two("account", "show", "li").out
    assert "Stands in for li" in two("--as", "wang", "account", "show").out
    assert two("--as", "wang", "account", "show", "--json").json["account"]["grants"][0]["stands_for"] == "li"
    assert "stands in for li no longer" in two("--as", "wang", "account", "deputy", "li", "--end").out
    assert two("account", "show", "li", "--json").json["account"]["deputies"] == []
    assert two("account", "deputy", "li", "--end", "--json", code=5).json["error"]["code"] == "deputy_unknown"


def test_what_cannot_be_a_deputyship_is_told(two: Care) -> None:
    """Words that miss each other are misuse, and so is one without an end."""
    assert "say --to LOGIN, or --end" in two("account", "deputy", "li", code=2).err
    assert "--end goes with neither" in two("account", "deputy", "li", "--end", "--until", "2026-11-05", code=2).err
    open_ended = two("account", "deputy", "li", "--to", "wang", "--json", code=2).json["error"]
    assert [one["code"] for one in open_ended["problems"]] == ["deputy_without_end"]


def test_an_office_that_others_can_read_is_shut_by_the_check_up(office: Care, tmp_path: Path) -> None:
    """Nothing else opens it; looking is allowed, and shutting it is kept in the journal."""
    folder = tmp_path / "empty"
    folder.chmod(0o755)
    told = office("inbox", "--json", code=1).json["error"]
    assert told["code"] == "office_exposed"
    assert f"chmod 700 {folder}" in told["hint"]
    looked = office("office", "doctor", "--json", code=6).json
    assert {"open_to_others", "office_exposed"} <= set(looked["counts"])
    assert office("office", "doctor", "--repair", "--json", code=None).json["repaired"] == {"shut": 1}
    assert "repaired" in office("journal", "show", "--kind", "repaired").out


def test_a_closed_account_says_so_and_its_work_is_handed_over_once_more(two: Care) -> None:
    """A second hand-over does not call it open; what is shown of it names when it was closed."""
    two("account", "hand-over", "li", "--to", "wang", "--close")
    assert "Closed since" in two("account", "show", "li").out
    again = two("account", "hand-over", "li", "--to", "wang")
    assert "still open" not in again.err
    assert "li is closed" in again.out


def test_ones_own_account_is_not_closed_without_being_asked(two: Care) -> None:
    """Where nobody can be asked it needs --yes."""
    assert two("--as", "zoe", "account", "close", "zoe", "--json", code=2).json["error"]["code"] == "own_account_unconfirmed"
    assert "zoe is closed" in two("--as", "zoe", "account", "close", "zoe", "--yes").out


def test_a_place_of_a_role_is_shown_by_its_reference_and_name(two: Care) -> None:
    """Not by the id that only the database knows."""
    ref = two("place", "add", "远山学校", "--kind", "school", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    two("account", "grant", "li", "school", "--place", ref)
    assert f"{ref} 远山学校" in two("account", "show", "li").out
