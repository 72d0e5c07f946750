"""A workspace: made whole or not at all, opened or refused with a reason."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from ftgov.errors import FtgovError, UsageError
from ftgov.records.party import Party
from ftgov.store import workspace as room
from ftgov.store.workspace import Workspace

AT = "2026-11-21T09:30:00Z"


def made(root: Path) -> Workspace:
    return Workspace.create(root, name="loans", recorded_at=AT)


def test_a_new_workspace_has_its_parts(tmp_path: Path) -> None:
    with made(tmp_path / "deep" / "loans") as workspace:
        assert workspace.name == "loans"
        assert not workspace.read_only
        assert workspace.config["gates"]["default"] == ["baseline"]
        assert workspace.config["workspace"] == {"schema": 1, "name": "loans", "created": AT}
        assert stat.S_IMODE(workspace.keys.stat().st_mode) == 0o700
        assert workspace.root.is_absolute()
    assert sorted(path.name for path in (tmp_path / "deep" / "loans").iterdir()) == [
        ".ftgov",
        "ftgov.toml",
    ]
    hidden = tmp_path / "deep" / "loans" / ".ftgov"
    assert sorted(path.name for path in hidden.iterdir()) == ["evidence", "keys", "store.db"]


def test_gates_are_kept_and_a_hidden_character_is_refused(tmp_path: Path) -> None:
    gates = ("high-risk", 'policies/"ours" é.yaml')
    with Workspace.create(tmp_path / "a", name="a", recorded_at=AT, gates=gates) as workspace:
        assert workspace.config["gates"]["default"] == list(gates)
    with pytest.raises(UsageError, match="gate"):
        Workspace.create(tmp_path / "b", name="b", recorded_at=AT, gates=["a\x7f"])


def test_what_was_recorded_is_there_again(tmp_path: Path) -> None:
    party = Party(name="ada", role="approver")
    with made(tmp_path) as workspace:
        workspace.ledger.append(party, actor="ada", recorded_at=AT)
        kept = workspace.evidence.put_bytes(b"{}", name="a.json")
    with Workspace.open(tmp_path) as workspace:
        assert workspace.ledger.get(Party, "ada") == party
        assert workspace.evidence.path(kept.digest).read_bytes() == b"{}"


@pytest.mark.parametrize("present", ["ftgov.toml", ".ftgov"])
def test_an_existing_workspace_is_never_touched(tmp_path: Path, present: str) -> None:
    (tmp_path / present).mkdir()
    with pytest.raises(UsageError, match="already"):
        made(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [present]


@pytest.mark.parametrize(
    ("name", "at"), [("Loan Triage", AT), ("", AT), ("loans", "2026-11-21 09:30"), ("loans", "")]
)
def test_a_malformed_name_or_time_is_refused(tmp_path: Path, name: str, at: str) -> None:
    with pytest.raises(UsageError) as caught:
        Workspace.create(tmp_path / "new", name=name, recorded_at=at)
    assert caught.value.next_step
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(FtgovError, match="could not be stored"):
        made(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise FtgovError("the disk went away")

    monkeypatch.setattr(room, "migrate", refused)
    with pytest.raises(FtgovError, match="went away"):
        made(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_failure_at_the_last_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if Path(target).name == "ftgov.toml":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(FtgovError, match="could not be stored") as caught:
        made(tmp_path)
    assert caught.value.why == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_no_workspace_names_init(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Workspace.open(tmp_path)
    assert "ftgov init" in caught.value.next_step
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("lost", ["ftgov.toml", ".ftgov"])
def test_half_a_workspace_does_not_open(tmp_path: Path, lost: str) -> None:
    made(tmp_path).close()
    (tmp_path / lost).rename(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="no whole workspace") as caught:
        Workspace.open(tmp_path)
    assert "Restore" in caught.value.next_step


def test_a_lost_database_is_not_made_again(tmp_path: Path) -> None:
    made(tmp_path).close()
    (tmp_path / ".ftgov" / "store.db").unlink()
    with pytest.raises(FtgovError, match="lost its ledger") as caught:
        Workspace.open(tmp_path)
    assert caught.value.exit_code == 1
    assert not (tmp_path / ".ftgov" / "store.db").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[workspace]\nschema = 1\n",
        '[workspace]\nschema = "1"\nname = "a"\n',
        '[workspace]\nschema = true\nname = "a"\n',
        '[workspace]\nschema = 0\nname = "a"\n',
        '[workspace]\nschema = 1\nname = "A B"\n',
        "workspace = 3\n",
        "[workspace\n",
        "\x00",
    ],
)
def test_malformed_settings_are_told(tmp_path: Path, text: str) -> None:
    made(tmp_path).close()
    (tmp_path / "ftgov.toml").write_text(text)
    with pytest.raises(FtgovError, match="cannot be read as the settings") as caught:
        Workspace.open(tmp_path)
    assert caught.value.why
    assert caught.value.exit_code == 1


def test_a_newer_schema_names_the_version_it_needs(tmp_path: Path) -> None:
    made(tmp_path).close()
    settings = tmp_path / "ftgov.toml"
    settings.write_text(settings.read_text().replace("schema = 1", "schema = 7\nmore = 1"))
    with pytest.raises(FtgovError, match="workspace schema 7") as caught:
        Workspace.open(tmp_path)
    assert caught.value.exit_code == 1
    assert "Upgrade" in caught.value.next_step


def test_a_newer_database_names_the_revision_it_needs(tmp_path: Path) -> None:
    made(tmp_path).close()
    database = tmp_path / ".ftgov" / "store.db"
    with sqlite3.connect(database) as link:
        link.execute("UPDATE alembic_version SET version_num = '0042'")
    link.close()
    with pytest.raises(FtgovError, match="database revision 0042") as caught:
        Workspace.open(tmp_path)
    assert caught.value.exit_code == 1


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_damaged_database_is_told_and_evidence_stays(tmp_path: Path, content: bytes) -> None:
    with made(tmp_path) as workspace:
        kept = workspace.evidence.put_bytes(b"kept", name="kept.txt")
    database = tmp_path / ".ftgov" / "store.db"
    database.write_bytes(content)
    with pytest.raises(FtgovError, match=r"store\.db") as caught:
        Workspace.open(tmp_path)
    assert "backup" in caught.value.next_step
    assert database.read_bytes() == content
    assert workspace.evidence.path(kept.digest).read_bytes() == b"kept"


def test_a_database_damaged_inside_is_told(tmp_path: Path) -> None:
    with made(tmp_path) as workspace:
        parties = [Party(name=f"p{n}", role="signer", contact="x" * 500) for n in range(200)]
        workspace.ledger.append_all(parties, actor="ada", recorded_at=AT)
    database = tmp_path / ".ftgov" / "store.db"
    content = bytearray(database.read_bytes())
    content[60_000:90_000] = b"\xff" * 30_000
    database.write_bytes(bytes(content))
    with (
        Workspace.open(tmp_path) as workspace,
        pytest.raises(FtgovError, match="damaged") as caught,
    ):
        workspace.ledger.verify()
    assert "evidence files are untouched" in caught.value.next_step
