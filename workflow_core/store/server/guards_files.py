"""Who keeps files, as SQL: what of a child's, a volunteer's or a guardian's file somebody at a desk writes, beside where it lies.

The roles are ``access.KEEPERS``, held for a division and for every program, as the commands ask it (``Session.must_work``). Whoever holds another role writes
in a file through a case alone: the few fields that a program amends, what a step observed, what was said of a consent. See
:mod:`workflow_core.store.server.guards`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflow_core.store.facts import AMENDABLE
from workflow_core.store.server.guards_case import PATH

TABLES = """
-- The roles of an import of a program that makes provisional files (Import.create_subject).
CREATE TABLE gate.makes_file (program text NOT NULL, role text NOT NULL, PRIMARY KEY (program, role));
"""

OVERSEERS = ("child_supervisor", "county_office")
"""As ``engine/runtime.py`` has them."""

RULED = ("person", "child", "volunteer", "relation", "observation", "consent")
"""The tables of files."""


def rules() -> str:
    """The functions. They are made late: the roles stand in another room."""
    from workflow_core.access import KEEPERS

    keepers = _array(sorted(KEEPERS))
    person = _array([*(name for name, table in AMENDABLE.items() if table.name == "person"), "version", "updated_at"])
    child = _array([name for name, table in AMENDABLE.items() if table.name == "child"])
    return f"""
-- Whether this login keeps the files of a division.
CREATE FUNCTION gate.keeps_files(here text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND g.program IS NULL AND starts_with(here, g.scope)
        AND (g.role = ANY ({keepers}) OR gate.is_maker()));
END $$;

-- Whether it may make a provisional one there, by a program's sheet.
CREATE FUNCTION gate.makes_files(here text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate.my_grant g JOIN gate.makes_file m ON m.role = g.role AND (g.program IS NULL OR g.program = m.program)
        WHERE g.scope_kind = 'division' AND starts_with(here, g.scope));
END $$;

CREATE FUNCTION gate.keeps_file_of(id text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN gate.moving(id) OR EXISTS (SELECT 1 FROM public.person p WHERE p.person_id = id AND gate.keeps_files(p.division))
        -- a guardian, who may be on file elsewhere, with the child
        OR EXISTS (SELECT 1 FROM public.relation r JOIN public.person p ON p.person_id = r.person_id
            WHERE r.other_id = id AND r.until IS NULL AND (gate.keeps_files(p.division) OR gate.moving(p.person_id)));
END $$;

-- Whether a step of a case about that person, written in this transaction, says that it amended the file.
CREATE FUNCTION gate.amends(id text) RETURNS boolean LANGUAGE plpgsql STABLE {PATH} AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM gate_log.event l JOIN public."case" c ON c.case_id = l.case_id
        JOIN public.event_payload p ON p.case_id = l.case_id AND p.n = l.n
        WHERE l.xid = pg_current_xact_id() AND c.subject_id = id AND p.payload::jsonb->'did' @> '[{{"what":"amended"}}]');
END $$;

-- A file is offered, asked for, given and taken by those who oversee one of the two townships.
CREATE FUNCTION gate.rule_of_transfer() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
BEGIN
    IF NOT (gate.me()).clock AND NOT EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.scope_kind = 'division' AND g.program IS NULL
        AND (g.role = ANY ({_array(OVERSEERS)}) OR gate.is_maker())
        AND (starts_with(NEW.from_division, g.scope) OR starts_with(NEW.to_division, g.scope))) THEN
        PERFORM gate.deny('desk_not_permitted', 'transfer');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION gate.rule_of_file() RETURNS trigger LANGUAGE plpgsql {PATH} AS $$
DECLARE me gate.sight := gate.me(); was jsonb; becomes jsonb := to_jsonb(NEW); id text := to_jsonb(NEW)->>'person_id'; lies text; place text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        was := to_jsonb(OLD);
        IF (was->>'person_id', was->>'relation_id', was->>'kind', was->>'since', was->>'merged_into', was->>'created_at')
            IS DISTINCT FROM (id, becomes->>'relation_id', becomes->>'kind', becomes->>'since', becomes->>'merged_into', becomes->>'created_at')
            OR (becomes->>'version')::integer < (was->>'version')::integer THEN
            PERFORM gate.deny('desk_identity', TG_TABLE_NAME);
        END IF;
    ELSIF becomes->>'erased_at' IS NOT NULL OR becomes->>'merged_into' IS NOT NULL THEN  -- the owner erases, and puts files together
        PERFORM gate.deny('desk_identity', TG_TABLE_NAME);
    END IF;
    IF me.clock THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'observation' THEN  -- of a case about that person, with a step of it
        IF NOT EXISTS (SELECT 1 FROM public."case" c WHERE c.case_id = becomes->>'case_id' AND c.subject_id = id AND gate.touched(c.case_id)) THEN
            PERFORM gate.deny('desk_no_event', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    SELECT p.division, k.school INTO lies, place FROM public.person p LEFT JOIN public.child k ON k.person_id = p.person_id WHERE p.person_id = id;
    IF TG_TABLE_NAME = 'consent' THEN  -- by whoever works in that program there
        IF NOT (gate.is_maker() OR EXISTS (SELECT 1 FROM gate.my_grant g WHERE g.role <> 'admin' AND (g.program IS NULL OR g.program = becomes->>'program')
            AND ((g.scope_kind = 'division' AND starts_with(lies, g.scope)) OR (g.scope_kind = 'place' AND g.scope = place)))) THEN
            PERFORM gate.deny('desk_not_permitted', TG_TABLE_NAME);
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NOT gate.keeps_files(CASE WHEN TG_TABLE_NAME = 'person' THEN becomes->>'division' ELSE lies END)
            AND NOT (TG_TABLE_NAME = 'relation' AND gate.moving(id)) AND (TG_TABLE_NAME = 'relation' OR becomes->>'provisional' = '0'
                OR NOT gate.makes_files(CASE WHEN TG_TABLE_NAME = 'person' THEN becomes->>'division' ELSE lies END)) THEN
            PERFORM gate.deny('desk_not_permitted', TG_TABLE_NAME);
        END IF;
    ELSIF NOT gate.keeps_file_of(id) AND NOT (gate.amends(id) AND CASE TG_TABLE_NAME WHEN 'person' THEN was - {person} = becomes - {person}
        WHEN 'child' THEN was - {child} = becomes - {child} ELSE false END) THEN
        PERFORM gate.deny('desk_not_permitted', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
"""


def triggers() -> Iterator[str]:
    """The second guard of each of these tables: it is asked after the one that knows where the row lies."""
    for table in RULED:
        yield (
            f"CREATE TRIGGER desk_rule BEFORE INSERT OR UPDATE ON public.{table} FOR EACH ROW WHEN (session_user <> current_user)"
            " EXECUTE FUNCTION gate.rule_of_file()"
        )
    yield (
        "CREATE TRIGGER desk_rule BEFORE INSERT OR UPDATE ON public.transfer FOR EACH ROW WHEN (session_user <> current_user)"
        " EXECUTE FUNCTION gate.rule_of_transfer()"
    )


def _array(names: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(f"'{name}'" for name in names) + "]"
