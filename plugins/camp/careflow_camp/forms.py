"""What is written down of an edition of the camp and of a camper; what people enter. Each label is also a sheet's heading and a paper's field."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime

from careflow_camp.roles import LEADER, TUTOR
from careflow_camp.stages import FROM_ALLOTTED, FROM_ANNOUNCED, FROM_FROZEN
from workflow_core import SCHOOL, Attachment, CaseRef, Choice, ask, form


class Method(Choice):
    """How seats are allotted; ``seats`` has the arithmetic."""

    LARGEST_REMAINDER = "Largest remainder"
    SAINTE_LAGUE = "Sainte-Laguë"
    DHONDT = "D'Hondt"
    HUNTINGTON_HILL = "Huntington–Hill"


class WithdrawReason(Choice):
    """Why a child does not come, or not any more."""

    WISH = "The child or the family wishes it"
    UNFIT = "Not fit to go"
    NO_CONSENT = "No consent in time"
    NO_ANSWER = "No answer in time"
    NO_SHOW = "Did not come"
    MOVED = "Moved away"
    OTHER = "Another reason"


# ------------------------------------------------------------------ pieces of records


@form
class SchoolSeats:
    """One line of annex 4: what a school was allotted, and by how many it may go beyond it."""

    school: str = ask("School")
    children: int = ask("Children on the register", default=0, ge=0)
    seats: int = ask("Seats", default=0, ge=0)
    reserve: int = ask("May nominate beyond", default=0, ge=0)


def line_of(allotment: Sequence[SchoolSeats], school: str) -> SchoolSeats | None:
    """A school's line. The lines are in the order of their names, as they are allotted: looked up by halves; else one by one."""
    at = bisect_left(allotment, school, key=lambda line: line.school)
    if at < len(allotment) and allotment[at].school == school:
        return allotment[at]
    return next((line for line in allotment if line.school == school), None)


@form
class Group:
    """One group and its tutor. Of the vetting only its day and number, as 未成年人保护法 art. 62 asks for."""

    number: int = ask("Group", ge=1)
    tutor: str = ask("Tutor", default="", personal=True)
    phone: str = ask("Tutor's telephone", default="", personal=True)
    vetted_on: date | None = ask("Vetted on", default=None)
    query_number: str = ask("Query number", default="")


@form
class SchoolResult:
    """What became of a school's nominations, for the closing report."""

    school: str = ask("School")
    seats: int = ask("Seats", default=0, ge=0)
    nominated: int = ask("Nominated", default=0, ge=0)
    came: int = ask("Came", default=0, ge=0)
    completed: int = ask("Completed", default=0, ge=0)


# ------------------------------------------------------------------ records


@form
class Edition:
    """One camp: what is announced, decided and drawn once for everybody.

    The secret of the draw is not here before the draw: whoever committed to it keeps it on paper, and only its SHA-256 is on file.
    """

    starts_on: date = ask("First day", fixed=FROM_ANNOUNCED)
    ends_on: date = ask("Last day", fixed=FROM_ANNOUNCED)
    seats: int = ask("Seats in all", ge=1, fixed=FROM_ALLOTTED)
    title: str = ask("Name of the camp", default="")
    organisers: str = ask("Organisers", default="", help="the joint organisers, as the notice names them")
    site: str = ask("Camp site", default="", fixed=FROM_ANNOUNCED)
    address: str = ask("Address of the site", default="", fixed=FROM_ANNOUNCED)
    gathering: str = ask("Where and when to arrive", default="", fixed=FROM_ANNOUNCED)
    hotline: str = ask("Telephone of the camp", default="", fixed=FROM_ANNOUNCED)
    method: Method = ask("How seats are allotted", default=Method.LARGEST_REMAINDER)
    at_least: int = ask("Seats for each school at least", default=1, ge=0)
    nominate_by: date | None = ask("Nominations close on", default=None)
    public_source: str = ask(
        "Public value that the draw waits for",
        default="",
        help="a number that nobody can know before nominations close: which one, of which day",
        fixed=FROM_FROZEN,
    )
    public_on: date | None = ask("Day on which the public value comes out", default=None, fixed=FROM_FROZEN)
    allotment: tuple[SchoolSeats, ...] = ask("Seats by school", default=(), fixed=True)
    commitment: str = ask("SHA-256 of the secret", default="", fixed=True)
    digest: str = ask("SHA-256 of the frozen list", default="", fixed=True)
    listed: int = ask("Children on the frozen list", default=0, ge=0, fixed=True)
    secret: str = ask("Secret, revealed at the draw", default="", fixed=True)
    public_value: str = ask("Public value of the draw", default="", fixed=True)
    order_digest: str = ask("SHA-256 of the order drawn", default="", fixed=True)
    groups: tuple[Group, ...] = ask("Groups", default=(), fixed=True)
    insurer: str = ask("Insurer", default="")
    insurance_number: str = ask("Number of the insurance", default="")
    results: tuple[SchoolResult, ...] = ask("Results by school", default=(), fixed=True)
    days: tuple[date, ...] = ask("Days of the camp", default=(), fixed=True)
    incidents: int = ask("Incidents", default=0, ge=0, fixed=True)
    unsettled: int = ask("Incidents of which nobody has written what was done", default=0, ge=0, fixed=True)
    remark: str = ask("Remark", default="")


