"""What the use of a child's personal data rests on: what guardians consented to, refused and withdrew, and what of it counts today.

What was said is only ever added to. The latest of it, by the day it was said, decides; of one day the one recorded last.
(个人信息保护法 13, 15, 29, 31; 未成年人保护法 72; the child's own voice: 未成年人保护法 4, 民法典 19, from eight years.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date, stamp
from workflow_core.definition import Consent
from workflow_core.errors import Misused, NotFound, Problem, Refused
from workflow_core.i18n import N_, Label
from workflow_core.store import consents as rows
from workflow_core.store import journal, journal_bulk, people
from workflow_core.store.database import Row, Tx

Basis: TypeAlias = Literal["consent", "statutory_duty", "emergency"]
Standing: TypeAlias = Literal["holds", "not_needed", "missing", "refused", "withdrawn", "expired", "older_notice"]
No: TypeAlias = Literal["refused", "withdrawn"]
TIES = ("guardian", "father", "mother")
"""Who may consent: a guardian, and the parents, who are guardians by law (民法典 27)."""
THE_CHILD = "child"
"""Who else may refuse and withdraw (未成年人网络保护条例 34)."""
GUARDIANS_BY_LAW = ("father", "mother", "parent", "grandparent", "sibling", "relative")
"""The kinships of whoever may be a guardian without somebody's leave; anybody else needs it, and is entered as guardian first (民法典 27)."""


@dataclass(frozen=True)
class Saying:
    """What a guardian said, as it is handed in.

    :param on: the day it was said.
    :param by: who on file: ``guardian``, ``father``, ``mother``, or the person's reference; ``child`` for what the child itself refuses or withdraws.
    :param named, kin: the name of a guardian who is not on file, and how he is related to the child (``GUARDIANS_BY_LAW``).
    :param notice: the version of the notice he was shown.
    :param child: what the child says itself: ``agrees``, ``disagrees``; empty where it was not asked.
    :param evidence: the digest of a file; :param paper: the signed paper lies in the office.
    :param expires: the last day on which it counts; None: without end.
    :param basis: other than ``consent``: nobody consented, and ``reason`` says why none is needed.
    """

    on: date
    by: str = ""
    named: str = ""
    kin: str = ""
    notice: str = ""
    child: str = ""
    evidence: str | None = None
    paper: bool = False
    expires: date | None = None
    basis: Basis = "consent"
    reason: str = ""


def same_or_newer(notice: str | None, wanted: str) -> bool:
    """Whether a notice tells what ``wanted`` tells, or more: the same words around its numbers, and the numbers not lower. ``2026-2`` after ``2026-1``."""
    ours, theirs = _parts(notice or ""), _parts(wanted)
    return ours[0] == theirs[0] and ours[1] >= theirs[1]


