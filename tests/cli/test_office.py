"""An office from a terminal: made, looked at; divisions, calendar, programs, accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care


def test_a_training_office_is_made_once(care: Care, divisions: Path) -> None:
    """Making it again in the same folder overwrites nothing, and says so."""
    care("--office", "o", "--now", "2026-10-21T09:00", "office", "init", "--training", "--divisions", divisions)
    ran = care("--office", "o", "office", "init", "--json", code=4)
    assert ran.json["error"]["code"] == "office_exists"


def test_a_real_office_is_not_told_the_time(care: Care, divisions: Path) -> None:
    """``--now`` and ``--as`` are for training."""
    care("--office", "o", "office", "init", "--divisions", divisions)
    assert care("--office", "o", "--now", "2026-10-21T09:00", "inbox", "--json", code=2).json["error"]["code"] == "now_refused"
    assert care("--office", "o", "--as", "li", "inbox", "--json", code=2).json["error"]["code"] == "as_refused"


def test_status_shows_what_the_office_is(office: Care) -> None:
    """Divisions, calendar, programs, and who you are."""
    found = office("office", "status", "--json").json
    assert found["training"] is True
    assert found["divisions"] == 4
    assert {one["year"] for one in found["calendar"]} == {2025, 2026, 2027, 2028}
    assert "Office" in office("office", "status").out


def test_tables_that_are_up_to_date_need_no_step(office: Care) -> None:
    """Migrating twice does nothing."""
    assert office("office", "migrate", "--json").json["steps"] == []


def test_a_calendar_is_taken_in_and_shown(office: Care, tmp_path: Path) -> None:
    """A whole year of days; what is no plain working day is listed."""
    file = tmp_path / "calendar.csv"
    file.write_text("from,to,kind,name\n2030-10-01,2030-10-07,holiday,National Day\n2030-09-02,2031-01-10,term,2030-autumn\n")
    assert office("office", "calendar", "import", file, "--json").json["years"] == [2030]
    assert "National Day" in office("office", "calendar", "show", "2030").out
    assert 2030 in [one["year"] for one in office("office", "calendar", "show", "--json").json["years"]]


def test_a_missing_calendar_file_is_named(office: Care) -> None:
    """The path is told, not a traceback."""
    assert office("office", "calendar", "import", "none.csv", "--json", code=2).json["error"]["code"] == "file_missing"


# ------------------------------------------------------------------ divisions


def test_divisions_are_listed_from_the_widest(office: Care) -> None:
    """Without a code the widest, else what lies directly in it."""
    assert [one["code"] for one in office("division", "list", "--json").json["divisions"]] == ["99"]
    assert [one["name"] for one in office("division", "list", "990101", "--json").json["divisions"]] == ["高桥镇"]


def test_a_division_is_found_by_a_part_of_its_name(office: Care) -> None:
    """Any part will do, and a name that is nowhere finds nothing."""
    assert "990101100  高桥镇" in office("division", "find", "高桥").out
    assert office("division", "find", "nowhere").out == "Nothing was found.\n"


def test_a_division_is_named_by_code_or_name(cases: Care) -> None:
    """Wherever a township is asked for; one that is not there is not found, with the nearest name."""
    assert len(cases("case", "list", "--township", "高桥镇", "--json").json["cases"]) == 3
    assert len(cases("inbox", "--township", "990101100000", "--json").json["tasks"]) == 3
    assert "高桥镇" in cases("inbox", "--township", "高乔镇", code=5).err


# ------------------------------------------------------------------ places


def test_places_are_added_found_corrected_and_closed(cases: Care) -> None:
    """A roster brings its schools; by hand others come, and a closed one leaves the list."""
    assert [one["name"] for one in cases("place", "list", "--kind", "school", "--json").json["places"]] == ["高桥镇初级中学"]
    ref = cases("place", "add", "高桥镇卫生院", "--kind", "clinic", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    assert cases("place", "edit", ref, "--phone", "0712-123", "--json").json["places"][0]["phone"] == "0712-123"
    assert "高桥镇卫生院" in cases("place", "list", "卫生").out
    cases("place", "edit", ref, "--close")
    assert cases("place", "list", "卫生").out == "Nothing was found.\n"
    assert "nothing is given" in cases("place", "edit", ref, code=2).err


def test_a_role_is_given_for_one_place(cases: Care) -> None:
    """A school sees its own children's cases and no others."""
    cases("account", "add", "li")
    ref = cases("place", "list", "--json").json["places"][0]["ref"]
    cases("account", "grant", "li", "school", "--place", ref)
    assert len(cases("--as", "li", "inbox", "--json").json["tasks"]) == 3


