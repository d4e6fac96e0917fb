"""Invented people. Their ID numbers bear the region code 432801, abolished in 1995, so that no number is a living person's; the check digit is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from workflow_core.records.values import check_digit

REGION = "432801"
SCHOOL_NAME = "高桥镇中心小学"
VILLAGES = ("兰草村", "板厂村", "权河村", "深磨村")
_FAMILIES, _GIVEN = "张王李赵钱孙周吴郑冯", "一二三四五六七八九十"


@dataclass(frozen=True)
class Invented:
    """An invented person, and what its file is made of.

    :param said: the fields of the file as people write them, by the names that ``care child add --set`` takes.
    :param ref: its reference, once it is on file: ``C-000001``.
    """

    name: str
    national_id: str
    born_on: date
    said: Mapping[str, str] = field(default_factory=dict)
    ref: str = ""

    def row(self, **more: object) -> dict[str, object]:
        """The person as a row of a sheet, name and ID number under their usual headings.

        :param more: further cells, by heading.
        """
        return {"姓名": self.name, "身份证号码": self.national_id, **more}


def invented_child(n: int = 0, *, born_on: date = date(2016, 3, 1), sex: Literal["male", "female"] | None = None, **said: object) -> Invented:
    """The n-th invented child: always the same one for a number. It is on a school's roll, and a grandparent looks after it.

    :param n: 0 to 499: 1,000 people have different numbers and names.
    :param said: more fields of its file, or others in their place; None leaves one out: ``school=None``.
    """
    mine = sex or ("male", "female")[n % 2]
    other = name_of(n + 500)
    fields: dict[str, Any] = {
        "address": VILLAGES[n % len(VILLAGES)],
        "school": SCHOOL_NAME,
        "guardian": other,
        "guardian_kin": "祖父母",
        "guardian_phone": f"1990000{n:04d}",
    }
    return _somebody(name_of(n), mine, born_on, n, {**fields, **said})


def invented_volunteer(n: int = 0, *, born_on: date = date(1985, 5, 1), sex: Literal["male", "female"] | None = None, **said: object) -> Invented:
    """The n-th invented volunteer: always the same one for a number.

    :param said: more fields of the file (``village``, ``occupation``, ``workplace`` …); None leaves one out.
    """
    mine = sex or ("female", "male")[n % 2]
    return _somebody(name_of(n + 300), mine, born_on, n, {"phone": f"1991000{n:04d}", "village": VILLAGES[n % len(VILLAGES)], **said})


def _somebody(name: str, sex: str, born_on: date, n: int, said: Mapping[str, object]) -> Invented:
    named = str(said.get("name") or name)
    number = str(said.get("national_id") or number_of(born_on, n, sex))
    whole = {"name": named, "sex": {"male": "男", "female": "女"}[sex], "national_id": number, **said}
    return Invented(named, number, born_on, {key: str(value) for key, value in whole.items() if value is not None})


def number_of(born_on: date, n: int, sex: str) -> str:
    """A number with a right check digit; its 17th digit is odd for a man."""
    first = f"{REGION}{born_on:%Y%m%d}{n % 500 * 2 + (sex == 'male'):03d}"
    return first + check_digit(first)


def name_of(n: int) -> str:
    """A name, another for each of a thousand."""
    return _FAMILIES[n % 10] + _GIVEN[n // 10 % 10] + _GIVEN[n // 100 % 10]
