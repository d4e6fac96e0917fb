"""Samples: references, effects, limits and imports."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.checks.samples import (
    BACK,
    LATE,
    LENT,
    LOOK,
    REMIND,
    RETURN,
    SILENT,
    Giving,
    L,
    Loan,
    Look,
    P,
    Parting,
    Policy,
    Shelf,
    Wear,
    entering,
    giving,
    loan,
    program,
    wrong,
)
from workflow_core import (
    AUTOMATIC,
    CHILD,
    COUNTY_OFFICE,
    PER_SUBJECT,
    PER_WHOLE,
    SCHOOL,
    VOLUNTEER,
    Child,
    CloseTask,
    Column,
    Desk,
    Do,
    Document,
    Draft,
    Effect,
    Fire,
    Import,
    Limit,
    Listing,
    Notify,
    On,
    Open,
    Program,
    Refer,
    Register,
    SetField,
    Task,
    Timer,
    Transition,
    Use,
    When,
    after,
    ask,
    days,
    filled,
    form,
    is_,
    ref,
    weeks,
)

# -- References --------------------------------------------------------------------------------------------------------------------------------------------


@wrong("reference_unknown")
def a_misspelt_field(mended: bool) -> Program[Any]:
    return entering(When(filled(L.book if mended else L.boook), [Notify(SCHOOL, "late")]))  # type: ignore[attr-defined]


@wrong("reference_unknown")
def a_misspelt_policy(mended: bool) -> Program[Any]:
    return program(loan(timers=[Timer("silent", (LENT, LATE), due=days(P.days_lent if mended else P.days), do=SILENT.do)]))  # type: ignore[attr-defined]


@wrong("reference_unknown")
def a_misspelt_field_of_the_child(mended: bool) -> Program[Any]:
    return program(uses=[Use(ref(Child).born_on if mended else ref(Child).birthday, "The age")])  # type: ignore[attr-defined]


@wrong("foreign_field")
def a_field_of_elsewhere(mended: bool) -> Program[Any]:
    return entering(When(filled(L.book if mended else ref(Parting).parted_on), [Notify(SCHOOL, "late")]))


@wrong("foreign_field")
def fills_of_another_record(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, fills=[L.book if mended else ref(Giving).book])]}))


@wrong("foreign_field")
def a_column_of_another_record(mended: bool) -> Program[Any]:
    return program(listings=[Listing("loans", "Loans", of=Loan, columns=[Column("Book", L.book if mended else ref(Giving).book)])])


@wrong("field_of_other_type")
def days_that_are_a_text(mended: bool) -> Program[Any]:
    n: Any = P.days_lent if mended else L.book
    return program(loan(timers=[Timer("silent", (LENT, LATE), due=days(n), do=SILENT.do)]))


@wrong("field_of_other_type")
def counted_from_a_number(mended: bool) -> Program[Any]:
    anchor: Any = L.lent_on if mended else L.renewals
    return program(loan(timers=[Timer("silent", (LENT, LATE), due=after(anchor, days(3)), do=SILENT.do)]))


@wrong("value_of_other_type")
def a_choice_by_its_label(mended: bool) -> Program[Any]:
    value: Any = Wear.NEW if mended else "As new"
    return entering(When(is_(L.wear, value), [Notify(SCHOOL, "late")]))


@wrong("value_of_other_type")
def a_choice_of_another_list(mended: bool) -> Program[Any]:
    return entering(SetField(L.wear, Wear.TORN if mended else Shelf.LOWER))


@wrong("value_of_other_type")
def nothing_where_something_must_be(mended: bool) -> Program[Any]:
    field: Any = L.lent_on if mended else L.renewals
    return entering(SetField(field, None))


# -- Effects and what they name ----------------------------------------------------------------------------------------------------------------------------


@wrong("elsewhere")
def a_task_of_another_workflow(mended: bool) -> Program[Any]:
    other = giving()
    (dust,) = other.all_tasks()
    return program(loan(enter={LATE: [CloseTask(LOOK if mended else dust)]}), other)


@wrong("elsewhere")
def a_transition_of_another_workflow(mended: bool) -> Program[Any]:
    other = giving()
    fire = Fire(other.transitions[0])
    return program(loan(enter={LATE: [On(None, [fire]) if mended else fire]}), other)


@wrong("transition_unlisted")
def a_fired_transition_nobody_listed(mended: bool) -> Program[Any]:
    lose = Transition("lose", "Lost", source=LATE, target=BACK, by=SCHOOL)
    timers = [SILENT, Timer("lost", LATE, due=weeks(9), fire=lose)]
    return program(loan(transitions=[REMIND, RETURN, *([lose] if mended else [])], timers=timers))


@wrong("fired_unfilled")
def fired_with_nobody_to_answer(mended: bool) -> Program[Any]:
    lose = Transition("lose", "Lost", source=LATE, target=BACK, by=SCHOOL, form=None if mended else Parting)
    return program(loan(transitions=[REMIND, RETURN, lose], timers=[SILENT, Timer("lost", LATE, due=weeks(9), fire=lose)]))


@wrong("fired_unfilled")
def by_itself_with_fields_to_fill(mended: bool) -> Program[Any]:
    by = SCHOOL if mended else AUTOMATIC
    return program(loan(transitions=[REMIND, RETURN, Transition("lose", "Lost", source=LATE, target=BACK, by=by, fills=[L.book])]))


@wrong("fired_from_other_stage")
def fired_where_it_does_not_lead_from(mended: bool) -> Program[Any]:
    return program(loan(timers=[SILENT, Timer("over", LENT if mended else LATE, due=weeks(2), fire=REMIND)]))


@wrong("input_of_other_form")
def done_with_another_form(mended: bool) -> Program[Any]:
    given: Any = Look(looked_on=date(2026, 9, 1), wear=Wear.NEW) if mended else Parting(parted_on=date(2026, 9, 1))
    return entering(Do(LOOK, given))


@wrong("opens_elsewhere")
def a_case_of_no_workflow(mended: bool) -> Program[Any]:
    return program(loan(enter={LATE: [Open(Giving() if mended else Parting(parted_on=date(2026, 9, 1)))]}), giving())


@wrong("refers_to_itself")
def a_referral_to_oneself(mended: bool) -> Program[Any]:
    return entering(Refer("writing" if mended else "reading", "likes to read"))


# -- Limits, imports, papers -------------------------------------------------------------------------------------------------------------------------------


def limited(**changes: Any) -> Program[Any]:
    whole: dict[str, Any] = {"size": 1, "per": PER_SUBJECT, "held_in": [LENT]}
    return program(loan(limits=[Limit("one", "one book each", **(whole | changes))]))


@wrong("limit_size")
def a_limit_of_none(mended: bool) -> Program[Any]:
    return limited(size=1 if mended else 0)


@wrong("limit_empty")
def a_limit_of_no_stage(mended: bool) -> Program[Any]:
    return limited(held_in=[LENT] if mended else [])


@wrong("limit_in_final")
def a_limit_held_for_ever(mended: bool) -> Program[Any]:
    return limited(held_in=[LENT] if mended else [LENT, BACK])


@wrong("limit_per")
def a_limit_by_what_is_not_there(mended: bool) -> Program[Any]:
    return limited(per=PER_SUBJECT if mended else PER_WHOLE)


@form
class Row:
    book: str = ask("Book")


def take(desk: Desk[Policy], row: Row) -> list[Effect]:
    return [Open(Loan(book=row.book))]


def take_partings(desk: Desk[Policy], row: Parting) -> list[Effect]:
    return [Open(Loan())]


def sheet(**changes: Any) -> Program[Any]:
    whole: dict[str, Any] = {"row": Row, "subject": CHILD, "take": take, "by": [SCHOOL], "into": Loan}
    return program(loan(), giving(), imports=[Import("books", "Books", **(whole | changes))])


@wrong("import_into")
def an_import_into_nothing(mended: bool) -> Program[Any]:
    return sheet(into=Loan if mended else Parting)


@wrong("import_into")
def an_import_about_other_people(mended: bool) -> Program[Any]:
    return sheet(subject=CHILD if mended else VOLUNTEER)


@wrong("nobody_may")
def an_import_by_nobody(mended: bool) -> Program[Any]:
    return sheet(by=[SCHOOL] if mended else [])


@wrong("check_of_other_form")
def an_import_of_other_rows(mended: bool) -> Program[Any]:
    return sheet(take=take if mended else take_partings)


@wrong("number_pattern")
def a_number_without_a_number(mended: bool) -> Program[Any]:
    return entering(Draft(Document("slip", "Slip", template="slip.html.j2", number="[{year}]{n}" if mended else "[{year}]", signed_by=SCHOOL)))


@wrong("nobody_may")
def a_log_by_nobody(mended: bool) -> Program[Any]:
    return program(loan(registers=[Register("log", "Log", row=Row, by=COUNTY_OFFICE if mended else ())]))
