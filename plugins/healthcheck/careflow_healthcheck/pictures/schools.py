"""A round by school: how many of those judged were found with something. Schools and numbers only, no child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from careflow_healthcheck.findings import Item
from careflow_healthcheck.forms import Rate, RateBy, Share
from careflow_healthcheck.pictures.canvas import BLUE, GREEN, MILD, PALE, SEVERE, Kind, drawn, plain
from careflow_healthcheck.rates import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = ((Item.WEIGHT, "超重和肥胖", MILD), (Item.GROWTH, "生长迟缓和消瘦", BLUE), (Item.PRESSURE, "单次血压偏高", SEVERE), (Item.VISION, "视力不良", GREEN))
SMALL = 10
"""Of fewer children a rate says little, and may tell who it is: the bar is left out."""


def schools_picture(rates: Sequence[Rate], *, kind: Kind = "svg", title: str = "各学校健康体检结果") -> bytes:
    """One panel for each item, one bar for each school, and one for all together.

    :param rates: the round's; its lines by school and that of all are drawn.
    :raises FontMissing: there is no font with Chinese letters.
    :raises ValueError: nothing is counted by school.
    """
    lines = [one for one in rates if one.by is RateBy.SCHOOL] + [one for one in rates if one.by is RateBy.ALL]
    if not lines:
        raise ValueError("nothing is counted by school")

    def draw(figure: Figure) -> None:
        figure.suptitle(title, fontsize=14)
        panels = figure.subplots(2, 2, sharey=True)
        for axes, (item, label, colour) in zip(panels.flat, PANELS, strict=True):
            _panel(axes, lines, item, label, colour)
        panels[0, 0].invert_yaxis()  # of all four: they share it

    return drawn(kind, 10, 2.2 + 0.8 * len(lines), draw)


def _panel(axes: Axes, lines: Sequence[Rate], item: Item, label: str, colour: str) -> None:
    plain(axes)
    axes.set_title(label, loc="left", fontsize=11)
    found = [together(one.shares, item) for one in lines]
    values = [100 * some / of if of >= SMALL else 0.0 for some, of in found]
    axes.barh(range(len(lines)), values, color=[PALE if one.by is RateBy.ALL else colour for one in lines], height=0.6)
    axes.set_yticks(range(len(lines)), ["合计" if one.by is RateBy.ALL else one.name or "未登记学校" for one in lines])
    room = max(*values, 5.0)
    axes.set_xlim(0, room * 1.45)
    axes.set_xlabel("检出率（%）")
    for place, (value, (some, of)) in enumerate(zip(values, found, strict=True)):
        said = f"{percent(some, of)}%（{some}/{of}）" if of >= SMALL else f"不足{SMALL}人"
        axes.annotate(said, (value, place), xytext=(4, 0), textcoords="offset points", fontsize=8, va="center")


def together(shares: Sequence[Share], item: Item) -> tuple[int, int]:
    """How many were found with anything of this item, and how many were judged."""
    of_item = [one for one in shares if one.what is item]
    return sum(one.found for one in of_item), max((one.of for one in of_item), default=0)
