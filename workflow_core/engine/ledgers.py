"""A program's ledgers for whoever may see the cases in them; names are masked unless a purpose is given, and who took it out is recorded."""

from __future__ import annotations

from workflow_core.access import looks, masking
from workflow_core.access.grants import Actor
from workflow_core.definition import Register
from workflow_core.engine.doers import roles_of
from workflow_core.engine.listing import Listed, draw_up, find_listing
from workflow_core.engine.runtime import Runtime, not_permitted
from workflow_core.engine.world import World
from workflow_core.errors import Misused, NotFound
from workflow_core.i18n import N_
from workflow_core.records.divisions import within


def ledger(runtime: Runtime, actor: Actor, program: str, name: str, *, division: str | None = None, unmasked: bool = False, purpose: str = "") -> Listed:
    """Draw up one of a program's listings.

    :param division: only this one and those below it.
    :param unmasked: with whole names; needs a purpose, which is kept.
    :raises NotPermitted: ``not_permitted``: entries of a register that only others may see. :raises Misused: ``purpose_missing``.
    :raises NotFound: ``listing_unknown``, ``division_unknown``.
    """
    owner = runtime.registry.program(program)
    listing = find_listing(owner, name)
    if unmasked and not purpose.strip():
        raise Misused("purpose_missing", N_("why is it needed unmasked?"), hint=N_("say it with --purpose; it is kept"))
    scope: tuple[str, ...] = actor.divisions(program=program)
    places = actor.places(program=program)
    if division is not None:
        if not any(within(division, code) for code in scope):
            raise NotFound("division_unknown", N_("there is no division {division}"), hint=N_("see: care division list"), division=division)
        scope, places = (division,), ()
    if isinstance(listing.of, Register) and listing.of.seen_by:
        roles = [who.name for who in roles_of(tuple(listing.of.seen_by))]
        scope = tuple(code for code in scope if any(within(code, wide) for role in roles for wide in actor.divisions(role, program)))
        places = tuple(place for place in places if any(place in actor.places(role, program) for role in roles))
        if not scope and not places:
            raise not_permitted(tuple(listing.of.seen_by))
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        shown = draw_up(
            World(tx, runtime.registry),
            owner,
            listing,
            None if "" in scope else scope,
            now,
            places=places,
            name=str if unmasked else lambda whole: masking.name(whole) or "",
        )
        looks.exported(tx, actor, f"{program}.{name}", [], ["name"], purpose=purpose, now=now, masked=not unmasked)
    return shown
