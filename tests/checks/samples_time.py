"""Samples: tasks, timers, guards."""

from __future__ import annotations

from typing import Any

from tests.checks.samples import (
    BACK,
    LATE,
    LENT,
    LOOK,
    REMIND,
    RETURN,
    SILENT,
    Given,
    Giving,
    K,
    L,
    Loan,
    LoanCase,
    Look,
    Parting,
    Policy,
    entering,
    giving,
    loan,
    program,
    waiting,
    wrong,
)
from workflow_core import (
    MONTH,
    SCHOOL,
    SUPERVISOR,
    Case,
    Deny,
    Document,
    Draft,
    Escalate,
    Every,
    Notify,
    OpenTask,
    Per,
    Program,
    SetField,
    Task,
    Timer,
    Transition,
    When,
    after,
    days,
    deny,
    done,
    ref,
    weeks,
)

# -- Tasks and time ----------------------------------------------------------------------------------------------------------------------------------------

CLEAN = Task("clean", "Clean it", by=SCHOOL)


@wrong("task_never_opened")
def a_task_needed_and_never_opened(mended: bool) -> Program[Any]:
    mend = Task("mend", "Mend it", by=SCHOOL, needs=[CLEAN])
    return program(loan(tasks={LENT: [LOOK, mend, *([CLEAN] if mended else [])]}))


@wrong("task_never_opened")
def a_task_awaited_and_never_opened(mended: bool) -> Program[Any]:
    guarded = Transition("return", "Back", source=(LENT, LATE), target=BACK, by=SCHOOL, guards=[done(CLEAN)])
    return program(loan(transitions=[REMIND, guarded], enter={LATE: [OpenTask(CLEAN)] if mended else []}))


@wrong("task_in_final")
def a_task_at_the_end(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [LOOK], LATE if mended else BACK: [CLEAN]}))


@wrong("timer_in_final")
def a_timer_at_the_end(mended: bool) -> Program[Any]:
    return program(loan(timers=[SILENT, waiting(LATE if mended else BACK)]))


@wrong("idle_timer")
def a_timer_that_does_nothing(mended: bool) -> Program[Any]:
    return program(loan(timers=[Timer("silent", (LENT, LATE), due=weeks(2), do=SILENT.do if mended else [])]))


@wrong("needs_cycle")
def two_tasks_that_wait_for_each_other(mended: bool) -> Program[Any]:
    needs: list[Task[Any]] = []
    wash = Task("wash", "Wash", by=SCHOOL, needs=needs)
    if not mended:
        needs.append(Task("dry", "Dry", by=SCHOOL, needs=[wash]))
    return program(loan(tasks={LENT: [LOOK, wash, *needs]}))


@wrong("late_never")
def late_without_a_date(mended: bool) -> Program[Any]:
    task = Task("look", "Look", by=SCHOOL, due=days(3) if mended else None, late=[Escalate(SUPERVISOR, "Late")])
    return program(loan(tasks={LENT: [task]}))


@wrong("due_unknowable")
def due_by_its_own_form(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Look, due=after(L.lent_on if mended else K.looked_on, days(3)))]}))


@wrong("due_unknowable")
def due_by_a_form_of_elsewhere(mended: bool) -> Program[Any]:
    part = Transition("part", "Part", source=LATE, target=BACK, by=SCHOOL, form=Parting)
    task = Task("clean", "Clean", by=SCHOOL, due=after(ref(Parting).parted_on, days(3)))
    return program(loan(transitions=[REMIND, RETURN, *([part] if mended else [])], tasks={LENT: [LOOK, task]}))


@wrong("happened_elsewhere")
def happened_by_another_form(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Look, happened=K.looked_on if mended else L.lent_on)]}))


@wrong("happened_elsewhere")
def happened_on_no_date(mended: bool) -> Program[Any]:
    happened: Any = K.looked_on if mended else K.wear
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Look, happened=happened)]}))


@wrong("span_not_positive")
def every_no_time(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, schedule=Every(weeks(1 if mended else 0)))]}))


@wrong("span_not_positive")
def no_times_at_all(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, times=1 if mended else 0))]}))


@wrong("by_day_out_of_period")
def a_day_no_month_has(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, schedule=Per(MONTH, by_day=28 if mended else 31))]}))


SLIP = Document("slip", "Slip", template="slip.html.j2", number="[{year}]{n}", signed_by=SCHOOL, served_with_receipt=True)


