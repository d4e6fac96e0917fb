"""On a server office: what families ask is received and answered at desks; and after an erasure nothing of the server's own tables says who it was."""

from __future__ import annotations

import subprocess
from contextlib import closing

import psycopg
import pytest

from tests.server.conftest import ServerOffice
from workflow_core.testing.postgres import Cluster

LOOKED = "SELECT count(*) FROM gate.unmasking u JOIN person p USING (person_id) WHERE p.ref = 'C-000001'"


def test_a_request_is_received_and_answered_at_a_desk(server_office: ServerOffice) -> None:
    """In one's own township; who has answered it is who is logged in, and with SQL of one's own no request is written or changed."""
    said = ("--kind", "correct", "--by", "the mother", "--what", "the grade")
    made = server_office.care("director", "child", "request", "receive", "C-000001", *said)
    assert made.out.startswith("Q-000001")
    assert "care child request list" in server_office.care("director", "inbox").err
    server_office.care("director", "child", "request", "answer", "Q-000001", "--grant", "--reason", "corrected")
    assert server_office.rows("SELECT state, answered_by FROM petition") == [("granted", server_office.login("director"))]
    with closing(server_office.raw("director")) as connection, pytest.raises(psycopg.Error):
        connection.execute("UPDATE petition SET answer = 'x'")


def test_nothing_of_the_server_s_own_tables_says_who_was_erased(server_office: ServerOffice, care_cluster: Cluster) -> None:
    """A look that is still open ends; no schema of the database holds the name or the number."""
    (number,) = server_office.rows("SELECT national_id FROM person WHERE ref = 'C-000001'")[0]
    server_office.care("owner", "case", "override", "DR-26-00001", "--to", "excused", "--reason", "over")
    server_office.care("director", "child", "reveal", "C-000001", "--field", "name", "--purpose", "to call the school")
    assert server_office.rows(LOOKED) != [(0,)]
    server_office.care("owner", "child", "erase", "C-000001", "--reason", "the family asks for it")
    server_office.care("owner", "child", "erase", "C-000001", "--approve", "--yes", "--also-elsewhere", "all")
    assert server_office.rows(LOOKED) == [(0,)]
    dump = subprocess.run([str(care_cluster.programs / "pg_dump"), server_office.owner], check=True, capture_output=True).stdout
    assert [word.encode() in dump for word in ("赵一", number, "C-000001")] == [False, False, True]
