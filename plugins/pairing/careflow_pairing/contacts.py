"""What a proxy parent does: weekly talk, visits, calls, and what each term asks for (五个一, 三个一). One entry counts for all that it fulfils.

Each is asked of the proxy parent, who may have no login: then a clerk of the township enters it on his behalf. Whoever sees danger has it reported at once
(未成年人保护法 art. 11): the referral waits for the program that protects children, and the township has a red task either way.
"""

from __future__ import annotations

from datetime import date

from careflow_pairing import forms
from careflow_pairing.forms import Danger, Dated, PairRecord, Where
from careflow_pairing.ledgers import PROXY
from careflow_pairing.policy import Policy
from careflow_pairing.rules import not_ahead
from workflow_core import MONTH, SUPERVISOR, TERM, WEEK, Case, Do, Effect, Escalate, Per, Refer, Task, When, is_, ref

P, TALKED, VISITED, DONE = ref(Policy), ref(forms.Talk), ref(forms.Visit), ref(forms.Contact)
PROTECTION = "protection"
"""The program to which danger is reported."""


def report(why: str) -> list[Effect]:
    """What is done at once when somebody has seen danger."""
    return [Refer(PROTECTION, why, urgent=True), Escalate(SUPERVISOR, why, urgent=True)]


HOME_VISIT = Task("home_visit", "Visit at home, once a term", by=PROXY, schedule=Per(TERM), help="done by itself with a visit that was made at home")
TALK = Task(
    "talk", "Weekly talk", by=PROXY, form=forms.Talk, checks=[not_ahead], happened=TALKED.talked_on,
    schedule=(Per(WEEK, times=P.talks_a_week), Per(TERM)),
    do=[When(is_(TALKED.danger, Danger.DANGER), report("The proxy parent saw danger for the child"))],
)  # fmt: skip
VISIT = Task(
    "visit", "Visit", by=PROXY, form=forms.Visit, checks=[not_ahead], happened=VISITED.visited_on,
    schedule=(Per(MONTH, times=P.visits_a_month), Per(TERM)),
    do=[
        When(is_(VISITED.where, Where.HOME), [Do(HOME_VISIT, None)]),
        When(is_(VISITED.danger, Danger.DANGER), report("The proxy parent saw danger for the child")),
    ],
)  # fmt: skip
CALL = Task(
    "call", "Call with the parents", by=PROXY, form=forms.Contact, checks=[not_ahead], happened=DONE.happened_on,
    schedule=(Per(MONTH, times=P.calls_a_month), Per(TERM)),
)  # fmt: skip
TEACHER, GUARDIAN, LETTER = (
    Task(name, title, by=PROXY, form=forms.Contact, checks=[not_ahead], happened=DONE.happened_on, schedule=Per(TERM))
    for name, title in (("teacher", "Talk with the class teacher"), ("guardian", "Talk with the guardian"), ("letter", "Letter to the child"))
)
CONTACTS = (TALK, VISIT, CALL, TEACHER, GUARDIAN, LETTER, HOME_VISIT)
"""In the order in which people name them."""
SIGNS_OF_LIFE = (TALK, VISIT, CALL)
"""A pair is silent when none of these happens."""


def last_contact(case: Case[PairRecord, Policy]) -> date | None:
    """The day of the latest talk, visit or call; None where there was none."""
    latest: list[Dated | None] = [case.last(TALK), case.last(VISIT), case.last(CALL)]
    return max((one.day for one in latest if one is not None), default=None)
