"""Checks and rounds lived through the engine's front door, with a clock that moves, on both databases."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from careflow_healthcheck.program import PROGRAM
from tests.engine.conftest import TOWNSHIP, Town, actor, make_town
from workflow_core.errors import NotFound, NotPermitted, Refused
from workflow_core.store import tables
from workflow_core.store.database import Database
from workflow_core.store.statement import Statement

WEDNESDAY = datetime(2026, 10, 21, 1, tzinfo=UTC)
PEOPLE = {"clinic": "clinic", "school": "school", "village": "child_director", "supervisor": "child_supervisor"}
HIGH: dict[str, Any] = {"systolic": 150, "diastolic": 95}
WELL: dict[str, Any] = {"height_cm": 142, "weight_kg": 34, "systolic": 102, "diastolic": 60, "vision_left": 5.0, "vision_right": 5.1}


def with_check_digit(digits: str) -> str:
    """An invented ID number, whole."""
    weights = [2 ** (17 - n) % 11 for n in range(17)]
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11]


@dataclass
class Clinic:
    """A township's round, with those who care for it; it begins on Wednesday, 21 October 2026."""

    town: Town
    folder: Path
    people: dict[str, Any] = field(default_factory=lambda: {name: actor(name, role) for name, role in PEOPLE.items()})
    numbers: dict[str, str] = field(default_factory=dict)

    def child(self, *, consent: bool = True, sex: str = "male", left_behind: str = "both_away") -> str:
        """A boy of ten, or a girl, whose guardian has signed."""
        ref = self.town.child()
        number = with_check_digit(f"43280120160501{len(self.numbers):03d}")
        self.numbers[ref] = number
        with self.town.db.write() as tx:
            of = tables.person.c.ref == ref
            tx.execute(Statement(update(tables.person).where(of).values(sex=sex, born_on="2016-05-01", national_id=number)))
            whose = tables.child.c.person_id.in_(select(tables.person.c.person_id).where(of))
            tx.execute(Statement(update(tables.child).where(whose).values(left_behind=left_behind, grade=4)))
        if consent:
            self.town.engine.attest_consents(self.people["school"], "healthcheck.healthcheck", [ref], "2026-1", division=TOWNSHIP)
        return ref

    def round(self, **record: Any) -> str:
        """A round of this township."""
        return self.town.engine.open(self.people["supervisor"], "healthcheck.round", TOWNSHIP, record).ref

    def check(self, child: str, whole: str | None = None) -> str:
        """A check of a round."""
        return self.town.engine.open(self.people["clinic"], "healthcheck.check", child, {}, whole=whole or self.round()).ref

    def do(self, who: str, task: str, **given: Any) -> None:
        """Somebody does a task."""
        self.town.engine.do_task(self.people[who], task, given)

    def step(self, who: str, ref: str, transition: str, **given: Any) -> None:
        """Somebody takes a transition."""
        self.town.engine.advance(self.people[who], ref, transition, given)

    def measure(self, ref: str, **values: Any) -> None:
        """The clinic measures a child today."""
        self.do("clinic", f"{ref}.measure", **{"measured_on": self.town.today, **WELL, **values})

    def tell(self, ref: str, told: str = "PARENTS", *, who: str = "school", task: str = "tell") -> None:
        """Somebody is told what was found."""
        self.do(who, f"{ref}.{task}", told_on=self.town.today, told=told)

    def read(self, ref: str, systolic: int, diastolic: int) -> None:
        """The pressure is read on another day."""
        self.do("clinic", f"{ref}.recheck", read_on=self.town.today, systolic=systolic, diastolic=diastolic)

    def enter(self, child: str, *, who: str = "clinic", how: dict[str, Any] | None = None, **values: Any) -> dict[str, Any]:
        """Somebody measures a child at the desk; what is answered."""
        return self.town.engine.enter_row(self.people[who], "healthcheck", child, values, **(how or {})).as_dict()

    def wait(self, days: int) -> None:
        """Days pass, each with its tick."""
        for _ in range(days):
            self.town.wait(days=1)

    def stage(self, ref: str) -> str:
        """Where a case stands."""
        return self.town.engine.show(self.people["supervisor"], ref).row.stage

    def record(self, ref: str) -> dict[str, Any]:
        """What a case knows."""
        return dict(self.town.engine.show(self.people["supervisor"], ref).record)

    def desk(self, who: str) -> list[str]:
        """What lies on somebody's desk."""
        return [row.title for row in self.town.inbox(self.people[who])]

    def sheet(self, *rows: dict[str, Any], **how: Any) -> dict[str, Any]:
        """A health day's sheet is fed in; what is answered."""
        path = self.folder / "day.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["姓名", "身份证号", "身高(cm)", "体重(kg)", "收缩压", "舒张压", "左眼视力", "右眼视力", "体检日期", "家长是否同意"])
            for row in rows:
                said = {"name": "张三", "on": "2026-10-20", "agrees": "是", **{name: str(value) for name, value in WELL.items()}, **row}
                out.writerow([said[name] for name in ("name", "number", *WELL, "on", "agrees")])
        return self.town.engine.run_import(self.people["clinic"], "healthcheck", path, division=TOWNSHIP, **how).as_dict()


