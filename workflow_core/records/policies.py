"""How a program runs in a division: its policy, as differences, dated and inherited field by field.

A division's row holds what was said there and nothing else. What is in force for a township is the program's default, overlaid with what the
province, the city, the county and the township said. A field that was said stays so, also when an upgrade changes the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workflow_core.clock import day_begins, stamp, unstamp
from workflow_core.definition import Program, form_fields
from workflow_core.errors import Misused, Problem
from workflow_core.i18n import N_
from workflow_core.inputs import decode, encode_value, validate_some
from workflow_core.records import divisions
from workflow_core.records.divisions import ancestors
from workflow_core.store import canonical, journal
from workflow_core.store import enabling as rows
from workflow_core.store.database import Tx

if TYPE_CHECKING:
    from workflow_core.access.grants import Actor

P = TypeVar("P")
_NEVER = "9999"
"""Past every stored instant."""
_ADMIN = "admin"


@dataclass(frozen=True)
class PolicyLine:
    """One field of a policy in a division.

    :param value: what is in force there; :param default: the program's.
    :param inherited: what would be in force if the division itself said nothing: its county's, as a rule.
    :param from_division: whose word it is; empty for the program's default.
    """

    name: str
    label: str
    value: object
    default: object
    inherited: object
    from_division: str

    @property
    def differs_from_default(self) -> bool:
        """Whether it is not the program's default."""
        return self.value != self.default

    @property
    def differs_from_above(self) -> bool:
        """Whether it is not what would be inherited."""
        return self.value != self.inherited


@dataclass(frozen=True)
class PolicyShown:
    """The policy of a division on a day, field by field.

    :param own_since: from when the division's own row holds; None where it has none.
    """

    program: str
    division: str
    lines: tuple[PolicyLine, ...]
    own_since: datetime | None

    def differences(self) -> tuple[PolicyLine, ...]:
        """What is not the program's default."""
        return tuple(line for line in self.lines if line.differs_from_default)


@dataclass(frozen=True)
class PolicyChange:
    """What setting a policy did.

    :param changed: name -> (what was in force there, what is).
    :param since: from when it holds; :param later: when rows dated later set the division's own values anew.
    """

    changed: Mapping[str, tuple[object, object]]
    shown: PolicyShown
    since: datetime
    later: tuple[datetime, ...]


def policy_in_force(tx: Tx, program: Program[P], division: str, on: date) -> P:
    """The policy of a program in a division on a day.

    :raises Damaged: a stored value cannot be read.
    """
    merged: dict[str, Any] = {}
    for _, said in _said(tx, program.name, division, day_begins(on + timedelta(days=1))):
        merged |= said
    return decode(program.policy, merged)


