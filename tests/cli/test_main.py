"""The door: what help imports, how errors look, what a broken plugin does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from careflow_cli import main
from careflow_cli.clicks import first_sentence
from careflow_cli.session import Session
from tests.cli.helping import PROGRAM, Care, process
from workflow_core.i18n import translate

HEAVY = ("sqlalchemy", "alembic", "transitions", "jinja2", "pydantic", "rich", "python_calamine", "xlsxwriter", "pluggy", "careflow_dropout_return")
SEEN = "import sys; sys.argv = ['care', *{words!r}]\nfrom careflow_cli.main import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("case", "--help"), ("office", "--help")])
def test_help_imports_no_plugin_and_nothing_heavy(words: tuple[str, ...]) -> None:
    """Help is there at once: no database, no template, no plugin is loaded for it."""
    done = subprocess.run([sys.executable, "-c", SEEN.format(words=words)], capture_output=True, text=True, timeout=60, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "careflow_cli" in loaded
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("noun", sorted(main.NOUNS))
def test_a_commands_line_in_the_list_is_what_it_says_of_itself(noun: str) -> None:
    """The short help that is known without an import does not drift from the command's own."""
    assert first_sentence(main.NOUNS[noun].load()) == main.NOUNS[noun].short_help


def test_help_names_every_noun_and_the_installed_programs(care: Care) -> None:
    """What can be done is listed, the programs with their distribution's summary."""
    shown = care("--help").out
    assert all(f"\n  {noun} " in shown for noun in main.NOUNS)
    assert "dropout-return  Find the child who left school" in shown


def test_an_unknown_command_tells_what_was_meant(care: Care) -> None:
    """A slip of the pen is understood, at each level."""
    assert "did you mean inbox?" in care("inbx", code=2).err
    assert "did you mean advance?" in care("case", "advnce", code=2).err


def test_an_unknown_option_tells_what_was_meant(care: Care) -> None:
    """A misspelt option names the right one, and where the help is."""
    said = care("case", "list", "--progam", "x", code=2).err
    assert "did you mean --program?" in said
    assert "care case list --help" in said


def test_a_global_option_after_the_command_says_where_it_belongs(care: Care) -> None:
    """What stands before the command is not just unknown behind it."""
    assert "right after `care`" in care("inbox", "--office", "x", code=2).err


def test_wrong_usage_is_one_json_document_where_json_is_asked_for(care: Care) -> None:
    """A script reads the error from standard output."""
    ran = care("case", "list", "--progam", "x", "--json", code=2)
    assert ran.json["error"]["code"] == "usage"
    assert "--progam" in ran.err


def test_no_office_tells_how_to_get_one(care: Care) -> None:
    """Outside of an office the way in is told."""
    ran = care("inbox", "--json", code=2)
    assert ran.json["error"]["code"] == "office_missing"
    assert "care office init" in ran.json["error"]["hint"]


def test_an_office_is_found_from_a_folder_inside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder you are in, or one above it, is the office when it holds care.toml."""
    (tmp_path / "care.toml").write_text("")
    inner = tmp_path / "papers" / "2026"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert Session().office_folder() == tmp_path


def test_the_environment_names_the_office_and_the_option_goes_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--office`` wins over ``CARE_OFFICE``."""
    monkeypatch.setenv("CARE_OFFICE", str(tmp_path / "there"))
    assert Session().office_folder() == tmp_path / "there"
    assert Session(tmp_path / "here").office_folder() == tmp_path / "here"


def test_a_time_that_is_none_is_refused(care: Care) -> None:
    """``--now`` tells how a time is written."""
    assert "2026-10-21T09:00" in care("--now", "tomorrow", "inbox", code=2).err


def test_chinese_is_spoken_where_it_is_asked_for(care: Care) -> None:
    """``--lang`` turns help and errors; the texts come from the catalogue."""
    shown = care("--lang", "zh_CN", "--help").out
    assert "个案" in shown
    assert "Cases" not in shown


def test_the_language_is_put_back(care: Care) -> None:
    """One run's language does not reach the next."""
    care("--lang", "zh_CN", "--help")
    assert translate("yes") == "yes"


# ------------------------------------------------------------------ what breaks


def _break(monkeypatch: pytest.MonkeyPatch, how: Callable[[], None]) -> None:
    monkeypatch.setattr(main, "_run", lambda _: how())


