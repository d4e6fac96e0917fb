"""Cases from a terminal: opened, listed, explained, advanced, put right."""

from __future__ import annotations

import re
from pathlib import Path

from tests.cli.helping import TOWNSHIP, Care

REF = "DR-26-00001"
GONE = ("--set", "checked_on=2026-10-21", "--set", "finding=GONE")
BACK = ("--set", "returned_on=2026-10-21")


def test_cases_are_listed(cases: Care) -> None:
    """For a script under a plural key; for a person with titles."""
    found = cases("case", "list", "--program", "dropout-return", "--json").json["cases"]
    assert found[0].items() >= {"ref": REF, "program": "dropout_return", "workflow": "dropout", "stage": "suspected"}.items()
    assert "Suspected dropout" in cases("case", "list").out


def test_a_list_is_narrowed_and_cut(cases: Care) -> None:
    """By stage, by child, by number; what follows is told."""
    assert cases("case", "list", "--stage", "cleared", "--json").json["cases"] == []
    assert [one["ref"] for one in cases("case", "list", "--subject", "C-000002", "--json").json["cases"]] == ["DR-26-00002"]
    ran = cases("case", "list", "--limit", "1")
    assert "--after DR-26-00001" in ran.err
    assert [one["ref"] for one in cases("case", "list", "--after", REF, "--json").json["cases"]] == ["DR-26-00002", "DR-26-00003"]


def test_a_case_is_opened_with_what_its_record_asks(cases: Care) -> None:
    """The answer names the case and what is to be done; a second one for the same child is refused."""
    ran = cases("case", "open", "dropout-return", "C-000004", "--set", "last_attended=2026-09-20")
    assert "DR-26-00004: Suspected dropout" in ran.out
    assert "to do: Check with parents" in ran.out
    assert cases("case", "open", "dropout-return", "C-000004", "--set", "last_attended=2026-09-20", "--json", code=1).json["error"]["code"]


def test_a_trial_opens_nothing(cases: Care) -> None:
    """``--dry-run`` tells what would be, and leaves all as it was."""
    ran = cases("case", "open", "dropout-return", "C-000004", "--set", "last_attended=2026-09-20", "--dry-run")
    assert "trial" in ran.err
    assert len(cases("case", "list", "--json").json["cases"]) == 3


def test_everything_that_is_missing_is_told_at_once(cases: Care) -> None:
    """Without a terminal nothing is asked: the fields that are needed are listed."""
    problems = cases("case", "open", "dropout-return", "C-000004", "--set", "days_missed=x", "--json", code=2).json["error"]["problems"]
    assert {one["place"] for one in problems} == {"last_attended", "days_missed"}


def test_the_same_request_opens_one_case(cases: Care) -> None:
    """A request that comes again is answered as before."""
    words = ("case", "open", "dropout-return", "C-000004", "--set", "last_attended=2026-09-20", "--request", "r1", "--json")
    assert cases(*words).json["ref"] == cases(*words).json["ref"]


def test_why_tells_each_way_with_every_reason(cases: Care) -> None:
    """Open ones, and of the others reason, hint, and who may."""
    shown = cases("case", "why", REF).out
    assert re.search(r"^open  .* → Back in class, watched  \(return\)$", shown, re.M)
    assert re.search(r"^not open  .* → Registered dropout  \(confirm\)$", shown, re.M)
    assert "· nobody has checked yet" in shown
    assert "Who may: School" in shown
    one = cases("case", "why", REF, "confirm", "--json").json["transitions"]
    assert [(answer["allowed"], answer["reasons"][0]["code"]) for answer in one] == [(False, "not_checked")]


def test_why_tells_what_a_task_waits_for(cases: Care) -> None:
    """By its name or its reference; one of another stage says so."""
    assert "Who may: School" in cases("case", "why", f"{REF}.1").out
    assert cases("case", "why", REF, "verify", "--json").json["tasks"][0]["allowed"] is True
    later = cases("case", "why", REF, "visit", "--json").json["tasks"][0]
    assert (later["allowed"], later["reasons"][0]["code"]) == (False, "wrong_stage")
    assert cases("case", "why", REF, "nothing", "--json", code=5).json["error"]["code"] == "transition_unknown"