@pytest.fixture
def clinic(database: Database, tmp_path: Path) -> Iterator[Clinic]:
    town = make_town(database, tmp_path, PROGRAM)
    town.clock.instant = WEDNESDAY
    yield Clinic(town, tmp_path)
    town.verify()


# ------------------------------------------------------------------ one child


def test_a_child_that_is_well_is_measured_judged_and_filed(clinic: Clinic) -> None:
    """Nothing found: the case is closed, and the values are on file for every program, with unit and day."""
    ref = clinic.check(clinic.child())
    assert clinic.stage(ref) == "consented"
    clinic.measure(ref, device="BP-7")
    assert (clinic.stage(ref), clinic.record(ref)["bmi"], clinic.record(ref)["flagged"]) == ("filed", 16.9, False)
    with clinic.town.db.read() as tx:
        rows = tx.rows(select(tables.observation).order_by(tables.observation.c.n))
    assert [(row.name, row.value, row.unit, row.about) for row in rows][:2] == [
        ("health.height", "142.0", "cm", "BP-7"),
        ("health.weight", "34.0", "kg", "BP-7"),
    ]
    assert {row.recorded_by for row in rows} == {"clinic"}


def test_a_first_high_reading_is_confirmed_on_the_third_day_and_followed_until_it_is_settled(clinic: Clinic) -> None:
    """Suspected, read again a fortnight later and once more, confirmed, referred, treated, settled: nobody has to remember any of it."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, **HIGH)
    assert (clinic.stage(ref), clinic.record(ref)["pressure"], clinic.record(ref)["pressure_course"]) == ("found", "HIGH", "SUSPECTED")
    clinic.wait(2)
    clinic.tell(ref)
    assert clinic.stage(ref) == "rechecking"
    with pytest.raises(Refused) as early:
        clinic.read(ref, 148, 96)
    assert [problem.code for problem in early.value.problems] == ["too_soon"]
    clinic.wait(12)
    clinic.read(ref, 148, 96)
    assert (clinic.stage(ref), clinic.record(ref)["pressure_course"]) == ("rechecking", "SUSPECTED")
    clinic.wait(14)
    clinic.read(ref, 146, 94)
    assert (clinic.stage(ref), clinic.record(ref)["pressure_course"]) == ("to_refer", "CONFIRMED")
    clinic.do("school", f"{ref}.refer", referred_on=clinic.town.today, hospital="县人民医院")
    assert clinic.stage(ref) == "followed"
    clinic.wait(28)
    clinic.do("school", f"{ref}.treat", seen_on=clinic.town.today, treated="UNDER_TREATMENT")
    clinic.wait(28)
    clinic.do("school", f"{ref}.treat", seen_on=clinic.town.today, treated="SETTLED")
    assert clinic.stage(ref) == "settled"
    drafted = [paper["document"] for paper in clinic.town.engine.show(clinic.people["supervisor"], ref).papers]
    assert drafted == ["result", "referral"]


def test_a_high_reading_that_is_not_high_on_another_day_is_cleared(clinic: Clinic) -> None:
    """One reading is no high pressure: the second day clears it."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, **HIGH)
    clinic.tell(ref)
    clinic.wait(14)
    clinic.read(ref, 104, 64)
    assert (clinic.stage(ref), clinic.record(ref)["pressure_course"]) == ("settled", "NOT_HIGH")


