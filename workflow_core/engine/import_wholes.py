"""The whole that a sheet's rows are parts of: the one that is named, the division's open one, or one that is opened with the first row.

It may be of a wider division than the sheet: a county's camp takes the sheets of its townships.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow_core.access.grants import Actor
from workflow_core.definition import Import, Program
from workflow_core.engine.desks import RowDesk
from workflow_core.engine.opening import open_part
from workflow_core.engine.runtime import SYSTEM_ACTOR, Runtime
from workflow_core.engine.settling import look_at
from workflow_core.engine.work import Work
from workflow_core.errors import CareError, Misused, Refused
from workflow_core.i18n import N_
from workflow_core.records.divisions import ancestors, within
from workflow_core.store import among, faults
from workflow_core.store.database import Row, Tx

_log = logging.getLogger(__name__)


@dataclass
class Whole:
    """The whole of one import.

    :param named: its reference, as it was said; :param opened: by this import, in the row at hand; :param found: what was there before the import;
    :param read: the case as it was read in a transaction, until a row changes it or is refused.
    """

    runtime: Runtime
    actor: Actor
    program: Program[Any]
    what: Import[Any]
    division: str
    now: datetime
    named: str | None = None
    ref: str | None = None
    opened: str | None = None
    found: str | None = None
    read: tuple[Tx, Work] | None = None

    def find(self, tx: Tx) -> None:
        """Find it before the first row.

        :raises Misused: ``not_a_part``: the case that was named is of another kind. :raises Refused: ``whole_closed``, ``whole_missing``.
        """
        if self.what.within is None:
            if self.named is not None:
                raise Misused("not_a_part", N_("the rows of this sheet are parts of nothing"), hint=N_("leave it out"))
            return
        workflow = self.program.workflow_of(self.what.within)
        if self.named is not None:
            work = self.runtime.work(tx, self.named, SYSTEM_ACTOR)
            if work.workflow is not workflow or not within(self.division, work.state.division):
                self.runtime.work(tx, self.named, self.actor)  # what lies out of sight does not exist
                raise Misused("not_a_part", N_("the rows of this sheet are no parts of {whole}"), whole=self.named)
            if not work.state.is_open:
                raise Refused("whole_closed", N_("{whole} is closed: nothing can become a part of it"), whole=self.named)
            self.ref = self.found = self.named
            return
        found = next((some for code in (self.division, *ancestors(self.division)) if (some := self._open_in(tx, workflow.name, code))), [])
        if found:
            self.ref = self.found = found[0]["ref"]
        elif self.what.begin is None:
            raise Refused("whole_missing", N_("no {title} is open here"), hint=N_("open one first: `care case open`"), title=workflow.title)

    def _open_in(self, tx: Tx, workflow: str, division: str) -> list[Row]:
        """The wholes of one division that may be meant, the likeliest first."""
        found = among.open_in(tx, self.program.name, workflow, division)
        order = [stage.name for stage in self.what.stages]
        return found if not order else sorted((one for one in found if one["stage"] in order), key=lambda one: order.index(one["stage"]))

    def at(self, tx: Tx, desk: RowDesk) -> Work | None:
        """The whole for a row, read once in a transaction; opened where there is none."""
        if self.what.within is None:
            return None
        if self.ref is None and self.what.begin is not None:
            effect = self.what.begin(desk)
            name, where = self.program.name, self.division
            work = open_part(self.runtime, tx, effect, program=name, whole=None, subject=where, division=where, now=self.now, actor=self.actor)
            if work is not None:
                self.runtime.ask_vetoes(work)
                self.runtime.save(tx, work, self.now)
                self.opened = work.state.ref
        ref = self.ref or self.opened
        if ref is None:
            return None
        if self.read is None or self.read[0] is not tx:
            self.read = (tx, self.runtime.work(tx, ref, SYSTEM_ACTOR))
        work = self.read[1]
        work.world.forget_cases()  # the rows before have opened parts
        return work

    def changed(self) -> None:
        """A row has changed it: it is read anew for the next one."""
        self.read = None

    def settle(self, *, taken: bool) -> None:
        """After a row: what it opened stays if it was taken."""
        if taken and self.opened is not None:
            self.ref = self.opened
        if not taken:
            self.read = None
        self.opened = None

    def go_on(self) -> None:
        """After the sheet: what waited for its rows goes on at once. Where that fails, the rows stand, and the clock tries again and tells of it."""
        if self.ref is None:
            return
        try:
            look_at(self.runtime, self.ref)
        except CareError as error:
            if faults.of_the_office(error):
                raise
            _log.warning("%s could not be looked at after its sheet: %s", self.ref, error.code)

    def undone(self) -> None:
        """After a chunk of a dry run: what it opened is gone."""
        self.ref, self.read = self.found, None
