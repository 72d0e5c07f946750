"""What other processes do to a store: write at once, die half way, run out of space, lose rights.

Each test runs the real program in a child process; nothing is simulated but the moment of death.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ftgov
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace
from store_support import Home

AT = "2026-11-21T09:30:00Z"
HEAD = """
import os, signal, sys
from pathlib import Path
from ftgov.errors import FtgovError
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace
root, AT = Path(sys.argv[1]), "2026-11-21T09:30:00Z"
"""


def child(code: str, *arguments: object, first: str = "") -> subprocess.Popen[str]:
    """Start a program on a workspace; `first` runs in a process that then becomes the program."""
    command = [sys.executable, "-W", "error", "-c", HEAD + code, *map(str, arguments)]
    if first:
        launch = f"{first}\nimport os, sys\nos.execv(sys.argv[1], sys.argv[1:])"
        command = [sys.executable, "-c", launch, *command]
    source = str(Path(ftgov.__file__).parents[1])
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(code: str, *arguments: object, first: str = "") -> tuple[int, str]:
    process = child(code, *arguments, first=first)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Workspace.create(tmp_path / "w", name="w", recorded_at=AT) as workspace:
        workspace.ledger.append(Party(name="ada", role="signer"), actor="ada", recorded_at=AT)
        workspace.evidence.put_bytes(b"first", name="first.txt")
    return tmp_path / "w"


def test_eight_writers_at_once_lose_nothing(home: Home) -> None:
    code = """
with Workspace.open(root) as workspace:
    for number in range(12):
        party = Party(name=f"w{sys.argv[2]}-{number}", role="signer")
        workspace.ledger.append(party, actor="w" + sys.argv[2], recorded_at=AT)
        workspace.evidence.put_bytes(b"shared %d" % number, name="shared")
"""
    home.create().close()
    writers = [child(code, home.root / "w", number) for number in range(8)]
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        assert (writer.returncode, out + err) == (0, "")
    with home.open() as workspace:
        check = workspace.ledger.verify()
        assert (check.entries, check.faults) == (96, ())
        assert len(workspace.ledger.every(Party)) == 96
        assert workspace.evidence.verify() == ()


def test_a_kill_between_copy_and_rename_leaves_a_store_that_opens(root: Path) -> None:
    code = """
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with Workspace.open(root) as workspace:
    workspace.evidence.put_bytes(b"second", name="second.txt")
"""
    status, _ = run(code, root)
    assert status == -signal.SIGKILL
    with Workspace.open(root) as workspace:
        assert len(list((root / ".ftgov" / "evidence").glob(".partial-*"))) == 1
        assert workspace.evidence.verify() == ()  # an unfinished copy is no evidence
        kept = workspace.evidence.put_bytes(b"second", name="second.txt")
        assert workspace.evidence.path(kept.digest).read_bytes() == b"second"


def test_a_kill_inside_a_transaction_records_nothing(root: Path) -> None:
    code = """
from ftgov.store import append
def dying(*_):
    os.kill(os.getpid(), signal.SIGKILL)
append.keep_links = dying  # the entries are inserted, nothing is committed
with Workspace.open(root) as workspace:
    parties = [Party(name=f"p{n}", role="signer") for n in range(20)]
    workspace.ledger.append_all(parties, actor="ada", recorded_at=AT)
"""
    status, _ = run(code, root)
    assert status == -signal.SIGKILL
    with Workspace.open(root) as workspace:
        assert workspace.ledger.verify().entries == 1
        workspace.ledger.append(Party(name="ben", role="signer"), actor="ada", recorded_at=AT)
        assert workspace.ledger.verify().verdict == "intact"


def test_a_kill_while_a_workspace_is_made_leaves_none_that_opens(tmp_path: Path) -> None:
    code = """
rename = Path.rename
def dying(self, target):
    if Path(target).name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)
Path.rename = dying
Workspace.create(root, name="w", recorded_at=AT)
"""
    makers = {step: child(code, tmp_path / step, step) for step in (".ftgov", "ftgov.toml")}
    for step, maker in makers.items():
        maker.communicate(timeout=120)
        assert maker.returncode == -signal.SIGKILL
        with pytest.raises(ftgov.errors.UsageError):
            Workspace.open(tmp_path / step)


# No file may grow beyond a size, as on a full disk: the system refuses the write.
SMALL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
FULL = """
with Workspace.open(root) as workspace:
    try:
        if sys.argv[2] == "evidence":
            workspace.evidence.put_bytes(b"x" * 2_000_000, name="large.bin")
        else:
            parties = [Party(name=f"p{n}", role="signer", contact="x" * 2000) for n in range(900)]
            workspace.ledger.append_all(parties, actor="ada", recorded_at=AT)
    except FtgovError as fault:
        print(fault.what, fault.next_step)
        sys.exit(7)
