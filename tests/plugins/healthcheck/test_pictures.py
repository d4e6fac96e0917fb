"""Pictures: whole files with Chinese letters, points on the right side of a line, and nobody named."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import font_manager, ft2font

from careflow_healthcheck.findings import Sex, Vision, Weight
from careflow_healthcheck.forms import CheckRecord
from careflow_healthcheck.judging import half_years
from careflow_healthcheck.pictures import EyesOn, FontMissing, Point, chinese_font, growth, growth_picture, schools_picture, vision_picture
from careflow_healthcheck.pictures.growth import age_of
from careflow_healthcheck.pictures.schools import together
from careflow_healthcheck.rates import round_rates

BORN = date(2016, 3, 5)
POINTS = [Point(date(2024, 10, 22), 131.0, 32.5), Point(date(2025, 4, 22), 133.8, None), Point(date(2026, 10, 20), 143.0, 42.4)]
EYES = [EyesOn(date(2025, 10, 21), 4.9, 5.0), EyesOn(date(2026, 10, 20), None, 3.4)]
RATES = round_rates(
    [CheckRecord(school=school, grade=3, sex=Sex.MALE, measured_on=date(2026, 10, 20), weight=Weight.OBESE, vision=Vision.NORMAL) for school in "甲乙" * 12]
)
DRAWN: dict[str, Callable[..., bytes]] = {
    "growth": lambda **more: growth_picture(POINTS, BORN, "male", **more),
    "one point": lambda **more: growth_picture(POINTS[:1], BORN, "female", **more),
    "no point": lambda **more: growth_picture([], BORN, "female", **more),
    "one curve": lambda **more: growth_picture(POINTS, BORN, "male", curves=["bmi"], **more),
    "outside the tables": lambda **more: growth_picture([Point(date(2020, 3, 5), 100.0, 15.0)], BORN, "male", **more),
    "vision": lambda **more: vision_picture(EYES, **more),
    "no vision": lambda **more: vision_picture([], **more),
    "schools": lambda **more: schools_picture(RATES, **more),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_a_whole_svg_and_a_whole_png(name: str) -> None:
    """Drawn without a warning, such as that a letter is not in the font."""
    svg, png = DRAWN[name](kind="svg"), DRAWN[name](kind="png")
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_same_values_are_the_same_file(kind: str) -> None:
    """So that a picture that was kept can be compared."""
    assert DRAWN["one curve"](kind=kind) == DRAWN["one curve"](kind=kind)


def written(svg: bytes) -> str:
    """What an SVG says: matplotlib writes each text as a comment before its letters' outlines."""
    return "\n".join(re.findall(r"<!-- (.*?) -->", svg.decode("utf-8")))


@pytest.mark.parametrize("name", ["one curve", "vision"])
def test_nobody_is_named_unless_asked(name: str) -> None:
    """A picture in a report is of a child that nobody is to know."""
    draw = DRAWN[name]
    assert "小甲" not in written(draw())
    assert "小甲" in written(draw(name="小甲"))


def test_a_growth_picture_says_which_standard_each_line_is() -> None:
    """And what is measured, in which unit."""
    said = written(DRAWN["growth"]())
    for words in ("WS/T 456-2014", "WS/T 586-2018", "WS/T 610-2018", "身高（cm）", "体重（kg）", "年龄（岁）"):
        assert words in said


def test_each_point_bears_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its decimal; the index of a day on which only one of the two was measured is no point."""
    values: list[str] = []
    monkeypatch.setattr(growth, "told", lambda axes, text, at: values.append(text))
    DRAWN["growth"]()
    assert values == ["131.0", "133.8", "143.0", "32.5", "42.4", "18.9", "20.7"]


def test_a_round_names_schools_and_rates() -> None:
    """And all together."""
    said = written(DRAWN["schools"]())
    for words in ("甲", "乙", "合计", "100.0%（24/24）", "视力不良", "0.0%（0/12）"):
        assert words in said


def test_of_few_children_no_rate_is_shown() -> None:
    """It would say little, and tell who it is."""
    said = written(schools_picture(round_rates([CheckRecord(school="丙", weight=Weight.OBESE)] * 9)))
    assert "不足10人" in said
    assert "9/9" not in said


def test_a_panel_counts_what_belongs_together() -> None:
    """Overweight and obese are one bar, of the same children."""
    everybody = round_rates([CheckRecord(weight=weight) for weight in Weight])[0]
    assert together(everybody.shares, next(one.what for one in everybody.shares)) == (2, 3)


def test_without_schools_there_is_no_picture_of_them() -> None:
    """It is said, and no empty sheet drawn."""
    with pytest.raises(ValueError, match="by school"):
        schools_picture([])
    with pytest.raises(ValueError, match="which curves"):
        growth_picture(POINTS, BORN, "male", curves=[])
    with pytest.raises(ValueError, match="before its birth"):
        growth_picture([Point(date(2016, 3, 4), 50.0, 3.0)], BORN, "male")


@given(st.dates(date(2000, 1, 1), date(2012, 12, 31)), st.integers(0, 6800))
def test_a_point_lies_in_the_half_year_of_its_verdict(born_on: date, days: int) -> None:
    """The lines are steps of half a year: a point must not slip over the edge."""
    on = born_on + timedelta(days=days)
    assert int(age_of(born_on, on) * 2) == half_years(born_on, on)


def test_without_a_chinese_font_nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes for letters would be printed unseen; the hint names what to install."""
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [SimpleNamespace(name="DejaVu Sans")])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(FontMissing) as missing:
        DRAWN["vision"]()
    assert missing.value.why.code == "font_missing"
    assert "fonts-noto-cjk" in missing.value.why.hint


def test_a_font_that_came_later_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """matplotlib keeps its list of fonts from run to run."""
    manager, known = font_manager.fontManager, list(font_manager.fontManager.ttflist)
    file = next(one.fname for one in known if one.name == chinese_font())
    monkeypatch.setattr(manager, "ttflist", [one for one in known if one.fname != file and "CJK" not in one.name])
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: ["/nowhere/DejaVuSans.ttf", file])
    assert chinese_font() in {one.name for one in known}


def test_the_font_has_the_letters() -> None:
    """Of every label there is."""
    path = font_manager.findfont(chinese_font(), fallback_to_default=False)
    letters: Any = ft2font.FT2Font(path).get_charmap()
    wanted = {letter for name in ("growth", "vision", "schools") for letter in written(DRAWN[name]()) if not letter.isspace()}
    assert {letter for letter in wanted if ord(letter) not in letters} == set()


def test_the_program_loads_without_matplotlib() -> None:
    """It is imported when something is drawn: most commands draw nothing."""
    code = "import sys, careflow_healthcheck.pictures, careflow_healthcheck.judging; sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
