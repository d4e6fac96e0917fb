"""Judging a measured child by the national standards. Pure functions, the clause of the standard in each docstring.

``judge`` takes one child and says everything at once; ``bulk.judge_many`` does the same for columns of many. Cut-offs are compared exactly: body mass index
in whole tenths, everything measured in whole thousandths. What a standard does not say of a child is ``None``, and ``Findings.unjudged`` says why.
"""

from __future__ import annotations

from careflow_healthcheck.judging.ages import completed_months, half_years, pressure_years
from careflow_healthcheck.judging.course import Sitting, mean_of_closest, next_reading_from, pressure_course
from careflow_healthcheck.judging.one import Findings, Measured, flagged, judge
from careflow_healthcheck.judging.plausible import Implausible, Last, far_from_last
from careflow_healthcheck.judging.rules import bmi, bmi_tenths, growth_of, myopia_of, pressure_of, spine_of, vision_of, weight_of, worse_eye

__all__ = [
    "Findings", "Implausible", "Last", "Measured", "Sitting", "bmi", "bmi_tenths", "completed_months", "far_from_last", "flagged", "growth_of", "half_years",
    "judge", "mean_of_closest", "myopia_of", "next_reading_from", "pressure_course", "pressure_of", "pressure_years", "spine_of", "vision_of", "weight_of",
    "worse_eye",
]  # fmt: skip
