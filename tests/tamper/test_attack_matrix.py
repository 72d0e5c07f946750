"""Every attack on the ledger, by who tries it: the program, and whoever holds the data.

What the application may do is refused by the database. Whoever holds the file, or owns the tables,
can't be refused; then a check against a tree head that was exported before tells it and names the
first bad entry. The last test prints the whole matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from ftgov.api.log import LogCheck, verify_log
from ftgov.api.tree_heads import export_head
from ftgov.records.digest import digest_bytes
from ftgov.records.model import ModelVersion
from ftgov.store.chain import GENESIS, Entry, seal
from ftgov.store.projections import links_in
from ftgov.store.workspace import Workspace
from ftgov.transparency.merkle import Frontier, leaf_hash
from postgres_server import APPLICATION
from store_support import AT, Home, drop_guards, stand_guards

COLUMNS: Final = ", ".join(Entry._fields)
MARKS: Final = ", ".join("?" * len(Entry._fields))
INSERT: Final = f"INSERT INTO ledger ({COLUMNS}) VALUES ({MARKS})"
FIELDS: Final = "seq, place, below_type, below_name, relation, above_type, above_name"
LINK: Final = f"INSERT INTO link ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
ENTRIES: Final = 260  # more than one tile of the tree
Run = Callable[..., list[Any]]
Tries = dict[str, Callable[[list[Entry]], tuple[str, tuple[Any, ...]]]]


def filled(home: Home) -> Workspace:
    workspace = home.create()
    models = [
        ModelVersion(name=f"m{n}", kind="tuned", parent=f"m{n - 1}" if n else None)
        for n in range(ENTRIES)
    ]
    workspace.ledger.append_all(models, actor="ada", recorded_at=AT)
    return workspace


def forged(like: Entry, **changes: Any) -> Entry:
    """An entry with consistent digests, as an insider who read the source would make it."""
    entry = like._replace(**changes)
    entry = entry._replace(record_digest=digest_bytes(entry.body.encode()))
    return entry._replace(digest=seal(entry))


def other(entry: Entry) -> Entry:
    return forged(entry, body=entry.body.replace('"licence":null', '"licence":"MIT"'))


# What the application's own rights allow to be tried, as statements of SQL.
APPLICATION_TRIES: Final[Tries] = {
    "UPDATE": lambda e: ("UPDATE ledger SET actor = 'eve' WHERE seq = 3", ()),
    "DELETE": lambda e: ("DELETE FROM ledger WHERE seq = 3", ()),
    "UPDATE of the tree": lambda e: ("UPDATE tree SET hash = 'eve'", ()),
    "DELETE of links": lambda e: ("DELETE FROM link WHERE seq = 3", ()),
    "ON CONFLICT DO UPDATE": lambda e: (
        f"{INSERT} ON CONFLICT (@key) DO UPDATE SET actor = 'eve'",
        tuple(e[2]),
    ),
    "link for an old entry": lambda e: (
        LINK,
        (3, 9, "model", "m2", "derived_from", "model", "m200"),
    ),
    "hash for no entries": lambda e: (
        "INSERT INTO tree (level, place, hash) VALUES (8, 1, 'eve')",
        (),
    ),
    "insert out of order": lambda e: (INSERT, tuple(forged(e[-1], seq=ENTRIES + 7))),
    "fork": lambda e: (INSERT, tuple(forged(e[-1], seq=ENTRIES + 1, actor="eve"))),
    "second beginning": lambda e: (
        INSERT,
        tuple(forged(e[-1], seq=ENTRIES + 1, previous=GENESIS)),
    ),
}
SQLITE_TRIES: Final[Tries] = {
    "INSERT OR REPLACE": lambda e: (INSERT.replace("INSERT", "INSERT OR REPLACE"), tuple(e[2])),
}
POSTGRES_TRIES: Final[Tries] = {
    "TRUNCATE": lambda e: ("TRUNCATE ledger", ()),
    "DISABLE TRIGGER": lambda e: ("ALTER TABLE ledger DISABLE TRIGGER USER", ()),
    "DROP TRIGGER": lambda e: ("DROP TRIGGER ledger_chain ON ledger", ()),
    "DISABLE ROW LEVEL SECURITY": lambda e: ("ALTER TABLE ledger DISABLE ROW LEVEL SECURITY", ()),
    "insert for another project": lambda e: (
        f"INSERT INTO ledger (project, {COLUMNS}) VALUES ('theirs', {MARKS})",
        tuple(forged(e[0], actor="eve")),
    ),
}
KEYS: Final = {"sqlite": "seq", "postgresql": "project, seq"}


class Cell(NamedTuple):
    """What came of one attack by one attacker."""

    attack: str
    by: str
    result: str


def tried(home: Home) -> Iterator[Cell]:
    """Try everything with the application's rights; yield how each was refused."""
    with filled(home) as workspace:
        before = workspace.ledger.history()
        own = SQLITE_TRIES if home.kind == "sqlite" else POSTGRES_TRIES
        for attack, made in {**APPLICATION_TRIES, **own}.items():
            query, values = made(before)
            yield Cell(attack, f"{home.kind}: program", attempt(home, query, values))
        assert workspace.ledger.history() == before
        assert workspace.ledger.verify().verdict == "intact"


