"""How many files leave the office unmasked without another person's approval: at once, and in several parts within a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from workflow_core.access import requesting
from workflow_core.access.grants import Actor, Grant
from workflow_core.clock import stamp
from workflow_core.errors import Refused
from workflow_core.records import child_views, children
from workflow_core.store.canonical import load
from workflow_core.store.database import Database
from workflow_core.store.statement import Statement
from workflow_core.store.tables import account, child, division, journal, journal_payload, place

NOW = datetime(2026, 10, 21, 1, tzinfo=UTC)
HERE = "990101100"
KEEPER = Actor("keeper", (Grant("child_supervisor", "division", HERE, None, "", None),), False, account_id="keeper")


@pytest.fixture
def office(database: Database) -> Database:
    """A township with three children, one in each grade."""
    with database.write() as tx:
        for code, level in (("99", "province"), ("9901", "city"), ("990101", "county"), (HERE, "township")):
            tx.execute(Statement(insert(division)), {"code": code, "name": code, "level": level})
        tx.execute(Statement(insert(account)), {"account_id": "keeper", "login": "keeper", "created_at": stamp(NOW)})
        for grade, name in enumerate(("甲一", "乙二", "丁三"), 1):
            children.add(tx, "keeper", NOW, {"name": name, "born_on": f"2014-05-0{grade}", "grade": grade}, division=HERE)
    return database


def take(office: Database, grade: int | None = None, who: Actor = KEEPER, *, now: datetime = NOW, unmasked: bool = True) -> int:
    """So many rows of an office that lets two go."""
    with office.write() as tx:
        return len(list(child_views.export(tx, who, now, division=HERE, grade=grade, unmasked=unmasked, purpose="winter clothing", bulk=2)))


def test_parts_of_a_list_within_a_day_count_together(office: Database) -> None:
    """The same part again does not, nor what is masked; a day later it begins anew."""
    assert [take(office, grade) for grade in (1, 2, 1)] == [1, 1, 1]
    with pytest.raises(Refused) as told:
        take(office, 3)
    assert (told.value.code, told.value.context["total"], bool(told.value.advice())) == ("bulk_not_approved", 3, True)
    assert (take(office, unmasked=False), take(office, 3, now=NOW + timedelta(days=1, seconds=1))) == (3, 1)


def test_a_school_hands_out_many_by_an_approval_of_where_it_lies(office: Database) -> None:
    """Of its own pupils, though it sees no division; an approval that leaves one of its places out is not enough."""
    teacher = Actor("keeper", (Grant("school", "place", "p1", None, "", None),), False, account_id="keeper")
    both = replace(teacher, grants=(*teacher.grants, Grant("child_supervisor", "division", "990102", None, "", None)))
    with office.write() as tx:
        said = dict.fromkeys(("created_at", "updated_at"), stamp(NOW)) | {"kind": "school", "name": "s", "name_key": "s", "division": HERE}
        tx.execute(Statement(insert(place)), {**said, "place_id": "p1", "ref": "PL-000001"})
        tx.execute(Statement(update(child).values(school="p1")))
        ref = requesting.request(tx, teacher, NOW, division=HERE, count=50, purpose="winter clothing").ref
        requesting.approve(tx, replace(KEEPER, login="other"), NOW, ref)
        assert len(list(child_views.export(tx, teacher, NOW, unmasked=True, purpose="winter clothing", bulk=2))) == 3
        with pytest.raises(Refused):
            child_views.export(tx, both, NOW, unmasked=True, purpose="winter clothing", bulk=2)


def test_what_the_maker_of_a_training_office_passes_alone_is_marked(office: Database) -> None:
    """Where another person would have had to approve it, and only there."""
    maker = replace(KEEPER, training=True, every_role=True)
    assert [take(office, 1, maker), take(office, None, maker)] == [1, 3]
    of_account = (journal.c.stream == journal_payload.c.stream) & (journal.c.n == journal_payload.c.n) & journal.c.stream.like("account/%")
    with office.read() as tx:
        rows = tx.rows(select(journal_payload.c.payload).join(journal, of_account).where(journal.c.kind == "exported").order_by(journal.c.n))
    assert [load(row["payload"]).get("eyes") for row in rows] == [None, "training"]
