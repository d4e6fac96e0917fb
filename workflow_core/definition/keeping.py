"""How long what a program wrote of somebody may be kept, after a case has come to its end."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from workflow_core.definition.time import Span, years
from workflow_core.i18n import N_

_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True, eq=False)
class Keep:
    """How long a closed case, and what it says of its child, may be kept (个人信息保护法 art. 17, 19, 47).

    Counted in calendar time from the case's end. Nothing is erased by itself: ``care office retention`` lists what is past it. An office may keep longer,
    never less than ``least``.

    :param length: ``years(3)``, ``months(18)``.
    :param because: the law it follows from, or who decided it so: a msgid.
    :param least: what a law demands at the least; None: none does.
    :raises ValueError: a length in other units, or none, or shorter than ``least``.
    """

    length: Span
    _: KW_ONLY
    because: str
    least: Span | None = None

    def __post_init__(self) -> None:
        """See that it can be counted."""
        for span in (self.length, self.least):
            if span is not None and (span.unit not in _MONTHS or span.n < 1 or span.n != int(span.n)):
                raise ValueError("a time to keep is counted in whole months or years: Keep(years(3), because=…)")
        if self.least is not None and in_months(self.length) < in_months(self.least):
            raise ValueError("it is kept for less than the least that its law demands")


def in_months(span: Span) -> int:
    """A length of months or years, in months."""
    return int(span.n) * _MONTHS[span.unit]


_OURS = N_("careflow's own time, for programs that say none: no law names one, and the law asks for the shortest (个人信息保护法 art. 19)")
KEEP = Keep(years(3), because=_OURS)
"""How long the cases of a program are kept that does not say it."""
