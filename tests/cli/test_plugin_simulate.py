"""``care plugin simulate``: what is printed, its exit code, its chart."""

from __future__ import annotations

from pathlib import Path

from tests.cli.helping import Care

ROOT = Path(__file__).resolve().parents[2]
HEAD = "from workflow_core import hookimpl\n"
TAIL = "\n\n@hookimpl\ndef careflow_programs():\n    return [PROGRAM]\n"


def planted(tmp_path: Path) -> Path:
    file = tmp_path / "matters.py"
    text = (ROOT / "tests/simulate/planted.py").read_text("utf-8")
    file.write_text(text.replace("from typing import Any\n", "from typing import Any\n" + HEAD, 1) + TAIL, encoding="utf-8")
    return file


def test_a_trap_in_a_file_ends_with_one(care: Care, tmp_path: Path) -> None:
    """Without an office, in both languages."""
    file = planted(tmp_path)
    told = care("plugin", "simulate", file, "--cases", 60, "--weeks", 10, code=1).out
    assert "Matter: 60 cases, each looked at for 10 weeks (seed 0)" in told
    assert "cases lie in the stage In the bog for ever  [trap]" in told
    assert "→ most often: it weighs … only" in told
    assert "永远停留" in care("--lang", "zh_CN", "plugin", "simulate", file, "--cases", 60, "--weeks", 10, code=1).out


def test_stuck_cases_end_with_one_and_are_never_called_fine(care: Care, tmp_path: Path) -> None:
    """Some cases get away, most do not: that is an error, with what most were refused for."""
    file = planted(tmp_path)
    file.write_text(file.read_text("utf-8").replace("PROGRAM = TRAP", "PROGRAM = STUCK"), encoding="utf-8")
    told = care("plugin", "simulate", file, "--cases", 100, code=1).out
    assert "cases are stuck in the stage New  [stuck]" in told
    assert "→ most often: it weighs …" in told
    assert "no case was caught" not in told


def test_a_workflow_of_an_installed_program_is_named_with_a_dot(care: Care, tmp_path: Path) -> None:
    """With a chart beside, and the numbers as JSON."""
    out = tmp_path / "chart.svg"
    told = care("plugin", "simulate", "dropout-return.monthly_list", "--cases", 20, "--json", "--chart", out).json
    assert (told["workflow"], told["cases"], told["ends"]) == ("monthly_list", 20, {"sent": 20})
    assert told["median_days"] <= told["p90_days"]
    assert out.read_text("utf-8").startswith("<svg")


def test_the_help_says_what_a_file_of_odds_may_say(care: Care) -> None:
    """Each section with an example."""
    told = care("plugin", "simulate", "--help").out
    assert all(part in told for part in ("[days]", "[chance]", "[fields]", "[policy]", "visit = [0, 2, 7]"))
    assert "概率文件" in care("--lang", "zh_CN", "plugin", "simulate", "--help").out


def test_the_odds_that_a_program_ships_are_taken_unless_none_are_wanted(care: Care) -> None:
    """Without a word more."""
    said = ("plugin", "simulate", "dropout-return.dropout", "--cases", 6, "--json")
    first, own, none = (care(*said, *more).json["counts"] for more in ((), ("--odds", "own"), ("--odds", "none")))
    assert first == own != none


def test_what_is_not_there_is_told_with_what_helps(care: Care, tmp_path: Path) -> None:
    """A program, a workflow, a file, odds."""
    assert "did you mean pairing?" in care("plugin", "simulate", "pairng", code=5).err
    assert "has no workflow x" in care("plugin", "simulate", "pairing.x", code=5).err
    assert "there is no file" in care("plugin", "simulate", tmp_path / "no.py", code=2).err
    assert "there is no file odds.toml" in care("plugin", "simulate", "pairing", "--odds", "own", code=2).err
    (tmp_path / "odds.toml").write_text("[chance]\nreturm = 1\n", encoding="utf-8")
    told = care("plugin", "simulate", "dropout-return", "--odds", tmp_path / "odds.toml", code=2).err
    assert "did you mean return?" in told
