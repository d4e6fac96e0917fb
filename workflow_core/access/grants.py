"""Who may do what, where: grants, and the actor of a command. Pure; nothing granted means nobody may."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workflow_core.definition import STANDARD_ROLES, SYSTEM, Role
from workflow_core.errors import NotPermitted
from workflow_core.i18n import N_, Label

ScopeKind: TypeAlias = Literal["division", "place", "own"]

ADMIN = Role("admin", "Administrator", level="county")
"""Enables programs, sets policies, grants any role within its scope. It does not do the work itself: that needs the roles."""

KEEPERS = frozenset({"child_director", "child_supervisor", "school", "county_office", "education_bureau", "civil_affairs"})
"""The roles that keep the files of children and volunteers and the list of places. A clinic, the police and the roles of programs read what their task needs,
and change no file (个人信息保护法 art. 6; 未成年人网络保护条例 art. 36: least privilege)."""

WHOLE_OFFICE = ""
"""The scope of a grant that holds everywhere."""

_ENGINE_ONLY = frozenset({"system", "automatic"})


@dataclass(frozen=True)
class Grant:
    """A role, given for a scope.

    :param scope: a division's code (its subtree; ``""`` the whole office; of one's own cases: those that lie there), or a place's id.
    :param program: only in this program; None: in all.
    :param since: an instant, as stored; :param until: the first instant at which it no longer holds; None: without end.
    :param stands_for: the login of whom a deputy stands in for; None: held in the own right.
    """

    role: str
    scope_kind: ScopeKind
    scope: str
    program: str | None
    since: str
    until: str | None
    stands_for: str | None = None

    def covers(self, division: str, place_id: str | None, assignee: bool) -> bool:
        """Whether its scope holds there.

        :param assignee: whether the case is the actor's own.
        """
        if self.scope_kind == "division":
            return division.startswith(self.scope)
        if self.scope_kind == "place":
            return place_id is not None and place_id == self.scope
        return assignee and division.startswith(self.scope)


@dataclass(frozen=True)
class Actor:
    """Whoever gives a command, with the grants that hold at its instant. Loaded once per command.

    :param training: the office is a training office.
    :param account_id: of the account; the journal's streams are named by it.
    :param person_id: of the volunteer that the account is; empty for anybody else. What a case asks of a party, its person may do there.
    :param further: what the programs' own roles among the grants see whole (``Role.sees_whole``), by role.
    :param every_role: the maker of a training office, speaking for himself: holds every role where he holds any.
    """

    login: str
    grants: tuple[Grant, ...]
    training: bool
    account_id: str = ""
    every_role: bool = False
    person_id: str = ""
    further: Mapping[str, frozenset[str]] = field(default_factory=dict, compare=False)

    def may(self, role: str, *, division: str, place_id: str | None = None, program: str | None = None, assignee: str | None = None) -> bool:
        """Whether the actor holds that role there.

        :param division: the code of what it is about; ``""`` for the whole office.
        :param program: the case's; None for what belongs to no program, for which a grant in one program is not enough.
        :param assignee: the login the case is assigned to: grants for one's own cases hold there.
        """
        return any(grant.covers(division, place_id, self._own(grant, assignee)) for grant in self._for(role, program))

    def stead(
        self,
        roles: Iterable[str] | None = None,
        *,
        division: str,
        place_id: str | None = None,
        program: str | None = None,
        assignee: str | None = None,
    ) -> str | None:
        """In whose stead the actor holds one of these roles there; None where he holds one in his own right, or none at all.

        :param roles: any where None.
        """
        if not self.stands_for:
            return None
        named = {one.role for one in self.grants} if roles is None else roles
        held = (grant for role in named for grant in self._for(role, program) if grant.covers(division, place_id, self._own(grant, assignee)))
        found = {grant.stands_for for grant in held}
        return None if None in found else min((one for one in found if one is not None), default=None)

    @property
    def stands_for(self) -> tuple[str, ...]:
        """The logins of those in whose stead the actor may act now."""
        return tuple(sorted({grant.stands_for for grant in self.grants if grant.stands_for is not None}))

    def roles_at(
        self,
        *,
        division: str,
        place_id: str | None = None,
        program: str | None = None,
        assignee: str | None = None,
        among: Iterable[str] | None = None,
    ) -> frozenset[str]:
        """The roles held there: those granted, or those of ``among`` that the actor may take (a training office's maker takes any)."""
        named = {grant.role for grant in self.grants} if among is None else set(among)
        return frozenset(role for role in named if self.may(role, division=division, place_id=place_id, program=program, assignee=assignee))

    def sees(self, *, division: str, place_id: str | None = None, program: str | None = None, assignee: str | None = None) -> bool:
        """Whether any grant covers it. Without a program, grants in any program count: a child's file serves them all."""
        return any(grant.covers(division, place_id, self._own(grant, assignee)) for grant in self.grants if program is None or grant.program in (None, program))

    def divisions(self, role: str | None = None, program: str | None = None) -> tuple[str, ...]:
        """The codes of the subtrees in scope, for lists; none lies in another. ``""`` is the whole office."""
        codes = sorted({grant.scope for grant in self._listed(role, program) if grant.scope_kind == "division"})
        return tuple(code for n, code in enumerate(codes) if not any(code.startswith(wider) for wider in codes[:n]))

    def places(self, role: str | None = None, program: str | None = None) -> tuple[str, ...]:
        """The ids of the places in scope."""
        return tuple(sorted({grant.scope for grant in self._listed(role, program) if grant.scope_kind == "place"}))

    def owns(self, role: str | None = None, program: str | None = None) -> bool:
        """Whether a grant covers the cases assigned to the actor."""
        return any(grant.scope_kind == "own" for grant in self._listed(role, program))

    def require(self, role: str, *, division: str, program: str | None = None, doing: str) -> None:
        """See that the actor holds a role there.

        :param doing: a msgid, what was asked for.
        :raises NotPermitted: ``not_permitted``.
        """
        if not self.may(role, division=division, program=program):
            raise NotPermitted(
                "not_permitted",
                N_("you may not: {doing} (division {division})") if division else N_("you may not: {doing} (in the whole office)"),
                hint=N_("it needs the role {role}; see what you hold: care account show"),
                doing=Label(doing),
                division=division or "*",
                role=role,
            )

    def _for(self, role: str, program: str | None) -> Iterator[Grant]:
        every = self.every_role and role not in _ENGINE_ONLY
        return (grant for grant in self.grants if (grant.role == role or (every and grant.stands_for is None)) and grant.program in (None, program))

    def _own(self, grant: Grant, assignee: str | None) -> bool:
        """Whether a case laid on that account is one of the grant's own cases: the actor's, or those of whom he stands in for."""
        return assignee is not None and assignee == (grant.stands_for or self.login)

    def _listed(self, role: str | None, program: str | None) -> Iterator[Grant]:
        every = self.every_role and role not in _ENGINE_ONLY
        return (grant for grant in self.grants if (role is None or every or grant.role == role) and (program is None or grant.program in (None, program)))


SYSTEM_ACTOR = Actor(SYSTEM.name, (Grant(SYSTEM.name, "division", WHOLE_OFFICE, None, "", None),), training=False, account_id=SYSTEM.name)
"""The clock, and what follows from an import: sees everything, and holds no role that a person holds."""


def known_roles(programs: Iterable[Iterable[Role]] = ()) -> dict[str, Role]:
    """The roles that can be granted, by name: the administrator, the standard roles, and those of programs."""
    found = {role.name: role for role in (ADMIN, *STANDARD_ROLES)}
    for roles in programs:
        for role in roles:
            found.setdefault(role.name, role)
    return found
