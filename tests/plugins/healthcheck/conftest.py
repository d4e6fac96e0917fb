"""A training office in which three invented children were measured in spring and in autumn, at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from careflow_cli.main import run
from tests.plugins.healthcheck.pupils import AUTUMN, ROSTER, SPRING, TOWNSHIP

DIVISIONS = "code,name\n99,示范省\n9901,示范市\n990101,青溪县\n990101100,高桥镇\n990101101,柳林乡\n"


@pytest.fixture
def bare(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs ``care`` in a new training office with the children on file; its JSON where ``--json`` is among the words."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("CARE_LANG", raising=False)
    (tmp_path / "divisions.csv").write_text(DIVISIONS, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")

    def call(*words: object, now: str = "2026-10-21T09:00", code: int = 0) -> Any:
        capfd.readouterr()
        answered = run(["--office", str(tmp_path / "office"), "--now", now, *(str(word) for word in words)])
        out, err = capfd.readouterr()
        assert answered == code, f"exit {answered}: {err}{out}"
        return json.loads(out) if "--json" in words else out + err

    call("office", "init", "--training", "--divisions", tmp_path / "divisions.csv", now="2026-03-01T09:00")
    call("child", "import", tmp_path / "roster.csv", "--township", TOWNSHIP, now="2026-03-02T09:00")
    call("program", "enable", "healthcheck", "--township", TOWNSHIP, now="2026-03-02T09:00")
    return call


@pytest.fixture
def care(bare: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """The same after two health days: the results of spring are all in, those of autumn come in."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SPRING, encoding="utf-8")
    bare("healthcheck", "import", sheet, "--township", TOWNSHIP, "--consent-on-file", "2026-1", now="2026-03-11T09:00")
    bare("case", "advance", "HR-26-00001", "enter", now="2026-03-11T10:00")
    sheet.write_text(AUTUMN, encoding="utf-8")
    bare("healthcheck", "import", sheet, "--township", TOWNSHIP, "--consent-on-file", "2026-1")
    return bare
