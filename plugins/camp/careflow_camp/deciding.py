"""What is promised, published and decided for an edition, each once: the secret's SHA-256, the list's, the seats, the draw.

Apart from the rest so that the plans can ask for it. What was entered here is asked again when it is drawn, and cannot be corrected any more by then.
"""

from __future__ import annotations

# isort: off
from careflow_camp import forms
from careflow_camp.draw import is_digest
from careflow_camp.forms import Edition
from careflow_camp.papers import DRAW_ANNOUNCED, LIST_ANNOUNCED, NOTICE
from careflow_camp.policy import Policy
from careflow_camp.rules import EditionCase, all_allotted, value_named, value_unknown
from careflow_camp.stages import ALLOTTED, ANNOUNCED, DRAWN, FROZEN, NOMINATING
from workflow_core import EDUCATION, SCHOOL, SYSTEM, AnyTime, Deny, Draft, Notify, SetField, Task, Transition, Warn, When, deny, ref, warn

E, CM, FZ = ref(Edition), ref(forms.Commit), ref(forms.Frozen)
BEFORE_CLOSING = (ANNOUNCED, ALLOTTED, NOMINATING)
"""The secret's SHA-256 may still be published."""


def every_seat(case: EditionCase) -> Deny | None:
    """Every seat is some school's."""
    return all_allotted(case.record)


def committed(case: EditionCase) -> Deny | None:
    """Nothing is drawn by a secret that nobody has promised before."""
    if case.last(COMMIT) is not None:
        return None
    return deny("nobody has committed to a secret for the draw", hint="before nominations close: care camp commit {ref}", code="not_committed", ref=case.ref)


def value_to_come(case: EditionCase) -> Deny | None:
    """The public value is named, and nobody knows it yet."""
    return value_named(case.record) or value_unknown(case.record, case.today)


def closable(case: EditionCase) -> Deny | None:
    """The clock may close nominations: a secret is promised, and the public value is still to come."""
    return committed(case) or value_to_come(case)


def list_published(case: EditionCase) -> Deny | None:
    """The list is frozen."""
    return None if case.last(LIST_FROZEN) is not None else deny("the list is not frozen yet", hint="the clock does it: care tick", code="not_frozen")


def promised_in_time(case: EditionCase, _: forms.Commit) -> Deny | None:
    """Nobody promises a secret who may know the public value."""
    return value_unknown(case.record, case.today)


def before_its_day(case: EditionCase) -> Warn | None:
    """The schools were told a last day."""
    last = case.record.nominate_by
    if last is None or case.today >= last:
        return None
    hint = "schools may still nominate; if it must be: --confirm and why"
    return warn("nominations are announced until {day}", hint=hint, code="closes_early", day=last)


def in_time(case: EditionCase, said: forms.Commit) -> Deny | Warn | None:
    """The promise comes before nominations close. One that takes the place of another is told, with a reason."""
    if case.stage not in BEFORE_CLOSING:
        return deny("nominations are closed: no other secret can be promised", hint="the draw is made with the one that was", code="committed_late")
    if case.record.commitment and case.record.commitment != said.commitment:
        return warn("a commitment is published already", hint="if the secret is lost: --confirm and why, and publish the new one", code="committed_before")
    return None


def a_digest(_: EditionCase, said: forms.Commit) -> Deny | None:
    """What is published is a SHA-256."""
    return is_digest(said.commitment)


def by_the_plan(_: EditionCase, __: forms.Frozen) -> Deny | None:
    """The list is frozen by closing nominations: nobody enters that by hand, or corrects it."""
    return deny("this is written down when nominations close, and stays", hint="close them: care camp close", code="not_by_hand")


COMMIT = Task(
    "commit", "Publish the SHA-256 of the draw's secret", by=EDUCATION, form=forms.Commit, checks=[a_digest, in_time, promised_in_time], schedule=AnyTime(),
    do=[SetField(E.commitment, CM.commitment), When(every_seat, [Draft(NOTICE)])],
    help="care camp commit makes the secret, shows it once, and enters its SHA-256",
)  # fmt: skip
LIST_FROZEN = Task(
    "list_frozen", "The list is frozen", by=EDUCATION, form=forms.Frozen, checks=[by_the_plan], schedule=AnyTime(), required=False,
    do=[SetField(E.digest, FZ.digest), SetField(E.listed, FZ.listed), Draft(LIST_ANNOUNCED)],
)  # fmt: skip
"""Done by the plan that freezes, and by nobody else: what it wrote down stays, whatever becomes of the record."""
"""The notice needs both, the seats and the promise: whichever comes second drafts it."""
SEATS_ALLOTTED = Transition(
    "allotted", "Seats are allotted", source=(ANNOUNCED, ALLOTTED), target=ALLOTTED, by=SYSTEM, guards=[every_seat], do=[When(committed, [Draft(NOTICE)])]
)
DRAW_DONE: Transition[Edition, Policy, forms.Reveal] = Transition(
    "drawn", "Drawn", source=FROZEN, target=DRAWN, by=SYSTEM, form=forms.Reveal,
    do=[
        SetField(E.secret, ref(forms.Reveal).secret), SetField(E.public_value, ref(forms.Reveal).public_value),
        Draft(DRAW_ANNOUNCED), Notify(SCHOOL, "The seats of the camp are drawn"),
    ],
)  # fmt: skip
