"""What a check can find. Each is a closed list, stored by its member's name; the standard that draws the line stands in ``judging``."""

from __future__ import annotations

from workflow_core import Choice


class Sex(Choice):
    """The standards have a table for each."""

    MALE = "male"
    FEMALE = "female"


class Weight(Choice):
    """Overweight and obesity, WS/T 586-2018. Given for thin and stunted children too."""

    NORMAL = "Normal weight"
    OVERWEIGHT = "Overweight"
    OBESE = "Obese"


class Growth(Choice):
    """Malnutrition, WS/T 456-2014: stunting is looked at before thinness."""

    NORMAL = "Normal growth"
    STUNTED = "Stunted"
    MODERATE_SEVERE_THINNESS = "Moderately or severely thin"
    MILD_THINNESS = "Mildly thin"


class Pressure(Choice):
    """What one reading says, WS/T 610-2018. One high reading does not make a high pressure: see ``PressureCourse``."""

    NORMAL = "Normal reading"
    HIGH_NORMAL = "Reading at the upper limit"
    HIGH = "High reading"


class PressureCourse(Choice):
    """What the readings of several days say together, WS/T 610-2018."""

    NOT_HIGH = "Not high"
    SUSPECTED = "High pressure suspected"
    CONFIRMED = "High pressure confirmed"


class Vision(Choice):
    """Naked vision of the worse eye, on the 5.0 scale of GB/T 11533."""

    NORMAL = "Normal vision"
    POOR_MILD = "Mildly poor vision"
    POOR_MODERATE = "Moderately poor vision"
    POOR_SEVERE = "Severely poor vision"


class Spine(Choice):
    """Screening for scoliosis by the trunk's rotation."""

    NORMAL = "Straight spine"
    POSTURE = "Poor posture"
    FIRST_DEGREE = "Scoliosis, first degree"
    SECOND_DEGREE = "Scoliosis, second degree"
    THIRD_DEGREE = "Scoliosis, third degree"


class Item(Choice):
    """What is judged."""

    WEIGHT = "Weight"
    GROWTH = "Growth"
    PRESSURE = "Blood pressure"
    VISION = "Vision"
    MYOPIA = "Shortsightedness"
    SPINE = "Spine"


class Why(Choice):
    """Why something could not be judged."""

    NOT_MEASURED = "not measured"
    TOO_YOUNG = "younger than the standard's ages"
    TOO_OLD = "older than the standard's ages"
    SEX_UNKNOWN = "the sex is not on file"
    BIRTH_UNKNOWN = "the date of birth is not on file"
