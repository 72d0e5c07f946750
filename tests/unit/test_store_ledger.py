"""The ledger: what goes in comes out, the newest wins, nothing is recorded twice or by halves."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftgov.errors import FtgovError
from ftgov.records.base import Record
from ftgov.records.digest import digest_bytes
from ftgov.records.model import ModelVersion
from ftgov.records.party import Party
from ftgov.store import sqlite
from ftgov.store.ledger import Entry, Ledger
from store_support import Home

AT = "2026-11-21T09:30:00Z"
LATER = "2026-11-21T10:00:00Z"
ADA = Party(name="ada", role="approver")
BEN = Party(name="ben", role="reviewer")


class Loose(Record):
    """A record whose field takes any whole number."""

    type: str = "loose"
    name: str = "loose"
    number: int


class Forgetful(Record):
    """A record that does not write all it holds."""

    type: str = "forgetful"
    name: str = "forgetful"
    secret: str = ""

    def model_dump(self, **_: object) -> dict[str, object]:
        """Leave the secret out."""
        return {"type": self.type, "name": self.name}


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    with home.create() as workspace:
        yield workspace.ledger


def test_an_empty_ledger_is_nothing_to_verify(ledger: Ledger) -> None:
    check = ledger.verify()
    assert (check.entries, check.head, check.faults) == (0, None, ())
    assert check.verdict == "nothing to verify"
    assert ledger.head().entries == 0
    assert ledger.history() == []
    assert ledger.every(Party) == []
    assert ledger.append_all([], actor="ada", recorded_at=AT) == []


def test_an_entry_is_sealed_as_documented(ledger: Ledger) -> None:
    first = ledger.append(ADA, actor="ada@example.org", recorded_at=AT)
    second = ledger.append(BEN, actor="ada@example.org", recorded_at=LATER)
    assert first.previous == "sha256:" + "0" * 64
    assert second.previous == first.digest
    sealed = {
        "actor": "ada@example.org",
        "name": "ben",
        "previous": first.digest,
        "record_digest": digest_bytes(second.body.encode()),
        "recorded_at": LATER,
        "seq": 2,
        "type": "party",
    }
    # Written out by hand, as an auditor would, without the code under test.
    text = json.dumps(sealed, separators=(",", ":"), sort_keys=True)
    expected = hashlib.sha256(b"ftgov-ledger-v1\x00" + text.encode()).hexdigest()
    assert second.digest == "sha256:" + expected
    assert (ledger.head().entries, ledger.head().head) == (2, second.digest)
    assert ledger.verify().verdict == "intact"


def test_the_newest_record_of_a_name_is_current(ledger: Ledger) -> None:
    changed = ADA.model_copy(update={"contact": "ada@example.org"})
    for record in (ADA, BEN, ModelVersion(name="ada", kind="base"), changed):
        ledger.append(record, actor="ada", recorded_at=AT)
    assert ledger.get(Party, "ada") == changed
    assert ledger.get(ModelVersion, "ada") == ModelVersion(name="ada", kind="base")
    assert ledger.get(Party, "eve") is None
    assert ledger.every(Party) == [changed, BEN]
    assert [entry.seq for entry in ledger.history(type="party", name="ada")] == [1, 4]
    assert [entry.seq for entry in ledger.history(name="ada")] == [1, 3, 4]
    assert [entry.seq for entry in ledger.history(type="party")] == [1, 2, 4]


def test_an_equal_record_is_recorded_once(ledger: Ledger) -> None:
    first = ledger.append(ADA, actor="ada", recorded_at=AT)
    assert ledger.append(ADA, actor="ben", recorded_at=LATER) == first
    assert ledger.append_all([ADA, BEN, BEN], actor="ben", recorded_at=LATER)[1].seq == 2
    assert ledger.head().entries == 2


def test_going_back_to_an_older_content_is_an_entry(ledger: Ledger) -> None:
    changed = ADA.model_copy(update={"role": "signer"})
    entries = ledger.append_all([ADA, changed, ADA], actor="ada", recorded_at=AT)
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert entries[0].record_digest == entries[2].record_digest
    assert ledger.get(Party, "ada") == ADA


def test_several_records_are_recorded_all_or_none(ledger: Ledger) -> None:
    ledger.append(ADA, actor="ada", recorded_at=AT)

    def records() -> Iterator[Record]:
        yield BEN
        yield Loose(number=2**60)

    with pytest.raises(FtgovError, match="canonical JSON") as caught:
        ledger.append_all(records(), actor="ada", recorded_at=AT)
    assert "as text" in caught.value.next_step
    assert ledger.head().entries == 1


@pytest.mark.parametrize("actor", ["", "  ", "two\nlines", "hidden\x00", "broken\udc80"])
def test_somebody_answers_for_each_entry(ledger: Ledger, actor: str) -> None:
    with pytest.raises(FtgovError, match="actor"):
        ledger.append(ADA, actor=actor, recorded_at=AT)
    assert ledger.head().entries == 0


@pytest.mark.parametrize("at", ["", "now", "2026-11-21", "2026-11-21T09:30:00+01:00", 5])
def test_a_time_is_utc_text(ledger: Ledger, at: str) -> None:
    with pytest.raises(FtgovError, match="time"):
        ledger.append(ADA, actor="ada", recorded_at=at)


def test_a_record_without_a_name_is_refused(ledger: Ledger) -> None:
    class Nameless(Record):
        type: str = "nameless"

    with pytest.raises(FtgovError, match="name of a Nameless"):
        ledger.append(Nameless(), actor="ada", recorded_at=AT)
    with pytest.raises(FtgovError, match="no kind of record"):
        ledger.get(Record, "x")


def test_a_record_that_would_not_read_back_is_refused(ledger: Ledger) -> None:
    with pytest.raises(FtgovError, match="cannot be recorded") as caught:
        ledger.append(Forgetful(secret="s"), actor="ada", recorded_at=AT)
    assert "not equal" in caught.value.why
    ledger.append(Forgetful(), actor="ada", recorded_at=AT)


def test_a_record_of_another_version_is_told(ledger: Ledger) -> None:
    class OldParty(Record):
        type: str = "party"
        name: str
        fax: str

    entry = ledger.append(OldParty(name="ada", fax="1"), actor="ada", recorded_at=AT)
    with pytest.raises(FtgovError, match=f"Entry {entry.seq} ") as caught:
        ledger.get(Party, "ada")
    assert "fax" in caught.value.why


def test_a_locked_ledger_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_WAIT", 0.05)
    with Home("sqlite", tmp_path).create() as workspace:
        ledger = workspace.ledger
        other = sqlite3.connect(tmp_path / "w" / ".ftgov" / "store.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FtgovError, match="cannot be used now") as caught:
            ledger.append(ADA, actor="ada", recorded_at=AT)
        assert "Another process" in caught.value.next_step
        assert ledger.head().entries == 0  # who only reads does not wait
        other.close()
        ledger.append(ADA, actor="ada", recorded_at=AT)


def test_entries_are_plain_tuples(ledger: Ledger) -> None:
    entry = ledger.append(ADA, actor="ada", recorded_at=AT)
    assert ledger.history() == [entry]
    assert isinstance(entry, Entry)
    assert Party.model_validate_json(entry.body) == ADA
