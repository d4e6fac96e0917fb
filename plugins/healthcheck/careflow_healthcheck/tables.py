"""The standards' figures, read from the files in ``data``, each of which names its standard and table.

Every figure is kept as a whole number of thousandths of its unit, so that a comparison is exact. A half-year age is kept as a number of half-years: 9.5 is 19.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

Sex: TypeAlias = Literal["male", "female"]
SEXES: tuple[Sex, ...] = ("male", "female")
FIRST_HALF_YEAR, WEIGHT_LAST, GROWTH_LAST = 12, 36, 35
"""The first row of WS/T 586-2018 and WS/T 456-2014 is 6.0; the last is 18.0 of the one and 17.5 of the other."""
PRESSURE_FIRST, PRESSURE_LAST = 7, 18
"""The ages of WS/T 610-2018, in years rounded half up."""
VISION_FIRST = 6
"""The grades of vision hold from six completed years on."""
BANDS = ("lt_p5", "p5", "p10", "p25", "p50", "p75", "p90", "p95")
"""Height bands of WS/T 610-2018, from the shortest."""
UPPER_LIMIT = (120_000, 80_000)
"""From here on a reading is at the upper limit at any age, WS/T 610-2018, in thousandths of mmHg."""


def thousandths(value: float) -> int:
    """A measured value as a whole number of thousandths, half up. Exact for whatever has at most three decimals, and no instrument tells more."""
    return int(value * 1000 + 0.5)


def shown(value: int) -> float:
    """The value of so many thousandths."""
    return value / 1000


@dataclass(frozen=True)
class PressureLimits:
    """The 90th and 95th percentile of one sex, age and height band, in thousandths of mmHg."""

    systolic_p90: int
    systolic_p95: int
    diastolic_p90: int
    diastolic_p95: int


@cache
def weight() -> Mapping[tuple[str, int], tuple[int, int]]:
    """WS/T 586-2018, table 1: from which body mass index on a child of (sex, half-years) is overweight, and obese."""
    return {(row["sex"], half_years(row["age"])): (_figure(row["overweight"]), _figure(row["obese"])) for row in rows("weight")}


@cache
def stunting() -> Mapping[tuple[str, int], int]:
    """WS/T 456-2014, table A.1: up to which height a child of (sex, half-years) is stunted."""
    return {(row["sex"], half_years(row["age"])): _figure(row["stunted"]) for row in rows("stunting")}


@cache
def thinness() -> Mapping[tuple[str, int], tuple[int, int]]:
    """WS/T 456-2014, table B.1: up to which body mass index a child of (sex, half-years) is moderately or severely thin, and mildly thin."""
    return {(row["sex"], half_years(row["age"])): (_figure(row["moderate_severe"]), _figure(row["mild"])) for row in rows("thinness")}


@cache
def heights() -> Mapping[tuple[str, int], tuple[int, ...]]:
    """WS/T 610-2018, tables A.1 and A.2: the 5th, 10th, 25th, 50th, 75th, 90th and 95th percentile of height for (sex, years)."""
    return {(row["sex"], int(row["age"])): tuple(_figure(row[band]) for band in BANDS[1:]) for row in rows("heights")}


@cache
def pressure() -> Mapping[tuple[str, int, int], PressureLimits]:
    """WS/T 610-2018, tables B.1 and B.2, by (sex, years, place of the height band in ``BANDS``). At 18 years every band has the same limits."""
    found = {}
    for row in rows("pressure"):
        limits = PressureLimits(*(_figure(row[name]) for name in ("systolic_p90", "systolic_p95", "diastolic_p90", "diastolic_p95")))
        for place in range(len(BANDS)) if row["band"] == "all" else (BANDS.index(row["band"]),):
            found[row["sex"], int(row["age"]), place] = limits
    return found


@cache
def grades(name: str) -> tuple[tuple[int, str], ...]:
    """The rows of ``vision`` or ``spine``: from which value on which finding, the highest first."""
    return tuple((_figure(row["at_least"]), row["finding"].upper()) for row in rows(name))


def half_years(age: str) -> int:
    """``"9.5"`` is 19 half-years."""
    whole, _, rest = age.partition(".")
    return 2 * int(whole) + (rest == "5")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table; lines that begin with # say where it is from."""
    text = (files("careflow_healthcheck") / "data" / f"{name}.csv").read_text("utf-8")
    return csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))


def _figure(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 1000 + int(rest.ljust(3, "0"))
