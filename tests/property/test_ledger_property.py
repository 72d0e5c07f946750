"""Whatever a record says, the ledger gives it back, chains it, and finds any change to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftgov.errors import FtgovError
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import digest_bytes
from ftgov.store.chain import GENESIS, Entry, chain_faults, seal
from ftgov.store.ledger import Ledger
from ftgov.store.workspace import Workspace

AT = "2026-11-21T09:30:00Z"
TEXT = st.text(max_size=200)  # lone surrogates are never drawn
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=12)
NUMBERS = st.floats(-1e15, 1e15) | st.integers(-(2**53) + 1, 2**53 - 1)


class Note(Record):
    """A record that can say nearly anything."""

    type: str = "note"
    name: str
    text: str = ""
    values: tuple[float, ...] = ()
    facts: dict[str, bool | str | list[str] | None] = {}


NOTES = st.builds(
    Note,
    name=NAMES,
    text=TEXT | TEXT.map(lambda text: text * 500),
    values=st.lists(NUMBERS, max_size=4).map(tuple),
    facts=st.dictionaries(TEXT, st.none() | st.booleans() | TEXT | st.lists(TEXT), max_size=4),
)
ACTORS = TEXT.filter(lambda text: text.isprintable() and bool(text.strip()))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    root = tmp_path_factory.mktemp("w") / "w"
    with Workspace.create(root, name="w", recorded_at=AT) as workspace:
        yield workspace.ledger


@settings(max_examples=40, deadline=None)
@given(notes=st.lists(NOTES, min_size=1, max_size=4), actor=ACTORS)
def test_what_is_appended_is_read_back_and_verifies(
    ledger: Ledger, notes: list[Note], actor: str
) -> None:
    before = ledger.head().entries
    entries = ledger.append_all(notes, actor=actor, recorded_at=AT)
    wanted = {note.name: note for note in notes}
    assert {name: ledger.get(Note, name) for name in wanted} == wanted
    for note, entry in zip(notes, entries, strict=True):
        assert entry.body.encode() == canonical_bytes(note)
        assert entry.record_digest == digest_bytes(canonical_bytes(note))
    head = ledger.head()
    assert before <= head.entries <= before + len(notes)
    assert ledger.append(notes[-1], actor="somebody else", recorded_at=AT) == entries[-1]
    assert ledger.head() == head
    assert ledger.verify().verdict == "intact"


def chained(notes: list[Note]) -> list[Entry]:
    chain: list[Entry] = []
    for seq, note in enumerate(notes, 1):
        body = canonical_bytes(note).decode()
        previous = chain[-1].digest if chain else GENESIS
        parts = (seq, note.type, note.name, body, digest_bytes(body.encode()), previous)
        entry = Entry(*parts, digest="", actor="ada", recorded_at=AT)
        chain.append(entry._replace(digest=seal(entry)))
    return chain


CHAINS = st.lists(NOTES, min_size=1, max_size=5).map(chained)


@settings(max_examples=100, deadline=None)
@given(chain=CHAINS, choice=st.data())
def test_any_change_to_any_field_is_found_at_its_seq(
    chain: list[Entry], choice: st.DataObject
) -> None:
    assert list(chain_faults(chain)) == []
    at = choice.draw(st.integers(0, len(chain) - 1))
    field = choice.draw(st.sampled_from(Entry._fields[1:]))
    was = getattr(chain[at], field)
    now = choice.draw(TEXT.filter(lambda text: text != was))
    altered = [*chain]
    altered[at] = chain[at]._replace(**{field: now})  # type: ignore[arg-type]
    faults = list(chain_faults(altered))
    assert faults
    assert faults[0].startswith(f"entry {at + 1}: ")


@settings(max_examples=100, deadline=None)
@given(chain=CHAINS.filter(lambda chain: len(chain) > 1), choice=st.data())
def test_removing_repeating_or_reordering_is_found(
    chain: list[Entry], choice: st.DataObject
) -> None:
    at = choice.draw(st.integers(0, len(chain) - 2))
    without = [*chain[:at], *chain[at + 1 :]]
    twice = [*chain[: at + 1], *chain[at:]]
    swapped = [*chain[:at], chain[at + 1], chain[at], *chain[at + 2 :]]
    for broken in (without, twice, swapped):
        assert list(chain_faults(broken))


class Filled(NamedTuple):
    root: Path
    database: bytes
    entries: list[Entry]

    def __repr__(self) -> str:
        return f"Filled({self.root})"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    root = tmp_path_factory.mktemp("filled") / "w"
    with Workspace.create(root, name="w", recorded_at=AT) as workspace:
        notes = [Note(name=f"n{n}", text="x" * 300) for n in range(20)]
        entries = workspace.ledger.append_all(notes, actor="ada", recorded_at=AT)
    return Filled(root, (root / ".ftgov" / "store.db").read_bytes(), entries)


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(min_size=1, max_size=64), place=st.integers(0, 100_000))
@example(noise=b"\xd0", place=3495)  # in the schema: SQLite's own message breaks
def test_noise_in_the_database_file_never_passes_for_sound_records(
    filled: Filled, noise: bytes, place: int
) -> None:
    """Bytes written anywhere into the file: our own error, a fault, or the very same entries."""
    root, sound, before = filled
    content = bytearray(sound)
    start = place % (len(content) - len(noise))
    content[start : start + len(noise)] = noise
    (root / ".ftgov" / "store.db").write_bytes(bytes(content))
    told = None
    try:
        with Workspace.open(root) as workspace:
            if workspace.ledger.verify().verdict == "intact":
                assert workspace.ledger.history() == before
    except FtgovError as fault:
        told = fault
    assert told is None or told.next_step
