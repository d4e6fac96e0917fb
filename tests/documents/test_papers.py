"""The life of a paper, its receipt, and the digest of what was signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_core import SUPERVISOR, Document
from workflow_core.documents import papers
from workflow_core.documents.papers import (
    Receipt,
    Rendered,
    after,
    check_receipt,
    content_digest,
    last_day,
    made_again,
    may_sign,
    need_void_reason,
    signed_digest,
)
from workflow_core.errors import CareError, Misused, Refused

SIGNED = Document("notice", "Notice", template="notice.html.j2", signed_by=SUPERVISOR, served_with_receipt=True)
FORM = Document("form", "Form", template="form.html.j2", signed_by=SUPERVISOR)
DRAFT = Document("draft", "Draft", template="draft.html.j2", draft_only=True)
NOBODYS = Document("nobodys", "Nobody's", template="nobodys.html.j2")
SIGNED_ON, TODAY = date(2026, 11, 9), date(2026, 11, 20)
GOOD = Receipt(served_on=date(2026, 11, 11), place="裴坝村村委会", received_by="小甲", servers=("示例",))
REFUSED = replace(GOOD, received_by="", refused=True, why_refused="不愿签收", witnesses=("见证甲", "见证乙"))


def test_a_paper_lives_from_draft_to_answer() -> None:
    """Signed, served, its receipt corrected, answered."""
    state: str = "draft"
    for action, expected in (("sign", "signed"), ("serve", "served"), ("correct_receipt", "served"), ("answer", "answered"), ("void", "void")):
        state = after(state, action, SIGNED)  # type: ignore[arg-type]
        assert state == expected


@pytest.mark.parametrize(
    ("state", "action", "document", "code"),
    [
        ("draft", "serve", SIGNED, "paper_not_signed"),
        ("draft", "answer", SIGNED, "paper_not_signed"),
        ("signed", "sign", SIGNED, "paper_signed"),
        ("served", "sign", SIGNED, "paper_signed"),
        ("signed", "answer", SIGNED, "paper_not_served"),
        ("signed", "correct_receipt", SIGNED, "paper_not_served"),
        ("served", "serve", SIGNED, "paper_served"),
        ("answered", "serve", SIGNED, "paper_answered"),
        ("answered", "answer", None, "paper_answered"),
        ("draft", "sign", DRAFT, "draft_only"),
        ("draft", "serve", DRAFT, "draft_only"),
        ("draft", "answer", NOBODYS, "draft_only"),
        ("draft", "serve", FORM, "not_served_ever"),
        ("draft", "sign", NOBODYS, "draft_only"),
        ("signed", "serve", FORM, "not_served_ever"),
        *[("void", action, None, "paper_void") for action in ("sign", "serve", "answer", "void", "correct_receipt")],
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(state: str, action: Any, document: Document | None, code: str) -> None:
    """Each with a code of its own."""
    with pytest.raises(Refused) as refused:
        after(state, action, document)
    assert refused.value.code == code


@given(st.lists(st.sampled_from(["sign", "serve", "correct_receipt", "answer", "void"]), max_size=8))
def test_no_row_of_actions_leads_out_of_the_states_of_a_paper(actions: list[Any]) -> None:
    """And nothing leads out of void, or back to a draft."""
    state: str = "draft"
    for action in actions:
        before = state
        try:
            state = after(state, action)
        except CareError:
            continue
        assert state in ("signed", "served", "answered", "void")
        assert before != "void"


def test_good_receipts_are_taken() -> None:
    """Signed for, by another, or refused before two witnesses; on the day of signing, and today."""
    for receipt in (GOOD, REFUSED, replace(GOOD, relation="祖父"), replace(GOOD, served_on=SIGNED_ON), replace(GOOD, served_on=TODAY)):
        check_receipt(receipt, SIGNED_ON, TODAY)


@pytest.mark.parametrize(
    ("receipt", "codes"),
    [
        (replace(GOOD, served_on=date(2026, 11, 8)), ["receipt_before_signing"]),
        (replace(GOOD, served_on=date(2026, 11, 21)), ["receipt_in_future"]),
        (replace(GOOD, place=" "), ["place_missing"]),
        (replace(GOOD, received_by=""), ["receiver_missing"]),
        (replace(GOOD, servers=(" ",)), ["server_missing"]),
        (replace(GOOD, refused=True, why_refused="x", witnesses=("甲", "乙")), ["refused_and_received"]),
        (replace(REFUSED, witnesses=("见证甲",)), ["witnesses_missing"]),
        (replace(REFUSED, witnesses=("见证甲", "见 证甲")), ["witnesses_missing"]),
        (replace(REFUSED, witnesses=("见证甲", "示例")), ["witness_is_server"]),
        (replace(REFUSED, why_refused=""), ["refusal_reason_missing"]),
        (
            Receipt(served_on=date(2027, 1, 1), place="", refused=True),
            ["receipt_in_future", "place_missing", "server_missing", "witnesses_missing", "refusal_reason_missing"],
        ),
    ],
)
def test_a_receipt_that_cannot_be_true_is_refused_with_all_that_is_wrong(receipt: Receipt, codes: list[str]) -> None:
    """At once, each by its field."""
    with pytest.raises(Misused) as refused:
        check_receipt(receipt, SIGNED_ON, TODAY)
    assert [one.code for one in refused.value.problems] == codes
    assert all(one.place in Receipt.__dataclass_fields__ for one in refused.value.problems)


def test_a_receipt_of_a_paper_that_was_never_signed_is_refused() -> None:
    """Before anything else is looked at."""
    with pytest.raises(Refused) as refused:
        check_receipt(GOOD, None, TODAY)
    assert refused.value.code == "paper_not_signed"


def test_a_receipt_is_kept_as_plain_values() -> None:
    """And made again from them."""
    kept = REFUSED.values()
    assert kept["served_on"] == "2026-11-11"
    assert (
        Receipt(**{**kept, "served_on": date.fromisoformat(kept["served_on"]), "servers": tuple(kept["servers"]), "witnesses": tuple(kept["witnesses"])})
        == REFUSED
    )


def test_the_day_of_delivery_is_not_counted() -> None:
    """Seven days from the 11th end with the 18th."""
    assert last_day(date(2026, 11, 11), 7) == date(2026, 11, 18)


@pytest.mark.parametrize(
    "change", [{"number": "2"}, {"signed_on": TODAY}, {"signer": "b"}, {"fields": {"x": 2}}, {"template": "t2"}, {"content": "c2"}, {"document": "o"}]
)
def test_the_digest_is_over_all_that_was_signed(change: dict[str, Any]) -> None:
    """A change of any of it is another digest; the order of fields is none."""
    said: dict[str, Any] = {"document": "n", "number": "1", "signed_on": SIGNED_ON, "signer": "a", "fields": {"x": 1, "y": 2}, "template": "t", "content": "c"}
    assert signed_digest(**said) == signed_digest(**{**said, "fields": {"y": 2, "x": 1}})
    assert signed_digest(**said) != signed_digest(**{**said, **change})


@pytest.mark.parametrize(
    ("again", "template_now", "told"),
    [
        ("page", "t1", Rendered(True)),
        ("page", "t2", Rendered(True)),
        ("other", "t2", Rendered(False, "template")),
        ("other", "t1", Rendered(False, "careflow")),
    ],
)
def test_a_paper_that_would_come_out_otherwise_is_told(again: str, template_now: str, told: Rendered) -> None:
    """And why."""
    assert made_again(content_digest("page"), "t1", again, template_now) == told


def test_four_eyes_sign() -> None:
    """Not whoever drafted it, but in a training office."""
    may_sign("a", "b", True)
    may_sign("a", "a", False)
    may_sign("a", "a", True, training=True)
    with pytest.raises(Refused, match="drafted"):
        may_sign("a", "a", True)


def test_a_paper_is_voided_with_a_reason() -> None:
    """Its number stays."""
    need_void_reason("写错姓名")
    with pytest.raises(Misused):
        need_void_reason("  ")
    assert papers.after("signed", "void") == "void"


def test_the_receipt_of_an_answered_paper_is_corrected_and_it_stays_answered() -> None:
    """Not to a day after the answer."""
    assert after("answered", "correct_receipt", SIGNED) == "answered"
    check_receipt(GOOD, SIGNED_ON, TODAY, GOOD.served_on)
    with pytest.raises(Misused) as refused:
        check_receipt(GOOD, SIGNED_ON, TODAY, date(2026, 11, 10))
    assert [one.code for one in refused.value.problems] == ["receipt_after_answer"]


def test_what_else_came_after_the_answer_has_its_place() -> None:
    """A second answer is refused, and the hint names the command for it."""
    with pytest.raises(Refused) as refused:
        after("answered", "answer", SIGNED, ref="DR-26-00006.p2")
    assert "care case note DR-26-00006" in refused.value.advice()
