"""Access that somebody approved: what of it holds now, and its counting down. Asking and answering are in ``approving.py``.

Whatever is outside somebody's scope, or more of it than his role shows, he sees by an approval of another person: for a purpose, until an instant, for so many
files (未成年人网络保护条例 art. 36: access to minors' data is approved by whoever answers for it, and logged). It ends by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.access.grants import ADMIN, Actor
from workflow_core.clock import unstamp
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.store import approvals as rows
from workflow_core.store.database import Row, Tx


@dataclass(frozen=True)
class Approval:
    """One request, and what became of it.

    :param ref: ``A-000012``. :param kind: ``child``, ``division``, ``case``, ``emergency``.
    :param lies: the code of the division of what it is about. :param division: the same, of a request for all that lies there; else None.
    :param fields: what may be seen whole beside what the role shows. :param rows: so many files may be shown; ``used`` were.
    :param state: ``waiting``, ``lapsed`` (nobody answered in time), ``approved``, ``refused``, ``used_up``, ``over`` (its time is), ``ended`` (by hand).
    """

    ref: str
    kind: str
    login: str
    person_id: str | None
    child: str | None
    case_id: str | None
    case: str | None
    division: str | None
    lies: str
    school: str | None
    place_id: str | None
    program: str | None
    fields: tuple[str, ...]
    rows: int
    used: int
    purpose: str
    state: str
    until: datetime
    asked_at: datetime
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None
    review: str | None
    reviewed_by: str | None

    @property
    def left(self) -> int:
        """How many files may still be shown under it."""
        return max(0, self.rows - self.used)

    def answered_since(self, since: datetime) -> bool:
        """Whether somebody said yes or no to it from that instant on."""
        return self.answered_at is not None and self.answered_at >= since

    @property
    def unreviewed(self) -> bool:
        """Whether it is an emergency that nobody has looked at yet."""
        return self.kind == "emergency" and self.reviewed_by is None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        names = ("ref", "kind", "login", "child", "case", "division", "rows", "used", "purpose", "state", "answer", "answered_by", "review", "reviewed_by")
        told = {name: getattr(self, name) for name in names}
        answered = self.answered_at.isoformat() if self.answered_at else None
        return {**told, "fields": list(self.fields), "until": self.until.isoformat(), "asked_at": self.asked_at.isoformat(), "answered_at": answered}


def read(row: Row, now: datetime) -> Approval:
    """One of its row, as it stands at an instant."""
    until = unstamp(row["until"])
    state = row["state"]
    if state == "waiting" and until <= now:
        state = "lapsed"
    elif state == "approved" and until <= now:
        state = "over"
    elif state == "approved" and row["used"] >= row["rows"]:
        state = "used_up"
    same = ("ref", "kind", "login", "person_id", "child", "case_id", "division", "school", "place_id", "program", "rows", "used", "purpose")
    told: dict[str, Any] = {name: row[name] for name in (*same, "answer", "answered_by", "review", "reviewed_by")}
    told["answered_at"] = unstamp(row["answered_at"]) if row["answered_at"] else None
    told |= {"until": until, "asked_at": unstamp(row["asked_at"]), "case": row["case_ref"], "lies": row["lies"] or "", "state": state}
    return Approval(**told, fields=tuple(json.loads(row["fields"])))


def works(actor: Actor) -> bool:
    """Whether somebody holds a role for work, and does not only administer."""
    return any(grant.role != ADMIN.name for grant in actor.grants) or bool(actor.every_role and actor.grants)


def held(tx: Tx, actor: Actor, now: datetime) -> list[Approval]:
    """What somebody may see by approval at an instant: nothing once he holds no role any more, since then there is no work that it was for."""
    if not works(actor):
        return []
    return [read(row, now) for row in rows.holding(tx, actor.login, now)]


def of_person(among: Iterable[Approval], person_id: str, division: str) -> list[Approval]:
    """Those under which a person's file may be shown: an emergency first, since looks in one are not told to the family, then the narrowest.

    :param division: in which the file is kept.
    """
    fit = [one for one in among if one.person_id == person_id or (one.division is not None and division.startswith(one.division))]
    return sorted(fit, key=lambda one: (one.kind != "emergency", one.person_id is None, one.ref))


def of_case(among: Iterable[Approval], case_id: str, subject_id: str | None) -> Approval | None:
    """The one under which a case may be shown: an emergency about the child, or one of the case itself."""
    fit = [one for one in among if one.case_id == case_id or (one.kind == "emergency" and subject_id is not None and one.person_id == subject_id)]
    return min(fit, key=lambda one: (one.kind != "emergency", one.ref), default=None)


def of_bulk(among: Iterable[Approval], division: str, count: int) -> Approval | None:
    """The one under which so many files of a division may leave the office; of several the one with the fewest left."""
    fit = [one for one in among if one.kind == "division" and division.startswith(one.division or "") and one.left >= count]
    return min(fit, key=lambda one: (one.left, one.ref), default=None)


def spend(tx: Tx, one: Approval, count: int, now: datetime) -> None:
    """Count files down, before they are shown.

    :raises Refused: ``access_used_up``: so many are not left, or it has just ended.
    """
    if count and not rows.spend(tx, one.ref, count, now):
        raise Refused(
            "access_used_up",
            N_("{ref} does not allow so many: {left} left, {count} wanted"),
            hint=N_("take fewer, or ask again: care access request"),
            ref=one.ref,
            left=one.left,
            count=count,
        )
