"""What a login may write with any tool at all: nothing but what the application would, in its own scope and name; each refusal has its code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy.dialects.postgresql import psycopg as driver

from tests.server.conftest import HERE, OTHERS, THERE, ServerOffice
from workflow_core.store import access, cases, chain, definitions, desk, holds, journal, lines, outbox, people, sequences
from workflow_core.store.server import guards
from workflow_core.store.server.statements import all_templates, template
from workflow_core.store.statement import Statement
from workflow_core.store.tables import METADATA

DIALECT: Any = driver.dialect()  # type: ignore[no-untyped-call]
STAMP = "2026-10-21T02:00:00.000000Z"


class Raw:
    """A connection that calls the one function, as psql would."""

    def __init__(self, office: ServerOffice, who: str, connection: psycopg.Connection[Any]) -> None:
        self.office, self.login, self.connection = office, office.login(who), connection

    def write(self, *changes: tuple[Statement, dict[str, Any]], keep: bool = False) -> None:
        """Sends registered statements, and has asked all that is asked at a commit; then they are undone, unless they are kept."""
        self.send([{"do": _key(statement), "rows": [row]} for statement, row in changes])
        if keep:
            self.connection.commit()
        else:
            self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def send(self, said: list[dict[str, Any]], *, commit: bool = False) -> None:
        """Sends what it is told to."""
        self.connection.execute("SELECT desk.write(%s)", [json.dumps(said)])
        if commit:
            self.connection.commit()

    def refused(self, *changes: tuple[Statement, dict[str, Any]]) -> str:
        """The code with which that is refused, at the latest at the commit."""
        with pytest.raises(psycopg.Error) as caught:
            self.write(*changes)
        self.connection.rollback()
        return _code(caught.value)


def _code(error: psycopg.Error) -> str:
    return str(error.diag.message_primary) if error.sqlstate == "CF001" else str(error.sqlstate)


def _key(statement: Statement) -> str:
    made = template(statement, DIALECT)
    assert made is not None
    return made.key


@pytest.fixture
def director(pristine: ServerOffice) -> Iterator[Raw]:
    """The child director's bare session."""
    with closing(pristine.raw("director")) as connection:
        yield Raw(pristine, "director", connection)


@pytest.fixture
def supervisor(pristine: ServerOffice) -> Iterator[Raw]:
    """The child supervisor's bare session."""
    with closing(pristine.raw("supervisor")) as connection:
        yield Raw(pristine, "supervisor", connection)


def a_case(raw: Raw, division: str = HERE) -> dict[str, Any]:
    """The first case of a township, and its head, as the owner reads them."""
    names = [column.name for column in METADATA.tables["case"].columns]
    row = raw.office.rows(f'SELECT {", ".join(names)} FROM "case" WHERE division = %s ORDER BY ref LIMIT 1', division)[0]
    found = dict(zip(names, row, strict=True))
    head = raw.office.rows("SELECT digest FROM event WHERE case_id = %s ORDER BY n DESC LIMIT 1", found["case_id"])
    return {**found, "head": head[0][0]}


def step(case: dict[str, Any], **changes: Any) -> tuple[Statement, dict[str, Any]]:
    """The statement that changes a case, as the application sends it."""
    names = (*cases._CASE_COLUMNS, "version")
    values = {**{name: case[name] for name in names}, "version": case["version"] + 1, **changes}
    return cases._UPDATE_CASE, {**values, "the_case": case["case_id"], "read_version": case["version"], "read_wake": case["wake_at"]}


def event(
    raw: Raw, case: dict[str, Any], *, n: int | None = None, spoil: dict[str, Any] | None = None, says: dict[str, Any] | None = None, **header: Any
) -> list[tuple[Statement, dict[str, Any]]]:
    """An event with its payload, sealed as the application seals it."""
    row: dict[str, Any] = {
        **dict.fromkeys(chain.CASE), "case_id": case["case_id"], "n": case["version"] + 1 if n is None else n, "at": STAMP, "recorded_at": STAMP,
        "actor": raw.login, "kind": "noted", "code_version": "1", **header,
    }  # fmt: skip
    sealed = chain.seal(chain.CASE, row, says or {"text": '引号"与\\反斜'}, case["head"])
    payload = {"case_id": case["case_id"], "n": row["n"], "salt": sealed.salt, "payload": sealed.payload}
    return [(cases._INSERT_EVENT, {**sealed.row, **(spoil or {})}), (cases._INSERT_PAYLOAD, payload)]


