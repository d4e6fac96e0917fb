"""Registers from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care, Ran

PLUGIN = Path(__file__).parents[1] / "engine" / "outing.py"
OUTING, GUEST = "OU-26-00001", "GU-26-00001"


@pytest.fixture
def outing(cases: Care) -> Care:
    """An office with an outing and one guest."""

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        return cases("--plugin", PLUGIN, *words, code=code, breaks=breaks)

    call("program", "enable", "outings", "--township", TOWNSHIP)
    call("case", "open", "outings.outing", "C-000001")
    call("case", "open", "outings.guest", "C-000002", "--whole", OUTING)
    return call


def test_an_entry_is_made_closed_and_told(outing: Care) -> None:
    """By its number; the case shows how many stand open, the history who entered."""
    given = ["--set", f"guest={GUEST}", "--set", "with_whom=赵大", "--set", "left_at=2026-09-30 08:00", "--set", "back_by=2026-09-30 09:00"]
    assert outing("case", "enter", OUTING, "out", *given, "--dry-run", "--json").json["dry_run"] is True
    made = outing("case", "enter", OUTING, "out", *given, "--json").json
    assert (made["n"], made["kind"], made["open"]) == (1, "entered", True)
    assert outing("case", "enter", OUTING, "out", *given, "--json", code=1).json["error"]["code"] == "entry_open"
    shown = outing("case", "show", OUTING)
    assert "Away" in shown.out
    assert "Away: number 1 is closed, by number 2" in outing("case", "enter", OUTING, "out", "--closes", "1", "--set", "back_at=2026-09-30 08:30").out
    told = outing("case", "history", OUTING).out
    assert "Entered in Away, number 1" in told
    assert "Closed in Away: number 1, by number 2" in told
    assert "赵大" not in told


def test_what_was_entered_is_shown_masked(outing: Care) -> None:
    """Whole for a purpose; a correction needs a reason."""
    outing("case", "enter", OUTING, "kit", "--set", f"guest={GUEST}", "--set", "item=shirt", "--set", "size=S")
    assert outing("case", "enter", OUTING, "kit", "--corrects", "1", "--set", "size=L", "--json", code=2).json["error"]["code"] == "reason_missing"
    outing("case", "enter", OUTING, "kit", "--corrects", "1", "--set", "size=L", "--reason", "too small")
    found = outing("case", "entries", OUTING, "kit", "--json").json["entries"]
    assert [(one["row"]["size"], one["holds"]) for one in found] == [("S", False), ("L", True)]
    assert "too small" in outing("case", "entries", OUTING, "kit").out
    assert outing("case", "entries", OUTING, "kit", "--unmasked", "--json", code=2).json["error"]["code"] == "purpose_missing"
    assert outing("case", "enter", OUTING, "kti", "--json", code=5).json["error"]["code"] == "register_unknown"


def test_a_sheet_gives_a_verdict_for_each_row(outing: Care, tmp_path: Path) -> None:
    """The refused ones go to a sheet of their own, and the command says that there were some."""
    sheet, refused = tmp_path / "kit.csv", tmp_path / "refused.xlsx"
    sheet.write_text(f"Guest,Item\n{GUEST},shirt\nGU-26-00009,shirt\n{GUEST},\n", encoding="utf-8")
    told = outing("case", "enter", OUTING, "kit", "--from", sheet, "--problems", refused, code=1)
    assert "3 rows: 1 entered, 0 closed, 0 entered before, 2 refused." in told.out
    assert refused.exists()
    again = outing("case", "enter", OUTING, "kit", "--from", sheet, "--json", code=1).json
    assert (again["unchanged"], again["rejected"]) == (1, 2)
    assert outing("case", "enter", OUTING, "kit", "--from", sheet, "--closes", "1", code=2).err