# ------------------------------------------------------------------ programs


def test_a_program_is_enabled_and_disabled(office: Care) -> None:
    """Hyphens are as good as underscores; twice changes nothing."""
    assert office("program", "enable", "dropout-return", "--township", TOWNSHIP, "--json").json["changed"] is True
    assert office("program", "enable", "dropout_return", "--township", TOWNSHIP, "--json").json["changed"] is False
    assert [one["state"] for one in office("program", "status", "--json").json["programs"]] == ["enabled"]
    assert office("program", "disable", "dropout_return", "--township", TOWNSHIP, "--json").json["changed"] is True


def test_disabling_lists_what_goes_on(cases: Care) -> None:
    """A dry run tells how many open cases drain, and writes nothing."""
    found = cases("program", "disable", "dropout_return", "--township", TOWNSHIP, "--dry-run", "--json").json
    assert found["open_cases"] == 3
    assert "3 open cases go on" in cases("program", "disable", "dropout_return", "--township", TOWNSHIP, "--dry-run").out
    assert cases("program", "status", "--json").json["programs"][0]["state"] == "enabled"


def test_an_unknown_program_tells_the_nearest(office: Care) -> None:
    """A misspelt program is not found, with a guess."""
    ran = office("program", "enable", "dropout_retrun", "--township", TOWNSHIP, code=5)
    assert "did you mean dropout_return?" in ran.err


def test_a_policy_is_shown_and_set(office: Care) -> None:
    """What was said stands beside the default; a dry run says nothing for good."""
    where = ("dropout_return", "--township", TOWNSHIP)
    office("program", "policy", "set", *where, "--set", "persuasion_rounds=5", "--dry-run")
    assert office("program", "policy", "show", *where, "--differences", "--json").json["policy"] == []
    office("program", "policy", "set", *where, "--set", "persuasion_rounds=5")
    found = office("program", "policy", "show", *where, "--differences", "--json").json["policy"]
    assert [(one["name"], one["value"], one["default"], one["from"]) for one in found] == [("persuasion_rounds", 5, 3, TOWNSHIP)]
    assert "persuasion_rounds" in office("program", "policy", "show", *where).out


def test_a_policy_that_cannot_be_is_refused_with_every_fault(office: Care) -> None:
    """All wrong values are told at once."""
    ran = office(
        "program", "policy", "set", "dropout_return", "--township", TOWNSHIP, "--set", "persuasion_rounds=0", "--set", "notice_days=x", "--json", code=2
    )
    assert {one["place"] for one in ran.json["error"]["problems"]} == {"persuasion_rounds", "notice_days"}


def test_programs_are_listed_with_where_they_run(office: Care) -> None:
    """Each installed program, its version, its sheets."""
    found = {one["name"]: one for one in office("program", "list", "--json").json["programs"]}
    assert found["dropout_return"]["imports"] == ["absences"]
    assert "Dropout return" in office("program", "list").out


# ------------------------------------------------------------------ accounts


def test_an_account_may_do_what_it_was_granted_and_nothing_more(cases: Care) -> None:
    """Another actor sees the inbox of its role there; without a role nothing is there."""
    cases("account", "add", "li", "--name", "Li")
    assert cases("--as", "li", "inbox", "--json").json["tasks"] == []
    cases("account", "grant", "li", "school", "--township", TOWNSHIP)
    assert len(cases("--as", "li", "inbox", "--json").json["tasks"]) == 3
    assert cases("--as", "li", "program", "enable", "dropout_return", "--township", TOWNSHIP, "--json", code=3).json["error"]["code"] == "not_permitted"
    cases("account", "revoke", "li", "school")
    assert cases("--as", "li", "inbox", "--json").json["tasks"] == []


def test_accounts_are_listed_and_shown(office: Care) -> None:
    """Who there is, and what each holds: where, until when."""
    office("account", "add", "wang")
    office("account", "grant", "wang", "child-supervisor", "--township", TOWNSHIP, "--until", "2026-12-31")
    shown = office("account", "show", "wang").out
    assert "Township child supervisor" in shown
    assert "2026-12-31" in shown
    assert "wang" in office("account", "list").out
    assert office("account", "show", "--json").json["account"]["grants"]


