"""Proxy-parent pairing (代理家长结对): recruit, vet, match a township in one go, keep the pair alive.

Three workflows: the proxy parent (applied, registered, vetted, approved; vetted again each year), the child's need (registered, assessed, consented, queued)
and the pair (proposed, accepted, signed, reported, active). Beside this file: what is written down (``forms``), what a township sets (``policy``), what can
be told from these alone (``rules``), the stages, what a proxy parent does (``contacts``), the match (``township``, ``matching``), the papers and lists.

The law: who is in close contact with children is queried about, and again each year; whoever has a hit is not taken (未成年人保护法 art. 62); who must not be
entrusted with a child (art. 22) cannot be a proxy parent either; the child is heard; danger is reported at once (art. 11). The guardian consents in writing
(个人信息保护法 art. 31). Nothing here publishes a child.
"""

from __future__ import annotations

# isort: off
from collections.abc import Iterable, Sequence
from datetime import date

from careflow_pairing import forms
from careflow_pairing.contacts import CONTACTS, SIGNS_OF_LIFE, TALK
from careflow_pairing.county import COUNTY
from careflow_pairing.forms import ChangeInput, EndReason, HonourRecord, MatchInput, NeedRecord, PairRecord, ProxyRecord
from careflow_pairing.ledgers import HONOURS, PAIRS, PROXY, ROSTER
from careflow_pairing.papers import ASSISTANCE_ROSTER, CARD, COMMENDATION_LIST, CONSENT_FORM, PAIRING_TABLE, VETTING_LETTER, VISIT_RECORD
from careflow_pairing.policy import Policy
from careflow_pairing.rules import (
    NeedCase, PairCase, ProxyCase, child_was_heard, cleared, is_barred, is_cleared, not_ahead, of_age, tier, vetting_ends, vetting_not_ahead,
)  # fmt: skip
from careflow_pairing.sheets import DIARY, VOLUNTEERS
from careflow_pairing.stages import (
    ACTIVE, AGREED, APPLIED, APPROVED, ASSESSED, BARRED, CHOOSING, DECLINED, ENDED, HOLDING, HONOURED, LAPSED, LIVING, NEED_OPEN, OVER, PAIRED, PAUSED,
    PROPOSED, PROXY_ON_FILE, QUEUED, REGISTERED, REJECTED, REMATCHED, RETIRED, SIGNED, SUPERVISED, SUSPENDED,
)  # fmt: skip
from careflow_pairing.township import change, propose
from workflow_core import (
    AUTOMATIC, CHILD, CHILD_DIRECTOR, COUNTY_OFFICE, PER_SUBJECT, SCHOOL, SUPERVISOR, SYSTEM, TERM, TOWNSHIP, VOLUNTEER, WEEK, WHOLE, YEAR,
    AnyTime, Batch, Child, Consent, Deny, Desk, Draft, Effect, Escalate, Fire, Limit, Notify, On, OpenTask, Program, Routine, SetField, Task, Timer,
    Transition, Use, When, Workflow, after, consented, days, deny, done, filled, hookimpl, is_, months, none_in, ref, weeks, where_party, years,
)  # fmt: skip

X, N, R, P = ref(ProxyRecord), ref(NeedRecord), ref(PairRecord), ref(Policy)
VETTED, GROUND, ANSWERED, FAMILY, ENDING = ref(forms.VettingResult), ref(forms.Exclude), ref(forms.Answer), ref(forms.FamilyAnswer), ref(forms.Ending)
NOT_SUSPENDED = tuple(stage for stage in HOLDING if stage != SUSPENDED)

# ------------------------------------------------------------------------------------------------------------------------------------ the pair


def proxy_is_clear(case: PairCase) -> Deny | None:
    """The proxy parent may be near a child today, and is neither resting nor gone."""
    proxy = case.linked(ProxyRecord)
    if proxy.stage != APPROVED:
        return deny("the proxy parent is not approved: {stage}", hint="see to its own case first", code="proxy_not_approved", stage=proxy.stage.title)
    return cleared(proxy.record, case.policy, case.today)


