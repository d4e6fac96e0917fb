"""Whole values of many at once: of those who are named, told to each, counted, and ended with the command that needed them."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from tests.cli.conftest import ROSTER
from tests.server.conftest import COUNTY, HERE, THERE, ServerOffice
from tests.server.test_gate import Raw, _code

NAMES = "SELECT count(*) FROM person WHERE name IN ('赵一', '钱二')"
TOLD = "SELECT count(*) FROM journal WHERE kind = 'revealed' AND stream LIKE 'person/%%' AND actor = %s AND subject IN (SELECT person_id FROM child)"
KEPT = "SELECT person_id FROM person JOIN child USING (person_id) WHERE starts_with(division, %s)"
WHY = {"fields": ["name"], "purpose": "to call the school"}


def kept(office: ServerOffice, division: str) -> list[str]:
    """The children of a division."""
    return [row[0] for row in office.rows(KEPT, division)]


def refused(raw: Raw, **asked: object) -> str:
    """The code with which a look is refused."""
    with pytest.raises(psycopg.Error) as caught:
        raw.send([{"look": {**WHY, **asked}}])
    raw.connection.rollback()
    return _code(caught.value)


def test_a_look_at_many_is_told_to_each_child(server_office: ServerOffice) -> None:
    """Those who are named are open, in one's own scope alone; each one's log says so; and a purpose says something here too."""
    here = kept(server_office, HERE)
    with closing(server_office.raw("supervisor")) as connection:
        raw = Raw(server_office, "supervisor", connection)
        for nothing in ("xxxx", "x . .", "。。。。", "学学"):
            assert refused(raw, purpose=nothing, people=here) == "desk_purpose"
        assert refused(raw) == refused(raw, people=kept(server_office, THERE)) == "desk_not_permitted"
        raw.send([{"look": {**WHY, "purpose": "家访", "people": kept(server_office, COUNTY)}}], commit=True)
        assert connection.execute(NAMES).fetchone() == (2,)
    assert server_office.rows(TOLD, server_office.login("supervisor")) == [(len(here),)]
    assert "家访" in server_office.care("owner", "access", "log", "--child", "C-000001").out
    server_office.care("owner", "journal", "verify")


def test_many_need_an_approval(server_office: ServerOffice) -> None:
    """More than the office lets go within a day and a night, in parts or at once; an approval that covers them all is counted down with the look."""
    here, login = kept(server_office, HERE), server_office.login("supervisor")
    server_office.rows("INSERT INTO gate.bulk VALUES (2) RETURNING 1")
    with closing(server_office.raw("supervisor")) as connection:
        raw = Raw(server_office, "supervisor", connection)
        raw.send([{"look": {**WHY, "people": here[:2]}}], commit=True)
        raw.send([{"look": {**WHY, "people": here[:2]}}], commit=True)  # the same ones again
        assert refused(raw, people=here[2:3]) == refused(raw, people=here) == "desk_bulk"
        approved = (
            "INSERT INTO access_request (access_request_id, ref, login, kind, division, fields, rows, purpose, until, asked_at, state) VALUES ({}) RETURNING 1"
        )
        for n, (division, rows) in enumerate(((THERE, 9), (HERE, 3), (HERE, 5)), 1):
            values = (f"a{n}", f"A-00000{n}", login, "division", division, "[]", rows, "x", "2099-01-01T00:00:00.000000Z", "2026-10-21", "approved")
            server_office.rows(approved.format(", ".join(["%s"] * len(values))), *values)
        raw.send([{"look": {**WHY, "people": here}}], commit=True)
        assert server_office.rows("SELECT ref, used FROM access_request WHERE used > 0") == [("A-000003", len(here))]
        assert refused(raw, people=here) == "desk_bulk"


def test_an_unmasked_export_counts_once(server_office: ServerOffice) -> None:
    """The gate's count and the application's are one."""
    server_office.care("supervisor", "child", "export", "--township", HERE, "--unmasked", "--purpose", "to call the school", "--json")
    assert "赵一" in server_office.care("supervisor", "child", "export", "--township", HERE, "--unmasked", "--purpose", "to call the school", "--json").out


def test_a_sheet_opens_whom_its_rows_name(server_office: ServerOffice) -> None:
    """By the whole number, or by name and birth date together; whoever brings less opens nobody."""
    (number, name, born), other = server_office.rows("SELECT national_id, name, born_on FROM person WHERE name = '赵一'")[0], "SELECT 1 FROM gate.unmasking"
    with closing(server_office.raw("supervisor")) as connection:
        raw = Raw(server_office, "supervisor", connection)
        for less in ({"numbers": [number[:17]]}, {"named": [[name, "2001-01-01"]]}, {"named": [["赵*", born]]}, {"phones": [["13300000001", "甲"]]}):
            raw.send([{"look": {**WHY, "rows": less}}], commit=True)
        assert server_office.rows(other) == []
        raw.send([{"look": {**WHY, "rows": {"named": [[name, born]]}}}], commit=True)
        assert connection.execute("SELECT count(*) FROM person WHERE name = %s", [name]).fetchone() == (1,)
        assert len(server_office.rows(other)) == 1


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_what_an_import_opens_ends_with_it(server_office: ServerOffice, dry: tuple[str, ...]) -> None:
    """A dry run too; and each child's log tells of it."""
    home = server_office.desks["owner"].parent
    roster = home / "r.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    server_office.care("supervisor", "child", "import", roster, "--township", HERE, *dry)
    with closing(server_office.raw("supervisor")) as connection:
        assert connection.execute(NAMES).fetchone() == (0,)
    assert server_office.rows("SELECT count(*) FROM gate.unmasking") == [(0,)]
    assert server_office.rows(TOLD, server_office.login("supervisor"))[0][0] >= 4


def test_an_unmasked_ledger_shows_names(server_office: ServerOffice) -> None:
    """At a desk too, of those who are in it, and each is told."""
    shown = server_office.care("supervisor", "listing", "show", "dropout_return", "suspected_ledger", "--unmasked", "--purpose", "to call the school").out
    assert any(name in shown for name in ("赵一", "钱二", "孙三", "李四"))
    assert server_office.rows(TOLD, server_office.login("supervisor"))[0][0] >= 1
