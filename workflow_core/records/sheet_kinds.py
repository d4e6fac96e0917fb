"""Whether a table that has a roster's least headings is a roster at all, or another sheet that names children too.

A name and a number stand in nearly every sheet about children. Taken for a roster, the sheet of a program would look as if it had been fed in, and what
only that program reads of it (the last day attended, the height) would be lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_, translate
from workflow_core.records.layout import Layout, recognised
from workflow_core.records.sheets import Book, Table

MARKS = frozenset({"father", "mother", "guardian", "guardian_kin", "left_behind", "hardship", "boards"})
"""Columns that hardly any sheet but a roster has."""
_ANYWHERE = frozenset({"name", "born_on", "national_id", "school", "note"})
_STRANGE = 3  # so many headings of which a roster knows nothing are more than somebody's own column or two


@dataclass(frozen=True)
class OtherSheet:
    """A sheet of another kind.

    :param title: what it is called, a msgid.
    :param command: the command that takes it, without its arguments.
    """

    title: str
    command: str
    layout: Layout


def must_be_roster(book: Book, others: Mapping[str, OtherSheet]) -> None:
    """Refuses a file of which a table is rather another sheet's. What a roster has (a guardian, who is away) speaks for it.

    :param others: the sheets of the programs at hand, by any name.
    :raises Misused: ``sheet_of_another_kind``, with the command that takes it; ``not_a_roster`` where nothing but names and numbers is a roster's.
    """
    for table in book.tables:
        meant = [other for other in others.values() if _rather(table, other.layout)]
        if meant:
            best = max(meant, key=lambda other: len(recognised(other.layout, table.titles)))
            raise Misused(
                "sheet_of_another_kind",
                N_("{file} is no roster: by its headings it is another sheet ({kind}); nothing was stored"),
                hint=N_("feed it in with: {command} {file} --township CODE; if it is a roster all the same, add --anyway"),
                problems=_strange(table),
                file=book.file,
                kind=translate(best.title),
                command=best.command,
            )
        if len(table.unknown) >= _STRANGE and set(table.fields) <= _ANYWHERE:
            raise Misused(
                "not_a_roster",
                N_("{file} does not look like a roster: besides names and numbers a roster knows none of its headings; nothing was stored"),
                hint=N_("if it is a program's sheet, its program takes it: care --help; if it is a roster all the same, add --anyway"),
                problems=_strange(table),
                file=book.file,
            )


def _rather(table: Table, other: Layout) -> bool:
    """Whether a table is rather of another layout: it has all that one needs, some of which a roster does not know."""
    found = recognised(other, table.titles)
    if other.missing(tuple(found)) or not any(title in table.unknown for name, title in found.items() if (name,) in other.needed):
        return False
    return not MARKS & set(table.fields) or len(found) > len(table.fields)


def _strange(table: Table) -> list[Problem]:
    headings = ", ".join(table.unknown)
    return [Problem("headings_unknown", N_("headings that are no roster's: {headings}"), place=table.sheet, values={"headings": headings})]
