"""The sheet of a health day (体检登记表): one row for each child that was measured. A fault refuses the whole row; the first one is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from careflow_healthcheck.check import CONSENT, MEASURE
from careflow_healthcheck.entries import measured
from careflow_healthcheck.facts import HEIGHT, last_of
from careflow_healthcheck.forms import CheckRecord, Measurement, RoundRecord
from careflow_healthcheck.judging import far_from_last
from careflow_healthcheck.policy import Policy
from careflow_healthcheck.rules import Check, born_by_then, happened, in_range, planned, told_far
from careflow_healthcheck.stages import CONSENTED, FROZEN, PLANNED, SCHEDULED, UNDER_WAY
from workflow_core import CHILD, CLINIC, SCHOOL, SUPERVISOR, Deny, Desk, Do, Effect, Import, On, Open, Warn, ask, deny, form, ref

TAKING = (UNDER_WAY, SCHEDULED, FROZEN, PLANNED)
"""Where a round takes results by itself: with all results in it is counted, and a sheet of the next term is another round's. A late one names it."""


@form
class MeasuredRow:
    """One row. The child is found by its number and name, which the engine reads; what cannot be is told by ``take_row``, in its order."""

    height_cm: float | None = ask("Height", default=None, unit="cm", also=("身高", "身高(cm)", "身高（cm）", "身高/cm"))
    weight_kg: float | None = ask("Body weight", default=None, unit="kg", also=("体重", "体重(kg)", "体重（kg）", "体重/kg"))
    systolic: float | None = ask("Systolic pressure", default=None, unit="mmHg", also=("收缩压", "高压", "收缩压(mmHg)"))
    diastolic: float | None = ask("Diastolic pressure", default=None, unit="mmHg", also=("舒张压", "低压", "舒张压(mmHg)"))
    vision_left: float | None = ask("Naked vision, left", default=None, also=("左眼视力", "左眼裸眼视力", "裸眼视力(左)"))
    vision_right: float | None = ask("Naked vision, right", default=None, also=("右眼视力", "右眼裸眼视力", "裸眼视力(右)"))
    measured_on: date | None = ask("Measured on", default=None, also=("体检日期", "测量日期", "检查日期"), help="the day of the sheet where it is left out")
    agrees: bool | None = ask("The guardian agrees", default=None, also=("家长是否同意", "监护人是否同意", "是否同意"))
    device: str = ask("Device", default="", also=("仪器", "设备", "仪器编号"))
    injury: bool | None = ask("Signs of injury", default=None, personal=True, also=("外伤", "受伤迹象"))
    remark: str = ask("Remark", default="", personal=True, also=("备注", "说明"))


ROW = ref(MeasuredRow)


def take_row(desk: Desk[Policy], row: MeasuredRow) -> Iterable[Effect | Warn] | Deny:
    """Measures the child in this round, once; the first measurement stands."""
    on = row.measured_on or desk.today
    known = desk.case(CheckRecord)
    wrong = (
        born_by_then(desk.child, on)
        or happened(on, desk.today)
        or measured_already(known)
        or measured_that_day(desk, on)
        or in_range(row.height_cm, row.weight_kg, row.systolic, row.diastolic, row.vision_left, row.vision_right)
    )
    if wrong is not None or row.height_cm is None or row.weight_kg is None:
        return wrong or deny("nothing was measured", code="weight_missing")
    entered = Measurement(
        measured_on=on,
        height_cm=row.height_cm,
        weight_kg=row.weight_kg,
        systolic=None if row.systolic is None else round(row.systolic),
        diastolic=None if row.diastolic is None else round(row.diastolic),
        vision_left=row.vision_left,
        vision_right=row.vision_right,
        injury=bool(row.injury),
        device=row.device,
        remark=row.remark,
    )
    last = last_of(desk.observed, on)
    far = [] if last is None else far_from_last(measured(entered), on, last)
    told: list[Effect | Warn] = [told_far(one) for one in far]
    if known is not None:
        return [*told, On(known, [Do(MEASURE, entered)])]
    child, whole = desk.child, desk.whole(RoundRecord)
    held = RoundRecord(held_on=on, notice=CONSENT.notice) if whole is None else whole.record
    return [*told, Open(planned(held, child), stage=CONSENTED), Do(MEASURE, entered)]


def measured_already(known: Check | None) -> Deny | None:
    """One measurement in a round: the first stands. A mistake in it is corrected at the desk, where it is kept who did."""
    if known is None or (known.record.measured_on is None and not known.stage.final):
        return None
    return deny("the child is measured in this round already", hint="correct it at the desk: `care task correct`", code="measured_twice")


def measured_that_day(desk: Desk[Policy], on: date) -> Deny | None:
    """A sheet that is fed in again after its round has gone on does not measure anybody anew."""
    if not any(one.on == on for one in desk.observed(HEIGHT)):
        return None
    return deny("the child's measurement of that day is on file already", hint="correct it at the desk: `care task correct`", code="measured_twice")


def begin(desk: Desk[Policy]) -> Open:
    """Where no round is open, the sheet's own day is one."""
    return Open(RoundRecord(held_on=desk.today, notice=CONSENT.notice), stage=UNDER_WAY)


def answer(case: Check) -> Mapping[str, object]:
    """What the standards say of a child, for who fed the sheet in. Poor vision is told with its degree."""
    record = case.record
    return {
        "case": case.ref,
        "bmi": record.bmi,
        **{
            name: None if found is None else found.name.lower()
            for name, found in (("weight", record.weight), ("growth", record.growth), ("pressure", record.pressure), ("vision", record.vision))
        },
    }


RESULTS = Import(
    "results", "Sheet of a health day", row=MeasuredRow, subject=CHILD, take=take_row, by=[CLINIC, SCHOOL, SUPERVISOR], into=CheckRecord, consent=CONSENT,
    refuses=ROW.agrees, within=RoundRecord, stages=TAKING, begin=begin, again=True, answer=answer, counts="measured",
)  # fmt: skip