def falls_short(case: PairCase) -> Deny | None:
    """Talks missed this term, counted by the day they were due."""
    missed, most = case.tally(TALK, TERM).missed, case.policy.missed_talks
    return None if missed >= most else deny("{missed} talks missed this term, supervised from {most} on", code="not_short", missed=missed, most=most)


def caught_up(case: PairCase) -> Deny | None:
    """This week's talk has been held."""
    week = case.tally(TALK, WEEK)
    return None if week.done >= week.wanted else deny("this week's talk is not on record", hint="enter it: the task 'talk'", code="not_caught_up")


def not_approved(case: PairCase) -> Deny | None:
    """A proposal that nobody has approved yet."""
    return None if not case.record.approved else deny("the proposal is approved", code="approved")


def today(case: PairCase) -> date:
    """The day of the step."""
    return case.today


def card_is_signed(case: PairCase) -> Deny | None:
    """The card was signed here first: then it has its number, and proxy parent, guardian and child have something to sign. Nobody signs a draft."""
    card, paper = case.paper(CARD), f"{case.ref}.{CARD.name}"
    if card is None or card.signed_on is None:
        return deny("the matching card is not signed", hint="sign it first: `care document sign {paper}`", code="not_signed", paper=paper)
    return None


def places(case: PairCase) -> int:
    """How many children the proxy parent takes at most."""
    return case.linked(ProxyRecord).record.capacity


def over_for_good(case: PairCase, ending: forms.Ending) -> Deny | None:
    """When the proxy parent leaves, the child is matched again instead."""
    if ending.why not in (EndReason.PROXY, EndReason.UNSUITED, EndReason.BARRED):
        return None
    return deny("the child still needs a proxy parent", hint="take the transition 'rematch' instead", code="rematch_instead")


NEED_OVER = Transition("over", "No longer needed", source=NEED_OPEN, target=OVER, by=SYSTEM)
FAMILY_STOPS = Transition("family_stops", "The family withdraws its consent", source=HOLDING, target=ENDED, by=SYSTEM)
MATCHING = Consent("pairing", "Pairing with a proxy parent", notice="2026-1", withdrawn=FAMILY_STOPS)
AGREE = Transition(
    "agree", "Both agree", source=PROPOSED, target=AGREED, by=AUTOMATIC,
    guards=[is_(R.approved, True), filled(R.accepted_by_proxy, R.accepted_by_family), proxy_is_clear, consented(MATCHING)],
)  # fmt: skip
REJECT = Transition("reject", "Reject", source=(PROPOSED, AGREED), target=DECLINED, by=(SUPERVISOR, PROXY), form=forms.Refusal)
WITHDRAW = Transition("withdraw", "Withdrawn: another match is better", source=PROPOSED, target=REMATCHED, by=SYSTEM, guards=[not_approved])
LAPSE = Transition("lapse", "No answer in time", source=PROPOSED, target=DECLINED, by=SYSTEM)
SIGN = Transition(
    "sign", "Card is signed", source=AGREED, target=SIGNED, by=SUPERVISOR, form=forms.Signing, checks=[not_ahead], guards=[proxy_is_clear, card_is_signed],
    do=[SetField(R.signed_on, ref(forms.Signing).signed_on)],
)  # fmt: skip
START = Transition(
    "start", "Report to the county and start", source=SIGNED, target=ACTIVE, by=SUPERVISOR, guards=[proxy_is_clear, consented(MATCHING)],
    do=[SetField(R.reported_on, today), Notify(COUNTY_OFFICE, "A pair was made")],
)  # fmt: skip
SUPERVISE = Transition("supervise", "Falls short: supervised", source=ACTIVE, target=SUPERVISED, by=SYSTEM, guards=[falls_short])
SILENT = Transition("silent", "Silent for too long: supervised", source=ACTIVE, target=SUPERVISED, by=SYSTEM)
SUSPEND = Transition("suspend", "Suspend at once", source=NOT_SUSPENDED, target=SUSPENDED, by=SYSTEM)
END = Transition(
    "end", "End", source=(ACTIVE, SUPERVISED, SUSPENDED), target=ENDED, by=SUPERVISOR, form=forms.Ending, checks=[not_ahead, over_for_good],
    do=[On(WHOLE, [Fire(NEED_OVER)])],
)  # fmt: skip
COME_OF_AGE = Transition("come_of_age", "Of age", source=LIVING, target=ENDED, by=SYSTEM, guards=[of_age], do=[On(WHOLE, [Fire(NEED_OVER)])])
REMATCH = Transition(
    "rematch", "End, and queue the child again", source=HOLDING, target=REMATCHED, by=(SUPERVISOR, SYSTEM), form=forms.Ending, checks=[not_ahead],
    do=[On(WHOLE, [SetField(N.again, True)])],
)  # fmt: skip
CLOSE_WITH_NEED = Transition("close", "Closed with the need", source=HOLDING, target=ENDED, by=SYSTEM)

