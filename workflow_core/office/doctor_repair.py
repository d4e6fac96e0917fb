"""Making anew what can be derived from other rows: the inbox, due dates in lists, lines, when the clock looks. Nothing that was entered is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflow_core.office.doctor import Checkup, examine

if TYPE_CHECKING:
    from workflow_core.access import Actor
    from workflow_core.office.office import Office

PER_COMMIT = 200
"""So many cases are mended in one transaction."""


def repair(office: Office, actor: Actor, found: Checkup, *, shut: int = 0) -> Checkup:
    """Make anew what a check-up found to be derivable, and look at everything again.

    :param shut: how many files and folders were shut to others before; it is told, and kept in the journal.
    :returns: the second check-up, with what was made anew; the journal has it too.
    """
    from workflow_core.engine.expecting import stand_anew
    from workflow_core.store import doctor, journal

    now = office.clock.now()
    wanted = found.mendable
    repaired = {name: len(cases) for name, cases in sorted(wanted.items())}
    for some in _chunks(sorted(set().union(*wanted.values()))):
        with office.db.write() as tx:
            for case_id in some:
                doctor.mend_due(tx, case_id)  # first, since it locks the case's row
                if case_id in wanted.get("desks", ()):
                    doctor.mend_desks(tx, case_id)
                if case_id in wanted.get("rest", ()):
                    doctor.mend_wake(tx, case_id, None)
                if case_id in wanted.get("lines", ()):
                    stand_anew(office.engine.runtime, tx, case_id)
                if case_id in wanted.get("wake", ()):
                    doctor.mend_wake(tx, case_id, now)  # the next tick looks, and sets it right
            journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "repaired", {"cases": list(some), **repaired}, now)
    if shut:
        with office.db.write() as tx:
            journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "repaired", {"shut": shut}, now)
    again = examine(office) if repaired else found
    again.repaired = {**repaired, **({"shut": shut} if shut else {})}
    return again


def _chunks(cases: list[str]) -> list[tuple[str, ...]]:
    return [tuple(cases[start : start + PER_COMMIT]) for start in range(0, len(cases), PER_COMMIT)]
