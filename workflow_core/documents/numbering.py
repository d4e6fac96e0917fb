"""How a paper's number is written. The number itself comes from the store's sequence of the issuer, the kind and the year, at signing."""

from __future__ import annotations

import re
from string import Formatter

from workflow_core.errors import Problem, Refused
from workflow_core.i18n import N_
from workflow_core.nearest import nearest

PARTS = ("n", "year", "township", "county", "school", "issuer")
"""What a pattern may hold: the number, the year, and names."""


def check_pattern(pattern: str, place: str = "") -> list[Problem]:
    """All that is wrong with ``Document.number``: every paper of a year would have the same number, or a name nobody knows stands in it."""
    problems = []
    try:
        found = [(name, width or "") for _, name, width, turn in Formatter().parse(pattern) if name is not None and not turn]
    except ValueError:
        return [Problem("number_pattern", N_("{pattern} is no pattern for a number"), place, N_("see docs/papers.md"), {"pattern": pattern})]
    names = [name for name, _ in found]
    for name, width in found:
        if name not in PARTS:
            meant = nearest(name, PARTS)
            hint = N_("did you mean {meant}?") if meant else N_("a pattern may hold: {names}")
            values = {"pattern": pattern, "name": name, "meant": meant or "", "names": ", ".join(PARTS)}
            problems.append(Problem("number_pattern", N_("the pattern {pattern} names {name}"), place, hint, values))
        elif not re.fullmatch(r"(0?[1-9])?", width) or (width and name != "n"):
            hint = N_("only n has a width, as in n:03")
            problems.append(Problem("number_pattern", N_("{pattern} is no pattern for a number"), place, hint, {"pattern": pattern}))
    for needed in ("n", "year"):
        if needed not in names:
            hint = N_("numbers run per year: say both the number and the year")
            problems.append(Problem("number_pattern", N_("the pattern {pattern} lacks {name}"), place, hint, {"pattern": pattern, "name": needed}))
    return problems


def number_text(pattern: str, n: int, year: int, **names: str) -> str:
    """A number as the paper bears it: ``高桥镇限返〔2026〕3号``.

    :param pattern: ``Document.number``; :param n: from the store's sequence, from 1.
    :param names: what the office is called: ``township``, ``county``, ``school``, ``issuer``.
    :raises Refused: ``number_incomplete``: the pattern wants a name that is not on file; no number may be spent then.
    """
    wanted = {name for _, name, _, _ in Formatter().parse(pattern) if name}
    lacking = sorted(name for name in wanted - {"n", "year"} if not names.get(name, "").strip())
    if lacking:
        raise Refused(
            "number_incomplete", N_("the number needs a name that is not on file: {names}"), hint=N_("complete the school's file, or the office's settings"),
            names=", ".join(lacking),
        )  # fmt: skip
    return pattern.format(n=n, year=year, **{name: value.strip() for name, value in names.items() if name in PARTS})
