"""The codes of what waits in line for a place, and of what comes once for each of several."""

from __future__ import annotations

from workflow_core.checks.code import Code
from workflow_core.i18n import N_

LINES: dict[str, Code] = {
    "line_leads_elsewhere": Code(
        "What is fired for the first in line does not lead into a stage in which the limit is held, so that nobody ever takes the place.",
        N_("{name} leads into the stage {stage}, in which the limit is not held"),
        N_("fire a transition into one of the stages of held_in=[…]"),
    ),
    "line_holds_place": Code(
        "Who waits in line holds a place already: the stage of the line is one in which the limit is held.",
        N_("the limit is held in the stage {stage}, in which cases wait for it"),
        N_("let them wait in a stage that is not in held_in=[…]"),
    ),
    "each_of_one": Code(
        "A task is to come once for each of several, and what it names are not several: a field that is no tuple, a party of which there is one.",
        N_("{name} is one, and no several"),
        N_("name a field of tuple[…], a party with many=True, or a function of the case that gives them"),
    ),
    "daily_time": Code(
        "A schedule by times of the day names a weekday that there is not, a time with a zone, one twice, or a last day before its first.",
        N_("that is no time of a day: {what}"),
        N_("at=(time(7), time(20)), in the office's own time; weekdays from 1, Monday, to 7, Sunday; first= before last="),
    ),
}
