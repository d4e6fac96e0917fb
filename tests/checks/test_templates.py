"""Templates of a program are looked into where somebody hands in how, and the reference's examples of what is wrong with them are true."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.letters import letters
from tools.references.checks import TEMPLATES
from workflow_core.checks import check
from workflow_core.engine.paper_templates import look
from workflow_core.registry import Registry

HOME = Path(letters.__file__).parent


def codes(folder: Path) -> set[str]:
    """The codes of all that is wrong with the letters in a folder."""
    registry = Registry.discover(paths=[folder / "letters.py"], entry_points=False)
    return {one.code for one in check(registry.program("letters"), look(registry))}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The letters with their templates, to be spoiled."""
    return Path(copytree(HOME, tmp_path / "letters", ignore=ignore_patterns("__*")))


def test_sound_templates_give_no_finding(home: Path) -> None:
    """Neither with nor without a look at them."""
    assert codes(home) == set()


def test_a_template_that_is_not_there_is_told(home: Path) -> None:
    """With the name that was probably meant, and the paper it is for."""
    (home / "templates" / "notice.html.j2").rename(home / "templates" / "notices.html.j2")
    registry = Registry.discover(paths=[home / "letters.py"], entry_points=False)
    (found,) = check(registry.program("letters"), look(registry))
    assert (found.code, found.advice(), found.place) == ("template_missing", "did you mean notices.html.j2?", "letter.notice (notice.html.j2)")
    assert check(registry.program("letters")) == []


@pytest.mark.parametrize("code", ["field_unknown", "template_unsound"])
def test_the_examples_of_the_reference_are_wrong_and_right(home: Path, code: str) -> None:
    """The wrong one gives this code and no other, the right one nothing."""
    for text, wanted in zip(TEMPLATES[code], ({code}, set()), strict=True):
        (home / "templates" / "notice.html.j2").write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
        assert codes(home) == wanted


@pytest.fixture
def posted(home: Path) -> Path:
    """The letters, with a notice that is posted for everybody to read."""
    file = home / "letters.py"
    text = file.read_text("utf-8")
    assert 'template="notice.html.j2",' in text
    file.write_text(text.replace('template="notice.html.j2",', 'template="notice.html.j2",\n    public=True,'), encoding="utf-8")
    return home


def test_a_paper_for_the_public_names_nobody(posted: Path) -> None:
    """The reference's example, and personal fields wherever they hide: each is told with its line."""
    for text, wanted in zip(TEMPLATES["personal_in_public"], ({"personal_in_public"}, set()), strict=True):
        (posted / "templates" / "notice.html.j2").write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
        assert codes(posted) == wanted
    hidden = ["{% for one in guardians %}\n{{ one.phone }}{% endfor %}", "{% set who = child %}\n{{ who.born_on.year }}", "{% if child.address %}\n{% endif %}"]
    hidden.append('{% from "parts.html.j2" import people %}\n{{ people(guardians) }}')
    for text in hidden:
        (posted / "templates" / "notice.html.j2").write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
        registry = Registry.discover(paths=[posted / "letters.py"], entry_points=False)
        (found,) = check(registry.program("letters"), look(registry))
        assert (found.code, found.place.startswith("letter.notice (notice.html.j2:")) == ("personal_in_public", True)


def test_a_paper_for_the_public_may_take_nothing_personal_from_its_base(posted: Path) -> None:
    """What a template only extends counts as its own."""
    assert codes(posted) == {"personal_in_public"}
    (posted / "templates" / "notice.html.j2").write_text('{% extends "base_letter.html.j2" %}{% block body %}{{ case.ref }}{% endblock %}', encoding="utf-8")
    assert codes(posted) == set()