@form
class Camper:
    """What the camp knows of a child beside the child's own file. What comes from the edition is kept as it was when the papers were made."""

    school: str = ask("School", fixed=True)
    tier: int = ask("Tier of need", default=8, ge=1, le=8, fixed=True)
    away_months: int | None = ask("Months that the parents have been away", default=None, ge=0, le=240)
    again: bool = ask("Took part before", default=False)
    why_again: str = ask("Why all the same", default="", personal=True)
    place: int | None = ask("Place in the draw", default=None, ge=1, fixed=True)
    lot: str = ask("Lot", default="", help="SHA-256 of seed and reference", fixed=True)
    group: int | None = ask("Group", default=None, ge=1, fixed=True)
    tutor: str = ask("Tutor", default="", personal=True)
    tutor_phone: str = ask("Tutor's telephone", default="", personal=True)
    fit: bool | None = ask("Fit to go", default=None, fixed=True)
    allergies: str = ask("Allergies", default="", personal=True, seen_by=(LEADER, TUTOR, SCHOOL))
    medicine: str = ask("Illnesses and medicine", default="", personal=True, seen_by=(LEADER, TUTOR, SCHOOL))
    emergency_name: str = ask("Emergency contact", default="", personal=True)
    emergency_kin: str = ask("Relation to the child", default="")
    emergency_phone: str = ask("Telephone of the emergency contact", default="", personal=True)
    performance: str = ask("Performance", default="")
    size: str = ask("Size of the camp clothes", default="")
    answer_by: date | None = ask("Consent by", default=None, fixed=True)
    ready_by: date | None = ask("Health statement and emergency contact by", default=None, fixed=True)
    expected_at: datetime | None = ask("Expected since", default=None, fixed=True)
    back_by: datetime | None = ask("Back by", default=None, fixed=True)
    times_missing: int = ask("How often it was missing", default=0, ge=0, fixed=True)
    withdrawn: WithdrawReason | None = ask("Why withdrawn", default=None)
    starts_on: date | None = ask("First day", default=None)
    ends_on: date | None = ask("Last day", default=None)
    site: str = ask("Camp site", default="")
    address: str = ask("Address of the site", default="")
    gathering: str = ask("Where and when to arrive", default="")
    hotline: str = ask("Telephone of the camp", default="")
    notice: str = ask("Version of the notice to the guardians", default="")


# ------------------------------------------------------------------ what is entered for an edition


@form
class Commit:
    """The promise before the draw: the SHA-256 of a secret that stays with whoever gives it."""

    commitment: str = ask("SHA-256 of the secret")


@form
class Reveal:
    """What the draw is made from: the secret, which must fit its SHA-256, and the public value as the notice names it."""

    secret: str = ask("Secret", personal=True)  # a plan that is not carried out yet shows stars: it is published with the draw
    public_value: str = ask("Public value", help="digits, letters, full stops, commas, plus and minus signs only; no blanks")


@form
class SchoolCount:
    """How many children a school has that the seats are for."""

    school: str = ask("School")
    children: int = ask("Children", ge=0)


@form
class SeatsInput:
    """What the allotting of seats is asked for."""

    counts: tuple[SchoolCount, ...] = ask("Children by school", default=(), help="left out: as the registry has them")


@form
class Frozen:
    """What is published when nominations close. The engine writes it down, and nobody corrects it."""

    digest: str = ask("SHA-256 of the frozen list")
    listed: int = ask("Children on the frozen list", ge=0)
    public_source: str = ask("Public value that the draw waits for", default="")
    public_on: date | None = ask("Day on which the public value comes out", default=None)


@form
class NewDates:
    """Other days, or another site. What is counted from the first day moves with it."""

    starts_on: date = ask("First day")
    ends_on: date = ask("Last day")
    site: str = ask("Camp site", default="", help="left out: as before")
    address: str = ask("Address of the site", default="", help="left out: as before")
    gathering: str = ask("Where and when to arrive", default="", help="left out: as before")
    hotline: str = ask("Telephone of the camp", default="", help="left out: as before")
    why: str = ask("Why")


@form
class GroupsInput:
    """Who leads the groups. The children are put into them by sex, school and siblings."""

    groups: tuple[Group, ...] = ask("Groups")


@form
class Announcement:
    """That the notice went out."""

    sent_on: date = ask("Sent on")

    @property
    def day(self) -> date:
        return self.sent_on


