"""A desk's side of the gate: its writing statements are sent through the one function, and what that answers looks like what a cursor would have given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, Executable, bindparam, select

from workflow_core.errors import CareError, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.store.statement import Params, Statement
from workflow_core.store.tables import person

if TYPE_CHECKING:
    from workflow_core.store.database import Database, Tx

_PEOPLE = Statement(
    select(person.c.person_id, person.c.ref, person.c.division, person.c.name_key).where(person.c.person_id.in_(bindparam("ids", expanding=True)))
)
SCHEMA = "desk"
"""The schema on a desk's search path, and on nobody else's."""


def is_desk(dialect: Dialect) -> bool:
    """Whether connections of this kind are a desk's; known once one was made."""
    return dialect.name == "postgresql" and dialect.default_schema_name == SCHEMA


def own_login(tx: Tx) -> str | None:
    """As whom a desk is logged in to the database; None at any other."""
    if not tx.desk:
        return None
    raw: Any = tx._raw
    return str(raw.info.user)


def is_clock(tx: Tx) -> bool:
    """Whether a desk is the clock's: it sees the whole office, and writes in the name of the system."""
    kept = tx._engine.dialect.__dict__
    if tx.desk and "care_clock" not in kept:
        raw: Any = tx._raw
        kept["care_clock"] = raw.execute("SELECT pg_has_role(session_user, 'careflow_tick', 'MEMBER')").fetchone()[0]
    return bool(kept.get("care_clock"))


def leaves_to_clock(db: Database) -> bool:
    """Whether what a step asks of other cases, and who is next in line, is left to the clock: a desk writes in its own cases alone."""
    if not db.desk:
        return False
    with db.read() as tx:
        return not is_clock(tx)


