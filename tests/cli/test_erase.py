"""`ftgov erase` as a user types it: what it prints, what the log says after, and exit statuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api.nouns import record_dataset
from tests_support import Ran, run_ftgov

CONTENT = b'{"messages":[{"role":"user","content":"I am Ada"}]}\n'
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with a person who recorded an erasable dataset."""
    file = tmp_path / "a.jsonl"
    file.write_bytes(CONTENT)
    with api.init(tmp_path / "w") as made:
        record_dataset(made, "letters", [file], role="train", erasable=True, actor="jo@example.org")
    return tmp_path / "w"


def run(place: Path, *words: str) -> Ran:
    return run_ftgov(*words, "--workspace", place)


def test_a_person_and_a_file_are_erased_and_the_log_says_so(place: Path) -> None:
    shown = run(place, "log")
    assert shown.out.count("jo@example.org") == 2
    assert run(place, "log", "--actor", "jo@example.org").out == shown.out
    person = run(place, "erase", "jo@example.org", "--reason", "request 7", "--json")
    assert person.status == 0, person.err
    erasure = person.json["erasure"]
    assert erasure["reason"] == "request 7"
    assert erasure["legal_basis"] == "GDPR Article 17(1)"
    assert person.json["named_by"] == [f"party/{erasure['party']}"]
    file = run(place, "erase", DIGEST, "--reason", "withdrawn", "--actor", "unnamed")
    assert file.status == 0, file.err
    assert f"erased {DIGEST} at " in file.out
    assert "dataset/letters" in file.out
    again = run(place, "erase", erasure["party"], "--reason", "once more")
    assert f"erased {erasure['party']} before, at " in again.out
    entries = run(place, "log", "--json").json
    assert [entry["type"] for entry in entries] == ["party", "dataset", "erasure", "erasure"]
    assert entries[1]["actor"] == erasure["party"]
    assert entries[1]["actor_name"] == f"{erasure['party']} (erased)"
    verified = run(place, "log", "verify")
    assert verified.status == 0, verified.err
    found = [path for path in place.rglob("*") if path.is_file()]
    assert not any(b"jo@example" in path.read_bytes() for path in found)
    assert not any(b"I am Ada" in path.read_bytes() for path in found)


def test_what_cannot_be_erased_ends_as_documented(place: Path) -> None:
    assert run(place, "erase", "nobody", "--reason", "x").status == 2
    assert run(place, "erase", "jo@example.org").status == 2
    for key in (place / ".ftgov" / "vault").iterdir():
        key.unlink()
    lost = run(place, "erase", DIGEST, "--reason", "x")
    assert lost.status == 12
    assert "key is lost" in lost.err
    verified = run(place, "log", "verify")
    assert verified.status == 21
    assert "no entry says that it was erased" in verified.out


def test_a_person_is_recorded_without_a_name_in_clear(place: Path) -> None:
    ran = run(
        place, "record", "party", "Max Muster", "--kind", "person", "--role", "approver",
        "--contact", "max@example.org", "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    (recorded,) = ran.json["recorded"]
    assert recorded.startswith("party/party-")
    found = [path.read_bytes() for path in place.rglob("*") if path.is_file()]
    assert not any(b"Muster" in content or b"max@example" in content for content in found)
    account = run(place, "record", "party", "ci", "--kind", "account")
    assert account.status == 0, account.err
    assert "recorded party/ci" in account.out