def test_a_child_that_is_lost_to_follow_up_is_seen_to_be(clinic: Clinic) -> None:
    """Nobody asks about the treatment: week after week it lies on the supervisor's desk; given up only in time, and with a reason."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, vision_left=4.4, vision_right=4.5)
    clinic.tell(ref)
    clinic.do("school", f"{ref}.refer", referred_on=clinic.town.today)
    assert clinic.desk("supervisor") == []
    clinic.wait(32)
    assert "Nobody has asked how a child's treatment goes" in clinic.desk("supervisor")
    with pytest.raises(Refused) as early:
        clinic.step("supervisor", ref, "lose", decided_on=clinic.town.today, why="moved away")
    assert [problem.code for problem in early.value.problems] == ["given_up_early"]
    clinic.wait(60)
    assert "A finding of a health check is not followed up" in clinic.desk("supervisor")
    clinic.step("supervisor", ref, "lose", decided_on=clinic.town.today, why="the family has moved, nobody knows where")
    assert clinic.stage(ref) == "lost"
    assert "A finding of a health check is not followed up" not in clinic.desk("supervisor")


def test_parents_who_are_not_reached_are_followed_by_guardian_and_village(clinic: Clinic) -> None:
    """The school calls; then the entrusted guardian is asked; then the child director goes there."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, weight_kg=60)
    clinic.tell(ref, "NOBODY")
    assert clinic.desk("village") == ["Tell the entrusted guardian"]
    clinic.tell(ref, "NOBODY", who="village", task="tell_carer")
    assert clinic.desk("village") == ["Visit the home and tell whoever cares for the child"]
    clinic.tell(ref, "CARER", who="village", task="tell_home")
    assert clinic.stage(ref) == "to_refer"


def test_signs_of_injury_are_referred_at_once(clinic: Clinic) -> None:
    """Whatever else was found: protection is asked before anybody is told."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, injury=True)
    with clinic.town.db.read() as tx:
        (asked,) = tx.rows(select(tables.referral))
    assert (asked.program, asked.urgent, asked.state) == ("protection", 1, "waiting")
    assert clinic.record(ref)["injury"] is True


def test_a_family_that_cannot_pay_is_referred_to_aid(clinic: Clinic) -> None:
    """The needy are found when they are asked about the treatment."""
    ref = clinic.check(clinic.child())
    clinic.measure(ref, vision_left=4.4)
    clinic.tell(ref)
    clinic.do("school", f"{ref}.refer", referred_on=clinic.town.today)
    clinic.do("school", f"{ref}.treat", seen_on=clinic.town.today, treated="UNTREATED", needy=True)
    with clinic.town.db.read() as tx:
        (asked,) = tx.rows(select(tables.referral))
    assert (asked.program, asked.reply_task) == ("aid", "aid_answered")


def test_without_consent_nothing_is_measured_and_a_no_is_kept(clinic: Clinic) -> None:
    """The check waits for the guardian; refused, it is closed as that."""
    ref = clinic.check(clinic.child(consent=False))
    assert clinic.stage(ref) == "listed"
    with pytest.raises(Exception, match="measure"):
        clinic.measure(ref)
    clinic.step("school", ref, "decline", refused_on=clinic.town.today, said_by="父亲")
    assert clinic.stage(ref) == "refused"


# ------------------------------------------------------------------ the sheet


def test_a_sheet_opens_a_round_and_judges_each_row(clinic: Clinic) -> None:
    """Where no round is open the sheet's own day is one; each row is told as the standards want."""
    one, two = clinic.child(consent=False), clinic.child(consent=False)
    said = clinic.sheet({"number": clinic.numbers[one]}, {"number": clinic.numbers[two], "weight_kg": "60kg"}, consent_on_file="2026-1")
    assert (said["rows"], said["measured"], said["rejected"], said["attested"]) == (2, 2, 0, 2)
    found = [{name: row[name] for name in ("row", "bmi", "weight", "growth", "pressure", "vision")} for row in said["results"]]
    assert found == [
        {"row": 2, "bmi": 16.9, "weight": "normal", "growth": "normal", "pressure": "normal", "vision": "normal"},
        {"row": 3, "bmi": 29.8, "weight": "obese", "growth": "normal", "pressure": "normal", "vision": "normal"},
    ]
    (whole,) = clinic.town.engine.cases(clinic.people["supervisor"], workflow="round")
    parts = clinic.town.engine.cases(clinic.people["supervisor"], whole=whole.ref)
    assert sorted(row.stage for row in parts) == ["filed", "found"]
    assert [row.stage for row in clinic.town.engine.cases(clinic.people["supervisor"], flagged=True, open_only=True)] == ["found"]


FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("child_unknown", {"number": with_check_digit("43280120160501999")}),
    ("name_differs", {"name": "李四"}),
    ("consent_refused", {"agrees": "否"}),
    ("measured_before_birth", {"on": "2016-04-30"}),
    ("measured_in_future", {"on": "2026-12-20"}),
    ("height_out_of_range", {"height_cm": "1.42"}),
    ("weight_missing", {"weight_kg": ""}),
    ("weight_out_of_range", {"weight_kg": "340"}),
    ("pressure_swapped", {"systolic": "60", "diastolic": "102"}),
    ("vision_out_of_range", {"vision_left": "1.0"}),
]


@pytest.mark.parametrize(("code", "row"), FAULTS, ids=[code for code, _ in FAULTS])
def test_a_bad_row_is_refused_whole(clinic: Clinic, code: str, row: dict[str, Any]) -> None:
    """Nothing of it is stored: no case, no value; not even a round."""
    child = clinic.child(consent=False)
    said = clinic.sheet({"number": clinic.numbers[child], **row}, consent_on_file="2026-1")
    assert ([one["code"] for one in said["problems"]], said["measured"]) == ([code], 0)
    assert clinic.town.engine.cases(clinic.people["supervisor"]) == []
    with clinic.town.db.read() as tx:
        assert tx.rows(select(tables.observation)) == []
        kept = [one.said for one in tx.rows(select(tables.consent))]
    assert kept == (["refused"] if code == "consent_refused" else [])


def test_of_several_faults_the_first_in_order_is_told(clinic: Clinic) -> None:
    """A row that is wrong all over is refused for what comes first."""
    child = clinic.child(consent=False)
    row = {"number": clinic.numbers[child], "on": "2026-12-20", "height_cm": "1.42", "weight_kg": "", "systolic": "60"}
    assert [one["code"] for one in clinic.sheet(row, consent_on_file="2026-1")["problems"]] == ["measured_in_future"]
    assert [one["code"] for one in clinic.sheet({**row, "agrees": "否"}, consent_on_file="2026-1")["problems"]] == ["consent_refused"]


def test_a_child_is_measured_once_in_a_round_and_again_in_the_next(clinic: Clinic) -> None:
    """The first measurement stands, in the same sheet or in another one; what is named is the round that counts."""
    child = clinic.child()
    row = {"number": clinic.numbers[child]}
    said = clinic.sheet(row, {**row, "weight_kg": "60"})
    assert [(one["row"], one["code"]) for one in said["problems"]] == [(3, "measured_twice")]
    assert [one["code"] for one in clinic.sheet(row)["problems"]] == ["measured_twice"]
    other = clinic.round()
    again = clinic.sheet({**row, "height_cm": "120", "on": "2026-10-21"}, whole=other)
    assert (again["measured"], [(one["code"], one["verdict"]) for one in again["problems"]]) == (1, [("far_from_last", "opened")])


def test_without_a_consent_on_record_a_row_is_refused(clinic: Clinic) -> None:
    """A yes in the sheet is no signature."""
    child = clinic.child(consent=False)
    said = clinic.sheet({"number": clinic.numbers[child]})
    assert [one["code"] for one in said["problems"]] == ["consent_missing"]


def test_a_dry_run_says_the_same_and_writes_nothing(clinic: Clinic) -> None:
    """Also over more rows than one commit holds."""
    rows = [{"number": clinic.numbers[clinic.child(consent=False)]} for _ in range(103)]
    said = clinic.sheet(*rows, consent_on_file="2026-1", dry_run=True)
    assert (said["measured"], said["rejected"]) == (103, 0)
    assert clinic.town.engine.cases(clinic.people["supervisor"]) == []


# ------------------------------------------------------------------ a round


