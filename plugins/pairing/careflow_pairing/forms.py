"""What is written down of a proxy parent, of a child's need and of a pair; what people enter. Each label is also a sheet's heading and a paper's field."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from workflow_core import Attachment, Choice, ask, form


class Vetting(Choice):
    """What the query (准入查询) answered: its result, and nothing of the record behind it."""

    CLEAR = "Clear"
    BARRED = "Barred"


class Exclusion(Choice):
    """Who must not be entrusted with a child: the four cases of 未成年人保护法 art. 22 (3)."""

    CRIME = "Has abused, abandoned, trafficked or hurt"
    HABIT = "Drugs, drink or gambling"
    NEGLECT = "Has refused or long neglected to look after a child"
    UNFIT = "Unfit for other reasons"


class Nearness(Choice):
    """How near a proxy parent is to the child."""

    KIN = "A relative"
    VILLAGE = "Same village"
    TOWNSHIP = "Elsewhere in the township"


class Danger(Choice):
    """What a proxy parent noticed; ``DANGER`` is reported at once (未成年人保护法 art. 11)."""

    NONE = "None seen"
    DOUBT = "Something is not right"
    DANGER = "Danger"


class Where(Choice):
    """Where a visit was made."""

    HOME = "At home"
    SCHOOL = "At school"
    ELSEWHERE = "Elsewhere"


class EndReason(Choice):
    """Why a pair ends, or a proxy parent leaves."""

    AGE = "Of age"
    MOVED = "The child moved away"
    PARENT = "A parent is back"
    PROXY = "The proxy parent leaves"
    WISH = "The child or the family wishes it"
    UNSUITED = "They do not suit each other"
    BARRED = "The proxy parent is barred"
    OTHER = "Another reason"


# ------------------------------------------------------------------ the three records


@form
class ProxyRecord:
    """What is known of a proxy parent beside the person's own file, which has occupation and workplace.

    Of the query only what 未成年人保护法 art. 62 asks for: never the record itself.
    """

    capacity: int = ask("Children at most", default=1, ge=1, le=3, help="1 to 3: the programs in force ask for one to three. No national number exists.")
    near_only: bool = ask("Same village or relatives only", default=False)
    vetting: Vetting | None = ask("Vetting", default=None)
    query_number: str = ask("Query number", default="")
    vetted_on: date | None = ask("Vetted on", default=None)
    vetted_until: date | None = ask("No longer vetted from", default=None)
    authority: str = ask("Authority", default="")
    exclusion: Exclusion | None = ask("Excluded by art. 22", default=None)


@form
class NeedRecord:
    """What this program knows of a child that waits for a proxy parent."""

    needs: str = ask("Needs", default="", personal=True)
    priority: int = ask("Tier", default=3, ge=1, le=3, help="1: neither parents nor grandparents look after the child; 2: grandparents; 3: a parent.")
    again: bool = ask("Queued again", default=False, help="Its proxy parent has left: first in line.")
    household: str = ask("Household", default="", help="The same for all children of one household.")


@form
class PairRecord:
    """A child and a proxy parent, from the proposal on."""

    nearness: Nearness = ask("Nearness", default=Nearness.TOWNSHIP)
    why: str = ask("Why this one", default="")
    approved: bool = ask("Approved", default=False)
    accepted_by_proxy: date | None = ask("Proxy parent agreed on", default=None)
    accepted_by_family: date | None = ask("Family agreed on", default=None)
    child_agreed: bool | None = ask("The child agreed", default=None, help="From eight years on the child is heard (未成年人保护法 art. 22).")
    signed_on: date | None = ask("Card signed on", default=None)
    reported_on: date | None = ask("Reported to the county on", default=None)
    household: str = ask("Takes one place with", default="", help="The household, where the township keeps siblings together.")


@form
class HonourRecord:
    """A township's commendation of one year."""

    year: int = ask("Year", default=0)
    remark: str = ask("Remark", default="")


# ------------------------------------------------------------------ what is entered


class Dated(Protocol):
    """Anything below: it happened on a day."""

    @property
    def day(self) -> date:
        """The day it happened."""
        ...


class Noticing(Dated, Protocol):
    """A talk or a visit: whoever was there looks for danger too."""

    @property
    def danger(self) -> Danger:
        """What was noticed."""
        ...


@form
class VettingResult:
    """What the police or the procuratorate answered: result, number, date, authority. What is behind a hit is not asked, and has no place here."""

    result: Vetting = ask("Result")
    query_number: str = ask("Query number")
    vetted_on: date = ask("Date of the query")
    authority: str = ask("Authority")
    answer: Attachment | None = ask("Scan of the answer", default=None, help="Only where it tells no more than the result.")

    @property
    def day(self) -> date:
        return self.vetted_on