def _parts(notice: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    found = re.split(r"([0-9]+)", notice.strip().casefold())
    return tuple(found[::2]), tuple(int(digits) for digits in found[1::2])


def of_purpose(entries: Iterable[Row], program: str, consent: Consent) -> list[Row]:
    """What was said of one purpose, by the day it was said."""
    return sorted((one for one in entries if one["program"] == program and one["name"] == consent.name), key=lambda one: (one["said_on"], one["n"]))


def standing(entries: Iterable[Row], program: str, consent: Consent, today: date) -> Standing:
    """What a purpose rests on for a child today.

    :param entries: all that was said for the child.
    """
    if consent.basis == "statutory_duty":
        return "not_needed"
    said = of_purpose(entries, program, consent)
    other = [one for one in said if one["basis"] != "consent" and one["said_on"] <= today.isoformat() <= (one["expires"] or "9999")]
    if other:
        return "holds"
    latest = next((one for one in reversed(said) if one["basis"] == "consent" and one["said_on"] <= today.isoformat()), None)
    if latest is None:
        return "missing"
    if latest["said"] != "given":
        return "refused" if latest["said"] == "refused" else "withdrawn"
    if latest["expires"] is not None and latest["expires"] < today.isoformat():
        return "expired"
    if not same_or_newer(latest["notice"], consent.notice):
        return "older_notice"
    return "holds"


def holds(entries: Iterable[Row], program: str, consent: Consent, today: date) -> bool:
    """Whether a child's data may be used for a purpose today."""
    return standing(entries, program, consent, today) in ("holds", "not_needed")


# ------------------------------------------------------------------ recording


def give(tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, saying: Saying) -> dict[str, Any]:
    """Record that a guardian consented; or, with another basis, why nobody need.

    :param child: of ``store.consents.children``.
    :returns: the row as it is stored, without its number.
    :raises Refused: ``not_guardian``, ``child_voice_missing``, ``notice_old`` …: what is wrong; ``consent_invalid`` with each, where it is several things.
    """
    problems = _of_days(saying, child, civil_date(now))
    if saying.basis == "consent":
        by, more = _guardian(tx, child, saying)
        problems += more + _of_notice(consent, saying.notice) + _of_voice(consent, child, saying)
        if saying.evidence is None and not saying.paper:
            problems.append(
                Problem("evidence_missing", N_("nothing shows that he consented"), "evidence", N_("hand in the file, or say that the paper is on file"))
            )
    else:
        by = None
        if not saying.reason.strip():
            problems.append(Problem("reason_missing", N_("why is no consent needed?"), "reason", N_("say what the emergency is, or which law asks for it")))
        if saying.expires is None:
            problems.append(
                Problem("end_missing", N_("until when does it hold?"), "expires", N_("without a consent it holds for a time only: say the last day"))
            )
    _tell(problems)
    return _record(tx, actor, now, child, program, consent, "given", saying, by)


def refuse(tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, saying: Saying) -> dict[str, Any]:
    """Record that a guardian, or the child itself, refused.

    :raises Refused: ``not_guardian`` …; ``consent_invalid``.
    """
    return _no(tx, actor, now, child, program, consent, "refused", saying)


def withdraw(tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, saying: Saying) -> dict[str, Any]:
    """Record that a guardian, or the child itself, withdrew. What rests on it is the engine's to stop.

    :raises Refused: ``not_guardian`` …; ``consent_invalid``.
    """
    return _no(tx, actor, now, child, program, consent, "withdrawn", saying)


def refused_on_sheet(
    tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, said: Literal["refused", "withdrawn"], origin: str
) -> None:
    """Record the no of a sheet's row, which names nobody.

    :param origin: the sheet's file.
    """
    saying = Saying(civil_date(now), notice=consent.notice, paper=True, reason=origin)
    _record(tx, actor, now, child, program, consent, said, saying, None)


def attest(tx: Tx, actor: Actor, now: datetime, children: Sequence[Row], program: str, consent: Consent, notice: str, origin: str = "") -> None:
    """Record for each of these children that its guardian's signed consent, and from ``child_from`` on the child's own, lies in the office on paper.

    :param notice: the version that was signed; the caller has asked ``need_notice``.
    :param origin: the list or sheet.
    """
    today = civil_date(now)
    found = []
    for child in children:
        voice = "agrees" if _years(child, today) >= consent.child_from else ""
        found.append(_row(child, program, consent, "given", Saying(today, notice=notice, child=voice, paper=True, reason=origin), None, actor, now, attested=1))
    rows.add(tx, found)
    by_child = {child["person_id"]: child for child in children}
    entries = [
        journal_bulk.Entry(journal.person_stream(row["person_id"]), "consent_given", _told(row, None), by_child[row["person_id"]]["person_id"]) for row in found
    ]
    journal_bulk.append_many(tx, actor.login, entries, now)


def attested(tx: Tx, actor: Actor, now: datetime, program: str, consent: Consent, notice: str, count: int, origin: str) -> None:
    """Record, with the account that did it, that signed consents were attested for a list of children."""
    said = {"program": program, "consent": consent.name, "notice": notice, "children": count, "list": origin}
    journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "consents_attested", said, now)


def need_notice(consent: Consent, notice: str) -> None:
    """See that consents to this version of the notice count.

    :raises Refused: ``notice_missing``, ``notice_other``, ``notice_old``.
    """
    _tell(_of_notice(consent, notice))


