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

_COMPLETE: Final = """CREATE FUNCTION ftgov.require_complete() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    IF ((NEW.place + 1) << NEW.level::int) >
        (SELECT coalesce(max(seq), 0) FROM ftgov.ledger WHERE project = NEW.project) THEN
        RAISE EXCEPTION 'the ledger has not so many entries: no such hash of its tree'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""

_AHEAD: Final = """CREATE FUNCTION ftgov.require_ahead() RETURNS trigger
LANGUAGE plpgsql SET search_path = ftgov, pg_temp AS $body$
BEGIN
    IF NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ftgov.ledger WHERE project = NEW.project) THEN
        RAISE EXCEPTION 'the ledger is append-only: links come with their entry'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $body$"""

FUNCTIONS: Final[dict[str, str]] = {
    "refuse_change": _REFUSE,
    "require_chain": _CHAIN,
    "require_complete": _COMPLETE,
    "require_ahead": _AHEAD,
}
"""The functions that the triggers run, by name."""


def _triggers() -> dict[str, str]:
    made = {
        "ledger_chain": "CREATE TRIGGER ledger_chain BEFORE INSERT ON ftgov.ledger "
        "FOR EACH ROW EXECUTE FUNCTION require_chain()",
        "tree_complete": "CREATE TRIGGER tree_complete BEFORE INSERT ON ftgov.tree "
        "FOR EACH ROW EXECUTE FUNCTION require_complete()",
        "link_ahead": "CREATE TRIGGER link_ahead BEFORE INSERT ON ftgov.link "
        "FOR EACH ROW EXECUTE FUNCTION require_ahead()",
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


_SHAPES: Final = """
SELECT c.relname || '.' || k.conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ftgov' AND k.contype <> 'n'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'ftgov'
"""
SHAPES: Final[dict[str, str]] = {
    "alembic_version.alembic_version_pkc": "PRIMARY KEY (version_num)",
    "alembic_version_pkc": "CREATE UNIQUE INDEX alembic_version_pkc ON ftgov.alembic_version USING btree (version_num)",  # noqa: E501
    "ledger.ledger_digest_once": "UNIQUE (project, digest)",
    "ledger.ledger_has_project": "CHECK ((project <> ''::text))",
    "ledger.ledger_no_fork": "UNIQUE (project, previous)",
    "ledger.ledger_pkey": "PRIMARY KEY (project, seq)",
    "ledger.ledger_seq_from_one": "CHECK ((seq >= 1))",
    "ledger_by_name": "CREATE INDEX ledger_by_name ON ftgov.ledger USING btree (project, type, name, seq)",  # noqa: E501
    "ledger_digest_once": "CREATE UNIQUE INDEX ledger_digest_once ON ftgov.ledger USING btree (project, digest)",  # noqa: E501
    "ledger_no_fork": "CREATE UNIQUE INDEX ledger_no_fork ON ftgov.ledger USING btree (project, previous)",  # noqa: E501
    "ledger_pkey": "CREATE UNIQUE INDEX ledger_pkey ON ftgov.ledger USING btree (project, seq)",
    "link.link_pkey": "PRIMARY KEY (project, seq, place)",
    "link_above": "CREATE INDEX link_above ON ftgov.link USING btree (project, above_type, above_name)",  # noqa: E501
    "link_below": "CREATE INDEX link_below ON ftgov.link USING btree (project, below_type, below_name)",  # noqa: E501
    "link_pkey": "CREATE UNIQUE INDEX link_pkey ON ftgov.link USING btree (project, seq, place)",
    "tree.tree_pkey": "PRIMARY KEY (project, level, place)",
    "tree_pkey": "CREATE UNIQUE INDEX tree_pkey ON ftgov.tree USING btree (project, level, place)",
}
"""Constraints and indexes that a shared ledger must have, in the words PostgreSQL shows them in."""

_STRANGE: Final = """
SELECT 'the rule ' || rulename || ' was added by somebody else' FROM pg_rules
WHERE schemaname = 'ftgov'
UNION ALL SELECT 'the table ' || c.relname || ' inherits from the ledger''s tables'
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace n ON n.oid = p.relnamespace WHERE n.nspname = 'ftgov'
UNION ALL
SELECT 'the role ' || a.grantee::regrole || ' may ' || a.privilege_type || ' ' || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) a
WHERE n.nspname = 'ftgov' AND a.grantee <> c.relowner
    AND (a.privilege_type NOT IN ('SELECT', 'INSERT')
    OR (c.relname = 'alembic_version' AND a.privilege_type <> 'SELECT'))
UNION ALL SELECT 'columns of ' || c.relname || ' have rights of their own'
FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'ftgov' AND t.attacl IS NOT NULL
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


def standing_shapes(connection: Connection) -> dict[str, str]:
    """Return constraints and indexes, by name, as PostgreSQL describes them."""
    return {str(name): str(text) for name, text in connection.exec_driver_sql(_SHAPES)}


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
    return faults + [str(text) for text in connection.exec_driver_sql(_STRANGE).scalars()]