APPROVE = Task("approve", "Approve the proposal", by=SUPERVISOR, due=days(P.approve_days), do=[SetField(R.approved, True)])
ASK_PROXY = Task(
    "ask_proxy", "Ask the proxy parent", by=PROXY, form=forms.Answer, checks=[not_ahead], needs=[APPROVE], due=days(P.answer_days),
    do=[SetField(R.accepted_by_proxy, ANSWERED.answered_on)], help="a no is the transition 'reject'",
)  # fmt: skip
ASK_FAMILY = Task(
    "ask_family", "Ask guardian and child", by=(CHILD_DIRECTOR, SUPERVISOR), form=forms.FamilyAnswer, checks=[not_ahead, child_was_heard], needs=[APPROVE],
    due=days(P.answer_days), do=[SetField(R.accepted_by_family, FAMILY.answered_on), SetField(R.child_agreed, FAMILY.child_agreed)],
    help="a no is the transition 'reject'",
)  # fmt: skip
LOOK = Task("look", "See why, and put it right", by=SUPERVISOR, form=forms.Look, checks=[not_ahead], due=days(P.look_days))
SEE_CHILD = Task("see_child", "See the child at once: its proxy parent may not be with it", by=SUPERVISOR, form=forms.Look, checks=[not_ahead], due=days(1))
RESUME = Transition("resume", "Back on course", source=SUPERVISED, target=ACTIVE, by=SUPERVISOR, guards=[done(LOOK), caught_up])
REINSTATE = Transition("reinstate", "Go on", source=SUSPENDED, target=ACTIVE, by=SUPERVISOR, guards=[done(SEE_CHILD), proxy_is_clear])

UNDECIDED = [Escalate(SUPERVISOR, "Nobody has decided on a proposal")]

PAIR = Workflow(
    "pair", "Pair", prefix="PR", subject=CHILD, record=PairRecord, policy=Policy, initial=PROPOSED, part_of=NeedRecord, parties=[PROXY],
    stages=[*HOLDING, DECLINED, ENDED, REMATCHED],
    transitions=[
        AGREE, REJECT, WITHDRAW, LAPSE, SIGN, START, SUPERVISE, SILENT, SUSPEND, RESUME, REINSTATE, END, COME_OF_AGE, REMATCH, FAMILY_STOPS, CLOSE_WITH_NEED,
    ],
    tasks={PROPOSED: [APPROVE, ASK_PROXY, ASK_FAMILY], LIVING: CONTACTS, SUPERVISED: [LOOK], SUSPENDED: [SEE_CHILD]},
    enter={AGREED: [Draft(CARD)]},
    timers=[
        Timer("no_answer", PROPOSED, due=after(APPROVE, days(P.answer_days)), do=[When(is_(R.approved, True), [Fire(LAPSE)], UNDECIDED)]),
        Timer("unsigned", AGREED, due=days(P.answer_days), again=weeks(2), do=[Escalate(SUPERVISOR, "The matching card is not signed yet")]),
        Timer("unreported", SIGNED, due=days(P.report_days), again=weeks(1), do=[Escalate(SUPERVISOR, "A signed pair is not reported to the county")]),
        Timer("silent", ACTIVE, due=after(SIGNS_OF_LIFE, days(P.silent_days)), fire=SILENT),
        Timer("short", ACTIVE, due=weeks(1), again=weeks(1), fire=SUPERVISE),
        Timer("of_age", LIVING, due=after(ref(Child).born_on, years(P.end_age)), fire=COME_OF_AGE),
        Timer("stuck", SUPERVISED, due=weeks(P.supervised_weeks), again=weeks(2), do=[Escalate(COUNTY_OFFICE, "A pair has long been under supervision")]),
        Timer("suspended", SUSPENDED, due=weeks(1), again=weeks(1), do=[Escalate(COUNTY_OFFICE, "A suspended pair waits for a decision")]),
    ],
    limits=[
        Limit("one_pair", "this child already has a proxy parent", size=1, per=PER_SUBJECT, held_in=HOLDING),
        Limit("capacity", "the proxy parent has no place left", size=places, per=PROXY, held_in=HOLDING, counts_once=R.household),
    ],
    consents=[MATCHING], papers=[VISIT_RECORD], open_by=[SYSTEM], edit_by=[SUPERVISOR], seen_by=[SUPERVISOR, CHILD_DIRECTOR, COUNTY_OFFICE],
)  # fmt: skip

