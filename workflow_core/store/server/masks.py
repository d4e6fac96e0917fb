"""The masks of ``access/masking.py``, in SQL: expressions over a column, which must give exactly what those functions give. Idempotent, as they are."""

from __future__ import annotations

from collections.abc import Callable

_VILLAGE = "'(?p)^.+?(?:村|社区|居委会)'"
_CITY = "'^[^*]+?(?:自治州|地区|(?<!超)市|县)'"
Mask = Callable[[str], str]


def name(value: str) -> str:
    """The surname's first sign and one star."""
    return _where_there_is(value, f"left({value}, 1) || '*'")


def national_id(value: str) -> str:
    """The first and the last four; of anything shorter than twelve the last two at most."""
    return _where_there_is(value, f"CASE WHEN char_length({value}) < 12 THEN {_tail(value)} ELSE {_within(value, 4, 4)} END")


def phone(value: str) -> str:
    """The first three and the last four; of anything shorter than eleven the last two at most."""
    return _where_there_is(value, f"CASE WHEN char_length({value}) < 11 THEN {_tail(value)} ELSE {_within(value, 3, 4)} END")


def address(value: str) -> str:
    """The village and no house."""
    found = f"substring({value} from {_VILLAGE})"
    return _where_there_is(value, f"CASE WHEN {found} IS NULL THEN '***' WHEN {found} = {value} THEN {value} ELSE {found} || '***' END")


def workplace(value: str) -> str:
    """The city or county and no firm or street."""
    found = f"substring({value} from {_CITY})"
    return _where_there_is(value, f"CASE WHEN {found} IS NULL THEN '***' WHEN {found} = {value} THEN {value} ELSE {found} || '***' END")


def free_text(value: str) -> str:
    """Three stars."""
    return _where_there_is(value, "'***'")


MASKS: dict[str, Mask] = {"name": name, "national_id": national_id, "phone": phone, "address": address, "workplace": workplace, "free_text": free_text}
"""By the names of the functions in ``access/masking.py``."""


def _where_there_is(value: str, mask: str) -> str:
    return f"CASE WHEN {value} IS NULL OR {value} = '' THEN {value} ELSE {mask} END"


def _within(value: str, first: int, last: int) -> str:
    return f"left({value}, {first}) || repeat('*', char_length({value}) - {first + last}) || right({value}, {last})"


def _tail(value: str) -> str:
    return f"CASE WHEN char_length({value}) < 6 THEN repeat('*', char_length({value})) ELSE repeat('*', char_length({value}) - 2) || right({value}, 2) END"
