"""A picture of a simulation: what each role does in each week of a case's life, and how long the cases took that ended. SVG, written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from workflow_core.i18n import N_, translate
from workflow_core.testing.simulate_report import SimulationResult, percentile

WIDTH, HEIGHT, LEFT, GAP = 760, 220, 60, 70
COLOURS = ("#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#9c6b4e", "#97bbf5", "#a463f2")
FONT = "font-family=\"'Noto Sans CJK SC','Microsoft YaHei',sans-serif\" font-size=\"12\""
BARS = 26


def chart(report: SimulationResult, titles: Mapping[str, str] | None = None) -> str:
    """The picture, in the reader's language.

    :param titles: of roles; a role without one stands with its name.
    """
    named = titles or {}
    roles = sorted(report.work, key=lambda role: -report.work[role].total())[: len(COLOURS)]
    weeks = max((max(report.work[role]) for role in roles), default=0) + 1
    bars = [[report.work[role][week] * 100 / report.cases for role in roles] for week in range(weeks)]
    legend = [(translate(named.get(role, role)), COLOURS[n]) for n, role in enumerate(roles)]
    head = translate(N_("{workflow}: {cases} simulated cases"), workflow=translate(report.title), cases=report.cases)
    work = translate(N_("Things done in each week of a case's life, for 100 cases"))
    middle, late = percentile(report.days, 50), percentile(report.days, 90)
    took = translate(N_("How long the {n} cases took that ended, in weeks"), n=len(report.days))
    if middle is not None:
        took += translate(N_(" (half of them {median} days, nine of ten {p90} days)"), median=middle, p90=late)
    parts = [
        f'<text x="{LEFT}" y="24" font-weight="bold">{escape(head)}</text>',
        *_keys(legend, 44),
        *_columns(bars, 2 * GAP - 50, work),
        *_columns(_histogram(report.days), HEIGHT + 3 * GAP - 60, took),
    ]
    total = 2 * HEIGHT + 4 * GAP - 60
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" viewBox="0 0 {WIDTH} {total}" {FONT}>'
    return "\n".join([whole, f'<rect width="{WIDTH}" height="{total}" fill="white"/>', *parts, "</svg>"]) + "\n"


def _histogram(days: Sequence[int]) -> list[list[float]]:
    """Cases by the week in which they ended; all at once where there is none."""
    weeks = [0.0] * (max(days, default=0) // 7 + 1)
    for one in days:
        weeks[one // 7] += 1
    return [[one] for one in weeks]


def _columns(bars: Sequence[Sequence[float]], top: float, title: str) -> list[str]:
    """Columns of stacked parts, with an axis of weeks and one of numbers."""
    wide = max((sum(one) for one in bars), default=0) or 1
    step = (WIDTH - LEFT - 20) / max(len(bars), BARS)
    found = [f'<text x="{LEFT}" y="{top - 8:g}">{escape(title)}</text>']
    for share in (0.0, 0.5, 1.0):
        y = top + HEIGHT * (1 - share)
        found.append(f'<line x1="{LEFT}" y1="{y:g}" x2="{WIDTH - 20}" y2="{y:g}" stroke="#ddd"/>')
        found.append(f'<text x="{LEFT - 8}" y="{y + 4:g}" text-anchor="end">{wide * share:.3g}</text>')
    for week, parts in enumerate(bars):
        y = top + HEIGHT
        for n, part in enumerate(parts):
            tall = part / wide * HEIGHT
            y -= tall
            if tall > 0:
                found.append(f'<rect x="{LEFT + week * step:.1f}" y="{y:.1f}" width="{max(1.0, step - 1):.1f}" height="{tall:.1f}" fill="{COLOURS[n]}"/>')
        if week % max(1, len(bars) // 13) == 0:
            found.append(f'<text x="{LEFT + (week + 0.5) * step:.1f}" y="{top + HEIGHT + 16:g}" text-anchor="middle">{week + 1}</text>')
    return found


def _keys(legend: Sequence[tuple[str, str]], y: float) -> list[str]:
    found, x = [], float(LEFT)
    for title, colour in legend:
        found.append(f'<rect x="{x:g}" y="{y - 10:g}" width="12" height="12" fill="{colour}"/>')
        found.append(f'<text x="{x + 16:g}" y="{y:g}">{escape(title)}</text>')
        x += 34 + sum(12 if ord(sign) > 0x2E80 else 6.6 for sign in title)
    return found
