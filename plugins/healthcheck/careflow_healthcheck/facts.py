"""What a check writes down of a child for every program, each with its unit, its day and the device; and what the next check reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from careflow_healthcheck.forms import EarlierCheck
from careflow_healthcheck.judging import Last, Measured, bmi
from workflow_core import Fact, Observed

HEIGHT = Fact("health.height", "Height", type=float, unit="cm")
WEIGHT = Fact("health.weight", "Body weight", type=float, unit="kg")
SYSTOLIC = Fact("health.systolic", "Systolic pressure", type=float, unit="mmHg")
DIASTOLIC = Fact("health.diastolic", "Diastolic pressure", type=float, unit="mmHg")
VISION_LEFT = Fact("health.vision_left", "Naked vision, left", type=float)
VISION_RIGHT = Fact("health.vision_right", "Naked vision, right", type=float)
UNSETTLED = Fact("health.unsettled", "A finding of a health check is not settled", type=bool)

BY_FIELD: dict[str, Fact[float]] = {
    "height_cm": HEIGHT, "weight_kg": WEIGHT, "systolic": SYSTOLIC, "diastolic": DIASTOLIC, "vision_left": VISION_LEFT, "vision_right": VISION_RIGHT,
}  # fmt: skip
READS = (*BY_FIELD.values(),)

Reads = Callable[[Fact[float]], "list[Observed[float]]"]


def by_day(observed: Callable[[Fact[float]], Any]) -> dict[date, dict[str, float]]:
    """What was measured of a child, by day, oldest first.

    :param observed: ``case.observed`` or ``desk.observed``.
    """
    days: dict[date, dict[str, float]] = {}
    for field, fact in BY_FIELD.items():
        for one in observed(fact):
            days.setdefault(one.on, {})[field] = one.value
    return dict(sorted(days.items()))


def last_of(observed: Callable[[Fact[float]], Any], before: date) -> Last | None:
    """The child's last values before a day; None where there are none."""
    days = [(day, values) for day, values in by_day(observed).items() if day < before]
    if not days:
        return None
    day, values = days[-1]
    height, weight, systolic, diastolic, left, right = (values.get(field) for field in BY_FIELD)
    return Last(day, Measured(height, weight, systolic, diastolic, left, right))


def earlier(observed: Callable[[Fact[float]], Any], before: date) -> tuple[EarlierCheck, ...]:
    """Every earlier check, for the health file over the years."""
    found = []
    for day, values in by_day(observed).items():
        if day < before:
            height, weight = values.get("height_cm"), values.get("weight_kg")
            index = bmi(height, weight) if height is not None and weight is not None else None
            found.append(EarlierCheck(measured_on=day, bmi=index, **values))
    return tuple(found)
