"""What the programs in ``wrong`` and ``right`` are about: a loan of books, and, beside it, giving books away."""

from __future__ import annotations

from datetime import date
from typing import TypeAlias

from workflow_core import SCHOOL, Case, Choice, Deny, Fact, Register, Stage, Task, Transition, ask, deny, form, ref


class Wear(Choice):
    NEW = "As new"
    TORN = "Torn"


@form
class Loan:
    book: str = ask("Book")
    lent_on: date | None = ask("Lent on", default=None)
    wear: Wear = ask("Wear", default=Wear.NEW)
    renewals: int = ask("Renewals", default=0, ge=0)


@form
class Gift:
    book: str = ask("Book")


@form
class Policy:
    days_lent: int = ask("Days a book is lent", default=14, ge=1)


@form
class Look:
    looked_on: date = ask("Looked on")
    wear: Wear = ask("Wear")


@form
class Parting:
    parted_on: date = ask("Parted on")


LoanCase: TypeAlias = Case[Loan, Policy]
L, P = ref(Loan), ref(Policy)
LENT, BACK = Stage("lent", "Lent"), Stage("back", "Back", final=True)
LOG = Register("log", "Log", row=Look, by=SCHOOL)
READ = Fact("books.read", "Books read", type=int)


def few_renewals(case: LoanCase) -> Deny | None:
    return None if case.record.renewals < 3 else deny("renewed too often")


def has_book(case: Case[Gift, Policy]) -> Deny | None:
    return None if case.record.book else deny("no book")


def looked_already(case: LoanCase, look: Look) -> Deny | None:
    return deny("still to come") if look.looked_on > case.today else None


LOOK = Task("look", "Look at the book", by=SCHOOL, form=Look, checks=[looked_already])
PART = Transition("part", "Part with it", source=LENT, target=BACK, by=SCHOOL, form=Parting)
