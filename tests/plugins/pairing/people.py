"""Invented people for the tests of pairing: a township's children and its volunteers. Their numbers bear a region code abolished in 1995."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]

from careflow_pairing.matching import Need, Proxy
from workflow_core.testing import people as kit

DATA = Path(__file__).parents[2] / "data"
GUARDIANS = ("祖父母", "祖父母", "祖父母", "母亲", "父亲", "亲戚", "其他")
HEADINGS = ("姓名", "性别", "身份证号码", "手机", "所在村", "单位", "身份", "最多帮扶人数", "准入查询结果", "查询日期", "备注")


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """An invented person.

    :param number: the citizen's number; its check digit is right.
    """

    name: str
    sex: str
    born_on: date
    number: str
    village: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class SomeChild(Somebody):
    """A child; ``guardian_kin`` as a roster writes it."""

    guardian: str
    guardian_kin: str


@dataclass(frozen=True, kw_only=True)
class SomeVolunteer(Somebody):
    """A volunteer; ``result`` as a sheet writes it."""

    capacity: int
    result: str
    vetted_on: date | None


def number_of(born_on: date, order: int, sex: str) -> str:
    """A number with a right check digit; the 17th digit is odd for 男."""
    return kit.number_of(born_on, order, "male" if sex == "男" else "female")


def child(n: int, *, born_on: date = date(2016, 3, 1), village: str | None = None, sex: str | None = None, guardian_kin: str | None = None) -> SomeChild:
    """The n-th child: always the same one for a number."""
    mine = sex or "男女"[n % 2]
    return SomeChild(
        name=kit.name_of(n), sex=mine, born_on=born_on, number=number_of(born_on, n, mine), village=village or kit.VILLAGES[n % len(kit.VILLAGES)],
        phone=f"1990000{n:04d}", guardian=kit.name_of(n + 500), guardian_kin=guardian_kin or GUARDIANS[n % len(GUARDIANS)],
    )  # fmt: skip


def volunteer(
    n: int, *, born_on: date = date(1985, 5, 1), village: str | None = None, sex: str | None = None, capacity: int | None = None,
    result: str = "无违法犯罪记录", vetted_on: date | None = date(2026, 9, 1),
) -> SomeVolunteer:  # fmt: skip
    """The n-th volunteer, vetted on 1 September 2026 unless told otherwise."""
    mine = sex or "女男"[n % 2]
    return SomeVolunteer(
        name=kit.name_of(n + 300), sex=mine, born_on=born_on, number=number_of(born_on, n, mine), village=village or kit.VILLAGES[n % len(kit.VILLAGES)],
        phone=f"1991000{n:04d}", capacity=capacity or n % 3 + 1, result=result, vetted_on=vetted_on,
    )  # fmt: skip


def children(count: int, first: int = 0) -> list[SomeChild]:
    """So many children."""
    return [child(n) for n in range(first, first + count)]


def volunteers(count: int, first: int = 0) -> list[SomeVolunteer]:
    """So many volunteers."""
    return [volunteer(n) for n in range(first, first + count)]


def volunteer_sheet(path: Path, some: list[SomeVolunteer]) -> Path:
    """A volunteers' sheet as townships keep it."""
    with xlsxwriter.Workbook(path) as book:
        page, day = book.add_worksheet("代理家长"), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, HEADINGS)
        for row, one in enumerate(some, start=1):
            page.write_row(row, 0, (one.name, one.sex, one.number, one.phone, one.village, "务农", "团员", one.capacity, one.result))
            if one.vetted_on is not None:
                page.write_datetime(row, 9, _midnight(one.vetted_on), day)
    return path


def child_roster(path: Path, some: list[SomeChild]) -> Path:
    """A roster of children as schools keep it."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("花名册")
        page.write_row(0, 0, ("姓名", "性别", "身份证号", "出生日期", "学校", "年级", "村", "监护人", "与儿童关系", "联系电话"))
        for row, one in enumerate(some, start=1):
            grade = min(max(2026 - one.born_on.year - 6, 1), 9)
            mine = (one.name, one.sex, one.number, one.born_on.isoformat(), "中心小学", grade, one.village, one.guardian, one.guardian_kin, one.phone)
            page.write_row(row, 0, mine)
    return path


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


# ------------------------------------------------------------------ the same people, as a match is told of them

TIERS = {"祖父母": 2, "父亲": 3, "母亲": 3, "亲戚": 1, "其他": 1}


def need_of(one: SomeChild, *, township: str = "990101100") -> Need:
    """A child that waits."""
    return Need(ref=one.number, township=township, village=one.village, priority=TIERS[one.guardian_kin], sex="female" if one.sex == "女" else "male")


def proxy_of(one: SomeVolunteer, *, township: str = "990101100") -> Proxy:
    """A volunteer who may be matched."""
    clear = one.vetted_on if one.result == "无违法犯罪记录" else None
    return Proxy(
        ref=one.number, township=township, village=one.village, capacity=one.capacity, sex="female" if one.sex == "女" else "male",
        vetted_on=clear, barred=one.result == "有记录",
    )  # fmt: skip
