"""A child moves to another township: its file is offered or asked for, and the other side accepts or refuses, with a reason.

Until it is accepted, the township that asks sees what it knew before: name and number, and nothing of the file. With the acceptance the file is the new
township's, and the child's open cases become what their workflows say (``moving``); closed ones, with their papers, stay readable where they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workflow_core.access import masking
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, unstamp
from workflow_core.definition import SUPERVISOR
from workflow_core.engine.answers_due import MOST_LISTED, seats_of
from workflow_core.engine.moving import Fate, Move, carry
from workflow_core.engine.runtime import OVERSEERS, Runtime, not_permitted
from workflow_core.engine.tasking import need_reason
from workflow_core.errors import Conflict, Misused, NotFound, NotPermitted, Refused
from workflow_core.i18n import N_
from workflow_core.records import child_views, divisions, transfers, values
from workflow_core.records.child_batch import FileBatch
from workflow_core.records.child_file import ChildFile, in_scope, read_files
from workflow_core.records.transfers import answers, asks, township_of
from workflow_core.store import facts, journal, places
from workflow_core.store import people as people_rows
from workflow_core.store import transfers as rows
from workflow_core.store.again import again
from workflow_core.store.database import Row, Tx

ATTEMPTS = 3
"""So often an acceptance is tried at once when somebody is just changing the file, or one of the cases."""
ACCEPTED = N_("A child's file has come from another township: care child transfer list --all")
GIVEN = N_("The child's file that was offered was taken over: care child transfer list --all")
REFUSED = N_("The transfer of a child's file was refused: care child transfer list --all")
LAPSED = N_("the file has moved to another township")


@dataclass(frozen=True)
class Transfer:
    """A transfer as a list shows it.

    :param kind: ``ask`` (by the township that wants the file) or ``offer`` (by the one that keeps it). :param state: ``waiting``, ``accepted``, ``refused``,
        ``withdrawn``, ``lapsed``. :param mine: whether it waits for the answer of this account.
    :param child: the reference, for those who see the file. :param name: masked; :param national_id: masked.
    :param days: how many days it has waited; :param late: whether these are more than the office allows.
    """

    ref: str
    kind: str
    state: str
    mine: bool
    child: str | None
    name: str
    national_id: str
    from_division: str
    to_division: str
    reason: str
    asked_at: str
    asked_by: str
    days: int
    late: bool
    answer: str | None
    answered_at: str | None
    answered_by: str | None

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Transferred:
    """An accepted transfer, and what became of each of the child's open cases."""

    transfer: Transfer
    cases: tuple[Fate, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"transfer": self.transfer.as_dict(), "cases": [one.as_dict() for one in self.cases]}


def ask(runtime: Runtime, actor: Actor, national_id: str, name: str, to: str, reason: str) -> Transfer:
    """Ask the township that keeps a child's file for it. Both number and name must be known; asked twice it is the same request.

    :param to: the code of the township that asks, or of a village in it.
    :raises NotFound: ``child_unknown``: there is no such child elsewhere; also where the name is another. :raises NotPermitted: ``not_permitted``.
    :raises Refused: ``transfer_offered``. :raises Misused: ``not_a_township``, the reason is missing.
    """
    need_reason(reason)
    now = runtime.clock.now()

    def step() -> Transfer:
        with runtime.db.write() as tx:
            demand(actor, to)
            _must_be_township(tx, to)
            number = values.national_id(national_id)
            if not isinstance(number, str):
                raise _no_number(number)
            said = {"national_id": number, "name": values.name(name), "to_division": to, "reason": reason.strip()}
            return _shown(runtime, tx, actor, transfers.request(tx, actor.login, now, **said, scope=[township_of(to)]))

    return again(runtime.db, step)


def _no_number(fault: values.Fault | None) -> Misused:
    if fault == values.ID_CHECK_DIGIT:
        hint = N_("check it against the household register or the card")
        return Misused("id_check_digit", N_("the ID number's check digit is wrong: a sign is mistyped"), hint=hint)
    return Misused("id_unreadable", N_("that is no ID number"), hint=N_("18 signs, as the child's own papers have them"))


