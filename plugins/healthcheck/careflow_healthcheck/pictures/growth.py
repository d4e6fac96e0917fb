"""Growth curves: height, weight and body mass index of one child, among the lines of the standards.

The lines are drawn as steps, as the standards have them: one value for each half-year. So a point lies on the side of a line on which it was judged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from careflow_healthcheck import tables
from careflow_healthcheck.judging import bmi, completed_months
from careflow_healthcheck.pictures.canvas import BLUE, GOOD, MILD, PALE, SEVERE, Kind, drawn, plain, told
from careflow_healthcheck.tables import Sex, shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve: TypeAlias = Literal["height", "weight", "bmi"]
CURVES: tuple[Curve, ...] = ("height", "weight", "bmi")
FIRST_YEAR, LAST_YEAR = 6, 18
LABELLED = 8
"""How many of the latest points bear their value."""
_SEX = {"male": "男", "female": "女"}
_HALF_TENTH = 0.05
"""From here on a body mass index is rounded up to the cut-off."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was measured on one day: cm and kg. None was not measured."""

    on: date
    height_cm: float | None = None
    weight_kg: float | None = None

    @property
    def bmi(self) -> float | None:
        """Body mass index with one decimal, where both are known."""
        return None if self.height_cm is None or self.weight_kg is None else bmi(self.height_cm, self.weight_kg)


def growth_picture(points: Sequence[Point], born_on: date, sex: Sex, *, kind: Kind = "svg", curves: Sequence[Curve] = CURVES, name: str = "") -> bytes:
    """The growth curves of one child, one below the other.

    :param points: in any order; those from before the birth are no child's and refused.
    :param name: printed above the picture; left out where it is empty, so that a picture in a report names nobody.
    :raises ValueError: a point lies before the birth, or no curve is asked for.
    :raises FontMissing: there is no font with Chinese letters.
    """
    if not curves:
        raise ValueError("which curves?")
    ordered = sorted(points, key=lambda one: one.on)
    ages = [age_of(born_on, one.on) for one in ordered]

    def draw(figure: Figure) -> None:
        figure.suptitle(f"{name + '　' if name else ''}生长曲线（{_SEX[sex]}）", fontsize=14)
        for axes, curve in zip(figure.subplots(len(curves), 1, squeeze=False)[:, 0], curves, strict=True):
            plain(axes)
            axes.set_xlim(FIRST_YEAR, max(LAST_YEAR, *ages) if ages else LAST_YEAR)
            axes.set_xticks(range(FIRST_YEAR, LAST_YEAR + 1))
            _DRAW[curve](axes, ordered, ages, sex)
            axes.set_xlabel("年龄（岁）")
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, handlelength=3)  # beside, so that it hides no point

    return drawn(kind, 9, 0.6 + 3.2 * len(curves), draw)


def age_of(born_on: date, on: date) -> float:
    """Age in years for the axis: completed months, and the part of the month begun, so that a birthday falls on its line.

    :raises ValueError: the day lies before the birth.
    """
    begun = (on.day - born_on.day) % 31
    return (completed_months(born_on, on) + begun / 31) / 12


def _height(axes: Axes, points: Sequence[Point], ages: Sequence[float], sex: Sex) -> None:
    axes.set_title("身高", loc="left", fontsize=11)
    axes.set_ylabel("身高（cm）")
    years = range(tables.PRESSURE_FIRST, tables.PRESSURE_LAST)
    for place, label in ((6, "P95"), (3, "P50"), (0, "P5")):
        values = [shown(tables.heights()[sex, year][place]) for year in years]
        axes.plot(years, values, color=PALE, linewidth=0.8, linestyle=":", label="同龄身高百分位\n（WS/T 610-2018）" if place == 6 else None)
        axes.annotate(label, (years[-1], values[-1]), xytext=(4, 0), textcoords="offset points", fontsize=7, color=PALE, va="center")
    _steps(axes, {age: shown(cut) for (of, age), cut in tables.stunting().items() if of == sex}, SEVERE, "--", "生长迟缓界值\n（WS/T 456-2014）")
    _own(axes, ages, [one.height_cm for one in points], "本人身高")


