"""The codes of what becomes of cases when the child moves to another township."""

from __future__ import annotations

from workflow_core.checks.code import Code
from workflow_core.i18n import N_

MOVING: dict[str, Code] = {
    "moved_without_child": Code(
        "A workflow says what becomes of its cases when the child moves, and they are about no child.",
        N_("its cases are about no child, and moved= is never asked"),
        N_("leave moved= out, or say subject=CHILD"),
    ),
    "moved_no_end": Code(
        "What is fired when the child moves leads to a stage in which the case is still open, in the township that the child has left.",
        N_("{name} leads to the stage {stage}, which does not end the case"),
        N_("fire a transition to a final stage; or say moved=GOES or moved=STAYS"),
    ),
    "moved_not_from": Code(
        "What is fired when the child moves does not lead out of every stage: a case that stands elsewhere stays open in the township that the child has left.",
        N_("{name} does not lead out of: {stages}"),
        N_("add these stages to its source=(…), where a case that stands there should end, too"),
        "warning",
    ),
}
