"""Tables, dates and documents as they leave the command."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from careflow_cli import output
from careflow_cli.width import width

TODAY = date(2026, 10, 21)


def test_columns_line_up_with_chinese_in_them(capsys: pytest.CaptureFixture[str]) -> None:
    """Each column begins in the same cell of every line; no boxes where it is no terminal."""
    output.table(["Child", "Stage"], [["张*", "疑似辍学"], ["Abdul*", "x"], ["", "y"]])
    lines = capsys.readouterr().out.splitlines()
    assert [width(line[: line.index(cell)]) for line, cell in zip(lines, ["Stage", "疑似", "x", "y"], strict=True)] == [8, 8, 8, 8]
    assert "│" not in "".join(lines)


def test_numbers_are_set_to_the_right(capsys: pytest.CaptureFixture[str]) -> None:
    """A column of numbers lines up at its end."""
    output.table(["Cases"], [[3], [120]])
    assert capsys.readouterr().out.splitlines() == ["Cases", "    3", "  120"]


def test_a_wide_table_is_folded_where_the_width_is_known(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The widest column is folded, references and dates are not; without a width nothing is."""
    rows = [["DR-26-00001.1", "Settle who this child is: complete the file, or tie the case to the right one", "2026-10-26"], ["DR-26-00002.1", "x", ""]]
    monkeypatch.setenv("COLUMNS", "60")
    output.table(["Task", "What", "Due"], rows)
    lines = capsys.readouterr().out.splitlines()
    assert max(width(line) for line in lines) <= 60
    assert [line[:13] for line in lines if line[:2] == "DR"] == ["DR-26-00001.1", "DR-26-00002.1"]
    assert lines[1].endswith("  2026-10-26")
    monkeypatch.delenv("COLUMNS")
    output.table(["Task", "What", "Due"], rows)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_an_empty_table_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """No heading stands over nothing."""
    output.table(["Cases"], [], empty="There is no such case.")
    assert capsys.readouterr().out == "There is no such case.\n"


@pytest.mark.parametrize(
    ("due", "shown"),
    [(date(2026, 10, 21), "2026-10-21"), ("2026-10-20", "2026-10-20 (1 day late)"), ("2026-10-01", "2026-10-01 (20 days late)"), (None, ""), ("", "")],
)
def test_what_is_overdue_says_for_how_long(due: date | str | None, shown: str) -> None:
    """A due date in the past counts the days; today is not late."""
    assert output.due_text(due, TODAY) == shown


def test_an_instant_is_shown_in_the_offices_time() -> None:
    """Stored in UTC, read in Shanghai."""
    assert output.moment("2026-10-20T16:30:00.000000Z") == "2026-10-21 00:30"


def test_a_document_is_one_line_of_json_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """Dates are ISO 8601, Chinese stays Chinese."""
    output.document({"name": "高桥镇", "on": TODAY, "at": datetime(2026, 10, 21, tzinfo=UTC), "set": {"b", "a"}, "pair": (1, 2)})
    shown = capsys.readouterr().out
    assert shown.count("\n") == 1
    assert "高桥镇" in shown
    assert json.loads(shown)["set"] == ["a", "b"]


def test_facts_leave_out_what_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    """Names stand in one column, values in the next; a value of several lines stays in its column."""
    output.facts([("Case", "DR-1"), ("Assigned", None), ("Known", "a\nb")])
    assert capsys.readouterr().out == "Case   DR-1\nKnown  a\n       b\n"
