"""``care journal``: looking back, handing out what was done, and proving that nothing of it was changed."""

from __future__ import annotations

import csv
from hashlib import sha256
from pathlib import Path

import pytest

from .helping import Care

TOMORROW = ("--now", "2026-10-22T09:00")


@pytest.fixture
def sealed(cases: Care) -> Care:
    """An office on its second day, after the clock had its turn."""
    cases(*TOMORROW, "tick")
    return cases


def test_a_day_is_sealed_by_the_clock(sealed: Care) -> None:
    """The day that is over, and not today."""
    found = sealed(*TOMORROW, "journal", "seals", "--json").json["seals"]
    assert [(one["day"], len(one["digest"])) for one in found] == [("2026-10-21", 64)]
    assert f"care journal verify --seal 2026-10-21={found[0]['digest'][:16]}" in sealed(*TOMORROW, "journal", "seals").out


def test_before_a_day_is_over_there_is_no_seal(cases: Care) -> None:
    """And who makes them is said."""
    assert "care tick" in cases("journal", "seals").out
    assert cases("journal", "seals", "--json").json == {"seals": []}


def test_a_kept_seal_is_held_against_the_office(sealed: Care) -> None:
    """One that fits, and one that does not."""
    digest = sealed("journal", "seals", "--json").json["seals"][0]["digest"]
    assert "Held against seals that were kept elsewhere: 1." in sealed("journal", "verify", "--seal", f"2026-10-21={digest[:16]}").out
    ran = sealed("journal", "verify", "--seal", f"2026-10-21={'0' * 16}", "--json", code=6)
    assert [(one["code"], one["place"]) for one in ran.json["problems"]] == [("seal_differs", "2026-10-21")]


@pytest.mark.parametrize("said", ["2026-10-21", "yesterday=0123456789abcdef", "2026-10-21=abc", "2026-10-21=zzzzzzzzzzzzzzzz"])
def test_a_seal_that_cannot_be_read_is_refused(cases: Care, said: str) -> None:
    """With how to write one."""
    error = cases("journal", "verify", "--seal", said, "--json", code=2).json["error"]
    assert error["code"] == "seal_invalid"


def test_a_search_finds_steps_and_looks_of_a_child(cases: Care) -> None:
    """Events of its cases and entries about its file stand in one order."""
    cases("child", "show", "C-000001")
    found = cases("journal", "search", "--child", "C-000001", "--json").json["found"]
    assert {"opened", "file_opened"} <= {one["kind"] for one in found}
    assert {one["person"] for one in found} == {"C-000001"}
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)


def test_a_search_is_narrowed(cases: Care) -> None:
    """By case, kind, program, account and day; nothing is no error."""
    found = cases("journal", "search", "--case", "DR-26-00001", "--kind", "opened", "--json").json["found"]
    assert [(one["case"], one["kind"]) for one in found] == [("DR-26-00001", "opened")]
    assert {one["kind"] for one in cases("journal", "search", "--program", "dropout-return", "--json").json["found"]} <= {"opened", "advanced", "task_done"}
    assert cases("journal", "search", "--actor", "nobody", "--json").json["found"] == []
    assert cases("journal", "search", "--until", "2026-10-20", "--json").json["found"] == []
    assert cases("journal", "search", "--from", "2026-10-21", "--until", "2026-10-21", "--limit", "2", "--json").json["found"] != []
    assert "Nothing was found." in cases("journal", "search", "--from", "2026-10-22").out


@pytest.mark.parametrize(("said", "near"), [("reveal", "revealed"), ("erazed", "erased"), ("export", "exported")])
def test_a_kind_that_nothing_is_written_as_is_told_with_the_near_ones(cases: Care, said: str, near: str) -> None:
    """In every command that takes one; all kinds where none is near."""
    for words in (("search",), ("show",)):
        told = cases("journal", *words, "--kind", said, "--json", code=2).json["error"]
        assert told["code"] == "kind_unknown"
        assert near in told["context"]["near"].split(", ")
    assert "access_asked, access_ended" in cases("journal", "search", "--kind", "xyzzyx", code=2).err.replace("\n", " ")
    assert cases("journal", "show", "--kind", "File-Opened", "--json").json["entries"] == []


def test_a_case_that_is_not_there_is_told(cases: Care) -> None:
    """Instead of an empty answer, which would be believed."""
    assert cases("journal", "search", "--case", "DR-26-99999", "--json", code=5).json["error"]["code"] == "case_unknown"


def test_what_is_handed_out_says_by_whom_and_what_for(cases: Care, tmp_path: Path) -> None:
    """Its last line does, with the digest of the lines above; and the journal has it."""
    file = tmp_path / "journal.csv"
    ran = cases("journal", "export", "--to", file, "--purpose", "the yearly audit", "--json")
    *lines, last = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))[1:]
    assert ran.json["count"] == len(lines) > 3
    digest = sha256("\n".join("\t".join(line) for line in lines).encode()).hexdigest()
    assert digest == ran.json["digest"]
    assert digest in last[0]
    assert "the yearly audit" in last[0]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    assert cases("journal", "search", "--kind", "exported", "--json").json["found"][0]["says"]["purpose"] == "the yearly audit"
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_is_handed_out_without_a_purpose(cases: Care, tmp_path: Path) -> None:
    """And no file is left."""
    file = tmp_path / "journal.csv"
    assert cases("journal", "export", "--to", file, "--json", code=2).json["error"]["code"] == "purpose_missing"
    assert not file.exists()


def test_only_administrators_look_back(cases: Care, tmp_path: Path) -> None:
    """Neither by searching, nor by a sheet, nor at the seals."""
    cases("account", "add", "wang")
    cases("account", "grant", "wang", "school", "--township", "990101100")
    for words in (("search",), ("seals",), ("export", "--to", tmp_path / "x.csv", "--purpose", "p")):
        assert cases("--as", "wang", "journal", *words, "--json", code=3).json["error"]["code"] == "not_permitted"


def test_a_search_gives_nobody_away(cases: Care, tmp_path: Path) -> None:
    """Names and numbers are masked, on screen and in the sheet."""
    cases("child", "edit", "C-000001", "--set", "guardian=向小七", "--set", "guardian_phone=13900007777", "--reason", "they said so")
    cases("journal", "export", "--to", tmp_path / "j.csv", "--purpose", "the audit")
    for told in (cases("journal", "search").out, cases("journal", "search", "--json").out, (tmp_path / "j.csv").read_text(encoding="utf-8-sig")):
        assert "向小七" not in told
        assert "13900007777" not in told