def attempt(home: Home, query: str, values: tuple[Any, ...]) -> str:
    """Run one statement with the application's rights and return the refusal, or say it passed."""
    query = query.replace("@key", KEYS[home.kind])
    if home.server is None:
        import sqlite3

        with home.holder() as run:
            try:
                run(query, values)
            except sqlite3.Error as fault:
                return f"refused: {fault}"
        return "ALLOWED"
    import psycopg

    with home.server.connect(home.database, APPLICATION) as connection:
        connection.execute("SET search_path = ftgov, pg_temp")
        connection.execute("SELECT set_config('ftgov.project', 'w', false)")
        try:
            connection.execute(query.replace("?", "%s"), values or None)
        except psycopg.Error as fault:
            return f"refused: {str(fault).splitlines()[0]}"
    return "ALLOWED"


def hashes(digests: list[str]) -> list[tuple[int, int, str]]:
    """The kept hashes of a tree over entries of these digests."""
    rows: list[tuple[int, int, str]] = []
    tree = Frontier(completed=lambda *node: rows.append((node[0], node[1], node[2].hex())), every=8)
    for digest in digests:
        tree.add(leaf_hash(bytes.fromhex(digest.removeprefix("sha256:"))))
    return rows


def replace_all(run: Run, entries: list[Entry]) -> None:
    """Write other entries and everything that is derived from them, in perfect order."""
    for table in ("ledger", "link", "tree"):
        run(f"DELETE FROM {table}")
    for entry in entries:
        run(INSERT, tuple(entry))
        for row in links_in(entry):
            run(LINK, row)
    for node in hashes([entry.digest for entry in entries]):
        run("INSERT INTO tree (level, place, hash) VALUES (?, ?, ?)", node)


def rechained(entries: list[Entry]) -> list[Entry]:
    """Seal entries anew, one to the next."""
    chain: list[Entry] = []
    for seq, entry in enumerate(entries, 1):
        previous = chain[-1].digest if chain else GENESIS
        chain.append(forged(entry, seq=seq, previous=previous))
    return chain


def full_rewrite(run: Run, e: list[Entry]) -> None:
    replace_all(run, rechained([*e[:2], other(e[2]), *e[3:]]))


def truncation(run: Run, e: list[Entry]) -> None:
    replace_all(run, e[:258])


def edit(run: Run, e: list[Entry]) -> None:
    run("UPDATE ledger SET actor = 'eve' WHERE seq = 3")


def removal(run: Run, e: list[Entry]) -> None:
    run("DELETE FROM ledger WHERE seq = 3")
    run("DELETE FROM link WHERE seq = 3")


