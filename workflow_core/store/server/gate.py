"""The one function that a desk may call: it runs registered statements of the store with the owner's rights, for whoever is logged in.

What a row may become is not its business: the guards on the tables (:mod:`workflow_core.store.server.guards`) look at each row, whichever statement wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow_core.store.server.statements import Template

REFUSED = "CF001"
"""The SQLSTATE of a refusal; its message is the code."""

TABLES = """
CREATE TABLE gate.statement (key text PRIMARY KEY, kind text NOT NULL, of_table text NOT NULL, said text NOT NULL, returns boolean NOT NULL);
"""

DENY = f"""
CREATE FUNCTION gate.deny(code text, place text DEFAULT '') RETURNS boolean LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = '{REFUSED}', MESSAGE = code, DETAIL = place;
END $$;
"""

WRITE = """
CREATE FUNCTION desk.write(changes jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me gate.sight := gate.me(); change jsonb; rows jsonb; given jsonb; s gate.statement; names text; given_back jsonb; many integer; counted integer;
    answers jsonb := '[]'; state text; said text; of_constraint text; of_column text; of_table text;
BEGIN
    IF me.account_id IS NULL THEN
        PERFORM gate.deny('desk_closed');
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN  -- it would know rights, and counts, as they were when it began
        PERFORM gate.deny('desk_statement');
    END IF;
    FOR change IN SELECT value FROM jsonb_array_elements(changes) LOOP
        IF change ? 'look' THEN
            answers := answers || jsonb_build_array(gate.look(change->'look', me));
            CONTINUE;
        ELSIF change ? 'find' THEN
            answers := answers || jsonb_build_array(jsonb_build_object('count', 0, 'rows', gate.find(change->'find', me)));
            CONTINUE;
        ELSIF change ? 'access' THEN
            answers := answers || jsonb_build_array(gate.access(change->'access', me));
            CONTINUE;
        END IF;
        SELECT * INTO s FROM gate.statement t WHERE t.key = change->>'do';
        IF NOT FOUND THEN
            PERFORM gate.deny('desk_statement');
        END IF;
        rows := change->'rows';
        counted := 0; given_back := '[]';
        IF s.kind = 'lock' AND NOT me.clock THEN
            given := rows->0;
            IF NOT ((s.of_table = 'case' AND position('->>''case_id''' IN s.said) > 0 AND gate.sees_case(given->>'case_id', me))
                OR (s.of_table = 'person' AND position('->>''person_id''' IN s.said) > 0 AND gate.sees_person(given->>'person_id', me))) THEN
                answers := answers || jsonb_build_array(jsonb_build_object('count', 0, 'rows', given_back));
                CONTINUE;
            END IF;
        END IF;
        IF s.kind = 'insert' THEN
            FOR names IN
                SELECT DISTINCT (SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.name) FROM jsonb_object_keys(r.value) AS k(name)
                                 WHERE EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = format('public.%I', s.of_table)::regclass
                                               AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped))
                  FROM jsonb_array_elements(rows) r
            LOOP
                -- rows of one call have the same columns; were they to differ, each kind would be inserted with its own
                FOR given IN
                    SELECT r.value FROM jsonb_array_elements(rows) r
                     WHERE names = (SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.name) FROM jsonb_object_keys(r.value) AS k(name)
                                    WHERE EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = format('public.%I', s.of_table)::regclass
                                                  AND a.attname = k.name AND a.attnum > 0 AND NOT a.attisdropped))
                LOOP
                    IF s.returns THEN
                        EXECUTE format('WITH w AS (INSERT INTO public.%I (%s) SELECT %s FROM jsonb_populate_record(NULL::public.%I, $1) %s) '
                                       'SELECT coalesce(jsonb_agg(to_jsonb(w)), ''[]'') FROM w', s.of_table, names, names, s.of_table, s.said)
                           INTO given_back USING given;
                        many := jsonb_array_length(given_back);
                    ELSE
                        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM jsonb_populate_record(NULL::public.%I, $1) %s',
                                       s.of_table, names, names, s.of_table, s.said) USING given;
                        GET DIAGNOSTICS many = ROW_COUNT;
                    END IF;
                    counted := counted + many;
                END LOOP;
            END LOOP;
        ELSE
            FOR given IN SELECT value FROM jsonb_array_elements(rows) LOOP
                IF s.returns THEN
                    EXECUTE format('WITH w AS (%s) SELECT coalesce(jsonb_agg(to_jsonb(w)), ''[]'') FROM w', s.said) INTO given_back USING given;
                    many := jsonb_array_length(given_back);
                ELSE
                    EXECUTE s.said USING given;
                    GET DIAGNOSTICS many = ROW_COUNT;
                END IF;
                counted := counted + many;
            END LOOP;
        END IF;
        answers := answers || jsonb_build_array(jsonb_build_object('count', counted, 'rows', given_back));
    END LOOP;
    RETURN answers;
EXCEPTION
    WHEN integrity_constraint_violation OR data_exception THEN
        -- what the database says of a row that it refuses quotes the whole of it
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, of_constraint = CONSTRAINT_NAME, of_column = COLUMN_NAME, of_table = TABLE_NAME;
        said := CASE WHEN of_constraint <> '' THEN of_constraint WHEN of_column <> '' THEN of_column ELSE state END;
        RAISE EXCEPTION USING ERRCODE = state, MESSAGE = said, CONSTRAINT = of_constraint, COLUMN = of_column, TABLE = of_table;
END $$;
"""


def registration(templates: Iterable[Template]) -> list[tuple[str, str, str, str, bool]]:
    """The rows of ``gate.statement``."""
    return [(one.key, one.kind, one.table, one.sql, one.returns) for one in templates]
