"""What a change of a case came to, for a person and for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from careflow_cli import output, titles
from workflow_core.i18n import N_, Label

if TYPE_CHECKING:
    from workflow_core.engine import Outcome


def show_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Shows where the case stands now, and what there is to do next."""
    if as_json:
        output.document(outcome.as_dict())
        return
    if outcome.dry_run:
        output.tell(N_("This was a trial: nothing was written. It would come to:"))
    output.say(N_("{ref}: {stage}"), ref=outcome.ref, stage=Label(outcome.stage_title))
    for task in outcome.opened:
        title = titles.task(task["title"], task["kind"], task.get("about", ""))
        if task["due"]:
            output.say(N_("  to do: {title}, by {due} ({ref})"), title=title, due=task["due"], ref=task["ref"])
        else:
            output.say(N_("  to do: {title} ({ref})"), title=title, ref=task["ref"])
    for one in outcome.warnings:
        output.tell(N_("  confirmed: {text}"), text=one.text())
