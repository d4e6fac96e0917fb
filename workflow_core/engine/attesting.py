"""Signed consents that lie in the office on paper, attested for a list of children at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from workflow_core.access import consents
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Consent
from workflow_core.engine.consenting import must_serve, purposes
from workflow_core.engine.resting import wake
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.world import World
from workflow_core.records import values
from workflow_core.store import consents as rows
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx

CHUNK = 100
"""Children per commit."""


@dataclass(frozen=True)
class Attested:
    """What became of one line of a list.

    :param line: its number, from 1; :param ref: of the child, where it is on file and in sight.
    :param verdict: ``attested``; ``on_file``: there was a consent that holds; ``refused``: the guardian has refused or withdrawn, which a list does not
        undo; ``unknown``; ``elsewhere``: not in that division, or out of sight.
    """

    line: int
    ref: str | None
    verdict: Literal["attested", "on_file", "refused", "unknown", "elsewhere"]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"line": self.line, "child": self.ref, "verdict": self.verdict}


def attest(
    runtime: Runtime, actor: Actor, name: str, lines: Iterable[str], notice: str, *, division: str, origin: str = "", dry_run: bool = False
) -> list[Attested]:
    """Attest for a list of children that their guardians' signed consents lie in the office; one record for each child that has none which holds.

    :param lines: references or ID numbers. :param notice: the version that was signed. :param division: whose children; others are told as elsewhere.
    :raises Refused: ``notice_old``, ``notice_other``, ``notice_missing``.
    :raises NotPermitted: no role in that program there.
    """
    program, consent = consents.purpose(purposes(runtime), name)
    consents.need_notice(consent, notice)
    now = runtime.clock.now()
    must_serve(actor, division, None, program)
    listed = [values.squeezed(line).upper() for line in lines]
    told: list[Attested] = []
    seen: set[str] = set()
    for start in range(0, len(listed), CHUNK):
        chunk = listed[start : start + CHUNK]
        if dry_run:
            with runtime.db.read() as tx:
                told += _judge(tx, World(tx, runtime.registry), actor, chunk, start, program, consent, division, now, set(seen))[0]
            continue

        def write(chunk: Sequence[str] = chunk, start: int = start) -> list[Attested]:
            with runtime.committing(), runtime.db.write() as tx:
                world = World(tx, runtime.registry)
                judged, children = _judge(tx, world, actor, chunk, start, program, consent, division, now, seen)
                consents.attest(tx, actor, now, children, program, consent, notice, origin)
                people = [one["person_id"] for one in children]
                for person_id in people:
                    world.forget_consents(person_id)
                wake(runtime, tx, world, people, program, consent, now)
                return judged

        told += again(runtime.db, write)
    count = sum(one.verdict == "attested" for one in told)
    if count and not dry_run:
        with runtime.db.write() as tx:
            consents.attested(tx, actor, now, program, consent, notice, count, origin)
    return told


def _judge(
    tx: Tx,
    world: World,
    actor: Actor,
    chunk: Sequence[str],
    start: int,
    program: str,
    consent: Consent,
    division: str,
    now: datetime,
    seen: set[str],
) -> tuple[list[Attested], list[Row]]:
    """The verdict of each line, and the children for whom a record is due."""
    found = rows.children(tx, refs=[one for one in chunk if one.startswith("C-")], numbers=[one for one in chunk if not one.startswith("C-")])
    known = {row[key]: row for row in found for key in ("ref", "national_id") if row[key]}
    world.read_consents([row["person_id"] for row in found])
    told, due = [], []
    for n, line in enumerate(chunk, start + 1):
        row = known.get(line)
        if row is None:
            told.append(Attested(n, None, "unknown"))
        elif not (row["division"].startswith(division) and actor.sees(division=row["division"], place_id=row["school"], program=program)):
            told.append(Attested(n, None, "elsewhere"))
        else:
            standing = consents.standing(world.said_for(row["person_id"]), program, consent, civil_date(now))
            if standing in ("refused", "withdrawn"):
                told.append(Attested(n, row["ref"], "refused"))
            elif standing in ("holds", "not_needed") or row["person_id"] in seen:
                told.append(Attested(n, row["ref"], "on_file"))
            else:
                seen.add(row["person_id"])
                due.append(row)
                told.append(Attested(n, row["ref"], "attested"))
    return told, due
