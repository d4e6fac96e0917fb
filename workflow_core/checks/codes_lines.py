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
}
