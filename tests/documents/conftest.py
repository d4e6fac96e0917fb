"""Templates written in a test's own folder, and fields to fill them with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workflow_core.documents import Library, Note, PaperFields
from workflow_core.documents.rendering import LIMITS, Limits

KNOWN = {
    "paper": Note(
        "paper", "group", inside={"title": Note("title"), "number": Note("number"), "days": Note("days", "number"), "signed_on": Note("day", "date")}
    ),
    "child": Note("child", "group", inside={"name": Note("name", personal=True), "sex": Note("sex", "choice"), "kin": Note("kin")}),
    "visits": Note("visits", "list", inside={"met": Note("met", personal=True), "on": Note("day", "date")}),
    "words": Note("words", "list"),
    "boards": Note("boards", "yes_no"),
    "today": Note("today", "date"),
}
VALUES: dict[str, Any] = {
    "paper": {"title": "Notice", "days": 7},
    "child": {"name": "小甲", "sex": {"code": "male", "text": "男"}},
    "visits": [{"met": "祖父", "on": "2026-10-12"}, {"met": "祖母", "on": "2026-10-19"}],
    "words": ["one", "two"],
    "boards": True,
    "today": "2026-10-21",
}


@pytest.fixture
def fields() -> PaperFields:
    return PaperFields(KNOWN, VALUES)


@pytest.fixture
def page(tmp_path: Path, fields: PaperFields) -> Callable[..., str]:
    """Renders a source as the only template of a program, without what every page has."""

    def rendered(source: str, name: str = "one.html.j2", limits: Limits = LIMITS, **others: str) -> str:
        folder = tmp_path / "templates"
        folder.mkdir(exist_ok=True)
        for file, text in {name: source, **{file.replace("__", "."): text for file, text in others.items()}}.items():
            (folder / file).write_text(text, "utf-8")
        made = Library(folder, limits=limits).html(name, fields)
        return made.split('img-src data:">', 1)[-1] if "img-src data:" in made else made

    return rendered