def _no(tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, said: No, saying: Saying) -> dict[str, Any]:
    problems = _of_days(saying, child, civil_date(now))
    by = None
    if saying.by != THE_CHILD:
        by, more = _guardian(tx, child, saying)
        problems += more
    _tell(problems)
    return _record(tx, actor, now, child, program, consent, said, saying, by)


def _record(tx: Tx, actor: Actor, now: datetime, child: Row, program: str, consent: Consent, said: str, saying: Saying, by: Row | None) -> dict[str, Any]:
    row = _row(child, program, consent, said, saying, by, actor, now)
    rows.add(tx, [row])
    journal.append(tx, journal.person_stream(child["person_id"]), actor.login, f"consent_{said}", _told(row, by), now, subject=child["person_id"])
    return row


def _row(
    child: Row, program: str, consent: Consent, said: str, saying: Saying, by: Row | None, actor: Actor, now: datetime, *, attested: int = 0
) -> dict[str, Any]:
    return {
        "person_id": child["person_id"],
        "program": program,
        "name": consent.name,
        "said": said,
        "basis": saying.basis,
        "notice": saying.notice.strip() or (consent.notice if said != "given" else None),
        "given_by": None if by is None else by["other_id"],
        "given_name": saying.named.strip() or None,
        "given_kin": saying.kin or None,
        "child_said": "disagrees" if saying.by == THE_CHILD else saying.child or None,
        "said_on": saying.on.isoformat(),
        "evidence": saying.evidence,
        "on_paper": int(saying.paper),
        "attested": attested,
        "expires": None if saying.expires is None else saying.expires.isoformat(),
        "reason": saying.reason.strip() or None,
        "recorded_at": stamp(now),
        "recorded_by": actor.login,
    }


_NOT_TOLD = ("person_id", "given_by", "given_name", "recorded_at", "recorded_by")


def _told(row: Mapping[str, Any], by: Row | None) -> dict[str, Any]:
    """The entry in the journal: the guardian's name under the name that is masked, the consent's under one that is not."""
    said = {"consent" if name == "name" else name: value for name, value in row.items() if name not in _NOT_TOLD and value not in (None, 0)}
    who = {"guardian": row["given_name"]} if row["given_name"] else {} if by is None else {"by": by["ref"]}
    return {**said, **who}


# ------------------------------------------------------------------ what can be wrong


def _guardian(tx: Tx, child: Row, saying: Saying) -> tuple[Row | None, list[Problem]]:
    """The tie on file of whoever said it; None where he is not on file, or is no guardian."""
    if saying.by and saying.named:
        return None, [Problem("guardian_twice", N_("say who on file it was, or the name of somebody who is not on file: not both"), "by")]
    if saying.named:
        if saying.kin in GUARDIANS_BY_LAW:
            return None, []
        message = N_("somebody who is not on file must be next of kin to be the guardian")
        hint = N_("say how: {kinds}; anybody else is entered as guardian first: `care child relate {child} guardian`")
        return None, [Problem("not_guardian", message, "kin", hint, {"kinds": ", ".join(GUARDIANS_BY_LAW), "child": child["ref"]})]
    if not saying.by:
        hint = N_("say {ties}, a person's reference, or the name of somebody who is not on file")
        return None, [Problem("guardian_missing", N_("who said it?"), "by", hint, {"ties": ", ".join(TIES)})]
    word = saying.by.strip()
    ties = people.relations(tx, [child["person_id"]]).get(child["person_id"], [])
    found = next((tie for tie in ties if word in (tie["kind"], tie["ref"]) or word.upper() == tie["ref"]), None)
    if found is not None:
        return found, []
    if word in TIES:
        message, hint = N_("{child} has no {kind} on file"), N_("enter the tie first: `care child relate {child} {word}`; or name who it was")
        return None, [Problem("not_guardian", message, "by", hint, {"child": child["ref"], "kind": Label(word), "word": word})]
    message, hint = (
        N_("this person is no guardian of {child}"),
        N_("who may consent: see `care child show {child}`; a new guardian: `care child relate {child} guardian`"),
    )
    return None, [Problem("not_guardian", message, "by", hint, {"child": child["ref"]})]


