"""`ftgov log`: who did what when, heads that are kept elsewhere, and what they tell later."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ftgov.cli.main import execute
from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace
from store_support import Home, drop_guards, stand_guards

Said = tuple[int, str, str]
Say = Callable[..., Said]
FIRST, SECOND = "2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"


@pytest.fixture
def say(home: Home, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run `ftgov log ...` on a ledger of three entries; return status, stdout and stderr."""
    with home.create() as workspace:
        ledger = workspace.ledger
        ledger.append(ModelVersion(name="base", kind="base"), actor="party-a", recorded_at=FIRST)
        tuned = ModelVersion(name="tuned", kind="tuned", parent="base")
        ledger.append(tuned, actor="party-b", recorded_at=SECOND)
        later = tuned.model_copy(update={"licence": "MIT"})
        ledger.append(later, actor="party-b", recorded_at=SECOND)

    def run(*arguments: str | Path) -> Said:
        status = execute(["log", *map(str, arguments), "--workspace", str(home.root / "w")])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def seqs(out: str) -> list[int]:
    return [row["seq"] for row in json.loads(out)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), [1, 2, 3]),
        (("--name", "tuned"), [2, 3]),
        (("--type", "dataset"), []),
        (("--actor", "party-a"), [1]),
        (("--since", SECOND), [2, 3]),
        (("--until", FIRST), [1]),
        (("--last", "2"), [2, 3]),
        (("--name", "tuned", "--last", "1"), [3]),
    ],
)
def test_entries_are_shown_as_asked(
    say: Say, options: tuple[str, ...], expected: list[int]
) -> None:
    status, out, err = say("--json", *options)
    assert (status, seqs(out), err) == (0, expected, "")
    status, out, _ = say(*options)
    assert [int(line.split()[0]) for line in out.splitlines() if expected] == expected
    assert bool(expected) != ("nothing to show" in out)


def test_a_time_that_is_none_is_told(say: Say) -> None:
    status, out, err = say("--since", "yesterday")
    assert (status, out) == (2, "")
    assert "2026-11-21T09:30:00Z" in err


def test_a_head_is_exported_once_and_verified_later(say: Say, home: Home, tmp_path: Path) -> None:
    head = tmp_path / "head.txt"
    status, out, _ = say("head", "--output", head, "--json")
    made = json.loads(out)
    assert (status, made["size"]) == (0, 3)
    lines = head.read_text().split("\n")
    assert lines[:2] == [made["origin"], "3"]
    before = head.read_bytes()
    status, _, err = say("head", "--output", head)
    assert (status, head.read_bytes()) == (2, before)
    assert "never written over" in err
    with home.open() as workspace:
        more = ModelVersion(name="more", kind="base")
        workspace.ledger.append(more, actor="party-a", recorded_at=SECOND)
    status, out, err = say("verify", "--against", head, "--json")
    told = json.loads(out)
    assert (status, told["verdict"], told["entries"], err) == (0, "intact", 4, "")
    assert [one["signature"] for one in told["heads"]] == ["valid"]
    assert "grew out of it" in say("verify", "--against", head)[1]


def test_a_rewrite_behind_the_guards_is_21_and_names_the_entry(
    say: Say, home: Home, tmp_path: Path
) -> None:
    say("head", "--output", tmp_path / "head.txt")
    with home.holder() as run:
        drop_guards(home, run)
        run("DELETE FROM link WHERE seq = 3")
        run("DELETE FROM ledger WHERE seq = 3")
        stand_guards(home, run)
    assert say("verify")[0] == 0  # the chain alone can't tell
    status, out, err = say("verify", "--against", tmp_path / "head.txt", "--json")
    assert (status, json.loads(out)["verdict"]) == (21, "tampered")
    assert "entry 3: missing" in err


