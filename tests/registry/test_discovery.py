"""Whatever a plugin does wrong, it is listed with the reason, and the others are loaded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from workflow_core.definition import API_VERSION
from workflow_core.errors import NotFound
from workflow_core.registry import FailedPlugin, Registry

GOOD = """
from workflow_core import Program, SCHOOL, Stage, Transition, Workflow, ask, form, hookimpl

@form
class Record:
    note: str = ask("Note", default="")

@form
class Policy:
    days_lent: int = ask("Days", default=14)

A, B = Stage("a", "A"), Stage("b", "B", final=True)
W = Workflow("loan", "Loan", prefix="{prefix}", subject=None, record=Record, policy=Policy, initial=A, stages=[A, B],
             transitions=[Transition("end", "End", source=A, target=B, by=SCHOOL)], open_by=[SCHOOL])
PROGRAM = Program("{name}", "A program", version=1, policy=Policy, workflows=[W]{more})

{mark}
def {hook}(){annotation}:
    return {answer}
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def at(file: str = "program.py", text: str = GOOD, **parts: str) -> Path:
        given = {
            "prefix": "LN",
            "name": "reading",
            "more": "",
            "mark": "@hookimpl",
            "hook": "careflow_programs",
            "annotation": "",
            "answer": "[PROGRAM]",
        } | parts
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        source = dedent(text)
        for name, value in given.items():
            source = source.replace("{" + name + "}", value)
        path.write_text(source, encoding="utf-8")
        return path

    return at


def only_failure(registry: Registry) -> FailedPlugin:
    (failed,) = registry.failed.values()
    return failed


def test_a_file_is_a_plugin(write: Write) -> None:
    """A program file named by its path is loaded without packaging, and answers for its program."""
    path = write()
    registry = Registry.discover(paths=[path], entry_points=False)
    assert list(registry.programs) == ["reading"]
    assert registry.workflow("reading", "loan").prefix == "LN"
    assert registry.code_version("reading").startswith("sha256:")
    assert registry.plugins["program"].as_dict()["programs"] == ["reading"]
    assert not registry.failed


def test_the_version_of_a_file_moves_with_its_text(write: Write) -> None:
    """A file that was edited has another version, at once."""
    before = Registry.discover(paths=[write()], entry_points=False).code_version("reading")
    registry = Registry.discover(paths=[write(name="writing")], entry_points=False)
    assert list(registry.programs) == ["writing"]
    assert registry.code_version("writing") != before


@pytest.mark.parametrize(
    ("code", "said", "text"),
    [
        ("import_failed", "No module named 'nothing_of_the_kind'", "import nothing_of_the_kind"),
        ("import_failed", "did you mean Stage?", "from workflow_core import Stge"),
        ("import_failed", "line 1", "def ("),
        ("import_failed", "ZeroDivisionError", "1 / 0"),
        ("import_failed", "bad.py, line 2", "import json\njson.loads('{')"),
        ("import_exited", "leave the process", "raise SystemExit(3)"),
        ("hook_missing", "no function", "x = 1"),
        ("hook_missing", "@hookimpl above careflow_programs", "def careflow_programs(): return []"),
    ],
)
def test_a_file_that_cannot_be_imported_is_listed(write: Write, code: str, said: str, text: str) -> None:
    """An import that fails in any way is a failed plugin with its reason, and the next plugin is loaded."""
    registry = Registry.discover(paths=[write("bad.py", text), write()], entry_points=False)
    failed = only_failure(registry)
    assert (failed.name, failed.code) == ("bad", code)
    assert said in failed.text() + failed.advice()
    assert list(registry.programs) == ["reading"]


@pytest.mark.parametrize(
    ("code", "said", "parts"),
    [
        ("hook_unknown", "did you mean careflow_programs?", {"hook": "careflow_program"}),
        ("hook_unknown", "careflow_veto", {"hook": "something_else"}),
        ("hook_signature", "change", {"hook": "careflow_veto(change, case): ...\ndef unused"}),
        ("hook_signature", "wraps", {"mark": "@hookimpl(wrapper=True)", "answer": "(yield)"}),
        ("hook_signature", "at once", {"mark": "@hookimpl\nasync \\", "hook": "careflow_programs"}),
        ("hook_failed", "ZeroDivisionError", {"answer": "1 / 0"}),
        ("hook_failed", "bad.py, line", {"answer": "1 / 0"}),
        ("hook_failed", "SystemExit", {"answer": "exit(1)"}),
        ("not_a_program", "hands over Program", {"answer": "PROGRAM"}),
        ("not_a_program", "hands over Workflow", {"answer": "[W]"}),
        ("not_a_program", "hands over NoneType", {"answer": "None"}),
        ("api_too_new", str(API_VERSION + 1), {"more": f", api={API_VERSION + 1}"}),
        ("not_a_program", "not built as one", {"more": ", api=None"}),
        ("not_a_program", "Workflow", {"answer": "[Program('x', 'X', version=1, policy=Policy, workflows=['loan'])]"}),
        ("wrong_answer", "Channel", {"hook": "careflow_channels", "answer": "['sms']"}),
    ],
)
def test_a_wrong_hook_is_listed(write: Write, code: str, said: str, parts: dict[str, str]) -> None:
    """A hook that is misspelt, has other arguments, raises or hands over something else fails its plugin, with a hint."""
    registry = Registry.discover(paths=[write("bad.py", **parts), write("good.py", name="other", prefix="OT")], entry_points=False)
    failed = only_failure(registry)
    assert failed.code == code
    assert said in failed.text() + failed.advice()
    assert list(registry.programs) == ["other"]


