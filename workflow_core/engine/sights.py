"""What is on file of a child under a program's facts, for the program's own pictures: masked unless a purpose is given; who looked is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow_core.access import looks, masking, sight
from workflow_core.access.grants import Actor
from workflow_core.definition import Fact, Observed
from workflow_core.engine.reading import list_cases
from workflow_core.engine.runtime import Runtime
from workflow_core.engine.world import World
from workflow_core.errors import NotFound
from workflow_core.i18n import N_
from workflow_core.records import child_views


@dataclass(frozen=True)
class OnFile:
    """A child as a program's picture shows it.

    :param name: masked, unless it was asked for whole.
    :param facts: what the program reads of a child, by the fact's name, oldest first.
    """

    ref: str
    name: str
    born_on: date | None
    sex: str | None
    facts: Mapping[str, Sequence[Observed[Any]]]

    def observed(self, fact: Fact[Any]) -> Sequence[Observed[Any]]:
        """What is known under one fact of the program's, oldest first; nothing of a fact that it does not read."""
        return self.facts.get(fact.name, ())


def on_file(runtime: Runtime, actor: Actor, program: str, child: str, what: str, *, unmasked: bool = False, purpose: str = "") -> OnFile:
    """What a program's facts tell of a child, to whoever may see a case of the program about it. That it left the office is kept, with the purpose.

    :param what: what is made of it, as the journal names it: ``curves``. :param unmasked: with the whole name; needs a purpose.
    :raises NotFound: ``child_unknown``; ``nothing_on_file``: the program has no case about the child, or none in sight.
    :raises Misused: ``purpose_missing``, ``purpose_short``. :raises NotPermitted: ``not_seen_whole``: no role of the actor's sees a name whole there.
    """
    owner = runtime.registry.program(program)
    read = {fact.name: fact for workflow in owner.workflows for fact in workflow.reads}
    if unmasked:
        looks.said(purpose)
    with runtime.db.read() as tx:
        file = child_views.get(tx, actor, child)
    if not list_cases(runtime, actor, program=program, subject=file.ref, limit=1):
        hint = N_("see: care case list --all --subject {child}")
        raise NotFound("nothing_on_file", N_("{program} has no case about {child} that you may see"), hint=hint, program=program, child=child)
    if unmasked and "name" not in sight.whole(actor, "one", division=file.division, place_id=file.school_id):
        raise sight.not_whole(["name"], file.ref)
    with runtime.db.write() as tx:
        world = World(tx, runtime.registry)
        seen = world.child(file.person_id)
        known = {name: tuple(world.observed(file.person_id, fact, None)) for name, fact in sorted(read.items())}
        fields = sorted({"name", *read} if unmasked else read)
        looks.exported(tx, actor, f"{program}.{what}", [file.person_id], fields, purpose=purpose, now=runtime.clock.now(), masked=not unmasked)
    whole = file.name or ""
    return OnFile(seen.ref, whole if unmasked else masking.name(whole) or "", seen.born_on, seen.sex, known)
