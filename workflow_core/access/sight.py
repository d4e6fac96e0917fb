"""Who may see which personal field whole: one table of roles and fields, and what follows from it for somebody who asks. Pure.

Least privilege (个人信息保护法 art. 6, 28, 51; 未成年人网络保护条例 art. 36): what a role does not need for its work stays masked
for it, with a purpose or without. The table is the documentation too: ``docs/reference/roles.md`` is made from it.
Nothing is seen whole without a purpose that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from workflow_core.access.grants import ADMIN, Actor
from workflow_core.definition import CHILD_DIRECTOR, CIVIL_AFFAIRS, CLINIC, COUNTY_OFFICE, EDUCATION, POLICE, SCHOOL, SUPERVISOR
from workflow_core.errors import Misused, NotPermitted, Problem
from workflow_core.i18n import N_
from workflow_core.nearest import nearest

PurposeKind: TypeAlias = Literal["one", "many"]
"""``one``: one person's file, opened for a purpose. ``many``: a list that leaves the office, of which copies can go on."""

FIELDS: dict[str, str] = {
    "name": N_("Name"),
    "national_id": N_("ID number"),
    "phone": N_("Telephone"),
    "address": N_("Address"),
    "guardian": N_("Guardian"),
    "guardian_phone": N_("Guardian's telephone"),
    "father": N_("Father"),
    "father_phone": N_("Father's telephone"),
    "mother": N_("Mother"),
    "mother_phone": N_("Mother's telephone"),
    "guardian_workplace": N_("Where the guardian works"),
    "father_workplace": N_("Where the father works"),
    "mother_workplace": N_("Where the mother works"),
    "note": N_("Note"),
}
"""The personal fields of a file, each masked by ``masking.MASKS``, and their titles. ``phone`` is a volunteer's own; a child's is its guardian's."""

PARTY = "party"
"""Whoever has no role there, and is a party of an open case about the child: a proxy parent. A grant for one's own cases counts as this and no more."""


@dataclass(frozen=True)
class Sight:
    """The fields that a role may see whole.

    :param one: of one person's file; :param many: in a list that leaves the office.
    """

    one: frozenset[str] = frozenset()
    many: frozenset[str] = frozenset()

    def of(self, kind: PurposeKind) -> frozenset[str]:
        """The fields for one kind of purpose."""
        return self.one if kind == "one" else self.many


_ALL = frozenset(FIELDS)
_NAMED = frozenset({"name"})
_CALLED = frozenset({"name", "guardian", "guardian_phone"})
_FOUND = frozenset({"name", "national_id", "address", "guardian", "guardian_phone"})

SIGHTS: Mapping[str, Sight] = {
    CHILD_DIRECTOR.name: Sight(_ALL, _ALL),  # keep the files of their village and township: they enter and correct every field
    SUPERVISOR.name: Sight(_ALL, _ALL),
    SCHOOL.name: Sight(_CALLED, _CALLED),  # knows its pupils by name, and calls the guardian
    CLINIC.name: Sight(_NAMED, _NAMED),  # whom it examines; birth date and sex are never masked
    COUNTY_OFFICE.name: Sight(_FOUND, _NAMED),  # decides single cases, up to the court; its lists are for overview
    EDUCATION.name: Sight(_CALLED | {"national_id"}, _NAMED),  # tells one pupil's register entry from another's
    CIVIL_AFFAIRS.name: Sight(_FOUND, _NAMED),  # pays, and looks after, by household
    POLICE.name: Sight(_FOUND),  # finds one child; takes no list out
    PARTY: Sight(frozenset({"name", "guardian_phone"})),  # what pairing needs, and nothing else
    ADMIN.name: Sight(),  # administering is not the work itself
}
"""What each role sees whole of those in its scope. A role that is missing here sees nothing whole, but what its program says (``Role.sees_whole``)."""

