"""Whether the installed programs fit the open cases: to be asked before an upgrade is trusted with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from workflow_core.i18n import N_, translate

if TYPE_CHECKING:
    from workflow_core.definition import Program
    from workflow_core.office.office import Office
    from workflow_core.store.database import Row, Tx

State = Literal["fits", "missing", "changed", "newer", "older"]

SAID: dict[State, str] = {
    "fits": N_("fits"),
    "missing": N_("the program is not installed"),
    "changed": N_("the program was changed without a new version"),
    "newer": N_("a newer version is installed"),
    "older": N_("an older version is installed"),
}
HINTS: dict[State, str] = {
    "fits": "",
    "missing": N_("install it again; see: care plugin list; or close its cases: care case close REF --reason TEXT"),
    "changed": N_("raise its version, or put the old one back"),
    "newer": N_("see what becomes of its {cases} cases: care program upgrade {program} --dry-run"),
    "older": N_("install version {version} or newer"),
}


@dataclass(frozen=True)
class Fit:
    """How one definition that open cases run on stands to what is installed.

    :param version: of the program the cases run on; :param installed: the version there is; None: none.
    :param cases: how many run on it; :param first: the reference of one.
    :param stages: stages in which cases stand and which the installed definition does not have: ``workflow.stage``.
    """

    program: str
    version: int
    installed: int | None
    digest: str
    state: State
    cases: int
    first: str
    stages: tuple[str, ...] = ()

    def said(self) -> str:
        """How it stands, in the reader's language."""
        return translate(SAID[self.state])

    def hint(self) -> str:
        """What to do, in the reader's language; empty where nothing is to be done."""
        return translate(HINTS[self.state], program=self.program, version=self.version, cases=self.cases) if HINTS[self.state] else ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "program": self.program,
            "version": self.version,
            "installed": self.installed,
            "definition": self.digest,
            "state": self.state,
            "cases": self.cases,
            "first": self.first,
            "stages_gone": list(self.stages),
            "message": self.said(),
            "hint": self.hint(),
        }


def fits(office: Office, tx: Tx) -> list[Fit]:
    """Each definition that open cases run on, by program and version."""
    from workflow_core.store import doctor

    grouped: dict[tuple[str, int, str], list[Row]] = {}
    for row in doctor.pinned(tx):
        grouped.setdefault((row.program, row.version, row.definition), []).append(row)
    return [_fit(office.registry.programs.get(program), rows) for (program, _, _), rows in grouped.items()]


def _fit(program: Program[Any] | None, rows: list[Row]) -> Fit:
    from workflow_core.definition.snapshot import snapshot_digest, structure_digest

    first = rows[0]
    state: State
    if program is None:
        state = "missing"
    elif first.definition == snapshot_digest(program) or first.structure == structure_digest(program):
        state = "fits"
    elif first.version == program.version:
        state = "changed"
    else:
        state = "newer" if program.version > first.version else "older"
    there = set() if program is None else {f"{workflow.name}.{stage.name}" for workflow in program.workflows for stage in workflow.stages}
    stood_in = {f"{row.workflow}.{row.stage}" for row in rows}
    gone = () if program is None else tuple(sorted(stood_in - there))
    installed = None if program is None else program.version
    cases = sum(row.cases for row in rows)
    return Fit(first.program, first.version, installed, first.definition, state, cases, min(row["first"] for row in rows), gone)