def test_a_fault_of_careflow_apologises_and_shows_nothing_of_its_data(care: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the screen nor the log holds what the exception said."""

    def fails() -> None:
        raise KeyError("张三 43280120121206128X")

    _break(monkeypatch, fails)
    ran = care("--office", tmp_path, "inbox", "--json", code=6, breaks=True)
    log = (tmp_path / "care-errors.log").read_text("utf-8")
    assert ran.json["error"]["code"] == "internal_error"
    assert "KeyError" in log
    assert "in fails" in log
    assert "4328" not in ran.out + ran.err + log


def test_ctrl_c_is_quiet(care: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops a command gets no traceback."""

    for interruption in (click.exceptions.Abort, KeyboardInterrupt, EOFError):

        def stopped(kind: type[BaseException] = interruption) -> None:
            raise kind

        _break(monkeypatch, stopped)
        ran = care("inbox", code=130)
        assert ran.out + ran.err == ""


def test_a_closed_pipe_is_quiet() -> None:
    """``care --help | head -1`` leaves no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


# ------------------------------------------------------------------ a broken plugin beside it


def distribution(folder: Path, name: str, module: str, code: str, *, summary: str = "A program", points: str = "") -> None:
    """Lays an installed distribution with one module into a folder."""
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nSummary: {summary}\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(points, encoding="utf-8")


BROKEN = "[careflow.plugins]\nbad_one = bad_module\n[careflow.commands]\nbad-one = bad_module:commands\n"


def test_a_broken_plugin_does_no_harm_to_the_rest(tmp_path: Path) -> None:
    """A plugin that raises when it is imported is named, and everything else works."""
    distribution(tmp_path, "bad-one", "bad_module", "raise RuntimeError('boom')", points=BROKEN)
    env = {"PYTHONPATH": str(tmp_path)}
    assert "bad-one" in process("--help", env=env).out
    failed = {one["name"]: one["state"] for one in process("plugin", "list", "--json", env=env).json["plugins"]}
    assert failed["bad_one"] == "failed"
    assert failed["dropout_return"] == "loaded"
    assert process("dropout-return", "--help", env=env).code == 0


def test_why_a_plugin_failed_goes_to_the_offices_log_and_not_to_the_terminal(tmp_path: Path) -> None:
    """``care plugin list`` names the reason; the trace is kept for whoever mends it. Other commands say nothing of it."""
    broken = tmp_path / "broken.py"
    broken.write_text("def fails():\n    raise RuntimeError('boom')\n\nfails()\n")
    (tmp_path / "care.toml").write_text("")
    words = ("--office", tmp_path, "--plugin", broken)
    assert "Traceback" not in process(*words, "division", "list", code=None).err
    assert not (tmp_path / "care-errors.log").exists()
    listed = process(*words, "plugin", "list")
    assert "boom" in listed.out
    assert "Traceback" not in listed.out + listed.err
    assert "in fails" in (tmp_path / "care-errors.log").read_text("utf-8")


def test_a_broken_plugins_own_command_tells_why(tmp_path: Path) -> None:
    """Whoever calls the broken program is told that its plugin failed, not that the command is unknown."""
    distribution(tmp_path, "bad-one", "bad_module", "raise RuntimeError('boom')", points=BROKEN)
    ran = process("bad-one", "import", "x.xlsx", env={"PYTHONPATH": str(tmp_path)}, code=1)
    assert "care plugin list" in ran.err


def test_a_distribution_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """Damaged installation data takes nothing with it."""
    distribution(tmp_path, "worse", "worse_module", "", points="this is = no [ini\n[careflow.commands\n")
    (tmp_path / "worse-1.0.dist-info" / "METADATA").write_bytes(b"\xff\xfe\x00")
    assert "dropout-return" in process("--help", env={"PYTHONPATH": str(tmp_path)}).out


def test_a_plugins_own_commands_stand_under_its_name(tmp_path: Path) -> None:
    """A click group of a plugin that ships no program is found by its entry point alone."""
    code = "import click\n@click.group(help='Count things')\ndef commands(): ...\n@commands.command()\ndef sheep():\n    click.echo('one sheep')\n"
    distribution(tmp_path, "counting", "counting_module", code, points="[careflow.commands]\ncounting = counting_module:commands\n")
    env = {"PYTHONPATH": str(tmp_path)}
    assert process("counting", "sheep", env=env).out == "one sheep\n"
    assert "Count things" in process("counting", "--help", env=env).out


def test_what_must_be_given_is_marked_in_the_readers_language(care: Care) -> None:
    """Click's own mark is translated too."""
    shown = care("--lang", "zh_CN", "program", "enable", "--help").out
    assert "[必填]" in shown
    assert "required" not in shown
