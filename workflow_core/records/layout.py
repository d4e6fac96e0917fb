"""Which columns a sheet should have, and how its headings are recognised.

A :class:`Layout` describes one kind of table: the roster, or the rows of a program's import. Headings are matched by meaning: the field's name, its
label in every language at hand, and declared synonyms; a two-level heading (父亲 over 姓名) is the two joined, so 父亲/姓名 and 父亲姓名 are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from workflow_core.i18n import translate
from workflow_core.records.values import Cell, text

OURS = "※"
"""The sign before the headings of columns that careflow adds to a sheet; a reader passes over them."""

_IGNORED = ("序号", "编号", "no", "no.", "#", "sn", "serial", "number", "seq")
_DECORATION = re.compile(r"[\s*:/_\-?.,、。|]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|〔[^〔〕]*〕|【[^【】]*】|<[^<>]*>")
_PARTY = re.compile(r"父|母|监护|家长|联系人|爸|妈|father|mother|guardian|parent|contact", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One field of a table.

    :param name: the field's name in code.
    :param title: what people call it, an English msgid; its translation is recognised too.
    :param also: other headings that mean it, in any language; ``group/heading`` for a two-level one.
    """

    name: str
    title: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """A kind of table.

    :param columns: the fields that are looked for; any other heading is listed as unknown.
    :param needed: groups of field names; of each group at least one column must be there, or the sheet holds no such table.
    :param ignored: headings that are no data (a running number) and are not listed as unknown.
    """

    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...] = ()
    ignored: tuple[str, ...] = _IGNORED

    @cached_property
    def by_title(self) -> dict[str, str]:
        """Every recognised heading, normalised, and the field it means; the first declared wins."""
        found: dict[str, str] = {}
        for column in self.columns:
            for title in (column.name, column.title, translate(column.title), *column.also):
                found.setdefault(normal(title), column.name)
        return found

    @cached_property
    def not_data(self) -> frozenset[str]:
        """The ignored headings, normalised."""
        return frozenset(normal(title) for title in self.ignored)

    def title_of(self, name: str) -> str:
        """The title of a field, for people."""
        return next(column.title for column in self.columns if column.name == name)

    def missing(self, present: Sequence[str]) -> tuple[str, ...]:
        """What is needed and not there: one text per group, alternatives joined by ``/``."""
        return tuple("/".join(translate(self.title_of(name)) for name in group) for group in self.needed if not any(name in present for name in group))


@dataclass(frozen=True)
class Headings:
    """The headings of one table, understood.

    :param fields: column index by field name.
    :param titles: the flat title of every column, ``父亲/姓名`` for a two-level one; empty where a column has none.
    :param unknown: the titles that mean none of the fields, or a field that another column has taken.
    """

    fields: dict[str, int]
    titles: tuple[str, ...]
    unknown: tuple[str, ...]


def normal(title: str) -> str:
    """A heading as headings are compared: NFKC, lower case, without white space, stars, colons and slashes."""
    return _DECORATION.sub("", unicodedata.normalize("NFKC", title).lower())


def understand(layout: Layout, top: Sequence[Cell], below: Sequence[Cell] | None = None) -> Headings:
    """Reads one heading row, or two of them, against a layout."""
    groups = [text(cell) for cell in top]
    titles = list(groups)
    subs = [""] * len(groups)
    if below is not None:
        carried = ""
        for at, group in enumerate(groups):
            carried = group or carried
            subs[at] = text(below[at]) if at < len(below) else ""
            if subs[at]:
                groups[at] = carried
                titles[at] = f"{carried}/{subs[at]}" if carried else subs[at]
    titles = ["".join(title.split()) for title in titles]
    fields: dict[str, int] = {}
    taken: set[int] = set()
    for sure in (True, False):
        for at, title in enumerate(titles):
            if not title or at in taken or title.startswith(OURS):
                continue
            name = _meaning(layout, title) if sure else _meaning_alone(layout, groups[at], subs[at])
            if name is not None and name not in fields:
                fields[name] = at
                taken.add(at)
    unknown = tuple(
        title for at, title in enumerate(titles) if title and at not in taken and not title.startswith(OURS) and normal(title) not in layout.not_data
    )
    return Headings(fields, tuple(titles), unknown)


def recognised(layout: Layout, titles: Sequence[str]) -> dict[str, str]:
    """The fields of a layout that a table's flat titles mean, each with the first title that means it."""
    found: dict[str, str] = {}
    for title in titles:
        group, _, sub = title.rpartition("/")
        name = _meaning(layout, title) or (_meaning_alone(layout, group, sub) if group else None)
        if name is not None:
            found.setdefault(name, title)
    return found


def _meaning(layout: Layout, title: str) -> str | None:
    known = layout.by_title
    full = normal(title)
    return known.get(full) or known.get(normal(_BRACKETS.sub("", unicodedata.normalize("NFKC", title))))


def _meaning_alone(layout: Layout, group: str, sub: str) -> str | None:
    """The lower heading alone, unless the upper one says whose it is: a father's 姓名 is not the child's."""
    if not sub or _PARTY.search(group):
        return None
    return _meaning(layout, sub)
