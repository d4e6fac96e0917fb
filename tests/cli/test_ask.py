"""Prompts from forms, and what was handed in instead."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from careflow_cli import ask
from careflow_cli.given import given
from workflow_core import Choice, form
from workflow_core import ask as asks
from workflow_core.errors import Misused, Problem, Refused


class Result(Choice):
    AGREED = "Will return"
    REFUSED = "Refused"


@form
class Visit:
    visited_on: date = asks("Date of the visit")
    outcome: Result = asks("Result")
    rounds: int = asks("Rounds", default=3, ge=1, unit="visits", help="as many as were made")
    remark: str = asks("Remark", default="")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person will type, one after the other; a terminal is pretended."""
    typed: list[str] = []
    lines: Iterator[str] = iter(typed)
    monkeypatch.setattr(ask, "at_a_terminal", lambda: True)

    def typing(shown: str) -> str:
        print(shown, file=sys.stderr)
        return next(lines)

    monkeypatch.setattr("click.termui.visible_prompt_func", typing)
    return typed


def test_every_field_is_asked_with_its_label_choices_help_and_default(answers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A person sees what a field means and what may be answered; a choice is picked by its number."""
    answers += ["2026-10-21", "2", "", ""]
    found = ask.complete(ask.questions(Visit), {})
    shown = capsys.readouterr().err
    assert found == {"visited_on": "2026-10-21", "outcome": "REFUSED"}
    assert "Date of the visit (like 2026-10-21)" in shown
    assert " 1  Will return" in shown
    assert "as many as were made" in shown
    assert "Rounds (visits; Enter: 3)" in shown


def test_a_wrong_answer_is_asked_again_with_the_error(answers: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An answer that cannot be taken tells why, and the same field is asked once more."""
    answers += ["2026-02-30", "", "2026-10-21", "Refused", "0", "2", ""]
    found = ask.complete(ask.questions(Visit), {})
    shown = capsys.readouterr().err
    assert found == {"visited_on": "2026-10-21", "outcome": "Refused", "rounds": "2"}
    assert "there is no such date" in shown
    assert "this one is needed" in shown
    assert "at least 1" in shown


def test_only_what_is_missing_is_asked_where_something_was_given(answers: list[str]) -> None:
    """Whoever gave values is asked for the rest that must be there, and not for what may be left out."""
    answers += ["1"]
    assert ask.complete(ask.questions(Visit), {"Date of the visit": "2026-10-21"}) == {"Date of the visit": "2026-10-21", "outcome": "AGREED"}


def test_what_is_wrong_with_what_was_given_is_told_before_anything_is_asked(answers: list[str]) -> None:
    """All of it at once: a choice that there is not, a number too small, a field that nobody asks."""
    with pytest.raises(Misused) as told:
        ask.complete(ask.questions(Visit), {"Result": "maybe", "rounds": "0", "weather": "rain"}, check=True)
    assert {problem.place for problem in told.value.problems} == {"outcome", "rounds", "weather"}
    answers += ["2026-10-21"]
    assert ask.complete(ask.questions(Visit), {"Result": "Refused"}, check=True)["visited_on"] == "2026-10-21"


def test_nobody_is_asked_without_a_terminal() -> None:
    """In a pipe nothing waits for an answer."""
    assert ask.complete(ask.questions(Visit), {"rounds": "2"}) == {"rounds": "2"}


def test_fields_of_the_record_are_asked_by_name() -> None:
    """What a task fills in is described by the record."""
    assert [one.field.name for one in ask.asked({"remark": (Visit, "remark"), "rounds": (Visit, "rounds")})] == ["remark", "rounds"]


def test_a_warning_is_confirmed_with_a_reason(answers: list[str]) -> None:
    """Where a warning stands in the way, the reason is asked and the step is done with it."""
    answers += ["the mother came along"]

    def step(reason: str) -> str:
        if not reason:
            raise Refused("confirm_needed", "it can be done if you confirm it", problems=[Problem("warned", "it is early")])
        return reason

    assert ask.confirmed(step, "") == "the mother came along"


def test_a_rule_is_not_confirmed_away(answers: list[str]) -> None:
    """A refusal that is no warning stays one."""

    def step(_: str) -> str:
        raise Refused("denied", "it cannot be done now")

    with pytest.raises(Refused):
        ask.confirmed(step, "")


# ------------------------------------------------------------------ --set and --from


def test_set_gives_fields_and_keeps_what_stands_behind_the_first_sign() -> None:
    """A value may hold = itself, or nothing."""
    assert given(["a=1", "b = x=y", "c="], None) == {"a": "1", "b": " x=y", "c": ""}


def test_every_set_without_a_sign_is_told_at_once() -> None:
    """All the wrong words are listed, not the first."""
    with pytest.raises(Misused) as caught:
        given(["a", "b", "c=1"], None)
    assert [problem.place for problem in caught.value.problems] == ["a", "b"]


def test_set_goes_before_the_file(tmp_path: Path) -> None:
    """What is said on the line wins."""
    file = tmp_path / "visit.json"
    file.write_text('{"rounds": 2, "remark": "x"}')
    assert given(["rounds=5"], file) == {"rounds": "5", "remark": "x"}


@pytest.mark.parametrize("content", ["[1]", "{", ""])
def test_a_file_without_an_object_is_refused(tmp_path: Path, content: str) -> None:
    """Anything but one object of fields is told as such."""
    file = tmp_path / "visit.json"
    file.write_text(content)
    with pytest.raises(Misused, match="no JSON object"):
        given([], file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The path is checked before anything else."""
    with pytest.raises(Misused, match=r"visit\.json"):
        given([], tmp_path / "visit.json")


def test_one_row_of_a_sheet_fills_a_form(tmp_path: Path) -> None:
    """The titles of a sheet are field names or labels."""
    file = tmp_path / "visit.csv"
    file.write_text("Date of the visit,Result\n2026-10-21,Refused\n", encoding="utf-8")
    assert given([], file) == {"Date of the visit": "2026-10-21", "Result": "Refused"}


def test_a_sheet_of_many_rows_is_no_single_form(tmp_path: Path) -> None:
    """Many at once has a door of its own, which is named."""
    file = tmp_path / "visits.csv"
    file.write_text("Result\nRefused\nRefused\n", encoding="utf-8")
    with pytest.raises(Misused, match="2 rows"):
        given([], file)
