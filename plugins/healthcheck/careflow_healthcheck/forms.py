"""What is written down: the records of a check and of a round, and what people enter. Each label is also a heading of a sheet and a field of a paper.

The limits of a measurement are what any child can have; whether a value fits this child is asked by ``plausible``.
"""

from __future__ import annotations

from datetime import date

from careflow_healthcheck.findings import Growth, Item, Pressure, PressureCourse, Sex, Spine, Vision, Weight, Why
from workflow_core import Attachment, Choice, ask, form


class Told(Choice):
    """Whom a call reached."""

    PARENTS = "Parents"
    CARER = "Entrusted guardian"
    NOBODY = "Nobody reached"


class Way(Choice):
    """How somebody was told."""

    PHONE = "By telephone"
    PAPER = "By letter"
    HOME = "Visit at home"


class Treated(Choice):
    """Where the matter stands after the referral."""

    UNDER_TREATMENT = "Under treatment"
    SETTLED = "Settled"
    UNTREATED = "Not treated"


class RateBy(Choice):
    """What a line of the round's report counts together."""

    ALL = "All"
    SCHOOL = "By school"
    SEX = "By sex"
    GRADE = "By grade"


# ------------------------------------------------------------------ pieces of records


@form
class Unjudged:
    """Something that a standard does not say of this child."""

    what: Item = ask("Item")
    why: Why = ask("Why it is not judged")


@form
class EarlierCheck:
    """One earlier check, for the health file over the years."""

    measured_on: date = ask("Measured on")
    height_cm: float | None = ask("Height", default=None, unit="cm")
    weight_kg: float | None = ask("Body weight", default=None, unit="kg")
    bmi: float | None = ask("Body mass index", default=None, unit="kg/m²")
    systolic: float | None = ask("Systolic pressure", default=None, unit="mmHg")
    diastolic: float | None = ask("Diastolic pressure", default=None, unit="mmHg")
    vision_left: float | None = ask("Naked vision, left", default=None)
    vision_right: float | None = ask("Naked vision, right", default=None)


@form
class Share:
    """How many were found with something, of those who could be judged."""

    what: Item = ask("Item")
    finding: str = ask("Finding")
    found: int = ask("Found", default=0, ge=0)
    of: int = ask("Judged", default=0, ge=0)
    percent: str = ask("Rate", default="", help="per hundred judged, one decimal; empty where nobody was judged", unit="%")


@form
class Rate:
    """One line of the round's report."""

    by: RateBy = ask("Counted together")
    name: str = ask("Name", default="", help="the school, male or female, the grade's number")
    listed: int = ask("Listed", default=0, ge=0)
    measured: int = ask("Measured", default=0, ge=0)
    shares: tuple[Share, ...] = ask("Rates", default=())


# ------------------------------------------------------------------ records


@form
class CheckRecord:
    """What one child's check knows beside the child's own file. What comes from the round and the roster is kept as it was then: a report does not change."""

    school: str = ask("School", default="")
    grade: int | None = ask("Grade", default=None, ge=0)
    sex: Sex | None = ask("Sex", default=None)
    planned_on: date | None = ask("Day of the check", default=None)
    place: str = ask("Place of the check", default="")
    clinic: str = ask("Clinic that measures", default="")
    notice: str = ask("Version of the notice to the guardians", default="")
    measured_on: date | None = ask("Measured on", default=None)
    bmi: float | None = ask("Body mass index", default=None, unit="kg/m²")
    weight: Weight | None = ask("Weight", default=None)
    growth: Growth | None = ask("Growth", default=None)
    pressure: Pressure | None = ask("Blood pressure at this check", default=None)
    pressure_course: PressureCourse | None = ask("Blood pressure over several days", default=None)
    vision: Vision | None = ask("Vision", default=None)
    myopia: bool | None = ask("Shortsightedness in the screening", default=None)
    spine: Spine | None = ask("Spine", default=None)
    unjudged: tuple[Unjudged, ...] = ask("Not judged", default=())
    flagged: bool = ask("To be followed up", default=False)
    injury: bool = ask("Signs of injury", default=False, personal=True)
    needy: bool = ask("The family needs help to pay", default=False, personal=True)
    told: Told | None = ask("Who was told", default=None)
    treatment: Treated | None = ask("Treatment", default=None)
    earlier: tuple[EarlierCheck, ...] = ask("Earlier checks", default=())


@form
class RoundRecord:
    """What a round knows. The rates are counted once, when the round is reported."""

    held_on: date | None = ask("Day of the check", default=None)
    make_up_on: date | None = ask("Day for those who were absent", default=None)
    place: str = ask("Place of the check", default="")
    clinic: str = ask("Clinic that measures", default="")
    doctor: str = ask("Doctor in charge", default="")
    notice: str = ask("Version of the notice to the guardians", default="")
    rates: tuple[Rate, ...] = ask("Rates", default=())
    remark: str = ask("Remark", default="")


# ------------------------------------------------------------------ what people enter


@form
class Refusal:
    """That a guardian said no. Nothing of the child is measured or kept."""

    refused_on: date = ask("Refused on")
    said_by: str = ask("Who said so", default="", personal=True)

    @property
    def day(self) -> date:
        return self.refused_on


