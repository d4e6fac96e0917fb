"""The life of a paper: draft → signed → served → answered; void from any of them. Pure rules; the engine carries them out, the store keeps them.

What was signed never changes: its content is kept, and a digest over all that was signed. A number that was given stays with its paper, also when it is void.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from workflow_core.definition import Document
from workflow_core.errors import Misused, Problem, Refused
from workflow_core.i18n import N_

State: TypeAlias = Literal["draft", "signed", "served", "answered", "void"]
Action: TypeAlias = Literal["sign", "serve", "correct_receipt", "answer", "void"]

_NEXT: Mapping[tuple[str, str], State] = {
    ("draft", "sign"): "signed",
    ("signed", "serve"): "served",
    ("served", "correct_receipt"): "served",
    ("answered", "correct_receipt"): "answered",
    ("served", "answer"): "answered",
    ("draft", "void"): "void",
    ("signed", "void"): "void",
    ("served", "void"): "void",
    ("answered", "void"): "void",
}
_WHY = {
    "void": ("paper_void", N_("the paper is void"), N_("draft a new one: `care document draft {case} {name}`")),
    "draft": ("paper_not_signed", N_("the paper has not been signed"), N_("sign it first: `care document sign {paper}`")),
    "signed": ("paper_not_served", N_("the paper has not been served"), N_("enter its receipt first: `care document serve {paper} --on DATE`")),
    "served": ("paper_served", N_("the paper has been served already"), N_("to correct its receipt, serve it again with --reason")),
    "answered": ("paper_answered", N_("the paper has been answered already"), N_("what else came is a note: `care case note {case} TEXT`")),
}


def after(state: str, action: Action, document: Document | None = None, *, ref: str = "CASE.pN") -> State:
    """The state after an action.

    :param document: its definition, where the program is there: a paper may be for drafting only, or without service.
    :param ref: the paper's reference, for the hints.
    :raises Refused: ``paper_void``, ``paper_not_signed``, ``paper_signed``, ``paper_not_served``, ``paper_served``, ``paper_answered``, ``draft_only``,
        ``not_served_ever``.
    """
    if document is not None and action != "void" and state == "draft" and document.unsigned:
        hint = N_("print it: `care document print {paper} --to FILE.html`")
        raise Refused("draft_only", N_("nobody signs this paper: it is complete as it is printed"), hint=hint, paper=ref)
    if document is not None and action != "void" and state == "draft" and document.draft_only:
        raise Refused(
            "draft_only",
            N_("this paper is a draft for a person to take further; nobody signs it here"),
            hint=N_("print it, and a person decides: `care document print {paper}`"),
            paper=ref,
        )
    if document is not None and action in ("serve", "correct_receipt", "answer") and not document.served_with_receipt:
        raise Refused(
            "not_served_ever",
            N_("this paper is not served with a receipt"),
            hint=N_("attach what came back: `care case attach {case} FILE`"),
            case=ref.rpartition(".")[0],
        )
    found = _NEXT.get((state, action))
    if found is not None:
        return found
    if action == "sign" and state in ("signed", "served", "answered"):
        hint = N_("if it is wrong, void it and draft a new one: `care document void {paper} --reason …`")
        raise Refused("paper_signed", N_("the paper has been signed already: it keeps its number"), hint=hint, paper=ref)
    code, message, hint = _WHY[state]
    raise Refused(code, message, hint=hint, paper=ref, case=ref.rpartition(".")[0], name="NAME" if document is None else document.name)


@dataclass(frozen=True)
class Receipt:
    """What a receipt (送达回证) says.

    :param served_on: the day of delivery: the clock runs from it.
    :param place: where; :param at: the hour, as written.
    :param received_by: who signed for it; empty where it was refused.
    :param relation: what the receiver is to the addressee; empty for the addressee.
    :param servers: who delivered it.
    :param refused: acceptance was refused; then :param why_refused: and two :param witnesses:.
    :param scan: the digest of the scanned receipt.
    """

    served_on: date
    place: str
    received_by: str = ""
    relation: str = ""
    at: str = ""
    servers: Sequence[str] = field(default_factory=tuple)
    refused: bool = False
    why_refused: str = ""
    witnesses: Sequence[str] = field(default_factory=tuple)
    scan: str = ""

    def values(self) -> dict[str, Any]:
        """As JSON's own types, for the store."""
        return {**self.__dict__, "served_on": self.served_on.isoformat(), "servers": list(self.servers), "witnesses": list(self.witnesses)}