def false_links(run: Run, e: list[Entry]) -> None:
    run("UPDATE link SET above_name = 'm200' WHERE seq = 3")


def hidden_links(run: Run, e: list[Entry]) -> None:
    run("DELETE FROM link WHERE seq = 3")


def added_links(run: Run, e: list[Entry]) -> None:
    run(LINK, (3, 9, "model", "m2", "derived_from", "model", "m200"))


def false_tree(run: Run, e: list[Entry]) -> None:
    run(f"UPDATE tree SET hash = '{'0' * 64}' WHERE level = 8 AND place = 0")


def out_of_order(run: Run, e: list[Entry]) -> None:
    run(INSERT, tuple(forged(e[-1], seq=ENTRIES + 7, previous=e[-1].digest)))


def emptied(run: Run, e: list[Entry]) -> None:
    replace_all(run, [])


HOLDER_DOES: Final[dict[str, tuple[Callable[[Run, list[Entry]], None], str]]] = {
    "edit behind the guards": (edit, "entry 3:"),
    "removal behind the guards": (removal, "entry 3:"),
    "insert out of order": (out_of_order, f"entry {ENTRIES + 1}:"),
    "changed links": (false_links, "entry 3:"),
    "hidden links": (hidden_links, "entry 3:"),
    "added links": (added_links, "entry 3:"),
    "changed tree": (false_tree, "the tree over the entries 1 to 256:"),
    "whole rewrite from entry 3": (full_rewrite, "entry 3:"),
    "truncation to 258": (truncation, "entry 259:"),
    "everything removed": (emptied, "entry 1:"),
}


def attacked(home: Home, attack: str, kept: Path) -> LogCheck:
    """Let the holder of the data do one attack, guards down and up again; return what is told."""
    with filled(home) as workspace:
        export_head(workspace, kept)
        entries = workspace.ledger.history()
    with home.holder() as run:
        drop_guards(home, run)
        HOLDER_DOES[attack][0](run, entries)
        stand_guards(home, run)
    with home.open() as workspace:
        return verify_log(workspace, [kept])


def test_the_program_is_refused_everything(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    cells = list(tried(home))
    with capsys.disabled():
        print(table(cells))  # noqa: T201 - the matrix is for people
    assert len(cells) == len(APPLICATION_TRIES) + (1 if home.kind == "sqlite" else 5)
    assert [cell for cell in cells if not cell.result.startswith("refused: ")] == []


def test_the_holder_is_told_by_a_head_that_was_exported(
    new_home: Callable[[], Home], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: dict[str, LogCheck] = {}
    cells = []
    for attack in HOLDER_DOES:
        home = new_home()
        told[attack] = check = attacked(home, attack, tmp_path / f"{attack}.head")
        first = f"detected: {check.faults[0]}" if check.faults else "NOT DETECTED"
        cells.append(Cell(attack, f"{home.kind}: holder", first))
    with capsys.disabled():
        print(table(cells))  # noqa: T201 - the matrix is for people
    for attack, check in told.items():
        assert check.verdict == "tampered", attack
        assert check.faults[0].startswith(HOLDER_DOES[attack][1]), (attack, check.faults)


def table(cells: list[Cell]) -> str:
    """Lay cells out for people."""
    return "\n".join(["", *(f"  {c.by:20} | {c.attack:27} | {c.result[:96]}" for c in cells)])


def test_nothing_done_is_nothing_told(home: Home, tmp_path: Path) -> None:
    with filled(home) as workspace:
        export_head(workspace, tmp_path / "head.txt")
    with home.holder() as run:
        drop_guards(home, run)
        stand_guards(home, run)
    with home.open() as workspace:
        check = verify_log(workspace, [tmp_path / "head.txt"])
    assert (check.verdict, check.faults) == ("intact", ())
    assert [kept.signature for kept in check.heads] == ["valid"]
