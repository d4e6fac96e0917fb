"""Ledgers from a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.helping import TOWNSHIP, Care, Ran
from tests.cli.test_document import PLUGIN
from workflow_core.records.sheet_files import open_sheets

LEDGER = ("listing", "show", "letters", "open_letters")
PURPOSE = ("--unmasked", "--purpose", "the monthly list")


@pytest.fixture
def letters(cases: Care) -> Care:
    """An office with one letter; what stands in its title tries to be markup, and a formula."""

    def call(*words: object, code: int | None = 0, breaks: bool = False) -> Ran:
        return cases("--plugin", PLUGIN, *words, code=code, breaks=breaks)

    call("program", "enable", "letters", "--township", TOWNSHIP)
    call("case", "open", "letters", "C-000001", "--set", "title==<b>1</b>")
    return call


def test_ledgers_are_listed(letters: Care) -> None:
    """Of all programs, or of one."""
    found = letters("listing", "list", "letters", "--json").json["listings"]
    assert found == [{"program": "letters", "listing": "open_letters", "title": "Open letters"}]
    assert "Open letters" in letters("listing", "list").out


def test_a_ledger_is_shown_with_masked_names(letters: Care) -> None:
    """Whole ones need a purpose."""
    assert "赵一" not in letters(*LEDGER).out
    found = letters(*LEDGER, "--township", TOWNSHIP, "--json").json
    assert (found["columns"], [row[0] for row in found["rows"]]) == (["Case", "Child", "Subject", "Since"], ["LT-26-00001"])
    assert letters(*LEDGER, "--unmasked", "--json", code=2).json["error"]["code"] == "purpose_missing"
    assert letters(*LEDGER, *PURPOSE, "--json").json["rows"][0][1] == "赵一"
    assert "the monthly list" in letters("journal", "show", "--json").out


def test_a_ledger_is_written_as_a_sheet_and_as_a_page(letters: Care, tmp_path: Path) -> None:
    """Readable by its owner alone; text stays text in both."""
    for ending in ("xlsx", "html"):
        assert f"x.{ending}: 1" in letters(*LEDGER, *PURPOSE, "--to", tmp_path / f"x.{ending}").out
        assert (tmp_path / f"x.{ending}").stat().st_mode & 0o777 == 0o600
    (sheet,) = open_sheets(tmp_path / "x.xlsx")
    rows = [list(row) for row in sheet.rows()]
    assert rows[0][:2] == ["Case", "Child"]
    assert rows[1][1] == "赵一"
    page = (tmp_path / "x.html").read_text("utf-8")
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "<b>" not in page


def test_what_is_no_ledger_is_refused(letters: Care, tmp_path: Path) -> None:
    """A misspelt name tells the nearest; an ending that nobody knows tells those there are."""
    assert "did you mean open_letters?" in letters("listing", "show", "letters", "open_leters", code=5).err
    assert ".xlsx" in letters(*LEDGER, "--to", tmp_path / "x.doc", code=2).err
