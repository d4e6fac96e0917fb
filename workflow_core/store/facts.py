"""What a step reads of the office around its case: the child's file, divisions, observations, referrals; and the one thing a step may correct there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from workflow_core.clock import stamp
from workflow_core.definition import Child, Division, Observed, Referral, Volunteer
from workflow_core.errors import Damaged, NotFound
from workflow_core.i18n import N_
from workflow_core.store import tables
from workflow_core.store.database import Row, Tx
from workflow_core.store.statement import Statement

_CHILDREN = select(
    tables.person.c.person_id,
    tables.person.c.ref,
    tables.person.c.born_on,
    tables.person.c.sex,
    tables.person.c.village,
    tables.child.c.provisional,
    tables.child.c.grade,
    tables.child.c.boards,
    tables.child.c.left_behind,
    tables.child.c.hardship,
    tables.place.c.name.label("school"),
).select_from(
    tables.person.join(tables.child, tables.child.c.person_id == tables.person.c.person_id).outerjoin(
        tables.place, tables.place.c.place_id == tables.child.c.school
    )
)
_TIES = (
    select(tables.relation.c.person_id, tables.relation.c.kind, tables.relation.c.kin, tables.person.c.ref)
    .select_from(tables.relation.join(tables.person, tables.person.c.person_id == tables.relation.c.other_id))
    .where(tables.relation.c.until.is_(None))
    .order_by(tables.relation.c.person_id, tables.relation.c.relation_id)
)
_CHILD = Statement(_CHILDREN.where(tables.person.c.person_id == bindparam("person_id")))
_TIES_OF = Statement(_TIES.where(tables.relation.c.person_id == bindparam("person_id")))
_MANY_CHILDREN = Statement(_CHILDREN.where(tables.person.c.person_id.in_(bindparam("ids", expanding=True))))
_MANY_TIES = Statement(_TIES.where(tables.relation.c.person_id.in_(bindparam("ids", expanding=True))))
_DIVISION = Statement(select(tables.division).where(tables.division.c.code == bindparam("code")))
_OBSERVED = Statement(
    select(tables.observation.c.name, tables.observation.c.value, tables.observation.c.happened)
    .where(tables.observation.c.person_id == bindparam("person_id"))
    .order_by(tables.observation.c.happened, tables.observation.c.n)
)
_REFERRALS = Statement(
    select(tables.referral.c.state, tables.referral.c.answer)
    .where(tables.referral.c.from_case == bindparam("case_id"), tables.referral.c.program == bindparam("program"))
    .order_by(tables.referral.c.asked_at)
)
_SUBJECT = Statement(
    select(tables.person.c.person_id, tables.person.c.ref, tables.person.c.division, tables.person.c.merged_into, tables.child.c.school)
    .select_from(tables.person.outerjoin(tables.child, tables.child.c.person_id == tables.person.c.person_id))
    .where(tables.person.c.ref == bindparam("ref"))
)
_SOMEBODY = Statement(
    select(*(tables.person.c[name] for name in ("person_id", "ref", "born_on", "sex", "village")), tables.volunteer.c.occupation, tables.volunteer.c.workplace)
    .select_from(tables.person.outerjoin(tables.volunteer, tables.volunteer.c.person_id == tables.person.c.person_id))
    .where(tables.person.c.person_id.in_(bindparam("ids", expanding=True)))
)
_NAME = Statement(select(tables.person.c.ref, tables.person.c.name).where(tables.person.c.person_id == bindparam("person_id")))
AMENDABLE = {"grade": tables.child, "boards": tables.child, "left_behind": tables.child, "hardship": tables.child, "village": tables.person}
"""The fields of a file that a program may amend, each with its table."""
_AMEND = {
    name: Statement(update(table).where(table.c.person_id == bindparam("the_person")).values({name: bindparam("value")})) for name, table in AMENDABLE.items()
}
_TOUCH = Statement(
    update(tables.person)
    .where(tables.person.c.person_id == bindparam("the_person"))
    .values(version=tables.person.c.version + 1, updated_at=bindparam("updated_at"))
)


def child(tx: Tx, person_id: str) -> Child:
    """What every program may read of a child.

    :raises NotFound: ``child_unknown``.
    """
    row = tx.one(_CHILD, {"person_id": person_id})
    if row is None:
        raise NotFound("child_unknown", N_("there is no such child on file"))
    return _child(row, tx.rows(_TIES_OF, {"person_id": person_id}))


def children(tx: Tx, ids: Sequence[str]) -> dict[str, Child]:
    """The same of many children, by their ids, in two statements.

    :param ids: some hundreds at most.
    """
    ties: dict[str, list[Row]] = {}
    for row in tx.rows(_MANY_TIES, {"ids": list(ids)}):
        ties.setdefault(row["person_id"], []).append(row)
    return {row["person_id"]: _child(row, ties.get(row["person_id"], ())) for row in tx.rows(_MANY_CHILDREN, {"ids": list(ids)})}


_PARENTS = {"father", "mother", "parent"}


def _child(row: Row, ties: Sequence[Row]) -> Child:
    return Child(
        ref=row["ref"],
        born_on=None if row["born_on"] is None else date.fromisoformat(row["born_on"]),
        sex=row["sex"],
        provisional=bool(row["provisional"]),
        school=row["school"] or "",
        grade=row["grade"],
        village=row["village"] or "",
        boards=None if row["boards"] is None else bool(row["boards"]),
        left_behind=row["left_behind"] or "",
        hardship=tuple(json.loads(row["hardship"] or "[]")),
        guardian_kin=next((tie["kin"] or "" for tie in ties if tie["kind"] == "guardian"), ""),
        related=tuple(dict.fromkeys(tie["ref"] for tie in ties)),
        parents=tuple(dict.fromkeys(tie["ref"] for tie in ties if {tie["kind"], tie["kin"]} & _PARENTS)),
    )


def volunteer(tx: Tx, person_id: str) -> Volunteer:
    """What every program may read of a volunteer.

    :raises NotFound: ``person_unknown``.
    """
    found = volunteers(tx, [person_id])
    if not found:
        raise NotFound("person_unknown", N_("there is no such person on file"))
    return found[person_id]


def volunteers(tx: Tx, ids: Sequence[str]) -> dict[str, Volunteer]:
    """The same of many volunteers, by their ids.

    :param ids: some hundreds at most.
    """
    found: dict[str, Volunteer] = {}
    for row in tx.rows(_SOMEBODY, {"ids": list(ids)}):
        born_on = None if row["born_on"] is None else date.fromisoformat(row["born_on"])
        told = {name: row[name] or "" for name in ("village", "occupation", "workplace")}
        found[row["person_id"]] = Volunteer(ref=row["ref"], born_on=born_on, sex=row["sex"], **told)
    return found


def division(tx: Tx, code: str) -> Division:
    """A division by its code.

    :raises NotFound: ``division_unknown``.
    """
    row = tx.one(_DIVISION, {"code": code})
    if row is None:
        raise NotFound("division_unknown", N_("there is no division {division}"), hint=N_("see: care division list"), division=code)
    return Division(row["code"], row["name"], row["level"])


def all_observed(tx: Tx, person_id: str) -> dict[str, list[Observed[Any]]]:
    """What is known of a person, by the fact's name, oldest first."""
    found: dict[str, list[Observed[Any]]] = {}
    for row in tx.rows(_OBSERVED, {"person_id": person_id}):
        found.setdefault(row["name"], []).append(Observed(json.loads(row["value"]), date.fromisoformat(row["happened"])))
    return found