def _of_days(saying: Saying, child: Row, today: date) -> list[Problem]:
    found = []
    if saying.on > today:
        found.append(Problem("in_future", N_("that day is still to come"), "on", N_("today is {today}"), {"today": today.isoformat()}))
    if child["born_on"] is not None and saying.on.isoformat() < child["born_on"]:
        found.append(Problem("before_birth", N_("that day lies before the child's birth"), "on"))
    if saying.expires is not None and saying.expires < saying.on:
        found.append(Problem("ends_before", N_("it would end before it began"), "expires"))
    return found


def _of_notice(consent: Consent, notice: str) -> list[Problem]:
    values = {"notice": notice.strip(), "wanted": consent.notice}
    if not notice.strip():
        return [Problem("notice_missing", N_("which version of the notice was signed?"), "notice", N_("the one in use is {wanted}"), values)]
    if _parts(notice)[0] != _parts(consent.notice)[0]:
        return [Problem("notice_other", N_("{notice} is not a version of this notice"), "notice", N_("the one in use is {wanted}"), values)]
    if not same_or_newer(notice, consent.notice):
        hint = N_("the one in use is {wanted}: a consent to an older one does not cover what is new in it; have it signed anew")
        return [Problem("notice_old", N_("the notice {notice} is no longer in use"), "notice", hint, values)]
    return []


def _of_voice(consent: Consent, child: Row, saying: Saying) -> list[Problem]:
    if saying.child == "disagrees":
        hint = N_("record it as refused: `care consent refuse {child} {consent} --by child`")
        return [Problem("child_disagrees", N_("the child does not agree"), "child", hint, {"child": child["ref"], "consent": consent.name})]
    if not saying.child and _years(child, saying.on) >= consent.child_from:
        message, hint = N_("the child is {years} or older: what does it say itself?"), N_("ask the child, and say what it answers")
        return [Problem("child_voice_missing", message, "child", hint, {"years": consent.child_from})]
    return []


def _years(child: Row, on: date) -> int:
    """Completed years; 0 where the birth date is not known: then nobody can ask for its voice."""
    if child["born_on"] is None:
        return 0
    born = date.fromisoformat(child["born_on"])
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _tell(problems: Sequence[Problem]) -> None:
    if len(problems) == 1:
        (one,) = problems
        raise Refused(one.code, one.message, hint=one.hint, **dict(one.values))
    if problems:
        raise Refused("consent_invalid", N_("this cannot be recorded"), hint=N_("nothing was written"), problems=problems)


# ------------------------------------------------------------------ finding


def child_of(tx: Tx, actor: Actor, ref: str) -> Row:
    """A child in the actor's sight; where its file was put into another, that one.

    :raises NotFound: ``child_unknown``.
    """
    row: Any = people.child_by_ref(tx, ref.strip().upper())
    while row is not None and row["merged_into"] is not None:
        row = people.child_by_id(tx, row["merged_into"])
    if row is None or not actor.sees(division=row["division"], place_id=row["school"]):
        raise NotFound("child_unknown", N_("there is no child {ref} on file"), hint=N_("look for it: care child find TEXT"), ref=ref)
    found: Row = row
    return found


def purpose(found: Sequence[tuple[str, Consent]], name: str) -> tuple[str, Consent]:
    """The program and the consent that are meant by ``consent`` or ``program.consent``.

    :param found: every consent of the programs that are installed.
    :raises NotFound: ``consent_unknown``.
    :raises Misused: ``consent_ambiguous``: several programs have one of that name.
    """
    wanted = name.strip().replace("-", "_")
    known = {f"{program}.{consent.name}": (program, consent) for program, consent in found}
    meant = [one for full, one in known.items() if wanted in (full, one[1].name, *([one[0]] if sum(p == one[0] for p, _ in known.values()) == 1 else []))]
    if len(meant) == 1:
        return meant[0]
    names = ", ".join(sorted(known))
    if meant:
        raise Misused("consent_ambiguous", N_("several programs ask for a consent {name}"), hint=N_("name one of: {names}"), name=name, names=names)
    raise NotFound("consent_unknown", N_("no program asks for a consent {name}"), hint=N_("one of: {names}"), name=name, names=names)