# ------------------------------------------------------------------------------------------------------------------------------- the child's need


def has_pair(case: NeedCase) -> Deny | None:
    """Its pair has begun."""
    begun = case.count(PairRecord, ACTIVE, SUPERVISED, SUSPENDED)
    return None if begun else deny("no pair has begun yet", code="no_pair")


def tier_of(case: NeedCase) -> int:
    """How urgent the need is, by who looks after the child."""
    return tier(case.child.guardian_kin)


def household_of(case: NeedCase) -> str:
    """Children who have the same guardian or parents on file are of one household."""
    return min(case.child.related, default="")


ASSESS = Task("assess", "Assess the need", by=(CHILD_DIRECTOR, SCHOOL, SUPERVISOR), fills=(N.needs, N.priority, N.household), due=days(P.assess_days),
              late=[Escalate(SUPERVISOR, "A child's need is not assessed")])  # fmt: skip
QUEUE = Transition("queue", "Into the queue", source=ASSESSED, target=QUEUED, by=AUTOMATIC, guards=[done(ASSESS), consented(MATCHING)])
PAIR_UP = Transition("pair_up", "Paired", source=QUEUED, target=PAIRED, by=AUTOMATIC, guards=[has_pair])
UNPAIR = Transition("unpair", "Queued again, first in line", source=PAIRED, target=QUEUED, by=AUTOMATIC, guards=[none_in(PairRecord, *HOLDING)])
NO_NEED = Transition(
    "no_need", "No longer needed", source=NEED_OPEN, target=OVER, by=SUPERVISOR, form=forms.Ending, checks=[not_ahead], parts_become=CLOSE_WITH_NEED
)
NEED = Workflow(
    "need", "Child's need", prefix="PN", subject=CHILD, record=NeedRecord, policy=Policy, initial=ASSESSED, stages=[*NEED_OPEN, OVER],
    transitions=[QUEUE, PAIR_UP, UNPAIR, NO_NEED, NEED_OVER], tasks={ASSESSED: [ASSESS]},
    enter={ASSESSED: [When(is_(N.household, ""), [SetField(N.priority, tier_of), SetField(N.household, household_of)])]},
    timers=[
        Timer("waits", QUEUED, due=weeks(8), again=weeks(8), do=[Escalate(SUPERVISOR, "A child has long been waiting for a proxy parent")]),
        Timer("unconsented", ASSESSED, due=weeks(8), do=[Escalate(SUPERVISOR, "A registered child is not in the queue: is the consent there?")]),
        Timer("reviewed", PAIRED, due=weeks(52), again=weeks(52), do=[Escalate(SUPERVISOR, "A year as a pair: look whether it is still right")]),
    ],
    limits=[Limit("one_need", "this child is registered already", size=1, per=PER_SUBJECT, held_in=NEED_OPEN)],
    consents=[MATCHING], papers=[CONSENT_FORM], open_by=[CHILD_DIRECTOR, SCHOOL, SUPERVISOR], edit_by=[SUPERVISOR, CHILD_DIRECTOR],
    seen_by=[COUNTY_OFFICE],
)  # fmt: skip

