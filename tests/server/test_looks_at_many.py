"""Whole values of many at once: told to each child, for a purpose that says something, and ended with the command that needed them."""

from __future__ import annotations

from contextlib import closing

import psycopg
import pytest

from tests.cli.conftest import ROSTER
from tests.server.conftest import HERE, ServerOffice
from tests.server.test_gate import Raw, _code

NAMES = "SELECT count(*) FROM person WHERE name IN ('赵一', '钱二')"
TOLD = "SELECT count(*) FROM journal WHERE kind = 'revealed' AND stream LIKE 'person/%%' AND actor = %s AND subject IN (SELECT person_id FROM child)"
KEPT = "SELECT count(*) FROM person JOIN child USING (person_id) WHERE division = %s"


def test_a_look_at_a_whole_township_is_told_to_each_child(server_office: ServerOffice) -> None:
    """Whoever asks without a person opens all of them: each one's log says so; and a purpose says something here too."""
    asked = {"fields": ["name"], "purpose": "to call the school"}
    with closing(server_office.raw("supervisor")) as connection:
        raw = Raw(server_office, "supervisor", connection)
        for nothing in ("xxxx", "x . .", "。。。。", "学学"):
            with pytest.raises(psycopg.Error) as caught:
                raw.send([{"look": {**asked, "purpose": nothing}}])
            connection.rollback()
            assert _code(caught.value) == "desk_purpose"
        raw.send([{"look": {**asked, "purpose": "家访"}}], commit=True)
        assert connection.execute(NAMES).fetchone() == (2,)
    assert server_office.rows(TOLD, server_office.login("supervisor")) == server_office.rows(KEPT, HERE)
    assert "家访" in server_office.care("owner", "access", "log", "--child", "C-000001").out
    server_office.care("owner", "journal", "verify")


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
