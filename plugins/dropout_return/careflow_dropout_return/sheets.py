"""The school's absence sheet (疑似辍学学生名单): one row for each child that has stopped coming."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from careflow_dropout_return.forms import Cause, DropoutRecord
from careflow_dropout_return.policy import Policy
from careflow_dropout_return.rules import Dropout
from workflow_core import CHILD, SCHOOL, SUPERVISOR, Deny, Desk, Effect, Fact, Import, On, Open, SetField, ask, deny, form, ref

R = ref(DropoutRecord)
SETTLED = Fact("dropout.settled", "Absences up to this day are settled", type=date)
LEAVE_UNTIL = Fact("dropout.leave_until", "An approved leave lasts until this day", type=date)

CAUSES = {
    Cause.POVERTY: ("家庭困难", "家庭经济困难", "经济困难", "家庭贫困", "贫困", "因贫"),
    Cause.AVERSION: ("厌学", "不愿上学", "不想上学", "不想读书"),
    Cause.LEARNING: ("学习困难", "成绩落后", "跟不上"),
    Cause.MARRIAGE: ("早婚", "早育", "早婚早育", "结婚", "订婚"),
    Cause.WORK: ("外出打工", "外出务工", "打工", "务工"),
    Cause.HEALTH: ("残疾", "因残", "生病", "疾病", "因病", "患病", "重病"),
    Cause.UNCARED: ("无人照看", "无人照料", "无人监护", "无人看管", "监护缺失"),
    Cause.MOVED: ("随父母外出", "随父母务工", "随父母打工", "随父母外出务工", "随父母外出打工", "随父母迁移", "随迁"),
}
"""The words that clearly mean a cause. What is not here (不明, a sentence) has to be asked: a wrong cause calls the wrong help."""
BY_WORD = {word: cause for cause, words in CAUSES.items() for word in words}
REACHED = {"是": True, "已联系": True, "有": True, "√": True, "否": False, "未联系": False, "无": False, "×": False}


@form
class AbsenceRow:
    """One row. The child is found by its number and name, which the engine reads."""

    last_attended: date = ask("Last day attended", also=("最后到校日期", "最后到校时间", "最后上课日期", "离校日期", "离校时间", "缺课起始日期"))
    days_missed: int | None = ask(
        "School days missed, as the school counted", default=None, ge=0, unit="school days", also=("缺课天数", "旷课天数", "未到校天数", "累计缺课天数")
    )
    teacher: str = ask("Teacher in charge", default="", also=("班主任", "班主任姓名", "责任教师", "承包教师", "承包老师", "包保教师"))
    presumed_cause: str = ask("Presumed cause", default="", also=("初步原因", "原因", "辍学原因", "疑似原因", "缺课原因", "离校原因"))
    parents_reached: str = ask("Parents reached by the school", default="", also=("已联系家长", "是否联系家长", "联系家长", "家长是否已联系"))
    remark: str = ask("Remark", default="", personal=True, also=("备注", "说明"))


def take_row(desk: Desk[Policy], row: AbsenceRow) -> Iterable[Effect] | Deny:
    """Opens a case for a child that has none, and tells an open one what is new.

    Where the sheet brings no count, weekdays are counted instead of school days: a sheet's row knows no calendar. Holidays count then too, so it looks
    rather too early than too late.
    """
    if row.last_attended > desk.today:
        return deny("the last day attended is still to come", hint="correct the date", code="in_future")
    known = desk.case(DropoutRecord)
    if known is not None:
        return _news(known, row)
    if any(row.last_attended <= one.value for one in desk.observed(SETTLED)):
        return []  # an old sheet, fed in once more, does not open a closed matter again
    if any(desk.today <= one.value for one in desk.observed(LEAVE_UNTIL)):
        return []  # who is on an approved leave is not missing; when it is over, the same row opens a case
    missed = row.days_missed if row.days_missed is not None else weekdays(row.last_attended, desk.today)
    if missed < desk.policy.suspected_after:
        return deny("{missed} school days missed; suspected from {limit} on", code="not_yet_suspected", missed=missed, limit=desk.policy.suspected_after)
    record = DropoutRecord(
        last_attended=row.last_attended,
        days_missed=row.days_missed,
        presumed_cause=BY_WORD.get(_bare(row.presumed_cause)),
        teacher=row.teacher,
        parents_reached=REACHED.get(_bare(row.parents_reached)),
        remark=row.remark,
    )
    return [Open(record)]


def _news(known: Dropout, row: AbsenceRow) -> Iterable[Effect]:
    """A child that is back is watched by its own task: an older sheet does not send it away again."""
    changes: list[Effect] = []
    if row.teacher and row.teacher != known.record.teacher:
        changes.append(SetField(R.teacher, row.teacher))
    if row.last_attended > known.record.last_attended and known.record.returned_on is None:
        changes += [SetField(R.last_attended, row.last_attended), SetField(R.days_missed, row.days_missed)]
    return [On(known, changes)] if changes else []


def weekdays(last_attended: date, today: date) -> int:
    """How many Mondays to Fridays lie after the last day attended, today included."""
    full, rest = divmod(max((today - last_attended).days, 0), 7)
    return full * 5 + sum((last_attended + timedelta(days=n)).weekday() < 5 for n in range(1, rest + 1))


def _bare(cell: str) -> str:
    return "".join(cell.split()).strip("。.、,，;；")


ABSENCES = Import("absences", "Absence sheet", row=AbsenceRow, subject=CHILD, take=take_row, by=[SCHOOL, SUPERVISOR], into=DropoutRecord, create_subject=True)