def referrals(tx: Tx, case_id: str, program: str) -> list[Referral]:
    """What became of what a case referred to a program, oldest first."""
    return [Referral(row["state"], row["answer"]) for row in tx.rows(_REFERRALS, {"case_id": case_id, "program": program})]


def subject(tx: Tx, ref: str) -> dict[str, Any] | None:
    """A person by reference: ``person_id, ref, division, school``, following a merge; None where there is none."""
    row = tx.one(_SUBJECT, {"ref": ref})
    while row is not None and row["merged_into"] is not None:
        into = tx.one(_NAME, {"person_id": row["merged_into"]})
        row = None if into is None else tx.one(_SUBJECT, {"ref": into["ref"]})
    return row


def name_of(tx: Tx, person_id: str) -> tuple[str, str]:
    """A person's reference and name, for a screen that may show it.

    :raises NotFound: ``person_unknown``.
    """
    row = tx.one(_NAME, {"person_id": person_id})
    if row is None:
        raise NotFound("person_unknown", N_("there is no such person on file"))
    return row["ref"], row["name"]


def amend(tx: Tx, person_id: str, field: str, value: object, at: datetime) -> None:
    """Correct one field of a child's file.

    :raises Damaged: ``field_unknown``: a program may not write that field.
    """
    if field not in _AMEND:
        raise Damaged("not_a_field", N_("a program may not amend {field}"), hint=N_("tell whoever maintains the program"), field=field)
    stored = json.dumps(list(value), ensure_ascii=False) if isinstance(value, (tuple, list)) else int(value) if isinstance(value, bool) else value
    tx.execute(_AMEND[field], {"the_person": person_id, "value": stored})
    tx.execute(_TOUCH, {"the_person": person_id, "updated_at": stamp(at)})
