"""Raw SQL with every kind of login, over every view: the rows are those of the application's rules of scope, none is whole, and nothing can be written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.dialects.postgresql import psycopg as driver

from tests.server.conftest import NOW, WHOLE, ServerOffice
from tests.server.filled import LOGINS, VOLUNTEERS
from workflow_core.access import sight
from workflow_core.access.accounts import load_actor
from workflow_core.access.grants import Actor
from workflow_core.office import Office, parse_now
from workflow_core.store.server.sights import CLOCK, EVERYBODY, RULES
from workflow_core.store.server.statements import all_templates
from workflow_core.store.tables import METADATA

DIALECT: Any = driver.dialect()  # type: ignore[no-untyped-call]
Json = dict[str, Any]
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HIDDEN = (*WHOLE, *(value for one in VOLUNTEERS for value in (one.name, one.national_id, one.said["phone"])))
"""Names, numbers and telephones of everybody on file."""
ELSEWHERE = ("access_request",)
"""Told of by a test of its own: what is asked for and answered."""
USED_UP = ("sequence",)
"""Numbers, which anybody who may write may use up in vain."""


_ROWS = sql.SQL("SELECT to_jsonb(t) FROM {} t")


def owners_rows(office: ServerOffice) -> dict[str, list[Json]]:
    """All that there is, by table."""
    with closing(office.as_owner()) as owner:
        return {name: [row for (row,) in owner.execute(_ROWS.format(sql.Identifier("public", name)))] for name in METADATA.tables}


@pytest.fixture(scope="module")
def rows(filled: ServerOffice) -> dict[str, list[Json]]:
    """All that there is in the filled office."""
    return owners_rows(filled)


@dataclass
class Scope:
    """What the application's rules let somebody see, computed in Python over all that there is."""

    actor: Actor
    rows: Mapping[str, list[Json]]
    owns: Callable[[Json], bool]

    @cached_property
    def mine(self) -> set[str]:
        """The cases in his scope."""
        return {one["case_id"] for one in self.rows["case"] if self.owns(one)}

    @cached_property
    def near(self) -> set[str]:
        """Where his roles hold."""
        places = {one["place_id"]: one["division"] for one in self.rows["place"]}
        return {*self.actor.divisions(), *(places[one] for one in self.actor.places())}

    @cached_property
    def parties(self) -> list[tuple[str, str]]:
        """Which case has whom as a party today."""
        return [(one["case_id"], one["party_id"]) for one in self.rows["party"] if one["until"] is None]

    @cached_property
    def cases(self) -> set[str]:
        """His cases and their neighbours: the whole, the parts, the parties; and above his own what is about nobody."""
        found = {one["whole_id"] for one in self.rows["case"] if one["case_id"] in self.mine} | {other for case, other in self.parties if case in self.mine}
        found |= {case for case, other in self.parties if other in self.mine} | {one["case_id"] for one in self.rows["case"] if one["whole_id"] in self.mine}
        above = {one["case_id"] for one in self.rows["case"] if one["subject_id"] is None and any(code.startswith(one["division"]) for code in self.near)}
        return (self.mine | found | above) & {one["case_id"] for one in self.rows["case"]}

    def below(self, division: str) -> bool:
        """Whether a division lies in his scope."""
        return any(division.startswith(code) for code in self.actor.divisions())

    @cached_property
    def people(self) -> set[str]:
        """Whose files lie in his scope, whom his cases are about or tie together, who is tied to those children, and who is offered to him."""
        subjects = {one["case_id"]: one["subject_id"] for one in self.rows["case"]}
        schools = {one["person_id"]: one["school"] for one in self.rows["child"]}
        about = {subjects[case] for case in self.mine}
        files = {one["person_id"] for one in self.rows["person"] if self.below(one["division"]) or schools.get(one["person_id"]) in self.actor.places()}
        tied = {one["other_id"] for one in self.rows["relation"] if one["person_id"] in files | about and one["until"] is None}
        others = {who for case, other in self.parties if case in self.mine for who in (other, subjects.get(other))}
        offered = {one["person_id"] for one in self.rows["transfer"] if (one["kind"], one["state"]) == ("offer", "waiting") and self.below(one["to_division"])}
        return {one for one in files | about | tied | others | offered | {self.actor.person_id} if one}

    def account(self, login: str) -> bool:
        """Whether he knows of an account: it holds something near him."""
        places = {one["place_id"]: one["division"] for one in self.rows["place"]}
        held = [str(places.get(one["scope"], one["scope"])) for one in self.rows["grant_"] if one["login"] == login]
        return login == self.actor.login or self.whole_office or any(a.startswith(b) or b.startswith(a) for a in held for b in self.near)

    @property
    def whole_office(self) -> bool:
        """Whether he administers all of it."""
        return "" in self.actor.divisions("admin")

    def hold(self, one: Json) -> bool:
        """Whether he sees how often something is taken."""
        counted = any((i["program"], i["limit_name"], i["key"]) == (one["program"], one["limit_name"], one["key"]) and i["case_id"] in self.cases
                      for i in self.rows["hold_item"])  # fmt: skip
        if (about := _ID.search(one["key"])) is not None:
            return counted or about[0] in self.cases | self.people
        return counted or any(code.startswith(one["key"].split(":")[0]) or one["key"].startswith(code) for code in self.near)

    def stream(self, one: Json, *, head: bool = False) -> bool:
        """Whether he reads a stream of the journal, or may append to it."""
        kind, _, rest = one["stream"].partition("/")
        whose = rest.split("/")[0]
        if self.whole_office and not head:
            return True
        own = {"account": whose == self.actor.account_id, "register": whose in self.cases, "person": head and whose in self.people}
        return bool(own.get(kind))

    def blob(self, one: Json) -> bool:
        """Whether he reads a content, who has opened nobody's file: of cases about nobody."""
        free = {case["case_id"] for case in self.rows["case"] if case["case_id"] in self.cases and case["subject_id"] is None}
        named = [(row["case_id"], row.get(name)) for table in ("attachment", "document") for row in self.rows[table] for name in ("digest", "content", "scan")]
        return any(case in free and digest == one["digest"] for case, digest in named)

    def sees(self, table: str, one: Json) -> bool:
        """Whether a row is his to see."""
        if RULES[table].sees in (EVERYBODY, CLOCK):
            return RULES[table].sees == EVERYBODY
        by_name: dict[str, Callable[[], bool]] = {
            "person": lambda: one["person_id"] in self.people,
            "referral": lambda: self.below(one["division"]) or one["from_case"] in self.cases or one["to_case"] in self.cases,
            "transfer": lambda: self.below(one["from_division"]) or self.below(one["to_division"]),
            "plan": lambda: self.below(one["division"]),
            "plan_item": lambda: any(self.below(plan["division"]) for plan in self.rows["plan"] if plan["plan_id"] == one["plan_id"]),
            "request": lambda: one["actor"] == self.actor.login,
            "erasure": lambda: self.whole_office and one["state"] == "asked",
            "hold": lambda: self.hold(one),
            "blob": lambda: self.blob(one),
            "journal": lambda: self.stream(one),
            "journal_payload": lambda: self.stream(one),
            "journal_head": lambda: self.stream(one, head=True),
            "deputy": lambda: self.account(one["login"]) or self.account(one["deputy"]),
        }
        if table in by_name:
            return by_name[table]()
        if table in ("account", "grant_", "grant_request"):
            return self.account(one["login"])
        return one["person_id"] in self.people if "person_id" in one else one["case_id"] in self.cases


