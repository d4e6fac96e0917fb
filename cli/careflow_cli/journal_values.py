"""What an entry of the journal says, in the reader's language: names by their titles, choices by their labels. ``--json`` keeps what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from careflow_cli import child_words, journal_words, output, titles
from careflow_cli.child_transfer import BECAME
from careflow_cli.consent_words import BASIS
from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from careflow_cli.session import Session

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_CHOICES: Mapping[str, Mapping[str, str]] = {
    "scope_kind": {"division": N_("a division"), "place": N_("a place"), "own": N_("own cases")},
    "kind": {"child": N_("child"), "case": N_("case"), "division": N_("division")},
    "said": {"given": N_("given"), "refused": N_("refused"), "withdrawn": N_("withdrawn")},
    "child_said": {"agrees": N_("agrees"), "disagrees": N_("does not agree")},
    "eyes": {"two": N_("two"), "alone": N_("alone: there was no other"), "training": N_("alone, in a training office")},
    "origin": {"transfer": N_("transfer"), "merged": N_("files merged")},
    "what": {"children": N_("children"), "inbox": N_("inbox"), "journal": N_("journal"), "papers": N_("papers")},
    "basis": BASIS,
}
"""By the name of what is said: the words that mean something of their own, and what they are called."""
_OF_FILES = {"kin": "guardian_kin", "given_kin": "guardian_kin", "sex": "sex", "left_behind": "left_behind", "status": "status", "guardian_kin": "guardian_kin"}
"""What is said as a field of a child's file has it."""


def about(session: Session, entry: Mapping[str, Any]) -> str:
    """What an entry says, as name=value; what lies within is named by both names."""
    said = ((name, one) for name, one in _flat(entry.get("says") or {}) if one not in (None, "", []))
    return ", ".join(f"{journal_words.name(name)}={_shown(session, entry, name, one)}" for name, one in said)


def _flat(says: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    for name, one in says.items():
        if isinstance(one, dict):
            yield from _flat(one, f"{within}{name}.")
        else:
            yield f"{within}{name}", one


def _shown(session: Session, entry: Mapping[str, Any], name: str, said: object) -> str:
    if isinstance(said, bool):
        return translate("yes") if said else translate("no")
    if isinstance(said, list):
        if name.startswith("changes.") and len(said) == 2:
            return " → ".join(_shown(session, entry, name, one) if one not in (None, "", []) else "–" for one in said)
        return f"[{titles.listed(journal_words.name(str(one)) if name == 'fields' else _shown(session, entry, name, one) for one in said)}]"
    if isinstance(said, str):
        return output.moment(said) if _INSTANT.fullmatch(said) else _word(session, entry, name, said)
    return str(said)


def _word(session: Session, entry: Mapping[str, Any], whole: str, said: str) -> str:
    """A word by what it is called, where it is known; else as it is."""
    first, _, _ = whole.partition(".")
    name = whole.rpartition(".")[2]
    if name == "role":
        return titles.role(said)
    if name == "program":
        return session.program_title(said)
    if name in ("from_stage", "to_stage", "transition"):
        return _of_program(session, entry, name, said)
    if name in _OF_FILES:
        return child_words.shown(_OF_FILES[name], said)
    if whole != first and first in ("case", "cases"):  # what became of each, at a transfer
        return translate(BECAME[said]) if said in BECAME else said
    known = _CHOICES.get(name, {}).get(said)
    return said if known is None else translate(known)  # what somebody wrote is nobody's to translate


def _of_program(session: Session, entry: Mapping[str, Any], name: str, said: str) -> str:
    """A stage or a step by its title in the program as it is installed now."""
    program = session.registry.programs.get(entry.get("program") or "")
    workflow = next((one for one in program.workflows if one.name == entry.get("workflow")), None) if program is not None else None
    if workflow is None:
        return said
    named: Mapping[str, str] = {one.name: one.title for one in (workflow.transitions if name == "transition" else workflow.stages)}
    return translate(named[said]) if said in named else said
