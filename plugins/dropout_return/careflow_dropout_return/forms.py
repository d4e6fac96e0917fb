"""What is written down: the record of a case, and what people enter. Each label is also a heading of a sheet and a field of a paper."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from workflow_core import Attachment, Choice, ask, form


class Cause(Choice):
    """Why a child leaves school."""

    POVERTY = "Poverty"
    AVERSION = "Does not want to learn"
    LEARNING = "Cannot follow the lessons"
    MARRIAGE = "Early marriage"
    WORK = "Gone to work"
    HEALTH = "Disability or illness"
    UNCARED = "Nobody looks after the child"
    MOVED = "Moved with the parents"


class Finding(Choice):
    """What a check finds: only ``GONE`` is a dropout, ``TRANSFERRED`` and ``ON_LEAVE`` are none."""

    TRANSFERRED = "At another school"
    ON_LEAVE = "Leave or later enrolment approved"
    BACK = "Back in class"
    GONE = "Left school"
    UNKNOWN = "Not found out yet"


class Way(Choice):
    """How a round of persuasion was made."""

    HOME = "Visit at home"
    MEETING = "Met elsewhere"
    PHONE = "By telephone"


class Outcome(Choice):
    """What a round of persuasion came to."""

    AGREED = "Will return"
    REFUSED = "The family refuses"
    NOBODY = "Nobody met"


class LeaveKind(Choice):
    """The two leaves that 义务教育法 art. 11 knows."""

    LATER = "Later enrolment"
    BREAK = "Leave from school"


@form
class DropoutRecord:
    """What this case knows beside the child's own file."""

    last_attended: date = ask("Last day attended")
    days_missed: int | None = ask("School days missed, as the school counted", default=None, ge=0)
    presumed_cause: Cause | None = ask("Presumed cause", default=None)
    cause: Cause | None = ask("Confirmed cause", default=None)
    destination: str = ask("Where the child is now", default="", personal=True)
    teacher: str = ask("Teacher in charge", default="")
    parents_reached: bool | None = ask("Parents reached by the school", default=None)
    remark: str = ask("Remark", default="", personal=True)
    returned_on: date | None = ask("Back in class since", default=None)
    episode: int = ask("How many times the child has left", default=1, ge=1)


class Dated(Protocol):
    """Anything below: it happened on a day."""

    @property
    def day(self) -> date:
        """The day it happened."""
        ...


@form
class Verification:
    """What the parents, the village and other schools say. That a child is at another school must be proved; of a leave, the decision is entered before."""

    checked_on: date = ask("Checked on")
    finding: Finding = ask("What was found")
    proof: str = ask("What proves it", default="", help="the pupil's entry at the other school", personal=True)
    evidence: Attachment | None = ask("Scan of the proof", default=None)

    @property
    def day(self) -> date:
        return self.checked_on


@form
class Enquiry:
    """Why the child left, as found out from the family and the village."""

    enquired_on: date = ask("Enquired on")
    cause: Cause = ask("Confirmed cause")
    destination: str = ask("Where the child is now", default="", personal=True)

    @property
    def day(self) -> date:
        return self.enquired_on


@form
class Visit:
    """One round of persuasion. The ledger keeps every one."""

    visited_on: date = ask("Date of the visit")
    met: str = ask("Who was met", personal=True)
    outcome: Outcome = ask("Result")
    way: Way = ask("How", default=Way.HOME)
    promised_for: date | None = ask("Return promised for", default=None)
    said: str = ask("What was said", default="", personal=True)

    @property
    def day(self) -> date:
        return self.visited_on


@form
class WrittenReport:
    """That the school's report went out, to the bureau and to the township."""

    sent_on: date = ask("Sent on")

    @property
    def day(self) -> date:
        return self.sent_on


@form
class Talk:
    """The talk in which the township criticises and advises the parents."""

    talked_on: date = ask("Date of the talk")
    met: str = ask("Who was met", personal=True)
    result: str = ask("What came of it", personal=True)

    @property
    def day(self) -> date:
        return self.talked_on


@form
class Served:
    """That a paper has been served. What its receipt says is entered with the paper, not here."""

    remark: str = ask("Remark", default="", personal=True)


@form
class Leave:
    """A leave that an office has approved (义务教育法 art. 11): by the township's government or the county's education bureau, not by a school."""

    kind: LeaveKind = ask("Kind of leave")
    begins_on: date = ask("Leave begins on")
    ends_on: date = ask("Leave ends on")
    decided_by: str = ask("Approved by")
    decided_on: date = ask("Approved on")
    number: str = ask("Number of the approval")
    evidence: Attachment = ask("Scan of the approval")
    why: str = ask("State of health", default="", personal=True)

    @property
    def day(self) -> date:
        return self.decided_on


@form
class DeadlineCheck:
    """Whether the child was in class when the time was up."""

    checked_on: date = ask("Checked on")
    remark: str = ask("Remark", default="", personal=True)

    @property
    def day(self) -> date:
        return self.checked_on


@form
class CourtNews:
    """Where the matter stands at the court or the procuratorate."""

    asked_on: date = ask("Asked on")
    standing: str = ask("Where the matter stands", personal=True)
    next_on: date | None = ask("Next date at the court", default=None)

    @property
    def day(self) -> date:
        return self.asked_on


@form
class Return:
    """The child is back. Without evidence nobody is cleared; it may come later."""

    returned_on: date = ask("First day back")
    evidence: Attachment | None = ask("Proof of the return", default=None, help="a photograph in class, a page of the class's register")

    @property
    def day(self) -> date:
        return self.returned_on


@form
class Evidence:
    """What proves the return, where it was not at hand on the first day."""

    given_on: date = ask("Handed in on")
    evidence: Attachment = ask("Proof of the return", help="a photograph in class, a page of the class's register")

    @property
    def day(self) -> date:
        return self.given_on


@form
class Attendance:
    """A look at the register of the class after the return."""

    looked_on: date = ask("Looked on")
    days_missed: int = ask("School days missed without leave since the last look", ge=0, unit="school days")
    remark: str = ask("Remark", default="", personal=True)

    @property
    def day(self) -> date:
        return self.looked_on


@form
class Support:
    """What came of a referral."""

    learned_on: date = ask("Learned on")
    given: str = ask("What the child or the family now gets", personal=True)

    @property
    def day(self) -> date:
        return self.learned_on


@form
class Decision:
    """A person's decision, with its reasons."""

    decided_on: date = ask("Decided on")
    why: str = ask("Reasons", personal=True)

    @property
    def day(self) -> date:
        return self.decided_on


@form
class MonthlyRecord:
    """What a township's monthly list knows beside its lists."""

    remark: str = ask("Remark", default="")


@form
class ReviewRecord:
    """What a county's quarterly review knows beside its ledgers."""

    remark: str = ask("Remark", default="")


@form
class Sending:
    """Where and when a list went."""

    sent_on: date = ask("Sent on")

    @property
    def day(self) -> date:
        return self.sent_on


@form
class Review:
    """What the reviewers found: the ledger against the families and the schools."""

    reviewed_on: date = ask("Reviewed on")
    looked_at: int = ask("Children looked at", ge=0)
    agreed: int = ask("Of these, as the ledger says", ge=0)
    differences: str = ask("What did not agree", default="", personal=True)
    to_mend: str = ask("What is to be put right", default="")

    @property
    def day(self) -> date:
        return self.reviewed_on
