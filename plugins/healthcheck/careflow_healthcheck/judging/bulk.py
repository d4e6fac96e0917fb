"""Many children at once, in columns. The same figures and the same whole numbers as ``judge``, so the answers are equal to the last one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from careflow_healthcheck import tables
from careflow_healthcheck.findings import Growth, Item, Pressure, Vision, Weight, Why
from careflow_healthcheck.judging.one import Findings, Measured

Floats: TypeAlias = npt.NDArray[np.float64]
Whole: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int8]
Days: TypeAlias = npt.NDArray[np.datetime64]
Yes: TypeAlias = npt.NDArray[np.bool_]

WHY = {why: np.int8(-1 - place) for place, why in enumerate(Why)}
"""How an array writes a reason: below zero. A finding is its place in its Choice."""
_EPOCH = date(1970, 1, 1).toordinal()
_MEASURED = attrgetter("height_cm", "weight_kg", "systolic", "diastolic", "vision_left", "vision_right")


@dataclass(frozen=True, eq=False)
class Columns:
    """What was measured of many children: arrays of one length.

    :param sex: 0 male, 1 female, -1 not on file.
    :param born_on: days (``datetime64[D]``), NaT where not on file; ``on``: the days of the check.
    :param height_cm: and the others: cm, kg, mmHg, the 5.0 scale; NaN where not measured.
    """

    sex: Codes
    born_on: Days
    on: Days
    height_cm: Floats
    weight_kg: Floats
    systolic: Floats
    diastolic: Floats
    vision_left: Floats
    vision_right: Floats

    def __post_init__(self) -> None:
        lengths = {one.name: len(getattr(self, one.name)) for one in fields(self)}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns are not of one length: {lengths}")

    def __len__(self) -> int:
        return len(self.sex)

    @classmethod
    def of(cls, children: Iterable[tuple[Measured, date | None, str | None, date]]) -> Columns:
        """Columns of rows as ``judge`` takes them: measured, born on, sex, on."""
        rows = list(children)
        sexes: dict[str | None, int] = {None: -1, **{sex: place for place, sex in enumerate(tables.SEXES)}}
        values = np.array([_MEASURED(row[0]) for row in rows], np.float64).reshape(-1, 6)  # None becomes NaN
        return cls(
            np.array([sexes[row[2]] for row in rows], np.int8),
            _days([row[1] for row in rows]),
            _days([row[3] for row in rows]),
            *(np.ascontiguousarray(values[:, place]) for place in range(6)),
        )


@dataclass(frozen=True, eq=False)
class Many:
    """What the standards say of many children: arrays of one length.

    :param bmi: kg/m² with one decimal; NaN where it is not known.
    :param weight: and the others: the place of the finding in its Choice, or a reason below zero (``WHY``).
    :param flagged: as ``flagged`` says of one.
    """

    bmi: Floats
    weight: Codes
    growth: Codes
    pressure: Codes
    vision: Codes
    flagged: Yes

    def __len__(self) -> int:
        return len(self.bmi)

    def __iter__(self) -> Iterator[Findings]:
        """Each child's findings, as ``judge`` says them."""
        rows = zip(*(one.tolist() for one in (self.bmi, self.weight, self.growth, self.pressure, self.vision)), strict=True)
        for bmi, *codes in rows:
            weight, growth, pressure, vision = (None if code < 0 else choice[code] for choice, code in zip(_CHOICES, codes, strict=True))
            why = tuple((item, _REASONS[-1 - code]) for item, code in zip(_ITEMS, codes, strict=True) if code < 0) if min(codes) < 0 else ()
            yield Findings(None if bmi != bmi else bmi, weight, growth, pressure, vision, None, None, why)


_CHOICES: tuple[Any, ...] = (tuple(Weight), tuple(Growth), tuple(Pressure), tuple(Vision))
_ITEMS, _REASONS = (Item.WEIGHT, Item.GROWTH, Item.PRESSURE, Item.VISION), tuple(Why)
_PLACE: dict[Enum, int] = {member: place for members in _CHOICES for place, member in enumerate(members)}