class Answer:
    """What the gate answered to one statement, as a cursor."""

    def __init__(self, count: int, rows: Sequence[dict[str, Any]]) -> None:
        self.rowcount = count
        self._names = list(rows[0]) if rows else []
        self._rows = [tuple(row[name] for name in self._names) for row in rows]
        self.description = [(name,) for name in self._names]

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._rows

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row, or none."""
        return self._rows[0] if self._rows else None


def through(tx: Tx, statement: Statement | Executable, rows: Iterable[Params]) -> Answer | None:
    """Send a writing statement through the gate; None for one that only asks, which goes to the views.

    :raises Refused: ``desk_statement``: it is not one of the store's own.
    """
    from workflow_core.store.server import statements

    if not isinstance(statement, Statement):
        if getattr(statement, "is_select", False):
            return None
        raise owner_needed()
    if statement.reads and not statements.locks(statement, tx.dialect):
        return None
    made = statements.template(statement, tx.dialect)
    if made is None:
        raise owner_needed()
    return Answer(**send(tx, [{"do": made.key, "rows": list(rows)}])[0])


def look(tx: Tx, fields: Iterable[str], purpose: str, *, person_id: str, most: bool = False) -> str:
    """Open whole values of one person's file. Nothing but at a desk.

    It is written into the journal, and committed at once, beside this transaction: who has seen has seen, whatever becomes of what he does next. What this
    transaction reads from now on is whole.

    :param most: those of the fields that the login may see whole; else all, or none.
    :return: the instant at which it ends, by which :func:`shut` ends it before; empty where there is nothing to end.
    :raises NotPermitted: the login's roles there do not see one of the fields whole. :raises Refused: the purpose says nothing.
    """
    if not tx.desk:
        return ""
    return str(beside(tx, {"look": {"person": person_id, "fields": sorted(set(fields)), "purpose": purpose, "most": most}})["until"] or "")


def look_many(tx: Tx, fields: Iterable[str], purpose: str, people: Iterable[str]) -> str:
    """Open whole values of these people's files, each of the fields that this login may see whole in lists; as :func:`look`. Nothing but at a desk.

    :return: the reference of the approval that was counted down for it; empty where none was needed.
    :raises Refused: ``desk_bulk``: so many need an approval. :raises NotPermitted: its roles see nothing of it whole in lists.
    """
    named = sorted(set(people))
    if not tx.desk or not named:
        return ""
    return str(beside(tx, {"look": {"people": named, "fields": sorted(set(fields)), "purpose": purpose}})["access"] or "")


def look_rows(tx: Tx, fields: Iterable[str], purpose: str, rows: Mapping[str, Any], *, instead: str = "") -> str:
    """Open whole values of those whom the rows of a sheet name: by their whole number, or by name and birth date.

    :param rows: ``numbers``; ``named``: pairs of name and birth date (ISO); ``phones``: pairs of a guardian's telephone and name.
    :param instead: an earlier look for the same sheet, which ends.
    :return: as of :func:`look`.
    """
    if not tx.desk:
        return ""
    asked = {"rows": rows, "fields": sorted(set(fields)), "purpose": purpose, **({"instead": instead} if instead else {})}
    return str(beside(tx, {"look": asked})["until"] or "")


def shut(db: Any, until: str) -> None:
    """End a look, by the instant at which it would end."""
    if until:
        with db.write() as tx:
            send(tx, [{"look": {"close": until}}])


def beside(tx: Tx, change: Mapping[str, Any]) -> Any:
    """One call of the gate that is committed at once, whatever becomes of the transaction; what it answers."""
    pooled = tx._engine.raw_connection()
    try:
        another = type(tx)(tx._engine, pooled, tx._where, writes=True)
        answered = send(another, [dict(change)])[0]
        pooled.dbapi_connection.commit()  # type: ignore[union-attr]
    except BaseException:
        pooled.rollback()
        raise
    finally:
        pooled.close()
    return answered


def find(tx: Tx, by: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """Whose files in sight have one of these values: ids, each with the value.

    :param by: ``national_id``, ``name_key`` or ``phone``.
    """
    rows = send(tx, [{"find": {"by": by, "values": sorted(values)}}])[0]["rows"]
    return [(row["person_id"], row["said"]) for row in rows]


def people(tx: Tx, by: str, values: Iterable[str]) -> list[Any]:
    """The same as rows: ``person_id``, ``ref``, ``division``, and the value."""
    said = dict(find(tx, by, values))
    found = tx.rows(_PEOPLE, {"ids": sorted(said)}) if said else []
    return [type(row)({**row, by: said[row["person_id"]]}) for row in found]


def adults_by_phone(tx: Tx, phones: Iterable[str], township: str) -> dict[tuple[str, str], str]:
    """As ``store/people.py`` asks it: whoever has a telephone is told by its number, the name as far as it is seen."""
    found = people(tx, "phone", phones)
    return {(row["name_key"], row["phone"]): row["person_id"] for row in found if row["division"] == township and row["ref"].startswith("P-")}


def find_text(tx: Tx, text: str, digits: str) -> list[str]:
    """The ids of the children in sight whom a text fits, as ``store/people.py`` searches."""
    return [row["person_id"] for row in send(tx, [{"find": {"by": "text", "text": text, "digits": digits}}])[0]["rows"]]


def send(tx: Tx, changes: list[dict[str, Any]]) -> list[Any]:
    """One call of the gate."""
    raw: Any = tx._raw
    try:
        with raw.cursor() as cursor:
            cursor.execute("SELECT desk.write(%s::jsonb)", [json.dumps(changes, ensure_ascii=False, default=_bytes)])
            answers: list[Any] = cursor.fetchone()[0]
            return answers
    except tx._error as error:
        raise tx._fault(error) from None


def _bytes(value: Any) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "\\x" + bytes(value).hex()
    raise TypeError(type(value).__name__)


def owner_needed(hint: str = "") -> NotPermitted:
    """The refusal of what only the office's owner may do.

    :param hint: a msgid: who does it, where that is another than for most.
    """
    usual = N_("accounts, programs, settings, copies and upgrades are done with the login that owns the office's database")
    return NotPermitted("desk_owner_needed", N_("a desk's login cannot do this"), hint=hint or usual)


def refused(code: str, place: str) -> CareError:
    """What the gate refused, as an error of the house.

    :param code: as the gate says it. :param place: the table, or empty.
    """
    if code == "desk_owner_needed":
        return owner_needed()
    said = _SAID.get(code)
    return Refused("desk_refused", N_("the office's database refused a row ({table})"), hint=_UPGRADE, table=place) if said is None else said(place)


_UPGRADE = N_("if you have only used careflow: let the owner of the office run `care office migrate`, and see that all desks have the same version")
_SAID: dict[str, Callable[[str], CareError]] = {
    "desk_closed": lambda table: NotPermitted(
        "desk_closed", N_("this login has no open account in this office"), hint=N_("an administrator adds you: care account add LOGIN"), table=table
    ),
    "desk_out_of_scope": lambda table: NotPermitted(
        "desk_out_of_scope", N_("this lies outside what your roles cover ({table})"), hint=N_("see what you hold: care account show"), table=table
    ),
    "desk_not_permitted": lambda table: NotPermitted(
        "desk_not_permitted", N_("none of your roles may do this there ({table})"), hint=N_("see what you hold: care account show"), table=table
    ),
    "desk_actor": lambda table: NotPermitted("desk_actor", N_("nobody writes in another's name ({table})"), hint=_UPGRADE, table=table),
    "desk_history": lambda table: Refused(
        "desk_history", N_("history is never changed or taken away ({table})"), hint=N_("a mistake is corrected by a new entry"), table=table
    ),
    "desk_chain": lambda table: Refused("desk_chain", N_("the record does not follow from the one before it ({table})"), hint=_UPGRADE, table=table),
    "desk_no_event": lambda table: Refused("desk_no_event", N_("a case is never changed without its event ({table})"), hint=_UPGRADE, table=table),
    "desk_stage": lambda table: Refused(
        "desk_stage", N_("there is no such way between the stages of this case ({table})"), hint=N_("see: care case why REF"), table=table
    ),
    "desk_identity": lambda table: Refused("desk_identity", N_("what says which row it is does not change ({table})"), hint=_UPGRADE, table=table),
    "desk_count": lambda table: Refused("desk_count", N_("the count does not agree with what is counted ({table})"), hint=_UPGRADE, table=table),
    "desk_masked": lambda table: Refused(
        "desk_masked", N_("a masked value cannot be stored ({table})"), hint=N_("write it whole, or leave it out"), table=table
    ),
    "desk_clock_only": lambda table: NotPermitted(
        "desk_clock_only", N_("only the clock's login does this ({table})"), hint=N_("it is done at the clock's next turn"), table=table
    ),
    "desk_too_many": lambda table: Refused(
        "desk_too_many",
        N_("files that are out of sight were asked for too often today ({table})"),
        hint=N_("ask somebody who holds a role there, or go on tomorrow"),
        table=table,
    ),
    "desk_bulk": lambda table: Refused(
        "desk_bulk",
        N_("so many unmasked at once, or within a day, need another person's approval ({table})"),
        hint=N_("ask for it: care access request --division CODE --rows N --purpose …; or hand them out masked"),
        table=table,
    ),
    "desk_purpose": lambda table: Refused("desk_purpose", N_("say what it is needed for"), hint=N_("with --purpose; it is kept"), table=table),
    "desk_time": lambda table: Refused(
        "desk_time",
        N_("this machine's clock and the server's are more than an hour apart ({table})"),
        hint=N_("set the machine's clock right, and keep it so by the network (timedatectl set-ntp true)"),
        table=table,
    ),
    "desk_statement": lambda table: Refused("desk_statement", N_("this desk and the office have different versions of careflow"), hint=_UPGRADE, table=table),
}
