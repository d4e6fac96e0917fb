"""Where else a word stands: every text of every table is looked through, whichever room added it; what surely means the child goes, the rest is asked about.

A name may be a common word. Outside the child's own cases a text means the child where it says its reference, its number or a telephone, or two names of
the family; or where it belongs to a case to which the child's cases belong. Any other text that holds the name is told, and somebody says whether it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from workflow_core.store.canonical import load
from workflow_core.store.database import Row, Tx
from workflow_core.store.erase_whom import Whom
from workflow_core.store.journal import ERASED
from workflow_core.store.tables import (
    METADATA,
    blob,
    case,
    document,
    event_payload,
    hold,
    hold_item,
    journal,
    journal_payload,
    lease,
    line,
    outbox,
    person,
    request,
)

Reseal = Callable[[Row, Mapping[str, Any], str], str]
"""The seal of a paper out of which words were taken: its row, its fields, the digest of its page."""

_NAMES = "says what programs, the office or the state call things; whoever is called alike there is somebody else"
_SEALED = "is covered by a chain's digest; holds ids, kinds, instants and logins"
KEPT: Mapping[str, str] = {
    "account": "names the staff; of a volunteer who is erased his account loses its name",
    **dict.fromkeys(("calendar", "definition", "division", "enablement", "place", "policy", "sequence", "setting"), _NAMES),
    **dict.fromkeys(("deputy", "grant_"), "holds logins, roles and days"),
    **dict.fromkeys(("event", "journal", "journal_head", "seal", "seal_head"), _SEALED),
}
"""Tables that are not looked through, and why."""
_OF_PROGRAMS = ("program", "workflow", "definition", "stage", "name", "register", "limit_name", "template", "batch", "role", "doers", "outcome")
_OF_OFFICE = ("kind", "state", "status", "subject_kind", "division", "issuer", "number_text", "digest", "basis", "said", "sex", "ref", "level")
STRUCTURE: Mapping[str, str] = dict.fromkeys((*_OF_PROGRAMS, *_OF_OFFICE), _NAMES)
"""Columns that are not looked through in any table, and why; a file's own name is none of them."""
_WHO = frozenset({"name", "name_key", "national_id", "phone"})
_RENAMED = frozenset({(outbox.name, "dedup")})
_DROPPED = frozenset({(request.name, "key"), (lease.name, "name")})
"""Keys that people or programs may have made of a name: the row goes with them."""
_OF_ERASURE = select(journal.c.n).where(journal.c.stream == journal_payload.c.stream, journal.c.n == journal_payload.c.n, journal.c.kind == ERASED).exists()
"""What tells of an erasure says a reference, logins and numbers, and is what the erased records are held against: a login may be somebody's telephone."""
_WHOSE = ("case_id", "person_id", "plan_id", "from_case", "to_case", "subject_id")


