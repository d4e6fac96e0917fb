"""What a cell of a sheet, or an answer at a prompt, means: names, ID numbers, dates, phones, villages.

Every function is pure, takes a cell as a sheet's reader gives it, and returns the value, ``None`` for an empty cell, or a :class:`Fault`;
bad data never raises. Text is read after NFKC, so full-width digits and letters are plain ones. Words and grades are in ``words.py``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from operator import mul
from typing import Literal, TypeAlias

Cell: TypeAlias = "str | float | int | bool | date | datetime | time | timedelta | None"
"""What a sheet's reader gives: calamine's types, or the text of a CSV file. An empty cell is ``""`` or ``None``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell has no value. It names the kind of fault, never the cell's content.

    :param code: stable, in snake_case.
    """

    code: str


DATE_INVALID = Fault("date_invalid")
DATE_FORM = Fault("date_form")
DATE_WITHOUT_YEAR = Fault("date_without_year")
ID_PRECISION_LOST = Fault("id_precision_lost")
ID_LENGTH = Fault("id_length")
ID_CHECK_DIGIT = Fault("id_check_digit")
PHONE_INVALID = Fault("phone_invalid")

# ------------------------------------------------------------------ text


def text(cell: Cell) -> str:
    """The cell as one line of text: NFKC, white space at the ends and invisible signs removed; a whole number without its ``.0``."""
    if isinstance(cell, str):
        return _clean(cell)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return _clean(str(cell))


def _clean(raw: str) -> str:
    if not raw.isascii():
        raw = unicodedata.normalize("NFKC", raw)
    if not raw.isprintable():
        raw = "".join(" " if sign.isspace() else sign for sign in raw if sign.isspace() or unicodedata.category(sign) not in ("Cf", "Cc"))
    return raw.strip()


def squeezed(cell: Cell) -> str:
    """The text with all white space removed."""
    found = text(cell)
    return "".join(found.split())


def name(cell: Cell) -> str:
    """A name as names are kept and compared: NFKC, all white space removed; empty when there is none."""
    found = squeezed(cell)
    if not found.isascii():
        found = unicodedata.normalize("NFKC", found)  # a sign and its accent may have come together
    return "" if found in _NO_NAME else found


_NO_NAME = frozenset({"无", "/", "-", "--", "—", "——"})

# ------------------------------------------------------------------ the national ID number

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ASCII_ZEROS = 48 * sum(_WEIGHTS)  # the digits are summed as ASCII bytes, which are 48 too high
_NO_NUMBER = frozenset({"", "无", "未办", "没有", "未办理", "暂无", "暂未办理", "无身份证", "未上户", "无户口", "-", "--", "—", "——", "/", "none", "n/a"})
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+\Z")


def check_digit(first17: str) -> str:
    """The 18th sign of a number whose first 17 digits are given (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK[(sum(map(mul, first17.encode("ascii"), _WEIGHTS)) - _ASCII_ZEROS) % 11]


def national_id(cell: Cell) -> str | Fault | None:
    """A national ID number (公民身份号码, GB 11643-1999): 18 signs, the last one upper case; ``None`` when empty, 无 or 未办.

    A number cell, or a text like 4.3E+17, has lost its last digits: a sheet's number holds 15. Whether the date inside the number is possible
    is told by :func:`born_in_id`.
    """
    if not isinstance(cell, str):
        if cell is None:
            return None
        return ID_PRECISION_LOST if isinstance(cell, (int, float)) else ID_LENGTH
    raw = cell
    if len(raw) != 18 or not raw.isascii() or " " in raw:
        raw = squeezed(raw).strip("'`\"’‘=")
        if raw.lower() in _NO_NUMBER:
            return None
        if _SCIENTIFIC.match(raw):
            return ID_PRECISION_LOST
        if len(raw) != 18:
            return ID_LENGTH
    first = raw[:17]
    if not (first.isascii() and first.isdigit()) or check_digit(first) != raw[17].upper():
        return ID_CHECK_DIGIT
    return raw.upper()


def born_in_id(number: str) -> date | None:
    """The birth date in a sound number (digits 7 to 14); ``None`` when no such day exists."""
    return _compact(number[6:14])


def sex_in_id(number: str) -> Literal["male", "female"]:
    """The sex in a sound number: the 17th digit is odd for males (GB 11643-1999)."""
    return "male" if int(number[16]) % 2 else "female"


# ------------------------------------------------------------------ dates

_EPOCH = date(1899, 12, 30)
_SERIALS = range(3654, 73051)  # day numbers of 1910 to 2099; anything else in a number cell is no day number
_SEPARATED = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T\s]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})\Z")
_NO_YEAR = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?\Z")
SCHOOL_YEAR_BEGINS = 8
"""A school year runs from August, when the first pupils register, to July."""


