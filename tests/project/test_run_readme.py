"""The script that runs README's commands: what it runs, and what it complains about."""

from __future__ import annotations

import pytest

from tools.run_readme import matches, run, steps


def doc(*lines: str, kind: str = "console") -> str:
    return "\n".join(["text", f"```{kind}", *lines, "```", "text"])


def test_a_command_that_prints_what_is_shown_is_right() -> None:
    """The shown output is compared with the printed one."""
    assert run(steps(doc("$ echo one; echo two", "one", "two"))) == []


def test_another_output_is_told_with_its_line() -> None:
    """A difference names the line of the command, what was shown and what was printed."""
    (wrong,) = run(steps(doc("$ true", "$ echo one", "two")))
    assert "line 4" in wrong
    assert "one" in wrong
    assert "two" in wrong


def test_a_failing_command_is_told() -> None:
    """Without a word about it, a command must end with 0."""
    assert len(run(steps(doc("$ false")))) == 1
    assert len(run(steps(doc("false", kind="sh")))) == 1


def test_a_refusal_may_be_announced() -> None:
    """The comment names the exit code that must come."""
    assert run(steps(doc("$ (exit 3)  # exit 3"))) == []
    assert len(run(steps(doc("$ true  # exit 3")))) == 1


def test_one_shell_runs_all_blocks_and_each_starts_in_the_same_folder() -> None:
    """Variables and files live on; a change of folder ends with its block."""
    text = doc("export WHO=me", "mkdir inner", "cd inner", kind="sh") + "\n" + doc("$ echo $WHO; ls -d inner careflow", "me", "careflow", "inner")
    assert run(steps(text)) == []


def test_a_shell_that_ends_early_is_a_fault_of_every_later_command() -> None:
    """Nothing after an exit passes unnoticed."""
    assert len(run(steps(doc("$ exit 0", "$ true")))) == 2


def test_other_blocks_are_not_run() -> None:
    """Only console and sh blocks hold commands to run."""
    assert steps(doc("$ false", kind="text")) == []


@pytest.mark.parametrize(
    ("shown", "printed", "right"),
    [
        (["DR-26-… opened"], "DR-26-00001 opened\n", True),
        (["a", "…", "z"], "a\nb\nc\nz\n", True),
        (["a", "…", "z"], "a\nz\n", True),
        (["a", "…"], "b\na\n", False),
        (["a"], "a\nb\n", False),
        (["a  "], "a\n\n", True),
    ],
)
def test_an_ellipsis_stands_for_anything(shown: list[str], printed: str, right: bool) -> None:
    """Within a line for any characters, alone for any lines."""
    assert matches(shown, printed) is right