"""


@pytest.mark.parametrize("kind", ["evidence", "ledger"])
def test_a_full_disk_changes_nothing_that_was_stored(root: Path, kind: str) -> None:
    status, said = run(FULL, root, kind, first=SMALL.format(300_000))
    assert status == 7, said
    assert "space" in said
    with Workspace.open(root) as workspace:
        assert workspace.evidence.verify() == ()
        assert (workspace.ledger.verify().entries, workspace.ledger.verify().faults) == (1, ())


def test_a_full_disk_leaves_no_half_workspace(tmp_path: Path) -> None:
    code = """
try:
    Workspace.create(root, name="w", recorded_at=AT)
except FtgovError as fault:
    print(fault.what, fault.next_step)
    sys.exit(7)
"""
    (tmp_path / "w").mkdir()
    status, said = run(code, tmp_path / "w", first=SMALL.format(20_000))
    assert status == 7, said
    assert list((tmp_path / "w").iterdir()) == []


# Obey permission bits even as root: all capabilities are given up across the exec that follows
# (PR_CAPBSET_DROP is 24; it is refused to those who have none to give up).
NO_RIGHTS = """
import ctypes
for capability in range(64):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)
"""


@pytest.fixture
def sealed(root: Path) -> Iterator[Path]:
    """The workspace with its hidden folder and all in it taken from the writer."""
    hidden = root / ".ftgov"
    yield root
    for path in (hidden, *hidden.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def seal(root: Path) -> None:
    for path in (root / ".ftgov", *(root / ".ftgov").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


READ = """
def told(kind, fault, trace):
    print(fault, getattr(fault, "next_step", ""))
sys.excepthook = told
with Workspace.open(root) as workspace:
    print(workspace.read_only, workspace.ledger.verify().verdict, workspace.ledger.head().entries)
    print(workspace.ledger.get(Party, "ada").role, workspace.evidence.verify())
    party = Party(name="eve", role="signer")
    for put in (
        lambda: workspace.ledger.append(party, actor="eve", recorded_at=AT),
        lambda: workspace.evidence.put_bytes(b"x", name="x"),
    ):
        try:
            put()
        except FtgovError as fault:
            print("refused" if "reading only" in fault.what else fault)
"""
SEEN = "True intact {}\nsigner ()\nrefused\nrefused\n"


def test_a_read_only_workspace_can_be_read(sealed: Path) -> None:
    seal(sealed)
    names = sorted(path.name for path in (sealed / ".ftgov").iterdir())
    status, said = run(READ, sealed, first=NO_RIGHTS)
    assert (status, said) == (0, SEEN.format(1))
    assert sorted(path.name for path in (sealed / ".ftgov").iterdir()) == names


def test_a_reader_without_rights_sees_what_a_writer_has_open(sealed: Path) -> None:
    """While a writer holds the log, `immutable` would hide its newest entries."""
    with Workspace.open(sealed) as workspace, workspace.database.engine.connect() as held:
        held.exec_driver_sql("SELECT count(*) FROM ledger")
        workspace.ledger.append(Party(name="ben", role="signer"), actor="ada", recorded_at=AT)
        assert (sealed / ".ftgov" / "store.db-wal").stat().st_size > 0
        seal(sealed)
        status, said = run(READ, sealed, first=NO_RIGHTS)
        assert (status, said) == (0, SEEN.format(2))


def test_a_log_that_was_left_behind_is_never_hidden(sealed: Path) -> None:
    hidden = sealed / ".ftgov"
    with Workspace.open(sealed) as workspace, workspace.database.engine.connect() as held:
        held.exec_driver_sql("SELECT count(*) FROM ledger")
        workspace.ledger.append(Party(name="ben", role="signer"), actor="ada", recorded_at=AT)
        kept = {name: (hidden / name).read_bytes() for name in ("store.db", "store.db-wal")}
    for name, content in kept.items():
        (hidden / name).write_bytes(content)
    seal(sealed)
    status, said = run(READ, sealed, first=NO_RIGHTS)
    assert status == 1
    assert "where a -wal file lies beside it" in said
