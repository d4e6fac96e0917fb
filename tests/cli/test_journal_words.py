"""Everything that is written into a journal or a case's history has a title, in English and in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from careflow_cli import journal_words
from careflow_cli.child_words import TITLES
from tests.cli.helping import Care
from workflow_core.i18n import translate_in

ROOT = Path(__file__).parents[2]
WHERE_KIND_STANDS = {
    "journal.append": 3, "journal_bulk.Entry": 1, "_both": 3, "_looked": 3, "record": 2, "granted.record": 2, "_journal_access": 4, "_insert_access": 4,
    "begin": 0,
}  # fmt: skip
"""The functions that write an entry or an event, and which of their arguments is its kind."""
FILLED = {
    "program_": ("enabled", "disabled"), "consent_": ("given", "refused", "withdrawn"), "access_": ("approved", "refused"),
    "entry_": ("entered", "closed", "corrected", "struck"),
}  # fmt: skip
"""What follows the beginning of a kind that is put together."""


def _words(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)
    elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        begins = str(node.values[0].value)
        yield from (f"{begins}{end}" for end in FILLED[begins])


def written() -> set[str]:
    """Every kind that stands in the code of the engine and of the command line."""
    found: set[str] = set()
    for file in [*(ROOT / "workflow_core").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                at = WHERE_KIND_STANDS.get(called, WHERE_KIND_STANDS.get("begin") if called.endswith(".begin") and node.args else None)
                if at is not None and len(node.args) > at and "testing" not in file.parts:
                    found.update(_words(node.args[at]))
                found.update(word for one in node.keywords if one.arg == "kind" and called.endswith("batch.change") for word in _words(one.value))
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("KIND", "EVENT"):
                found.update(_words(node.value))
    return found


def test_every_kind_that_is_written_has_a_title() -> None:
    """What the code writes is in the table, and the table has nothing beside."""
    assert written() == set(journal_words.KINDS)


@pytest.mark.parametrize("table", [journal_words.KINDS, journal_words.NAMES])
def test_every_title_is_chinese_too(table: dict[str, str]) -> None:
    """None is left in English."""
    assert not [title for title in table.values() if translate_in("zh_CN", title).isascii()]


def test_no_two_kinds_have_one_title() -> None:
    """A title names one kind, in both languages: it may be asked for by it."""
    for wanted in ("en", "zh_CN"):
        assert len({translate_in(wanted, title) for title in journal_words.KINDS.values()}) == len(journal_words.KINDS)


def test_an_entry_is_read_in_chinese(cases: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds, and the names of what they say; a kind may be asked for by what it is called."""
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    cases("child", "show", "C-000001", "--unmasked", "--purpose", "联系祖父母")
    shown = cases("journal", "show", "--kind", "查看全文").out
    assert "查看全文" in shown
    assert "用途=联系祖父母" in "".join(shown.split())
    assert translate_in("zh_CN", TITLES["guardian_phone"]) in shown
    found = cases("journal", "search", "--limit", "500").out
    assert not any(title in found for title in ("revealed", "case begun", "roster imported", "purpose=", "origin."))


def test_what_an_entry_says_is_read_in_chinese(cases: Care, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roles, kinds of scope, kinship, programs, stages and steps by their titles; a consent's name is no person's."""
    monkeypatch.setenv("CARE_LANG", "zh_CN")
    cases("consent", "give", "C-000001", "healthcheck", "--by", "guardian", "--notice", "2026-1", "--child", "agrees", "--paper")
    found = "".join(cases("journal", "search", "--limit", "500").out.split())
    assert all(said in found for said in ("=区划,", "角色=学校", "=祖父母", "=女", "新阶段=", "依据=同意", "儿童本人=同意", "同意=healthcheck"))
    assert not any(said in found for said in ("=division", "=grandparent", "=female", "=child_supervisor", "=agrees", "h*"))
