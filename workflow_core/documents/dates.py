"""Dates as Chinese papers write them."""

from __future__ import annotations

from datetime import date

_DIGITS = "〇一二三四五六七八九"


def in_figures(day: date) -> str:
    """2026年10月21日: the form of an official letter's own date, and of dates within its text."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_characters(day: date) -> str:
    """二〇二六年十月二十一日: the form that a court's papers and a township's older forms use."""
    return f"{_year(day.year)}年{_small(day.month)}月{_small(day.day)}日"


def _year(number: int) -> str:
    return "".join(_DIGITS[int(sign)] for sign in str(number))


def _small(number: int) -> str:
    """A number from 1 to 31."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
