"""Samples: consents, and what personal data is read for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.checks.samples import BACK, LATE, LENT, REMIND, RETURN, Loan, Parting, Policy, giving, loan, program, wrong
from workflow_core import (
    CHILD,
    SCHOOL,
    SYSTEM,
    Child,
    Column,
    Consent,
    Desk,
    Effect,
    Import,
    Listing,
    Open,
    Program,
    Transition,
    Use,
    ask,
    consented,
    form,
    ref,
)

LENDING = Consent("lending", "Lending books to the child", notice="2026-1")
STOP = Transition("stop", "Consent withdrawn", source=(LENT, LATE), target=BACK, by=SYSTEM)
ASKING = Transition("stop", "Consent withdrawn", source=(LENT, LATE), target=BACK, by=SYSTEM, form=Parting)


@form
class Asked:
    book: str = ask("Book")
    agrees: bool | None = ask("The guardian consents", default=None)


def take_asked(desk: Desk[Policy], row: Asked) -> list[Effect]:
    return [Open(Loan(book=row.book))]


def consenting(*consents: Consent, **changes: Any) -> Program[Any]:
    """The loan, once more guarded by the consent."""
    guarded = Transition("return", "Brought back", source=(LENT, LATE), target=BACK, by=SCHOOL, guards=[consented(LENDING)])
    return program(loan(transitions=[REMIND, guarded, *changes.pop("more", ())], consents=list(consents), **changes))


@wrong("consent_unlisted")
def a_consent_asked_and_not_listed(mended: bool) -> Program[Any]:
    return consenting(LENDING) if mended else consenting()


@wrong("consent_unlisted")
def a_sheet_with_a_consent_not_listed(mended: bool) -> Program[Any]:
    sheets = [Import("books", "Books", row=Asked, subject=CHILD, take=take_asked, by=[SCHOOL], into=Loan, consent=LENDING)]
    return program(loan(consents=[LENDING] if mended else []), imports=sheets)


@wrong("consent_without_child")
def a_consent_of_nobody(mended: bool) -> Program[Any]:
    return program(loan(), giving(consents=[] if mended else [LENDING]))


@wrong("duplicate_name")
def two_consents_of_one_name(mended: bool) -> Program[Any]:
    return consenting(LENDING, Consent("showing" if mended else "lending", "Showing what was read", notice="2026-1"))


@wrong("transition_unlisted")
def a_way_out_that_is_not_there(mended: bool) -> Program[Any]:
    return program(loan(transitions=[REMIND, RETURN, *([STOP] if mended else [])], consents=[replace(LENDING, withdrawn=STOP)]))


@wrong("fired_unfilled")
def a_way_out_that_asks(mended: bool) -> Program[Any]:
    way = STOP if mended else ASKING
    return program(loan(transitions=[REMIND, RETURN, way], consents=[replace(LENDING, withdrawn=way)]))


@wrong("wrong_kind")
def a_consent_on_no_basis(mended: bool) -> Program[Any]:
    return program(loan(consents=[replace(LENDING, basis="statutory_duty" if mended else "habit")]))  # type: ignore[arg-type]


@wrong("consent_column")
def a_column_that_cannot_say_no(mended: bool) -> Program[Any]:
    said: Any = ref(Asked).agrees if mended else ref(Asked).book
    sheets = [Import("books", "Books", row=Asked, subject=CHILD, take=take_asked, by=[SCHOOL], into=Loan, consent=LENDING, refuses=said)]
    return program(loan(consents=[LENDING]), imports=sheets)


@wrong("use_unsaid")
def a_field_read_in_silence(mended: bool) -> Program[Any]:
    said = [Use(ref(Child).grade, "To sort by class")] if mended else []
    return program(listings=[Listing("readers", "Readers", of=Loan, columns=[Column("Grade", ref(Child).grade)])], uses=said)


@wrong("use_without_purpose")
def a_field_read_for_nothing(mended: bool) -> Program[Any]:
    return program(uses=[Use(ref(Child).born_on, "To know who may borrow alone" if mended else " ")])