class PolicyHistory(Generic[P]):
    """The policy of a program in a division through time: read once, asked for any instant."""

    def __init__(self, program: Program[P], line: Sequence[str], said: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
        self._program = program
        self._line = line
        self._said = said
        self._known: dict[int, tuple[dict[str, Any], P]] = {}

    def at(self, instant: datetime) -> P:
        """The policy in force at an instant: what is said today holds from that moment, not for the morning before it.

        :raises Damaged: a stored value cannot be read.
        """
        return self._held(instant)[1]

    def said(self, instant: datetime) -> Mapping[str, Any]:
        """What differs from the program's own policy by somebody's word at an instant, as stored: what an event keeps."""
        return self._held(instant)[0]

    def _held(self, instant: datetime) -> tuple[dict[str, Any], P]:
        limit = stamp(instant)
        begun = sum(since <= limit for since, _, _ in self._said)
        if begun not in self._known:
            latest = {division: values for _, division, values in self._said[:begun]}
            merged: dict[str, Any] = {}
            for code in reversed(self._line):
                merged |= latest.get(code, {})
            self._known[begun] = merged, decode(self._program.policy, merged)
        return self._known[begun]


def policy_history(tx: Tx, program: Program[P], division: str) -> PolicyHistory[P]:
    """All that was ever said of a policy for a division, there and above it."""
    line = (division, *ancestors(division))
    found = rows.policies(tx, program.name, line, _NEVER)
    return PolicyHistory(program, line, [(row["since"], row["division"], canonical.load(row["values_json"])) for row in found])


def _said(tx: Tx, program: str, division: str, before: datetime) -> list[tuple[str, dict[str, Any]]]:
    """What each division in the line said, widest first, by the rows that began before an instant."""
    line = (division, *ancestors(division))
    latest = {row["division"]: row["values_json"] for row in rows.policies(tx, program, line, stamp(before))}
    return [(code, canonical.load(latest[code])) for code in reversed(line) if code in latest]


def policy_show(tx: Tx, program: Program[Any], division: str, on: date) -> PolicyShown:
    """The policy of a division on a day, beside the program's default and what it inherits.

    :raises NotFound: ``division_unknown``.
    """
    code = divisions.get(tx, division).code
    before = day_begins(on + timedelta(days=1))
    return _shown(program, code, _said(tx, program.name, code, before), _own_since(tx, program.name, code, before))


def _own_since(tx: Tx, program: str, code: str, before: datetime) -> datetime | None:
    own = rows.policies(tx, program, (code,), stamp(before))
    return unstamp(own[-1]["since"]) if own else None


def _shown(program: Program[Any], code: str, line: Iterable[tuple[str, Mapping[str, Any]]], own_since: datetime | None) -> PolicyShown:
    """What the divisions of a line, widest first, make of a policy."""
    merged: dict[str, Any] = {}
    above: dict[str, Any] = {}
    source: dict[str, str] = {}
    for where, said in line:
        if where != code:
            above |= said
        merged |= said
        source |= dict.fromkeys(said, where)
    value, inherited, default = (decode(program.policy, one) for one in (merged, above, {}))
    lines = tuple(
        PolicyLine(name, field.asked.label, getattr(value, name), getattr(default, name), getattr(inherited, name), source.get(name, ""))
        for name, field in form_fields(program.policy).items()
    )
    return PolicyShown(program.name, code, lines, own_since)


def policy_set(
    tx: Tx,
    program: Program[Any],
    division: str,
    given: Mapping[str, object],
    *,
    unset: Iterable[str] = (),
    actor: Actor,
    now: datetime,
    since: date | None = None,
    dry_run: bool = False,
) -> PolicyChange:
    """Says fields of a policy in a division, from a day on (from now where none is said); the rest it said before stays.

    :param given: raw values by field, checked by the program's policy form.
    :param unset: fields about which the division says nothing any more: they are inherited again.
    :raises Misused: ``input_invalid``, with a problem for each field; ``policy_empty``: nothing was said.
    :raises NotFound: ``division_unknown``.
    :raises NotPermitted: the actor is no administrator there.
    """
    code = divisions.get(tx, division).code
    actor.require(_ADMIN, division=code, program=program.name, doing=N_("set a policy"))
    names = list(unset)
    values = _checked(program.policy, given, names)
    if not values and not names:
        raise Misused("policy_empty", N_("nothing was said about the policy"), hint=N_("name fields: --set days=7, or --unset days"))
    begins = now if since is None else day_begins(since)
    just_after = begins + timedelta(microseconds=1)
    line = _said(tx, program.name, code, just_after)
    own = dict(line).get(code, {})
    said = {name: value for name, value in own.items() if name not in names}
    said |= {name: encode_value(program.policy, name, value) for name, value in values.items()}
    own_since = _own_since(tx, program.name, code, just_after)
    before = _shown(program, code, line, own_since)
    after = _shown(program, code, [*((where, what) for where, what in line if where != code), (code, said)], own_since if said == own else begins)
    if said != own and not dry_run:
        row = {"program": program.name, "division": code, "since": stamp(begins), "values_json": canonical.dump(said), "by": actor.login, "at": stamp(now)}
        rows.set_policy(tx, row)
        what = {"program": program.name, "division": code, "since": stamp(begins), "before": own, "after": said}
        journal.append(tx, journal.account_stream(actor.account_id, now), actor.login, "policy_set", what, now, subject=program.name)
    changed = {
        new.name: (old.value, new.value)
        for old, new in zip(before.lines, after.lines, strict=True)
        if (old.value, old.from_division) != (new.value, new.from_division)
    }
    later = tuple(unstamp(text) for text in rows.later_policies(tx, program.name, code, stamp(begins)))
    return PolicyChange(changed, after, begins, later)


def _checked(policy: type[Any], given: Mapping[str, object], unset: Iterable[str]) -> dict[str, Any]:
    """What was given, checked; every problem of both at once."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    try:
        values = validate_some(policy, given)
    except Misused as wrong:
        problems += wrong.problems
    fields = form_fields(policy)
    for name in unset:
        if name not in fields:
            problems.append(Problem("field_unknown", N_("there is no such field"), name, N_("the fields are: {fields}"), {"fields": ", ".join(fields)}))
        elif name in values:
            problems.append(Problem("field_twice", N_("this field was given twice"), name))
    if problems:
        raise Misused("input_invalid", N_("{count} of the values given cannot be taken"), problems=problems, count=len(problems))
    return values
