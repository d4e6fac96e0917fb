"""What can be told from records, policy and an entry alone: who may be nominated, who comes first, whether dates are in order. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta, timezone
from typing import Any, Protocol, TypeAlias

from careflow_camp.forms import Camper, Edition, Group, Return
from careflow_camp.policy import Policy
from workflow_core import Case, Child, Deny, deny

EditionCase: TypeAlias = Case[Edition, Policy]
CamperCase: TypeAlias = Case[Camper, Policy]

AWAY = frozenset({"both_away", "father_away", "mother_away", "one_away"})
"""What a child's file says where it is left behind."""
LAST_TIER = 8
OFFICE = timezone(timedelta(hours=8))
"""The office's time: there is no summer time."""


class Dated(Protocol):
    """An entry that says on which day it happened."""

    @property
    def day(self) -> date:
        """The day it happened."""
        ...


# ------------------------------------------------------------------ who may be nominated


def is_left_behind(child: Child) -> Deny | None:
    """Registered, and as left-behind: a file that is only provisional, or says nothing of the parents, is completed first."""
    if child.provisional:
        return deny("the child's file is provisional", hint="complete it: name, birth date and number", code="not_registered")
    if child.left_behind in AWAY:
        return None
    if not child.left_behind:
        return deny("its file does not say whether the parents are away", hint="ask the school, and complete the child's file", code="left_behind_unknown")
    return deny("not registered as left-behind", hint="the camp is for left-behind children", code="not_left_behind")


def is_old_enough(child: Child, policy: Policy) -> Deny | None:
    """From the policy's grade on."""
    if child.grade is None:
        return deny("its file has no grade", hint="complete the child's file", code="grade_unknown")
    if child.grade >= policy.grade_from:
        return None
    return deny("grade {grade}; from grade {need} on", hint="nominate it in a later year", code="grade_too_low", grade=child.grade, need=policy.grade_from)


def has_come_before(years: Sequence[int]) -> Deny | None:
    """Who has been to a camp to its end does not come again, as a rule (原则上不予参加): only the county, with a reason.

    :param years: of the camps it has completed.
    """
    if not years:
        return None
    hint = "the county office may admit it all the same, with a reason: the transition 'admit_anyway'"
    return deny("took part in {year}", hint=hint, code="took_part_before", year=max(years))


# ------------------------------------------------------------------ who comes first


def tier(hardship: Sequence[str], again: bool, away_months: int | None, policy: Policy) -> int:
    """The tier of need, 1 to 8: hardship on file before none, then who has not been to a camp before who has, then who has long been without its parents.

    Nothing later outweighs what comes before it. A policy that leaves one of the three out leaves tiers empty; it reorders nobody else.

    :param hardship: as the child's file has it: orphans, children whom nobody in fact brings up (事实无人抚养), children in hardship.
    :param away_months: how long the parents have been away; None where nobody said: not long, as far as is known.
    """
    in_need = bool(hardship) or not policy.hardship_first
    newcomer = not again or not policy.newcomers_first
    long_away = not policy.long_absence_months or (away_months or 0) >= policy.long_absence_months
    return 1 + 4 * (not in_need) + 2 * (not newcomer) + (not long_away)


def months_of(cell: str) -> int | Deny | None:
    """What a sheet says of how long the parents have been away: months, from 0 to 240; nothing where the cell is empty."""
    text = cell.strip().removesuffix("个月").removesuffix("月").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit() and int(text) <= 240:
        return int(text)
    return deny("the months of absence are not a whole number from 0 to 240", hint="months only: 18", code="months_not_read")


# ------------------------------------------------------------------ the edition


