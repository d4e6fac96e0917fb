"""``care consent``: recording, looking, attesting; and the sheet that rests on consent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import NUMBERS
from tests.cli.helping import TOWNSHIP, Care, Ran

PLUGIN = """
from tests.engine.lending import LIBRARY
from workflow_core import hookimpl


@hookimpl
def careflow_programs():
    return [LIBRARY]
"""
ASKED = ("--by", "guardian", "--notice", "2026-2", "--child", "agrees", "--paper")


@pytest.fixture
def library(cases: Care, tmp_path: Path) -> Care:
    """An office in which books are lent."""
    file = tmp_path / "library.py"
    file.write_text(PLUGIN, encoding="utf-8")

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        return cases("--plugin", file, *words, code=code, breaks=breaks)

    call("program", "enable", "library", "--township", TOWNSHIP)
    return call


def child(care: Care, n: int = 0) -> str:
    """A child's reference, by its number."""
    return str(care("child", "find", NUMBERS[n], "--json").json["children"][0]["ref"])


def test_why_names_the_command_and_the_command_lets_it_go_on(library: Care) -> None:
    """What ``care case why`` says is missing is recorded with the command that it names, and the case moves."""
    ref = child(library)
    case = library("case", "open", "library.loan", ref, "--set", "title=Journey", "--json").json["ref"]
    said = library("case", "why", case).out
    assert "there is no consent to: Lending books to the child" in said
    assert f"care consent give {ref} lending" in said
    answer = library("consent", "give", ref, "lending", *ASKED).out
    assert f"{ref}: consented (library.lending)." in answer
    assert f"{case}: stands in Lent now" in answer


def test_what_is_missing_is_told_at_once(library: Care) -> None:
    """Without a terminal nothing is asked, and every fault is told with what to do."""
    ref = child(library)
    refused = library("consent", "give", ref, "lending", "--json", code=1).json["error"]
    assert refused["code"] == "consent_invalid"
    assert [one["code"] for one in refused["problems"]] == ["guardian_missing", "notice_missing", "child_voice_missing", "evidence_missing"]


def test_somebody_who_is_no_guardian_is_refused(library: Care) -> None:
    """The child's guardian is another; the hint names the command that enters one."""
    ref = child(library)
    refused = library("consent", "give", ref, "lending", "--by", "mother", *ASKED[2:], "--json", code=1).json["error"]
    assert (refused["code"], f"care child relate {ref} mother" in refused["hint"]) == ("not_guardian", True)


def test_a_withdrawal_says_what_it_stopped(library: Care) -> None:
    """The case that rests on it, and where it stands; and where nothing rests on it, that."""
    ref, other = child(library), child(library, 1)
    for one in (ref, other):
        library("consent", "give", one, "lending", *ASKED)
    case = library("case", "open", "library.loan", ref, "--set", "title=Journey", "--json").json["ref"]
    told = library("consent", "withdraw", ref, "lending", "--by", "guardian", "--json").json
    assert told["cases"] == [{"case": case, "how": "moved", "stage": "dropped"}]
    assert "Nothing rested on it." in library("consent", "withdraw", other, "lending", "--by", "guardian").out


def test_names_are_masked_wherever_a_consent_is_shown(library: Care) -> None:
    """Neither the child's name nor the guardian's is on the screen or in the document."""
    ref = child(library)
    library("consent", "give", ref, "lending", "--named", "赵外婆", "--kin", "外婆", *ASKED[2:])
    for words in (("show", ref), ("show", ref, "--json"), ("list", "lending", "--township", TOWNSHIP), ("list", "lending", "--json")):
        out = library("consent", *words).out
        assert "赵*" in out
        assert "赵一" not in out
        assert "赵外婆" not in out
    (purpose,) = library("consent", "show", ref, "--json").json["purposes"]
    assert (purpose["standing"], purpose["said"][0]["kin"], purpose["said"][0]["child_said"]) == ("holds", "grandparent", "agrees")


def test_a_refusal_by_the_child_itself_is_kept(library: Care) -> None:
    """A child may refuse for itself; the list tells it."""
    ref = child(library)
    library("consent", "refuse", ref, "library.lending", "--by", "child")
    (line,) = library("consent", "list", "lending", "--json").json["children"]
    assert (line["child"], line["standing"]) == (ref, "refused")
    assert "the child" in library("consent", "show", ref).out


