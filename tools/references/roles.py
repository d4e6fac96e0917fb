"""``roles.md``: who there is, and what each may do in the programs that come with careflow."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from tools.references.commands import our_programs
from tools.references.markdown import document, inline, table, tick
from workflow_core.access.grants import ADMIN
from workflow_core.definition import STANDARD_ROLES, Program, Role, Who, Workflow
from workflow_core.i18n import translate
from workflow_core.registry import Registry

INTRO = """\
A role says what somebody may do; a **grant** gives it to an account for a scope: a division with all that lies in it, one place (a school, a clinic),
or one's own cases; if wanted for one program only, and until a day. Nobody has a role without a grant: `care account grant LOGIN ROLE --township
CODE`. Nothing granted means nobody may, and what lies out of scope looks as if it did not exist. Whoever holds a role in a division may read the
cases that lie there; to change one he needs a role that its program names. A program may bring roles of its own."""
ENGINE = """\
Two more names stand in definitions and are never granted: `SYSTEM` (timers, batches and other cases do it, no person may) and `AUTOMATIC` (the engine
takes the step as soon as its guards hold)."""


def page() -> str:
    """The page."""
    rows = [(tick(role.name), role.title, _chinese(role.title), role.level) for role in (*STANDARD_ROLES, ADMIN)]
    parts = [_of_program(program) for program in _programs()]
    return document(
        "Roles",
        INTRO,
        table(["role", "title", "中文", "level"], rows),
        f"**{tick(ADMIN.name)}** enables programs, sets policies, and grants any role within its scope. It does not do the work itself: that needs the roles.",
        inline(ENGINE),
        *parts,
    )


def _chinese(text: str) -> str:
    kept = os.environ.get("CARE_LANG")
    os.environ["CARE_LANG"] = "zh_CN"
    try:
        return translate(text)
    finally:
        os.environ.pop("CARE_LANG") if kept is None else os.environ.__setitem__("CARE_LANG", kept)


def _programs() -> list[Program[Any]]:
    ours = {name.replace("-", "_") for name in our_programs()}
    found = Registry.discover().programs
    return [found[name] for name in sorted(ours) if name in found]


def _of_program(program: Program[Any]) -> str:
    roles = [*STANDARD_ROLES, *program.roles]
    lines = [f"## In {program.title.lower()}"]
    for workflow in program.workflows:
        if len(program.workflows) > 1:
            lines.append(f"### {workflow.title}")
        lines.append(
            table(["role", "opens, corrects the record", "takes the steps", "does the tasks"], [row for role in roles if (row := _of_role(role, workflow))])
        )
    return "\n\n".join(lines)


def _of_role(role: Role, workflow: Workflow[Any, Any]) -> tuple[str, ...] | None:
    takes = [tick(one.name) for one in workflow.transitions if role in one.doers]
    does = [tick(one.name) for one in workflow.all_tasks() if role in one.doers]
    rights = [word for word, who in (("opens", workflow.open_by), ("corrects", workflow.edit_by)) if _in(role, who)]
    return (tick(role.name), ", ".join(rights), ", ".join(takes), ", ".join(does)) if rights or takes or does else None


def _in(role: Role, who: Iterable[Who]) -> bool:
    return any(one == role for one in who)