@form
class Exclude:
    """That one of the four cases of art. 22 holds."""

    known_on: date = ask("Known since")
    ground: Exclusion = ask("Which case of art. 22")

    @property
    def day(self) -> date:
        return self.known_on


@form
class Answer:
    """What the proxy parent says to a proposal: yes; a no is the transition ``reject``."""

    answered_on: date = ask("Answered on")

    @property
    def day(self) -> date:
        return self.answered_on


@form
class FamilyAnswer:
    """What guardian and child say to a proposal."""

    answered_on: date = ask("Answered on")
    child_agreed: bool | None = ask("The child agreed", default=None, help="Must be asked from eight years on (未成年人保护法 art. 22).")

    @property
    def day(self) -> date:
        return self.answered_on


@form
class Signing:
    """That the card was signed by proxy parent, guardian and child."""

    signed_on: date = ask("Signed on")
    card: Attachment | None = ask("Scan of the card", default=None)

    @property
    def day(self) -> date:
        return self.signed_on


@form
class Talk:
    """A talk with the child (谈心): learning, life, mood, friends, health."""

    talked_on: date = ask("Date of the talk")
    topics: str = ask("Talked about", personal=True)
    danger: Danger = ask("Danger seen", default=Danger.NONE)

    @property
    def day(self) -> date:
        return self.talked_on


@form
class Visit:
    """A visit to the child (走访)."""

    visited_on: date = ask("Date of the visit")
    seen: str = ask("What was seen", personal=True)
    where: Where = ask("Where", default=Where.HOME)
    agreed: str = ask("What was agreed", default="", personal=True)
    danger: Danger = ask("Danger seen", default=Danger.NONE)

    @property
    def day(self) -> date:
        return self.visited_on


@form
class Contact:
    """A call with the parents, a talk with the class teacher or the guardian, a letter to the child."""

    happened_on: date = ask("Date")
    note: str = ask("Note", default="", personal=True)

    @property
    def day(self) -> date:
        return self.happened_on


@form
class Look:
    """What the supervisor found when a pair fell silent, or when its proxy parent was barred."""

    looked_on: date = ask("Looked into on")
    found: str = ask("What was found", personal=True)
    done: str = ask("What was done", default="", personal=True)

    @property
    def day(self) -> date:
        return self.looked_on


@form
class Ending:
    """The end of a pair, or of somebody's time as a proxy parent."""

    ended_on: date = ask("Ended on")
    why: EndReason = ask("Why")
    note: str = ask("Note", default="", personal=True)

    @property
    def day(self) -> date:
        return self.ended_on


@form
class Refusal:
    """Why a proposal is not taken."""

    why: str = ask("Why", personal=True)


@form
class MatchInput:
    """What a match is asked for."""

    on: date | None = ask("As of", default=None, help="Today, where nothing is said.")


@form
class ChangeInput:
    """Another proxy parent for a child than the one proposed."""

    need: str = ask("The child's need", help="its reference: PN-26-00012")
    proxy: str = ask("The proxy parent", help="the reference of its case: PP-26-00003")


# ------------------------------------------------------------------ rows of sheets


@form
class VolunteerRow:
    """One row of the volunteers' sheet. The person is found by number and name, which the engine reads. Words are read by ``sheets``."""

    capacity: str = ask("Children at most", also=("最多帮扶人数", "帮扶人数", "最多结对人数", "可帮扶人数", "结对名额"))
    result: str = ask("Vetting", default="", also=("准入查询结果", "查询结果", "审查结果"))
    vetted_on: date | None = ask("Vetted on", default=None, also=("查询日期", "准入查询日期", "审查日期"))
    query_number: str = ask("Query number", default="", also=("查询编号", "查询文号", "准入查询编号"))
    authority: str = ask("Authority", default="", also=("查询机关", "查询单位"))


@form
class DiaryRow:
    """One row of a proxy parent's diary (帮扶记录): what was done with which child. The child is found by number and name."""

    happened_on: date = ask("Date", also=("日期", "时间", "谈心日期", "走访日期", "联系日期"))
    what: str = ask("What was done", also=("事项", "内容类别", "方式", "帮扶方式"))
    note: str = ask("Note", default="", personal=True, also=("情况", "内容", "记录", "主要情况"))
    danger: str = ask("Danger seen", default="", also=("是否发现危险", "异常情况", "危险情形"))

    @property
    def day(self) -> date:
        return self.happened_on
