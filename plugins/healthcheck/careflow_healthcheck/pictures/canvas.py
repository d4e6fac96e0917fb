"""An empty sheet, and a finished one as SVG or PNG."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from careflow_healthcheck.pictures.fonts import chinese_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["svg", "png"]
DOTS = 150
"""Of a PNG, for an inch: sharp on paper, and small enough for a message."""
INK, PALE, GRID = "#222222", "#777777", "#dddddd"
GOOD, MILD, SEVERE, BLUE, GREEN = "#e6f2e6", "#e69f00", "#c0392b", "#1f5fa8", "#3a7d44"
"""Told apart also by who sees no red; each line has its own dashes too, for a printer without colours."""


def drawn(kind: Kind, width: float, height: float, draw: Callable[[Figure], None]) -> bytes:
    """Draw on a sheet of so many inches, with Chinese letters, and answer the file. The same picture is the same bytes.

    :raises FontMissing: there is no font with Chinese letters.
    """
    family = chinese_font()

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    settings: Any = {
        "font.family": [family], "font.size": 10, "axes.unicode_minus": False, "svg.fonttype": "path", "svg.hashsalt": "careflow", "axes.edgecolor": PALE,
        "axes.linewidth": 0.8, "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "legend.frameon": False,
    }  # fmt: skip
    with rc_context(settings):
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        file = BytesIO()
        # A file that told when it was made would be another one each time.
        figure.savefig(file, format=kind, dpi=DOTS, facecolor="white", metadata={"Date": None} if kind == "svg" else {"Software": None})
    return file.getvalue()


def plain(axes: Axes) -> None:
    """A quiet frame: a light grid, no lines above and to the right."""
    axes.grid(True, color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def told(axes: Axes, text: str, at: tuple[float, float], *, above: bool = True, colour: str = INK) -> None:
    """A value at its point, with a white edge, so that it can be read across a line."""
    from matplotlib.patheffects import withStroke

    offset = (0, 6) if above else (0, -6)
    edge = [withStroke(linewidth=2, foreground="white")]
    side = "bottom" if above else "top"
    axes.annotate(text, at, xytext=offset, textcoords="offset points", fontsize=8, ha="center", va=side, color=colour, zorder=6, path_effects=edge)