# ----------------------------------------------------------------------------------------------------------------------------- the proxy parent


def good_until(case: ProxyCase) -> date | None:
    """The first day on which the query no longer counts."""
    on = case.record.vetted_on
    return None if on is None else vetting_ends(on, case.policy.revet_months)


ALL_STOP = On(where_party(PROXY, PairRecord, *NOT_SUSPENDED), [Fire(SUSPEND)])
"""Whoever may not be with a child, is not with it from this moment on; the supervisor sees each child."""
WRITE_DOWN: list[Effect] = [
    SetField(X.vetting, VETTED.result), SetField(X.query_number, VETTED.query_number), SetField(X.vetted_on, VETTED.vetted_on),
    SetField(X.authority, VETTED.authority), SetField(X.vetted_until, good_until),
]  # fmt: skip
VET, VET_AGAIN = (
    Task(name, title, by=SUPERVISOR, form=forms.VettingResult, checks=[vetting_not_ahead], happened=VETTED.vetted_on, due=days(P.vet_days), do=WRITE_DOWN,
         late=[Escalate(SUPERVISOR, "A query about a volunteer is not answered")],
         help="the result, its number, date and authority; never the record behind it")
    for name, title in (("vet", "Enter the answer to the query"), ("vet_again", "Ask again: the vetting runs out"))
)  # fmt: skip
EXCLUDE = Task(
    "exclude", "Excluded by art. 22", by=SUPERVISOR, form=forms.Exclude, checks=[not_ahead], schedule=AnyTime(), do=[SetField(X.exclusion, GROUND.ground)],
    help="one of the four cases of 未成年人保护法 art. 22: bars at once",
)  # fmt: skip
REGISTER = Transition("register", "Register, and ask about", source=APPLIED, target=REGISTERED, by=SUPERVISOR, do=[Draft(VETTING_LETTER)])
PASS = Transition("pass", "Approve", source=REGISTERED, target=APPROVED, by=SUPERVISOR, guards=[is_cleared], four_eyes=[VET])
TURN_DOWN = Transition("turn_down", "Turn down", source=(APPLIED, REGISTERED), target=REJECTED, by=SUPERVISOR, form=forms.Refusal)
BAR = Transition(
    "bar", "Bar", source=PROXY_ON_FILE, target=BARRED, by=AUTOMATIC, guards=[is_barred], do=[ALL_STOP, Notify(COUNTY_OFFICE, "A proxy parent is barred")]
)
EXPIRE = Transition("expire", "Vetting has run out", source=(APPROVED, PAUSED), target=LAPSED, by=SYSTEM, do=[ALL_STOP])
RENEW = Transition("renew", "Vetted again", source=LAPSED, target=APPROVED, by=AUTOMATIC, guards=[is_cleared])
PAUSE = Transition("pause", "Pause", source=APPROVED, target=PAUSED, by=SUPERVISOR)
BACK = Transition("back", "Back", source=PAUSED, target=APPROVED, by=SUPERVISOR, guards=[is_cleared])
RETIRE = Transition(
    "retire", "Leaves", source=(APPROVED, PAUSED, LAPSED), target=RETIRED, by=SUPERVISOR, form=forms.Ending, checks=[not_ahead],
    do=[On(where_party(PROXY, PairRecord, *HOLDING), [Fire(REMATCH, ENDING)])],
)  # fmt: skip
PROXY_PARENT = Workflow(
    "proxy", "Proxy parent", prefix="PP", subject=VOLUNTEER, record=ProxyRecord, policy=Policy, initial=APPLIED,
    stages=[*PROXY_ON_FILE, REJECTED, BARRED, RETIRED],
    transitions=[REGISTER, PASS, TURN_DOWN, BAR, EXPIRE, RENEW, PAUSE, BACK, RETIRE],
    tasks={(REGISTERED, LAPSED): [VET], PROXY_ON_FILE: [EXCLUDE]},
    timers=[
        Timer("idle", (APPLIED, REGISTERED), due=weeks(8), again=weeks(4), do=[Escalate(SUPERVISOR, "A volunteer waits for an answer")]),
        Timer("soon", (APPROVED, PAUSED), due=after(X.vetted_on, months(P.revet_notice_months)), do=[OpenTask(VET_AGAIN)]),
        Timer("expires", (APPROVED, PAUSED), due=after(X.vetted_on, months(P.revet_months)), fire=EXPIRE),
        Timer("lapsed", LAPSED, due=weeks(4), again=weeks(4), do=[Escalate(SUPERVISOR, "A proxy parent's vetting has run out")]),
    ],
    limits=[Limit("one_file", "this volunteer has a case already", size=1, per=PER_SUBJECT, held_in=PROXY_ON_FILE)],
    open_by=[SUPERVISOR], edit_by=[SUPERVISOR], seen_by=[COUNTY_OFFICE, CHILD_DIRECTOR],
)  # fmt: skip