def judge_many(columns: Columns) -> Many:
    """Judge many children at once, by weight, growth, pressure and vision; see ``judging.rules`` for the clauses.

    :raises ValueError: a child was measured before its birth.
    """
    known_age, known_sex = ~np.isnat(columns.born_on), columns.sex >= 0
    months = _months(np.where(known_age, columns.born_on, columns.on), columns.on)
    if (months < 0).any():
        raise ValueError(f"measured before the birth, in rows {np.flatnonzero(months < 0)[:10].tolist()}")
    sex = np.where(known_sex, columns.sex, 0).astype(np.int64)
    tall, weighed = ~np.isnan(columns.height_cm), ~np.isnan(columns.weight_kg)
    height = _thousandths(columns.height_cm, tall)
    square = np.maximum(height * height, 1)
    tenths = (2 * _thousandths(columns.weight_kg, weighed) * 100_000_000 + square) // (2 * square)
    both, index = tall & weighed, tenths * 100
    nameless = [(~known_age, Why.BIRTH_UNKNOWN), (~known_sex, Why.SEX_UNKNOWN)]
    weight = _weight(index, sex, months // 6, [*nameless, (~both, Why.NOT_MEASURED)])
    growth = _growth(height, index, sex, months // 6, [*nameless, (~both, Why.NOT_MEASURED)])
    pressure = _pressure(columns, height, sex, (months + 6) // 12, nameless, tall)
    vision = _vision(columns, months // 12, known_age)
    flags = (weight > 0) | (growth > 0) | (pressure == _PLACE[Pressure.HIGH]) | (vision > 0)  # the first of each Choice is NORMAL; a reason is below zero
    return Many(np.where(both, tenths / 10, np.nan), weight, growth, pressure, vision, flags)


def _days(dates: Sequence[date | None]) -> Days:
    """Dates as numpy counts them, from 1970; numpy's own reading of dates takes ten times as long."""
    nowhere = np.iinfo(np.int64).min  # NaT
    return np.array([nowhere if one is None else one.toordinal() - _EPOCH for one in dates], np.int64).view("datetime64[D]")


def _months(born_on: Days, on: Days) -> Whole:
    """Completed months, as ``completed_months``."""
    born_month, month = born_on.astype("datetime64[M]"), on.astype("datetime64[M]")
    early = (on - month) < (born_on - born_month)
    found: Whole = month.astype(np.int64) - born_month.astype(np.int64) - early
    return found


def _thousandths(values: Floats, known: Yes) -> Whole:
    """As ``tables.thousandths``; 0 where nothing was measured."""
    return (np.where(known, values, 0.0) * 1000 + 0.5).astype(np.int64)


def _told(codes: Codes, reasons: list[tuple[Yes, Why]]) -> Codes:
    """The codes, with the reasons over them; the first reason that holds is told."""
    for holds, why in reversed(reasons):
        np.putmask(codes, holds, WHY[why])
    return codes


def _row(sex: Whole, age: Whole, first: int, last: int) -> Whole:
    """Which row of a table: by sex, then by age; an age that has none takes the nearest, and is told by its reason."""
    return sex * (last - first + 1) + np.clip(age, first, last) - first


def _weight(index: Whole, sex: Whole, age: Whole, missing: list[tuple[Yes, Why]]) -> Codes:
    """WS/T 586-2018, as ``weight_of``."""
    row = _row(sex, age, tables.FIRST_HALF_YEAR, tables.WEIGHT_LAST)
    overweight, obese = (cuts.take(row) for cuts in _lines().weight)
    codes = (index >= overweight).astype(np.int8) + (index >= obese)
    young, old = age < tables.FIRST_HALF_YEAR, age > tables.WEIGHT_LAST + 1
    return _told(codes, [*missing, (young, Why.TOO_YOUNG), (old, Why.TOO_OLD)])


def _growth(height: Whole, index: Whole, sex: Whole, age: Whole, missing: list[tuple[Yes, Why]]) -> Codes:
    """WS/T 456-2014, as ``growth_of``."""
    row = _row(sex, age, tables.FIRST_HALF_YEAR, tables.GROWTH_LAST)
    stunted, severe, mild = (cuts.take(row) for cuts in _lines().growth)
    codes = np.zeros(len(row), np.int8)
    for cut, value, finding in ((mild, index, Growth.MILD_THINNESS), (severe, index, Growth.MODERATE_SEVERE_THINNESS), (stunted, height, Growth.STUNTED)):
        np.putmask(codes, value <= cut, _PLACE[finding])
    young, old = age < tables.FIRST_HALF_YEAR, age > tables.GROWTH_LAST
    return _told(codes, [*missing, (young, Why.TOO_YOUNG), (old, Why.TOO_OLD)])


def _pressure(columns: Columns, height: Whole, sex: Whole, age: Whole, nameless: list[tuple[Yes, Why]], tall: Yes) -> Codes:
    """WS/T 610-2018, as ``pressure_of``."""
    lines, row = _lines(), _row(sex, age, tables.PRESSURE_FIRST, tables.PRESSURE_LAST)
    band = np.zeros(len(row), np.int64)
    for percentile in lines.heights:
        band += height >= percentile.take(row)
    row = row * len(tables.BANDS) + band
    systolic_p90, systolic_p95, diastolic_p90, diastolic_p95 = (limit.take(row) for limit in lines.pressure)
    read = ~(np.isnan(columns.systolic) | np.isnan(columns.diastolic))
    upper, lower = _thousandths(columns.systolic, read), _thousandths(columns.diastolic, read)
    codes = ((upper >= systolic_p90) | (lower >= diastolic_p90)).astype(np.int8)
    np.putmask(codes, (upper >= systolic_p95) | (lower >= diastolic_p95), _PLACE[Pressure.HIGH])
    young, old = age < tables.PRESSURE_FIRST, age > tables.PRESSURE_LAST
    return _told(codes, [*nameless, (~(tall & read), Why.NOT_MEASURED), (young, Why.TOO_YOUNG), (old, Why.TOO_OLD)])


def _vision(columns: Columns, age: Whole, known_age: Yes) -> Codes:
    """GB/T 11533, as ``vision_of``."""
    worse = np.fmin(columns.vision_left, columns.vision_right)
    seen = ~np.isnan(worse)
    value, codes = _thousandths(worse, seen), np.zeros(len(columns), np.int8)
    for at_least, _ in tables.grades("vision")[:-1]:  # from the best grade down, as the Choice has them
        codes += value < at_least
    return _told(codes, [(~known_age, Why.BIRTH_UNKNOWN), (~seen, Why.NOT_MEASURED), (age < tables.VISION_FIRST, Why.TOO_YOUNG)])


@dataclass(frozen=True, eq=False)
class _Lines:
    """The tables as arrays, one for each cut-off, in thousandths: by sex, by age, by height band."""

    weight: tuple[Whole, ...]
    growth: tuple[Whole, ...]
    heights: tuple[Whole, ...]
    pressure: tuple[Whole, ...]


@cache
def _lines() -> _Lines:
    halves = range(tables.FIRST_HALF_YEAR, tables.WEIGHT_LAST + 1)
    years = range(tables.PRESSURE_FIRST, tables.PRESSURE_LAST + 1)
    nobody = (10**12,) * (len(tables.BANDS) - 1)  # at 18 there are no height bands: everybody is in the first
    limits = tables.pressure()

    def four(sex: str, year: int, band: int) -> tuple[int, int, int, int]:
        one = limits[sex, year, band]
        return min(one.systolic_p90, tables.UPPER_LIMIT[0]), one.systolic_p95, min(one.diastolic_p90, tables.UPPER_LIMIT[1]), one.diastolic_p95

    return _Lines(
        _arrays([tables.weight()[sex, age] for sex in tables.SEXES for age in halves]),
        _arrays([(tables.stunting()[sex, age], *tables.thinness()[sex, age]) for sex in tables.SEXES for age in halves[:-1]]),
        _arrays([tables.heights().get((sex, year), nobody) for sex in tables.SEXES for year in years]),
        _arrays([four(sex, year, band) for sex in tables.SEXES for year in years for band in range(len(tables.BANDS))]),
    )


def _arrays(rows: Sequence[tuple[int, ...]]) -> tuple[Whole, ...]:
    return tuple(np.array(column, np.int64) for column in zip(*rows, strict=True))