def test_a_case_explains_itself_in_chinese(cases: Care) -> None:
    """Ways, reasons, roles and the story in the reader's language."""
    shown = cases("--lang", "zh_CN", "case", "why", REF).out
    assert "可行" in shown
    assert "可操作的角色：" in shown
    assert "开案：疑似辍学" in cases("--lang", "zh_CN", "case", "history", REF).out


def test_a_refused_step_lists_the_reasons(cases: Care) -> None:
    """Exit code 1, each reason on a line, and nothing is written."""
    ran = cases("case", "advance", REF, "confirm", "--json", code=1)
    assert ran.json["error"]["code"] == "denied"
    assert "- nobody has checked yet" in ran.err
    assert cases("case", "show", REF, "--json").json["case"]["version"] == 1


def test_a_case_goes_on_when_nothing_speaks_against_it(cases: Care) -> None:
    """A task done opens the way, and the step moves the case."""
    cases("task", "done", f"{REF}.1", *GONE)
    assert cases("case", "advance", REF, "confirm", "--json").json["stage"] == "registered"


def test_a_step_from_an_older_version_is_a_conflict(cases: Care) -> None:
    """Somebody else was faster: exit code 4."""
    cases("case", "note", REF, "the aunt called")
    ran = cases("case", "advance", REF, "return", *BACK, "--expect", "1", "--json", code=4)
    assert ran.json["error"]["code"] == "case_changed"


def test_a_misspelt_way_tells_the_nearest(cases: Care) -> None:
    """Exit code 5 and a guess."""
    assert "did you mean return?" in cases("case", "advance", REF, "retrun", code=5).err


def test_a_case_that_is_not_there_is_not_found(cases: Care) -> None:
    """Exit code 5, as for one out of sight."""
    assert cases("case", "show", "DR-26-09999", "--json", code=5).json["error"]["code"] == "case_unknown"


def test_a_form_comes_from_a_file(cases: Care, tmp_path: Path) -> None:
    """A JSON object, or a sheet with one row."""
    file = tmp_path / "back.csv"
    file.write_text("returned_on\n2026-10-21\n", encoding="utf-8")
    assert cases("case", "advance", REF, "return", "--from", file, "--json").json["stage"] == "monitored"


def test_the_history_is_a_story(cases: Care) -> None:
    """Who did what, with titles; for a script without gaps."""
    cases("case", "note", REF, "the aunt called")
    cases("case", "advance", REF, "return", *BACK)
    shown = cases("case", "history", REF).out
    assert "Note: the aunt called" in shown
    assert ": Suspected dropout → Back in class, watched\n" in shown
    events = cases("case", "history", REF, "--json").json["events"]
    assert [one["n"] for one in events] == list(range(1, len(events) + 1))
    assert all(one["at"] and one["actor"] and one["kind"] for one in events)


def test_a_case_is_shown_with_its_tasks(cases: Care) -> None:
    """Where it stands, what it knows, what waits."""
    shown = cases("case", "show", REF).out
    assert "Last day attended: 2026-09-16" in shown
    assert f"{REF}.1" in shown
    assert cases("case", "show", REF, "--json").json["case"]["record"]["last_attended"] == "2026-09-16"


# ------------------------------------------------------------------ what else is done to a case


def test_a_file_is_put_in(cases: Care, tmp_path: Path) -> None:
    """Its name stands in the history."""
    letter = tmp_path / "letter.txt"
    letter.write_text("x")
    cases("case", "attach", REF, letter, "--note", "from the aunt")
    assert "letter.txt" in cases("case", "history", REF).out


def test_a_suspended_case_stands_still_until_it_is_resumed(cases: Care) -> None:
    """Nothing is advanced meanwhile; the list marks it."""
    cases("case", "suspend", REF, "--reason", "in hospital")
    assert "(suspended)" in cases("case", "list").out
    assert cases("case", "advance", REF, "return", *BACK, "--json", code=1).json["error"]["code"] == "suspended"
    cases("case", "resume", REF, "--reason", "at home")
    assert cases("case", "advance", REF, "return", *BACK, "--json").json["stage"] == "monitored"


