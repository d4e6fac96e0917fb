"""The codes of upgrades: what becomes of cases that run on an older version."""

from __future__ import annotations

from workflow_core.checks.code import Code
from workflow_core.i18n import N_

UPGRADES: dict[str, Code] = {
    "upgrade_since": Code(
        "An upgrade is for cases of a version that is not older than the program, or is below 1.",
        N_("an upgrade since version {since} leads nowhere: this is version {version}"),
        N_("raise the program's version with every change of structure; since= names an older one"),
    ),
    "upgrade_twice": Code(
        "Two upgrades are for the same cases.",
        N_("there are two upgrades of {workflow} since version {since}"),
        N_("put both into one"),
    ),
    "upgrade_target": Code(
        "An upgrade leads to a workflow, stage, task, limit, paper or timer that this version does not have.",
        N_("the upgrade leads to the {kind} {name}, which this version's workflow does not have"),
        N_("map to stages and tasks of the workflow that is named first"),
    ),
    "upgrade_unknown": Code(
        "An upgrade names a stage, task, limit, paper, timer or workflow that the older version does not have.",
        N_("version {version} has no {kind} {name}"),
        N_("name what the older version has; care program upgrade NAME --dry-run tells the names"),
    ),
    "upgrade_no_place": Code(
        "A stage, task, limit, paper, register or workflow of the older version has no place in this one.",
        N_("the {kind} {name} of version {version} has no place in this version"),
        N_("name it in Upgrade(…): a stage leads to a stage; a task, limit or paper to one, or to None where it is dropped; a register keeps its name"),
    ),
    "upgrade_final": Code(
        "An upgrade would close open cases, or open closed ones: a stage that ends a case leads to one that does not, or the other way round.",
        N_("the upgrade leads from {stage} to {target}, and only one of the two ends a case"),
        N_("lead stages that end a case to such, and the others to others; a transition closes cases"),
    ),
    "upgrade_subject": Code(
        "A workflow's cases were about something else in the older version.",
        N_("cases of {workflow} were about {old}, and are to be about {new}"),
        N_("make it a workflow of its own, and let the open cases end under the old version"),
    ),
    "upgrade_fails": Code(
        "A function of an upgrade fails for something that the older version allows.",
        N_("the upgrade of {what} fails for what version {version} allows: {error}"),
        N_("it must answer for every record of the older version: also where fields are empty, and for each choice"),
    ),
    "upgrade_record": Code(
        "Records of the older version cannot be read as this version's, and no function makes them so.",
        N_("records of version {version} do not fit: {error}"),
        N_("give new fields a default, or make the record by a function: Upgrade(…, record=…)"),
    ),
    "upgrade_input": Code(
        "What was entered for a task or transition under the older version cannot be read by its new form, where a guard asks for it.",
        N_("what was entered for {name} under version {version} cannot be read by its new form: {error}"),
        N_("give new fields a default, or make it a task or transition of another name"),
        "warning",
    ),
}