def test_a_closed_account_acts_no_more(office: Care) -> None:
    """Its roles end with it."""
    office("account", "add", "wang")
    office("account", "close", "wang")
    assert office("--as", "wang", "inbox", "--json", code=3).json["error"]["code"] == "login_closed"


def test_an_unknown_actor_is_not_permitted(office: Care) -> None:
    """Nobody acts who has no account."""
    assert office("--as", "nobody", "inbox", "--json", code=3).json["error"]["code"] == "login_unknown"


@pytest.mark.parametrize("words", [("--place", "x", "--own"), ("--township", TOWNSHIP, "--place", "x")])
def test_a_place_is_a_scope_of_its_own(office: Care, words: tuple[str, ...]) -> None:
    """It goes with no division, and not with one's own cases."""
    office("account", "add", "wang")
    assert "--place goes with neither" in office("account", "grant", "wang", "school", *words, code=2).err


# ------------------------------------------------------------------ plugins, journal, messages


def test_plugins_are_listed(care: Care) -> None:
    """What is loaded, with where it comes from; this needs no office."""
    found = {one["name"]: one for one in care("plugin", "list", "--json").json["plugins"]}
    assert found["dropout_return"]["state"] == "loaded"
    assert "loaded" in care("plugin", "list").out


def test_the_installed_program_is_sound(care: Care) -> None:
    """Nothing is wrong with it, warnings included."""
    assert care("plugin", "check", "dropout-return", "--strict", "--json").json["problems"] == []


def test_a_broken_file_is_checked_without_an_installation(care: Care, tmp_path: Path) -> None:
    """An author sees why the file does not load, as one of the problems."""
    file = tmp_path / "broken.py"
    file.write_text("from workflow_core import Stag\n")
    (told,) = care("plugin", "check", file, "--json", code=1).json["problems"]
    assert (told["program"], told["code"], told["severity"], told["hint"]) == ("broken", "import_failed", "error", "did you mean Stage?")
    assert "Stage" in care("plugin", "check", file, code=1).out


def test_a_misspelt_plugin_tells_the_nearest(care: Care) -> None:
    """A guess instead of a bare no."""
    assert "did you mean dropout_return?" in care("plugin", "check", "dropout_retrun", code=5).err


def test_the_journal_is_whole(cases: Care) -> None:
    """Every chain is looked at, and everything is as it was written."""
    found = cases("journal", "verify", "--json").json
    assert (found["cases"], found["found"], found["problems"]) == (3, 0, [])
    assert "Everything is as it was written." in cases("journal", "verify").out


def test_the_journal_tells_who_looked(cases: Care) -> None:
    """A child's file that was opened is in it, once."""
    cases("child", "show", "C-000001")
    entries = cases("journal", "show", "--subject", "C-000001", "--kind", "file_opened", "--json").json["entries"]
    assert [one["kind"] for one in entries] == ["file_opened"]
    assert "file opened" in cases("journal", "show").out


def test_the_journal_gives_nobody_away(cases: Care) -> None:
    """What was entered into a child's file is told masked, on screen and to a program."""
    cases("child", "edit", "C-000001", "--set", "guardian=向小七", "--set", "guardian_phone=13900007777", "--reason", "they said so")
    for ran in (cases("journal", "show"), cases("journal", "show", "--json")):
        assert "向*" in ran.out
        assert "向小七" not in ran.out
        assert "13900007777" not in ran.out


def test_only_administrators_read_the_journal(office: Care) -> None:
    """Others are told whom to ask."""
    office("account", "add", "wang")
    office("account", "grant", "wang", "school", "--township", TOWNSHIP)
    assert office("--as", "wang", "journal", "show", "--json", code=3).json["error"]["code"] == "not_permitted"


def test_no_dead_letters_is_said(office: Care) -> None:
    """The outbox counts what waits and what is dead."""
    assert office("message", "list", "--json").json == {"waiting": 0, "dead": 0, "messages": []}
    assert "which letters" in office("message", "retry", code=2).err
    assert office("message", "retry", "--all", "--json").json["retried"] == 0
