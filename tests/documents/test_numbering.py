"""Numbers of papers: what a pattern may hold, and what it makes."""

from __future__ import annotations

import pytest

from workflow_core.documents import check_pattern, number_text
from workflow_core.errors import Refused


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{township}限返〔{year}〕{n}号", "高桥镇限返〔2026〕7号"),
        ("义劝通字〔{year}〕第{n}号", "义劝通字〔2026〕第7号"),
        ("{year}-{n:03}", "2026-007"),
        ("{school}{issuer}{county}{year}{n:4}", "中学局县2026   7"),
    ],
)
def test_a_number_is_written_by_its_pattern(pattern: str, text: str) -> None:
    """With the year in hexagonal brackets, as letters have it."""
    assert check_pattern(pattern) == []
    assert number_text(pattern, 7, 2026, township=" 高桥镇 ", school="中学", issuer="局", county="县") == text


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("{townshp}〔{year}〕{n}号", "did you mean township?"),
        ("{zzz}〔{year}〕{n}号", "a pattern may hold"),
        ("〔{year}〕号", "numbers run per year"),
        ("第{n}号", "numbers run per year"),
        ("{year}{n:x}", "only n has a width"),
        ("{year:9}{n}", "only n has a width"),
        ("{year}{n:999999999}", "only n has a width"),
        ("{year}{n", "see docs"),
        ("{n.__class__}{year}{n}", "a pattern may hold"),
        ("{}{year}{n}", "a pattern may hold"),
        ("{n!r}{year}", "numbers run per year"),
    ],
)
def test_a_wrong_pattern_is_told(pattern: str, hint: str) -> None:
    """A name nobody knows, a width that is none, no number, no year."""
    found = check_pattern(pattern, "dropout.notice")
    assert {one.code for one in found} == {"number_pattern"}
    assert any(one.advice().startswith(hint) for one in found)


@pytest.mark.parametrize("names", [{}, {"township": ""}, {"township": " "}])
def test_no_number_is_spent_on_a_name_that_is_not_on_file(names: dict[str, str]) -> None:
    """A school without its official name, a township that is not set."""
    with pytest.raises(Refused) as refused:
        number_text("{township}〔{year}〕{n}号", 1, 2026, **names)
    assert (refused.value.code, refused.value.context["names"]) == ("number_incomplete", "township")
