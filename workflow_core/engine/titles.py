"""What people call the parts of a program: from the installed one, or from the definition that is kept with its cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from workflow_core.definition import Program
from workflow_core.engine.versions import fits
from workflow_core.store import definitions
from workflow_core.store.database import Tx

if TYPE_CHECKING:
    from workflow_core.engine.runtime import Runtime


@dataclass(frozen=True)
class Titles:
    """What people call the parts of a program: msgids by name; a field also by ``task.field`` or ``transition.field``, since two forms may use one name.

    :param others: the other workflows by name, and their stages by ``workflow.stage``.
    """

    program: str
    stages: Mapping[str, str]
    tasks: Mapping[str, str]
    transitions: Mapping[str, str]
    fields: Mapping[str, str]
    choices: Mapping[str, str]
    papers: Mapping[str, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    registers: Mapping[str, str] = field(default_factory=dict)

    def beside(self, older: Titles) -> Titles:
        """These, and where they have none those of an older version."""
        names = [one.name for one in fields(self) if one.name != "program"]
        return Titles(self.program, **{name: {**getattr(older, name), **getattr(self, name)} for name in names})


def titles_for(runtime: Runtime, tx: Tx, row: Mapping[str, Any]) -> tuple[Titles, bool]:
    """The titles of a case's workflow, and whether the case can be worked on; else they come from the definition that is kept with it."""
    program: Program[Any] | None = runtime.registry.programs.get(row["program"])
    if program is not None and any(one.name == row["workflow"] for one in program.workflows) and fits(tx, program, row["definition"]):
        from workflow_core.definition.snapshot import snapshot

        return titles_of(snapshot(program), row["workflow"]), True
    return kept_titles(tx, row["definition"], row["workflow"]), False


def kept_titles(tx: Tx, digest: str, workflow: str) -> Titles:
    """The titles out of a definition that the office keeps."""
    return titles_of(_kept(tx, digest), workflow)


def kept_workflow(tx: Tx, digest: str, workflow: str) -> Mapping[str, Any]:
    """One workflow out of the snapshot of a definition that the office keeps; empty where there is none."""
    return next((one for one in _kept(tx, digest).get("workflows", ()) if one["name"] == workflow), {})


def _kept(tx: Tx, digest: str) -> Mapping[str, Any]:
    kept = definitions.get(tx, digest)
    found: Mapping[str, Any] = json.loads(kept["snapshot"]) if kept is not None else {}
    return found


def titles_of(snapshot: Mapping[str, Any], workflow: str) -> Titles:
    """The titles of one workflow out of a definition's snapshot; what is missing there is shown by its name."""
    found: Mapping[str, Any] = next((one for one in snapshot.get("workflows", ()) if one["name"] == workflow), {})
    labels: dict[str, str] = {}
    choices: dict[str, str] = {}
    forms = [("", found.get("record")), *((one["name"], one.get("form")) for part in ("tasks", "transitions") for one in found.get(part, ()))]
    forms += [(one["name"], one.get("row")) for one in found.get("registers", ())]
    for asker, form in forms:
        for one in (form or {}).get("fields", ()):
            labels.setdefault(one["name"], one["label"])
            labels.setdefault(f"{asker}.{one['name']}", one["label"])
            choices.update({f"{one['name']}.{name}": label for name, label in dict(one.get("choices") or {}).items()})
            for inner in one.get("fields", ()):  # of a form inside: a line of a list
                labels.setdefault(f"{one['name']}.{inner['name']}", inner["label"])
                choices.update({f"{inner['name']}.{name}": label for name, label in dict(inner.get("choices") or {}).items()})
    return Titles(
        program=snapshot.get("title", ""),
        stages={one["name"]: one["title"] for one in found.get("stages", ())},
        tasks={one["name"]: one["title"] for one in found.get("tasks", ())},
        transitions={one["name"]: one["title"] for one in found.get("transitions", ())},
        fields=labels,
        choices=choices,
        papers={one["name"]: one["title"] for one in found.get("documents", ())},
        parties={one["name"]: one["title"] for one in found.get("parties", ())},
        registers={one["name"]: one["title"] for one in found.get("registers", ())},
        others={
            **{one["name"]: one["title"] for one in snapshot.get("workflows", ())},
            **{f"{one['name']}.{stage['name']}": stage["title"] for one in snapshot.get("workflows", ()) for stage in one["stages"]},
        },
    )