@form
class Measurement:
    """One child at the desk. What was not measured stays empty; of the eyes the naked vision, on the 5.0 scale."""

    measured_on: date = ask("Measured on", also=("体检日期", "测量日期", "检查日期"))
    height_cm: float = ask("Height", ge=60, le=220, unit="cm", also=("身高", "身高(cm)", "身高（cm）", "身高/cm"))
    weight_kg: float = ask("Body weight", ge=8, le=180, unit="kg", also=("体重", "体重(kg)", "体重（kg）", "体重/kg"))
    systolic: int | None = ask("Systolic pressure", default=None, ge=50, le=250, unit="mmHg", also=("收缩压", "高压", "收缩压(mmHg)"))
    diastolic: int | None = ask("Diastolic pressure", default=None, ge=20, le=180, unit="mmHg", also=("舒张压", "低压", "舒张压(mmHg)"))
    vision_left: float | None = ask("Naked vision, left", default=None, ge=3.3, le=5.3, also=("左眼视力", "左眼裸眼视力", "裸眼视力(左)"))
    vision_right: float | None = ask("Naked vision, right", default=None, ge=3.3, le=5.3, also=("右眼视力", "右眼裸眼视力", "裸眼视力(右)"))
    sphere_left: float | None = ask("Sphere, left", default=None, ge=-30, le=30, unit="D", also=("左眼球镜", "球镜(左)"))
    cylinder_left: float | None = ask("Cylinder, left", default=None, ge=-15, le=15, unit="D", also=("左眼柱镜", "柱镜(左)"))
    sphere_right: float | None = ask("Sphere, right", default=None, ge=-30, le=30, unit="D", also=("右眼球镜", "球镜(右)"))
    cylinder_right: float | None = ask("Cylinder, right", default=None, ge=-15, le=15, unit="D", also=("右眼柱镜", "柱镜(右)"))
    night_lenses: bool | None = ask("Wears orthokeratology lenses", default=None, also=("角膜塑形镜", "是否佩戴角膜塑形镜"))
    back_uneven: bool | None = ask("Back looks uneven", default=None, help="shoulders, shoulder blades, waist or hips", also=("一般检查异常",))
    bend_positive: bool | None = ask("Forward bend positive", default=None, also=("前屈试验", "前屈试验阳性"))
    rotation: float | None = ask("Largest trunk rotation", default=None, ge=0, le=45, unit="°", also=("躯干旋转角", "ATR"))
    rotation_after: float | None = ask(
        "Largest trunk rotation after the movement test", default=None, ge=0, le=45, unit="°", also=("脊柱运动试验后躯干旋转角",)
    )
    injury: bool = ask("Signs of injury", default=False, personal=True, help="what a child does not get from playing; it is referred at once")
    device: str = ask("Device", default="", also=("仪器", "设备", "仪器编号"))
    remark: str = ask("Remark", default="", personal=True, also=("备注", "说明"))

    @property
    def day(self) -> date:
        return self.measured_on


@form
class Reading:
    """Blood pressure on one more day. After ten minutes of sitting, three readings; what counts is the mean of the two that are closest (WS/T 610-2018)."""

    read_on: date = ask("Measured on")
    systolic: int = ask("Systolic pressure", ge=50, le=250, unit="mmHg")
    diastolic: int = ask("Diastolic pressure", ge=20, le=180, unit="mmHg")
    systolic_2: int | None = ask("Systolic pressure, second reading", default=None, ge=50, le=250, unit="mmHg")
    diastolic_2: int | None = ask("Diastolic pressure, second reading", default=None, ge=20, le=180, unit="mmHg")
    systolic_3: int | None = ask("Systolic pressure, third reading", default=None, ge=50, le=250, unit="mmHg")
    diastolic_3: int | None = ask("Diastolic pressure, third reading", default=None, ge=20, le=180, unit="mmHg")
    device: str = ask("Device", default="")

    @property
    def day(self) -> date:
        return self.read_on


@form
class TellParents:
    """That somebody was told what the check found; or that nobody was reached, which calls the next."""

    told_on: date = ask("Told on")
    told: Told = ask("Who was told")
    way: Way = ask("How", default=Way.PHONE)
    said: str = ask("What was said", default="", personal=True)

    @property
    def day(self) -> date:
        return self.told_on


@form
class Referral:
    """Where the child is sent. The letter leaves blank what is not said here."""

    referred_on: date = ask("Referred on")
    hospital: str = ask("Hospital", default="")
    department: str = ask("Department", default="")

    @property
    def day(self) -> date:
        return self.referred_on


@form
class Treatment:
    """What has become of the referral."""

    seen_on: date = ask("Asked on")
    treated: Treated = ask("Treatment")
    found: str = ask("What the hospital found", default="", personal=True)
    needy: bool = ask("The family needs help to pay", default=False, personal=True)
    proof: Attachment | None = ask("Letter from the hospital", default=None)

    @property
    def day(self) -> date:
        return self.seen_on


@form
class Decision:
    """A person's decision, with its reasons: lost to follow-up, or nothing more to do."""

    decided_on: date = ask("Decided on")
    why: str = ask("Reasons", personal=True)

    @property
    def day(self) -> date:
        return self.decided_on


@form
class Lesson:
    """The lesson on puberty, from the grade that the policy names."""

    held_on: date = ask("Held on")
    pupils: int = ask("Pupils", ge=0)
    teacher: str = ask("Who taught it", default="")

    @property
    def day(self) -> date:
        return self.held_on


@form
class Service:
    """One of the four ones (四个一): advice face to face, the check itself, the lesson, a leaflet."""

    done_on: date = ask("Done on")
    reached: int = ask("Children reached", ge=0)
    remark: str = ask("Remark", default="")

    @property
    def day(self) -> date:
        return self.done_on


@form
class Review:
    """That the round was looked through by the doctor in charge."""

    reviewed_on: date = ask("Reviewed on")
    remark: str = ask("Remark", default="")

    @property
    def day(self) -> date:
        return self.reviewed_on
