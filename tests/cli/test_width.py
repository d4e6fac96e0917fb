"""Texts are measured by the cells they take on a terminal."""

from __future__ import annotations

import pytest

from careflow_cli.width import cut, pad, width, wrap


@pytest.mark.parametrize(("text", "cells"), [("case", 4), ("个案", 4), ("高桥镇 3", 8), ("e\u0301", 1), ("", 0)])
def test_a_chinese_sign_takes_two_cells(text: str, cells: int) -> None:
    """Chinese signs count twice, combining marks not at all."""
    assert width(text) == cells


def test_padding_fills_up_to_the_cells() -> None:
    """Padded texts end in one column."""
    assert {width(pad(text, 8)) for text in ("个案", "case", "a个")} == {8}


def test_cutting_keeps_within_the_cells() -> None:
    """A text that is too long ends in an ellipsis and fits."""
    assert cut("劝返复学个案", 7) == "劝返复…"
    assert cut("劝返", 7) == "劝返"


def test_wrapped_lines_fit_and_lose_nothing() -> None:
    """Lines break between Chinese signs and at blanks, never within a word."""
    text = "把疑似辍学的学生 import 进来,并为每个孩子开立个案。"
    lines = wrap(text, 12)
    assert all(width(line) <= 13 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert any("import" in line for line in lines)


def test_a_line_does_not_begin_with_a_full_stop() -> None:
    """Punctuation stays with the sign before it."""
    assert not any(line.startswith("。") for line in wrap("一二三四五六。七八", 12))
