"""A workspace: a folder with `ftgov.toml` and `.ftgov/`, which holds ledger, evidence and keys."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ftgov.errors import FtgovError, UsageError
from ftgov.records.erasure import Erasure
from ftgov.store.database import Database
from ftgov.store.durable import cannot_write, sync, sync_folder
from ftgov.store.evidence import EvidenceStore
from ftgov.store.ledger import Ledger
from ftgov.store.postgres import postgres_database, require_row_security, without_password
from ftgov.store.remote import RemoteFolder
from ftgov.store.schema import make_current, migrate
from ftgov.store.settings import Heading, heading_of, read_settings, settings_text
from ftgov.store.sqlite import sqlite_database

_SETTINGS: Final = "ftgov.toml"
_FOLDER: Final = ".ftgov"
_DATABASE: Final = "store.db"


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace; use it in a `with` statement or close it.

    `keys` is the folder for private keys (mode 0700); `config` is the parsed `ftgov.toml`;
    `read_only` says that everything can be read and nothing recorded.
    """

    root: Path
    name: str
    evidence: EvidenceStore
    ledger: Ledger
    keys: Path
    read_only: bool
    config: Mapping[str, Any]
    database: Database

    @classmethod
    def create(
        cls,
        root: Path,
        *,
        name: str,
        recorded_at: str,
        gates: Sequence[str] = ("baseline",),
        database: str | None = None,
        evidence: str | None = None,
    ) -> Workspace:
        """Make a workspace in a folder and open it; what fails half way leaves nothing that opens.

        Args:
            root: The folder; it is made if it is absent.
            name: The workspace's name, `[a-z0-9._-]+`.
            recorded_at: When it is made, as RFC 3339 UTC text; kept in `ftgov.toml`.
            gates: The gates that are asked by default.
            database: `postgresql+psycopg://ROLE@HOST/DATABASE`, which the workspace's name is a
                project of; None for a SQLite file. A password is used, but not kept.
            evidence: The fsspec URL of a folder for evidence; None for a local one.

        Raises:
            UsageError: If there is a workspace, or an argument is malformed.
            FtgovError: If the folder can't be written, or the database is not reached or not set
                up.
        """
        kept = without_password(database) if database else None
        heading = heading_of(name, recorded_at, database=kept, evidence=evidence)
        text = settings_text(heading, gates)
        for part in (_SETTINGS, _FOLDER):
            if os.path.lexists(root / part):
                raise UsageError(
                    f"There is a workspace in {root} already.",
                    why=f"{root / part} exists.",
                    next_step="Use it, or name another folder; nothing was changed.",
                )
        if evidence:
            RemoteFolder(evidence)
        if database:
            with closing(postgres_database(database, name)) as found:
                make_current(found)
                require_row_security(found)
        try:
            root.mkdir(parents=True, exist_ok=True)
            _furnish(root, text, local=database is None)
        except OSError as fault:
            raise cannot_write(f"A workspace in {root}", fault) from fault
        return cls.open(root, database=database)

    @classmethod
    def open(cls, root: Path, *, database: str | None = None) -> Workspace:
        """Open the workspace in a folder; one that can't be written to is opened for reading.

        Args:
            root: The folder.
            database: The address of its PostgreSQL database with a password, where that is not in
                PGPASSWORD or a .pgpass file.

        Raises:
            UsageError: If there is none.
            FtgovError: If it is newer than this program, its settings are malformed, or its
                database is damaged.
        """
        settings, folder = root / _SETTINGS, root / _FOLDER
        _require(root, settings, folder)
        root, settings, folder = root.absolute(), settings.absolute(), folder.absolute()
        heading, config = read_settings(settings)
        found = _database(folder, heading, database)
        read_only = found.read_only
        try:
            make_current(found)
            if heading.database is not None:
                require_row_security(found)
            remote = RemoteFolder(heading.evidence) if heading.evidence else None
        except BaseException:
            found.close()
            raise
        ledger = Ledger(found)
        return cls(
            root=root,
            name=heading.name,
            evidence=EvidenceStore(
                folder / "evidence",
                read_only=read_only,
                erasures=lambda: ledger.every(Erasure),
                remote=remote,
            ),
            ledger=ledger,
            keys=folder / "keys",
            read_only=read_only,
            config=config,
            database=found,
        )

    def close(self) -> None:
        """Let go of the database and of decrypted copies; closing twice does no harm."""
        self.evidence.close()
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _require(root: Path, settings: Path, folder: Path) -> None:
    """Refuse a folder that holds no workspace, or half of one."""
    if settings.is_file() and folder.is_dir():
        return
    if not (settings.exists() or folder.exists()):
        raise UsageError(
            f"There is no workspace in {root}.",
            why=f"{settings} does not exist.",
            next_step=f"Make one: ftgov init {root}",
        )
    absent, present = (settings, folder) if folder.exists() else (folder, settings)
    raise UsageError(
        f"There is no whole workspace in {root}.",
        why=f"{present} exists, but {absent} does not.",
        next_step=f"Restore {absent}, or move {present} away and make a new one: ftgov init {root}",
    )


def _database(folder: Path, heading: Heading, address: str | None) -> Database:
    """Return the database that the settings name: for reading only where the folder is."""
    writable = os.access(folder, os.W_OK)
    if heading.database is not None:
        return postgres_database(address or heading.database, heading.name, read_only=not writable)
    path = folder / _DATABASE
    if not path.is_file():
        raise FtgovError(
            f"The workspace in {folder.parent} has lost its ledger.",
            why=f"{path} is missing.",
            next_step="Restore store.db from a backup; the evidence files are untouched.",
        )
    return sqlite_database(path, read_only=not (writable and os.access(path, os.W_OK)))


def _furnish(root: Path, text: str, *, local: bool) -> None:
    """Build the hidden folder beside its place, move it there, and let the settings come last.

    Args:
        root: The workspace's folder.
        text: What `ftgov.toml` says.
        local: Whether the ledger is a file in the folder.
    """
    folder = root / _FOLDER
    with tempfile.TemporaryDirectory(prefix=".ftgov-new-", dir=root) as place:
        settings, fresh = Path(place, _SETTINGS), Path(place, "new")
        with settings.open("wb") as stream:
            stream.write(text.encode("utf-8"))
            sync(stream)
        fresh.mkdir()
        (fresh / "evidence").mkdir()
        (fresh / "keys").mkdir(mode=0o700)
        if local:
            migrate(sqlite_database(fresh / _DATABASE, create=True))
        sync_folder(fresh)
        fresh.rename(folder)
        try:
            settings.rename(root / _SETTINGS)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    sync_folder(root)
