"""Who was erased: the reference of somebody of whom nothing else is left says when, and who asked and approved."""

from __future__ import annotations

from workflow_core.clock import civil_date, unstamp
from workflow_core.errors import Refused
from workflow_core.i18n import N_
from workflow_core.records.child_file import Scope, in_scope
from workflow_core.store import erasures
from workflow_core.store.database import Tx


def told(tx: Tx, erased_at: str) -> dict[str, str]:
    """Of what bears the instant of an erasure: ``on``, the day; ``asked_by`` and ``answered_by``, but at a desk of a server office, where nobody sees them."""
    found = next(iter(erasures.at(tx, erased_at)), None)
    said = {} if found is None else {"asked_by": str(found.asked_by), "answered_by": str(found.answered_by)}
    return {"on": civil_date(unstamp(erased_at)).isoformat(), **said}


def erased(tx: Tx, ref: str, *, scope: Scope = None) -> Refused | None:
    """The refusal for a reference of somebody who was erased (``child_erased``), where he lay in scope; None for everybody else."""
    ref = ref.strip().upper()
    person = erasures.person_of(tx, ref)
    if person is None or person.erased_at is None or not in_scope(person.division, scope):
        return None
    said = told(tx, person.erased_at)
    hint = N_("the reference stays, and names nobody")
    if "asked_by" not in said:
        return Refused("child_erased", N_("{ref} was erased on {on}"), hint=hint, ref=ref, on=said["on"])
    message = N_("{ref} was erased on {on}: {asked_by} asked for it, {answered_by} approved it")
    return Refused("child_erased", message, hint=hint, ref=ref, on=said["on"], asked_by=said["asked_by"], answered_by=said["answered_by"])