def test_a_round_from_its_roster_to_its_report(clinic: Clinic) -> None:
    """Frozen: left-behind children and girls are listed; measured, reviewed, reported with rates; closed when nobody is followed up any more."""
    left, girl, other = clinic.child(), clinic.child(sex="female", left_behind="none"), clinic.child(left_behind="none")
    whole = clinic.round()
    clinic.step("supervisor", whole, "freeze")
    listed = {row.subject: row.ref for row in clinic.town.engine.cases(clinic.people["supervisor"], whole=whole)}
    assert set(listed) == {left, girl}
    assert other not in listed
    clinic.step("supervisor", whole, "schedule", held_on="2026-10-28", place="高桥镇中心小学", clinic="高桥镇卫生院", notice="2026-1")
    clinic.step("clinic", whole, "start")
    clinic.measure(listed[left], weight_kg=60)
    clinic.step("clinic", listed[girl], "absent")
    with pytest.raises(Refused) as waiting:
        clinic.step("clinic", whole, "enter")
    assert [problem.code for problem in waiting.value.problems] == ["parts_there"]
    clinic.step("clinic", whole, "stop_waiting")
    assert (clinic.stage(listed[girl]), clinic.stage(whole)) == ("missed", "results_in")
    clinic.do("supervisor", f"{whole}.review", reviewed_on=clinic.town.today, remark="一人肥胖")
    clinic.step("supervisor", whole, "report")
    all_of_it = clinic.record(whole)["rates"][0]
    assert (all_of_it["by"], all_of_it["listed"], all_of_it["measured"]) == ("ALL", 2, 1)
    with pytest.raises(Refused) as follow_up:
        clinic.step("supervisor", whole, "close")
    assert [problem.code for problem in follow_up.value.problems] == ["parts_open"]
    clinic.tell(listed[left])
    clinic.do("school", f"{listed[left]}.refer", referred_on=clinic.town.today)
    clinic.do("school", f"{listed[left]}.treat", seen_on=clinic.town.today, treated="SETTLED")
    clinic.step("supervisor", whole, "close")
    assert clinic.stage(whole) == "closed"


def test_a_round_is_due_each_term_with_its_four_ones(clinic: Clinic) -> None:
    """The calendar opens it; once it is under way, advice, lesson and leaflet lie on desks."""
    clinic.town.clock.instant = datetime(2027, 2, 24, 1, tzinfo=UTC)
    clinic.town.wait()
    opened = clinic.town.engine.cases(clinic.people["supervisor"], workflow="round")
    assert opened
    whole = opened[-1].ref
    clinic.step("supervisor", whole, "freeze")
    clinic.step("supervisor", whole, "schedule", held_on="2027-03-03")
    clinic.step("clinic", whole, "start")
    assert {"Advice face to face", "Lesson on puberty", "Hand out the leaflet"} <= set(clinic.desk("school"))


# ------------------------------------------------------------------ at the desk


def test_one_child_at_the_desk_is_judged_at_once(clinic: Clinic) -> None:
    """The same checks as a sheet's row: a round is there afterwards, the consent is attested, and what was found is answered."""
    child = clinic.child(consent=False)
    with pytest.raises(Refused) as without:
        clinic.enter(child, **WELL)
    assert without.value.code == "consent_missing"
    assert clinic.town.engine.cases(clinic.people["supervisor"]) == []
    said = clinic.enter(child, **{**WELL, "weight_kg": "60kg"}, how={"consent_on_file": "2026-1"})
    (found,) = said["results"]
    assert (found["bmi"], found["weight"], said["attested"], clinic.stage(found["case"])) == (29.8, "obese", 1, "found")
    with pytest.raises(Refused) as twice:
        clinic.enter(child, **WELL)
    assert [problem.code for problem in twice.value.problems] == ["measured_twice"]


def test_a_no_at_the_desk_is_kept(clinic: Clinic) -> None:
    """Nothing is measured, and the guardian's no is on record."""
    child = clinic.child(consent=False)
    with pytest.raises(Refused) as refused:
        clinic.enter(child, **WELL, agrees=False, how={"consent_on_file": "2026-1"})
    assert refused.value.code == "consent_refused"
    with clinic.town.db.read() as tx:
        assert [one.said for one in tx.rows(select(tables.consent))] == ["refused"]
        assert tx.rows(select(tables.observation)) == []


def test_nobody_enters_what_he_may_not(clinic: Clinic) -> None:
    """The village's child director measures nobody, and a child out of sight is not on file for anybody."""
    child = clinic.child()
    with pytest.raises(NotPermitted):
        clinic.enter(child, who="village", **WELL)
    with pytest.raises(NotFound):
        clinic.enter("C-999999", **WELL)