# -------------------------------------------------------------------------------------------------------------------- match, commendation, program


def plan_match(desk: Desk[Policy], needs: Sequence[NeedCase], proxies: Sequence[ProxyCase], pairs: Sequence[PairCase], asked: MatchInput) -> Iterable[Effect]:
    """The best match of the division, as proposals."""
    return propose(desk, needs, proxies, pairs, asked, consent=MATCHING, withdraw=WITHDRAW)


def plan_change(desk: Desk[Policy], needs: Sequence[NeedCase], proxies: Sequence[ProxyCase], pairs: Sequence[PairCase], asked: ChangeInput) -> Iterable[Effect]:
    """Another proposal for one child, by hand."""
    return change(desk, needs, proxies, pairs, asked, consent=MATCHING, withdraw=WITHDRAW)


OVER_ALL = [(NeedRecord, [QUEUED]), (ProxyRecord, [APPROVED]), (PairRecord, [*HOLDING, DECLINED])]
MATCH = Batch(
    "match", "Match children and proxy parents", over=OVER_ALL, plan=plan_match, may=[PairRecord, WITHDRAW], by=[SUPERVISOR, COUNTY_OFFICE], form=MatchInput
)
CHANGE = Batch("change", "Propose another one", over=OVER_ALL, plan=plan_change, may=[PairRecord, WITHDRAW], by=[SUPERVISOR], form=ChangeInput)

COMMEND = Transition("commend", "Commend", source=CHOOSING, target=HONOURED, by=COUNTY_OFFICE)
COMMENDATION = Workflow(
    "commendation", "Yearly commendation", prefix="PC", subject=TOWNSHIP, record=HonourRecord, policy=Policy, initial=CHOOSING, stages=[CHOOSING, HONOURED],
    transitions=[COMMEND], enter={CHOOSING: [Draft(COMMENDATION_LIST)]}, papers=[PAIRING_TABLE, ASSISTANCE_ROSTER],
    timers=[Timer("choose", CHOOSING, due=weeks(52), do=[Escalate(COUNTY_OFFICE, "Last year's commendation is still open")])],
    edit_by=[SUPERVISOR, COUNTY_OFFICE], seen_by=[SUPERVISOR],
)  # fmt: skip

PROGRAM = Program(
    "pairing", "Proxy-parent pairing", version=1, policy=Policy, workflows=[PROXY_PARENT, NEED, PAIR, COMMENDATION], batches=[MATCH, CHANGE],
    imports=[VOLUNTEERS, DIARY], routines=[Routine("yearly", "Yearly commendation", opens=COMMENDATION, per=YEAR, at=TOWNSHIP)],
    listings=[PAIRS, ROSTER, HONOURS, *COUNTY],
    uses=[Use(ref(Child).village, "nearness: proxy parents live near the child"), Use(ref(Child).guardian_kin, "who has nobody is matched first"),
          Use(ref(Child).related, "who is of one household, and who is a relative")],
)  # fmt: skip


@hookimpl
def careflow_programs() -> list[Program[Policy]]:
    """What this plugin brings."""
    return [PROGRAM]
