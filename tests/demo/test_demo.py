"""The demo plays to its end in either language, and the office it leaves behind is the one that its story tells of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.demo.weeks import MINGYUE, SHILEI, TIANYE, XIAOCHUAN, XIAOSONG, XIAOYU
from careflow_cli.main import run
from careflow_cli.width import width
from tools import demo_sheets
from workflow_core.records.sheet_files import open_sheets

BIN = Path(sys.executable).parent
CHRISTMAS = "2026-12-25T09:00"
SAID = {"en": "Su Xiaoyu and Luo Xiaosong are back", "zh_CN": "苏晓雨、罗小松返校"}


def surroundings() -> dict[str, str]:
    """No setting of the machine, and a terminal of 120 cells."""
    around = {name: value for name, value in os.environ.items() if not name.startswith(("CARE_", "LC_", "LANG"))}
    return around | {"COLUMNS": "120", "PATH": f"{BIN}{os.pathsep}{around['PATH']}"}


def play(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Plays the demo as ``make demo`` does."""
    command = [sys.executable, "-m", "careflow_cli.demo", "--keep", str(folder), *words]
    return subprocess.run(command, env=surroundings(), capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL)


@dataclass
class Played:
    """A demo that was played: what it printed, and its office."""

    folder: Path
    lang: str
    lines: list[str]
    office: str = "office"
    now: str = CHRISTMAS

    def care(self, *words: str) -> Any:
        """What a command answers in the office, at the end of the story."""
        answer = StringIO()
        with redirect_stdout(answer):
            code = run(["--office", str(self.folder / self.office), "--now", self.now, *words, "--json"])
        assert code == 0, answer.getvalue()
        return json.loads(answer.getvalue())

    def stage(self, case: str) -> str:
        """Where a case stands."""
        return str(next(one["stage"] for one in self.care("case", "list", "--all")["cases"] if one["ref"] == case))

    def desk(self, role: str) -> list[dict[str, Any]]:
        """What waits for a role."""
        return list(self.care("inbox", "--role", role)["tasks"])