@form
class HostCall:
    """A week before: the site, the meals, the transport, the doctor."""

    called_on: date = ask("Called on")
    agreed: str = ask("What was agreed", default="")

    @property
    def day(self) -> date:
        return self.called_on


@form
class StaffCheck:
    """That nobody with a hit works at the camp (未成年人保护法 art. 62): of each only that there was none."""

    checked_on: date = ask("Checked on")
    asked: int = ask("People asked about", ge=1)

    @property
    def day(self) -> date:
        return self.checked_on


@form
class Rehearsal:
    """The day before: programme, tutors, what to do when somebody is missing."""

    held_on: date = ask("Held on")
    remark: str = ask("Remark", default="")

    @property
    def day(self) -> date:
        return self.held_on


@form
class RollCall:
    """One group's roll call: who was not there and has no note. Which of the day's it is, the time says."""

    called_at: datetime = ask("Called at")
    absent: tuple[CaseRef[Camper], ...] = ask("Absent without a note", default=())


@form
class LateRoll:
    """A roll call that was missed, or was made and not entered in its own time: what is known of it, and why it comes late."""

    group: int = ask("Group", ge=1)
    called_at: datetime = ask("Called at")
    absent: tuple[CaseRef[Camper], ...] = ask("Absent without a note, and not seen since", default=())
    seen_since: tuple[CaseRef[Camper], ...] = ask("Absent without a note then, and seen since", default=())
    why: str = ask("Why it is entered late")


@form
class Cancellation:
    """Why the camp does not take place."""

    why: str = ask("Why")


@form
class ClosingRemark:
    """What the closing report says beside its figures."""

    remark: str = ask("Remark", default="")


# ------------------------------------------------------------------ what is entered for a camper


@form
class Override:
    """Why a former camper comes again all the same (原则上不予参加)."""

    why: str = ask("Why all the same", personal=True)


@form
class Health:
    """The health statement, by school or doctor."""

    stated_on: date = ask("Stated on")
    fit: bool = ask("Fit to go")
    allergies: str = ask("Allergies", default="", personal=True, seen_by=(LEADER, TUTOR, SCHOOL))
    medicine: str = ask("Illnesses and medicine", default="", personal=True, seen_by=(LEADER, TUTOR, SCHOOL))
    statement: Attachment | None = ask("Signed statement", default=None)

    @property
    def day(self) -> date:
        return self.stated_on


@form
class Emergency:
    """Whom to call, what the child performs, which size it wears."""

    name: str = ask("Emergency contact", personal=True)
    phone: str = ask("Telephone of the emergency contact", personal=True)
    kin: str = ask("Relation to the child", default="")
    performance: str = ask("Performance", default="")
    size: str = ask("Size of the camp clothes", default="")


@form
class Withdrawal:
    """Why a child does not come."""

    why: WithdrawReason = ask("Why")
    note: str = ask("Note", default="", personal=True)


@form
class Whereabouts:
    """What the family says of a child that was not seen: whether it comes."""

    asked_at: datetime = ask("Asked at")
    said_by: str = ask("Who said it", personal=True)
    comes: bool = ask("The child comes")
    note: str = ask("Note", default="", personal=True)


@form
class Leave:
    """A tutor's note: off the site with somebody, until then. Nobody leaves without one."""

    left_at: datetime = ask("Left at")
    back_by: datetime = ask("Back by")
    with_whom: str = ask("With whom", personal=True)
    why: str = ask("Why", default="", personal=True)
    note: Attachment | None = ask("Tutor's note", default=None)


@form
class Return:
    """Back on the site, or found."""

    back_at: datetime = ask("Back at")
    note: str = ask("Note", default="", personal=True)


@form
class GoingHome:
    """Why a child is taken home before the end, and by whom."""

    why: str = ask("Why", personal=True)
    fetched_by: str = ask("Fetched by", personal=True)


# ------------------------------------------------------------------ rows of registers and sheets


@form
class KitRow:
    """One thing handed to one camper; and, where it is to come back, when it did."""

    camper: CaseRef[Camper] = ask("Camper")
    item: str = ask("Item")
    size: str = ask("Size", default="")
    back_on: date | None = ask("Given back on", default=None, help="of something lent: entered when it is back; what is kept stays without")


@form
class IncidentRow:
    """Something that happened; what was done."""

    at: datetime = ask("When")
    what: str = ask("What happened", personal=True)
    camper: CaseRef[Camper] | None = ask("Camper", default=None)
    done: str = ask("What was done", default="", personal=True)


@form
class NominationRow:
    """One row of a school's sheet. The child is found by number and name, which the engine reads."""

    away_months: str = ask("Months that the parents have been away", default="", also=("父母外出月数", "外出月数", "父母外出时间(月)", "父母外出时间（月）"))
    performance: str = ask("Performance", default="", also=("节目", "文艺节目", "才艺", "准备节目"))
    size: str = ask("Size of the camp clothes", default="", also=("营服尺码", "尺码", "衣服尺码", "服装尺码"))
