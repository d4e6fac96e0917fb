"""How many cells of a terminal a text takes: a Chinese sign takes two."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def width(text: str) -> int:
    """The cells that a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells(sign) for sign in text)


def _cells(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def pad(text: str, cells: int, *, right: bool = False) -> str:
    """The text with as many blanks as it needs to take ``cells``: behind it, or before it where it is set to the right."""
    blanks = " " * max(0, cells - width(text))
    return blanks + text if right else text + blanks


def cut(text: str, cells: int) -> str:
    """The text, shortened with … where it takes more than ``cells``."""
    if width(text) <= cells:
        return text
    kept, taken = "", 0
    for sign in text:
        taken += _cells(sign)
        if taken > cells - 1:
            break
        kept += sign
    return kept + "…"


def wrap(text: str, cells: int) -> list[str]:
    """The text in lines of at most ``cells``: broken at blanks, and anywhere between Chinese signs."""
    lines, line, taken = [], "", 0
    for piece in _pieces(text):
        size = width(piece)
        if taken + size > cells and line.strip():
            lines.append(line.rstrip())
            line, taken = "", 0
        if not line and piece == " ":
            continue
        line += piece
        taken += size
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


_NEVER_FIRST = "，。、；：？！）》」』”’…%,.;:?!)]"


def _pieces(text: str) -> Iterator[str]:
    """What must stay together: a word, one Chinese sign with the punctuation behind it, a blank."""
    piece = ""
    for sign in " ".join(text.split()):
        wide = _cells(sign) == 2
        if piece and sign not in _NEVER_FIRST and (sign == " " or piece == " " or wide or _cells(piece[0]) == 2):
            yield piece
            piece = ""
        piece += sign
    if piece:
        yield piece
