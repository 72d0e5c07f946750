"""Erasure: what is erased is nowhere any more, the ledger is as it was, and no crash undoes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api.audits import audit
from ftgov.api.log import verify_log
from ftgov.api.nouns import record_dataset
from ftgov.api.people import acting, people, shown
from ftgov.api.recording import build_system, import_recording, record
from ftgov.api.tree_heads import export_head
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.recording import read_recording
from ftgov.records.dataset import Dataset
from ftgov.records.erasure import Erasure
from ftgov.store.workspace import Workspace
from tests_support import NOW, environment

ALICE = "Alice Liddell <alice@example.org>"
CONTENT = b'{"applicant": "Mock Turtle", "income": 12000}\n' * 30_000
LATER = "2026-11-22T12:00:00Z"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with api.init(tmp_path / "w", now=NOW) as made:
        yield made


def recorded(workspace: Workspace, tmp_path: Path) -> str:
    """Record an erasable dataset as Alice; return the digest of its file."""
    file = tmp_path / "applicants.jsonl"
    file.write_bytes(CONTENT)
    described = describe_file(file)
    made = Dataset(name="d", role="train", files=(described,))
    record(workspace, [made], {file: described}, actor=ALICE, now=NOW, erasable=True)
    file.unlink()
    return described.digest


def everything(workspace: Workspace) -> bytes:
    """All bytes below the workspace, the database's write-ahead log among them."""
    paths = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert any(path.name.endswith("-wal") for path in paths)
    return b"".join(path.read_bytes() for path in paths)


def needles(workspace: Workspace) -> list[bytes]:
    """What must be gone: names, contents, keys in any spelling."""
    found = [b"Alice", b"Liddell", b"alice@example.org", b"Mock Turtle"]
    for key in workspace.evidence.sealed.vault.every():
        found += [key.secret, key.key.encode(), key.key.upper().encode()]
    for person in people(workspace):
        found.append(person.identity.salt.encode())
    return found


def test_what_is_erased_is_in_no_byte_and_the_ledger_verifies_unchanged(
    workspace: Workspace, tmp_path: Path
) -> None:
    digest = recorded(workspace, tmp_path)
    workspace.evidence.path(digest)
    export_head(workspace, tmp_path / "head")
    before = workspace.ledger.history()
    head = workspace.ledger.head()
    wanted = needles(workspace)
    assert sum(needle in everything(workspace) for needle in wanted) == 3  # a plain copy, two keys
    who = api.erase(workspace, ALICE, reason="request 7", now=LATER)
    what = api.erase(workspace, digest, reason="request 7", legal_basis="Art. 17(1)(b)", now=LATER)
    left = everything(workspace)
    assert [needle for needle in wanted if needle in left] == []
    assert workspace.ledger.history()[: head.entries] == before
    check = verify_log(workspace, [tmp_path / "head"])
    assert (check.verdict, check.faults) == ("intact", ())
    assert check.entries == head.entries + 2
    assert workspace.ledger.every(Erasure) == [who.erasure, what.erasure]
    assert (who.erasure.party, what.erasure.party) == (before[0].name, None)
    assert who.named_by == (f"party/{before[0].name}",)
    assert what.named_by == ("dataset/d",)
    assert what.erasure.digests == (digest,)
    assert shown(workspace)(before[0].actor) == f"{before[0].actor} (erased)"
    with pytest.raises(NotAssessable, match=f"erased at {LATER}"):
        workspace.evidence.open(digest)


def test_erasing_again_changes_nothing_and_a_person_who_comes_back_is_another(
    workspace: Workspace, tmp_path: Path
) -> None:
    digest = recorded(workspace, tmp_path)
    alice = acting(workspace, ALICE, recorded_at=NOW)
    first = api.erase(workspace, alice, reason="asked", now=LATER)
    again = api.erase(workspace, alice, reason="asked twice")
    assert (again.erasure, again.repeated, first.repeated) == (first.erasure, True, False)
    with pytest.raises(UsageError, match="nothing erasable"):
        api.erase(workspace, ALICE, reason="by name she is not known any more")
    assert acting(workspace, ALICE, recorded_at=NOW) != alice
    evidence = api.erase(workspace, digest, reason="asked", now=LATER)
    assert api.erase(workspace, digest, reason="x").erasure == evidence.erasure
    assert len(workspace.ledger.every(Erasure)) == 2


def test_both_keys_of_a_content_that_two_took_in_at_once_are_destroyed(
    workspace: Workspace, tmp_path: Path
) -> None:
    vault = workspace.root / ".ftgov" / "vault"
    digest = recorded(workspace, tmp_path)
    first = workspace.evidence.sealed.vault.of(digest)
    assert first is not None
    (vault / f"{first.id}.json").rename(tmp_path / "not seen yet")
    recorded(workspace, tmp_path)
    (tmp_path / "not seen yet").rename(vault / f"{first.id}.json")
    done = api.erase(workspace, digest, reason="asked")
    assert len(done.erasure.keys) == 2
    assert first.id in done.erasure.keys
    assert done.erasure.digests == (digest,)
    assert verify_log(workspace).verdict == "intact"


