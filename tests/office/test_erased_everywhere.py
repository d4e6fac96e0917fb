"""Every text of every table is looked through, or it is said why not; and a name that is a common word is asked about before it is taken from others."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Table, Text, insert, select

from tests.office.forgetting import ANYBODY, FIRST, FOUND, IN_TERM, SECOND, OneChild, Town, end, on_file
from workflow_core.engine import petitions
from workflow_core.errors import Misused, Refused
from workflow_core.office import erasing
from workflow_core.records import volunteers
from workflow_core.store import tables
from workflow_core.store.database import Tx
from workflow_core.store.erase_elsewhere import KEPT, STRUCTURE
from workflow_core.store.statement import Statement
from workflow_core.testing.people import Invented

DROPOUT = FOUND["dropout_return"].workflows[0]


@pytest.fixture
def either(database_address: str, tmp_path: Path) -> Iterator[Town]:
    """An office with one program, on each database."""
    folder = tmp_path / "office"
    folder.mkdir()
    made = OneChild(FOUND["dropout_return"], on=IN_TERM, database=database_address, folder=folder, training=True)
    yield Town(made, folder, lambda: b"")
    made.close()


@functools.cache
def texts(table: Table) -> list[Column[Any]]:
    """The columns that can say anything: no key of another table, nothing of which a check holds the values."""
    checked = {name for one in table.constraints if isinstance(one, CheckConstraint) for name in table.columns.keys() if name in str(one.sqltext)}  # noqa: SIM118
    linked = {key.parent.name for key in table.foreign_keys}
    return [one for one in table.columns if isinstance(one.type, Text) and one.name not in checked | linked]


@functools.cache
def searched(table: Table) -> list[Column[Any]]:
    """Those of them that are looked through."""
    ids = {"id", "sealed", "chain", "person_id", "place_id", "case_id", "plan_id", "stream", "subject", "subject_id", "party_id", "stands_for", "source"}
    return [one for one in texts(table) if one.name not in STRUCTURE and one.name not in ids and not one.name.endswith("_id")]


def fill(tx: Tx, table: Table, said: str, case_id: str) -> None:
    """One row that says it in each of its texts."""
    row: dict[str, Any] = {}
    for column in table.columns:
        default = str(getattr(column.server_default, "arg", ""))
        if column in searched(table):
            row[column.name] = f'["{said}"]' if "[]" in default else f'{{"said":"{said}"}}' if "{}" in default or column.name == "payload" else said
        elif not isinstance(column.type, Text):
            row[column.name] = said.encode() if column.name == "content" else 0 if column.name == "erased" else 7
        elif not column.nullable or column.primary_key:
            row[column.name] = case_id if column.name == "case_id" else f"x-{table.name}"
    for one in table.constraints:
        if isinstance(one, CheckConstraint) and " IN (" in str(one.sqltext):
            name, _, values = str(one.sqltext).partition(" IN (")
            row[name] = values.split("'")[1]
        if isinstance(one, CheckConstraint) and " IS NULL) <> (" in str(one.sqltext):  # of two things it is about one
            name = str(one.sqltext)[1:].partition(" ")[0]
            row[name] = f"x-{table.name}"
    tx.execute(Statement(insert(table)), row)


def still(tx: Tx, word: str) -> set[str]:
    """In which columns a word stands."""
    found = set()
    for table in tables.METADATA.sorted_tables:
        columns = texts(table)
        for row in tx.rows(select(*columns)) if columns else ():
            found |= {f"{table.name}.{column.name}" for column in columns if word in str(row[column.name])}
    return found


def unbound(tx: Tx) -> None:
    """Keys are not asked whether they lead anywhere."""
    raw = tx.connection.exec_driver_sql
    raw("PRAGMA defer_foreign_keys = ON") if tx.dialect.name == "sqlite" else raw("SET LOCAL session_replication_role = replica")


class Enough(Exception):
    """What was tried is taken back."""


def test_every_text_of_every_table_is_looked_through(either: Town) -> None:
    """A row in each table that says who the child is in each of its texts: after the erasure none does, but where it is said why."""
    child, other = on_file(either, 1), on_file(either, 2)
    ref = noted(either, other, "nothing")
    with contextlib.suppress(Enough), either.db.write() as tx:
        unbound(tx)
        case_id = str(tx.value(select(tables.case.c.case_id).where(tables.case.c.ref == ref)))
        rows = [one for one in tables.METADATA.sorted_tables if one.name not in KEPT and one.name not in ("person", "blob", "case")]
        for table in rows:
            fill(tx, table, child.name + child.national_id, case_id)
        filled = {one.partition(".")[0] for one in still(tx, child.name)}
        assert {table.name for table in rows if searched(table)} <= filled
        erasing._carry_out(either.office, tx, erasing._child(tx, child.ref), "2026-10-22T00:00:00.000000Z", ("all",))
        assert (still(tx, child.name), still(tx, child.national_id)) == (set(), set())
        raise Enough


def test_what_is_not_looked_through_is_said_why() -> None:
    """Only tables that there are, each with its reason."""
    assert set(KEPT) <= set(tables.METADATA.tables)
    assert all(len(why) > 20 for why in (*KEPT.values(), *STRUCTURE.values()))


def noted(desk: Town, child: Invented, said: str) -> str:
    """A case about somebody else, with a note."""
    ref = desk.scenario.open(DROPOUT, child, by=ANYBODY, last_attended=desk.scenario.today).ref
    desk.scenario.engine.note(ANYBODY, ref, said)
    return ref


def notes(desk: Town, ref: str) -> str:
    """What stands in a case's history."""
    return str([one["says"] for one in desk.scenario.engine.history(ANYBODY, ref)[0]])


