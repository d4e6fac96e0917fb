"""Whom a paper is about beside the child: the volunteer of the case, and whoever is tied to it as a party."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from workflow_core.clock import civil_date
from workflow_core.definition import Kind
from workflow_core.documents.known import values_of
from workflow_core.engine import among
from workflow_core.engine.work import Work
from workflow_core.store import parties
from workflow_core.store.database import Row


def others(work: Work, at: datetime, word: Callable[[str], str]) -> dict[str, Any]:
    """``volunteer`` and ``parties`` of a paper's fields; what nobody is tied to is left out."""
    found: dict[str, Any] = {}
    today = civil_date(at)
    if work.state.subject_kind == "volunteer" and work.state.subject_id is not None:
        row = parties.people(work.world.tx, [work.state.subject_id]).get(work.state.subject_id)
        found["volunteer"] = {} if row is None else _person(row, today)
    tied: dict[str, Any] = {}
    for party in work.workflow.parties:
        row_of = next((one for one in work.state.parties if one.name == party.name), None)
        if row_of is None:
            continue
        whose, record = row_of.party_id, {}
        if not isinstance(party.of, Kind):
            view = among.linked(work.world, work.workflow, work.state, party.of, at)
            whose, record = parties.subject(work.world.tx, row_of.party_id), {"record": values_of(view.record, word)}
        row = parties.people(work.world.tx, [whose]).get(whose) if whose else None
        tied[party.name] = {**({} if row is None else _person(row, today)), **record}
    return {**found, "parties": tied} if tied else found


def _person(row: Row, today: date) -> Mapping[str, Any]:
    born = None if row["born_on"] is None else date.fromisoformat(row["born_on"])
    names = ("ref", "name", "national_id", "phone", "village", "occupation", "workplace")
    return {
        **{name: row[name] for name in names},
        "sex": None if row["sex"] is None else {"code": row["sex"], "text": "男" if row["sex"] == "male" else "女"},
        "born_on": row["born_on"],
        "age": None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day)),
    }
