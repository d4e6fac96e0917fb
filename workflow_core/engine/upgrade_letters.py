"""What cases have sent to others and is on its way when they are upgraded: it must be found in the new version too, or its sender stays."""

from __future__ import annotations

from typing import Any

from workflow_core.definition.upgrades import upgrade_of
from workflow_core.engine.lending import references
from workflow_core.engine.letters import effects_of
from workflow_core.engine.upgrade_routes import Route
from workflow_core.errors import CareError, Refused
from workflow_core.i18n import N_
from workflow_core.store import among, outbox
from workflow_core.store.database import Tx


def must_arrive(tx: Tx, route: Route, case_id: str) -> None:
    """That each effect on another case of the same program which this one has sent, and which waits, is one of the new version too.

    :raises Refused: ``letters_waiting``: with the cases they are for.
    """
    lost = [posted.payload["to_ref"] for posted in outbox.of_cases(tx, [case_id]) if not _arrives(tx, route, posted.payload)]
    if lost:
        message = N_("what it sent to {cases} is still on its way, and the new version does not have it")
        hint = N_("put the older version back and let the clock have its turn: care tick; then upgrade again")
        raise Refused("letters_waiting", message, hint=hint, cases=", ".join(sorted(set(lost))))


def _arrives(tx: Tx, route: Route, said: dict[str, Any]) -> bool:
    if "what" not in said or said["program"] != route.program.name:
        return True  # an order for a batch, an entry in a register: they name no case's stages, and are not read from the file
    version = said.get("version", route.version)
    rows = among.by_ids(tx, [said["to"]])
    workflow = upgrade_of(route.program, rows[0]["workflow"], version)[0] if rows else None
    if workflow is None:
        workflow = next((one for one in route.program.workflows if rows and one.name == rows[0]["workflow"]), route.workflow)
    try:
        effects = effects_of(route.program, workflow, said["what"], version)
    except CareError:
        return False
    return set(said["lent"]) <= {repr(path) for path in references(effects)}
