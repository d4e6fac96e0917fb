"""The making of a server office: roles, policies, views, functions; all in one transaction of the owner, as often as wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from workflow_core.store import turns
from workflow_core.store.database import Database, Tx
from workflow_core.store.server import eyes, gate, guards, guards_access, guards_case, guards_place, guards_transfer, looking, roles, views
from workflow_core.store.server.statements import all_templates
from workflow_core.store.server.watch import rule_triggers, rules

_KEPT = (
    "CREATE TABLE IF NOT EXISTS gate_log.event (case_id text NOT NULL, n integer NOT NULL, login text NOT NULL, at text NOT NULL, xid xid8 NOT NULL,"
    " PRIMARY KEY (case_id, n))",  # as whom each event was really written from a desk, and when by the server's clock
    "CREATE TABLE IF NOT EXISTS gate_log.moved (person_id text NOT NULL, xid xid8 NOT NULL)",
    "CREATE TABLE IF NOT EXISTS gate_log.laid (case_id text NOT NULL, assignee text NOT NULL, xid xid8 NOT NULL)",  # taken off a desk by a transaction
    "CREATE TABLE IF NOT EXISTS gate_log.brought (digest text NOT NULL, xid xid8 NOT NULL)",  # contents that a desk's transaction came with
    "CREATE TABLE IF NOT EXISTS gate_log.asked (login text NOT NULL, about text NOT NULL, at text NOT NULL, xid xid8 NOT NULL)",  # references asked for
    "CREATE TABLE IF NOT EXISTS gate_log.access (access_request_id text NOT NULL, person_id text, what text NOT NULL, xid xid8 NOT NULL)",
)
_THERE = select(func.to_regclass("gate_log.event").is_not(None))


@dataclass(frozen=True)
class Installed:
    """What came of making it.

    :param made: whether the office's tables are guarded now. :param logins: accounts that got a role; :param taken: accounts whose login is somebody
        else's role. :param wanted: what a database administrator must run first, where the owner may not.
    """

    made: bool
    logins: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


def install(db: Database, *, bulk_rows: int | None = None) -> Installed:
    """Make the server office in a database with an office, or bring it to this version's. Nothing on SQLite.

    :param bulk_rows: so many files are opened at once without another person's approval; None: as it is without a word.

    The owner needs the right to make roles; where he has it not, nothing is changed, and it is said what a database administrator runs first.
    """
    if db.dialect_name != "postgresql":
        return Installed(made=False)
    with db.write() as tx:
        wanted = roles.wanted(tx)
        if wanted:
            return Installed(made=False, wanted=wanted)
        turns.take(tx.connection, turns.MAKING)
        roles.groups(tx)
        for statement in statements():
            send(tx, statement)
        _register(tx)
        if bulk_rows is not None:
            say_bulk(tx, bulk_rows)
        made, taken = roles.all_accounts(tx)
        return Installed(True, made, taken)


def installed(tx: Tx) -> bool:
    """Whether this is a server office."""
    return tx.dialect.name == "postgresql" and bool(tx.value(_THERE))


def statements() -> Iterator[str]:
    """All of it but the roles, in order."""
    yield "DROP SCHEMA IF EXISTS desk CASCADE"
    yield "DROP SCHEMA IF EXISTS gate CASCADE"
    yield "CREATE SCHEMA gate"
    yield "REVOKE ALL ON SCHEMA gate FROM PUBLIC"
    yield "CREATE SCHEMA IF NOT EXISTS gate_log"
    yield "REVOKE ALL ON SCHEMA gate_log FROM PUBLIC"
    yield from _KEPT
    yield from (eyes.ME, eyes.KEYS, eyes.CASES, eyes.PEOPLE, eyes.mask_of(field_masks()), eyes.OFFICE)
    yield from (
        gate.TABLES,
        gate.DENY,
        guards_case.CHAINS,
        guards_case.CASES,
        guards.PEOPLE,
        guards.JOURNALS,
        guards.OTHERS,
        guards_place.places(),
        guards_access.REQUESTS,
        guards_access.asking(),
        guards_transfer.asking(),
        *rules(),
        looking.TABLES,
        looking.FIND,
        looking.LOOK,
    )
    yield from guards.triggers()
    yield from rule_triggers()
    yield guards_access.TRIGGER
    yield f"GRANT SELECT ON gate.case_key, gate.child_key TO {views.VIEWER}"
    yield from views.policies()
    yield f"GRANT CREATE ON DATABASE {roles.CURRENT} TO {views.VIEWER}"
    yield f"CREATE SCHEMA desk AUTHORIZATION {views.VIEWER}"
    yield f"GRANT USAGE ON SCHEMA gate, public TO {views.VIEWER}"
    yield f"SET LOCAL ROLE {views.VIEWER}"
    yield "REVOKE ALL ON SCHEMA desk FROM PUBLIC"
    yield from views.views()
    yield f"GRANT USAGE ON SCHEMA desk TO {views.DESK}, {views.TICK}"
    yield f"GRANT CREATE ON SCHEMA desk TO {roles.OWNER}"
    yield "RESET ROLE"
    yield gate.WRITE
    yield "REVOKE ALL ON FUNCTION desk.write(jsonb) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION desk.write(jsonb) TO {views.DESK}, {views.TICK}"
    yield f"REVOKE USAGE ON SCHEMA gate FROM {views.VIEWER}"
    yield f"REVOKE CREATE ON DATABASE {roles.CURRENT} FROM {views.VIEWER}"
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA gate FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {', '.join(_ASKED)} TO {views.DESK}, {views.TICK}"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {views.DESK}, {views.TICK}"
    yield f"REVOKE ALL ON DATABASE {roles.CURRENT} FROM PUBLIC"


_ASKED = (
    "gate.me()",
    "gate.pairs()",
    "gate.wide()",
    "gate.divisions()",
    "gate.at_places()",
    "gate.places()",
    "gate.sees_case(text, gate.sight)",
    "gate.sees_person(text, gate.sight)",
    "gate.sees_hold(text, text, text, gate.sight)",
    "gate.sees_blob(text, gate.sight)",
    "gate.sees_plan(text, gate.sight)",
    "gate.sees_account(text, gate.sight)",
    "gate.sees_head(text, gate.sight)",
    "gate.sees_stream(text, gate.sight)",
    "gate.shows_papers(text, gate.sight)",
    "gate.said(text, text, gate.sight)",
    "gate.whole_ids(text)",
    "gate.whole_scopes(text)",
    "gate.sees_request(public.access_request)",
    "gate.named_there()",
)
"""What policies and views ask. No desk can name them: the schema is closed."""


def _register(tx: Tx) -> None:
    """The statements that a desk may ask for, and which role sees which field whole."""
    raw: Any = tx._raw
    with raw.cursor() as cursor:
        cursor.executemany("INSERT INTO gate.statement VALUES (%s, %s, %s, %s, %s)", gate.registration(all_templates(tx.dialect)))
        cursor.executemany("INSERT INTO gate.sees_whole VALUES (%s, %s, %s)", list(looking.rights()))


def program_roles(tx: Tx, roles: Mapping[str, Iterable[str]]) -> None:
    """Tell the gate what a program's own roles see whole, instead of what it was told of them before.

    :param roles: the fields by the role's name.
    """
    raw: Any = tx._raw
    with raw.cursor() as cursor:
        for role, field, many in looking.rights_of(roles):
            cursor.execute("INSERT INTO gate.sees_whole VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (role, field, many))
        told = [f"{role}/{field}" for role, field, _ in (*looking.rights_of(roles), *looking.rights())]
        cursor.execute("DELETE FROM gate.sees_whole WHERE role = ANY (%s) AND NOT role || '/' || field = ANY (%s)", (sorted(roles), told))


def program_imports(tx: Tx, program: str, roles: Iterable[str]) -> None:
    """Tell the gate which roles make provisional files by a program's sheets, instead of what it was told of the program before."""
    raw: Any = tx._raw
    with raw.cursor() as cursor:
        cursor.execute("DELETE FROM gate.makes_file WHERE program = %s", (program,))
        cursor.executemany("INSERT INTO gate.makes_file VALUES (%s, %s)", [(program, role) for role in sorted(set(roles))])


def say_bulk(tx: Tx, rows: int) -> None:
    """Tell the gate how many files are opened at once without another person's approval."""
    raw: Any = tx._raw
    raw.execute("DELETE FROM gate.bulk", None)
    raw.execute("INSERT INTO gate.bulk VALUES (%s)", (rows,))


def field_masks() -> dict[str, str]:
    """The mask of each field of a person's file, by the names of both."""
    from workflow_core.access import masking

    return {field: mask.__name__ for field, mask in masking.MASKS.items()}


def send(tx: Tx, statement: str) -> None:
    """One statement, as it is: with signs of percent in it that are no parameters."""
    raw: Any = tx._raw
    database = raw.info.dbname
    try:
        raw.execute(statement.replace(roles.CURRENT, views.quoted(database)).replace(roles.OWNER, views.quoted(raw.info.user)), None)
    except tx._error as error:
        raise tx._fault(error) from None
