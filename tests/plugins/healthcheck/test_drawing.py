"""The pictures' commands, in a training office: files that only their owner reads, nobody named unasked, and who looked is in the journal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from careflow_healthcheck.drawing import rates_of
from careflow_healthcheck.findings import Sex, Vision, Weight
from careflow_healthcheck.forms import CheckRecord, RoundRecord
from careflow_healthcheck.pictures import fonts
from careflow_healthcheck.rates import round_rates
from tests.plugins.healthcheck.pupils import NAMES
from workflow_core.inputs import encode

Care = Callable[..., Any]


def child(care: Care, name: str) -> str:
    return str(care("child", "find", name, "--json")["children"][0]["ref"])


def looks(care: Care, ref: str) -> list[dict[str, Any]]:
    """What the journal says of pictures made of a child."""
    entries = care("journal", "show", "--subject", ref, "--kind", "exported", "--json")["entries"]
    return [one["says"] for one in entries]


def test_growth_is_drawn_and_the_look_is_kept(care: Care, tmp_path: Path) -> None:
    """Two points, a file of its owner's alone, no name; the journal tells what was drawn of whom, and that it was masked."""
    ref, out = child(care, NAMES[0]), tmp_path / "growth.svg"
    assert care("healthcheck", "curves", ref, "--out", out, "--json") == {"file": str(out), "kind": "svg", "points": 2}
    assert out.read_bytes().startswith(b"<?xml")
    assert out.stat().st_mode & 0o077 == 0
    [said] = looks(care, ref)
    assert (said["what"], said["masked"], said["purpose"]) == ("healthcheck.curves", True, "")


def test_a_name_is_printed_for_a_purpose_only(care: Care, tmp_path: Path) -> None:
    """Without one nothing is drawn and nothing is kept; with one the purpose is."""
    ref, out = child(care, NAMES[0]), tmp_path / "growth.png"
    assert "--purpose" in care("healthcheck", "curves", ref, "--name", "--out", out, code=2)
    assert (out.exists(), looks(care, ref)) == (False, [])
    care("healthcheck", "curves", ref, "--name", "--purpose", "for the talk with the parents", "--curve", "bmi", "--out", out)
    assert out.read_bytes().startswith(b"\x89PNG")
    [said] = looks(care, ref)
    assert (said["purpose"], said["masked"], "name" in said["fields"]) == ("for the talk with the parents", False, True)


def test_vision_over_the_years(care: Care, tmp_path: Path) -> None:
    """Of a child whose eyes were looked at; of another it is said that they were not."""
    out = tmp_path / "vision"
    assert care("healthcheck", "picture", "vision", child(care, NAMES[0]), "--kind", "png", "--out", out, "--json")["points"] == 2
    assert "nothing of this is measured" in care("healthcheck", "picture", "vision", child(care, NAMES[1]), "--out", out, code=1)


def test_a_child_without_a_check_and_one_that_is_not_there(care: Care, tmp_path: Path) -> None:
    """Neither is drawn, and each is told what to do."""
    ref, out = child(care, NAMES[2]), tmp_path / "none.svg"
    assert "care case list" in care("healthcheck", "curves", ref, "--out", out, code=5)
    assert "care child find" in care("healthcheck", "curves", "C-099999", "--out", out, code=5)
    assert not out.exists()


def test_who_sees_no_check_gets_no_picture(care: Care, tmp_path: Path) -> None:
    """The neighbouring township's clinic: as if there were no such child."""
    care("account", "add", "neighbour", "--name", "N", "--user", "neighbour")
    care("account", "grant", "neighbour", "clinic", "--township", "990101101")
    ref, out = child(care, NAMES[0]), tmp_path / "no.svg"
    assert "there is no child" in care("--as", "neighbour", "healthcheck", "curves", ref, "--out", out, code=5)
    assert looks(care, ref) == []


def test_without_a_chinese_font_it_is_said_how_to_get_one(care: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error with code and hint, and no file."""
    monkeypatch.setattr(fonts, "_best", lambda: None)
    monkeypatch.setattr(fonts, "_best_of_new", lambda: None)
    ref, out = child(care, NAMES[0]), tmp_path / "growth.svg"
    told = care("healthcheck", "curves", ref, "--out", out, code=1)
    assert "fonts-noto-cjk" in told
    assert not out.exists()


def test_a_round_by_school_once_it_is_reported(care: Care, tmp_path: Path) -> None:
    """Before that it is said what to do; after it the schools are drawn."""
    ref, out = "HR-26-00001", tmp_path / "round.svg"
    assert f"care case advance {ref} report" in care("healthcheck", "picture", "round", ref, "--out", out, code=1)
    care("task", "done", f"{ref}.review", "--set", "reviewed_on=2026-10-21")
    care("case", "advance", ref, "report")
    care("healthcheck", "picture", "round", ref, "--out", out)
    assert out.read_bytes().startswith(b"<?xml")
    check = care("case", "list", "--workflow", "check", "--all", "--json")["cases"][0]["ref"]
    assert "is no round" in care("healthcheck", "picture", "round", check, "--out", out, code=1)


def test_the_rates_are_read_as_they_were_written() -> None:
    """From the record's plain values and back."""
    record = CheckRecord(school="甲", grade=3, sex=Sex.MALE, weight=Weight.OBESE, vision=Vision.NORMAL)
    rates = round_rates([record, record])
    kept = encode(RoundRecord(rates=rates))
    assert rates_of(json.loads(json.dumps(kept))) == rates
