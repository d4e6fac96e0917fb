"""Whether a value can be this child's: far from its own last one, somebody looks again. A warning, never a refusal.

No standard sets these bounds; they are wider than any child grows, so that what they catch is mostly a slip of the pen or the wrong child's line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from careflow_healthcheck.judging.one import Measured
from careflow_healthcheck.tables import thousandths

MONTH_DAYS = 30.4
SHRINKS_CM, GROWS_CM, GROWS_CM_A_MONTH = 2.0, 3.0, 1.25
LOSES_SHARE, GAINS_KG, GAINS_KG_A_MONTH = 0.15, 4.0, 1.0
PRESSURE_JUMP = 40.0
VISION_JUMP = 0.5


@dataclass(frozen=True, slots=True)
class Last:
    """The child's last value of each kind, and the day it is from. None where there is none."""

    on: date
    measured: Measured


@dataclass(frozen=True, slots=True)
class Implausible:
    """A value far from the last one: which (a field of ``Measured``), what it was and when, what it is now."""

    field: str
    was: float
    was_on: date
    now: float


def far_from_last(measured: Measured, on: date, last: Last) -> list[Implausible]:
    """Every value that is too far from the child's own last one, in the order of ``Measured``.

    Height: more than 2 cm less, or more than 3 cm and 1.25 cm a month more. Weight: more than 15 % less, or more than 4 kg and 1 kg a month more.
    Pressure: 40 mmHg to either side. Vision: more than 0.5 to either side.
    """
    before = last.measured
    months = max((on - last.on).days, 0) / MONTH_DAYS
    bounds: list[tuple[str, float | None, float | None, float, float]] = [
        ("height_cm", before.height_cm, measured.height_cm, SHRINKS_CM, GROWS_CM + GROWS_CM_A_MONTH * months),
        ("weight_kg", before.weight_kg, measured.weight_kg, LOSES_SHARE * (before.weight_kg or 0.0), GAINS_KG + GAINS_KG_A_MONTH * months),
        ("systolic", before.systolic, measured.systolic, PRESSURE_JUMP, PRESSURE_JUMP),
        ("diastolic", before.diastolic, measured.diastolic, PRESSURE_JUMP, PRESSURE_JUMP),
        ("vision_left", before.vision_left, measured.vision_left, VISION_JUMP, VISION_JUMP),
        ("vision_right", before.vision_right, measured.vision_right, VISION_JUMP, VISION_JUMP),
    ]
    return [
        Implausible(field, was, last.on, now)
        for field, was, now, less, more in bounds
        if was is not None and now is not None and (thousandths(was) - thousandths(now) > less * 1000 or thousandths(now) - thousandths(was) > more * 1000)
    ]
