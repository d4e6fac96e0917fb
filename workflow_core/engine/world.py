"""What a step reads outside its own case: policy, calendar, the subject's file, observations. Read when asked for, once per transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workflow_core.access import consents
from workflow_core.definition import Child, Consent, Division, Fact, Observed, Program, Referral, Volunteer
from workflow_core.definition.upgrades import former_papers
from workflow_core.inputs import decode_value
from workflow_core.records import calendar, enabling
from workflow_core.registry import Registry
from workflow_core.store import consents as said_rows
from workflow_core.store import facts, holds, registers
from workflow_core.store.database import Row, Tx

if TYPE_CHECKING:
    from workflow_core.definition import Workflow
    from workflow_core.engine.among import Neighbours
    from workflow_core.engine.state import CaseState
    from workflow_core.store.cases import Loaded


class World:
    """The office around a case, inside one transaction."""

    looks_every = 1
    """So many days lie between two looks at conditions that the passing of time alone may change; more only in a simulation."""

    def __init__(self, tx: Tx, registry: Registry) -> None:
        self.tx = tx
        self.registry = registry
        self._policies: dict[tuple[str, str], enabling.PolicyHistory[Any]] = {}
        self._calendars: dict[str, calendar.Calendar] = {}
        self._children: dict[str, Child] = {}
        self._volunteers: dict[str, Volunteer] = {}
        self._divisions: dict[str, Division] = {}
        self._consents: dict[str, list[Row]] = {}
        self._facts: dict[str, dict[str, list[Observed[Any]]]] = {}
        self._neighbours: Neighbours | None = None
        self._left_behind: dict[str, frozenset[str]] = {}
        self.as_moved: Callable[[Loaded], tuple[Workflow[Any, Any], CaseState]] | None = None
        """While cases are upgraded: how one that waits for it is seen by the others."""
        self._entries: dict[str, list[Row]] = {}
        self._running: dict[tuple[str, str, date], bool] = {}

    def program(self, name: str) -> Program[Any]:
        """An installed program.

        :raises NotFound: ``program_unknown``: it is not installed, or failed to load.
        """
        return self.registry.program(name)

    def paper_names(self, program: str, name: str) -> frozenset[str]:
        """The names that a paper bears, and bore in older versions of its program."""
        return former_papers(self.program(program), name) | {name}

    def left_behind(self, program: str) -> frozenset[str]:
        """The digests of a program's definitions on which cases may run that wait for an upgrade; most often there is none."""
        if program not in self._left_behind:
            from workflow_core.engine.versions import left_behind

            self._left_behind[program] = left_behind(self.tx, self.program(program))
        return self._left_behind[program]

    def policy(self, program: str, division: str, at: datetime) -> Any:
        """The policy in force there at that instant."""
        return self._history(program, division).at(at)

    def policy_said(self, program: str, division: str, at: datetime) -> Mapping[str, Any]:
        """What was said of it there at that instant, beside the program's own values."""
        return self._history(program, division).said(at)

    def runs(self, program: str, division: str, on: date) -> bool:
        """Whether new cases of a program may be opened in a division on a day."""
        key = (program, division, on)
        if key not in self._running:
            self._running[key] = enabling.in_force(self.tx, program, division, on)
        return self._running[key]

    def calendar(self, division: str) -> calendar.Calendar:
        """The calendar that holds in a division."""
        if division not in self._calendars:
            self._calendars[division] = calendar.load(self.tx, division, ask=self.registry.calendar)
        return self._calendars[division]

    def child(self, person_id: str) -> Child:
        """What a program may read of a child."""
        if person_id not in self._children:
            self._children[person_id] = facts.child(self.tx, person_id)
        return self._children[person_id]

    def volunteer(self, person_id: str) -> Volunteer:
        """What a program may read of a volunteer."""
        if person_id not in self._volunteers:
            self._volunteers[person_id] = facts.volunteer(self.tx, person_id)
        return self._volunteers[person_id]

    def forget_child(self, person_id: str) -> None:
        """Reads the child anew when it is asked for again: its file was changed in this transaction."""
        self._children.pop(person_id, None)

    def read_volunteers(self, ids: Sequence[str]) -> None:
        """Read many volunteers at once, as ``read_children`` does."""
        unread = [one for one in dict.fromkeys(ids) if one not in self._volunteers]
        if unread:
            self._volunteers |= facts.volunteers(self.tx, unread)

    def somebody(self, kind: str, person_id: str) -> Any:
        """A party that is no case, by the name of its kind: a child, a volunteer, a division."""
        if kind == "child":
            return self.child(person_id)
        if kind == "volunteer":
            return facts.volunteer(self.tx, person_id)
        return self.division(person_id)

    @property
    def neighbours(self) -> Neighbours:
        """What has been read of the cases around those at hand."""
        if self._neighbours is None:
            from workflow_core.engine import among

            self._neighbours = among.Neighbours()
        return self._neighbours

    def forget_cases(self) -> None:
        """Reads the cases around, and what was observed, anew when they are asked for again: a case was written in this transaction, or undone."""
        self._neighbours = None
        self._facts = {}
        self._entries = {}

    def entries(self, case_id: str) -> Sequence[Row]:
        """All entries of a case's registers, in the order in which they were written."""
        if case_id not in self._entries:
            self.read_entries([case_id])
        return self._entries[case_id]

    def read_entries(self, ids: Sequence[str]) -> None:
        """Read those of many cases at once, before they are asked for one by one."""
        missing = [one for one in dict.fromkeys(ids) if one not in self._entries]
        if missing:
            self._entries |= registers.of_cases(self.tx, missing)

    def forget_entries(self, case_id: str) -> None:
        """Reads them anew when they are asked for again: something was entered in this transaction."""
        self._entries.pop(case_id, None)

    def division(self, code: str) -> Division:
        """A division by its code."""
        if code not in self._divisions:
            self._divisions[code] = facts.division(self.tx, code)
        return self._divisions[code]

    def read_children(self, ids: Sequence[str]) -> None:
        """Read many children at once, so that none is read by itself when it is asked for.

        :param ids: some hundreds at most.
        """
        unread = [one for one in dict.fromkeys(ids) if one not in self._children]
        if unread:
            self._children |= facts.children(self.tx, unread)

    def without_today(self, ids: Collection[str]) -> None:
        """Let nothing be seen of these children but who they are: another township keeps their files now, and what these say today is its own."""
        for one in ids:
            child = self.child(one)
            self._children[one] = Child(
                child.ref, child.born_on, child.sex, child.provisional, school="", grade=None, village="", boards=None, left_behind="", hardship=(),
                guardian_kin="",
            )  # fmt: skip

    def observed(self, person_id: str, fact: Fact[Any], since: date | None) -> Sequence[Observed[Any]]:
        """What is known of a person under a fact's name, oldest first."""
        if person_id not in self._facts:
            self._facts[person_id] = facts.all_observed(self.tx, person_id)
        known = self._facts[person_id].get(fact.name, ())
        return [replace(one, value=decode_value(fact.type, one.value)) for one in known if since is None or one.on >= since]

    def consented(self, person_id: str, program: str, consent: Consent, on: date, *, since: date | None = None) -> bool:
        """Whether a child's data may be used for a purpose on a day; with ``since`` by what was said from that day on."""
        said = self.said_for(person_id)
        return consents.holds(said if since is None else [one for one in said if one["said_on"] >= since.isoformat()], program, consent, on)

    def said_for(self, person_id: str) -> Sequence[Row]:
        """All that was consented to, refused and withdrawn for a child."""
        if person_id not in self._consents:
            self.read_consents([person_id])
        return self._consents[person_id]

    def read_consents(self, people: Collection[str]) -> None:
        """Reads for many children at once, before they are asked for one by one."""
        missing = [one for one in people if one not in self._consents]
        if missing:
            self._consents |= said_rows.of(self.tx, missing)

    def forget_consents(self, person_id: str) -> None:
        """Reads anew when it is asked for again: something was recorded in this transaction."""
        self._consents.pop(person_id, None)

    def referrals(self, case_id: str, program: str) -> Sequence[Referral]:
        """What became of what a case referred to a program."""
        return facts.referrals(self.tx, case_id, program)

    def used(self, program: str, limit: str, key: str) -> int:
        """How many places of a limit are taken, as the database has it."""
        return holds.used(self.tx, program, limit, key)

    def shares(self, program: str, limit: str, key: str, once: str) -> bool:
        """Whether a place of a limit is taken already under that word."""
        return holds.shared(self.tx, program, limit, key, once)

    def _history(self, program: str, division: str) -> enabling.PolicyHistory[Any]:
        key = (program, division)
        if key not in self._policies:
            self._policies[key] = enabling.policy_history(self.tx, self.program(program), division)
        return self._policies[key]
