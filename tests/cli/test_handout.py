"""What leaves the office says by whom, when and what for; and a sheet that is handed out is read back in."""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care
from workflow_core.records.sheet_files import open_sheets

PURPOSE = ("--unmasked", "--purpose", "the yearly check")


def rows_of(file: Path) -> list[list[str]]:
    if file.suffix == ".csv":
        return [[cell.removeprefix("'") for cell in row] for row in csv.reader(file.read_text(encoding="utf-8-sig").splitlines())]
    (sheet,) = open_sheets(file)
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_last_line_of_a_sheet_says_who_when_why_and_the_journal_has_its_digest(cases: Care, tmp_path: Path, kind: str) -> None:
    """The digest is that of the rows as they stand there, so a changed sheet is found out."""
    file = tmp_path / f"children.{kind}"
    told = cases("child", "export", "--township", TOWNSHIP, *PURPOSE, "--to", file, "--json").json["handed_out"]
    _, *lines, last = rows_of(file)
    assert told["count"] == len(lines) == 4
    wanted = sha256("\n".join("\t".join(line) for line in lines).encode()).hexdigest()
    for said in (told["by"], told["at"], "the yearly check", wanted):
        assert said in last[0]
    assert last[0].startswith("※")
    says = cases("journal", "show", "--kind", "handed_out", "--json").json["entries"][0]["says"]
    assert says == {"what": "children", "rows": 4, "digest": wanted, "purpose": "the yearly check"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sheet_that_is_handed_out_is_read_back_in_as_it_is(cases: Care, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watermark is no child; what was kept from being a formula is what it was."""
    cases("child", "edit", "C-000001", "--set", "guardian==赵大", "--reason", "a sign that a sheet takes for a formula")
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    file = tmp_path / f"名单.{kind}"
    cases("child", "export", "--township", TOWNSHIP, *PURPOSE, "--to", file)
    assert any("=赵大" in cell for row in rows_of(file) for cell in row)
    told = cases("child", "import", file, "--township", TOWNSHIP, "--json").json
    assert (told["rows"], told["imported"], told["rejected"]) == (4, 0, 0)
    assert cases("child", "show", "C-000001", *PURPOSE, "--json").json["child"]["guardian"] == "=赵大"


def test_a_masked_list_needs_no_purpose_and_says_who_took_it(cases: Care, tmp_path: Path) -> None:
    """And the day."""
    cases("child", "export", "--township", TOWNSHIP, "--to", tmp_path / "x.csv")
    assert "Handed out to" in rows_of(tmp_path / "x.csv")[-1][0]


def test_single_fields_are_revealed_and_written_down_twice(cases: Care) -> None:
    """These and no others; for a purpose that says something."""
    shown = cases("child", "reveal", "C-000001", "--field", "guardian-phone", "--purpose", "to call about Friday", "--json").json["child"]
    assert shown == {"ref": "C-000001", "guardian_phone": "13300000001"}
    entries = cases("journal", "show", "--kind", "revealed", "--json").json["entries"]
    assert [one["says"] for one in entries] == [{"fields": ["guardian_phone"], "purpose": "to call about Friday"}]
    assert cases("child", "reveal", "C-000001", "--field", "name", "--purpose", "x", "--json", code=2).json["error"]["code"] == "purpose_short"
    assert cases("child", "reveal", "C-000001", "--field", "nmae", "--purpose", "a visit", "--json", code=2).json["error"]["code"] == "fields_unknown"
    titled = cases("--lang", "zh_CN", "child", "reveal", "C-000001", "--field", "监护人电话、Name", "--purpose", "a visit", "--json").json["child"]
    assert list(titled) == ["ref", "guardian_phone", "name"]
    assert "not on file" in cases("child", "reveal", "C-000001", "--field", "note", "--purpose", "a visit").out


def test_a_role_reveals_what_the_table_says(cases: Care) -> None:
    """A clinic the name, and no number; what it may not is told with who may."""
    cases("account", "add", "doctor")
    cases("account", "grant", "doctor", "clinic", "--township", TOWNSHIP)
    why = ("--purpose", "the health check")
    cases("--as", "doctor", "child", "reveal", "C-000001", "--field", "name", *why)
    error = cases("--as", "doctor", "child", "reveal", "C-000001", "--field", "name", "--field", "national_id", *why, "--json", code=3).json["error"]
    assert (error["code"], error["context"]["fields"]) == ("not_seen_whole", "national_id")
    whole = cases("--as", "doctor", "child", "show", "C-000001", "--unmasked", *why, "--json").json["child"]
    assert (whole["name"], whole["guardian"], whole["guardian_phone"]) == ("赵一", "赵*", "133****0001")
    exported = cases("--as", "doctor", "child", "export", "--township", TOWNSHIP, "--unmasked", *why, "--json").json["children"]
    assert (exported[0]["name"], exported[0]["national_id"][4:14]) == ("赵一", "**********")


def test_access_is_asked_for_approved_used_and_told_to_the_guardian(cases: Care) -> None:
    """From the request to the log, through the commands."""
    place = cases("place", "add", "远山学校", "--kind", "school", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    for login in ("here", "there"):
        cases("account", "add", login)
    held = (("here", "child_director", "--township", TOWNSHIP), ("here", "child_supervisor", "--township", TOWNSHIP), ("there", "school", "--place", place))
    for login, role, *where in held:
        cases("account", "grant", login, role, *where)
    asked = ("access", "request", "--child", "C-000001", "--fields", "name", "--field", "guardian", "--purpose", "her sister lives here", "--json")
    made = cases("--as", "there", *asked).json["access"]
    ref = made["ref"]
    assert set(made["fields"]) == {"name", "guardian"}
    assert "care access list" in cases("--as", "here", "inbox").err
    assert [one["ref"] for one in cases("--as", "here", "access", "list", "--json").json["for_you"]] == [ref]
    assert cases("--as", "there", "access", "approve", ref, "--json", code=3).json["error"]["code"] == "four_eyes"
    cases("--as", "here", "access", "approve", ref)
    assert cases("--as", "there", "child", "show", "C-000001", *PURPOSE, "--json").json["child"]["name"] == "赵一"
    assert ref in cases("--as", "there", "account", "show").out
    cases("--as", "there", "access", "emergency", "--child", "C-000002", "--reason", "found at the station")
    assert "emergency" in cases("--as", "here", "inbox").err
    cases("--as", "there", "child", "show", "C-000002")
    case = cases("case", "list", "--json").json["cases"][1]["ref"]
    cases("--as", "there", "case", "show", case)
    log = cases("--as", "here", "access", "log", "--child", "C-000001", "--json").json["looks"]
    assert ("revealed", "school", "the yearly check") in {(one["kind"], one["role"], one["why"]) for one in log}
    assert ("access_approved", "child_supervisor") in {(one["kind"], one["role"]) for one in log}  # by which he may, not the first that he holds
    assert "Name" in cases("--as", "here", "access", "log", "--child", "C-000001").out
    assert all(one["role"] != "school" for one in cases("--as", "here", "access", "log", "--child", "C-000002", "--json").json["looks"])


def test_an_empty_log_does_not_say_that_nobody_looked(cases: Care) -> None:
    """Looks in an emergency are never told, nor whether there were any; so neither are those who did not look at all."""
    cases("account", "add", "away")
    place = cases("place", "add", "远山学校", "--kind", "school", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    cases("account", "grant", "away", "school", "--place", place)
    before = cases("access", "log", "--child", "C-000001").out
    cases("--as", "away", "access", "emergency", "--child", "C-000001", "--reason", "found at the station")
    cases("--as", "away", "child", "show", "C-000001")
    assert cases("access", "log", "--child", "C-000001").out == before
    assert "There is nothing that can be told here." in before


def test_an_attempt_that_failed_is_in_the_journal_once_and_says_nothing_of_what_was_asked(cases: Care) -> None:
    """Who, which command, which refusal; also of somebody whom the office does not know."""
    cases("account", "add", "doctor")
    cases("account", "grant", "doctor", "clinic", "--township", TOWNSHIP)
    for _ in range(3):
        cases("--as", "doctor", "child", "reveal", "C-000001", "--field", "note", "--purpose", "the health check", code=3)
    cases("--as", "nobody", "inbox", code=3)
    told = cases("journal", "show", "--kind", "denied", "--json").json["entries"]
    assert sorted((one["actor"], one["says"]["code"], one["says"]["doing"]) for one in told) == [
        ("doctor", "not_seen_whole", "child reveal"),
        ("nobody", "login_unknown", "inbox"),
    ]
    assert "C-000001" not in str(told)


def test_fields_are_named_one_by_one_or_by_comma(cases: Care) -> None:
    """As where access is asked for."""
    told = cases("child", "reveal", "C-000001", "--fields", "name,guardian", "--field", "note", "--purpose", "her sister lives here", "--json").json["child"]
    assert set(told) == {"ref", "name", "guardian", "note"}


def test_an_answer_is_told_to_whoever_asked(cases: Care) -> None:
    """In his inbox and his list, with the reason; of an emergency what was said of it afterwards. What only an administrator of all may is said as such."""
    cases("account", "add", "far")
    place = cases("place", "add", "远山学校", "--kind", "school", "--township", TOWNSHIP, "--json").json["places"][0]["ref"]
    cases("account", "grant", "far", "school", "--place", place)
    ref = cases("--as", "far", "access", "request", "--child", "C-000001", "--purpose", "her sister is here", "--json").json["access"]["ref"]
    cases("access", "refuse", ref, "--reason", "ask the school first")
    inbox = cases("--as", "far", "inbox")
    assert "Your requests to see more were answered in these days: 1" in inbox.out + inbox.err
    assert "ask the school first" in cases("--as", "far", "access", "list").out
    seen = cases("--as", "far", "access", "emergency", "--child", "C-000001", "--reason", "found at the station", "--json").json["access"]["ref"]
    cases("access", "review", seen, "--reason", "it was right")
    assert "it was right" in cases("--as", "far", "access", "list", "--all").out
    refused = cases("--as", "far", "journal", "show", code=3)
    assert "in the whole office" in refused.out + refused.err
