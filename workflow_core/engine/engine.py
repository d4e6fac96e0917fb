"""The engine's front door: one method for each thing that can be asked of it.

Each imports what it needs when it is asked: whoever looks at the inbox does not wait for what changes a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from workflow_core.access.grants import Actor
from workflow_core.clock import Clock
from workflow_core.definition import Import, Transition
from workflow_core.engine import bulk, reading, waiting_rows
from workflow_core.engine.outcome import Answer, InboxRow, Outcome, TaskAnswer, TickReport
from workflow_core.engine.reading import CaseRow, CaseShown, Titles
from workflow_core.engine.register_door import RegisterDoor
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.transfer_door import TransferDoor
from workflow_core.errors import CareError
from workflow_core.registry import Registry
from workflow_core.store.again import again
from workflow_core.store.database import Database

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from workflow_core.access.consents import Saying
    from workflow_core.documents.papers import Receipt
    from workflow_core.engine.attesting import Attested
    from workflow_core.engine.consenting import Recorded, Stands
    from workflow_core.engine.import_rows import ImportReport
    from workflow_core.engine.listing import Listed
    from workflow_core.engine.paper_looks import PaperShown
    from workflow_core.engine.plan_views import Planned
    from workflow_core.engine.sights import OnFile
    from workflow_core.records.layout import Layout

T = TypeVar("T")
R = TypeVar("R")


class Engine(RegisterDoor, TransferDoor):
    """Runs the programs of an office. Every method raises errors of ``workflow_core.errors``; none leaves half a change.

    :param training: a training office: four-eyes steps pass, marked as such.
    :param papers: the office's folder for messages and papers.
    :param channels: the names of the channels by which messages leave.
    """

    def __init__(
        self, db: Database, registry: Registry, clock: Clock, *, training: bool, papers: Path, channels: Sequence[str] = ("file",), **more: Any
    ) -> None:
        self.runtime = Runtime(db, registry, clock, training=training, papers=papers, channels=channels, **more)

    # -- Cases

    def open(self, actor: Actor, workflow: str, subject: str | None, record: Mapping[str, object], **how: Any) -> Outcome:
        """Open a case; see ``advancing.open_case``."""
        from workflow_core.engine import advancing

        return advancing.open_or_try(self.runtime, actor, workflow, subject, record, **how)

    def advance(self, actor: Actor, ref: str, transition: str, given: Mapping[str, object] | None = None, **how: Any) -> Outcome:
        """Take a transition; see ``advancing.advance``."""
        from workflow_core.engine import advancing

        return advancing.advance(self.runtime, actor, ref, transition, given or {}, **how)

    def why(self, actor: Actor, ref: str, transition: str | None = None) -> list[Answer]:
        """Every transition from here, with every reason against it; see ``advancing.why``."""
        from workflow_core.engine import advancing

        return advancing.why(self.runtime, actor, ref, transition)

    def why_task(self, actor: Actor, ref: str, name: str) -> list[TaskAnswer]:
        """What keeps a task from being done; see ``explaining.why_task``."""
        from workflow_core.engine import explaining

        return explaining.why_task(self.runtime, actor, ref, name)

    def note(self, actor: Actor, ref: str, text: str) -> Outcome:
        """Write something down with a case."""
        from workflow_core.engine import keeping

        return keeping.note(self.runtime, actor, ref, text)

    def attach(self, actor: Actor, ref: str, path: Path, text: str = "") -> Outcome:
        """Keep a file with a case."""
        from workflow_core.engine import keeping

        return again(self.runtime.db, lambda: keeping.attach(self.runtime, actor, ref, path, text))

    def suspend(self, actor: Actor, ref: str, reason: str) -> Outcome:
        """Let a case rest; its deadlines stand still."""
        from workflow_core.engine import keeping

        return keeping.suspend(self.runtime, actor, ref, reason)

    def resume(self, actor: Actor, ref: str, reason: str = "") -> Outcome:
        """Let a suspended case go on."""
        from workflow_core.engine import keeping

        return keeping.resume(self.runtime, actor, ref, reason)

    def reopen(self, actor: Actor, ref: str, reason: str) -> Outcome:
        """Open a closed case again."""
        from workflow_core.engine import keeping

        return keeping.reopen(self.runtime, actor, ref, reason)

    def override(self, actor: Actor, ref: str, stage: str, reason: str) -> Outcome:
        """Put a case into a stage by hand."""
        from workflow_core.engine import keeping

        return keeping.override(self.runtime, actor, ref, stage, reason)

    def edit(self, actor: Actor, ref: str, given: Mapping[str, object], reason: str, *, expect: int | None = None) -> Outcome:
        """Correct fields of a case's record."""
        from workflow_core.engine import keeping

        return keeping.edit(self.runtime, actor, ref, given, reason, expect=expect)

    def identify(self, actor: Actor, ref: str, child: str, reason: str) -> Outcome:
        """Say who a case is about."""
        from workflow_core.engine import keeping

        return keeping.identify(self.runtime, actor, ref, child, reason)

    def settle(self, children: Iterable[str]) -> list[str]:
        """Look at the open cases of children whose files were completed; see ``settling.settle``."""
        from workflow_core.engine import settling

        return settling.settle(self.runtime, children)

    # -- Tasks

    def do_task(self, actor: Actor, ref: str, given: Mapping[str, object] | None = None, **how: Any) -> Outcome:
        """Do a task; see ``tasking.do_task``."""
        from workflow_core.engine import tasking

        return tasking.do_task(self.runtime, actor, ref, given or {}, **how)

    def correct_task(self, actor: Actor, ref: str, given: Mapping[str, object], reason: str) -> Outcome:
        """Correct what was written down when a task was done."""
        from workflow_core.engine import tasking

        return tasking.correct_task(self.runtime, actor, ref, given, reason)

    def undo_task(self, actor: Actor, ref: str, reason: str) -> Outcome:
        """Take back that a task was done."""
        from workflow_core.engine import tasking

        return tasking.undo_task(self.runtime, actor, ref, reason)

    def skip_task(self, actor: Actor, ref: str, reason: str) -> Outcome:
        """Leave a task undone, with a reason."""
        from workflow_core.engine import tasking

        return tasking.skip_task(self.runtime, actor, ref, reason)

    def claim_task(self, actor: Actor, ref: str) -> Outcome:
        """Lay a task on one's own desk."""
        from workflow_core.engine import handing

        return handing.claim_task(self.runtime, actor, ref)

    def assign_task(self, actor: Actor, ref: str, login: str | None) -> Outcome:
        """Lay a task on somebody's desk; None: back on the role's."""
        from workflow_core.engine import handing

        return handing.assign_task(self.runtime, actor, ref, login)

    def hand_over(self, actor: Actor, from_login: str, to_login: str) -> list[str]:
        """Lay all that waits on one desk on another; the tasks' references."""
        from workflow_core.engine import handing

        return handing.hand_over(self.runtime, actor, from_login, to_login)

    def add_task(self, actor: Actor, ref: str, title: str, role: str, due: date | None = None) -> Outcome:
        """Add a task that no program foresaw."""
        from workflow_core.engine import tasking

        return tasking.add_task(self.runtime, actor, ref, title, role, due)

    def asks(self, actor: Actor, ref: str, *, transition: str | None = None, task: str | None = None) -> dict[str, tuple[type[Any], str]]:
        """What a transition or a task asks now: for each name the form and the field that describe it. Empty: nothing is asked."""
        from workflow_core.engine import advancing, asking, tasking
        from workflow_core.engine.clockwork import catch_up

        case, which = (ref, "") if task is None else tasking.split_ref(task)
        with self.runtime.db.read() as tx:
            work = self.runtime.work(tx, case, actor)
            now = max(self.runtime.clock.now(), work.last_at)
            catch_up(work, now)  # as the step itself would: the clock may not have had its turn yet
            if transition is not None:
                found: list[Transition[Any, Any, Any]] = advancing.candidates(work, transition)
                return asking.asked_fields(found[0], work.workflow.record)
            # by number whatever its state: what a task asks may be looked at when it is done, or when the clock has not had its turn
            row = work.state.tasks.get(int(which)) if which.isdigit() else None
            row = row or tasking.find_row(work, which, now)
            defined = work.task_of(row)
            return {} if defined is None else asking.asked_fields(defined, work.workflow.record)

    # -- Looking

    def show(self, actor: Actor, ref: str) -> CaseShown:
        """One case; the look is recorded."""
        return reading.show(self.runtime, actor, ref)

    def history(self, actor: Actor, ref: str) -> tuple[list[dict[str, Any]], Titles]:
        """Every event of a case, and the titles to tell it with."""
        return reading.history(self.runtime, actor, ref)

    def cases(self, actor: Actor, **which: Any) -> list[CaseRow]:
        """Cases in scope; see ``reading.list_cases``."""
        return reading.list_cases(self.runtime, actor, **which)

    def inbox(self, actor: Actor, *, role: str | None = None, township: str | None = None, mine: bool = False, limit: int = 200) -> list[InboxRow]:
        """What waits; see ``waiting_rows.inbox``."""
        return waiting_rows.inbox(self.runtime, actor, role=role, township=township, mine=mine, limit=limit)

    # -- Papers

    def draft(self, actor: Actor, ref: str, document: str) -> Outcome:
        """Draft a paper by hand."""
        from workflow_core.engine import papering

        return papering.draft(self.runtime, actor, ref, document)

    def sign(self, actor: Actor, paper: str, *, confirm: str = "", expect: int | None = None) -> Outcome:
        """Sign a paper: it gets its number, and is kept as it is."""
        from workflow_core.engine import papering

        return again(self.runtime.db, lambda: papering.sign(self.runtime, actor, paper, confirm=confirm, expect=expect))

    def serve(self, actor: Actor, paper: str, receipt: Receipt, *, reason: str = "", scan: Path | None = None) -> Outcome:
        """Enter the receipt of a paper, or correct it."""
        from workflow_core.engine import papering

        return again(self.runtime.db, lambda: papering.serve(self.runtime, actor, paper, receipt, reason=reason, scan=scan))

    def answer(self, actor: Actor, paper: str, text: str, on: date | None = None) -> Outcome:
        """Write down how a served paper was answered."""
        from workflow_core.engine import papering

        return papering.answer(self.runtime, actor, paper, text, on)

    def void(self, actor: Actor, paper: str, reason: str) -> Outcome:
        """Void a paper; its number stays taken."""
        from workflow_core.engine import papering

        return papering.void(self.runtime, actor, paper, reason)

    def papers(self, actor: Actor, ref: str) -> list[PaperShown]:
        """The papers of a case."""
        from workflow_core.engine import paper_looks

        return paper_looks.listed(self.runtime, actor, ref)

    def paper(self, actor: Actor, paper: str) -> PaperShown:
        """One paper, and whether it is as it was signed."""
        from workflow_core.engine import paper_looks

        return paper_looks.show(self.runtime, actor, paper)

    def pages(self, actor: Actor, refs: Sequence[str], *, purpose: str = "print") -> list[tuple[str, str]]:
        """Papers as pages to print; each look is recorded."""
        from workflow_core.engine import paper_pages

        return paper_pages.pages(self.runtime, actor, refs, purpose=purpose)

    def word(self, actor: Actor, paper: str, *, purpose: str = "print") -> tuple[str, bytes]:
        """A paper in the office's own Word file; the look is recorded."""
        from workflow_core.engine import paper_pages

        return paper_pages.word(self.runtime, actor, paper, purpose=purpose)

    def listing(self, actor: Actor, program: str, name: str, *, division: str | None = None, unmasked: bool = False, purpose: str = "") -> Listed:
        """A ledger, drawn up; see ``listing.draw_up``."""
        from workflow_core.engine import ledgers

        return ledgers.ledger(self.runtime, actor, program, name, division=division, unmasked=unmasked, purpose=purpose)

    def on_file(self, actor: Actor, program: str, child: str, what: str, *, unmasked: bool = False, purpose: str = "") -> OnFile:
        """What a program's facts tell of a child; the look is recorded. See ``sights.on_file``."""
        from workflow_core.engine import sights

        return sights.on_file(self.runtime, actor, program, child, what, unmasked=unmasked, purpose=purpose)

    # -- Sheets

    def run_import(self, actor: Actor, program: str, path: str | Path, *, division: str, **how: Any) -> ImportReport:
        """Feed a program's sheet in; see ``importing.run_import``."""
        from workflow_core.engine import importing

        return importing.run_import(self.runtime, actor, program, path, division=division, **how)

    def sheets(self) -> list[tuple[str, Import[Any], Layout]]:
        """The sheets that the programs at hand take: the program, the import, and the table it looks for."""
        from workflow_core.engine.import_rows import layout_of

        return [(program.name, one, layout_of(one)) for program in self.runtime.registry.programs.values() for one in program.imports]

    # -- Consents

    def give_consent(self, actor: Actor, child: str, consent: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
        """Record that a guardian consented, and let the cases go on that waited for it; see ``consenting.give``."""
        from workflow_core.engine import consenting

        return consenting.give(self.runtime, actor, child, consent, saying, evidence=evidence)

    def refuse_consent(self, actor: Actor, child: str, consent: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
        """Record that a guardian, or the child, refused."""
        from workflow_core.engine import consenting

        return consenting.refuse(self.runtime, actor, child, consent, saying, evidence=evidence)

    def withdraw_consent(self, actor: Actor, child: str, consent: str, saying: Saying, *, evidence: Path | None = None) -> Recorded:
        """Record that a guardian, or the child, withdrew; stop what rests on it, and say what was stopped."""
        from workflow_core.engine import consenting

        return consenting.withdraw(self.runtime, actor, child, consent, saying, evidence=evidence)

    def attest_consents(self, actor: Actor, consent: str, lines: Iterable[str], notice: str, *, division: str, **how: Any) -> list[Attested]:
        """Attest signed consents on paper for a list of children (references or ID numbers); see ``attesting.attest``."""
        from workflow_core.engine import attesting

        return attesting.attest(self.runtime, actor, consent, lines, notice, division=division, **how)

    def consents_of(self, actor: Actor, child: str) -> list[Stands]:
        """How every purpose stands for a child, with all that was said of it."""
        from workflow_core.engine import consenting

        return consenting.of_child(self.runtime, actor, child)

    def consents_in(self, actor: Actor, consent: str, division: str) -> list[tuple[dict[str, Any], Stands]]:
        """How one purpose stands for the children of a division for whom anything was said of it."""
        from workflow_core.engine import consenting

        return consenting.of_division(self.runtime, actor, consent, division)

    # -- One decision over many

    def plan(self, actor: Actor, program: str, batch: str, given: Mapping[str, object] | None = None, **how: Any) -> Planned:
        """Plan a batch and store the plan; see ``batching.plan``."""
        from workflow_core.engine import batching

        return batching.plan(self.runtime, actor, program, batch, given or {}, **how)

    def run_plan(self, actor: Actor, ref: str, *, progress: Callable[[int], None] | None = None) -> Planned:
        """Carry a plan out, or what is left of it; see ``batching.run``."""
        from workflow_core.engine import batching

        return batching.run(self.runtime, actor, ref, progress=progress)

    def run_batch(self, actor: Actor, program: str, batch: str, given: Mapping[str, object] | None = None, **how: Any) -> Planned:
        """Plan a batch and carry it out, or take up the plan that was left off; see ``batching.plan_and_run``."""
        from workflow_core.engine import batching

        return batching.plan_and_run(self.runtime, actor, program, batch, given or {}, **how)

    def survey(self, actor: Actor, program: str, batch: str, given: Mapping[str, object] | None = None, **how: Any) -> AbstractContextManager[Any]:
        """What a batch would be planned from now, and its input; see ``batching.surveyed``."""
        from workflow_core.engine import batching

        return batching.surveyed(self.runtime, actor, program, batch, given or {}, **how)

    def drop_plan(self, actor: Actor, ref: str) -> Planned:
        """Leave a plan undone."""
        from workflow_core.engine import batching

        return batching.drop(self.runtime, actor, ref)

    def shown_plan(self, actor: Actor, ref: str) -> Planned:
        """One plan with its decisions."""
        from workflow_core.engine import plan_views

        return plan_views.show(self.runtime, actor, ref)

    def plans(self, actor: Actor, *, program: str | None = None, open_only: bool = False) -> list[Planned]:
        """The plans in scope."""
        from workflow_core.engine import plan_views

        return plan_views.listed(self.runtime, actor, program=program, open_only=open_only)

    def enter_row(self, actor: Actor, program: str, subject: str, given: Mapping[str, object], **how: Any) -> ImportReport:
        """Enter at a desk what a row of a program's sheet would bring; see ``entering.enter_row``."""
        from workflow_core.engine import entering

        return entering.enter_row(self.runtime, actor, program, subject, given, **how)

    # -- Many at once

    def each(self, items: Iterable[T], step: Callable[[T], R], *, per_commit: int = bulk.PER_COMMIT) -> Iterator[tuple[T, R | CareError]]:
        """Do a step for each of many, a few hundred in one commit; see ``bulk.each``."""
        return bulk.each(self.runtime, items, step, per_commit=per_commit)

    # -- The clock

    def tick(self, *, limit: int | None = None, stop: Callable[[], bool] = lambda: False) -> TickReport:
        """Let time do its work up to now; see ``ticking.tick``."""
        from workflow_core.engine import ticking

        return ticking.tick(self.runtime, limit=limit, stop=stop)

    def deliver(self, *, most: int = 50) -> tuple[int, int]:
        """Deliver messages, and effects on other cases that a process left behind; see ``delivering.deliver``, ``letters.deliver_waiting``."""
        from workflow_core.engine import delivering, letters

        done, not_done = letters.deliver_waiting(self.runtime, most=most)
        sent, failed = delivering.deliver(self.runtime, most=most)
        return done + sent, not_done + failed
