"""A county with three schools in two townships, children on file, and an edition of the camp on 10 to 12 July 2027."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from careflow_camp import draw
from careflow_camp.program import PROGRAM
from tests.engine.conftest import Town, actor, make_town
from workflow_core.access.consents import Saying
from workflow_core.records import children as files
from workflow_core.records.policies import policy_set
from workflow_core.records.values import check_digit
from workflow_core.store.database import Database
from workflow_core.store.tables import case

COUNTY, GAOQIAO, LIULIN = "990101", "990101100", "990101101"
SCHOOLS = {"高桥镇中心小学": GAOQIAO, "板厂小学": GAOQIAO, "柳林乡小学": LIULIN}
FIRST, LAST = date(2027, 7, 10), date(2027, 7, 12)
SPRING = datetime(2027, 5, 17, 1, tzinfo=UTC)
SECRET = "5b" * 32
PUBLIC = "03081217263109"
HEADINGS = ("姓名", "身份证号", "父母外出月数", "节目", "营服尺码")
TUTORS = [{"number": n, "tutor": f"辅导员{n}", "phone": f"1990000100{n}", "vetted_on": "2027-05-04", "query_number": f"查{n}"} for n in range(1, 9)]


@dataclass(frozen=True)
class Kid:
    """A child on file."""

    ref: str
    name: str
    number: str
    school: str


@dataclass
class County:
    """A county's camp, with those who hold it; it is Monday, 17 May 2027."""

    town: Town
    folder: Path
    kids: list[Kid] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = self.town.engine
        self.bureau = actor("bureau", "education_bureau", scope=COUNTY)
        self.county = actor("county", "county_office", scope=COUNTY)
        self.leader = actor("leader", "camp_leader", scope=COUNTY)
        self.tutor = actor("tutor", "camp_tutor", scope=COUNTY)
        self.schools = {code: actor(f"school-{code}", "school", scope=code) for code in (GAOQIAO, LIULIN)}

    @property
    def today(self) -> date:
        return self.town.today

    # -- people

    def child(self, school: str = "高桥镇中心小学", **said: Any) -> Kid:
        """Puts a child of grade four on file: left behind by both parents, unless told otherwise."""
        n = len(self.kids)
        sex = "男女"[n % 2]
        first = f"432801{20170301 + n // 500 * 10000}{n % 500 * 2 + (sex == '男'):03d}"
        number = first + check_digit(first)
        name = "张王李赵钱孙周吴郑冯"[n % 10] + "一二三四五六七八九十"[n // 10 % 10] + "甲乙丙丁"[n // 100 % 4]
        fields = {"name": name, "national_id": number, "school": school, "grade": "四年级", "left_behind": "父母双方外出", "guardian": f"{name}奶",
                  "guardian_kin": "祖母", "guardian_phone": f"1990000{n:04d}", **said}  # fmt: skip
        with self.town.db.write() as tx:
            ref = files.add(tx, "boss", self.town.clock.now(), fields, division=SCHOOLS.get(school, GAOQIAO)).ref
        self.kids.append(Kid(ref, name, number, school))
        return self.kids[-1]

    def children(self, *counts: int) -> list[Kid]:
        """So many in each of the three schools, in their order."""
        return [self.child(school) for school, count in zip(SCHOOLS, counts, strict=False) for _ in range(count)]

    def policy(self, **values: Any) -> None:
        """What the county sets."""
        with self.town.db.write() as tx:
            policy_set(tx, PROGRAM, COUNTY, values, actor=self.town.admin, now=self.town.clock.now())

    # -- an edition

    def edition(self, seats: int = 12, **said: Any) -> str:
        """A draft."""
        record = {"title": "示范县关爱留守儿童夏令营", "starts_on": FIRST, "ends_on": LAST, "seats": seats, "site": "青溪实践基地", "nominate_by": "2027-06-10",
                  "public_source": "体彩大乐透第27070期开奖号码", "public_on": "2027-06-20", **said}  # fmt: skip
        return self.engine.open(
            self.bureau, "camp.edition", COUNTY, {name: str(value) if isinstance(value, date) else value for name, value in record.items()}
        ).ref

    def announced(self, seats: int = 12, counts: Sequence[dict[str, Any]] = (), **said: Any) -> str:
        """Announced, seats allotted by the registry, or by the counts that are given."""
        ref = self.edition(seats, **said)
        self.step(self.bureau, ref, "announce")
        self.allot(ref, **({"counts": list(counts)} if counts else {}))
        return ref

    def allot(self, ref: str, **given: Any) -> Any:
        """Allots the seats."""
        return self.engine.run_batch(self.bureau, "camp", "allot", given, case=ref)

    def nominating(self, seats: int = 12, **said: Any) -> str:
        """Nominations are open, and the bureau has committed to the secret."""
        ref = self.announced(seats, **said)
        self.engine.do_task(self.bureau, f"{ref}.commit", {"commitment": draw.commitment(SECRET)})
        self.step(self.bureau, ref, "open")
        return ref

    def nominate(self, kids: Sequence[Kid], *, edition: str | None = None, rows: Sequence[tuple[str, ...]] = (), **how: Any) -> dict[str, Any]:
        """The schools feed their sheets in; what is answered, of all of them together."""
        answers = []
        for code, school in self.schools.items():
            mine = [one for one in kids if SCHOOLS.get(one.school, GAOQIAO) == code]
            if mine:
                answers.append(self.sheet(school, code, [(one.name, one.number, "12", "唱歌", "140") for one in mine], whole=edition, **how))
        added = {name: sum(one[name] for one in answers) for name in ("rows", "opened", "unchanged", "rejected", "duplicates")}
        return {**added, "problems": [problem for one in answers for problem in one["problems"]]}

    def sheet(self, who: Any, division: str, rows: Sequence[Sequence[str]], headings: Sequence[str] = HEADINGS, **how: Any) -> dict[str, Any]:
        """A sheet of nominations is fed in."""
        path = self.folder / "nominations.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(headings)
            out.writerows(rows)
        return self.engine.run_import(who, "camp", path, division=division, **how).as_dict()

    def frozen(self, seats: int, *counts: int) -> str:
        """So many children of each school are nominated, and the list is frozen."""
        self.policy(reserve_percent=500)
        kids = self.children(*counts)
        ref = self.nominating(seats, nominate_by="2027-05-17", public_on="2027-05-19")
        answer = self.nominate(kids)
        assert answer["problems"] == []
        self.step(self.bureau, ref, "close_nominations")
        return ref

    def draw(self, ref: str, secret: str = SECRET, public: str = PUBLIC, **how: Any) -> Any:
        """Draws, when the public value is out."""
        out = datetime.fromisoformat(f"{self.record(ref)['public_on']}T09:00+08:00")
        self.town.clock.instant = max(self.town.clock.instant, out)
        return self.engine.run_batch(self.bureau, "camp", "draw", {"secret": secret, "public_value": public}, case=ref, **how)

    def drawn(self, seats: int, *counts: int) -> str:
        """The same, drawn and the first seats offered."""
        ref = self.frozen(seats, *counts)
        self.draw(ref)
        self.tick()
        return ref

    # -- campers

    def campers(self, edition: str, stage: str | None = None, school: str | None = None) -> list[str]:
        """The campers of an edition, by reference."""
        rows = self.engine.cases(self.leader, program="camp", workflow="camper", stage=stage, whole=edition, limit=None)
        return [row.ref for row in rows if school is None or self.record(row.ref)["school"] == school]

    def consent(self, camper: str) -> None:
        """The grandmother signs."""
        kid = self.kid(camper)
        saying = Saying(on=self.today, by="guardian", notice="2026-1", child="agrees", paper=True)
        self.engine.give_consent(self.school_of(kid), kid.ref, "camp.camp", saying)

    def provide(self, camper: str, *, fit: bool = True, **said: Any) -> None:
        """Health statement and emergency contact."""
        school = self.school_of(self.kid(camper))
        self.engine.do_task(school, f"{camper}.health", {"stated_on": str(self.today), "fit": fit, **said})
        if fit:
            self.engine.do_task(school, f"{camper}.contact", {"name": "王五", "phone": "19900009999", "kin": "祖母", "performance": "唱歌", "size": "140"})

    def confirm(self, *campers: str) -> None:
        """All that a seat asks for."""
        for one in campers:
            self.consent(one)
            self.provide(one)

    def kid(self, camper: str) -> Kid:
        """The child of a camper."""
        subject = self.engine.show(self.leader, camper).row.subject
        return next(one for one in self.kids if one.ref == subject)

    def school_of(self, kid: Kid) -> Any:
        """The account of its school."""
        return self.schools[SCHOOLS.get(kid.school, GAOQIAO)]

    def groups(self, ref: str, tutors: int) -> Any:
        """Makes the groups."""
        return self.engine.run_batch(self.leader, "camp", "groups", {"groups": TUTORS[:tutors]}, case=ref)

    def running(self, seats: int, *counts: int, tutors: int = 2) -> str:
        """A camp under way: all who were offered a seat are confirmed, and have arrived."""
        ref = self.drawn(seats, *counts)
        self.confirm(*self.campers(ref, "offered"))
        self.begin(ref, tutors)
        for one in self.campers(ref, "confirmed"):
            self.step(self.tutor, one, "arrive")
        return ref

    def begin(self, ref: str, tutors: int) -> None:
        """Groups, the query about who works there, and the first day, at nine."""
        self.groups(ref, tutors)
        self.step(self.leader, ref, "ready", confirm="the papers are signed by hand")
        self.engine.do_task(self.leader, f"{ref}.check_staff", {"checked_on": str(self.today), "asked": tutors + 1})
        self.at(FIRST, 9)
        self.step(self.leader, ref, "begin")

    # -- whatever

    def tamper(self, ref: str, **values: Any) -> None:
        """Somebody with the database in hand changes a record past every door."""
        with self.town.db.write() as tx:
            row = next(one for one in tx.rows(select(case)) if one.ref == ref)
            tx.execute(update(case).where(case.c.ref == ref).values(record=json.dumps({**json.loads(row.record), **values}, ensure_ascii=False)))

    def step(self, who: Any, ref: str, transition: str, confirm: str = "", **given: Any) -> Any:
        """Somebody takes a transition."""
        return self.engine.advance(who, ref, transition, given, confirm=confirm)

    def stage(self, ref: str) -> str:
        """Where a case stands."""
        return self.engine.show(self.leader, ref).row.stage

    def record(self, ref: str) -> dict[str, Any]:
        """What a case knows."""
        return dict(self.engine.show(self.leader, ref).record)

    def tick(self) -> None:
        """The clock has its turn."""
        assert self.engine.tick().problems == []

    def at(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """It is that day; the clock has had its turn each day."""
        while self.today < day:
            self.town.clock.instant += timedelta(days=1)
            self.tick()
        self.town.clock.instant = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)
        self.tick()

    def pass_by(self, **span: int) -> None:
        """Time passes; then the clock has its turn."""
        self.town.clock.instant += timedelta(**span)
        self.tick()

    def desk(self, who: Any) -> list[str]:
        """What waits for somebody."""
        return [row.title for row in self.engine.inbox(who, limit=1000)]


@pytest.fixture
def county(database: Database, tmp_path: Path) -> Iterator[County]:
    """A county's camp on each database; what must always hold is looked at when it is over."""
    town = make_town(database, tmp_path, PROGRAM)
    town.clock.instant = SPRING
    yield County(town, tmp_path)
    town.verify()


@pytest.fixture
def codes() -> Callable[[Callable[[], object]], list[str]]:
    """The codes of the error that a call raises: of each reason, where it has several."""
    from workflow_core.errors import CareError

    def of(call: Callable[[], object]) -> list[str]:
        with pytest.raises(CareError) as caught:
            call()
        return [one.code for one in caught.value.problems] or [caught.value.code]

    return of
