"""A real PostgreSQL server in a temporary folder, made by the test run and gone with it.

It listens on a Unix socket alone. Debian's package has the binaries; where they are absent, or the
driver is, tests skip and say so.
"""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

OWNER, APPLICATION = "ftgov_owner", "ftgov_app"
NO_SERVER = "no PostgreSQL server: install Debian's postgresql, or put initdb on the PATH"
_FAST = ("fsync=off", "shared_buffers=32MB", "max_connections=60", "listen_addresses=")


class Server(NamedTuple):
    """A running server: the folder of its socket and its superuser."""

    folder: Path
    superuser: str
    binaries: Path

    def url(self, database: str, role: str = APPLICATION) -> str:
        """Return the address that ftgov takes."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def connect(self, database: str, role: str | None = None) -> Any:
        """Return a raw connection that commits each statement."""
        import psycopg

        return psycopg.connect(
            host=str(self.folder), dbname=database, user=role or self.superuser, autocommit=True
        )

    def run(self, database: str, script: str) -> None:
        """Run a script as the superuser, with the client that an administrator has."""
        done = self.try_run(database, script)
        assert done.returncode == 0, done.stderr

    def try_run(self, database: str, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script as the superuser, whatever comes of it."""
        command: list[str | Path] = [self.binaries / "psql", "-q", "-h", self.folder]
        options = ["--single-transaction", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
        return subprocess.run(
            [*map(str, command), "-U", self.superuser, *options],
            input=script,
            text=True,
            check=False,
            timeout=60,
            capture_output=True,
        )


def binaries() -> Path | None:
    """Return the folder of the server's binaries, or None where there are none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


def _account() -> Mapping[str, Any]:
    """Return whom to run the server as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def running() -> Iterator[Server]:
    """Start a server and stop it at the end, whatever happens."""
    found = binaries()
    assert found is not None, NO_SERVER
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="ftgov-postgres-"))
    superuser = getpass.getuser() if not account else "postgres"
    try:
        if account:
            os.chown(folder, account["user"], account["group"])
        place = folder / "data"
        start: list[str | Path] = [found / "initdb", "-D", place, "-U", superuser, "-A", "trust"]
        start += ["-E", "UTF8", "--locale=C", "--no-sync"]
        _run(start, account)
        options = " ".join(
            f"-c {option}" for option in (*_FAST, f"unix_socket_directories={folder}")
        )
        control: list[str | Path] = [
            found / "pg_ctl",
            "-D",
            place,
            "-w",
            "-t",
            "60",
            "-l",
            folder / "log",
        ]
        _run([*control, "-o", options, "start"], account)
        try:
            yield Server(folder, superuser, found)
        finally:
            _run([*control, "-m", "immediate", "stop"], account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: Sequence[str | Path], account: Mapping[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        timeout=120,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        cwd="/",
        text=True,
        **account,
    )
    assert done.returncode == 0, done.stdout
