"""What a child, or whoever may speak for it, asks of the office about its data: to see, copy, correct, add, erase; received, decided, answered in writing.

The law (未成年人网络保护条例 art. 34): it is taken up and handled promptly, no unreasonable condition is set, and who refuses says why in writing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workflow_core.access import KEEPERS, masking
from workflow_core.access.grants import ADMIN, Actor
from workflow_core.clock import civil_date, stamp, unstamp
from workflow_core.engine.answers_due import where_requests_are_answered
from workflow_core.engine.runtime import Runtime
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_, Label, translate
from workflow_core.records import child_views
from workflow_core.records.child_file import in_scope
from workflow_core.store import journal, petitions, sequences
from workflow_core.store.database import Row, Tx
from workflow_core.store.ids import uuid7

KINDS = {
    "see": N_("to see it"),
    "copy": N_("a copy"),
    "correct": N_("a correction"),
    "add": N_("an addition"),
    "erase": N_("that it be erased"),
}
"""What may be asked for, each with its title."""
STATES = {"waiting": N_("waits"), "granted": N_("granted"), "refused": N_("refused"), "withdrawn": N_("withdrawn")}
ANSWERS = ("granted", "refused", "withdrawn")
UNDONE = ("refused", "withdrawn")
"""The answers that leave undone what was asked: they need a second person."""
WITHIN = timedelta(days=15)
"""Within which it is answered: careflow's own choice, since the law says no more than promptly."""
MOST = 1000


@dataclass(frozen=True)
class Petition:
    """One request about a child's data.

    :param kind: of :data:`KINDS`. :param said_by: who asked, as what. :param state: of :data:`STATES`.
    :param due: the day until which it is to be answered; ``late``: it is over, and nobody has answered.
    """

    ref: str
    child: str
    name: str
    kind: str
    said_by: str
    what: str
    state: str
    received_on: date
    due: date
    late: bool
    recorded_by: str
    answer: str | None
    answered_on: date | None
    answered_by: str | None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        days = {name: None if (day := getattr(self, name)) is None else day.isoformat() for name in ("received_on", "due", "answered_on")}
        return {**self.__dict__, **days}


def receive(runtime: Runtime, actor: Actor, child: str, kind: str, *, said_by: str, what: str, on: date | None = None) -> Petition:
    """Take up a request: it waits in the inbox of those who work there until it is answered.

    :param said_by: who asked, and as what. :param on: the day it came, today where nothing is said.
    :raises NotFound: ``child_unknown``. :raises Refused: ``child_erased``. :raises NotPermitted: ``not_permitted``.
    :raises Misused: ``petition_invalid``: nothing said, a day to come.
    """
    now = runtime.clock.now()
    today = civil_date(now)
    came = on or today
    if kind not in KINDS or not said_by.strip() or not what.strip() or came > today:
        hint = N_("say which (--kind), who asked and as what (--by), what is wanted (--what), and a day that is not to come (--on)")
        raise Misused("petition_invalid", N_("something is missing, or cannot be"), hint=hint)
    with runtime.db.write() as tx:
        file = child_views.get(tx, actor, child)
        _must_work(actor, file.division)
        row = {
            "petition_id": uuid7(),
            "ref": f"Q-{sequences.take(tx, 'office', 'ref/petition', 0):06}",
            "person_id": file.person_id,
            "kind": kind,
            "said_by": said_by.strip(),
            "what": what.strip(),
            "received_on": came.isoformat(),
            "due": (came + WITHIN).isoformat(),
            "recorded_at": stamp(now),
            "recorded_by": actor.login,
        }
        petitions.add(tx, row)
        _both(tx, actor, now, "petition_received", file.person_id, {"petition": row["ref"], "of": kind, "due": row["due"]})
        return _read(_find(tx, actor, str(row["ref"])), today)


def listed(runtime: Runtime, actor: Actor, *, every: bool = False) -> list[Petition]:
    """Those that wait where this account works, or all of them, by the day until which they are to be answered."""
    with runtime.db.read() as tx:
        found = petitions.listed(tx, where_requests_are_answered(actor), open_only=not every, limit=MOST)
    return [_read(row, civil_date(runtime.clock.now())) for row in found]