def scope_of(office: ServerOffice, who: str, rows: Mapping[str, list[Json]]) -> Iterator[Scope]:
    """The rules for a login, with the owner's engine to ask."""
    opened = Office.open(office.desks["owner"], now=parse_now(NOW))
    runtime = opened.engine.runtime
    with runtime.db.read() as tx:
        actor = load_actor(tx, office.login(who), parse_now(NOW), True, impersonated=True)
        yield Scope(actor, rows, lambda case: runtime.sees_case(tx, actor, case))
    runtime.db.dispose()


def key_of(table: str, row: Json) -> tuple[Any, ...]:
    """What tells one row from another."""
    return tuple(row[column.name] for column in METADATA.tables[table].primary_key.columns)


@pytest.mark.parametrize("who", [who for who in LOGINS if who != "ticker"])
def test_rows_are_those_of_the_scope_and_none_is_whole(filled: ServerOffice, rows: dict[str, list[Json]], who: str) -> None:
    """In every view: no row more and none less than the application's rules give; and no name, number or telephone of anybody in any column."""
    (scope,) = list(_kept(scope_of(filled, who, rows)))
    with closing(filled.raw(who)) as connection:
        for table in METADATA.tables:
            seen = connection.execute(sql.SQL("SELECT to_jsonb(t)::text FROM desk.{} t").format(sql.Identifier(table))).fetchall()
            whole = {value for value in HIDDEN for (row,) in seen if value in row}
            assert not whole, f"{table}: {len(whole)} values"
            if table not in ELSEWHERE:
                found = {key_of(table, json.loads(row)) for (row,) in seen}
                wanted = {key_of(table, row) for row in rows[table] if scope.sees(table, row)}
                assert (len(found - wanted), len(wanted - found)) == (0, 0), table


