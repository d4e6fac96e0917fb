"""What a login of a server office reads with any tool at all: its own rows, masked, and nothing else."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest
from psycopg import errors, sql

from tests.server.conftest import COUNTY, HERE, OTHERS, THERE, WHOLE, ServerOffice
from workflow_core.store.server.sights import CLOCK, EVERYBODY, RULES
from workflow_core.store.tables import METADATA

EVERYONE = ("director", "supervisor", "neighbour", "school", "county", "clinic", "newcomer")
TABLES = sorted(METADATA.tables)
PERSONAL = {"name", "name_key", "national_id", "phone", "address", "note", "given_name"}
"""How columns with personal data are called; a new one is classified, or said to be none."""
NOT_A_PERSONS = {"account",  "calendar", "division", "hold", "line", "party", "place", "register_entry", "task", "timer", "document", "observation",
                 "consent.name", "lease", "attachment"}  # fmt: skip
"""Tables whose ``name`` or ``note`` is that of a thing, or of an account, or what a clerk wrote beside a case."""


def everything(office: ServerOffice, who: str) -> dict[str, list[str]]:
    """All that a login can read, as text, by table."""
    with closing(office.raw(who)) as connection:
        return {name: [str(row[0]) for row in connection.execute(sql.SQL("SELECT t::text FROM desk.{} t").format(sql.Identifier(name)))] for name in TABLES}


def test_every_table_has_a_rule() -> None:
    """A table that is added is classified before anybody reads it."""
    assert set(RULES) == set(METADATA.tables)


def test_every_personal_column_is_masked() -> None:
    """A column that is called like personal data is masked, or known to be a thing's."""
    open_ones = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if column.name in PERSONAL and column.name not in RULES[table.name].masked and RULES[table.name].sees != CLOCK
    }
    assert {one for one in open_ones if one.split(".")[0] not in NOT_A_PERSONS and one not in NOT_A_PERSONS} == set()


def test_every_rule_names_columns_that_there_are() -> None:
    """A renamed column is not left unmasked."""
    for name, rule in RULES.items():
        assert {*rule.masked, *rule.instead} <= set(METADATA.tables[name].columns.keys())


@pytest.mark.parametrize("who", EVERYONE)
def test_nothing_is_seen_whole(pristine: ServerOffice, who: str) -> None:
    """No ID number, telephone, address or name of anybody on file is in any row of any view."""
    for name, rows in everything(pristine, who).items():
        seen = {value for value in WHOLE for row in rows if value in row}
        assert not seen, f"{name}: {len(seen)} values"


@pytest.mark.parametrize("who", ["director", "supervisor", "school", "neighbour", "clinic", "newcomer"])
def test_no_row_of_another_township(pristine: ServerOffice, who: str) -> None:
    """Whatever says which child, case or township it belongs to, belongs to one's own."""
    elsewhere = {"neighbour": HERE, "newcomer": "9901"}.get(who, THERE)
    foreign = {row[0] for row in pristine.rows("SELECT person_id FROM person WHERE starts_with(division, %s)", elsewhere)}
    foreign |= {row[0] for row in pristine.rows('SELECT case_id FROM "case" WHERE starts_with(division, %s)', elsewhere)}
    if who == "clinic":  # a clinic's place lies there, and has no pupils of its own: this one stands in for a school of the other township
        foreign = {row[0] for row in pristine.rows("SELECT person_id FROM person WHERE starts_with(division, %s)", HERE)}
    assert foreign
    for name, rows in everything(pristine, who).items():
        if RULES[name].sees == EVERYBODY:
            continue
        assert not [row for row in rows if any(one in row for one in foreign)], name


def test_a_director_sees_her_own(pristine: ServerOffice) -> None:
    """All children and cases of the township are there."""
    seen = everything(pristine, "director")
    assert len(seen["child"]) == 4
    assert len(seen["case"]) == 3
    assert len(seen["waiting"]) >= 3


