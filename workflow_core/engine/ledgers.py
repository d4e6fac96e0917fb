"""A program's ledgers for whoever may see the cases in them; names are masked unless a purpose is given, and who took it out is recorded."""

from __future__ import annotations

from functools import partial

from workflow_core.access import approval, looks, masking, sight
from workflow_core.access.grants import Actor
from workflow_core.definition import Kind, Register
from workflow_core.engine import hiding
from workflow_core.engine.doers import roles_of
from workflow_core.engine.listing import Listed, draw_up, find_listing, workflow_listed
from workflow_core.engine.runtime import Runtime, not_permitted
from workflow_core.engine.world import World
from workflow_core.errors import CareError, NotPermitted
from workflow_core.i18n import N_
from workflow_core.records import child_views, divisions
from workflow_core.records.divisions import within
from workflow_core.store.server import session


def ledger(runtime: Runtime, actor: Actor, program: str, name: str, *, division: str | None = None, unmasked: bool = False, purpose: str = "") -> Listed:
    """Draw up one of a program's listings.

    :param division: only this one and those below it.
    :param unmasked: with whole names; needs a purpose, which is kept, and of many rows an approval.
    :raises NotPermitted: ``not_permitted``: entries of a register that only others may see. ``not_seen_whole``: a part of it lies where the actor may see no
        name whole in a list. :raises Misused: ``purpose_missing``, ``purpose_short``. :raises Refused: ``bulk_not_approved``, ``access_used_up``.
    :raises NotFound: ``listing_unknown``, ``division_unknown``. :raises NotPermitted: ``listing_elsewhere``: of a division that lies elsewhere.
    """
    owner = runtime.registry.program(program)
    listing = find_listing(owner, name)
    if unmasked:
        looks.said(purpose)
    scope: tuple[str, ...] = actor.divisions(program=program)
    places = actor.places(program=program)
    if division is not None:
        if not any(within(division, code) for code in scope):
            raise _elsewhere(runtime, actor, division)
        scope, places = (division,), ()
    if isinstance(listing.of, Register) and listing.of.seen_by:
        roles = [who.name for who in roles_of(tuple(listing.of.seen_by))]
        scope = tuple(code for code in scope if any(within(code, wide) for role in roles for wide in actor.divisions(role, program)))
        places = tuple(place for place in places if any(place in actor.places(role, program) for role in roles))
        if not scope and not places:
            raise not_permitted(tuple(listing.of.seen_by))
    now = runtime.clock.now()
    if unmasked:
        there = [sight.whole(actor, "many", division=code) for code in scope] + [sight.whole(actor, "many", division="", place_id=one) for one in places]
        if not all("name" in may for may in there):
            raise sight.not_whole(["name"], kind="many")
    with runtime.db.write() as tx:

        def drawn() -> Listed:
            return draw_up(
                World(tx, runtime.registry),
                owner,
                listing,
                None if "" in scope else scope,
                now,
                places=places,
                name=str if unmasked else lambda whole: masking.name(whole) or "",
                eyes=None if isinstance(listing.of, Kind) else partial(hiding.may_read, runtime, actor, workflow_listed(owner, listing)),
            )

        shown = drawn()
        access = eyes = ""
        people = shown.people if unmasked else ()  # of a masked one that it was drawn up is enough
        if unmasked and not listing.count:
            approved, eyes = child_views.many(tx, actor, now, division or "", people, shown.count, runtime.bulk_rows)
            counted = session.look_many(tx, {"name"}, looks.said(purpose), people)
            if tx.desk and people:  # whose database shows the names from here on
                shown = drawn()
            if approved is not None:
                access = counted or approved.ref
                if not counted:
                    approval.spend(tx, approved, shown.count, now)
        looks.exported(tx, actor, f"{program}.{name}", people, ["name"], purpose=purpose, now=now, masked=not unmasked, access=access, eyes=eyes)
    return shown


def _elsewhere(runtime: Runtime, actor: Actor, division: str) -> CareError:
    """Why there is no ledger of a division out of sight, which is no secret: what lies in it is. No approval opens one.

    Whoever approves a division's files answers for children, and not for what every program's cases say about them; so nothing but a role does.
    """
    with runtime.db.read() as tx:
        divisions.get(tx, division)
    return NotPermitted(
        "listing_elsewhere",
        N_("not all of {division} lies in your sight, and no request for access opens a ledger: it opens children's files and single cases"),
        hint=N_("ask somebody there for it: care listing show …; or an administrator: care account grant {login} ROLE --township {division} --until DATE"),
        division=division,
        login=actor.login,
    )