def check_receipt(receipt: Receipt, signed_on: date | None, today: date, answered_on: date | None = None) -> None:
    """Whether a receipt can be true; all that is wrong at once.

    :param signed_on: when the paper was signed; None where it never was.
    :param answered_on: when it was answered, where the receipt of an answered paper is corrected.
    :raises Refused: ``paper_not_signed``.
    :raises Misused: ``receipt_invalid``, with ``receipt_before_signing``, ``receipt_in_future``, ``receipt_after_answer``, ``place_missing``,
        ``receiver_missing``, ``server_missing``, ``witnesses_missing``, ``witness_is_server``, ``refusal_reason_missing``, ``refused_and_received``.
    """
    if signed_on is None:
        code, message, hint = _WHY["draft"]
        raise Refused(code, message, hint=hint, paper="CASE.pN")
    servers, witnesses = _names(receipt.servers), _names(receipt.witnesses)
    wrong: list[tuple[bool, str, str, str, str]] = [
        (receipt.served_on < signed_on, "receipt_before_signing", "served_on", N_("the receipt is dated before the signature"), N_("signed on {signed}")),
        (receipt.served_on > today, "receipt_in_future", "served_on", N_("the receipt is dated in the future"), N_("enter it when it has come back")),
        (
            answered_on is not None and receipt.served_on > answered_on,
            "receipt_after_answer",
            "served_on",
            N_("the receipt is dated after the answer"),
            N_("answered on {answered}"),
        ),
        (not receipt.place.strip(), "place_missing", "place", N_("the receipt does not say where"), N_("--place: where it was delivered")),
        (not servers, "server_missing", "servers", N_("the receipt does not say who delivered it"), N_("--by: the name of whoever delivered it")),
        (
            not receipt.refused and not receipt.received_by.strip(),
            "receiver_missing",
            "received_by",
            N_("nobody signed for it"),
            N_("--received-by: who did; where it was refused: --refused, --why, and --witness twice"),
        ),
        (
            receipt.refused and bool(receipt.received_by.strip()),
            "refused_and_received",
            "refused",
            N_("it cannot be both refused and signed for"),
            N_("leave out --refused, or --received-by"),
        ),
        (
            receipt.refused and len(witnesses) < 2,
            "witnesses_missing",
            "witnesses",
            N_("a refusal needs two witnesses"),
            N_("--witness, said for each of two different persons"),
        ),
        (
            receipt.refused and bool(servers & witnesses),
            "witness_is_server",
            "witnesses",
            N_("whoever delivered it is no witness"),
            N_("--witness: two others sign"),
        ),
        (
            receipt.refused and not receipt.why_refused.strip(),
            "refusal_reason_missing",
            "why_refused",
            N_("the receipt does not say why it was refused"),
            N_("--why: as the receipt has it"),
        ),
    ]
    said = {"signed": signed_on.isoformat(), "answered": "" if answered_on is None else answered_on.isoformat()}
    problems = [Problem(code, message, place, hint, said) for is_wrong, code, place, message, hint in wrong if is_wrong]
    if problems:
        raise Misused("receipt_invalid", N_("the receipt cannot be taken like this"), problems=problems)


def last_day(served_on: date, days: int) -> date:
    """The last day that a paper allows: the day of delivery is not counted."""
    return served_on + timedelta(days=days)


def signed_digest(document: str, number: str, signed_on: date, signer: str, fields: Mapping[str, Any], template: str, content: str) -> str:
    """The digest of what was signed (SHA-256, hexadecimal): the paper and all it was made from.

    :param signer: the login; :param fields: the values, as JSON's own types.
    :param template: the digest of the template; :param content: the digest of the finished paper.
    """
    said = [document, number, signed_on.isoformat(), signer, fields, template, content]
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def content_digest(content: str | bytes) -> str:
    """The digest under which a finished paper is stored."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


@dataclass(frozen=True)
class Rendered:
    """How a paper made again compares with the one that was signed.

    :param same: not a sign differs; :param because: ``template`` or ``careflow``, where one does.
    """

    same: bool
    because: Literal["", "template", "careflow"] = ""


def made_again(kept: str, template: str, content: str | bytes, template_now: str) -> Rendered:
    """Whether a paper would come out as it was signed. What was signed is what counts and what is printed; a difference is told, never taken over.

    :param kept: the digest of the content that was signed; :param template: of the template it was made from.
    :param content: the paper made again from the same fields; :param template_now: the template's digest now.
    """
    if content_digest(content) == kept:
        return Rendered(True)
    return Rendered(False, "template" if template != template_now else "careflow")


def may_sign(signer: str, drafted_by: str, four_eyes: bool, *, training: bool = False) -> None:
    """Of a four-eyes paper, another signs than drafted it; in a training office it passes.

    :raises Refused: ``same_eyes``.
    """
    if four_eyes and signer == drafted_by and not training:
        raise Refused("same_eyes", N_("whoever drafted this paper does not sign it"), hint=N_("somebody else with the role signs"))


def need_void_reason(reason: str) -> None:
    """A paper is voided with a reason; its number stays, marked 作废.

    :raises Misused: ``reason_missing``.
    """
    if not reason.strip():
        raise Misused("reason_missing", N_("say why"), hint=N_("--reason “…”"))


def _names(several: Sequence[str]) -> set[str]:
    return {"".join(one.split()) for one in several if one.strip()}