def dates_in_order(edition: Edition) -> Deny | None:
    """First day, last day; nominations close before the camp; the public value comes out after they have closed, and before the camp."""
    if edition.ends_on < edition.starts_on:
        return deny("the camp ends before it starts", hint="correct one of the two days", code="ends_before_start")
    if edition.nominate_by is not None and edition.nominate_by >= edition.starts_on:
        return deny("nominations close when the camp has begun", hint="close them earlier", code="closes_too_late")
    if edition.public_on is not None and edition.nominate_by is not None and edition.public_on <= edition.nominate_by + timedelta(days=1):
        hint = "nominations close when their last day is over: name a value of the day after the next, so that nobody knows it while the list can change"
        return deny("the public value comes out before nominations have closed", hint=hint, code="public_too_early")
    if edition.public_on is not None and edition.public_on >= edition.starts_on:
        return deny("the public value comes out when the camp has begun", hint="name an earlier one", code="public_too_late")
    return None


def value_named(edition: Edition) -> Deny | None:
    """Which public value the draw waits for, and its day: both are said before anybody is nominated."""
    if edition.public_source.strip() and edition.public_on is not None:
        return None
    hint = "say which number, of which day: care case edit REF --set public_source=… --set public_on=…"
    return deny("the public value that the draw waits for is not named, or not its day", hint=hint, code="public_missing")


def value_unknown(edition: Edition, today: date) -> Deny | None:
    """Secret and list are settled before the day on which the public value comes out: from then on somebody could choose by it."""
    if edition.public_on is None or today < edition.public_on:
        return None
    hint = "name one that comes out later, with a reason, before nominations close: care case edit REF --set public_source=… --set public_on=…"
    return deny("the public value came out on {day}", hint=hint, code="public_known", day=edition.public_on)


def all_allotted(edition: Edition) -> Deny | None:
    """As many seats are allotted as there are, and no school twice."""
    names = [line.school for line in edition.allotment]
    if len(set(names)) < len(names):
        return deny("a school has two lines of seats", hint="allot the seats anew", code="school_twice")
    left = edition.seats - sum(line.seats for line in edition.allotment)
    if left > 0:
        return deny("{n} seats are not allotted", hint="allot them, or lower the number of seats", code="seats_left", n=left)
    return None if not left else deny("{n} seats too many are allotted", hint="allot the seats anew", code="seats_too_many", n=-left)


def tutors_cleared(groups: Sequence[Group], last_day: date, today: date) -> Deny | None:
    """Every group has a tutor who was asked about, by a query with a number, less than a year before the last day (未成年人保护法 art. 62: each year again)."""
    if not groups:
        return deny("there are no groups", hint="name the tutors, and make the groups", code="no_groups")
    nobody = [one.number for one in groups if not one.tutor.strip()]
    if nobody:
        return deny("groups without a tutor: {groups}", hint="name somebody for each", code="tutor_missing", groups=_numbers(nobody))
    stale = [one.number for one in groups if not one.query_number.strip() or not _asked_in_time(one.vetted_on, last_day, today)]
    if stale:
        hint = "ask the police or the procuratorate; nobody with a hit, or without an answer, comes near the children"
        return deny("groups whose tutor is not vetted: {groups}", hint=hint, code="tutor_not_vetted", groups=_numbers(stale))
    return None


def _asked_in_time(vetted_on: date | None, last_day: date, today: date) -> bool:
    return vetted_on is not None and vetted_on <= today and last_day < _year_after(vetted_on)


def _year_after(day: date) -> date:
    """The same day of the next year; of 29 February the last day of that month (民法典 art. 202)."""
    return date(day.year + 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)


def _numbers(of: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(of)))


# ------------------------------------------------------------------ entries


def has_begun(case: CamperCase) -> bool:
    """Whether the first day is there."""
    return case.record.starts_on is not None and case.today >= case.record.starts_on


def not_ahead(case: Case[Any, Policy], entered: Dated) -> Deny | None:
    """Nothing is written down before it has happened."""
    return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=entered.day) if entered.day > case.today else None


def not_later(case: CamperCase, entered: Return) -> Deny | None:
    """Nobody is back before it is: to the minute."""
    return deny("this time is still to come", hint="enter it when the child is there", code="time_in_future") if entered.back_at > case.now else None
