"""The volunteers' sheet (志愿者名册) and a proxy parent's diary (帮扶记录): a verdict for each row, the good ones kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from careflow_pairing import forms
from careflow_pairing.contacts import CALL, GUARDIAN, LETTER, TALK, TEACHER, VISIT
from careflow_pairing.forms import Danger, DiaryRow, PairRecord, ProxyRecord, Vetting, VolunteerRow
from careflow_pairing.policy import Policy
from careflow_pairing.rules import vetting_ends
from careflow_pairing.stages import APPLIED, APPROVED, LIVING
from workflow_core import CHILD, CHILD_DIRECTOR, SUPERVISOR, VOLUNTEER, Deny, Desk, Do, Effect, Import, On, Open, SetField, Task, deny, ref

X = ref(ProxyRecord)
PLACES = {"1": 1, "2": 2, "3": 3}
RESULTS = {
    **dict.fromkeys(("无违法犯罪记录", "无犯罪记录", "无记录", "无异常", "通过", "合格", "clear"), Vetting.CLEAR),
    **dict.fromkeys(("有记录", "有违法犯罪记录", "有犯罪记录", "未通过", "不合格", "命中", "barred"), Vetting.BARRED),
}
"""The words that clearly mean a result. What is not here (未查询, an empty cell) is no result."""
GROWN_UP = 18
"""Who looks after a child has full capacity himself (民法典 art. 17; 未成年人保护法 art. 22)."""


def take_volunteer(desk: Desk[Policy], row: VolunteerRow) -> Iterable[Effect] | Deny:
    """A volunteer with a proxy parent's case: approved where the query is answered and clear, else waiting for it."""
    places = PLACES.get(_bare(row.capacity).removesuffix(".0"))
    if places is None:
        return deny("the number of children at most must be 1, 2 or 3", hint="write one of these digits", code="capacity_invalid")
    if row.vetted_on is not None and row.vetted_on > desk.today:
        return deny("the day of the query, {day}, is still to come", hint="correct the date", code="vetted_in_future", day=row.vetted_on)
    age = desk.volunteer.age(desk.today)
    if age is not None and age < GROWN_UP:
        return deny("a proxy parent is of age; this person is {age}", hint="compare the number with the identity card", code="not_grown_up", age=age)
    result = RESULTS.get(_bare(row.result))
    vetted = result is Vetting.BARRED or (result is not None and row.vetted_on is not None)  # a hit bars, whether its day is known or not
    said: dict[str, Any] = {
        "capacity": places,
        "vetting": result if vetted else None,
        "vetted_on": row.vetted_on if vetted else None,
        "vetted_until": vetting_ends(row.vetted_on, desk.policy.revet_months) if vetted and row.vetted_on is not None else None,
        "query_number": row.query_number,
        "authority": row.authority,
    }
    known = desk.case(ProxyRecord)
    if known is not None:
        return _news(known.record, said, known)
    clear = result is Vetting.CLEAR and row.vetted_on is not None
    return [Open(ProxyRecord(**said), stage=APPROVED if clear else APPLIED)]


def _news(record: ProxyRecord, said: dict[str, Any], known: Any) -> Iterable[Effect]:
    """What the sheet brings that is new: another number of places, a later query, and a hit whatever its day."""
    changes: list[Effect] = []
    if said["capacity"] != record.capacity:
        changes.append(SetField(X.capacity, said["capacity"]))
    hit = said["vetting"] is Vetting.BARRED and record.vetting is not Vetting.BARRED
    if hit or (said["vetted_on"] is not None and (record.vetted_on is None or said["vetted_on"] > record.vetted_on)):
        changes += [SetField(X.vetting, said["vetting"]), SetField(X.vetted_on, said["vetted_on"]), SetField(X.vetted_until, said["vetted_until"])]
        changes += [SetField(X.query_number, said["query_number"]), SetField(X.authority, said["authority"])]
    return [On(known, changes)] if changes else []


WHAT: dict[str, Task[Any]] = {
    **dict.fromkeys(("谈心", "谈心谈话", "谈话", "talk"), TALK),
    **dict.fromkeys(("走访", "探视", "家访", "看望", "visit"), VISIT),
    **dict.fromkeys(("电话", "联系父母", "与父母通话", "call"), CALL),
    **dict.fromkeys(("联系班主任", "与班主任联系", "班主任", "teacher"), TEACHER),
    **dict.fromkeys(("与监护人沟通", "监护人", "guardian"), GUARDIAN),
    **dict.fromkeys(("写信", "书信", "信", "letter"), LETTER),
}
DANGERS = {**dict.fromkeys(("是", "有", "危险", "danger"), Danger.DANGER), **dict.fromkeys(("疑似", "异常", "doubt"), Danger.DOUBT)}


def take_entry(desk: Desk[Policy], row: DiaryRow) -> Iterable[Effect] | Deny:
    """One thing that was done with one child, entered into its pair on the proxy parent's behalf."""
    if row.happened_on > desk.today:
        return deny("{day} is still to come", hint="enter what has happened", code="in_future", day=row.happened_on)
    task = WHAT.get(_bare(row.what))
    if task is None:
        return deny("what was done is not clear", hint="write 谈心, 走访, 电话, 联系班主任, 与监护人沟通 or 写信", code="what_unknown")
    pair = desk.case(PairRecord, *LIVING)
    if pair is None:
        return deny("this child has no active proxy parent", hint="see: care case list --workflow pair", code="no_pair")
    if any(one.day == row.happened_on for one in pair.results(task)):
        return []
    danger = DANGERS.get(_bare(row.danger), Danger.NONE)
    if task is TALK:
        return [On(pair, [Do(TALK, forms.Talk(talked_on=row.happened_on, topics=row.note, danger=danger))])]
    if task is VISIT:
        where = forms.Where.HOME if _bare(row.what) == "家访" else forms.Where.ELSEWHERE
        return [On(pair, [Do(VISIT, forms.Visit(visited_on=row.happened_on, seen=row.note, where=where, danger=danger))])]
    return [On(pair, [Do(task, forms.Contact(happened_on=row.happened_on, note=row.note))])]


def _bare(cell: str) -> str:
    return "".join(cell.split()).strip("。.、,，;；").lower()


VOLUNTEERS = Import(
    "volunteers", "Volunteers' sheet", row=VolunteerRow, subject=VOLUNTEER, take=take_volunteer, by=[SUPERVISOR], into=ProxyRecord, create_subject=True
)
DIARY = Import("diary", "Proxy parents' diary", row=DiaryRow, subject=CHILD, take=take_entry, by=[SUPERVISOR, CHILD_DIRECTOR])