def offer(runtime: Runtime, actor: Actor, child: str, to: str, reason: str) -> Transfer:
    """Offer a child's file to another township; offered twice it is the same offer.

    :param child: its reference. :param to: the code of the township that is to take it.
    :raises NotFound: ``child_unknown``. :raises NotPermitted: ``not_permitted``. :raises Refused: ``same_township``, ``transfer_asked``.
    :raises Misused: ``not_a_township``, the reason is missing.
    """
    need_reason(reason)
    now = runtime.clock.now()

    def step() -> Transfer:
        with runtime.db.write() as tx:
            file = child_views.get(tx, actor, child)
            demand(actor, file.division)
            _must_be_township(tx, to)
            if township_of(file.division) == township_of(to):
                hint = N_("within a township the file is corrected: care child edit {ref} --township {to}")
                raise Refused("same_township", N_("{ref} is on file in that township already"), hint=hint, ref=file.ref, to=to)
            held = {"person_id": file.person_id, "division": file.division}
            return _shown(runtime, tx, actor, transfers.offer(tx, actor.login, now, held, to_division=to, reason=reason.strip()))

    return again(runtime.db, step)


def listed(runtime: Runtime, actor: Actor, *, every: bool = False) -> list[Transfer]:
    """The transfers that this account may answer or has to do with, the oldest first.

    :param every: also those that were answered.
    """
    with runtime.db.read() as tx:
        found = rows.listed(tx, seats_of(actor), open_only=not every, limit=MOST_LISTED)
        return [_transfer(runtime, actor, row) for row in found]


def accept(runtime: Runtime, actor: Actor, ref: str) -> Transferred:
    """Accept a transfer: the file and the cases move, all at once or not at all. Of two who accept it at once, one does.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_permitted``: it is not for this account to answer.
    :raises Conflict: ``transfer_answered``; ``case_changed``, ``file_changed``: somebody works on the child's file or cases at this moment.
    """
    for attempt in range(ATTEMPTS):
        try:
            return again(runtime.db, lambda: _accept(runtime, actor, ref))
        except Conflict as error:
            if attempt == ATTEMPTS - 1 or error.code not in ("case_changed", "file_changed"):
                raise
    raise AssertionError("unreachable")  # pragma: no cover


def _accept(runtime: Runtime, actor: Actor, ref: str) -> Transferred:
    now = runtime.clock.now()
    with runtime.committing(), runtime.db.write() as tx:
        row = _answerable(tx, actor, ref)
        kept_in = rows.hold_person(tx, row["person_id"])  # nobody opens a case about the child, or moves it, until this is done
        _answer(tx, actor, row, "accepted", None, now)
        found = people_rows.child_by_id(tx, row["person_id"])
        if found is None or township_of(kept_in) != township_of(row["from_division"]):
            hint = N_("withdraw it: care child transfer withdraw {ref} --reason …; and begin anew")
            raise Refused("file_moved", N_("the file is no longer kept in the township that {ref} names"), hint=hint, ref=ref)
        (file,) = read_files(tx, [found])
        move = _move_file(tx, actor, file, row, now)
        fates = carry(runtime, tx, actor, move, now)
        about = {"transfer": ref, "from": file.division, "to": move.new, "cases": {one.ref: one.became for one in fates}}
        journal.append(tx, journal.person_stream(file.person_id), actor.login, "transfer_accepted", about, now, subject=file.person_id)
        _others(tx, actor, row, now)
        transfers.tell(tx, SUPERVISOR, asks(row), ref, ACCEPTED if row["kind"] == "ask" else GIVEN, "answered", now)
        return Transferred(_shown(runtime, tx, actor, ref), tuple(fates))


