"""The guard on the list of schools, clinics and homes, as SQL: it is kept by whoever keeps the files there. See :mod:`workflow_core.store.server.guards`."""

from __future__ import annotations

from workflow_core.store.server.guards_case import PATH


def places() -> str:
    """The guard: in a division of one's own, by a role that keeps files, and what it is and where it lies stays."""
    from workflow_core.access.grants import KEEPERS

    roles = ", ".join(f"'{role}'" for role in sorted(KEEPERS))
    return f"""
CREATE FUNCTION gate.guard_place() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock AND NOT EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND g.program IS NULL
        AND starts_with(NEW.division, g.scope) AND (g.role IN ({roles}) OR gate.is_maker())) THEN
        PERFORM gate.deny('desk_out_of_scope', 'place');
    END IF;
    IF gate.far_off(NEW.updated_at) THEN
        PERFORM gate.deny('desk_time', 'place');
    END IF;
    IF TG_OP = 'UPDATE' AND ((OLD.place_id, OLD.ref, OLD.kind, OLD.division, OLD.created_at)
        IS DISTINCT FROM (NEW.place_id, NEW.ref, NEW.kind, NEW.division, NEW.created_at) OR NEW.version <> OLD.version + 1) THEN
        PERFORM gate.deny('desk_identity', 'place');
    END IF;
    RETURN NEW;
END $$;
"""
