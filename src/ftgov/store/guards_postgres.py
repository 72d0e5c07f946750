"""The guard rail of a ledger on PostgreSQL: triggers, row-level security, and a role apart.

The application's role has no right to change anything, so the triggers stop the owner's own slips;
an owner can still take them away, which `verify` tells, as it tells a policy that was loosened.
Sources: PostgreSQL documentation, "Row Security Policies", "Triggers on Data Changes".
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

TABLES: Final = ("ledger", "tree", "link")

_REFUSE: Final = """CREATE FUNCTION ftgov.refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation',
        MESSAGE = 'the ledger is append-only: no ' || TG_OP || ' of ' || TG_TABLE_NAME;
END $body$"""

_CHAIN: Final = """CREATE FUNCTION ftgov.require_chain() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
DECLARE
    final record;
BEGIN
    SELECT seq, digest INTO final FROM ftgov.ledger
        WHERE project = NEW.project ORDER BY seq DESC LIMIT 1;
    IF NEW.seq IS DISTINCT FROM coalesce(final.seq, 0) + 1
        OR NEW.previous IS DISTINCT FROM coalesce(final.digest,
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') THEN
        RAISE EXCEPTION 'the ledger is a chain: wrong seq or previous digest'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""

FUNCTIONS: Final[dict[str, str]] = {"refuse_change": _REFUSE, "require_chain": _CHAIN}
"""The functions that the triggers run, by name."""


def _triggers() -> dict[str, str]:
    made = {
        "ledger_chain": "CREATE TRIGGER ledger_chain BEFORE INSERT ON ftgov.ledger "
        "FOR EACH ROW EXECUTE FUNCTION require_chain()"
    }
    for table in TABLES:
        made[f"{table}_no_change"] = (
            f"CREATE TRIGGER {table}_no_change BEFORE DELETE OR UPDATE ON ftgov.{table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        made[f"{table}_no_truncate"] = (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON ftgov.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    return made


TRIGGERS: Final[dict[str, str]] = _triggers()
"""The triggers a shared ledger must have, by name, in the words PostgreSQL shows them in.

A function is shown without its schema only where the search path finds that very one.
"""

_MINE: Final = "(project = current_setting('ftgov.project'::text, true))"

POLICIES: Final[dict[str, tuple[str, str | None, str | None]]] = {
    f"{table}_{word}": (
        command,
        _MINE if command == "SELECT" else None,
        _MINE if command == "INSERT" else None,
    )
    for table in TABLES
    for word, command in (("read", "SELECT"), ("append", "INSERT"))
}
"""The row-level policies: which command, what may be seen, what may be written."""


def policy_statements() -> list[str]:
    """Return the statements that put row-level security on every table, for its owner too."""
    made = []
    for table in TABLES:
        made += [
            f"ALTER TABLE ftgov.{table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE ftgov.{table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_read ON ftgov.{table} FOR SELECT USING {_MINE}",
            f"CREATE POLICY {table}_append ON ftgov.{table} FOR INSERT WITH CHECK {_MINE}",
        ]
    return made


_STANDING: Final = """
SELECT t.tgname, pg_get_triggerdef(t.oid), t.tgenabled = 'O'
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'ftgov' AND NOT t.tgisinternal
"""
_BODIES: Final = """
SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'ftgov'
"""
_RULES: Final = """
SELECT policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'ftgov'
"""
_SECURED: Final = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'ftgov' AND c.relname = ANY(%s) AND c.relrowsecurity AND c.relforcerowsecurity
"""


BODIES: Final = {name: text.split("$body$")[1] for name, text in FUNCTIONS.items()}
"""What the functions do, by name, as PostgreSQL keeps it."""


def standing_triggers(connection: Connection) -> dict[str, str]:
    """Return the triggers that stand and fire, by name, as PostgreSQL describes them."""
    found = connection.exec_driver_sql(_STANDING)
    return {str(name): str(text) for name, text, fires in found if fires}


def standing_functions(connection: Connection) -> dict[str, str]:
    """Return what the functions of the schema do, by name."""
    return {str(name): str(text) for name, text in connection.exec_driver_sql(_BODIES)}


def loosened(connection: Connection) -> list[str]:
    """Return how row-level security differs from what was made, in words."""
    rules = {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(_RULES)}
    faults = [
        f"the row-level policy {name} is not the one that was made"
        for name in sorted(rules.keys() | POLICIES.keys())
        if rules.get(name) != POLICIES.get(name)
    ]
    secured = set(connection.exec_driver_sql(_SECURED, (list(TABLES),)).scalars())
    faults += [
        f"row-level security of the table {table} is switched off"
        for table in TABLES
        if table not in secured
    ]
    return faults
