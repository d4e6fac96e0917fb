"""The rows of a sheet and the consent they rest on: a row without one is refused, what is attested is recorded, a no is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.access import consents
from workflow_core.access.grants import Actor
from workflow_core.clock import civil_date
from workflow_core.definition import Consent, Import, path_of
from workflow_core.engine.import_rows import MESSAGES, ImportReport
from workflow_core.engine.resting import no_on_sheet, wake
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.world import World
from workflow_core.errors import Misused, Refused
from workflow_core.i18n import N_
from workflow_core.store import consents as rows
from workflow_core.store.database import Tx


class Declined(Exception):
    """The row says no: nothing of it is stored but that.

    :param ref: whose guardian said no; :param on_file: whether there is a file to keep it in.
    """

    def __init__(self, ref: str, *, on_file: bool) -> None:
        super().__init__()
        self.ref = ref
        self.on_file = on_file


def no_consent() -> Refused:
    """What a row is refused with whose guardian has said no."""
    return Refused(
        "consent_refused",
        N_("the guardian does not consent"),
        hint=N_("nothing of the row is stored; if he consents after all: `care consent give`"),
    )


@dataclass
class RowConsents:
    """What the rows of one import rest on.

    :param notice: the version whose signed papers lie in the office, where that is attested.
    """

    runtime: Runtime
    actor: Actor
    program: str
    what: Import[Any]
    notice: str | None
    now: datetime
    report: ImportReport

    def begin(self) -> None:
        """See that what is attested can count, before the first row.

        :raises Refused: ``notice_old``, ``notice_other``, ``notice_missing``. :raises Misused: ``consent_not_asked``.
        """
        if self.what.consent is not None:
            self.report.attested = 0
            if self.notice is not None:
                consents.need_notice(self.what.consent, self.notice)
        elif self.notice is not None:
            raise Misused("consent_not_asked", N_("this sheet rests on no consent"), hint=N_("leave --consent-on-file out"))

    def read_ahead(self, world: World, children: Iterable[Mapping[str, Any]]) -> None:
        """Read what was said for the children of many rows at once."""
        if self.what.consent is not None:
            world.read_consents([child["person_id"] for child in children])

    def settle(self, tx: Tx, world: World, form: Any, child: Mapping[str, Any], *, provisional: bool) -> bool:
        """See that a row may be taken; where that is attested, the record of it is written with the row, and goes if the row is refused.

        :param child: the row's: ``person_id``, ``ref``, and, where it was not put on file just now, all the rest.
        :returns: whether a consent was attested with this row.
        :raises Refused: ``consent_missing``, ``consent_refused``. :raises Declined: the row itself says no.
        """
        consent = self.what.consent
        if consent is None:
            return False
        said, person_id = self._said(form), child["person_id"]
        standing = consents.standing(world.said_for(person_id), self.program, consent, civil_date(self.now))
        if said is False and standing != "not_needed":
            raise Declined(child["ref"], on_file=not provisional)
        if standing in ("holds", "not_needed"):
            return False
        if standing in ("refused", "withdrawn") and not (said is True and self.notice is not None):  # a list does not undo what a guardian said
            raise no_consent()
        if self.notice is None:
            raise Refused("consent_missing", MESSAGES["consent_missing"][0], hint=MESSAGES["consent_missing"][1])
        self._attest(tx, world, consent, self.notice, child)
        return True

    def keep_no(self, tx: Tx, world: World, no: Declined) -> None:
        """Keep the no of a row, in the child's file; who has none gets none for that."""
        if no.on_file and self.what.consent is not None:
            for person in rows.children(tx, refs=[no.ref]):
                no_on_sheet(self.runtime, tx, world, self.actor, person, self.program, self.what.consent, self.now, self.report.file)

    def end(self) -> None:
        """Record with the account how many consents it attested."""
        if self.what.consent is not None and self.notice is not None and self.report.attested and not self.report.dry_run:
            with self.runtime.db.write() as tx:
                consents.attested(tx, self.actor, self.now, self.program, self.what.consent, self.notice, self.report.attested, self.report.file)

    def _attest(self, tx: Tx, world: World, consent: Consent, notice: str, child: Mapping[str, Any]) -> None:
        people: Sequence[Any] = [child] if "born_on" in child else rows.children(tx, refs=[child["ref"]])
        consents.attest(tx, self.actor, self.now, people, self.program, consent, notice, self.report.file)
        world.forget_consents(child["person_id"])
        wake(self.runtime, tx, world, [child["person_id"]], self.program, consent, self.now)

    def _said(self, form: Any) -> bool | None:
        path = path_of(self.what.refuses)
        found: bool | None = getattr(form, path.careflow_name, None) if path is not None else None
        return found