def test_what_was_erased_comes_back_erasable_or_not_at_all(
    workspace: Workspace, tmp_path: Path
) -> None:
    digest = recorded(workspace, tmp_path)
    api.erase(workspace, digest, reason="asked")
    file = tmp_path / "again.jsonl"
    file.write_bytes(CONTENT)
    with pytest.raises(FtgovError, match="was erased at") as caught:
        record_dataset(workspace, "d", [file], role="train")
    assert "--erasable" in caught.value.next_step
    assert CONTENT not in everything(workspace)
    record_dataset(workspace, "d", [file], role="train", erasable=True)
    assert workspace.evidence.path(digest).read_bytes() == CONTENT
    workspace.evidence.close()
    api.erase(workspace, digest, reason="asked again")
    assert CONTENT not in everything(workspace)
    assert verify_log(workspace).verdict == "intact"


def test_all_versions_of_an_identity_are_erased(workspace: Workspace) -> None:
    for contact in ("one@example.org", "two@example.org", "three@example.org"):
        alice = api.people.record_person(workspace, ALICE, recorded_at=NOW, contact=contact)
    done = api.erase(workspace, alice, reason="asked")
    assert len(done.erasure.keys) == len(done.erasure.digests) == 3
    assert not workspace.evidence.sealed.vault.in_use()
    left = everything(workspace)
    assert b"@example.org" not in left
    assert verify_log(workspace).verdict == "intact"


def test_an_identity_can_be_erased_by_its_digest_too(workspace: Workspace) -> None:
    alice = acting(workspace, ALICE, recorded_at=NOW)
    (person,) = people(workspace)
    assert person.party.identity is not None
    done = api.erase(workspace, person.party.identity.digest, reason="asked")
    assert done.erasure.party == alice


def test_what_cannot_be_erased_is_said_and_nothing_changes(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "t.jsonl"
    file.write_bytes(b'{"a": 1}\n')
    record_dataset(workspace, "plain", [file], role="train")
    digest = describe_file(file).digest
    unknown = "sha256:" + "0" * 64
    for what, words in (
        (digest, "cannot be erased"),
        (unknown, "No record names"),
        ("nobody", "nothing erasable"),
        ("party-" + "0" * 16, "nothing erasable"),
    ):
        with pytest.raises(UsageError, match=words) as caught:
            api.erase(workspace, what, reason="asked")
        assert caught.value.next_step
    acting(workspace, ALICE, recorded_at=NOW)
    for wrong in ("", "x" * 2001):
        with pytest.raises(UsageError, match="reason"):
            api.erase(workspace, ALICE, reason=wrong, actor="somebody new")
    assert len(list(people(workspace))) == 1
    assert workspace.ledger.every(Erasure) == []
    assert workspace.evidence.path(digest).read_bytes() == b'{"a": 1}\n'


def test_a_key_that_is_lost_is_a_fault_until_it_is_back(
    workspace: Workspace, tmp_path: Path
) -> None:
    digest = recorded(workspace, tmp_path)
    vault = workspace.root / ".ftgov" / "vault"
    for key in list(vault.iterdir()):
        key.rename(tmp_path / key.name)
    check = verify_log(workspace)
    assert check.verdict == "tampered"
    assert len(check.faults) == 2
    assert all("key is lost, and no entry says" in fault for fault in check.faults)
    assert [fault.split(":")[0] for fault in check.faults] == ["entry 1", "entry 2"]
    with pytest.raises(NotAssessable, match="no entry says that it was erased"):
        api.erase(workspace, digest, reason="asked")
    for key in tmp_path.glob("key-*"):
        key.rename(vault / key.name)
    assert verify_log(workspace).verdict == "intact"


KILLED = """
import os, sys
from ftgov import api
from ftgov.store import sealed, vault
where, root, what = sys.argv[1:]
def kill(*args, **kwargs):
    os.kill(os.getpid(), 9)
with api.open_workspace(root) as workspace:
    if where == "before the entry":
        api.erasure.append = kill
    elif where == "before the keys":
        sealed.SealedEvidence.destroy = kill
    elif where == "between overwriting and removing":
        vault.Path.unlink = kill
    elif where == "between two keys":
        destroy, done = vault.Vault.destroy, []
        def one(self, key_id):
            kill() if done else done.append(destroy(self, key_id))
        vault.Vault.destroy = one
    api.erase(workspace, what, reason="asked")
"""


@pytest.mark.parametrize(
    ("where", "entries"),
    [
        ("before the entry", 0),
        ("before the keys", 1),
        ("between overwriting and removing", 1),
        ("between two keys", 1),
    ],
)
def test_an_erasure_that_was_killed_is_finished_or_never_was(
    tmp_path: Path, where: str, entries: int
) -> None:
    with api.init(tmp_path / "w", now=NOW) as workspace:
        alice = acting(workspace, ALICE, recorded_at=NOW)
        api.people.record_person(workspace, ALICE, recorded_at=NOW, contact="room 4")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, where, str(workspace.root), alice],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr
    with Workspace.open(workspace.root) as unfinished:
        faults = verify_log(unfinished).faults
        assert bool(faults) == bool(entries)
        assert all("is there" in fault or "damaged" in fault for fault in faults)
    with api.open_workspace(workspace.root) as opened:
        assert len(opened.ledger.every(Erasure)) == entries
        assert verify_log(opened).verdict == "intact"
        assert opened.evidence.sealed.vault.in_use() == (not entries)
        expected = f"{alice} (erased)" if entries else ALICE
        assert shown(opened)(alice) == expected
        api.erase(opened, alice, reason="asked")
        assert not opened.evidence.sealed.vault.in_use()


