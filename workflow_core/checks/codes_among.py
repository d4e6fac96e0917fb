"""The codes of what is said of other cases: a whole and its parts, parties, and effects on them."""

from __future__ import annotations

from workflow_core.checks.code import Code
from workflow_core.i18n import N_

AMONG: dict[str, Code] = {
    "part_of_unknown": Code(
        "A workflow's cases are to be parts of a record that no workflow of the program has, or of their own.",
        N_("no other workflow of this program has the record {record}"),
        N_("part_of names the record of the whole's workflow"),
    ),
    "target_unknown": Code(
        "An effect is meant for cases that are not tied to this one: no part, no whole, no case in which it is that party, no case that a field names.",
        N_("there are no such cases around this one: {target}"),
        N_("WHOLE needs part_of; parts(…) a workflow that is part of this one; where_party(…) one that has this party; a field is of CaseRef"),
    ),
    "effect_of_other_workflow": Code(
        "An effect on another case names something that is not of that case's workflow.",
        N_("{kind} {name} is not of the workflow {workflow}"),
        N_("inside On(…) everything is that of the other case's workflow"),
    ),
    "party_of_other": Code(
        "A case is opened with a party that its workflow does not have.",
        N_("the workflow {workflow} has no party {party}"),
        N_("add it to that workflow: parties=[…]"),
    ),
    "opens_nobody": Code(
        "A case about somebody is opened, and nobody is said, nor is the case that opens it about one.",
        N_("a case of {workflow} is about somebody: say about whom"),
        N_("Open(…, subject=…): a child, a reference, or a function of the case"),
    ),
    "parts_become_other": Code(
        "What open parts are to become when their whole is closed is no transition that closes a part of it.",
        N_("{name} closes no part of this workflow's cases"),
        N_("name a transition of the part's workflow that leads to a final stage, by=SYSTEM"),
    ),
    "counts_elsewhere": Code(
        "A guard counts cases that are no parts of this one, and in which it is no party.",
        N_("cases with the record {record} are no parts of this workflow's, and do not name them"),
        N_("give their workflow part_of=… or a party of this record"),
    ),
    "opens_in_circle": Code(
        "Cases open each other in a circle as soon as they are opened, so that opening one would never end.",
        N_("cases open each other without end: {circle}"),
        N_("open one of them by a person's step or inside When(…); or once for ever: Open(…, key=…)"),
    ),
    "letters_in_circle": Code(
        "Effects on other cases set each other off in a circle without a guard, so that the cases never come to rest.",
        N_("cases set each other going without end: {circle}"),
        N_("guard one of the transitions, or put the effect inside When(…)"),
    ),
    "refers_in_circle": Code(
        "Programs refer each case they are given to the next at once, until it comes back to the first.",
        N_("these programs refer each case to the next without end: {programs}"),
        N_("refer inside When(…): not each case that comes has to be passed on"),
    ),
}