def test_a_school_sees_its_pupils(pristine: ServerOffice) -> None:
    """And their guardians, and the cases that lie with it."""
    seen = everything(pristine, "school")
    assert len(seen["child"]) == 4
    assert len(seen["case"]) == 3


def test_the_county_sees_both(pristine: ServerOffice) -> None:
    """A wider grant is a wider sight."""
    assert len(everything(pristine, "county")["child"]) == 6


def test_whoever_holds_nothing_sees_nobody(pristine: ServerOffice) -> None:
    """An account without a role reads the calendar, and no row about anybody."""
    seen = everything(pristine, "newcomer")
    assert [name for name in ("person", "child", "case", "task", "event", "event_payload", "waiting", "relation", "journal", "hold") if seen[name]] == []


def test_the_owners_tables_are_closed(pristine: ServerOffice) -> None:
    """No right at all on any table, sequence or function of the office, but the views and the one function."""
    with closing(pristine.raw("director")) as connection:
        found = connection.execute(
            "SELECT n.nspname || '.' || c.relname, p.privilege FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
            " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p(privilege)"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_toast'"
            " AND has_table_privilege(c.oid, p.privilege)"
        ).fetchall()
        assert {(name, right) for name, right in found} == {(f"desk.{name}", "SELECT") for name in (*TABLES, "alembic_version")}
        columns = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'gate', 'gate_log')"
            " AND c.relkind = 'r' AND has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')"
        ).fetchall()
        assert columns == []
        schemas = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'USAGE')"
        ).fetchall()
        assert schemas == [("desk",)]
        made = connection.execute("SELECT nspname FROM pg_namespace WHERE has_schema_privilege(oid, 'CREATE')").fetchall()
        assert made == []
        (rights,) = connection.execute(
            "SELECT ARRAY(SELECT p FROM unnest(ARRAY['CREATE', 'TEMPORARY']) p WHERE has_database_privilege(current_database(), p))"
        ).fetchone() or ([],)
        assert rights == []
        found_strong = connection.execute("SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        assert found_strong.fetchone() == (False,)


def test_the_one_function_is_all_there_is_to_call(pristine: ServerOffice) -> None:
    """Every other function of the office lies behind a closed schema."""
    with closing(pristine.raw("director")) as connection:
        names = connection.execute(
            "SELECT p.oid::regprocedure::text, n.nspname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND has_function_privilege(p.oid, 'EXECUTE')"
            " AND has_schema_privilege(n.oid, 'USAGE')"
        ).fetchall()
        assert [name for name, _ in names] == ["write(jsonb)"]
        for call in ("gate.me()", "gate.whole_ids('name')", "gate.find('{}', gate.me())", "gate.look('{}', gate.me())"):
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(f"SELECT {call}".encode())
            connection.rollback()


@pytest.mark.parametrize("who", ["director", "county"])
def test_no_table_can_be_written(pristine: ServerOffice, who: str) -> None:
    """Neither the table nor its view takes a row, a change or a removal."""
    with closing(pristine.raw(who)) as connection:
        for schema in ("public", "desk"):
            for table in METADATA.sorted_tables:
                here = sql.Identifier(schema, table.name)
                column = sql.Identifier(next(iter(table.columns)).name)
                for statement in (
                    sql.SQL("INSERT INTO {} DEFAULT VALUES").format(here),
                    sql.SQL("UPDATE {} SET {} = {}").format(here, column, column),
                    sql.SQL("DELETE FROM {}").format(here),
                    sql.SQL("TRUNCATE {}").format(here),
                ):
                    with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType)):
                        connection.execute(statement)
                    connection.rollback()


def test_a_condition_of_ones_own_learns_nothing(pristine: ServerOffice) -> None:
    """A question that fails on a row that is not in sight is never asked of it, and a whole value is not found by asking for it."""
    with closing(pristine.raw("director")) as connection:
        told = connection.execute(
            "SELECT count(*) FROM person WHERE (CASE WHEN division = %s THEN 1 / (length(ref) - length(ref)) ELSE 1 END) = 1 AND ref LIKE 'C-%%'", [THERE]
        ).fetchone()
        assert told == (4,)
        assert connection.execute("SELECT ref FROM person WHERE national_id = %s", [OTHERS[0]]).fetchall() == []
        assert connection.execute("SELECT ref FROM person WHERE name_key = %s", ["赵一"]).fetchall() == []


