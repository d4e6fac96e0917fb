"""Naked vision of both eyes over the years, among the grades of the 5.0 scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from careflow_healthcheck import tables
from careflow_healthcheck.pictures.canvas import BLUE, GOOD, PALE, SEVERE, Kind, drawn, plain, told
from careflow_healthcheck.tables import shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WORST, USUAL_WORST, BEST = 3.3, 4.2, 5.3
"""What the chart has; the axis goes down to the second, and further only for a child that sees less."""
_NAMES = {"NORMAL": "正常", "POOR_MILD": "轻度不良", "POOR_MODERATE": "中度不良", "POOR_SEVERE": "重度不良"}
_SHADES = {"NORMAL": GOOD, "POOR_MILD": "#fff6dd", "POOR_MODERATE": "#ffe9c7", "POOR_SEVERE": "#fbdcd6"}


@dataclass(frozen=True, slots=True)
class EyesOn:
    """Naked vision on one day, on the 5.0 scale. None was not looked at."""

    on: date
    left: float | None = None
    right: float | None = None


def vision_picture(eyes: Sequence[EyesOn], *, kind: Kind = "svg", name: str = "") -> bytes:
    """Vision over the years.

    :param eyes: in any order.
    :param name: printed above the picture; left out where it is empty.
    :raises FontMissing: there is no font with Chinese letters.
    """
    ordered = sorted(eyes, key=lambda one: one.on)

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        plain(axes)
        axes.set_title(f"{name + '　' if name else ''}历年裸眼视力（5.0 记录法）", fontsize=14, pad=12)
        worst = min([value for one in ordered for value in (one.left, one.right) if value is not None], default=BEST)
        lowest = max(WORST, min(USUAL_WORST, worst - 0.2)) - 0.05
        top = BEST + 0.05
        for at_least, finding in tables.grades("vision"):
            bottom = (shown(at_least) or WORST) - 0.05  # half a line of the chart below, so that a value lies inside its grade
            axes.axhspan(bottom, top, color=_SHADES[finding], linewidth=0)
            if top > lowest:
                middle = (max(bottom, lowest) + top) / 2
                axes.annotate(_NAMES[finding], (1.01, middle), xycoords=("axes fraction", "data"), fontsize=9, color=PALE, va="center")
            top = bottom
        for label, colour, dashes, mark, values in (
            ("左眼", BLUE, "-", "o", [one.left for one in ordered]),
            ("右眼", SEVERE, "--", "s", [one.right for one in ordered]),
        ):
            known = [(place, value) for place, value in enumerate(values) if value is not None]
            axes.plot([x for x, _ in known], [y for _, y in known], color=colour, linestyle=dashes, marker=mark, markersize=5, linewidth=1.4, label=label)
        for place, one in enumerate(ordered):
            left_above = one.left is not None and (one.right is None or one.left >= one.right)
            for value, above, colour in ((one.left, left_above, BLUE), (one.right, not left_above, SEVERE)):
                if value is not None:
                    told(axes, f"{value:.1f}", (place, value), above=above, colour=colour)
        axes.set_xticks(range(len(ordered)), [f"{one.on.year}年\n{one.on.month}月" for one in ordered])
        axes.set_xlim(-0.5, max(len(ordered) - 0.5, 0.5))
        axes.set_yticks([tenth / 10 for tenth in range(33, 54)], [f"{tenth / 10:.1f}" for tenth in range(33, 54)])
        axes.set_ylim(lowest, BEST + 0.05)
        axes.set_ylabel("裸眼视力")
        axes.legend(loc="lower left", fontsize=9)

    return drawn(kind, 7.5, 4.5, draw)