def school_year(day: date) -> int:
    """The calendar year in which the school year of that day begins."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


def civil_day(cell: Cell, *, year: int | None = None) -> date | Fault | None:
    """A date in any form seen in sheets; ``None`` when empty.

    2020/6/13, 2019-09-30, 20200109 (text or number), 2015.8.4, 2013年12月14日, a date cell, a sheet's day number; 22.10.2026 where only one of the two can be
    the month. ``DATE_INVALID`` is a day that does not exist, ``DATE_FORM`` what is written in no form that means one day for certain.

    :param year: the school year's first calendar year, by which a date without a year (9月14日) is resolved; without it such a date is a fault.
    """
    if isinstance(cell, str):
        return _day_of_text(cell, year)
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return DATE_INVALID
    return _day_of_number(float(cell))


@lru_cache(maxsize=65536)
def _day_of_text(raw: str, year: int | None) -> date | Fault | None:
    found = _clean(raw).lstrip("'")
    if not found or found in _NO_NAME:
        return None
    if match := _SEPARATED.match(found):
        return _day(*map(int, match.groups())) or DATE_INVALID
    if match := _YEAR_LAST.match(found):
        return _year_last(*map(int, match.groups()))
    if match := _NO_YEAR.match(found):
        month, day = map(int, match.groups())
        if year is None:
            return DATE_WITHOUT_YEAR
        return _day(year if month >= SCHOOL_YEAR_BEGINS else year + 1, month, day) or DATE_INVALID
    digits = found.removesuffix(".0")
    return _day_of_number(float(digits)) if digits.isascii() and digits.isdigit() and len(digits) in (5, 8) else DATE_FORM


def _year_last(first: int, second: int, year: int) -> date | Fault:
    """Day before month, or month before day: a date where only one of them gives a day, or both the same."""
    found = {one for one in (_day(year, second, first), _day(year, first, second)) if one is not None}
    if not found:
        return DATE_INVALID
    return found.pop() if len(found) == 1 else DATE_FORM


def _day_of_number(number: float) -> date | Fault:
    if number != number or abs(number) > 1e9:
        return DATE_INVALID
    whole = int(number)
    if whole in _SERIALS:
        return _EPOCH + timedelta(days=whole)
    if number == whole and 10_000_000 <= whole <= 99_999_999:
        return _compact(str(whole)) or DATE_INVALID
    return DATE_INVALID


@lru_cache(maxsize=65536)
def _compact(digits: str) -> date | None:
    return _day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# ------------------------------------------------------------------ phones and villages

_APART = re.compile(r"[、,;/|\n]|或|转")
_NOT_DIGIT = re.compile(r"\D+")
_PHONE_DRESS = re.compile(r"[\d\s()+\-.·*—–‐~'`:]*\Z")


def phone(cell: Cell) -> str | Fault | None:
    """A phone number as its digits, without +86; ``None`` when empty. Of several numbers in one cell, the first."""
    if isinstance(cell, str) and len(cell) == 11 and cell.isascii() and cell.isdigit():
        return cell
    raw = text(cell).lower()
    if not raw or raw in _NO_NUMBER:
        return None
    if _SCIENTIFIC.match(raw):
        return PHONE_INVALID
    first = next((part for part in _APART.split(raw) if part.strip()), "")
    for word in ("tel", "电话", "手机"):
        first = first.removeprefix(word)
    if not _PHONE_DRESS.match(first):
        return PHONE_INVALID
    digits = _NOT_DIGIT.sub("", first)
    if len(digits) == 22 and digits[0] == digits[11] == "1":
        return digits[:11]  # two mobile numbers with nothing but a space between them
    if len(digits) > 11:
        digits = digits.removeprefix("00")
        digits = digits[2:] if digits.startswith("86") else digits
    return digits if 7 <= len(digits) <= 12 else PHONE_INVALID


_VILLAGE = re.compile(r".+?(?:村|社区|居委会)")
_ABOVE = (re.compile(r".+?(?:省|自治区|市|县|(?<!社)区|自治州|旗)"), re.compile(r".+?(?:镇|乡|街道)"))
_GROUP = re.compile(r"第?[\d一二三四五六七八九十]+(?:组|社|队|号|栋).*\Z")


@lru_cache(maxsize=65536)
def _village(raw: str, above: tuple[str, ...]) -> str:
    found = "".join(_clean(raw).split())
    if found in _NO_NAME:
        return ""
    named = False
    for wider in above:
        if wider and wider in found[:-1]:
            found, named = found.partition(wider)[2], True
    if not named:
        found = _without_above(found)
    match = _VILLAGE.match(found)
    return match.group() if match else _GROUP.sub("", found)


def _without_above(found: str) -> str:
    """Takes off the province, city, county and township that may stand before the village.

    A village may have such a sign in its own name (老镇沟村): at least two signs must be left before 村.
    """
    for pattern in _ABOVE:
        while (match := pattern.match(found)) and len(found[match.end() :].partition("村")[0]) >= 2:
            found = found[match.end() :]
    return found


def village(cell: Cell, above: tuple[str, ...] = ()) -> str | None:
    """The village of an address, up to 村 (裴坝村2组 is 裴坝村) or 社区; ``None`` when empty.

    :param above: names of the divisions the village lies in, widest first; they are taken off the front.
    """
    raw = cell if isinstance(cell, str) else text(cell)
    return _village(raw, above) or None
