"""What is shown of a person to somebody who needs not know who it is: pure functions, one for each kind of personal data.

A masked value tells enough to check it against a paper in hand, and not enough to find the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

_VILLAGE = re.compile(r".+?(?:村|社区|居委会)")
_CITY = re.compile(r"[^*]+?(?:自治州|地区|(?<!超)市|县)")


def name(value: str | None) -> str | None:
    """The surname's first sign and one star, whatever the name's length: 张*."""
    return f"{value[0]}*" if value else value


def national_id(value: str | None) -> str | None:
    """The first and the last four of 18 signs: 4328**********4516; of anything shorter, the last two at most."""
    if not value:
        return value
    if len(value) < 12:
        return _tail(value)
    return f"{value[:4]}{'*' * (len(value) - 8)}{value[-4:]}"


def phone(value: str | None) -> str | None:
    """133****5738; of a number with fewer than eleven digits the last two."""
    if not value:
        return value
    if len(value) < 11:
        return _tail(value)
    return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"


def address(value: str | None) -> str | None:
    """The village and no house: 裴坝村***; all stars where no village is named."""
    if not value:
        return value
    found = _VILLAGE.match(value)
    return f"{found.group()}***" if found and len(found.group()) < len(value) else "***" if not found else value


def workplace(value: str | None) -> str | None:
    """The city or county and no firm or street: 江北省临港市***; all stars where none is named."""
    if not value:
        return value
    found = _CITY.match(value)
    return f"{found.group()}***" if found and len(found.group()) < len(value) else "***" if not found else value


def free_text(value: str | None) -> str | None:
    """Three stars: a note may hold anything."""
    return "***" if value else value


def _tail(value: str) -> str:
    shown = value[-2:] if len(value) >= 6 else ""
    return "*" * (len(value) - len(shown)) + shown


_ID_WITHIN = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_PHONE_WITHIN = re.compile(r"(?<![0-9A-Za-z])1\d{10}(?![0-9A-Za-z])")


def numbers_in(text: str) -> str:
    """Words that somebody wrote, with the ID numbers and mobile numbers in them masked."""
    return _PHONE_WITHIN.sub(lambda found: str(phone(found.group())), _ID_WITHIN.sub(lambda found: str(national_id(found.group())), text))


def words(text: str, names: Collection[str | None] = ()) -> str:
    """Words that somebody wrote, for eyes that see masks: these people's names in them are masked, and whatever looks like an ID number or a mobile number.

    :param names: of the people whom the words may be about; one sign alone is no name, since it stands in other words too.
    """
    for one in sorted({one for one in names if one is not None and len(one) > 1 and not one.endswith("*")}, key=len, reverse=True):
        text = text.replace(one, str(name(one)))
    return numbers_in(text)


def words_within(said: Any, names: Collection[str | None] = ()) -> Any:
    """The same of all words in a value, however deep."""
    if isinstance(said, Mapping):
        return {field: words_within(value, names) for field, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [words_within(value, names) for value in said]
    return words(said, names) if isinstance(said, str) else said


MASKS = {
    "name": name,
    "guardian": name,
    "father": name,
    "mother": name,
    "national_id": national_id,
    "phone": phone,
    "guardian_phone": phone,
    "father_phone": phone,
    "mother_phone": phone,
    "address": address,
    **dict.fromkeys(("guardian_workplace", "father_workplace", "mother_workplace"), workplace),
    "note": free_text,
}
"""Which mask hides which field of a person's file; any other field is shown as it is."""


def masked(values: Mapping[str, Any], *, but: Collection[str] = ()) -> dict[str, Any]:
    """A row of a person's file with every personal field masked.

    :param but: these are left as they are.
    """
    return {field: MASKS[field](value) if field in MASKS and field not in but and isinstance(value, str) else value for field, value in values.items()}


def masked_within(said: Any, mask: Callable[[str | None], str | None] | None = None) -> Any:
    """What an entry of the journal says, however deep, with every personal field masked: before and after, single values and lists.

    :param mask: of the field that ``said`` is the value of; none of its own where None.
    """
    if isinstance(said, Mapping):
        return {field: masked_within(value, MASKS.get(field, mask)) for field, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [masked_within(value, mask) for value in said]
    return said if not isinstance(said, str) else mask(said) if mask is not None else numbers_in(said)