def refuse(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Transfer:
    """Refuse a transfer, with a reason that those who began it read.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_permitted``. :raises Conflict: ``transfer_answered``.
    """
    need_reason(reason)
    return again(runtime.db, lambda: _close(runtime, actor, ref, "refused", reason))


def withdraw(runtime: Runtime, actor: Actor, ref: str, reason: str) -> Transfer:
    """Take back what one has asked or offered oneself, before it is answered.

    :raises NotFound: ``transfer_unknown``. :raises NotPermitted: ``not_permitted``. :raises Conflict: ``transfer_answered``.
    """
    need_reason(reason)
    return again(runtime.db, lambda: _close(runtime, actor, ref, "withdrawn", reason))


def remind(runtime: Runtime) -> int:
    """Tell those again who leave a transfer unanswered; how many transfers."""
    now, done = runtime.clock.now(), 0

    def some() -> int:
        with runtime.db.write() as tx:
            return transfers.tell_again(tx, now, runtime.transfer_days)

    with runtime.db.read() as tx:
        silent = bool(rows.silent(tx, now - timedelta(days=runtime.transfer_days), 1))
    while silent:
        count = again(runtime.db, some)
        done, silent = done + count, count == transfers.MOST
    return done


# -- What they are made of


def _close(runtime: Runtime, actor: Actor, ref: str, state: str, reason: str) -> Transfer:
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        row = _answerable(tx, actor, ref) if state == "refused" else _own(tx, actor, ref)
        taken = rows.take_back(tx, row, reason.strip(), now) if state == "withdrawn" else None
        if taken is not None:
            if not taken:
                raise _answered(ref)
            return _shown(runtime, tx, actor, ref)
        said = {"transfer": ref, "from": row["from_division"], "to": row["to_division"], "reason": reason.strip()}
        stream = journal.person_stream(row["person_id"])  # what is written beside the answer comes first: at a desk a file that is refused leaves sight
        journal.append(tx, stream, actor.login, "transfer_refused" if state == "refused" else "transfer_withdrawn", said, now, subject=row["person_id"])
        if state == "refused":
            transfers.tell(tx, SUPERVISOR, asks(row), ref, REFUSED, "answered", now)
        _answer(tx, actor, row, state, reason.strip(), now)
        return _shown(runtime, tx, actor, ref)


def _answer(tx: Tx, actor: Actor, row: Row, state: str, text: str | None, now: datetime) -> None:
    if not rows.answer(tx, row["ref"], state, text, actor.login, now):
        raise _answered(row["ref"])


def _answered(ref: str) -> Conflict:
    return Conflict("transfer_answered", N_("{ref} was answered already"), hint=N_("see: care child transfer list --all"), ref=ref)


def _move_file(tx: Tx, actor: Actor, file: ChildFile, row: Row, now: datetime) -> Move:
    """The file goes to the new division. What was true of the old place alone ends; the journal keeps it."""
    old, new = township_of(file.division), str(row["to_division"])
    changes: dict[str, Any] = {"division": new}
    leaves = [name for name in ("village", "address") if getattr(file, name) is not None]
    school = None if file.school_id is None else places.by_id(tx, file.school_id)
    stays = school is not None and township_of(school["division"]) != old  # a school of the county town, or of the new township, stays the child's
    if school is not None and not stays:
        leaves += [name for name in ("school", "class_name", "boards") if name == "school" or getattr(file, name) is not None]
    batch = FileBatch(tx, actor.login, now, township_of(new))
    batch.change(file, {**changes, **dict.fromkeys(leaves)}, origin={"origin": "transfer", "transfer": row["ref"], "reason": row["reason"]})
    batch.flush()
    named = {one: facts.division(tx, one).name for one in (row["from_division"], new)}
    school_id = file.school_id if stays else None
    return Move(file.person_id, old, named[row["from_division"]], new, named[new], school_id, row["ref"], row["reason"])


def _others(tx: Tx, actor: Actor, row: Row, now: datetime) -> None:
    """What else waited for the file: who asks for it asks the township that keeps it now; the rest has lapsed."""
    keeper = row["to_division"]
    for other in rows.others(tx, row["person_id"], row["ref"]):
        if other["kind"] == "ask" and township_of(other["to_division"]) != township_of(keeper):
            rows.readdress(tx, other["ref"], keeper)
            transfers.tell(tx, SUPERVISOR, keeper, other["ref"], transfers.ASKED, f"to{keeper}", now)
            continue
        rows.answer(tx, other["ref"], "lapsed", LAPSED, actor.login, now)
        said = {"transfer": other["ref"], "from": other["from_division"], "to": other["to_division"]}
        journal.append(tx, journal.person_stream(row["person_id"]), actor.login, "transfer_lapsed", said, now, subject=row["person_id"])


def sits(actor: Actor, division: str) -> bool:
    """Whether an account answers for what lies in a division."""
    return any(actor.may(role.name, division=division) for role in OVERSEERS)


def demand(actor: Actor, division: str) -> None:
    """Refuse an account that does not.

    :raises NotPermitted: ``not_permitted``.
    """
    if not sits(actor, division):
        raise not_permitted(OVERSEERS)


def _found(tx: Tx, actor: Actor, ref: str) -> Row:
    row = rows.by_ref(tx, ref.strip().upper())
    if row is None or row["case_id"] is not None or not (sits(actor, row["from_division"]) or sits(actor, row["to_division"])):
        raise NotFound("transfer_unknown", N_("there is no transfer {ref}"), hint=N_("see: care child transfer list"), ref=ref)
    return row


def _answerable(tx: Tx, actor: Actor, ref: str) -> Row:
    row = _found(tx, actor, ref)
    if not sits(actor, answers(row)):
        message, hint = N_("{ref} is for the other township to answer"), N_("take back what your own has begun: care child transfer withdraw {ref} --reason …")
        raise NotPermitted("not_yours_to_answer", message, hint=hint, ref=row["ref"])
    return row


def _own(tx: Tx, actor: Actor, ref: str) -> Row:
    row = _found(tx, actor, ref)
    demand(actor, asks(row))
    return row


def _must_be_township(tx: Tx, code: str) -> None:
    line = divisions.line(tx, code)
    if not line or line[-1].code != code or line[-1].level not in ("township", "village"):
        message, hint = N_("{division} is no township of this office"), N_("a child's file is kept in a township: care division find NAME")
        raise Misused("not_a_township", message, hint=hint, division=code)


def _shown(runtime: Runtime, tx: Tx, actor: Actor, ref: str) -> Transfer:
    row = rows.by_ref(tx, ref)
    if row is None:
        raise RuntimeError("the transfer was written in this very transaction")
    return _transfer(runtime, actor, row)


def _transfer(runtime: Runtime, actor: Actor, row: Row) -> Transfer:
    now, scope = runtime.clock.now(), actor.divisions()
    until = now if row["state"] == "waiting" or row["answered_at"] is None else unstamp(row["answered_at"])
    days = (civil_date(until) - civil_date(unstamp(row["asked_at"]))).days
    open_ = row["state"] == "waiting"
    mine = open_ and sits(actor, answers(row))

    def said(words: str | None) -> str | None:
        return words if mine or words is None else masking.words(words, [row["name"]])

    return Transfer(
        ref=row["ref"],
        kind=row["kind"],
        state=row["state"],
        mine=mine,
        child=row["child"] if row["kept_in"] is not None and in_scope(row["kept_in"], scope) else None,
        name=masking.name(row["name"]) or "",
        national_id=masking.national_id(row["national_id"]) or "",
        from_division=row["from_division"],
        to_division=row["to_division"],
        reason=said(row["reason"]) or "",
        asked_at=row["asked_at"],
        asked_by=row["asked_by"],
        days=days,
        late=open_ and days >= runtime.transfer_days,
        answer=said(row["answer"]),
        answered_at=row["answered_at"],
        answered_by=row["answered_by"],
    )
