"""The attack list on a SQLite ledger made by the shipped migrations alone.

The guards block what an honest connection tries; whoever drops them first is found by `verify`. Two
attacks can't be seen in the file alone and are told by a head that is kept elsewhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov.errors import LedgerTampered
from ftgov.records.digest import digest_bytes
from ftgov.records.party import Party
from ftgov.store.chain import GENESIS, seal
from ftgov.store.guards_sqlite import SQLITE_GUARDS
from ftgov.store.ledger import Entry
from ftgov.store.workspace import Workspace

AT = "2026-11-21T09:30:00Z"
COLUMNS = ", ".join(Entry._fields)
MARKS = ", ".join("?" * len(Entry._fields))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "w", name="w", recorded_at=AT) as made:
        parties = [Party(name=f"p{n}", role="signer") for n in range(1, 6)]
        made.ledger.append_all(parties, actor="ada", recorded_at=AT)
        yield made


@pytest.fixture
def link(workspace: Workspace) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(workspace.root / ".ftgov" / "store.db", isolation_level=None)
    yield raw
    raw.close()


def forged(like: Entry, **changes: Any) -> Entry:
    """An entry with consistent digests, as an insider who read the source would make it."""
    entry = like._replace(**changes)
    entry = entry._replace(record_digest=digest_bytes(entry.body.encode()))
    return entry._replace(digest=seal(entry))


def other_body(entry: Entry) -> str:
    return entry.body.replace('"signer"', '"approver"')


def drop_guards(link: sqlite3.Connection) -> None:
    for name in SQLITE_GUARDS:
        link.execute(f"DROP TRIGGER {name}")


def stand_guards(link: sqlite3.Connection) -> None:
    for statement in SQLITE_GUARDS.values():
        link.execute(statement)


BLOCKED: dict[str, str] = {
    "update": "UPDATE ledger SET actor = 'eve' WHERE seq = 2",
    "update or replace": "UPDATE OR REPLACE ledger SET seq = 1 WHERE seq = 2",
    "delete": "DELETE FROM ledger WHERE seq = 2",
    "delete all": "DELETE FROM ledger",
    "replace": f"REPLACE INTO ledger SELECT seq, {COLUMNS[5:]} FROM ledger WHERE seq = 2",
    "insert or ignore a used seq": f"INSERT OR IGNORE INTO ledger SELECT {COLUMNS} FROM ledger",
    "upsert": f"INSERT INTO ledger SELECT {COLUMNS} FROM ledger WHERE seq = 2 "
    "ON CONFLICT (seq) DO UPDATE SET actor = 'eve'",
    "no seq": "INSERT INTO ledger (type, name, body, record_digest, previous, digest, actor,"
    " recorded_at) VALUES ('a', 'a', '{}', 'a', 'a', 'a', 'a', 'a')",
}


@pytest.mark.parametrize("attack", BLOCKED)
def test_a_statement_is_blocked(
    workspace: Workspace, link: sqlite3.Connection, attack: str
) -> None:
    before = workspace.ledger.history()
    with pytest.raises(sqlite3.IntegrityError, match="the ledger is"):
        link.execute(BLOCKED[attack])
    assert workspace.ledger.history() == before
    assert workspace.ledger.verify().verdict == "intact"


INSERTS: dict[str, Callable[[list[Entry]], Entry]] = {
    "replace the first": lambda e: forged(e[0], actor="eve"),
    "fork": lambda e: forged(e[4], seq=6, actor="eve"),
    "used digest": lambda e: e[4]._replace(seq=6, previous=e[4].digest),
    "gap": lambda e: forged(e[4], seq=7, previous=e[4].digest),
    "seq zero": lambda e: forged(e[4], seq=0, previous=e[4].digest),
    "negative seq": lambda e: forged(e[4], seq=-1, previous=e[4].digest),
    "wrong previous": lambda e: forged(e[4], seq=6, previous=digest_bytes(b"x")),
    "second genesis": lambda e: forged(e[4], seq=6, previous=GENESIS),
}


@pytest.mark.parametrize("verb", ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize("attack", INSERTS)
def test_an_insert_that_breaks_the_chain_is_blocked(
    workspace: Workspace, link: sqlite3.Connection, attack: str, verb: str
) -> None:
    before = workspace.ledger.history()
    with pytest.raises(sqlite3.IntegrityError, match="the ledger is"):
        link.execute(f"{verb} INTO ledger ({COLUMNS}) VALUES ({MARKS})", INSERTS[attack](before))
    assert workspace.ledger.history() == before


def test_bytes_in_a_text_column_are_refused(workspace: Workspace, link: sqlite3.Connection) -> None:
    last = workspace.ledger.history()[-1]
    entry = forged(last, seq=6, previous=last.digest)._replace(body=b"\xff")  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError, match="cannot store BLOB"):
        link.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES ({MARKS})", entry)


def test_a_well_linked_row_with_a_false_digest_is_found(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    last = workspace.ledger.history()[-1]
    entry = last._replace(seq=6, previous=last.digest, digest=digest_bytes(b"made up"))
    link.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES ({MARKS})", entry)
    check = workspace.ledger.verify()
    assert check.verdict == "tampered"
    assert check.faults == ("entry 6: its digest does not fit what it says",)


def test_a_dropped_guard_is_found(workspace: Workspace, link: sqlite3.Connection) -> None:
    link.execute("DROP TRIGGER ledger_no_update")
    check = workspace.ledger.verify()
    assert check.faults == ("the guard ledger_no_update is missing: somebody dropped it",)


def test_a_guard_that_guards_nothing_and_a_stranger_are_found(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    link.execute("DROP TRIGGER ledger_no_delete")
    link.execute("CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT 1; END")
    link.execute("CREATE TRIGGER eve AFTER INSERT ON ledger BEGIN SELECT 1; END")
    assert workspace.ledger.verify().faults == (
        "the trigger eve was added by somebody else",
        "the guard ledger_no_delete was altered",
    )


@pytest.mark.parametrize(
    ("column", "fault"),
    [
        ("actor", "digest does not fit"),
        ("recorded_at", "digest does not fit"),
        ("type", "another type or name"),
        ("name", "another type or name"),
        ("body", "not the one that was recorded"),
        ("record_digest", "not the one that was recorded"),
        ("previous", "does not follow"),
        ("digest", "digest does not fit"),
    ],
)
def test_an_edit_behind_the_guards_is_found_at_its_seq(
    workspace: Workspace, link: sqlite3.Connection, column: str, fault: str
) -> None:
    drop_guards(link)
    link.execute(f"UPDATE ledger SET {column} = 'eve' WHERE seq = 3")
    stand_guards(link)
    check = workspace.ledger.verify()
    assert check.faults[0].startswith("entry 3: ")
    assert fault in check.faults[0]
    if column == "body":
        with pytest.raises(LedgerTampered, match="Entry 3 "):
            workspace.ledger.get(Party, "p3")
        with pytest.raises(LedgerTampered, match="Entry 3 "):
            workspace.ledger.every(Party)


def test_an_edit_with_fitting_digests_breaks_the_next_link(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    third = workspace.ledger.history()[2]
    entry = forged(third, body=other_body(third))
    drop_guards(link)
    link.execute(f"REPLACE INTO ledger ({COLUMNS}) VALUES ({MARKS})", entry)
    stand_guards(link)
    assert workspace.ledger.verify().faults == ("entry 4: does not follow the entry before it",)


@pytest.mark.parametrize("body", ['{"type":"party", "name":"p3"}', '{"a":1,"a":1}', "[]", "{"])
def test_a_body_that_is_no_canonical_record_is_found(
    workspace: Workspace, link: sqlite3.Connection, body: str
) -> None:
    entry = forged(workspace.ledger.history()[2], body=body)
    drop_guards(link)
    link.execute(f"REPLACE INTO ledger ({COLUMNS}) VALUES ({MARKS})", entry)
    stand_guards(link)
    assert workspace.ledger.verify().faults[0].startswith("entry 3: its record ")


def test_a_deleted_entry_is_found(workspace: Workspace, link: sqlite3.Connection) -> None:
    drop_guards(link)
    link.execute("DELETE FROM ledger WHERE seq IN (2, 3)")
    stand_guards(link)
    check = workspace.ledger.verify()
    assert check.entries == 3
    assert check.faults == ("entry 2: missing, the next one found is 4",)


def test_a_table_without_types_is_found(workspace: Workspace, link: sqlite3.Connection) -> None:
    link.execute(f"CREATE TABLE loose AS SELECT {COLUMNS} FROM ledger")
    link.execute("DROP TABLE ledger")
    link.execute("PRAGMA legacy_alter_table = on")
    link.execute("ALTER TABLE loose RENAME TO ledger")
    link.execute("UPDATE ledger SET body = x'ff' WHERE seq = 2")
    faults = workspace.ledger.verify().faults
    assert faults[0] == "entry 2: a column holds a value of another type"
    guards = [name for name in SQLITE_GUARDS if name.startswith("ledger_")]
    assert sum(fault.startswith("the guard ledger_") for fault in faults) == len(guards)


def test_an_index_that_hides_a_row_is_found(workspace: Workspace, link: sqlite3.Connection) -> None:
    """An index bent by hand would let `get` give an older record though every row is sound."""
    newest = Party(name="p1", role="approver")
    workspace.ledger.append(newest, actor="ada", recorded_at=AT)
    schema = "SELECT sql FROM sqlite_master WHERE name = 'ledger_by_name'"
    whole = link.execute(schema).fetchone()[0]
    link.execute("DROP INDEX ledger_by_name")
    link.execute(f"{whole} WHERE seq < 6")
    link.execute("PRAGMA writable_schema = on")
    link.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'ledger_by_name'", (whole,))
    link.execute("PRAGMA writable_schema = reset")
    assert workspace.ledger.get(Party, "p1") != newest  # what the attack is for
    check = workspace.ledger.verify()
    assert check.verdict == "tampered"
    assert any("ledger_by_name" in fault for fault in check.faults)


def rewritten(entries: list[Entry]) -> Iterator[Entry]:
    """The whole chain again, with another past, every digest in order."""
    previous = GENESIS
    for entry in entries:
        again = forged(entry, body=other_body(entry), previous=previous)
        previous = again.digest
        yield again


def test_a_whole_rewrite_is_told_by_a_head_kept_elsewhere(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    kept = workspace.ledger.head()
    chain = list(rewritten(workspace.ledger.history()))
    drop_guards(link)
    link.execute("DELETE FROM ledger")
    link.executemany(f"INSERT INTO ledger ({COLUMNS}) VALUES ({MARKS})", chain)
    stand_guards(link)
    assert (
        workspace.ledger.verify().verdict == "intact"
    )  # as documented: the chain alone can't tell
    assert workspace.ledger.head().entries == kept.entries
    assert workspace.ledger.head().head != kept.head


def test_a_cut_tail_is_told_by_a_head_kept_elsewhere(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    kept = workspace.ledger.head()
    drop_guards(link)
    link.execute("DELETE FROM ledger WHERE seq > 3")
    stand_guards(link)
    assert (
        workspace.ledger.verify().verdict == "intact"
    )  # as documented: the chain alone can't tell
    assert workspace.ledger.head().entries < kept.entries


def test_many_breaks_are_told_in_a_bounded_list(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    more = [Party(name=f"q{n}", role="signer") for n in range(200)]
    workspace.ledger.append_all(more, actor="ada", recorded_at=AT)
    drop_guards(link)
    link.execute("UPDATE ledger SET actor = 'eve'")
    stand_guards(link)
    faults = workspace.ledger.verify().faults
    assert faults[0].startswith("entry 1: ")
    assert len(faults) == 100


LOOSENED = {
    "DROP INDEX ledger_by_name": "the table or index ledger_by_name is missing",
    "CREATE VIEW eve AS SELECT * FROM ledger": "the table or index eve was added",
    "CREATE TABLE eve (x TEXT)": "the table or index eve was added",
    "UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '') WHERE name = 'ledger'": (
        "the table or index ledger was altered"
    ),
    "UPDATE sqlite_master SET sql = replace(sql, 'seq >= 1', 'seq >= 0') "
    "WHERE name = 'ledger'": "the table or index ledger was altered",
}


@pytest.mark.parametrize("statement", LOOSENED)
def test_a_table_or_index_that_was_loosened_is_found(
    workspace: Workspace, link: sqlite3.Connection, statement: str
) -> None:
    link.execute("PRAGMA writable_schema = on")
    link.execute(statement)
    link.close()
    with Workspace.open(workspace.root) as again:
        faults = again.ledger.verify().faults
    assert any(fault.startswith(LOOSENED[statement]) for fault in faults), faults


@pytest.mark.parametrize("table", ["ledger", "link", "tree"])
def test_a_table_that_is_gone_is_21(
    workspace: Workspace, link: sqlite3.Connection, table: str
) -> None:
    drop_guards(link)
    link.execute(f"DROP TABLE {table}")
    assert workspace.ledger.verify().faults == (
        f"the table {table} is missing: somebody dropped it",
    )


def test_a_false_revision_is_tampering(workspace: Workspace, link: sqlite3.Connection) -> None:
    link.execute("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(LedgerTampered, match="somebody changed what it says"):
        Workspace.open(workspace.root)


def test_entries_that_the_database_swallows_are_told(
    workspace: Workspace, link: sqlite3.Connection
) -> None:
    link.execute("CREATE TRIGGER eve BEFORE INSERT ON ledger BEGIN SELECT RAISE(IGNORE); END")
    with pytest.raises(LedgerTampered, match="did not keep"):
        workspace.ledger.append(Party(name="lost", role="signer"), actor="ada", recorded_at=AT)
    assert workspace.ledger.get(Party, "lost") is None


def test_a_bool_is_no_number_when_a_record_is_compared(workspace: Workspace) -> None:
    from ftgov.records.job import Hyperparameter, Job

    def job(value: object) -> Job:
        settings = (Hyperparameter(name="use_rslora", effective=value),)
        return Job(name="j", method="lora", outputs=("m",), hyperparameters=settings)

    first = workspace.ledger.append(job(value=True), actor="ada", recorded_at=AT)
    second = workspace.ledger.append(job(value=1), actor="ada", recorded_at=AT)
    assert second.seq == first.seq + 1
    kept = workspace.ledger.get(Job, "j")
    assert kept is not None
    assert kept.hyperparameters[0].effective is not True