@pytest.mark.parametrize(("code", "parts"), [("program_clash", {"prefix": "OT"}), ("prefix_clash", {"name": "other"})])
def test_of_two_that_clash_the_first_is_kept(write: Write, code: str, parts: dict[str, str]) -> None:
    """Two programs of one name, or two workflows of one prefix: the first named runs, the other is listed."""
    registry = Registry.discover(paths=[write("one.py"), write("two.py", **parts)], entry_points=False)
    assert list(registry.plugins) == ["one"]
    assert (only_failure(registry).name, only_failure(registry).code) == ("two", code)


def test_a_missing_file_is_listed(tmp_path: Path) -> None:
    """A path that leads nowhere is a failed plugin like any other."""
    assert only_failure(Registry.discover(paths=[tmp_path / "gone.py"], entry_points=False)).code == "file_missing"


def test_two_files_of_one_name_live_side_by_side(write: Write) -> None:
    """Everybody's file may be called program.py."""
    registry = Registry.discover(paths=[write("a/program.py"), write("b/program.py", name="other", prefix="OT")], entry_points=False)
    assert sorted(registry.programs) == ["other", "reading"]
    assert len(registry.plugins) == 2


def test_a_file_in_a_package_may_import_its_neighbours(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beside an __init__.py is imported as part of that package."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    write("careflow_sample_pkg/__init__.py", "")
    write("careflow_sample_pkg/names.py", "NAME = 'reading'")
    text = GOOD.replace("from workflow_core", "from .names import NAME\nfrom workflow_core", 1).replace('"{name}"', "NAME")
    registry = Registry.discover(paths=[write("careflow_sample_pkg/program.py", text)], entry_points=False)
    assert not registry.failed
    assert list(registry.programs) == ["reading"]


def install(site: Path, name: str, module: str) -> None:
    about = site / f"{name.replace('-', '_')}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[careflow.plugins]\n{module} = {module}\n", encoding="utf-8")


def test_installed_plugins_are_found(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution with the entry point is found with its version, and a broken one beside it does no harm."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    write("careflow_sample_good.py", name="sample_good", prefix="SG")
    write("careflow_sample_bad.py", "raise RuntimeError('broken')")
    install(tmp_path, "sample-good", "careflow_sample_good")
    install(tmp_path, "sample-bad", "careflow_sample_bad")
    registry = Registry.discover()
    assert registry.code_version("sample_good") == "1.2"
    assert registry.plugins["careflow_sample_good"].origin == "sample-good 1.2"
    failed = registry.failed["careflow_sample_bad"]
    assert failed.code == "import_failed"
    assert "RuntimeError: broken" in failed.traceback


def test_a_plugin_tried_out_from_the_file_it_is_installed_from_is_loaded_once(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naming the file of an installed plugin is no clash with itself."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    path = write("careflow_sample_twice.py", name="sample_twice", prefix="ST")
    install(tmp_path, "sample-twice", "careflow_sample_twice")
    registry = Registry.discover(paths=[path])
    assert "sample_twice" in registry.programs
    assert "careflow_sample_twice" not in registry.failed


def test_the_folders_beside_a_program_are_known(write: Write, tmp_path: Path) -> None:
    """Templates are looked for beside the program's file."""
    path = write()
    registry = Registry.discover(paths=[path], entry_points=False)
    assert registry.templates("reading") is None
    (tmp_path / "templates").mkdir()
    assert registry.templates("reading") == tmp_path / "templates"


def test_an_unknown_name_is_answered_with_the_nearest(write: Write) -> None:
    """Whoever misspells a program or a workflow is told which was meant."""
    registry = Registry.discover(paths=[write()], entry_points=False)
    with pytest.raises(NotFound, match="redding") as caught:
        registry.program("redding")
    assert caught.value.advice() == "did you mean reading?"
    with pytest.raises(NotFound) as caught:
        registry.workflow("reading", "lone")
    assert caught.value.advice() == "did you mean loan?"