def test_a_supervisor_puts_a_case_past_the_rules_and_back(cases: Care) -> None:
    """Override closes it here, reopening opens it; both keep their reason."""
    cases("case", "override", REF, "--to", "cleared", "--reason", "moved to the city")
    assert cases("case", "list", "--subject", "C-000001", "--json").json["cases"] == []
    assert cases("case", "list", "--subject", "C-000001", "--all", "--json").json["cases"][0]["closed"] is True
    cases("case", "reopen", REF, "--reason", "came back")
    shown = cases("case", "history", REF).out
    assert "Put past the rules: Suspected dropout → Cleared" in shown
    assert "why: moved to the city" in shown


def test_a_record_is_corrected_with_its_reason(cases: Care) -> None:
    """Before and after stand in the history; nothing given is no correction."""
    cases("case", "edit", REF, "--set", "last_attended=2026-09-14", "--reason", "the register says so")
    assert "2026-09-16 → 2026-09-14" in cases("case", "history", REF).out
    assert "nothing is given" in cases("case", "edit", REF, "--reason", "x", code=2).err


def test_a_case_is_tied_to_the_right_child(cases: Care) -> None:
    """Whom it is about is said afterwards."""
    cases("case", "identify", REF, "C-000004", "--reason", "the number was mistyped")
    assert cases("case", "show", REF, "--json").json["case"]["subject"] == "C-000004"


# ------------------------------------------------------------------ many at once

MANY = ("--program", "dropout-return", "--where", "stage=suspected")


def test_many_cases_are_advanced_and_the_refused_listed(cases: Care, tmp_path: Path) -> None:
    """The good ones are kept; of the others the reason is told and written to a sheet; exit code 1."""
    cases("task", "done", f"{REF}.1", *GONE)
    file = tmp_path / "refused.csv"
    ran = cases("case", "advance", "confirm", *MANY, "--problems", file, "--json", code=1)
    assert ran.json["done"] == [REF]
    assert [(one["ref"], one["code"]) for one in ran.json["refused"]] == [("DR-26-00002", "denied"), ("DR-26-00003", "denied")]
    assert "DR-26-00002" in file.read_text("utf-8-sig")


def test_a_trial_of_many_writes_nothing(cases: Care) -> None:
    """Every one is tried, and none is moved."""
    ran = cases("case", "advance", "return", *MANY, *BACK, "--dry-run")
    assert "advanced 3 of 3" in ran.out
    assert {one["stage"] for one in cases("case", "list", "--json").json["cases"]} == {"suspected"}


def test_many_again_does_nothing_more(cases: Care) -> None:
    """Whoever runs it twice finds nobody left."""
    cases("case", "advance", "return", *MANY, *BACK)
    assert cases("case", "advance", "return", *MANY, *BACK, "--json").json["done"] == []


def test_every_case_of_an_office_is_never_meant(cases: Care) -> None:
    """The program is named, and the conditions are known ones."""
    problems = cases("case", "advance", "return", "--where", "colour=red", "--json", code=2).json["error"]["problems"]
    assert [one["code"] for one in problems] == ["where_invalid", "program_missing"]
    assert "only the transition" in cases("case", "advance", REF, "return", *MANY, code=2).err


def test_the_transition_is_wanted(cases: Care) -> None:
    """A case alone says nothing of where to."""
    assert "care case why" in cases("case", "advance", REF, code=2).err


def test_where_a_township_is_meant_others_stay(cases: Care) -> None:
    """The condition narrows the cases."""
    assert cases("case", "advance", "return", *MANY, "--where", "township=990199", *BACK, "--json", code=5).json["error"]["code"] == "division_unknown"
    misspelt = cases("case", "advance", "return", *MANY[:2], "--where", "stage=suspcted", *BACK, "--json", code=5).json["error"]
    assert (misspelt["code"], "suspected" in misspelt["hint"]) == ("stage_unknown", True)
    assert len(cases("case", "advance", "return", *MANY, "--township", TOWNSHIP, *BACK, "--json").json["done"]) == 3