@wrong("paper_never_drafted")
def counted_from_a_paper_nobody_drafts(mended: bool) -> Program[Any]:
    timers = [SILENT, Timer("unanswered", LATE, due=after(SLIP.served, days(7)), do=SILENT.do)]
    return program(loan(timers=timers, enter={LATE: [Draft(SLIP)] if mended else []}))


@wrong("paper_never_served")
def counted_from_a_service_that_never_is(mended: bool) -> Program[Any]:
    note = Document("note", "Note", template="note.html.j2", signed_by=SCHOOL, served_with_receipt=mended)
    timers = [SILENT, Timer("unanswered", LATE, due=after(note.served, days(7)), do=SILENT.do)]
    return program(loan(timers=timers, enter={LATE: [Draft(note)]}))


@wrong("paper_unsigned")
def a_numbered_paper_that_nobody_signs(mended: bool) -> Program[Any]:
    return entering(Draft(Document("note", "Note", template="note.html.j2", number="[{year}]{n}", signed_by=SCHOOL if mended else None)))


# -- Guards ------------------------------------------------------------------------------------------------------------------------------------------------


def for_loans(case: LoanCase) -> Deny | None:
    return None if case.record.renewals < 3 else deny("renewed too often")


def for_gifts(case: Case[Giving, Policy]) -> Deny | None:
    return None if case.record.book else deny("no book")


def times_of_loans(case: LoanCase) -> int:
    return case.record.renewals


def of_other_policy(case: Case[Loan, Given]) -> Deny | None:
    return None if case.policy.days_lent else deny("no days")


@wrong("guard_of_other_record")
def a_wrong_guard_in_when(mended: bool) -> Program[Any]:
    return entering(When(for_loans if mended else for_gifts, [Notify(SCHOOL, "late")]))


@wrong("guard_of_other_record")
def a_wrong_guard_in_a_timer(mended: bool) -> Program[Any]:
    return program(loan(timers=[Timer("silent", (LENT, LATE), due=weeks(2), unless=for_loans if mended else for_gifts, do=SILENT.do)]))


@wrong("guard_of_other_record")
def a_wrong_guard_in_only_if(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, only_if=for_loans if mended else for_gifts)]}))


@wrong("guard_of_other_record")
def a_guard_of_another_policy(mended: bool) -> Program[Any]:
    return entering(When(for_loans if mended else of_other_policy, [Notify(SCHOOL, "late")]))


@wrong("guard_of_other_record")
def a_wrong_function_in_a_value(mended: bool) -> Program[Any]:
    lent = loan()
    give = giving(enter={} if mended else {giving().initial: [SetField(ref(Giving).book, lambda case: case.ref), When(for_loans, [Notify(SCHOOL, "x")])]})
    return program(lent, give)


@wrong("guard_signature")
def a_guard_of_two(mended: bool) -> Program[Any]:
    def of_two(case: LoanCase, more: int) -> Deny | None:
        return for_loans(case)

    guard: Any = for_loans if mended else of_two
    return entering(When(guard, [Notify(SCHOOL, "late")]))


@wrong("guard_signature")
def a_guard_that_waits(mended: bool) -> Program[Any]:
    async def later(case: LoanCase) -> Deny | None:
        return for_loans(case)

    guard: Any = for_loans if mended else later
    return entering(When(guard, [Notify(SCHOOL, "late")]))


@wrong("guard_answers_bool")
def a_guard_that_answers_yes(mended: bool) -> Program[Any]:
    def yes(case: LoanCase) -> bool:
        return True

    guard: Any = for_loans if mended else yes
    return entering(When(guard, [Notify(SCHOOL, "late")]))


def of_looks(case: LoanCase, look: Look) -> Deny | None:
    return deny("still to come") if look.looked_on > case.today else None


def of_partings(case: LoanCase, parting: Parting) -> Deny | None:
    return deny("still to come") if parting.parted_on > case.today else None


@wrong("check_of_other_form")
def a_check_of_another_form(mended: bool) -> Program[Any]:
    check: Any = of_looks if mended else of_partings
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Look, checks=[check])]}))


@wrong("check_without_form")
def a_check_of_nothing(mended: bool) -> Program[Any]:
    task: Task[Any] = Task("look", "Look", by=SCHOOL, form=Look if mended else None, checks=[of_looks])
    return program(loan(tasks={LENT: [task]}))