def answer(runtime: Runtime, actor: Actor, ref: str, state: str, text: str) -> Petition:
    """Answer one: granted, with what was done; refused, with the reason; withdrawn, with how those who asked said so.

    What leaves it undone is answered by somebody else than received it; in a training office whoever holds every role may alone, and it is marked.
    What is granted is done first (``care child edit``, ``access-report``, ``erase`` …): this answers, and changes no file.

    :raises NotFound: ``petition_unknown``. :raises NotPermitted: ``not_permitted``, ``four_eyes``. :raises Misused: ``reason_missing``.
    :raises Refused: ``petition_answered``. :raises Conflict: ``petition_changed``.
    """
    if not text.strip():
        raise Misused(
            "reason_missing", N_("what was done, why not, or how was it withdrawn?"), hint=N_("say it with --reason: it is kept, and printed in the answer")
        )
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        row = _find(tx, actor, ref)
        _must_work(actor, row["division"])
        if row["state"] != "waiting":
            hint = N_("print the answer: care child request print {ref}")
            raise Refused("petition_answered", N_("{ref} is answered already"), hint=hint, ref=row["ref"])
        alone = state in UNDONE and row["recorded_by"] in (actor.login, *actor.stands_for)
        if alone and not actor.every_role:
            hint = N_("whoever received it neither refuses it alone nor says alone that it was withdrawn: hand it to a colleague with the role")
            raise NotPermitted("four_eyes", N_("somebody else must do this: you, or for whom you stand in, did the step before it"), hint=hint)
        if not petitions.answer(tx, row["ref"], state, text.strip(), actor.login, now):
            raise Conflict("petition_changed", N_("somebody else has answered it in the meantime"), hint=N_("see: care child request list --all"))
        said = {"petition": row["ref"], "of": row["kind"], "state": state, **({"eyes": "training"} if alone else {})}
        _both(tx, actor, now, "petition_answered", row["person_id"], said)
        return _read(_find(tx, actor, ref), civil_date(now))


def to_print(runtime: Runtime, actor: Actor, ref: str) -> tuple[Petition, str, str]:
    """The answer as it is printed, the child's name, and the division that answers; that it was printed is written down.

    The name is whole, since it goes to the family; whoever may not see it so does not print it.

    :raises NotFound: ``petition_unknown``. :raises NotPermitted: ``not_permitted``, ``not_seen_whole``. :raises Refused: ``petition_waits``; ``child_erased``.
    """
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        row = _find(tx, actor, ref)
        _must_work(actor, row["division"])
        if row["state"] not in ("granted", "refused"):
            raise Refused("petition_waits", N_("{ref} has no answer"), hint=N_("answer it: care child request answer {ref}"), ref=row["ref"])
        purpose = translate(N_("the answer to the request {ref}"), ref=row["ref"])
        told = child_views.reveal(tx, actor, now, row["child"], ["name"], purpose=purpose)
        _both(tx, actor, now, "petition_printed", row["person_id"], {"petition": row["ref"]})
        return _read(row, civil_date(now)), str(told["name"]), str(row["division"])


def _must_work(actor: Actor, division: str) -> None:
    held = (actor.roles_at(division=division) - {ADMIN.name}) & KEEPERS
    if not held and not (actor.every_role and actor.sees(division=division)):
        doing = N_("handle requests about children's data")
        hint = N_("it needs a role there; see what you hold: care account show")
        raise NotPermitted("not_permitted", N_("you may not: {doing} (division {division})"), hint=hint, doing=Label(doing), division=division)


def _find(tx: Tx, actor: Actor, ref: str) -> Row:
    row = petitions.by_ref(tx, ref.strip().upper())
    if row is None or not in_scope(row["division"], actor.divisions()):
        raise NotFound("petition_unknown", N_("there is no request {ref}"), hint=N_("see: care child request list --all"), ref=ref)
    return row


def _both(tx: Tx, actor: Actor, now: datetime, kind: str, person_id: str, said: dict[str, Any]) -> None:
    for stream in (journal.account_stream(actor.account_id or actor.login, now), journal.person_stream(person_id)):
        journal.append(tx, stream, actor.login, kind, said, now, subject=person_id)


def _read(row: Row, today: date) -> Petition:
    due = date.fromisoformat(row["due"])
    return Petition(
        row["ref"],
        row["child"],
        masking.name(row["name"]) or "",
        row["kind"],
        row["said_by"],
        row["what"],
        row["state"],
        date.fromisoformat(row["received_on"]),
        due,
        row["state"] == "waiting" and due < today,
        row["recorded_by"],
        row["answer"],
        None if row["answered_at"] is None else civil_date(unstamp(row["answered_at"])),
        row["answered_by"],
    )
