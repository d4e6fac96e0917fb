"""docs/papers.md names what there is: fields, filters, pieces, codes, papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from careflow_dropout_return import program
from workflow_core.documents import grammar
from workflow_core.documents.known import EVERY_PAPER
from workflow_core.documents.library import HOUSE_FOLDER
from workflow_core.documents.numbering import PARTS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/papers.md").read_text("utf-8")
CODES = sorted(
    {
        code
        for path in (ROOT / "workflow_core/documents").glob("*.py")
        for code in re.findall(r'"((?:template|field|output|docx|pdf|number|issuer|paper|receipt|draft|not_served)_[a-z_]+)"', path.read_text("utf-8"))
        if code not in ("field_empty", "number_text", "template_fields")
    }
)
ROWS = {name: line for line in TEXT.splitlines() if line.startswith("|") for name in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.mark.parametrize("group", [name for name, note in EVERY_PAPER.items()])
def test_every_field_is_told(group: str) -> None:
    """Each group has its row, with each of its fields."""
    missing = [name for name in EVERY_PAPER[group].inside if f"`{name}`" not in ROWS[group]]
    assert missing == []


@pytest.mark.parametrize("group", list(EVERY_PAPER))
def test_what_is_personal_is_set_in_italics(group: str) -> None:
    """As it says above the table."""
    for name, note in EVERY_PAPER[group].inside.items():
        assert (f"*`{name}`*" in ROWS[group]) is note.personal


@pytest.mark.parametrize("word", [*sorted(grammar.FILTERS), *sorted(grammar.LOOP), *grammar.HOUSE[1:], *PARTS])
def test_every_word_a_template_may_use_is_told(word: str) -> None:
    """Filters, loop's fields, bases, parts of a number."""
    assert re.search(rf"[`.{{]{re.escape(word)}\b", TEXT) or f"`{word}`" in TEXT


def test_every_piece_is_told() -> None:
    """With its name."""
    pieces = re.findall(r"{% macro (\w+)", (HOUSE_FOLDER / "parts.html.j2").read_text("utf-8"))
    assert [one for one in pieces if f"`{one}(" not in TEXT] == []


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_told(code: str) -> None:
    """What a person can meet."""
    assert f"`{code}`" in TEXT


def test_every_paper_of_dropout_return_is_told() -> None:
    """And none that is not there."""
    there = {path.name.removesuffix(".html.j2") for path in (Path(program.__file__).parent / "templates").glob("*.html.j2")}
    section = TEXT.split("## The papers of dropout return\n", 1)[1].split("\n## ", 1)[0]
    told = set(re.findall(r"^\| `(\w+)` \| \W?[一-鿿]", section, re.MULTILINE))
    assert told == there
