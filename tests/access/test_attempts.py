"""Attempts that failed are kept, and never fill the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from workflow_core.access import attempts
from workflow_core.clock import stamp
from workflow_core.store.database import Database
from workflow_core.store.journal import verify_all
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, journal, journal_payload

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)


def kept(db: Database) -> list[tuple[str, str]]:
    with db.read() as tx:
        joined = select(journal.c.actor, journal_payload.c.payload).join_from(journal, journal_payload, journal.c.stream == journal_payload.c.stream)
        return [(row["actor"], row["payload"]) for row in tx.rows(joined.where(journal.c.n == journal_payload.c.n).order_by(journal.c.stream, journal.c.n))]


def test_a_thousand_tries_in_a_minute_are_one_entry(database: Database) -> None:
    """The same later is another one, and another command is."""
    with database.write() as tx:
        tx.execute(Statement(insert(account)), {"account_id": "w", "login": "wang", "os_user": "w1", "created_at": stamp(NOW)})
        for n in range(1000):
            attempts.denied(tx, "wang", "not_seen_whole", "child reveal", NOW + timedelta(milliseconds=60 * n))
        attempts.denied(tx, "w1", "not_permitted", "child export", NOW)
        attempts.denied(tx, "wang", "not_seen_whole", "child reveal", NOW + timedelta(minutes=11))
        assert not verify_all(tx).found
    assert [says for _, says in kept(database)] == [
        '{"code":"not_seen_whole","doing":"child reveal"}',
        '{"code":"not_permitted","doing":"child export"}',
        '{"code":"not_seen_whole","doing":"child reveal"}',
    ]
    assert {who for who, _ in kept(database)} == {"wang"}


def test_whoever_has_no_account_is_not_taken_for_one_of_his_name(database: Database) -> None:
    """The account wang is tied to the user w1; the user wang is a stranger."""
    with database.write() as tx:
        tx.execute(Statement(insert(account)), {"account_id": "w", "login": "wang", "os_user": "w1", "created_at": stamp(NOW)})
        attempts.denied(tx, "wang", "login_unknown", "child show", NOW, machine=True)
        attempts.denied(tx, "w1", "not_permitted", "child export", NOW, machine=True)
        streams = {row["stream"].split("/")[1]: row["actor"] for row in tx.rows(select(journal.c.stream, journal.c.actor))}
    assert streams == {attempts.STRANGERS: "wang", "w": "wang"}


def test_of_one_day_so_many_are_kept_and_no_more(database: Database) -> None:
    """Whatever is tried."""
    with database.write() as tx:
        written = [attempts.denied(tx, "nobody", f"code_{'x' * (n % 50)}{n}", "child show", NOW) for n in range(attempts.MOST + 20)]
    assert sum(written) == attempts.MOST


def test_whatever_is_no_word_of_ours_is_not_kept(database: Database) -> None:
    """A login that is none may be anything: a name, a number."""
    with database.write() as tx:
        attempts.denied(tx, "甲 一 13348165738", "login_unknown", "child show 甲一", NOW)
    assert kept(database) == [("-", '{"code":"login_unknown","doing":"-","login":"-"}')]
