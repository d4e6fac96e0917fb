"""The words by which somebody who is erased could be found, and how they are taken out of a text. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

GONE = "***"
"""What stands in a text where a word was taken out: as in what is masked."""

_WHO = frozenset(
    {"name", "national_id", "phone", "guardian", "guardian_phone", "father", "father_phone", "mother", "mother_phone"}
)  # fmt: skip
_LEAST_NAME, _LEAST_NUMBER = 2, 7
_RARE_NAME = 3
"""Signs of a name that is hardly a common word, too, when another name of the family stands beside it."""
_CODES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_GROUPS: Mapping[int, tuple[tuple[int, ...], ...]] = {11: ((3, 7),), 18: ((6, 14), (6, 10, 14))}
"""Behind which signs people leave a gap: in a mobile number, in an ID number."""


def said_in(kind: str, payload: Mapping[str, Any]) -> Iterator[str]:
    """The names and numbers of people in an entry of a person's journal: as the file was made, and before and after each change.

    :param kind: of the entry: what ``name`` means depends on it.
    """
    groups = [payload.get("values"), payload.get("changes")]
    if kind == "file_made":
        groups.append(payload)
    elif kind.startswith("consent"):
        groups.append({"guardian": payload.get("guardian")})
    for group in groups:
        for name, value in group.items() if isinstance(group, Mapping) else ():
            if name in _WHO:
                yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))


def worth_seeking(words: Iterable[str | None]) -> set[str]:
    """Of these the words that mean a person: a name of two signs or more, a number of seven."""
    return {word for word in words if word and len(word) >= (_LEAST_NUMBER if word.isascii() else _LEAST_NAME)}


def spelt(words: Iterable[str]) -> set[str]:
    """The words, and as people write the same in a text: an ID number with a small x or in groups, a telephone in groups, a name with a gap."""
    found: set[str] = set()
    for word in words:
        found.add(word)
        if word.isascii():
            for ends in _GROUPS.get(len(word), ()) if word[:-1].isdigit() else ():
                parts = [word[start:end] for start, end in zip((0, *ends), (*ends, len(word)), strict=True)]
                found |= {sign.join(parts) for sign in (" ", "-")}
        elif "·" not in word:
            found |= {f"{word[:1]}{gap}{word[1:]}" for gap in (" ", "\u3000")}
    return found | {word.lower() for word in found if word.isascii()}


@dataclass(frozen=True)
class Words:
    """What is looked for. A name may be a common word (高峰, 关爱): it goes where these people are surely meant, and is asked about where not.

    :param alone: words that nobody else on file bears. A number goes wherever it stands; a name where the text has another mark of these people.
    :param shared: words that somebody else bears too: they are taken out where ``links`` say that these people are meant.
    :param links: the references and ids of the people and of their cases.
    :param longer: names of others that begin, end or go on with one of the words: they stay whole.
    """

    alone: frozenset[str]
    shared: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    longer: frozenset[str] = frozenset()

    @property
    def sought(self) -> tuple[str, ...]:
        """The words that a text must hold to be looked at more closely: one of ``alone``; where there are shared ones, also one of ``links``."""
        return tuple(sorted(self.alone | (self.links if self.shared else frozenset())))

    @cached_property
    def _numbers(self) -> re.Pattern[str] | None:
        return _pattern({word for word in self.alone if word.isascii()})

    @cached_property
    def _narrow(self) -> re.Pattern[str] | None:
        return _pattern(self.alone | self.longer)

    @cached_property
    def _wide(self) -> re.Pattern[str] | None:
        return _pattern(self.alone | self.shared | self.longer)

    def meant_in(self, text: str) -> bool:
        """Whether one of the people, or of their cases, is named by reference or id."""
        return any(link in text for link in self.links)

    def marked_in(self, text: str) -> bool:
        """Whether a number of these people stands in a text, or two names of them, one of which is long enough to be no common word."""
        found = {re.sub(r"\s", "", word) for word in (self._narrow.findall(text) if self._narrow is not None else ()) if word not in self.longer}
        return any(word.isascii() for word in found) or (len(found) > 1 and any(len(word) >= _RARE_NAME for word in found))

    def without(self, text: str, *, meant: bool = False, also: bool = False) -> str:
        """The text without these words, where they surely mean these people; the same text where none of them does.

        :param meant: it is known from elsewhere that these people are meant.
        :param also: somebody looked at it, and said so of the names that nobody else bears.
        """
        return self._without(text, meant, also, lambda _: GONE)

    def in_place(self, content: bytes, *, also: bool = False) -> bytes:
        """The same of bytes that must keep their length, in UTF-8: each byte of a word becomes a star."""
        said = content.decode(errors="surrogateescape")
        return self._without(said, False, also, lambda word: "*" * len(word.encode())).encode(errors="surrogateescape")

    def _without(self, text: str, meant: bool, also: bool, left: Callable[[str], str]) -> str:
        meant = meant or self.meant_in(text)
        pattern = self._wide if meant and self.shared else self._narrow if meant or also or self.marked_in(text) else self._numbers
        return text if pattern is None else pattern.sub(lambda found: found[0] if found[0] in self.longer else left(found[0]), text)

    def around(self, text: str) -> str:
        """The first word of ``alone`` in a text, masked, with two signs on either side, without digits: enough to tell a name from a common word."""
        for found in self._narrow.finditer(text) if self._narrow is not None else ():
            if found[0] not in self.longer:
                before, behind = text[max(0, found.start() - 2) : found.start()], text[found.end() : found.end() + 2]
                return re.sub(r"\d", "*", f"{before}[{found[0][:1]}*]{behind}")
        return GONE

    def named_in(self, content: bytes) -> bool:
        """Whether a word stands in these bytes, as files that other programs wrote may hold it: UTF-8, GB 18030, UTF-16."""
        return any(word.encode(code) in content for word in self.alone for code in _CODES)


def _pattern(words: Collection[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=lambda one: (-len(one), one)))) if words else None