def test_what_programs_ask_consent_for(library: Care) -> None:
    """Name, purpose, basis, the notice in use, from what age the child is heard, and what a withdrawal does."""
    listed = {one["consent"]: one for one in library("consent", "list", "--json").json["consents"]}
    assert listed["library.lending"] == {
        "consent": "library.lending",
        "title": "Lending books to the child",
        "basis": "consent",
        "notice": "2026-2",
        "child_from": 8,
        "stops": "stop",
    }
    assert listed["library.counting"]["basis"] == "statutory_duty"
    assert "statutory duty" in library("consent", "list").out


def test_a_list_is_attested_line_by_line(library: Care, tmp_path: Path) -> None:
    """ID numbers, one a line: attested, and told where not; a second time nothing new."""
    file = tmp_path / "children.txt"
    file.write_text(f"{NUMBERS[0]}\n\n{NUMBERS[1]}\n432801201301010013\n", encoding="utf-8")
    words = ("consent", "attest", "lending", "--children", file, "--consent-on-file", "2026-2", "--township", TOWNSHIP)
    told = library(*words, "--json", code=1).json
    assert (told["attested"], told["unknown"], [one["verdict"] for one in told["lines"]]) == (2, 1, ["attested", "attested", "unknown"])
    assert library(*words, "--json", code=1).json["on_file"] == 2
    assert "not on file 1" in library(*words, code=1).out


def test_a_list_of_an_older_notice_is_refused(library: Care, tmp_path: Path) -> None:
    """The hint names the notice in use."""
    file = tmp_path / "children.txt"
    file.write_text(NUMBERS[0], encoding="utf-8")
    words = ("consent", "attest", "lending", "--children", file, "--consent-on-file", "2026-1", "--township", TOWNSHIP, "--json")
    refused = library(*words, code=1).json["error"]
    assert (refused["code"], "2026-2" in refused["hint"]) == ("notice_old", True)


def test_a_sheet_that_rests_on_consent_takes_the_attestation(library: Care, tmp_path: Path) -> None:
    """Its command has ``--consent-on-file``; without it nothing is stored, and a sheet that rests on none has no such option."""
    sheet = tmp_path / "loans.csv"
    sheet.write_text(f"姓名,身份证号,Book,同意\n赵一,{NUMBERS[0]},Journey,\n钱二,{NUMBERS[1]},Journey,否\n", encoding="utf-8")
    words = ("library", "import", sheet, "--township", TOWNSHIP, "--json")
    assert [one["code"] for one in library(*words, code=1).json["problems"]] == ["consent_missing", "consent_refused"]
    told = library(*words, "--consent-on-file", "2026-2", code=1).json
    assert (told["opened"], told["attested"], [one["code"] for one in told["problems"]]) == (1, 1, ["consent_refused"])
    assert "--consent-on-file" in library("library", "import", "--help").out
    assert "--consent-on-file" not in library("dropout-return", "import", "--help").out


def test_an_emergency_is_written_down_with_its_end(library: Care) -> None:
    """Without reason and end it is refused; with them it holds."""
    ref = child(library)
    refused = library("consent", "give", ref, "lending", "--basis", "emergency", "--json", code=1).json["error"]
    assert {one["code"] for one in refused["problems"]} == {"reason_missing", "end_missing"}
    library("consent", "give", ref, "lending", "--basis", "emergency", "--reason", "flood", "--expires", "2026-11-01")
    assert library("consent", "show", ref, "--json").json["purposes"][0]["standing"] == "holds"
    assert "emergency" in library("consent", "show", ref).out


def test_a_program_says_what_it_reads_and_why(library: Care) -> None:
    """Each personal field with its purpose, each consent with its basis."""
    told = library("program", "show", "library", "--json").json
    assert told["uses"] == [{"field": "child.born_on", "purpose": "To know who may borrow alone"}]
    assert [(one["consent"], one["basis"], one["workflows"]) for one in told["consents"]] == [
        ("lending", "consent", ["Loan"]),
        ("pictures", "consent", ["Picture"]),
        ("counting", "statutory_duty", ["Count"]),
    ]
    shown = library("program", "show", "library").out
    assert "Birth date" in shown
    assert "To know who may borrow alone" in shown
    assert "It asks for no consent." in library("program", "show", "dropout-return").out
