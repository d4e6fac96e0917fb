"""What a township sets for itself.

Two of the numbers below are the law's: a vetting is good for a year (未成年人保护法 art. 62: queried again each year), and a child is heard (art. 22) from
eight years on (民法典 art. 19). For the rest a default is the practice of one place, named in its help, or our own suggestion where none was found.
"""

from __future__ import annotations

from workflow_core import ask, form


@form
class Policy:
    """Every threshold of the program. Each has a default, so that a township can begin without setting one."""

    revet_months: int = ask(
        "Vetting is good for",
        default=12,
        ge=1,
        le=12,
        unit="months",
        help="未成年人保护法 art. 62: queried again each year. A township may ask for it more often, not less.",
    )
    revet_notice_months: int = ask(
        "Vetting is asked for anew after", default=11, ge=1, le=11, unit="months", help="A suggestion: a month for the answer. No national number exists."
    )
    vet_days: int = ask("Days for the answer to a query", default=30, ge=1, unit="days", help="A suggestion: no national number exists.")
    assess_days: int = ask("Days to assess a child's need", default=14, ge=1, unit="days", help="A suggestion: no national number exists.")
    approve_days: int = ask("Days to decide on a proposal", default=7, ge=1, unit="days", help="A suggestion: no national number exists.")
    answer_days: int = ask("Days to answer a proposal", default=14, ge=1, unit="days", help="A suggestion: no national number exists.")
    report_days: int = ask(
        "Days to report a pair to the county", default=7, ge=1, unit="days", help="A suggestion: local rules say 'in time'. No national number exists."
    )
    talks_a_week: int = ask("Talks a week", default=1, ge=1, help="Local practice: one talk a week (one school's rules). No national number exists.")
    visits_a_month: int = ask("Visits a month", default=2, ge=1, help="Local practice: two visits a month with a record. No national number exists.")
    calls_a_month: int = ask(
        "Calls with the parents a month", default=1, ge=1, help="Local practice: one call a month with parents or carers. No national number exists."
    )
    missed_talks: int = ask("Missed talks of a term before supervision", default=3, ge=1, help="A suggestion: no national number exists.")
    silent_days: int = ask("Days of silence before supervision", default=21, ge=1, unit="days", help="A suggestion: no national number exists.")
    look_days: int = ask("Days to look into a pair under supervision", default=7, ge=1, unit="days", help="A suggestion: no national number exists.")
    supervised_weeks: int = ask(
        "Weeks under supervision before the county hears of it", default=4, ge=1, unit="weeks", help="A suggestion: no national number exists."
    )
    end_age: int = ask(
        "Age at which a pair ends",
        default=16,
        ge=6,
        le=18,
        unit="years",
        help="国发〔2016〕13号: a left-behind child is under sixteen. A place that goes on until eighteen sets 18.",
    )
    households: bool = ask(
        "Children of one household stay together",
        default=False,
        help="A suggestion: they go to one proxy parent and take one place, with the worst tier among them. No national rule.",
    )
    girls_same_sex: bool = ask(
        "Adolescent girls have a woman as proxy parent",
        default=False,
        help="A suggestion: no national rule.",
    )
    adolescent_from: int = ask(
        "Adolescent from",
        default=10,
        ge=8,
        le=16,
        unit="years",
        help="The World Health Organization counts adolescence from ten. No national number exists.",
    )