def test_every_table_is_guarded(pristine: ServerOffice) -> None:
    """A table that is added is the owner's until it has rules; none is without row policy and guard."""
    found = pristine.rows(
        "SELECT c.relname, c.relrowsecurity, (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),"
        " (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'desk_row') FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> 'alembic_version'"
    )
    assert {name: (secured, policies, guarded) for name, secured, policies, guarded in found} == dict.fromkeys(METADATA.tables, (True, 1, 1))


def test_every_writing_statement_is_registered(pristine: ServerOffice) -> None:
    """What the store can send, the gate knows."""
    known = {row[0] for row in pristine.rows("SELECT key FROM gate.statement")}
    assert {one.key for one in all_templates(DIALECT)} == known


def test_every_registered_statement_can_be_prepared(pristine: ServerOffice) -> None:
    """Each template is sound SQL for the one object it takes."""
    with closing(pristine.as_owner()) as owner:
        for n, one in enumerate(all_templates(DIALECT)):
            if one.kind != "insert":
                owner.execute(f"PREPARE p{n} (jsonb) AS {one.sql}".encode())


def test_an_honest_step_is_taken(director: Raw) -> None:
    """A case, its event and what belongs to it, as the application writes them, go through; and the server writes down as whom."""
    case = a_case(director)
    director.write(step(case), *event(director, case))


def test_the_server_writes_down_as_whom(server_office: ServerOffice) -> None:
    """Each event that a desk wrote stands in a log of the owner's with the login it was really written with; and the chains are whole."""
    with closing(server_office.raw("director")) as connection:
        director = Raw(server_office, "director", connection)
        case = a_case(director)
        director.write(step(case), *event(director, case), keep=True)
    log = server_office.rows("SELECT login FROM gate_log.event WHERE case_id = %s AND n = %s", case["case_id"], case["version"] + 1)
    assert log == [(server_office.login("director"),)]
    server_office.care("owner", "journal", "verify")


def test_a_stage_is_not_set(director: Raw) -> None:
    """Not without an event, not with one that moves nothing, and not by a way that there is not."""
    case = a_case(director)
    assert director.refused(step(case, stage="closed")) == "desk_no_event"
    assert director.refused(step(case, stage="closed", version=case["version"])) == "desk_no_event"
    assert director.refused(step(case, stage="closed"), *event(director, case)) == "desk_stage"
    moved = {"from_stage": case["stage"], "to_stage": "registered", "kind": "advanced", "transition": "no_such_way"}
    assert director.refused(step(case, stage="registered"), *event(director, case, **moved)) == "desk_stage"


def test_a_way_is_taken_by_those_who_may(director: Raw, supervisor: Raw) -> None:
    """The way is one of the definition's, from where the case stands, and for a role that is held there."""
    case = a_case(director)
    moved = {"from_stage": case["stage"], "to_stage": "registered", "kind": "advanced", "transition": "confirm"}
    assert director.refused(step(case, stage="registered"), *event(director, case, **moved)) == "desk_not_permitted"
    assert director.refused(step(case, stage="registered"), *event(director, case, **moved, actor="system")) == "desk_not_permitted"
    assert supervisor.refused(step(case, stage="registered"), *event(supervisor, case, **{**moved, "from_stage": "persuading"})) == "desk_stage"
    supervisor.write(step(case, stage="registered"), *event(supervisor, case, **moved))


def test_by_hand_is_for_supervisors(director: Raw) -> None:
    """An overriding step needs the role that may override."""
    case = a_case(director)
    moved = {"from_stage": case["stage"], "to_stage": "registered", "kind": "overridden"}
    assert director.refused(step(case, stage="registered"), *event(director, case, **moved)) == "desk_not_permitted"


def test_no_event_is_skipped_or_forged(director: Raw) -> None:
    """The number follows, the chain fits, the content is the sealed one, and the name is one's own."""
    case = a_case(director)
    assert director.refused(step(case, version=case["version"] + 2), *event(director, case, n=case["version"] + 2)) == "desk_chain"
    assert director.refused(step(case, version=case["version"] + 2), *event(director, case)) == "desk_no_event"
    assert director.refused(*event(director, case)) == "desk_no_event"
    assert director.refused(step(case), *event(director, {**case, "head": "0" * 64})) == "desk_chain"
    assert director.refused(step(case), *event(director, case, spoil={"digest": "0" * 64})) == "desk_chain"
    assert director.refused(step(case), event(director, case)[0]) == "desk_chain"
    first, (statement, payload) = event(director, case)
    assert director.refused(step(case), first, (statement, {**payload, "payload": "{}"})) == "desk_chain"
    assert director.refused(step(case), *event(director, case, actor=director.office.login("supervisor"))) == "desk_actor"
    assert director.refused(step(case), *event(director, case, on_behalf=director.office.login("supervisor"))) == "desk_actor"


