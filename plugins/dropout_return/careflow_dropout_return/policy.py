"""What a township sets for itself.

No national number exists for any of these: the laws say 'in time', 'within a time limit', 'many times'. A default is the practice of one place, named
in its help, or our own suggestion where no practice was found. A county or township sets its own; a step goes by the settings of its day.
"""

from __future__ import annotations

from workflow_core import ask, form


@form
class Policy:
    """Every threshold of the program. Each has a default, so that a township can begin without setting one."""

    suspected_after: int = ask(
        "School days of absence before 'suspected'",
        default=5,
        ge=1,
        unit="school days",
        help="Local practice: away for more than a week without a valid reason (one county's rule of 2019). No national number exists.",
    )
    verify_days: int = ask(
        "School days for the first check",
        default=1,
        ge=1,
        unit="school days",
        help="Local practice: a visit on the day the absence is noticed (one school's rule of 2013). No national number exists.",
    )
    dropout_after: int = ask(
        "Days of absence before 'dropout'",
        default=30,
        ge=1,
        unit="days",
        help="Local practice: suspected for more than a month; elsewhere four weeks. No national number exists.",
    )
    register_days: int = ask("School days to register a proven dropout", default=3, ge=1, unit="school days", help="A suggestion: no national number exists.")
    cause_days: int = ask("School days to confirm the cause", default=5, ge=1, unit="school days", help="A suggestion: no national number exists.")
    visit_days: int = ask("Days of each week for its visit", default=5, ge=1, le=6, unit="days", help="A suggestion: no national number exists.")
    persuasion_rounds: int = ask(
        "Failed visits before the written report",
        default=3,
        ge=1,
        help="A suggestion: the rules say 'many times, without effect'. No national number exists.",
    )
    home_visits: int = ask("How many of these at home at the least", default=1, ge=0, help="A suggestion: no national number exists.")
    report_days: int = ask(
        "Working days for the written report",
        default=3,
        ge=1,
        unit="working days",
        help="A suggestion: the law says 'in time' (未成年人保护法 art. 28). No national number exists.",
    )
    township_days: int = ask(
        "Working days for the township to act on the report",
        default=5,
        ge=1,
        unit="working days",
        help="A suggestion: no national number exists.",
    )
    letter_days: int = ask(
        "Days allowed by the school's letter",
        default=7,
        ge=1,
        unit="days",
        help="Local practice: back in class within 7 days of receipt (one place's form). No national number exists.",
    )
    serve_days: int = ask("Working days to serve a paper", default=3, ge=1, unit="working days", help="A suggestion: no national number exists.")
    notice_days: int = ask(
        "Days allowed by the township's notice",
        default=7,
        ge=1,
        unit="days",
        help="A suggestion: as many as one place's form of the school's letter. No national number exists.",
    )
    order_days: int = ask(
        "Days allowed by the bureau's order",
        default=15,
        ge=1,
        unit="days",
        help="A suggestion: the law says 'within a time limit' (义务教育法 art. 58). No national number exists.",
    )
    evidence_days: int = ask(
        "School days to hand in the proof of a return", default=5, ge=1, unit="school days", help="A suggestion: no national number exists."
    )
    weeks_watched: int = ask("Weekly looks after the return", default=4, ge=1, help="A suggestion: no national number exists.")
    months_watched: int = ask("Monthly looks after these", default=5, ge=0, help="A suggestion: no national number exists.")
    relapse_in_week: int = ask(
        "Days missed in a week that count as a relapse",
        default=3,
        ge=1,
        unit="school days",
        help="A suggestion: no national number exists.",
    )
    relapse_in_month: int = ask(
        "Days missed in a month that count as a relapse",
        default=5,
        ge=1,
        unit="school days",
        help="Local practice: more than 5 days without leave are reported (one province's form of 2009). No national number exists.",
    )
    silence_weeks: int = ask(
        "Weeks without a step before the supervisor hears of it",
        default=2,
        ge=1,
        unit="weeks",
        help="A suggestion: no national number exists.",
    )
    abandoned_weeks: int = ask(
        "Weeks without a step before the county hears of it",
        default=4,
        ge=1,
        unit="weeks",
        help="A suggestion: no national number exists.",
    )
    leaving_age: int = ask(
        "Age at which compulsory schooling is over",
        default=16,
        ge=15,
        le=18,
        unit="years",
        help="A suggestion: nine years from the age of six, or seven (义务教育法 art. 2, 11). No national number exists for the end.",
    )
    penalty_step: bool = ask(
        "The local penalty step is used",
        default=False,
        help="Local practice, where a local rule has such a step: 义务教育法 art. 58 knows no fine. No national number exists, and no national rule.",
    )
