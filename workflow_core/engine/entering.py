"""One row of a program's sheet, entered at a desk: the same checks and the same consequences, typed once and answered at once."""

from __future__ import annotations

from collections.abc import Mapping

from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.engine import advancing, asking
from workflow_core.engine.import_consents import Declined, RowConsents, no_consent
from workflow_core.engine.import_rows import ImportReport, ReadRow
from workflow_core.engine.import_subjects import subjects_of
from workflow_core.engine.import_wholes import Whole
from workflow_core.engine.importing import ImportRun, find_import
from workflow_core.engine.runtime import Runtime, not_permitted
from workflow_core.engine.world import World
from workflow_core.errors import NotFound
from workflow_core.i18n import N_
from workflow_core.inputs import validate
from workflow_core.records import enabling
from workflow_core.records.sheets import Row
from workflow_core.store import facts
from workflow_core.store.again import again


def enter_row(
    runtime: Runtime,
    actor: Actor,
    program: str,
    subject: str,
    given: Mapping[str, object],
    *,
    name: str | None = None,
    whole: str | None = None,
    consent_on_file: str | None = None,
) -> ImportReport:
    """Enter about somebody what a row of a program's sheet would bring.

    :param subject: the reference of whom it is about; :param given: the fields of the row's form, as typed.
    :param name, whole, consent_on_file: as for ``importing.run_import``.
    :returns: as of a sheet with one row.
    :raises Refused: the program refuses it, with its reasons; ``consent_missing``, ``consent_refused``, ``not_enabled``.
    :raises NotFound: ``child_unknown``. :raises NotPermitted: none of the account's roles may. :raises Misused: ``input_invalid``.
    """
    owner = runtime.registry.program(program)
    what = find_import(owner, name)
    now = runtime.clock.now()
    form = validate(what.row, given, school_year=asking.school_year(civil_date(now)))

    def write() -> tuple[ImportReport, RowConsents, Whole, Declined | None]:
        report = ImportReport("", rows=1, counts=what.counts)
        consents = RowConsents(runtime, actor, owner.name, what, consent_on_file, now, report)
        consents.begin()
        with runtime.committing(), runtime.db.write() as tx:
            found = facts.subject(tx, subject)
            if found is None or not actor.sees(division=found["division"], place_id=found["school"], program=program):
                raise NotFound("child_unknown", N_("there is no {ref} on file"), hint=N_("see: care child find"), ref=subject)
            division = found["division"]
            if not any(actor.may(who.name, division=division, place_id=found["school"], program=program) for who in what.by):
                raise not_permitted(tuple(what.by))
            if not enabling.in_force(tx, program, division, civil_date(now)):
                raise advancing.not_enabled(program, division)
            within = Whole(runtime, actor, owner, what, division, now, named=whole)
            within.find(tx)
            subjects = subjects_of(what.subject.name, actor, owner.name, division, now, repeats=what.again)
            run = ImportRun(runtime, actor, owner, what, division, now, report, subjects, consents=consents, whole=within)
            row = ReadRow("", Row(1, []), "", None, None, "", form, ())
            world = World(tx, runtime.registry)
            try:
                with tx.savepoint():
                    verdict, notes, attested = run.take(tx, world, row, found)
                within.settle(taken=True)
            except Declined as no:
                consents.keep_no(tx, world, no)
                return report, consents, within, no
        setattr(report, verdict, 1)
        for note in notes:
            run.tell(row, verdict, note)
        if attested:
            report.attested = 1
        return report, consents, within, None

    report, consents, within, declined = again(runtime.db, write)
    if declined is not None:
        raise no_consent()
    consents.end()
    within.go_on()
    return report