def test_a_head_of_a_stranger_or_with_a_false_signature_is_no_proof(
    say: Say, home: Home, tmp_path: Path
) -> None:
    head, false = tmp_path / "head.txt", tmp_path / "false.txt"
    key = json.loads(say("head", "--output", head, "--json")[1])["log_key"]
    text = head.read_text()
    at = text.rindex(" ") + 12
    false.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    status, _, err = say("verify", "--against", false)
    assert (status, "does not hold" in err) == (20, True)
    (home.root / "w" / ".ftgov" / "keys" / "tree-heads" / "log.pem").unlink()
    status, _, err = say("verify", "--against", head)
    assert (status, "nobody knows who signed" in err) == (12, True)
    assert say("verify", "--against", head, "--log-key", key)[0] == 0
    status, _, err = say("verify", "--against", head, "--log-key", "nonsense")
    assert (status, "no public key" in err) == (2, True)


@pytest.mark.parametrize("content", [b"", b"\xff", b"a\n1\nAAAA\n", b"origin\n3\n"])
def test_a_file_that_is_no_head_is_12(say: Say, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.txt").write_bytes(content)
    status, out, err = say("verify", "--against", tmp_path / "head.txt")
    assert (status, out) == (12, "")
    assert "no tree head" in err


def test_a_head_that_is_not_there_is_2(say: Say, tmp_path: Path) -> None:
    assert say("verify", "--against", tmp_path / "none.txt")[0] == 2


def test_every_entry_is_exported_as_it_was_hashed(say: Say, home: Home, tmp_path: Path) -> None:
    target = tmp_path / "log.jsonl"
    assert say("export", "--output", target)[0] == 0
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    with home.open() as workspace:
        assert rows == [entry._asdict() for entry in workspace.ledger.history()]
    assert say("export", "--output", target)[0] == 2
    only = tmp_path / "datasets.jsonl"
    assert "0 entries" in say("export", "--output", only, "--type", "dataset")[1]
    assert only.read_bytes() == b""


def test_an_empty_ledger_has_no_head(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Workspace.create(tmp_path / "w", name="w", recorded_at=FIRST).close()
    place = ["--workspace", str(tmp_path / "w")]
    assert execute(["log", "head", "--output", str(tmp_path / "h.txt"), *place]) == 1
    assert "empty" in capsys.readouterr().err
    assert not (tmp_path / "h.txt").exists()
    assert execute(["log", "verify", *place]) == 12


def test_a_forged_head_or_one_of_another_log_proves_nothing(say: Say, tmp_path: Path) -> None:
    head = tmp_path / "head.txt"
    say("head", "--output", head)
    text = head.read_text()
    for name, forged, status in (
        ("size", text.replace("\n3\n", "\n9\n", 1), 20),
        ("origin", text.replace("log/w", "log/v"), 12),
    ):
        file = tmp_path / f"{name}.txt"
        file.write_text(forged)
        assert say("verify", "--against", file)[0] == status, name


def test_what_a_colleague_holds_is_not_called_tampered(shared_home: Home) -> None:
    from ftgov.api.log import verify_log
    from ftgov.api.people import record_person

    colleague = shared_home._replace(root=shared_home.root / "elsewhere")
    with shared_home.create() as ours, colleague.create() as theirs:
        record_person(ours, "alice@example.org", recorded_at=FIRST)
        assert verify_log(ours).verdict == "intact"
        check = verify_log(theirs)
        assert (check.verdict, check.faults, len(check.elsewhere)) == ("incomplete", (), 1)
    place = ["--workspace", str(colleague.root / "w")]
    assert execute(["log", "verify", *place]) == 12


def test_evidence_that_nothing_names_is_told(tmp_path: Path) -> None:
    import os

    from ftgov.api.log import verify_log

    with Workspace.create(tmp_path / "w", name="w", recorded_at=FIRST) as workspace:
        workspace.ledger.append(
            ModelVersion(name="base", kind="base"), actor="party-a", recorded_at=FIRST
        )
        kept = workspace.evidence.put_bytes(b"Jane", name="x", erasable=True)
        assert verify_log(workspace).orphans == ()  # it may be being recorded just now
        for path in (tmp_path / "w" / ".ftgov" / "vault").iterdir():
            os.utime(path, (1.0, 1.0))
        assert verify_log(workspace).orphans == (kept.digest,)
