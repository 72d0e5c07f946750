"""A workspace: a folder with `ftgov.toml` and `.ftgov/`, which holds ledger, evidence and keys."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import Engine

from ftgov.errors import FtgovError, UsageError
from ftgov.store.database import sqlite_engine
from ftgov.store.durable import cannot_write, sync, sync_folder
from ftgov.store.evidence import EvidenceStore
from ftgov.store.ledger import Ledger
from ftgov.store.schema import migrate, require_current
from ftgov.store.settings import read_settings, settings_text

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
    _engine: Engine

    @classmethod
    def create(
        cls, root: Path, *, name: str, recorded_at: str, gates: Sequence[str] = ("baseline",)
    ) -> Workspace:
        """Make a workspace in a folder and open it; what fails half way leaves nothing that opens.

        Args:
            root: The folder; it is made if it is absent.
            name: The workspace's name, `[a-z0-9._-]+`.
            recorded_at: When it is made, as RFC 3339 UTC text; kept in `ftgov.toml`.
            gates: The gates that are asked by default.

        Raises:
            UsageError: If there is a workspace, or an argument is malformed.
            FtgovError: If the folder can't be written.
        """
        text = settings_text(name, recorded_at, gates)
        for part in (_SETTINGS, _FOLDER):
            if os.path.lexists(root / part):
                raise UsageError(
                    f"There is a workspace in {root} already.",
                    why=f"{root / part} exists.",
                    next_step="Use it, or name another folder; nothing was changed.",
                )
        try:
            root.mkdir(parents=True, exist_ok=True)
            _furnish(root, text)
        except OSError as fault:
            raise cannot_write(f"A workspace in {root}", fault) from fault
        return cls.open(root)

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """Open the workspace in a folder; one that can't be written to is opened for reading.

        Raises:
            UsageError: If there is none.
            FtgovError: If it is newer than this program, its settings are malformed, or its
                database is damaged.
        """
        settings, folder = root / _SETTINGS, root / _FOLDER
        _require(root, settings, folder)
        root, settings, folder = root.absolute(), settings.absolute(), folder.absolute()
        heading, config = read_settings(settings)
        database = folder / _DATABASE
        read_only = not (os.access(folder, os.W_OK) and os.access(database, os.W_OK))
        engine = sqlite_engine(database, read_only=read_only)
        require_current(engine, database)
        return cls(
            root=root,
            name=heading.name,
            evidence=EvidenceStore(folder / "evidence", read_only=read_only),
            ledger=Ledger(engine, database, read_only=read_only),
            keys=folder / "keys",
            read_only=read_only,
            config=config,
            _engine=engine,
        )

    def close(self) -> None:
        """Let go of the database; closing twice does no harm."""
        self._engine.dispose()

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
        if (folder / _DATABASE).is_file():
            return
        raise FtgovError(
            f"The workspace in {root} has lost its ledger.",
            why=f"{folder / _DATABASE} is missing.",
            next_step="Restore store.db from a backup; the evidence files are untouched.",
        )
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


def _furnish(root: Path, text: str) -> None:
    """Build the hidden folder beside its place, move it there, and let the settings come last."""
    folder = root / _FOLDER
    with tempfile.TemporaryDirectory(prefix=".ftgov-new-", dir=root) as place:
        settings, fresh = Path(place, _SETTINGS), Path(place, "new")
        with settings.open("wb") as stream:
            stream.write(text.encode("utf-8"))
            sync(stream)
        fresh.mkdir()
        (fresh / "evidence").mkdir()
        (fresh / "keys").mkdir(mode=0o700)
        database = fresh / _DATABASE
        migrate(sqlite_engine(database, create=True), database)
        sync_folder(fresh)
        fresh.rename(folder)
        try:
            settings.rename(root / _SETTINGS)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    sync_folder(root)