@dataclass(frozen=True)
class Place:
    """A text that holds a name of the child, and may mean anything else.

    :param mark: by which it is told to go. :param where: the case's reference, or the table. :param what: the column. :param around: the word, masked, with
        two signs on either side.
    """

    mark: str
    where: str
    what: str
    around: str

    def as_dict(self) -> dict[str, str]:
        """For ``--json``."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Found:
    """A text in which a word stands. :param left: what is left of it; ``mark`` and ``sure`` as of a place."""

    table: Table
    key: dict[str, Any]
    column: str
    left: str
    sure: bool
    place: Place


def mark_of(*where: str) -> str:
    """The short sign of a place: the same as long as it stands there."""
    return sha256("|".join(where).encode()).hexdigest()[:8]


def looked_through(table: Table) -> list[str]:
    """The columns of a table in which words are looked for."""
    if table.name in KEPT:
        return []
    unique = {one.name for kind in table.constraints if isinstance(kind, (PrimaryKeyConstraint, UniqueConstraint)) for one in kind.columns}
    linked = {key.parent.name for key in table.foreign_keys}
    found = []
    for column in table.columns:
        where = (table.name, column.name)
        given = column.name in STRUCTURE and where not in {*_DROPPED, ("attachment", "name")}
        fixed = column.name in unique | linked and where not in _RENAMED | _DROPPED and column.name != "slot"
        if isinstance(column.type, Text) and not given and not fixed and not (table is person and column.name in _WHO):
            found.append(column.name)
    return found


def everywhere(tx: Tx, about: Whom, also: Callable[[str], bool]) -> Iterator[Found]:
    """Every text of every table that holds one of the words, but of papers.

    :param also: whether somebody said of a place, by its mark, that the child is meant there.
    """
    words = about.words
    if not words.sought:
        return
    for table in METADATA.sorted_tables:
        if table is document:
            continue
        keys = [one.name for one in table.primary_key]
        beside = [one.name for one in table.columns if one.name in _WHOSE and one.name not in keys]
        for name in looked_through(table):
            column = table.c[name]
            some = or_(*(column.contains(word, autoescape=True) for word in words.sought))
            asked = select(*(table.c[one] for one in dict.fromkeys((*keys, *beside, name)))).where(some)
            if table is journal_payload:
                asked = asked.where(~_OF_ERASURE)
            for row in tx.rows(asked):
                said = row[name]
                key = {one: row[one] for one in keys}
                near = _near(about, table, row)
                mark = mark_of(table.name, *(str(one) for one in key.values()), name)
                sure = words.without(said, meant=near)
                all_of_it = words.without(said, meant=near, also=True)
                if all_of_it == said:
                    continue
                place = Place(mark, _where(tx, table.name, key), name, "" if all_of_it == sure else words.around(said))
                left = all_of_it if also(mark) else sure
                yield Found(table, key, name, left, all_of_it == sure or also(mark), place)


def _near(about: Whom, table: Table, row: Mapping[str, Any]) -> bool:
    """Whether a row belongs to the child, to its cases, or to a case to which these belong."""
    whose = {row[name] for name in _WHOSE if name in row}
    if table is journal_payload and str(row["stream"]).startswith("register/"):
        whose.add(str(row["stream"]).split("/")[1])
    return not whose.isdisjoint({*about.people, *about.cases, *about.near, *about.plans})


def without_others(tx: Tx, places: Sequence[Place]) -> list[Place]:
    """The places, with the names of everybody else on file masked in the signs around the word."""
    seen = "\n".join({one.around for one in places})
    rows = tx.rows(select(person.c.name).where(func.length(person.c.name) > 1, literal(seen).contains(person.c.name)).distinct()) if seen else []

    def masked(said: str) -> str:
        for row in rows:
            said = said.replace(row.name, row.name[:1] + "*")
        return said

    return [replace(one, around=masked(one.around)) for one in places]


def take_word(tx: Tx, found: Found, at: str) -> str | None:
    """Of a chained record all that it says, since no part of it can go; of a kept answer the row; of anything else the word.

    :return: ``events`` or ``entries`` where a chained record went.
    """
    table, name = found.table, found.column
    this = and_(*(table.c[one] == value for one, value in found.key.items()))
    if table in (event_payload, journal_payload):
        tx.execute(update(table).where(this).values(salt=None, payload=None, erased_at=at))
        return "events" if table is event_payload else "entries"
    if (table.name, name) in _DROPPED:
        tx.execute(delete(table).where(this))
        return None
    left = found.left
    if (table.name, name) in _RENAMED or name == "slot":  # unique: two that were told apart by a name stay two
        left = f"{left}~{found.place.mark}"
    tx.execute(update(table).where(this).values({name: left}))
    return None


def holds(tx: Tx, about: Whom, also: Callable[[str], bool]) -> Iterator[Place]:
    """Places of limits that are counted by a name: those that nobody uses go, the others are called otherwise. Told where it is not sure."""
    words = about.words
    if not words.alone:
        return
    for row in tx.rows(select(hold).where(or_(*(hold.c.key.contains(word, autoescape=True) for word in sorted(words.alone))))):
        this = and_(hold.c.program == row.program, hold.c.limit_name == row.limit_name, hold.c.key == row.key)
        mark = mark_of("hold", row.program, row.limit_name, row.key)
        left = words.without(row.key, also=also(mark))
        if words.without(row.key, also=True) == row.key:
            continue
        if left == row.key and row.used:
            yield Place(mark, "hold", "key", words.around(row.key))
            continue
        if row.used:
            named = {"key": f"{left}~{mark}"}
            tx.execute(insert(hold).values(**{**dict(row), **named}))
            of = {"program": row.program, "limit_name": row.limit_name, "key": row.key}
            tx.execute(update(hold_item).where(*(hold_item.c[one] == value for one, value in of.items())).values(**named))
            tx.execute(update(line).where(*(line.c[one] == value for one, value in of.items())).values(**named))
        tx.execute(delete(hold).where(this))


def _where(tx: Tx, table: str, key: Mapping[str, Any]) -> str:
    case_id = key.get("case_id")
    if case_id is None and table == "journal_payload" and str(key["stream"]).startswith("register/"):
        case_id = str(key["stream"]).split("/")[1]
    ref = None if case_id is None else tx.value(select(case.c.ref).where(case.c.case_id == case_id))
    return str(ref) if ref is not None else table.rstrip("_")


# -- Papers of others ------------------------------------------------------------------------------------------------------------------------------------

_ON_PAPER = tuple(looked_through(document))


def papers(tx: Tx, about: Whom, at: str, reseal: Reseal, also: Callable[[str], bool]) -> Iterator[Place]:
    """Papers of other cases that name the child, a list of many for one: the word goes, the rest stays. Each is told, with the words around it where it is not
    sure that the child is meant, and nothing was taken."""
    pages = sorted(row.digest for row in holding(tx, about.words.alone))
    some = [document.c[name].contains(word, autoescape=True) for word in about.words.sought for name in _ON_PAPER]
    asked = select(document, case.c.ref.label("case_ref")).join_from(document, case, case.c.case_id == document.c.case_id)
    for row in tx.rows(asked.where(or_(document.c.content.in_(pages), *some)).order_by(document.c.case_id, document.c.n)):
        told = {name: row[name] for name in _ON_PAPER if row[name]}
        page = None if row.content is None else bytes(tx.value(select(blob.c.content).where(blob.c.digest == row.content))).decode()
        whole, mark = "\n".join([*told.values(), page or ""]), mark_of("document", row.case_id, str(row.n))
        meant = row.case_id in about.near or about.words.meant_in(whole)
        named = also(mark) or about.words.marked_in(whole)
        left = {name: about.words.without(value, meant=meant, also=named) for name, value in told.items()}
        left_page = None if page is None else about.words.without(page, meant=meant, also=named)
        if left != told or left_page != page:
            content = row.content if left_page == page or left_page is None else _put_page(tx, left_page.encode(), at)
            seal = None if row.sealed is None else reseal(row, load(left["fields"]), content or "")
            this = and_(document.c.case_id == row.case_id, document.c.n == row.n)
            tx.execute(update(document).where(this).values({**left, "content": content, "sealed": seal, "erased_at": at}))
            yield Place(mark, row.case_ref, "paper", "")
        elif about.words.without(whole, also=True) != whole:
            yield Place(mark, f"{row.case_ref}.p{row.n}", "paper", about.words.around(whole))


def _put_page(tx: Tx, content: bytes, at: str) -> str:
    digest = sha256(content).hexdigest()
    if tx.one(select(blob.c.digest).where(blob.c.digest == digest)) is None:
        tx.execute(blob.insert().values(digest=digest, size=len(content), content=content, at=at))
    return digest


def holding(tx: Tx, words: Sequence[str] | frozenset[str]) -> list[Row]:
    """The stored files in whose bytes one of these words stands."""
    holds = "instr(content, :word) > 0" if tx.dialect.name == "sqlite" else "position(:word in content) > 0"
    asked = text(f"SELECT digest, content FROM blob WHERE {holds}").bindparams(bindparam("word", type_=LargeBinary()))
    return list({row.digest: row for word in sorted(words) for row in tx.rows(asked, {"word": word.encode()})}.values())