def test_a_name_that_is_a_common_word_is_asked_about(desk: Town) -> None:
    """Where the text has another mark of the child it goes; where not, a second person says so, place by place; what he leaves is kept in mind."""
    child, other, third = on_file(desk, 1, name="高峰"), on_file(desk, 2), on_file(desk, 3)
    own = noted(desk, child, "高峰 cried")
    rush = noted(desk, other, "call after the 高峰 hour")
    on_file(desk, 4, name="李娟")
    beside = noted(desk, on_file(desk, 5), "李娟高峰")
    sure = noted(desk, third, f"高峰 ({child.ref}) is a friend")
    messages = desk.scenario.folder / "papers" / "messages.jsonl"
    messages.parent.mkdir(exist_ok=True)
    messages.write_text(f"after the 高峰 hour\n{child.ref} 高峰\n", encoding="utf-8")
    end(desk, own, "over")
    tried = erasing.attempt(desk.office, FIRST, child.ref)
    places = {one["where"]: one for one in tried.unsure}
    assert set(places) == {rush, beside, "messages.jsonl"}
    assert places[beside]["around"] == '李*[高*]"}'  # of others on file no name is told
    assert [one["around"] for one in (places[rush], places["messages.jsonl"])] == ["e [高*] h", "e [高*] h"]
    erasing.ask(desk.office, FIRST, child.ref, "the family asks for it")
    with pytest.raises(Refused) as undecided:
        erasing.approve(desk.office, SECOND, child.ref)
    with pytest.raises(Misused) as unknown:
        erasing.approve(desk.office, SECOND, child.ref, ("abcdef",))
    assert (undecided.value.code, unknown.value.code) == ("elsewhere_undecided", "mark_unknown")
    done = erasing.approve(desk.office, SECOND, child.ref, (places["messages.jsonl"]["mark"],))
    assert ({one["where"] for one in done.unsure}, "高" in str(done.unsure)) == ({rush, beside}, False)
    assert ["高峰" in notes(desk, one) for one in (own, rush, sure)] == [False, True, False]
    assert messages.read_text(encoding="utf-8") == f"after the ****** hour\n{child.ref} ******\n"
    assert desk.faults() == []


def test_what_a_family_asks_is_answered_first(desk: Town) -> None:
    """A request that waits hinders; one that asks for the erasure is granted by it, and says nothing any more."""
    child, runtime = on_file(desk, 1), desk.scenario.engine.runtime
    waits, wanted = (petitions.receive(runtime, ANYBODY, child.ref, kind, said_by=child.said["guardian"], what=f"of {child.name}") for kind in ("see", "erase"))
    with pytest.raises(Refused) as open_yet:
        erasing.ask(desk.office, FIRST, child.ref, "why")
    petitions.answer(runtime, ANYBODY, waits.ref, "granted", f"{child.name} has seen it")
    desk.ask_and_erase(child.ref)
    assert [one.place for one in open_yet.value.problems] == [waits.ref]
    assert {(one.ref, one.state, one.what) for one in petitions.listed(runtime, ANYBODY, every=True)} == {
        (one.ref, "granted", "***") for one in (waits, wanted)
    }
    assert desk.holding(child.name, child.said["guardian"]) == {}


def test_a_limit_that_is_counted_by_a_name_goes_on_counting(desk: Town) -> None:
    """A place that others use is called otherwise; one that nobody uses goes."""
    child, other = on_file(desk, 1), on_file(desk, 2)
    ref = noted(desk, other, "nothing")
    with desk.db.write() as tx:
        case_id = tx.value(select(tables.case.c.case_id).where(tables.case.c.ref == ref))
        for key, used in ((f"{child.name}!", 1), (child.name, 0)):
            row = {"program": "pairing", "limit_name": "one", "key": key}
            tx.execute(Statement(insert(tables.hold)), {**row, "used": used, "size": 1})
            if used:
                tx.execute(Statement(insert(tables.hold_item)), {**row, "case_id": case_id})
    desk.ask_and_erase(child.ref)
    with desk.db.read() as tx:
        kept = [row.key for row in tx.rows(select(tables.hold).where(tables.hold.c.limit_name == "one"))]
        assert [row.key for row in tx.rows(select(tables.hold_item).where(tables.hold_item.c.limit_name == "one"))] == kept
    assert [(len(kept), one.startswith("***!~")) for one in kept] == [(1, True)]
    assert desk.holding(child.name) == {}


def test_a_volunteer_is_erased_like_a_child(desk: Town) -> None:
    """Not while an account or a child needs the file; then nothing says who it was, and a child's case with him still counts."""
    said = {"name": "关大爱", "national_id": "432801198001010015", "phone": "13700000088"}
    with desk.db.write() as tx:
        made = volunteers.add(tx, "x", desk.scenario.now, said, division="990101100")
        row = {"account_id": "a", "login": "guan", "name": "关大爱", "created_at": "2026-01-01", "person_id": made.person_id}
        tx.execute(Statement(insert(tables.account)), row)
    with pytest.raises(Refused) as needed:
        erasing.ask(desk.office, FIRST, made.ref, "he has left")
    with desk.db.write() as tx:
        tx.execute(Statement(tables.account.update().where(tables.account.c.login == "guan").values(closed_at="2026-02-01")))
    done = desk.ask_and_erase(made.ref)
    assert (needed.value.code, [one.place for one in needed.value.problems]) == ("erasure_hindered", ["guan"])
    assert (done.state, desk.holding("关大爱", said["national_id"], said["phone"]), desk.faults()) == ("done", {}, [])
    with pytest.raises(Refused) as again:
        erasing.ask(desk.office, FIRST, made.ref, "why")
    assert again.value.code == "child_erased"