def _kept(scopes: Iterator[Scope]) -> Iterator[Scope]:
    """Computed while the owner's engine can be asked."""
    for one in scopes:
        assert one.mine <= one.cases
        yield one


def test_the_clock_sees_all(filled: ServerOffice, rows: dict[str, list[Json]]) -> None:
    """It works for the whole office."""
    with closing(filled.raw("ticker")) as connection:
        for table in ("case", "task", "person", "child", "consent", "journal", "transfer"):
            (count,) = connection.execute(sql.SQL("SELECT count(*) FROM desk.{}").format(sql.Identifier(table))).fetchone() or (0,)
            assert count == len(rows[table]), table


def test_no_login_has_a_right_but_to_its_views(filled: ServerOffice) -> None:
    """Of any table, view, sequence or function of the office: to read the views of the schema desk, and to call its one function."""
    logins = [filled.login(who) for who in LOGINS]
    ours = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
    found = filled.rows(
        "SELECT DISTINCT n.nspname, p FROM unnest(%s::text[]) AS l(login), pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,"
        " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p"
        f" WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND {ours} AND (has_table_privilege(l.login, c.oid, p)"
        " OR (p IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege(l.login, c.oid, p)))",
        logins,
    )
    assert found == [("desk", "SELECT")]
    called = filled.rows(
        "SELECT DISTINCT n.nspname || '.' || p.proname FROM unnest(%s::text[]) AS l(login), pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        f" WHERE {ours} AND has_function_privilege(l.login, p.oid, 'EXECUTE') AND has_schema_privilege(l.login, n.oid, 'USAGE')",
        logins,
    )
    assert called == [("desk.write",)]


@pytest.mark.parametrize("who", ["volunteer", "ticker"])
def test_no_table_or_view_of_any_schema_is_written(filled: ServerOffice, who: str) -> None:
    """Asked of the catalog: neither the tables, nor their views, nor what the gate keeps for itself."""
    names = filled.rows("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'gate', 'gate_log') UNION SELECT schemaname, viewname"
                        " FROM pg_views WHERE schemaname IN ('desk', 'gate')")  # fmt: skip
    assert len(names) > 2 * len(METADATA.tables)
    with closing(filled.raw(who)) as connection:
        connection.autocommit = True
        for schema, name in names:
            for doing in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}"):
                with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType)):
                    connection.execute(sql.SQL(doing).format(sql.Identifier(schema, name)))


