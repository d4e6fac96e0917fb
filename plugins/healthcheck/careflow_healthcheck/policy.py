"""What a township sets for itself.

A default is the practice of one place, named in its help, or our own suggestion where no practice was found. What a standard says (cut-offs, three readings)
is not here: nobody sets it.
"""

from __future__ import annotations

from workflow_core import ask, form


@form
class Policy:
    """Every threshold of the program. Each has a default, so that a township can begin without setting one."""

    girls_too: bool = ask("All girls, not only left-behind children", default=True, help="Local practice: girls and left-behind children, each term.")
    consent_days: int = ask("Days for the guardian's answer", default=7, ge=1, unit="days", help="A suggestion: no national number exists.")
    make_up_days: int = ask("Days for make-up checks", default=14, ge=1, unit="days", help="A suggestion: no national number exists.")
    tell_days: int = ask(
        "Days until the parents are told",
        default=14,
        ge=1,
        unit="days",
        help="A suggestion: the rule for health checks wants a report for each child; a draft of it said two weeks.",
    )
    apart_days: int = ask(
        "Days between two readings of pressure",
        default=14,
        ge=7,
        unit="days",
        help="WS/T 610-2018: high on at least three different days, one to two weeks apart.",
    )
    refer_days: int = ask("Days to refer the child", default=7, ge=1, unit="days", help="A suggestion: no national number exists.")
    remind_weeks: int = ask("Weeks between reminders about treatment", default=4, ge=1, unit="weeks", help="A suggestion: no national number exists.")
    reminders: int = ask("Reminders before it may be given up", default=3, ge=1, help="A suggestion: no national number exists.")
    puberty_grade: int = ask("Puberty lesson from grade", default=5, ge=1, le=9, help="Local practice: from grade five on.")
    report_days: int = ask("Days to report the round", default=30, ge=1, unit="days", help="A suggestion: no national number exists.")