def test_a_closed_account_sees_nothing_and_comes_in_no_more(server_office: ServerOffice) -> None:
    """Closing takes the sight away at once, from a session that is open too, and the way in."""
    with closing(server_office.raw("director")) as connection:
        assert connection.execute("SELECT count(*) FROM person").fetchone() != (0,)
        connection.commit()
        with closing(server_office.as_owner()) as owner:
            owner.execute("UPDATE account SET closed_at = '2026-10-21T01:00:00.000000Z' WHERE login = %s", [server_office.login("director")])
        assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)
        connection.rollback()
        with pytest.raises(psycopg.Error, match="desk_closed"):
            connection.execute("SELECT desk.write('[]')")


def test_a_grant_that_ends_takes_its_sight(server_office: ServerOffice) -> None:
    """What a login sees is what it holds now."""
    with closing(server_office.as_owner()) as owner:
        owner.execute("UPDATE grant_ SET until = '2026-10-21T01:00:00.000000Z' WHERE login = %s", [server_office.login("director")])
    assert everything(server_office, "director")["person"] == []


def test_a_programs_own_role_sees_what_it_needs(server_office: ServerOffice) -> None:
    """What a program says of a role (``sees_whole``) holds at a desk too, from the owner's migration on; and no field more."""
    care = server_office.care
    care("owner", "office", "migrate")
    care("owner", "account", "grant", server_office.login("newcomer"), "camp_tutor", "--division", COUNTY)
    reveal = ("child", "reveal", "C-000001", "--purpose", "to tell when the bus leaves", "--field")
    assert "赵一" in care("newcomer", *reveal, "name").out
    care("newcomer", *reveal, "national_id", code=3)
    told = server_office.rows("SELECT DISTINCT field FROM gate.sees_whole WHERE role = 'camp_tutor' ORDER BY 1")
    assert told == [("guardian_phone",), ("name",)]


def test_where_roles_hold_is_told_alike(pristine: ServerOffice) -> None:
    """What a policy asks alone is what all that is known of a login says."""
    with closing(pristine.as_owner()) as owner:
        owner.execute("BEGIN")
        owner.execute("GRANT USAGE ON SCHEMA gate TO PUBLIC")
        owner.execute(sql.SQL("GRANT careflow_tick TO {}").format(sql.Identifier(pristine.login("ticker"))))
        for who in (*EVERYONE, "ticker"):
            owner.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(pristine.login(who))))
            for what in ("pairs", "wide", "divisions", "at_places", "places"):
                held = owner.execute(f"SELECT gate.{what}(), (gate.me()).{what}".encode()).fetchone()
                assert held is not None
                assert sorted(held[0]) == sorted(held[1])
                assert bool(held[0]) == (who in (("school", "clinic") if "places" in what else ("director", "supervisor", "neighbour", "county", "ticker")))
            owner.execute("RESET SESSION AUTHORIZATION")
        owner.execute("ROLLBACK")


@pytest.mark.parametrize(
    "asked", ["national_id::bigint = 1", "phone::bigint = 1", "name::integer = 1", "name_key::date = '2026-01-01'", "address::xml IS NULL"]
)
def test_an_error_quotes_the_mask_of_ones_own(pristine: ServerOffice, asked: str) -> None:
    """A condition that fails on a value is asked of what the view shows, of rows that are in sight: what its error quotes is masked."""
    for who, condition in (("director", asked), ("newcomer", asked), ("director", f"division = '{THERE}' AND {asked}")):
        with closing(pristine.raw(who)) as connection:
            try:
                told = str(connection.execute(f"SELECT count(*) FROM person WHERE {condition}".encode()).fetchall())
            except psycopg.Error as error:
                told = str(error)
            assert not [value for value in WHOLE if value in told]
            assert who == "director" or told == "[(0,)]"
