"""Samples: what things are, and what they are called."""

from __future__ import annotations

from typing import Any

from tests.checks.samples import (
    BACK,
    LATE,
    LENT,
    LOOK,
    OTHER,
    READ,
    REMIND,
    RETURN,
    SILENT,
    Given,
    Giving,
    L,
    Loan,
    Look,
    Policy,
    Shelf,
    entering,
    giving,
    loan,
    program,
    wrong,
)
from workflow_core import (
    PER_SUBJECT,
    SCHOOL,
    Choice,
    Document,
    Draft,
    Fact,
    Limit,
    Notify,
    Observe,
    Program,
    Role,
    Stage,
    Task,
    Timer,
    Transition,
    When,
    ask,
    deny,
    form,
    is_,
    weeks,
)

# -- What things are ---------------------------------------------------------------------------------------------------------------------------------------


@wrong("wrong_kind")
def a_role_by_name(mended: bool) -> Program[Any]:
    return program(loan(transitions=[REMIND, Transition("return", "Back", source=(LENT, LATE), target=BACK, by=SCHOOL if mended else "school")]))  # type: ignore[arg-type]


@wrong("wrong_kind")
def a_stage_by_name(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT if mended else "lent": [LOOK]}))


@wrong("wrong_kind")
def an_answer_for_a_guard(mended: bool) -> Program[Any]:
    guard: Any = is_(L.renewals, 0) if mended else deny("called too early")
    return entering(When(guard, [Notify(SCHOOL, "late")]))


@form
class Dangling:
    seen: Nowhere = ask("Seen")  # type: ignore[name-defined]  # noqa: F821


@wrong("form_unreadable")
def a_form_of_a_type_nobody_knows(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Look if mended else Dangling)]}))


@wrong("field_type")
def a_dictionary_in_a_form(mended: bool) -> Program[Any]:
    @form
    class Sheet:
        pages: tuple[int, ...] = ask("Pages", default=())

    @form
    class Loose:
        pages: dict[str, int] = ask("Pages", default=None)  # type: ignore[arg-type]

    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Sheet if mended else Loose)]}))


class Doubled(Choice):
    UP = "Upper"
    DOWN = "Upper"


@form
class Placed:
    shelf: Doubled = ask("Shelf")


@form
class PlacedWell:
    shelf: Shelf = ask("Shelf")


@wrong("choice_alias")
def two_labels_alike(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=PlacedWell if mended else Placed)]}))


@form
class Narrow:
    n: int = ask("N", default=9, le=5)


@form
class Wide:
    n: int = ask("N", default=9, le=10)


@wrong("default_out_of_range")
def a_default_beyond_its_bounds(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [Task("look", "Look", by=SCHOOL, form=Wide if mended else Narrow)]}))


@form
class Bare:
    days_lent: int = ask("Days")


@wrong("policy_without_default")
def a_policy_that_must_be_set(mended: bool) -> Program[Any]:
    policy = Given if mended else Bare
    return program(loan(policy=policy, timers=[Timer("silent", (LENT, LATE), due=weeks(2), do=SILENT.do)]), policy=policy)


@wrong("policy_differs")
def a_workflow_of_another_policy(mended: bool) -> Program[Any]:
    return program(giving(policy=Policy if mended else Given))


@wrong("record_shared")
def one_record_for_two(mended: bool) -> Program[Any]:
    return program(loan(), giving(record=Giving if mended else Loan))


@wrong("version_low")
def version_nought(mended: bool) -> Program[Any]:
    return program(version=1 if mended else 0)


# -- Names -------------------------------------------------------------------------------------------------------------------------------------------------


@wrong("name_syntax")
def a_name_for_people(mended: bool) -> Program[Any]:
    return program(loan(timers=[Timer("silent" if mended else "Two weeks", (LENT, LATE), due=weeks(2), do=SILENT.do)]))


@wrong("prefix_syntax")
def a_small_prefix(mended: bool) -> Program[Any]:
    return program(loan(prefix="LN" if mended else "ln-"))


@wrong("duplicate_name")
def two_timers_of_one_name(mended: bool) -> Program[Any]:
    return program(loan(timers=[SILENT, Timer("again" if mended else "silent", LENT, due=weeks(3), do=SILENT.do)]))


@wrong("duplicate_name")
def two_tasks_of_one_name(mended: bool) -> Program[Any]:
    return program(loan(tasks={LENT: [LOOK, Task("look_again" if mended else "look", "Look", by=SCHOOL)]}))


@wrong("duplicate_name")
def two_stages_of_one_name(mended: bool) -> Program[Any]:
    late = Stage("later" if mended else "late", "Later")
    ways = [Transition("wait", "Wait", source=LATE, target=late, by=SCHOOL), Transition("end", "End", source=late, target=BACK, by=SCHOOL)]
    timers = [SILENT, Timer("more", late, due=weeks(2), do=SILENT.do)]
    return program(loan(stages=[LENT, LATE, late, BACK], transitions=[REMIND, RETURN, *ways], timers=timers))


@wrong("duplicate_name")
def two_limits_of_one_name(mended: bool) -> Program[Any]:
    names = ("one", "two" if mended else "one")
    return program(loan(limits=[Limit(name, "too many", size=1, per=PER_SUBJECT, held_in=[LENT]) for name in names]))


@wrong("duplicate_name")
def two_papers_of_one_name(mended: bool) -> Program[Any]:
    papers = [Document(name, "Slip", template="slip.html.j2") for name in ("slip", "letter" if mended else "slip")]
    return entering(*map(Draft, papers))


@wrong("duplicate_name")
def a_role_of_our_own_named_as_a_standard_one(mended: bool) -> Program[Any]:
    return program(roles=[Role("librarian" if mended else "school", "Librarian")])


@wrong("duplicate_name")
def two_workflows_of_one_prefix(mended: bool) -> Program[Any]:
    return program(loan(), giving(prefix="GV" if mended else "LN"))


@wrong("fact_two_types")
def a_fact_under_two_types(mended: bool) -> Program[Any]:
    return entering(Observe(READ, 1), reads=[READ if mended else Fact("books.read", "Books read", type=str)])


@wrong("unlisted_stage")
def a_target_nobody_listed(mended: bool) -> Program[Any]:
    lost = Stage("lost", "Lost", final=True)
    lose = Transition("lose", "Lose", source=LATE, target=lost, by=SCHOOL)
    return program(loan(stages=[LENT, LATE, BACK, *([lost] if mended else [])], transitions=[REMIND, RETURN, lose]))


@wrong("unlisted_stage")
def an_initial_stage_nobody_listed(mended: bool) -> Program[Any]:
    renew = Transition("renew", "Renew", source=LATE, target=LENT, by=SCHOOL)
    return program(loan(initial=LENT if mended else OTHER, transitions=[REMIND, RETURN, renew], reopen_to=LATE))


@wrong("unlisted_stage")
def reopened_into_a_stage_nobody_listed(mended: bool) -> Program[Any]:
    return program(loan(reopen_to=LATE if mended else OTHER))
