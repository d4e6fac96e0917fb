"""What a county sets for itself: who may come, the days and minutes, the groups.

No law or national rule has a number for a camp. A default is the practice of one place, named in its help, or our own suggestion.
"""

from __future__ import annotations

from workflow_core import ask, form


@form
class Policy:
    """Every threshold of the program. Each has a default, so that a county can begin without setting one."""

    grade_from: int = ask("From grade", default=3, ge=1, le=9, help="Local practice: from grade three on.")
    reserve_percent: int = ask(
        "A school may nominate beyond its seats", default=50, ge=0, le=500, unit="%", help="A suggestion: for the list of those who wait. Rounded up."
    )
    hardship_first: bool = ask(
        "Orphans, children whom nobody in fact brings up and children in hardship come first", default=True, help="A suggestion: no national rule."
    )
    newcomers_first: bool = ask(
        "Who has not been to a camp comes before who has", default=True, help="Local practice: former campers, as a rule, do not come again."
    )
    long_absence_months: int = ask(
        "A long absence of the parents begins at",
        default=6,
        ge=0,
        le=60,
        unit="months",
        help="A suggestion: those children come first among equals. 0: not asked.",
    )
    answer_days: int = ask("Days to accept a seat", default=5, ge=1, unit="days", help="A suggestion: no national number exists.")
    seats_go_on: bool = ask(
        "A seat for which nobody of its school waits goes by itself to the next of the whole camp",
        default=False,
        help="A suggestion: no national rule. Left out, the leader is told, and passes it on: care camp pass-on.",
    )
    list_days: int = ask(
        "The list of those who wait ends, days after the first day has begun",
        default=1,
        ge=0,
        le=30,
        unit="days",
        help="A suggestion: 1 gives a seat that stays empty on the first day to the next; 0 ends the list when the camp begins.",
    )
    consent_days: int = ask("Consent and health, days before the camp", default=7, ge=1, unit="days", help="A suggestion: no national number exists.")
    notice_days: int = ask("Notice, days before the camp", default=30, ge=1, unit="days", help="A suggestion: no national number exists.")
    host_days: int = ask("Call the host, days before the camp", default=7, ge=1, unit="days", help="Local practice: a week before.")
    rehearsal_days: int = ask("Rehearsal, days before the camp", default=1, ge=1, unit="days", help="Local practice: the day before.")
    group_size: int = ask("Campers in a group at most", default=10, ge=2, le=50, help="A suggestion: no national number exists.")
    roll_call_minutes: int = ask(
        "Minutes to call a roll", default=30, ge=5, le=180, unit="minutes", help="A suggestion: then the leader hears that it is missing."
    )
    unseen_minutes: int = ask(
        "Minutes after the beginning until who was not seen is asked for", default=60, ge=1, le=600, unit="minutes", help="A suggestion: no national number."
    )
    leave_hours: int = ask("Hours that a tutor's note is for at most", default=12, ge=1, le=48, unit="hours", help="A suggestion: no national number exists.")
    alarm_minutes: int = ask("Minutes late before the alarm", default=15, ge=1, unit="minutes", help="A suggestion: no national number exists.")
    report_minutes: int = ask(
        "Minutes missing before it is reported",
        default=30,
        ge=1,
        unit="minutes",
        help="未成年人保护法 art. 11: at once. The minutes are for one look around the site, no more.",
    )
    report_days: int = ask("Days for the closing report", default=15, ge=1, unit="days", help="A suggestion: no national number exists.")
