"""A school's sheet of nominations (推荐名单): a verdict for each row. What is refused says why; the good rows are kept."""

from __future__ import annotations

from collections.abc import Iterable

from careflow_camp.facts import CAMPED
from careflow_camp.forms import Camper, Edition, NominationRow, line_of
from careflow_camp.policy import Policy
from careflow_camp.roles import LEADER
from careflow_camp.rules import has_come_before, is_left_behind, is_old_enough, months_of, tier
from careflow_camp.stages import DRAWN, FROZEN, NOMINATED, NOMINATING, POOL, READY, RUNNING
from workflow_core import CHILD, EDUCATION, SCHOOL, SUPERVISOR, Case, Deny, Desk, Effect, Import, Open, Warn, deny, warn

OPEN_EDITIONS = (NOMINATING, FROZEN, DRAWN, READY, RUNNING)
"""A sheet that names no edition is of the one that takes nominations; else it is told why none does."""


def nominate(desk: Desk[Policy], row: NominationRow) -> Iterable[Effect | Warn] | Deny:
    """Puts the child into the pool. Who was at a camp before waits for the county's word."""
    edition = desk.whole(Edition)
    if edition is None or edition.stage != NOMINATING:
        return deny("nominations are closed", hint="whoever missed them asks the education bureau", code="nominations_closed")
    closes = edition.record.nominate_by
    if closes is not None and desk.today > closes:
        return deny("nominations closed on {day}", hint="whoever missed them asks the education bureau", code="nominations_closed", day=closes)
    child = desk.child
    against = is_left_behind(child) or is_old_enough(child, desk.policy) or _of_a_school(edition, child.school)
    if against is not None:
        return against
    known = desk.case(Camper)
    if known is not None and not known.stage.final:
        return []
    months = months_of(row.away_months)
    if isinstance(months, Deny):
        return months
    came = has_come_before([one.value for one in desk.observed(CAMPED)])
    record = camper_of(edition.record, child.school, tier(child.hardship, came is not None, months, desk.policy), months, row, again=came is not None)
    if came is None:
        return [Open(record, stage=POOL)]
    told = warn(came.reason, hint=came.hint, code=came.code, **came.values)
    return [told, Open(record, stage=NOMINATED)]


def _of_a_school(edition: Case[Edition, Policy], school: str) -> Deny | None:
    if not school:
        return deny("its file names no school", hint="complete the child's file", code="school_unknown")
    line = line_of(edition.record.allotment, school)
    if line is not None and line.seats + line.reserve:
        return None
    return deny("{school} has no seats at this camp", hint="seats by school: care case show {ref}", code="no_seats", school=school, ref=edition.ref)


def camper_of(edition: Edition, school: str, tier: int, months: int | None, row: NominationRow, *, again: bool) -> Camper:
    """A camper's record, with what the papers tell of the edition."""
    return Camper(
        school=school, tier=tier, away_months=months, again=again, performance=row.performance, size=row.size, starts_on=edition.starts_on,
        ends_on=edition.ends_on, site=edition.site, address=edition.address, gathering=edition.gathering, hotline=edition.hotline,
    )  # fmt: skip


NOMINATIONS = Import(
    "nominations", "Nominations of a school", row=NominationRow, subject=CHILD, take=nominate, by=[SCHOOL, SUPERVISOR, EDUCATION, LEADER], into=Camper,
    within=Edition, stages=OPEN_EDITIONS, counts="nominated",
)  # fmt: skip
