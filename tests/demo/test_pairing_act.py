"""The second act of the demo plays to its end in either language, and leaves the pairs that its story tells of."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.demo import pairing
from careflow_cli.demo.player import surroundings
from careflow_cli.demo.screen import Screen
from careflow_cli.main import run


@pytest.mark.parametrize("chinese", [False, True], ids=["en", "zh_CN"])
def test_the_act_plays_to_its_end(chinese: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One pair goes on, one is suspended for a vetting that ran out, one was left and is matched anew; two are proposed."""
    for name in ("divisions.csv", "roster.xlsx", "volunteers.csv"):
        shutil.copyfile(str(files("careflow_cli.demo") / "sheets" / name), tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with surroundings(tmp_path, 120, chinese=chinese):
        pairing.play(Screen(full=False), chinese=chinese)
    told = capsys.readouterr().out
    assert ("第二幕" if chinese else "Second act") in told

    def ask(*words: str) -> Any:
        assert run(["--office", str(tmp_path / "pairing-office"), "--now", "2026-11-10T10:00", *words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    pairs = Counter(row["stage"] for row in ask("case", "list", "--workflow", "pair", "--all")["cases"])
    assert pairs == {"active": 2, "suspended": 1, "rematched": 1, "proposed": 2}
    proxies = Counter(row["stage"] for row in ask("case", "list", "--workflow", "proxy", "--all")["cases"])
    assert proxies == {"approved": 2, "lapsed": 1, "retired": 1}
    assert ask("pairing", "progress", "--township", "990101100")["free_places"] == {"高桥镇": 0}