def test_a_task_is_not_changed_beside_its_history(director: Raw) -> None:
    """Tasks, timers, papers and desks of a case change with an event of it."""
    case = a_case(director)
    assert director.refused((cases._CLEAR_WAITING, {"case_id": case["case_id"], "n": 1})) == "desk_no_event"
    row = director.office.rows("SELECT to_jsonb(t) FROM task t WHERE case_id = %s AND n = 1", case["case_id"])[0][0]
    changed = {**{name: row[name] for name in cases._TASK_COLUMNS}, "state": "done", "the_case": case["case_id"], "the_n": 1}
    assert director.refused((cases._UPDATE_TASK, changed)) == "desk_no_event"
    assert director.refused((lines._JOIN, _line(case))) == "desk_no_event"


def _line(case: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": case["case_id"], "limit_name": "l", "program": "p", "key": "k", "rank": "1", "since": "1", "tried": None}


def test_another_township_is_out_of_reach(director: Raw) -> None:
    """Its cases, children and streams take nothing from here."""
    case = a_case(director, THERE)
    assert director.refused(step(case), *event(director, case)) == "desk_out_of_scope"
    assert director.refused(*event(director, case)) == "desk_out_of_scope"
    assert director.refused((outbox._PUT, _letter(case))) == "desk_out_of_scope"
    (person,) = director.office.rows("SELECT person_id FROM person WHERE national_id = %s", OTHERS[0])[0]
    correct = {"the_person": person, "name": "x", "name_key": "x", "phone": None, "updated_at": STAMP}
    assert director.refused((people._CORRECT_ADULT, correct)) == "desk_out_of_scope"
    row = {"stream": f"person/{person}", "n": 1, "digest": ""}
    assert director.refused((journal._CLAIM, row)) == "desk_out_of_scope"


SENT = {"did": [{"what": "sent", "effect": "On parts"}, {"what": "batch_ordered", "batch": "close"}]}


def _letter(sender: dict[str, Any], to: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
    to, dedup = to or sender, f"{sender['case_id']}/1/on1"
    named = {"from": sender["case_id"], "case": sender["ref"], "program": sender["program"], "to": to["case_id"], "to_ref": to["ref"],
             "event": sender["version"] + 1, "what": {"effects": []}}  # fmt: skip
    payload = json.dumps({**named, **said})
    return {"id": "x", "at": STAMP, "due_at": STAMP, "kind": "effect", "case_id": sender["case_id"], "payload": payload, "dedup": dedup, "next_at": STAMP}


def test_a_letter_leaves_with_a_step(director: Raw) -> None:
    """An effect on others is put in together with an event of the case that asks for it, and never marked as carried out by a desk."""
    case = a_case(director)
    assert director.refused((outbox._PUT, _letter(case))) == "desk_no_event"
    director.write(step(case), *event(director, case, says=SENT), (outbox._PUT, _letter(case)))
    assert director.refused((outbox._CHANGE, {"of": "x", "state": "sent"})) == "desk_clock_only"


def test_the_clock_is_only_asked_to_look_sooner(director: Raw) -> None:
    """Without a step, a case's alarm cannot be put off or taken away."""
    case = a_case(director)
    for later in (None, "9999-01-01T00:00:00.000000Z"):
        director.write((cases._WAKE, {"the_case": case["case_id"], "read_version": case["version"], "wake_at": later, "read_wake": case["wake_at"]}))
        found = director.connection.execute('SELECT wake_at FROM "case" WHERE case_id = %s', [case["case_id"]]).fetchone()
        assert found == (case["wake_at"],)


@pytest.mark.parametrize("table", sorted(set(METADATA.tables) - set(guards._ROW)))
def test_what_has_no_rules_is_the_owners(director: Raw, table: str) -> None:
    """Accounts, grants, programs, settings, seals and whatever is added: no desk writes a row of them."""
    inserts = [one for one in all_templates(DIALECT) if one.kind == "insert" and one.table == table]
    rows = director.office.rows(f'SELECT to_jsonb(t) FROM "{table}" t LIMIT 1')
    columns = {column.name: "1" for column in METADATA.tables[table].columns}
    for one in inserts:
        with pytest.raises(psycopg.Error) as caught:
            director.send([{"do": one.key, "rows": [rows[0][0] if rows else columns]}])
        director.connection.rollback()
        assert _code(caught.value) == "desk_owner_needed"
    assert inserts or table == "alembic_version"


def test_nobody_grants_himself_anything(director: Raw) -> None:
    """Accounts and rights are the owner's login's."""
    row = {"grant_id": "g", "login": director.login, "role": "admin", "scope_kind": "division", "scope": "", "program": None, "since": STAMP, "until": None,
           "by": director.login, "at": STAMP}  # fmt: skip
    assert director.refused((access._GIVE, row)) == "desk_owner_needed"
    assert director.refused((access._SET, {"key": "training", "value": "1"})) == "desk_owner_needed"
    snapshot = {"digest": "d", "program": "dropout_return", "version": 9, "structure": "s", "snapshot": "{}", "at": STAMP}
    assert director.refused((definitions._PUT, snapshot)) == "desk_owner_needed"


def test_counts_are_what_is_counted(director: Raw) -> None:
    """A limit cannot be raised or lowered by hand, a number cannot come twice."""
    place = {"program": "dropout_return", "limit_name": "l", "key": "k", "used": 1, "size": 9}
    assert director.refused((holds._TAKE, place)) == "desk_count"
    held = director.office.rows("SELECT program, limit_name, key FROM hold LIMIT 1")[0]
    lower = dict(zip(("of_program", "of_limit_name", "of_key"), held, strict=True))
    assert director.refused((holds._LOWER, lower)) == "desk_count"
    number = {"issuer": "office", "kind": "ref/DR", "year": 2026, "next": 1}
    assert director.refused((sequences._TAKE, {**number, "count": -3})) == "desk_count"
    assert director.refused((sequences._TAKE, {**number, "count": 100000})) == "desk_count"


def test_bytes_are_under_their_digest(director: Raw) -> None:
    """Nobody puts other bytes under a digest that somebody else will ask for."""
    assert director.refused((desk._BLOB, {"digest": "0" * 64, "size": 1, "content": "\\x00", "at": STAMP})) == "desk_chain"


def test_the_journal_is_written_in_ones_own_name(director: Raw) -> None:
    """And at its end, with a seal that fits, and never changed."""
    (account,) = director.office.rows("SELECT account_id FROM account WHERE login = %s", director.login)[0]
    stream = f"account/{account}/2026-10-21"
    header = {"stream": stream, "n": 1, "at": STAMP, "actor": director.login, "kind": "noted", "subject": None}
    sealed = chain.seal(chain.JOURNAL, header, {"a": 1}, "")
    content = (journal._PAYLOAD, {"stream": stream, "n": 1, "salt": sealed.salt, "payload": sealed.payload})
    claim = (journal._CLAIM, {"stream": stream, "n": 1, "digest": ""})
    move = (journal._MOVE, {"of": stream, "digest": sealed.digest})
    forged = chain.seal(chain.JOURNAL, {**header, "actor": "root"}, {"a": 1}, "")
    assert director.refused(claim, (journal._ENTER, forged.row)) == "desk_actor"
    assert director.refused(claim, (journal._ENTER, sealed.row), content) == "desk_chain"
    assert director.refused(claim, (journal._ENTER, sealed.row), move) == "desk_chain"
    assert director.refused(claim, (journal._ENTER, sealed.row), content, move, (journal._MOVE, {"of": stream, "digest": "0" * 64})) == "desk_chain"
    director.write(claim, (journal._ENTER, sealed.row), content, move)


def test_a_masked_value_is_not_stored(director: Raw) -> None:
    """What is written back as it was shown stays what it was; a mask of something else is refused."""
    person, version = director.office.rows("SELECT person_id, version FROM person WHERE name = '赵一'")[0]
    shown = director.connection.execute("SELECT name, name_key, phone FROM person WHERE person_id = %s", [person]).fetchone()
    assert shown is not None
    director.write((people._CORRECT_ADULT, {"the_person": person, "name": shown[0], "name_key": shown[1], "phone": shown[2], "updated_at": STAMP}))
    director.send([{"find": {"by": "name_key", "values": ["赵一"]}}])  # it is still found by the whole of it
    assert director.connection.execute("SELECT name, version FROM person WHERE person_id = %s", [person]).fetchone() == ("赵*", version + 1)
    director.connection.rollback()
    other = {"the_person": person, "name": "王*", "name_key": "王*", "phone": None, "updated_at": STAMP}
    assert director.refused((people._CORRECT_ADULT, other)) == "desk_masked"


def test_an_unknown_statement_is_not_run(director: Raw) -> None:
    """The gate runs what the owner registered, by its digest."""
    with pytest.raises(psycopg.Error) as caught:
        director.send([{"do": "DELETE FROM event", "rows": [{}]}])
    assert _code(caught.value) == "desk_statement"


def test_history_is_not_taken_away_even_by_the_clock(pristine: ServerOffice) -> None:
    """Whoever writes through the gate changes no event, payload, entry or seal: the guards stand on the rows themselves."""
    with closing(pristine.as_owner()) as owner:
        for table in ("event", "event_payload", "journal", "journal_payload"):
            for doing in ("DELETE FROM", "UPDATE"):
                owner.execute("BEGIN")
                owner.execute(
                    f"CREATE FUNCTION desk.tamper() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS"
                    f" $$ {doing} {table} {'SET n = n' if doing == 'UPDATE' else ''} $$".encode()
                )
                owner.execute("GRANT EXECUTE ON FUNCTION desk.tamper() TO careflow_tick")
                owner.execute(f'SET SESSION AUTHORIZATION "{pristine.login("ticker")}"'.encode())
                with pytest.raises(psycopg.Error) as caught:
                    owner.execute("SELECT desk.tamper()")
                assert _code(caught.value) == "desk_history"
                owner.execute("ROLLBACK")
                owner.execute("RESET SESSION AUTHORIZATION")


def test_whole_values_need_a_purpose_and_a_right_and_are_recorded(server_office: ServerOffice) -> None:
    """They are seen from the next transaction on, by that login alone; a look that was rolled back has shown nothing."""
    with closing(server_office.raw("director")) as connection:
        _looks(Raw(server_office, "director", connection))


def _looks(director: Raw) -> None:
    person, number = director.office.rows("SELECT person_id, national_id FROM person WHERE name = '赵一'")[0]
    asked = {"person": person, "fields": ["national_id"], "purpose": "to call the school"}
    shown = "SELECT national_id FROM person WHERE person_id = %s"
    director.send([{"look": asked}])
    assert director.connection.execute(shown, [person]).fetchone() != (number,)
    director.connection.rollback()
    assert director.connection.execute(shown, [person]).fetchone() != (number,)
    director.connection.rollback()
    director.send([{"look": asked}], commit=True)
    assert director.connection.execute(shown, [person]).fetchone() == (number,)
    director.connection.rollback()
    with closing(director.office.raw("supervisor")) as other:
        assert other.execute(shown, [person]).fetchone() != (number,)
    kept = director.office.rows("SELECT stream FROM journal WHERE kind = 'revealed' AND subject = %s", person)
    assert len(kept) == 2
    for spoilt in ({**asked, "purpose": " x"}, {**asked, "fields": []}):
        with pytest.raises(psycopg.Error) as caught:
            director.send([{"look": spoilt}])
        director.connection.rollback()
        assert _code(caught.value) == "desk_purpose"


@pytest.mark.parametrize(("who", "code"), [("school", "desk_not_permitted"), ("neighbour", "desk_out_of_scope"), ("newcomer", "desk_out_of_scope")])
def test_whole_values_are_for_roles_that_need_them(pristine: ServerOffice, who: str, code: str) -> None:
    """A school needs no ID number, and whoever does not see a child opens nothing of it."""
    (person,) = pristine.rows("SELECT person_id FROM person WHERE name = '赵一'")[0]
    with closing(pristine.raw(who)) as connection:
        asked = [{"look": {"person": person, "fields": ["national_id"], "purpose": "to call the school"}}]
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("SELECT desk.write(%s)", [json.dumps(asked)])
        assert _code(caught.value) == code


def test_stamps_are_as_the_clock_writes_them(pristine: ServerOffice) -> None:
    """An instant of the server's sorts among those of the application."""
    from workflow_core.clock import unstamp
    from workflow_core.store.server.eyes import NOW

    (told,) = pristine.rows(f"SELECT {NOW}".replace("%", "%%"))[0]
    assert abs((unstamp(told) - datetime.now(UTC)).total_seconds()) < 60
