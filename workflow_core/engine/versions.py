"""Which definition a case runs on, and whether the installed program is that one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflow_core.definition import Program
from workflow_core.definition.snapshot import snapshot_digest, structure_digest
from workflow_core.errors import NotFound, Refused
from workflow_core.i18n import N_, translate
from workflow_core.registry import Registry
from workflow_core.store import definitions, upgrades
from workflow_core.store.database import Tx

GONE = ("program_unknown", "workflow_unknown", "definition_changed", "upgrade_needed")
"""With these a case cannot be worked on; it can be read from the definition that is kept with it, and its papers can be printed."""
MOVED, MOVED_BACK = "upgraded", "upgrade_undone"
"""The kinds of events that take a case to another version of its program, and back."""
DUE_BEHIND = N_("{cases} cases of {program} are due, and wait for an upgrade: care program upgrade {program}")
WITHOUT_ITS_CODE = "engine"
"""What an event says of the code that ran, where the program's own is not there."""


def must_fit(tx: Tx, program: Program[Any], digest: str) -> None:
    """Refuse to run a case on a definition of another structure than its own: nobody knows what that would mean.

    :param digest: of the definition that the case runs on.
    :raises Refused: ``definition_changed``, ``upgrade_needed``.
    """
    kept = None if digest == snapshot_digest(program) else definitions.get(tx, digest)
    if kept is None or kept["structure"] == structure_digest(program):
        return
    if kept["version"] == program.version:
        message, hint = N_("the program {program} was changed without a new version while cases are open"), N_("raise its version, or put the old one back")
        raise Refused("definition_changed", message, hint=hint, program=program.name)
    newer = program.version > kept["version"]
    raise Refused(
        "upgrade_needed",
        N_("the case runs on version {old} of {program}; version {new} is installed"),
        hint=N_("an admin moves the cases: care program upgrade {program}") if newer else N_("install version {old} or newer"),
        program=program.name,
        old=kept["version"],
        new=program.version,
    )


def fits(tx: Tx, program: Program[Any], digest: str) -> bool:
    """Whether a case that runs on that definition can be worked on with the installed one."""
    try:
        must_fit(tx, program, digest)
    except Refused:
        return False
    return True


def left_behind(tx: Tx, program: Program[Any]) -> frozenset[str]:
    """The digests of a program's definitions that have another structure than the installed one."""
    return frozenset(upgrades.others(tx, program.name, structure_digest(program)))


def waiting_for_upgrade(tx: Tx, registry: Registry, now: datetime) -> tuple[list[str], list[dict[str, str]]]:
    """The definitions of installed programs at whose cases the clock need not look, since they wait for an upgrade; and what is told of those that are due."""
    found: list[str] = []
    told: list[dict[str, str]] = []
    for program in registry.programs.values():
        behind = sorted(left_behind(tx, program))
        if not behind:
            continue
        found += behind
        cases, first = upgrades.due(tx, behind, now)
        if cases:
            message = translate(DUE_BEHIND, cases=cases, program=program.name)
            told.append({"case": first, "code": "upgrade_needed", "message": message})
    return found, told


def code_version(registry: Registry, program: str) -> str:
    """What events store of the code that ran, whether the program is installed or not."""
    try:
        return registry.code_version(program)
    except NotFound:
        return WITHOUT_ITS_CODE