@pytest.fixture(scope="module", params=["en", "zh_CN"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo in one language."""
    folder = tmp_path_factory.mktemp("demo")
    done = play(folder, "--lang", request.param)
    assert done.returncode == 0, done.stderr + done.stdout[-2000:]
    assert done.stderr == ""
    return Played(folder, request.param, done.stdout.splitlines())


def test_it_fits_on_a_terminal(played: Played) -> None:
    """No line is wider than 120 cells, and all of them can be read."""
    assert [line for line in played.lines if width(line) > 120] == []
    assert 100 < len(played.lines) <= 420


def test_it_tells_its_story_in_one_language(played: Played) -> None:
    """The end is told in the language that was asked for, and not in the other."""
    shown = "".join(played.lines)
    assert [lang for lang, said in SAID.items() if said in shown] == [played.lang]


def test_four_people_see_what_waits_for_them(played: Played) -> None:
    """Village, school, township and bureau, after the last week."""
    asked = [line.split(" $ ")[0] for line in played.lines if line.endswith("$ care inbox")]
    assert asked[-4:] == ["zhou", "chen", "liu", "wu"]


def test_two_children_have_returned(played: Played) -> None:
    """One is watched to the end, the other is watched still."""
    assert (played.stage(XIAOYU), played.stage(XIAOSONG)) == ("cleared", "monitored")


def test_one_child_is_excused(played: Played) -> None:
    """It learns elsewhere, which was proved, and its provisional file has been completed."""
    assert played.stage(MINGYUE) == "excused"
    assert [one for one in played.desk("child_supervisor") if one["case"] == MINGYUE] == []


def test_one_child_has_relapsed(played: Played) -> None:
    """The same case, the second departure."""
    assert played.stage(TIANYE) == "persuading"
    assert played.care("case", "show", TIANYE)["case"]["record"]["episode"] == 2


def test_one_child_was_forgotten_and_is_heard_of(played: Played) -> None:
    """The case lies where it was opened, and is overdue on the supervisor's desk and on the county's."""
    assert played.stage(XIAOCHUAN) == "suspected"
    for role in ("child_supervisor", "county_office"):
        assert any(one["overdue"] for one in played.desk(role) if one["case"] == XIAOCHUAN)
    people = {event["actor"] for event in played.care("case", "history", XIAOCHUAN)["events"][1:]}
    assert people == {"system"}


def test_one_case_lies_at_the_courts_door(played: Played) -> None:
    """Every paper on the way is on file; what goes to the court is a draft, and nothing of it is issued."""
    assert played.stage(SHILEI) == "in_court"
    papers = {one["name"]: one for one in played.care("document", "list", SHILEI)["papers"]}
    for name in ("persuasion_letter", "return_notice", "return_order"):
        assert (papers[name]["state"], bool(papers[name]["number"])) == ("served", True)
    assert [(papers[name]["state"], papers[name]["number"]) for name in ("pleading", "support_request")] == [("draft", ""), ("draft", "")]
    assert [one["case"] for one in played.desk("education_bureau")] == [SHILEI]


def test_the_third_act_is_a_round_of_health_checks(played: Played) -> None:
    """In an office of its own: one pressure settled after three days, one child lost and seen to be, and a report without names."""
    clinic = Played(played.folder, played.lang, played.lines, office="health-office")
    found = {one["ref"]: one["stage"] for one in clinic.care("case", "list", "--all", "--program", "healthcheck")["cases"]}
    assert found["HR-26-00001"] == "closed"
    assert [found[f"HC-26-0000{n}"] for n in (3, 4, 5)] == ["settled", "settled", "lost"]
    assert clinic.care("case", "show", "HC-26-00003")["case"]["record"]["pressure_course"] == "CONFIRMED"
    assert clinic.care("journal", "verify")["problems"] == []
    report = (played.folder / "round-report.html").read_text("utf-8")
    assert "学生健康体检情况汇总报告" in report
    assert "覃家乐" not in report


def test_each_weeks_papers_were_printed(played: Played) -> None:
    """One file a week in which something was signed; the statement of claim is marked as a draft, in Chinese whatever was spoken."""
    files = sorted(played.folder.glob("papers-week-*.html"), key=lambda path: int(path.stem.split("-")[-1]))
    assert [int(path.stem.split("-")[-1]) for path in files] == list(range(1, 11))
    first, sixth, court = (path.read_text("utf-8") for path in (files[0], files[5], played.folder / "court.html"))
    assert "义劝通字〔2026〕第4号" in first
    assert "责改字〔2026〕第1号" in sixth
    assert all(said in court for said in ("草　稿", "民 事 起 诉 状", "石磊", "厌学"))


def test_a_desk_tells_the_children_apart_without_telling_who_they_are(played: Played) -> None:
    """The reference of the file, and the surname alone."""
    assert [(one["subject"], one["subject_name"]) for one in played.desk("education_bureau")] == [("C-000017", "石*")]
    assert [line.split()[-2:] for line in played.lines if f"{XIAOSONG}." in line][-1] == ["C-000014", "罗*"]


def test_the_office_is_as_it_was_written(played: Played) -> None:
    """Every chain holds, and nothing broke on the way."""
    assert played.care("journal", "verify")["problems"] == []
    assert not (played.folder / "office" / "care-errors.log").exists()


def test_the_commands_to_go_on_with_work_as_they_are_shown(played: Played) -> None:
    """The last three lines, typed into a shell."""
    done = subprocess.run(["bash", "-ec", "\n".join(played.lines[-3:])], env=surroundings(), capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert SHILEI in done.stdout


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """The demo does not play in somebody's files."""
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    done = play(tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_all_of_it_can_be_seen(tmp_path: Path) -> None:
    """``--full`` shows each command, and leaves nothing out."""
    done = play(tmp_path, "--full")
    assert done.returncode == 0
    assert "… +" not in done.stdout
    assert done.stdout.count(" $ care ") > 90


def test_the_sheets_are_those_that_the_tool_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has edited them by hand; their cells are compared, not their bytes."""
    committed = demo_sheets.SHEETS
    monkeypatch.setattr(demo_sheets, "SHEETS", tmp_path)
    demo_sheets.main()
    for name in ("roster.xlsx", "absences.xlsx", "health.xlsx"):
        cells = [[(sheet.name, list(sheet.rows())) for sheet in open_sheets(folder / name)] for folder in (committed, tmp_path)]
        assert cells[0] == cells[1]


def test_the_fourth_act_is_a_camp(played: Played) -> None:
    """In an office of its own: six have been there to the end, a family's seat has gone to the next, the draw can be repeated, and was made once."""
    camp = Played(played.folder, played.lang, played.lines, office="camp-office", now="2027-07-13T09:00")
    found = {one["ref"]: one["stage"] for one in camp.care("case", "list", "--all", "--program", "camp")["cases"]}
    assert found.pop("ED-27-00001") == "closed"
    assert sorted(found.values()).count("completed") == 6
    assert set(found.values()) == {"completed", "withdrawn", "no_seat"}
    assert camp.care("camp", "verify", "ED-27-00001")["fits"] is True
    assert camp.care("journal", "verify")["problems"] == []
