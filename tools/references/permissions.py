"""``permissions.md``: who may give which command, from the table to which every command is held."""

from __future__ import annotations

from itertools import groupby

from tools.permissions.desks import DESKS, OWNERS, Desk, Outcome
from tools.permissions.table import ROWS, Row
from tools.references.markdown import document, table, tick

INTRO = """\
Every command, and what is answered to whoever asks. A test gives each of these commands in earnest, as everybody named here, in a made-up county of two
townships that are alike, on both databases; it is red where an answer is another one, and where a command is missing here. It also looks that no answer
names a child, a volunteer or a case out of sight, or anybody's whole name or number."""
LEGEND = """\
| sign | |
|---|---|
| ✓ | it is done, or shown |
| ○ | it is answered, and what is asked about is not in it: an empty list |
| – | not permitted (exit code 3) |
| hidden | as if it did not exist (exit code 5) |
| no | a reason of the work speaks against it, for whoever may (exit code 1): the day of the draw has not come, a round is not reported |"""
WHO = """\
**nobody** has an account and no role. The **administrator**'s role holds in the whole office, the other [roles](roles.md) in one township, a **school**'s at
that school: *its pupils*. The **deputy** stands in for the township's child supervisor, who is away. The **volunteer** is the proxy parent of one child.

Two signs in a cell: before the stroke in his own township, behind it about **a case of his own**, where the role was granted for these alone
(`care account grant LOGIN ROLE --own`) and something of the case is laid on his desk. Of a volunteer the second is the case in which he is a party.
One sign: the same; or, where the command bears a °, whoever has a role for his own cases alone is answered as *nobody* is.

What lies in **another township** is answered to everybody but the administrator as it is to *nobody*; where it is otherwise, it is said below the table."""
TAIL = """\
What is answered to everybody alike needs no right: definitions, divisions, the days of the calendar, whether the chains hold; making, moving on and
restoring an office, which whoever may write in its folder can do anyhow; the clock.

`account password` and `office join` are for an office on a server; on SQLite they are refused to whoever may. The rights of a program's own roles are in
[roles](roles.md)."""
SIGNS: dict[Outcome, str] = {"done": "✓", "nothing": "○", "not_permitted": "–", "not_found": "hidden", "refused": "no", "misuse": "misuse"}
HEADS: dict[Desk, str] = {
    "nobody": "nobody", "admin": "admin", "child_director": "director", "child_supervisor": "supervisor", "school": "school", "clinic": "clinic",
    "county_office": "county office", "education_bureau": "education", "civil_affairs": "civil affairs", "police": "police", "deputy": "deputy",
    "volunteer": "volunteer",
}  # fmt: skip


def page() -> str:
    """The page."""
    parts = [_of_noun(noun, list(names)) for noun, names in groupby(ROWS, key=lambda name: name.split()[0])]
    return document("Permissions", INTRO, LEGEND, WHO, *parts, "## What needs no right", TAIL)


def _of_noun(noun: str, names: list[str]) -> str:
    rows = [(tick(name) + (" °" if _not_of_ones_own(ROWS[name]) else ""), *(_cell(ROWS[name], desk) for desk in DESKS)) for name in names]
    notes = [said for name in names if (said := _elsewhere(name, ROWS[name]))]
    return "\n\n".join([f"## care {noun}", table(["command", *(HEADS[desk] for desk in DESKS)], rows), *notes])


def _cell(row: Row, desk: Desk) -> str:
    cells = row.cells()
    here = SIGNS[cells[desk, "here"]]
    own = SIGNS[cells[desk, "own"]] if desk in OWNERS and row.own is not None and not _not_of_ones_own(row) else here
    return here if own == here else f"{here} / {own}"


def _not_of_ones_own(row: Row) -> bool:
    """Whether a role for one's own cases alone helps nobody here, and others are helped by theirs."""
    return row.own is not None and set(row.own) == {row.here[0]} and set(row.here) != {row.here[0]}


def _elsewhere(name: str, row: Row) -> str:
    if row.other is None:
        return ""
    usual = row.here[0]
    otherwise = [(desk, row.other[n]) for n, desk in enumerate(DESKS) if desk != "admin" and row.other[n] != usual]
    return f"{tick(name)} in another township: " + ", ".join(f"{HEADS[desk]} {SIGNS[outcome]}" for desk, outcome in otherwise) + "." if otherwise else ""
