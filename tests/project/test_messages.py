"""The script that keeps the catalogues: what it finds in code, and what it complains about."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tools import messages

CODE = r'''
from click import option
from sqlalchemy import Column
from workflow_core.definition import Column as Heading
from workflow_core.errors import Problem, Refused
from workflow_core.i18n import N_, translate as _

KNOWN = {"a": N_("marked")}
Column("of a table")
Heading("of a listing", None)
Problem("code", "a problem", "place", "what to do")
Refused("code", "refused {n}", hint="try " "again", n=1)
_("renamed")
STAGE = Stage("name", "Stage title")
class Cause(Choice):
    POOR = "Poverty"
class Visit:
    met: str = ask("Who was met", help="the person")
    n: int = ask("Days", unit="days")
@main.command("do")
@option("--x", help="an option")
def do():
    """Does it,
    well.

    Said more.
    \f
    For readers of the code.
    """
    hint = "above it"
    return deny("not yet", hint="wait" if True else "ask") or deny("no", "use the other")
'''
FOUND = [
    "Days", "Does it, well.", "Poverty", "Said more.", "Stage title", "Who was met", "a problem", "above it", "an option", "ask", "days",
    "marked", "no", "not yet", "of a listing", "refused {n}", "renamed", "the person", "try again", "use the other", "wait",
    "what to do",
]  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small tree of one core and one program."""
    core = tmp_path / "workflow_core"
    package = tmp_path / "plugins/camp/careflow_camp"
    for folder in (core, tmp_path / "cli/careflow_cli", package):
        folder.mkdir(parents=True)
    (core / "a.py").write_text('N_("shared {n}")\n', "utf-8")
    (package / "program.py").write_text('Stage("a", "Begun")\nN_("shared {n}")\n', "utf-8")
    (package.parent / "pyproject.toml").write_text('[project]\nname = "careflow-camp"\ndescription = "Camps"\n', "utf-8")
    return tmp_path


def test_texts_are_found_where_they_stand() -> None:
    """Errors, definitions, commands and marks; another library's call of the same name is none of ours."""
    reader = messages.Reader("x.py")
    reader.visit(ast.parse(CODE))
    assert sorted(reader.texts) == FOUND
    assert reader.faults == []


@pytest.mark.parametrize("text", ['f"{n} cases"', '"case " + ref', '"case %s" % ref'])
def test_a_text_that_is_put_together_is_a_fault(text: str) -> None:
    """Pieces cannot be translated."""
    reader = messages.Reader("x.py")
    reader.visit(ast.parse(f'Refused("code", {text})'))
    assert len(reader.faults) == 1


def test_a_text_is_asked_for_once_and_lives_in_its_domain(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A program's catalogue holds its own texts and its summary, not what the core has."""
    assert messages.main(["extract"], tree) == 0
    capsys.readouterr()
    messages.main(["missing"], tree)
    assert json.loads(capsys.readouterr().out) == {"shared {n}": "", "Begun": "", "Camps": ""}
    assert "Begun" not in (tree / "workflow_core/locale/careflow.pot").read_text("utf-8")


def test_translations_are_filled_in_compiled_and_kept(tree: Path) -> None:
    """After filling in everything the check is content, and extracting again loses nothing."""
    given = tree / "given.json"
    given.write_text(json.dumps({"shared {n}": "共用 {n}", "Begun": "开始", "Camps": "夏令营"}), "utf-8")
    assert messages.main(["extract"], tree) == 0
    assert messages.main(["check"], tree) == 1
    assert messages.main(["fill", str(given)], tree) == 0
    assert messages.main(["extract"], tree) == 0
    assert messages.main(["check"], tree) == 0


def test_other_placeholders_are_told(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A placeholder lost in translation would hide a value."""
    given = tree / "given.json"
    given.write_text(json.dumps({"shared {n}": "共用 {m}", "Begun": "开始", "Camps": "夏令营"}), "utf-8")
    messages.main(["fill", str(given)], tree)
    assert messages.main(["check"], tree) == 1
    assert "other placeholders" in capsys.readouterr().out


@pytest.mark.parametrize("domain", messages.domains(), ids=lambda domain: domain.name)
def test_the_compiled_catalogue_is_the_compilation_of_its_source(domain: messages.Domain) -> None:
    """Of this repository's own catalogues."""
    assert messages.stale(domain) == []


@pytest.mark.parametrize("domain", messages.domains(), ids=lambda domain: domain.name)
def test_no_translation_loses_a_value(domain: messages.Domain) -> None:
    """Each translation of this repository has the placeholders of its text."""
    texts = messages.translations(messages.load(domain.po))
    assert [text for text, said in texts.items() if messages.lost(text, said)] == []