def _weight(axes: Axes, points: Sequence[Point], ages: Sequence[float], sex: Sex) -> None:
    """Weight has no table of its own: its lines are those of the body mass index at the child's own height."""
    axes.set_title("体重", loc="left", fontsize=11)
    axes.set_ylabel("体重（kg）")
    lines: list[tuple[str, str, str, Callable[[int], float | None]]] = [
        ("肥胖界值\n（按本人身高折算）", SEVERE, "-.", lambda age: _cut(tables.weight(), sex, age, 1, -_HALF_TENTH)),
        ("超重界值\n（按本人身高折算）", MILD, "--", lambda age: _cut(tables.weight(), sex, age, 0, -_HALF_TENTH)),
        ("消瘦界值\n（按本人身高折算）", BLUE, ":", lambda age: _cut(tables.thinness(), sex, age, 1, _HALF_TENTH)),
    ]
    tall = [(age, one.height_cm) for age, one in zip(ages, points, strict=True) if one.height_cm is not None]
    for label, colour, dashes, cut in lines:
        at = [(age, index * (height / 100) ** 2) for age, height in tall if (index := cut(int(age * 2))) is not None]
        if at:
            axes.plot([x for x, _ in at], [y for _, y in at], color=colour, linestyle=dashes, linewidth=1.2, marker="_", markersize=12, label=label)
    _own(axes, ages, [one.weight_kg for one in points], "本人体重")


def _bmi(axes: Axes, points: Sequence[Point], ages: Sequence[float], sex: Sex) -> None:
    axes.set_title("体质指数（BMI）", loc="left", fontsize=11)
    axes.set_ylabel("BMI（kg/m²）")
    weight = {age: cuts for (of, age), cuts in tables.weight().items() if of == sex}
    thin = {age: cuts for (of, age), cuts in tables.thinness().items() if of == sex}
    _steps(axes, {age: shown(cuts[1]) for age, cuts in weight.items()}, SEVERE, "-.", "肥胖界值\n（WS/T 586-2018）")
    _steps(axes, {age: shown(cuts[0]) for age, cuts in weight.items()}, MILD, "--", "超重界值\n（WS/T 586-2018）")
    _steps(axes, {age: shown(cuts[1]) for age, cuts in thin.items()}, BLUE, ":", "轻度消瘦界值\n（WS/T 456-2014）")
    _steps(axes, {age: shown(cuts[0]) for age, cuts in thin.items()}, BLUE, "--", "中重度消瘦界值\n（WS/T 456-2014）")
    edges = sorted(thin)
    axes.fill_between(
        [age / 2 for age in edges] + [LAST_YEAR], [shown(thin[age][1]) for age in edges] + [shown(thin[edges[-1]][1])],
        [shown(weight[age][0]) for age in edges] + [shown(weight[edges[-1]][0])], step="post", color=GOOD, linewidth=0, label="正常范围",
    )  # fmt: skip
    _own(axes, ages, [one.bmi for one in points], "本人 BMI")


_DRAW: dict[Curve, Callable[[Axes, Sequence[Point], Sequence[float], Sex], None]] = {"height": _height, "weight": _weight, "bmi": _bmi}


def _steps(axes: Axes, cuts: dict[int, float], colour: str, dashes: str, label: str) -> None:
    """A line of a standard, by half-years; its last step lasts as long as the table's last row."""
    halves = sorted(cuts)
    axes.step(
        [age / 2 for age in halves] + [LAST_YEAR], [cuts[age] for age in halves] + [cuts[halves[-1]]], where="post", color=colour, linestyle=dashes,
        linewidth=1.2, label=label,
    )  # fmt: skip


def _own(axes: Axes, ages: Sequence[float], values: Sequence[float | None], label: str) -> None:
    """The child's own points, each with its value."""
    known = [(age, value) for age, value in zip(ages, values, strict=True) if value is not None]
    axes.plot([x for x, _ in known], [y for _, y in known], color="black", linewidth=1.4, marker="o", markersize=4, label=label, zorder=5)
    for age, value in known[-LABELLED:]:
        told(axes, f"{value:.1f}", (age, value))


def _cut(table: Mapping[tuple[str, int], tuple[int, int]], sex: str, age: int, place: int, more: float) -> float | None:
    """A body mass index of a table, where the age has one."""
    cuts = table.get((sex, age))
    return None if cuts is None else shown(cuts[place]) + more