PARTY_SHOWN = frozenset({"ref", "name", "sex", "born_on", "school", "grade", "guardian", "guardian_phone", "status", "version", "division", "provisional"})
"""What a party reads of a child's file at all, masked as for everybody: the rest of it is left empty."""


def whole(actor: Actor, kind: PurposeKind, *, division: str, place_id: str | None = None, party: bool = False) -> frozenset[str]:
    """The personal fields that somebody may see whole of a person who lies there.

    :param division: of the person's file; :param place_id: of its school. :param party: whether he is a party of an open case about that person.
    """
    if actor.every_role and actor.sees(division=division, place_id=place_id):
        return _ALL
    found = frozenset[str]().union(*(_of(actor, role, kind) for role in roles_over(actor, division=division, place_id=place_id)))
    return found | SIGHTS[PARTY].of(kind) if party else found


def roles_over(actor: Actor, *, division: str, place_id: str | None = None) -> frozenset[str]:
    """The roles by which somebody sees a file that lies there, in whichever program he holds them: a child's file serves them all."""
    return frozenset(grant.role for grant in actor.grants if grant.scope_kind != "own" and grant.covers(division, place_id, False))


def most(actor: Actor, kind: PurposeKind) -> frozenset[str]:
    """The fields that somebody may see whole of anybody at all: what a list can hold unmasked."""
    if actor.every_role and actor.grants:
        return _ALL
    return frozenset[str]().union(*(_of(actor, grant.role, kind) for grant in actor.grants if grant.scope_kind != "own"))


def _of(actor: Actor, role: str, kind: PurposeKind) -> frozenset[str]:
    standard = SIGHTS.get(role)
    return standard.of(kind) if standard is not None else frozenset(actor.further.get(role, ())) & _ALL


def who_sees(fields: Iterable[str], kind: PurposeKind) -> list[str]:
    """The standard roles that may see all of these fields whole, for a hint."""
    wanted = frozenset(fields)
    return [role for role, sight in SIGHTS.items() if wanted <= sight.of(kind) and role != PARTY]


def known(fields: Sequence[str]) -> None:
    """See that these are personal fields of a file.

    :raises Misused: ``fields_unknown``, with each that is none.
    """
    wrong = [one for one in dict.fromkeys(fields) if one not in FIELDS]
    if wrong or not fields:
        problems = []
        for one in wrong:
            meant = nearest(one, FIELDS)
            hint = N_("did you mean {close}?") if meant else ""  # the refusal itself lists them
            values = {"close": meant or ""}
            problems.append(Problem("field_unknown", N_("no field of this name is masked"), one, hint, values))
        raise Misused("fields_unknown", N_("which fields? Some are none"), hint=N_("the fields are: {known}"), problems=problems, known=", ".join(FIELDS))


def not_whole(fields: Sequence[str], child: str = "", *, kind: PurposeKind = "one", approved: Mapping[str, Sequence[str]] | None = None) -> NotPermitted:
    """The refusal to show fields whole.

    :param child: the reference of the file; empty for a list. :param approved: by reference, what the approvals cover under which the file is shown.
    """
    if child and approved:
        covers = "; ".join(f"{ref}: {', '.join(covered) or '-'}" for ref, covered in approved.items())
        return NotPermitted(
            "not_seen_whole",
            N_("no role of yours there and no approval covers this: {fields}"),
            hint=N_("what is approved to be seen whole is {covers}; ask for more: care access request --child {child} --fields {fields} --purpose …"),
            fields=", ".join(fields),
            covers=covers,
            child=child,
        )
    hint = N_("these roles do: {roles}; or ask for it: care access request --child {child} --fields {fields} --purpose …")
    return NotPermitted(
        "not_seen_whole",
        N_("no role of yours sees this whole: {fields}"),
        hint=hint if child else N_("these roles do: {roles}; or leave out --unmasked"),
        fields=", ".join(fields),
        roles=", ".join(who_sees(fields, kind)) or "-",
        child=child,
    )
