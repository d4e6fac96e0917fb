"""``roles.md``: who there is, and what each may do in the programs that come with careflow."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from tools.references.commands import our_programs
from tools.references.markdown import document, inline, table, tick
from workflow_core.access.grants import ADMIN
from workflow_core.access.sight import FIELDS, SIGHTS, Sight
from workflow_core.definition import STANDARD_ROLES, Program, Role, Who, Workflow
from workflow_core.i18n import translate
from workflow_core.registry import Registry

INTRO = """\
A role says what somebody may do; a **grant** gives it to an account for a scope: a division with all that lies in it, one place (a school, a clinic),
or one's own cases; if wanted for one program only, from and until a day. Nobody has a role without a grant: `care account grant LOGIN ROLE --township
CODE`. Nobody gives what he does not hold; an administrator's role, and any role in a whole county, is asked for by one administrator and granted by
another (`care account waiting`). Nothing granted means nobody may, and what lies out of scope looks as if it did not exist. Whoever holds a role in a
division may read the cases that lie there; to change one he needs a role that its program names. A program may bring roles of its own."""
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
        _sights(),
        *parts,
    )


SEES = """\
## What each sees whole

Everybody sees the people in his scope masked: `张*`, `4328**********4516`, `133****5738`, a village and no house, of a note three stars. Birth date,
sex, school and grade are never masked. Whole, and only with a purpose that is kept, each role sees what it needs for its work and nothing else: **●** one
person at a time (`care child reveal`, `care child show --unmasked`) and in a list that leaves the office (`care child export --unmasked`, a ledger, a
register); **○** one person at a time only. Who holds several roles there sees what they see together. `party` is whoever has no role there and is a party
of an open case about the child (a proxy parent, a holder of a grant for his own cases): of the file he sees no more than name, sex, birth date, school,
grade and guardian. A role that a program brings sees whole what its program says (`Role(…, sees_whole=…)`), and where it says nothing, nothing."""


def _sights() -> str:
    further = {role.name: Sight(frozenset(role.sees_whole), frozenset(role.sees_whole)) for program in _programs() for role in program.roles}
    rows = [(tick(role), *("●" if one in sight.many else "○" if one in sight.one else "" for one in FIELDS)) for role, sight in {**SIGHTS, **further}.items()]
    return f"{inline(SEES)}\n\n{table(['role', *(title.lower() for title in FIELDS.values())], rows)}"


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