@pytest.mark.parametrize("who", ["director", "neighbour", "school", "volunteer", "helper", "newcomer", "clinician"])
def test_no_statement_of_the_office_writes_what_is_not_ones_own(filled_office: ServerOffice, who: str) -> None:
    """Every registered statement, given a row that this login does not see: when all were tried, none such row is changed, gone or new."""
    before = owners_rows(filled_office)
    (scope,) = list(_kept(scope_of(filled_office, who, before)))
    with closing(filled_office.raw(who)) as connection:
        for one in all_templates(DIALECT):
            for row in [row for row in before[one.table] if not scope.sees(one.table, row)][:2]:
                given = (
                    {**row, "version": 99, **_fresh(one.table, row)} if one.kind == "insert" else {name: _value(name, one.table, row) for name in one.params}
                )
                try:
                    connection.execute("SELECT desk.write(%s)", [json.dumps([{"do": one.key, "rows": [given]}])])
                    connection.commit()
                except psycopg.Error:
                    connection.rollback()
    after = owners_rows(filled_office)
    for table in set(METADATA.tables) - set(USED_UP):
        was, now = ({key_of(table, row): row for row in those[table]} for those in (before, after))
        changed = [key for key in was if was[key] != now.get(key) and not scope.sees(table, was[key])]
        added = [key for key in now if key not in was and not scope.sees(table, now[key])]
        if table != "sequence":  # numbers are drawn in vain by whoever asks
            assert (len(changed), len(added)) == (0, 0), table


def _fresh(table: str, row: Json) -> Json:
    """Another key, so that no row is refused for being there already."""
    names = [
        column.name for column in METADATA.tables[table].primary_key.columns if column.name in row and column.name not in ("case_id", "person_id", "stream")
    ]
    return {name: f"{row[name]}9" if isinstance(row[name], str) else 900 for name in (*names, *({"ref"} & set(row)))}


def _value(name: str, table: str, row: Json) -> Any:
    """What a parameter is, for that row: by the column it is called after, else its key."""
    for said in (name, name.removeprefix("the_"), name.removeprefix("of_"), name.removeprefix("read_"), name.removeprefix("new_"), f"{name}_id"):
        if said in row:
            return row[said]
    key = key_of(table, row)[0]
    known = {"the_case": row.get("case_id"), "the_person": row.get("person_id"), "person": row.get("person_id"), "into": row.get("person_id"), "value": "x",
             "ids": [key], "cases": [key], "kinds": ["effect", "message"], "most": 9, "count": 1, "at": "2026-10-21T01:00:00.000000Z"}  # fmt: skip
    return known.get(name, key)


def test_whole_is_what_the_roles_may_see(filled_office: ServerOffice) -> None:
    """Whoever asks for all of one person's file sees the fields whole that the table of roles gives him, and the others masked."""
    rows = owners_rows(filled_office)
    one = next(row for row in rows["person"] if row["ref"] == "C-000003")
    place = next(row["school"] for row in rows["child"] if row["person_id"] == one["person_id"])
    shown = {}
    for who in ("director", "supervisor", "school", "county", "clinician", "police", "education", "civil", "boss"):
        (scope,) = list(_kept(scope_of(filled_office, who, rows)))
        wanted = sight.whole(scope.actor, "one", division=one["division"], place_id=place)
        look = [{"look": {"person": one["person_id"], "fields": sorted(sight.FIELDS), "purpose": "to see what is shown", "most": True}}]
        with closing(filled_office.raw(who)) as connection:
            connection.execute("SELECT desk.write(%s)", [json.dumps(look)])
            connection.commit()
            told = connection.execute("SELECT to_jsonb(t) FROM person t WHERE person_id = %s", [one["person_id"]]).fetchone()
            assert told is not None
            fields = {name for name in ("name", "national_id", "phone", "address") if one[name] is not None}
            shown[who] = ({name for name in fields if told[0][name] == one[name]}, set(wanted) & fields)
    assert {who: seen for who, (seen, _) in shown.items()} == {who: may for who, (_, may) in shown.items()}
