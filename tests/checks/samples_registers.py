"""Samples: registers."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.checks.samples import Giving, L, Loan, P, entering, giving, loan, program, wrong
from workflow_core import COUNTY_OFFICE, SCHOOL, SUPERVISOR, Case, Column, Enter, Escalate, Fire, Listing, Program, Register, Role, after, ask, days, form, ref


@form
class Away:
    """Somebody takes the book out of the house."""

    whom: str = ask("Who")
    on: date = ask("On")
    copies: int = ask("Copies", default=1)
    back: date | None = ask("Back", default=None)
    certain: date = ask("Certain", default=date(2026, 1, 1))


A = ref(Away)
LATE = [Escalate(SUPERVISOR, "It is not back")]
LOG = Register("log", "Log", row=Away, by=SCHOOL)
OTHER_LOG = Register("other", "Other", row=Away, by=SCHOOL)


def keeping(**how: Any) -> Program[Any]:
    return program(loan(registers=[Register("out", "Out", **{"row": Away, "by": COUNTY_OFFICE, **how})]))


def two_rows(case: Case[Loan, Any]) -> Away:
    return Away(whom="somebody", on=case.today)


@wrong("register_never_closed")
def an_alarm_that_nothing_ends(mended: bool) -> Program[Any]:
    return keeping(due=after(A.on, days(2)), late=LATE, open_until=A.back if mended else None)


@wrong("register_late_never")
def a_day_after_which_nothing_happens(mended: bool) -> Program[Any]:
    return keeping(due=days(P.days_lent), open_until=A.back, late=LATE if mended else [])


@wrong("closing_field_filled")
def an_end_that_is_there_from_the_beginning(mended: bool) -> Program[Any]:
    return keeping(open_until=A.back if mended else A.certain)


@wrong("register_unlisted")
def an_entry_into_nothing(mended: bool) -> Program[Any]:
    return entering(Enter(LOG if mended else OTHER_LOG, two_rows), registers=[LOG])


@wrong("row_of_other_form")
def an_entry_of_another_form(mended: bool) -> Program[Any]:
    return entering(Enter(LOG, ref(Away) if mended else A.whom), registers=[LOG])  # type: ignore[arg-type]


@wrong("foreign_field")
def a_row_that_happens_elsewhere(mended: bool) -> Program[Any]:
    return keeping(one_open_per=(A.whom, A.on if mended else L.book))


@wrong("reference_unknown")
def a_field_that_the_row_has_not(mended: bool) -> Program[Any]:
    return keeping(open_until=A.back if mended else A.bakc)  # type: ignore[attr-defined]


@wrong("field_of_other_type")
def a_row_that_happens_at_a_number(mended: bool) -> Program[Any]:
    return keeping(happened=A.on if mended else A.copies)


@wrong("unknown_role")
def a_register_seen_by_strangers(mended: bool) -> Program[Any]:
    return keeping(seen_by=[SCHOOL if mended else Role("ghost", "Ghost")])


@wrong("elsewhere")
def an_entry_that_fires_elsewhere(mended: bool) -> Program[Any]:
    other = giving()
    return program(loan(registers=[Register("out", "Out", row=Away, by=SCHOOL, do=[Fire(other.transitions[0])] if not mended else [])]), other)


@wrong("foreign_field")
def a_ledger_of_rows_with_a_strange_column(mended: bool) -> Program[Any]:
    listing = Listing("rows", "Rows", of=LOG, columns=[Column("Who", A.whom if mended else ref(Giving).book)])
    return program(loan(registers=[LOG]), listings=[listing])
