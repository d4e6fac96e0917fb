"""What a shell's TAB offers."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete

from careflow_cli.main import care as root
from tests.cli.helping import Care


def offered(args: list[str], incomplete: str) -> list[str]:
    """The words a shell is offered."""
    return [item.value for item in ShellComplete(root, {}, "care", "_CARE_COMPLETE").get_completions(args, incomplete)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(care: Care, shell: str) -> None:
    """The script calls back to ``care``; where it belongs is told beside it."""
    ran = care("completion", shell)
    assert "_CARE_COMPLETE" in ran.out
    assert "care" in ran.err


def test_nouns_verbs_options_and_programs_complete() -> None:
    """At every place the words that fit there."""
    assert offered([], "in") == ["inbox"]
    assert "dropout-return" in offered([], "d")
    assert offered(["case"], "hist") == ["history"]
    assert offered(["case", "list"], "--prog") == ["--program"]
    assert offered(["program", "enable"], "dro") == ["dropout_return"]


def test_divisions_complete_by_code(office: Care, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The codes of the office at hand."""
    monkeypatch.setenv("CARE_OFFICE", f"{tmp_path}/empty")
    assert offered(["program", "enable", "dropout_return", "--township"], "9901011") == ["990101100"]


def test_without_an_office_nothing_is_offered_and_nothing_breaks() -> None:
    """TAB is no place for errors."""
    assert offered(["case", "list", "--township"], "99") == []
