"""Witnessing: a second party cosigns only what grew out of what it cosigned before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ftgov.api import recording, witnessing
from ftgov.api.tree_heads import export_head, made_log_key
from ftgov.api.witnessing import cosign, export_consistency, witness_key
from ftgov.api.workspaces import init, open_workspace
from ftgov.errors import InvalidBundle, LedgerTampered, NotAssessable, UsageError
from ftgov.records.cosigned_head import HeadCosigned
from ftgov.records.model import ModelVersion
from ftgov.signing.log_key import LogKey
from ftgov.signing.witness import cosigned_by, witness_text
from ftgov.store.workspace import Workspace
from ftgov.transparency.checkpoint import TreeHead, head_text
from ftgov.transparency.merkle import EMPTY_ROOT
from ftgov.transparency.note import parse_note
from log_samples import ORIGIN, entry_of, proof_of
from tests_support import run_ftgov

NOW = "2026-11-21T09:30:00Z"


def _record(workspace: Workspace, *names: str) -> None:
    for name in names:
        workspace.ledger.append(
            ModelVersion(name=name, kind="base"), actor="unnamed", recorded_at=NOW
        )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "loans", now=NOW) as made:
        _record(made, "one", "two")
        yield made


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Workspace]:
    with init(tmp_path / "regulator", now=NOW) as made:
        yield made


def _head(log: Workspace, name: str) -> Path:
    path = log.root.parent / name
    export_head(log, path)
    return path


def test_the_first_head_is_believed_by_its_key_and_the_next_only_with_a_proof(
    log: Workspace, witness: Workspace, tmp_path: Path
) -> None:
    first, key = _head(log, "one.txt"), made_log_key(log).public
    made = cosign(witness, first, log_key=key, now=NOW)
    assert (made.size, made.before) == (2, None)
    note = parse_note(first.read_bytes())
    ours = witness_text(witness_key(witness).public)
    assert cosigned_by(note, note.signatures[1], ours).name == "ftgov.dev/witness/regulator"
    _record(log, "three", "four", "five")
    second = _head(log, "two.txt")
    before = second.read_bytes()
    with pytest.raises(NotAssessable, match="Nothing shows") as told:
        cosign(witness, second, now=NOW)
    assert "--since 2" in told.value.next_step
    assert second.read_bytes() == before
    assert export_consistency(log, second, 2, tmp_path / "proof") == 5
    made = cosign(witness, second, consistency=tmp_path / "proof", now=NOW)
    assert (made.size, made.before) == (5, 2)
    (kept,) = witness.ledger.every(HeadCosigned)
    assert (kept.size, kept.origin) == (5, "ftgov.dev/log/loans")


def test_the_same_head_may_be_cosigned_again_and_an_older_one_not(
    log: Workspace, witness: Workspace, tmp_path: Path
) -> None:
    old, key = _head(log, "old.txt"), made_log_key(log).public
    _record(log, "three")
    new = _head(log, "new.txt")
    cosign(witness, new, log_key=key, now=NOW, output=tmp_path / "cosigned.txt")
    assert len(parse_note(new.read_bytes()).signatures) == 1
    cosign(witness, tmp_path / "cosigned.txt", now="2026-11-22T09:30:00Z")
    assert len(parse_note((tmp_path / "cosigned.txt").read_bytes()).signatures) == 2
    with pytest.raises(NotAssessable, match="a head of 3 was cosigned before"):
        cosign(witness, old, now=NOW)


def test_a_rewritten_log_is_told_and_not_cosigned(
    log: Workspace, witness: Workspace, tmp_path: Path
) -> None:
    """The operator starts the log anew under its old key, the same size and a larger one."""
    cosign(witness, _head(log, "one.txt"), log_key=made_log_key(log).public, now=NOW)
    key_file = log.keys / "tree-heads" / "log.pem"
    again = init(tmp_path / "again" / "loans", now=NOW)
    (again.keys / "tree-heads").mkdir(parents=True)
    (again.keys / "tree-heads" / "log.pem").write_bytes(key_file.read_bytes())
    (again.keys / "tree-heads" / "log.pem").chmod(0o600)
    _record(again, "one", "other")
    forked = _head(again, "fork.txt")
    with pytest.raises(LedgerTampered, match="rewritten"):
        cosign(witness, forked, now=NOW)
    _record(again, "three")
    grown = _head(again, "grown.txt")
    export_consistency(again, grown, 2, tmp_path / "proof")
    again.close()
    with pytest.raises(LedgerTampered, match="rewritten"):
        cosign(witness, grown, consistency=tmp_path / "proof", now=NOW)
    assert len(parse_note(grown.read_bytes()).signatures) == 1
    assert [each.size for each in witness.ledger.every(HeadCosigned)] == [2]


def test_heads_of_others_keys_and_files_are_refused(
    log: Workspace, witness: Workspace, tmp_path: Path
) -> None:
    head, key = _head(log, "one.txt"), made_log_key(log).public
    with pytest.raises(UsageError, match="which key"):
        cosign(witness, head)
    with pytest.raises(UsageError, match="no public key"):
        cosign(witness, head, log_key=LogKey.generate("ftgov.dev/log/x").public)
    with pytest.raises(InvalidBundle, match="did not sign"):
        cosign(witness, head, log_key=LogKey.generate("ftgov.dev/log/loans").public)
    with pytest.raises(UsageError, match="cannot be read"):
        cosign(witness, tmp_path / "absent", log_key=key)
    (tmp_path / "junk").write_bytes(b"junk")
    with pytest.raises(NotAssessable, match="no tree head"):
        cosign(witness, tmp_path / "junk", log_key=key)
    cosign(witness, head, log_key=key, now=NOW)
    with pytest.raises(UsageError, match="another key before"):
        cosign(witness, head, log_key=LogKey.generate("ftgov.dev/log/loans").public)
    _record(log, "three")
    later = _head(log, "later.txt")
    for content in (b"junk", head.read_bytes(), b"old 1\n\n" + later.read_bytes()):
        (tmp_path / "junk").write_bytes(content)
        with pytest.raises(NotAssessable, match="no proof of what is asked"):
            cosign(witness, later, consistency=tmp_path / "junk", now=NOW)
    with pytest.raises(UsageError, match="exists already"):
        export_consistency(log, later, 2, head)


def test_of_two_heads_cosigned_at_once_one_is_refused(
    log: Workspace, witness: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another command cosigns a fork between this one's check and its entry."""
    cosign(witness, _head(log, "one.txt"), log_key=made_log_key(log).public, now=NOW)
    fork = tmp_path / "fork" / "loans"
    shutil.copytree(log.root, fork)
    heads = {}
    other = open_workspace(fork)
    for name, forked in (("a", log), ("b", other)):
        _record(forked, f"{name}1", f"{name}2")
        heads[name] = tmp_path / name
        export_head(forked, heads[name])
        export_consistency(forked, heads[name], 2, tmp_path / f"proof-{name}")
    other.close()
    real = recording.append_after

    def late(*args: Any, **fields: Any) -> Any:
        """Let the other one go first, once."""
        monkeypatch.setattr(witnessing, "append_after", real)
        cosign(witness, heads["b"], consistency=tmp_path / "proof-b", now=NOW)
        return real(*args, **fields)

    monkeypatch.setattr(witnessing, "append_after", late)
    with pytest.raises(LedgerTampered, match="rewritten"):
        cosign(witness, heads["a"], consistency=tmp_path / "proof-a", now=NOW)
    assert len(parse_note(heads["a"].read_bytes()).signatures) == 1
    assert len(parse_note(heads["b"].read_bytes()).signatures) == 2
    assert [each.size for each in witness.ledger.every(HeadCosigned)] == [4]


