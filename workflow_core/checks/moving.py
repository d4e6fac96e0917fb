"""What becomes of cases when the child moves: only of cases about a child, and an end that is one, from wherever the case stands."""

from __future__ import annotations

from collections.abc import Iterator

from workflow_core.checks.finding import Finding, found
from workflow_core.checks.scope import Scope
from workflow_core.definition import CHILD, Fire, path_of


def check_moving(scope: Scope) -> Iterator[Finding]:
    """``moved_without_child``, ``moved_no_end``, ``moved_not_from``, and ``input_of_other_form`` of what is fired."""
    workflow = scope.workflow
    if workflow.moved is None:
        return
    if workflow.subject is not CHILD:
        yield found("moved_without_child", workflow.name)
    if not isinstance(workflow.moved, Fire):
        return
    transition, given = workflow.moved.transition, workflow.moved.input
    if not transition.target.final:
        yield found("moved_no_end", workflow.name, name=transition.name, stage=transition.target.name)
    ways = [one for one in scope.transitions if one.name == transition.name]
    left = [stage.name for stage in workflow.stages if not stage.final and not any(stage in one.sources for one in ways)]
    if ways and left:
        yield found("moved_not_from", workflow.name, name=transition.name, stages=", ".join(left))
    if given is not None and path_of(given) is None and not (transition.form is not None and isinstance(given, transition.form)):
        wanted = transition.form.__name__ if transition.form else "None"
        yield found("input_of_other_form", workflow.name, name=transition.name, given=type(given).__name__, wanted=wanted)
