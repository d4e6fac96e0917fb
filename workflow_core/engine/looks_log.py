"""Who looked at a child's file, for its guardian: when, as what, and what for; in plain words.

Whoever may speak for the child may ask who saw its data (未成年人网络保护条例 art. 34, 36). What is left out, so that nobody
is put in danger by it (反家庭暴力法 art. 5: whoever reports is kept secret): looks at cases of a program that protects children
(``Program(protection=True)``, and any program of the name ``protection``), looks of the police, and looks in an emergency. Nobody is named: a look is told
by the role that somebody held there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workflow_core.access import masking, sight
from workflow_core.access.granted import grant_of
from workflow_core.access.grants import ADMIN, WHOLE_OFFICE, Actor
from workflow_core.access.requesting import APPROVERS
from workflow_core.definition import POLICE
from workflow_core.engine.runtime import Runtime
from workflow_core.i18n import N_
from workflow_core.records import child_views, children
from workflow_core.records.child_file import ChildFile
from workflow_core.store import access as accounts
from workflow_core.store import cases, child_kept, journal, journal_reading
from workflow_core.store.database import Tx
from workflow_core.store.server.session import owner_needed

PROTECTION = "protection"
"""The name by which programs call for the program that protects children."""
MOST = 2000
WORDS = {
    "file_opened": N_("opened the file, names and numbers hidden"),
    "revealed": N_("saw in full: {fields}"),
    "case_opened": N_("opened a case: {program}"),
    "history_read": N_("read the history of a case: {program}"),
    "register_read": N_("read a register of a case: {program}"),
    "exported": N_("took out a list with the child on it, in full: {fields}"),
    "exported_masked": N_("took out a list with the child on it, names and numbers hidden"),
    "printed": N_("printed a paper: {program}"),
    "access_asked": N_("asked to see the file"),
    "access_approved": N_("allowed somebody to see the file"),
}
"""How each kind of entry is told; what is not here is no look."""


@dataclass(frozen=True)
class Look:
    """One look.

    :param at: an instant, as stored. :param role: held by whoever looked, and ``division``: for which. :param words: a msgid with ``{fields}`` and
        ``{program}``. :param why: the purpose that was given.
    """

    at: str
    role: str
    division: str
    kind: str
    words: str
    fields: tuple[str, ...]
    program: str
    why: str

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {**{name: getattr(self, name) for name in ("at", "role", "division", "kind", "program", "why")}, "fields": list(self.fields)}


def of_child(runtime: Runtime, actor: Actor, child: str) -> tuple[str, list[Look]]:
    """The child's reference, and who looked at its file, the latest first; that it was asked for is written down.

    :raises NotFound: ``child_unknown``: there is none, or none in the actor's sight.
    :raises NotPermitted: ``desk_owner_needed``: at a desk of a server office, which reads nobody's journal but its own; an administrator's reads all.
    """
    with runtime.db.write() as tx:
        file = child_views.get(tx, actor, child)
        must_read_all(tx, actor)
        found = journal_reading.latest(tx, subject=file.person_id, limit=MOST)
        looked = [told for one in found if (told := _told(runtime, tx, one, file.division, file.school_id)) is not None]
        looked = _without_others(tx, file, looked)
        now = runtime.clock.now()
        for stream in (journal.account_stream(actor.account_id or actor.login, now), journal.person_stream(file.person_id)):
            journal.append(tx, stream, actor.login, "access_log_told", {"looks": len(looked)}, now, subject=file.person_id)
    return file.ref, looked


def must_read_all(tx: Tx, actor: Actor) -> None:
    """See that this login reads the whole journal: at a desk of a server office nobody's but an administrator's of the whole office does.

    :raises NotPermitted: ``desk_owner_needed``.
    """
    if tx.desk and WHOLE_OFFICE not in actor.divisions(ADMIN.name):
        raise owner_needed(N_("an administrator of the whole office tells it at his desk, or somebody who has the login that owns the office's database"))


def _without_others(tx: Tx, file: ChildFile, looked: list[Look]) -> list[Look]:
    """The looks, with the names of others on file masked in the purposes: not the child's own, nor of those who are tied to it."""
    own = {file.name, *(one.name for one in children.ties_ever(tx, file))}
    others = [name for name in child_kept.named_in(tx, "\n".join({one.why for one in looked})) if name not in own]

    def masked(why: str) -> str:
        for name in others:
            why = why.replace(name, masking.name(name) or "")
        return why

    return [replace(one, why=masked(one.why)) for one in looked] if others else looked


def _told(runtime: Runtime, tx: Tx, entry: Mapping[str, Any], division: str, school: str | None) -> Look | None:
    says: Mapping[str, Any] = entry["says"]
    kind = str(entry["kind"])
    if kind == "exported":
        kind = "printed" if says.get("fields") == ["paper"] else "exported_masked" if says.get("masked") else kind
    if kind not in WORDS or (not says and kind != "file_opened"):
        return None
    if any(_emergency(tx, ref) for ref in str(says.get("access") or "").split(", ") if ref):
        return None
    program = _program(tx, says)
    if program and is_protection(runtime, program):
        return None
    role, where = _role(tx, entry["actor"], entry["at"], division, school, answers=kind == "access_approved")
    if role == POLICE.name:
        return None
    fields = tuple(one for one in says.get("fields", ()) if one in sight.FIELDS) if kind in ("revealed", "exported") else ()
    return Look(entry["at"], role, where, kind, WORDS[kind], fields, program, masking.numbers_in(str(says.get("purpose") or "")))


def is_protection(runtime: Runtime, program: str) -> bool:
    """Whether the cases of a program are protection work, of which a family is not told."""
    known = runtime.registry.programs.get(program)
    return program == PROTECTION or (known is not None and known.protection)


def _emergency(tx: Tx, ref: str) -> bool:
    from workflow_core.store import approvals

    row = approvals.by_ref(tx, ref)
    return row is not None and row["kind"] == "emergency"


def _program(tx: Tx, says: Mapping[str, Any]) -> str:
    """The program of the case through which somebody looked: it is written by its reference, or by its id; a ledger by its own name."""
    said = says.get("case")
    if isinstance(said, str):
        loaded = cases.load(tx, ref=said) or cases.load(tx, case_id=said)
        return str(loaded.case["program"]) if loaded is not None else ""
    what = says.get("what")
    if not isinstance(what, str) or what == "children":
        return ""
    loaded = cases.load(tx, ref=what.split(", ")[0].rpartition(".")[0])
    return str(loaded.case["program"]) if loaded is not None else what.partition(".")[0]


def _role(tx: Tx, login: str, at: str, division: str, school: str | None, *, answers: bool) -> tuple[str, str]:
    held: Sequence[Any] = [grant_of(row) for row in accounts.held(tx, login, at)]
    there = [one for one in held if one.scope_kind != "own" and one.covers(division, school, False)] or list(held)
    if answers:  # in his own name, by one of the roles that answer
        may = (*APPROVERS, ADMIN.name)
        there = [one for one in there if one.stands_for is None and one.role in may] or there
    for one in sorted(there, key=lambda one: (one.role == ADMIN.name, len(one.scope))):
        return one.role, one.scope if one.scope_kind == "division" else ""
    return "", ""