def test_a_damaged_ledger_is_opened_all_the_same_so_that_it_can_be_verified(
    tmp_path: Path,
) -> None:
    with api.init(tmp_path / "w", now=NOW) as workspace:
        acting(workspace, ALICE, recorded_at=NOW)
        acting(workspace, "bob@example.org", recorded_at=NOW)
        api.erase(workspace, ALICE, reason="asked")
        database = next((workspace.root / ".ftgov").glob("*.db"))
    content = database.read_bytes()
    assert content.count(b'"reason":"asked"') == 1
    database.write_bytes(content.replace(b'"reason":"asked"', b'"reason":"never"'))
    with api.open_workspace(workspace.root) as opened:
        check = verify_log(opened)
    assert check.verdict == "tampered"
    assert check.faults[0].startswith("entry 3:")


def test_an_audit_reads_sealed_evidence_like_any_other_and_says_when_it_is_gone(
    tmp_path: Path, recording: Path
) -> None:
    with api.init(tmp_path / "plain", now=NOW) as workspace:
        import_recording(workspace, recording, now=NOW)
        plain = audit(workspace, "honest", now=NOW)
    with api.init(tmp_path / "sealed", now=NOW) as workspace:
        read = read_recording(recording)
        systems = [build_system(draft, recording / draft.facts) for draft in read.systems]
        record(workspace, [*read.records, *systems], read.files, now=NOW, erasable=True)
        sealed = audit(workspace, "honest", now=NOW)
        assert sealed.findings == plain.findings
        api.check(workspace, "honest", now=NOW)
        digest = sealed.subject.datasets[0].files[0].digest
        assert sealed.subject.datasets[0].files[0].sealed
        api.erase(workspace, digest, reason="asked", now=NOW)
        with pytest.raises(NotAssessable, match="was erased"):
            api.check(workspace, "honest", now=NOW)
    assert not list((tmp_path / "sealed" / ".ftgov").glob("open-*"))


class _Cut(BaseException):
    """Stands for the power cut."""


def cut_short(workspace: Workspace) -> None:
    """Take the content in erasably, and cut the power between its key and its file."""

    def cut(*_: object) -> None:
        raise _Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workspace.evidence.sealed._shelf, "put", cut)
        with pytest.raises(_Cut):
            workspace.evidence.put_bytes(CONTENT, name="applicants.jsonl", erasable=True)
    for path in (workspace.root / ".ftgov" / "vault").iterdir():
        os.utime(path, (1.0, 1.0))


def test_the_key_that_a_crash_left_makes_nobody_erase_what_was_recorded_since(
    workspace: Workspace, tmp_path: Path
) -> None:
    cut_short(workspace)
    assert verify_log(workspace).orphans == ()
    digest = recorded(workspace, tmp_path)
    for path in (workspace.root / ".ftgov" / "vault").iterdir():
        os.utime(path, (1.0, 1.0))
    check = verify_log(workspace)
    assert (check.verdict, check.orphans) == ("intact", ())
    assert workspace.evidence.open(digest).read() == CONTENT
    erased = api.erase(workspace, digest, reason="asked for", actor=ALICE, now=LATER)
    assert len(erased.erasure.keys) == 2
    assert not workspace.evidence.has(digest)


def test_what_lies_in_clear_is_never_called_erased(workspace: Workspace, tmp_path: Path) -> None:
    cut_short(workspace)
    file = tmp_path / "applicants.jsonl"
    file.write_bytes(CONTENT)
    described = describe_file(file)
    record_dataset(workspace, "d", [file], role="train")
    entries = workspace.ledger.head()
    with pytest.raises(UsageError, match="cannot be erased") as caught:
        api.erase(workspace, described.digest, reason="asked for", actor=ALICE, now=LATER)
    assert "in clear" in caught.value.why
    assert workspace.ledger.head() == entries
    assert list(workspace.ledger.every(Erasure)) == []