def test_a_thing_is_recorded_only_after_what_was_seen(witness: Workspace) -> None:
    """A stale view records nothing; a view of nothing is stale once there is something."""
    ledger = witness.ledger
    one, two = ModelVersion(name="m", kind="base"), ModelVersion(name="m", kind="merged")
    first = ledger.append_after(None, one, actor="unnamed", recorded_at=NOW)
    assert first is not None
    assert ledger.append_after(None, two, actor="unnamed", recorded_at=NOW) is None
    second = ledger.append_after(first, two, actor="unnamed", recorded_at=NOW)
    assert second is not None
    assert ledger.append_after(first, one, actor="unnamed", recorded_at=NOW) is None
    assert ledger.get(ModelVersion, "m") == two


@pytest.mark.parametrize(("size", "root"), [(0, EMPTY_ROOT), (2**62, b"\1" * 32)])
def test_heads_of_nothing_and_of_more_than_can_be_counted_are_refused(
    witness: Workspace, tmp_path: Path, size: int, root: bytes
) -> None:
    """Every log grows out of an empty one, so cosigning that vouches for nothing."""
    key, path = LogKey.generate(ORIGIN), tmp_path / "head.txt"
    path.write_bytes(key.sign_note(head_text(TreeHead(ORIGIN, size, root))))
    with pytest.raises(NotAssessable, match="no tree head") as told:
        cosign(witness, path, log_key=key.public, now=NOW)
    assert f"of {size} entries" in told.value.why
    assert not witness.ledger.every(HeadCosigned)


def test_a_proof_file_is_cosigned_in_its_place(witness: Workspace, tmp_path: Path) -> None:
    from ftgov.transparency.tlog_proof import parse_proof

    own = LogKey.generate(ORIGIN)
    path = tmp_path / "report.tlog-proof"
    path.write_bytes(proof_of(entry_of(b"payload"), log=own))
    before = parse_proof(path.read_bytes())
    cosign(witness, path, log_key=own.public, now=NOW)
    after = parse_proof(path.read_bytes())
    assert after._replace(checkpoint=b"") == before._replace(checkpoint=b"")
    assert len(parse_note(after.checkpoint).signatures) == 2


def test_the_commands_say_what_they_did(log: Workspace, witness: Workspace, tmp_path: Path) -> None:
    head, key = _head(log, "one.txt"), made_log_key(log).public
    where = ["--workspace", str(witness.root)]
    ran = run_ftgov("log", "cosign", head, "--log-key", key, "--json", *where)
    assert (ran.status, ran.json["size"], ran.json["before"]) == (0, 2, None)
    _record(log, "three")
    later, proof = _head(log, "two.txt"), tmp_path / "proof"
    assert run_ftgov("log", "cosign", later, *where).status == 12
    made = [
        "log",
        "consistency",
        str(later),
        "--since",
        "2",
        "--output",
        str(proof),
        "--workspace",
        str(log.root),
    ]
    assert run_ftgov(*made).out.strip().endswith("the log grew from 2 to 3 entries.")
    ran = run_ftgov("log", "cosign", later, "--consistency", proof, *where)
    assert "grew out of the 2 seen before" in ran.out
