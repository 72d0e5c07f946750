"""Asks the process of `warm_server` for commands; one such process serves a whole test process."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_SERVER = Path(__file__).with_name("warm_server.py")
_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "TZ", "OMP_", "OPENBLAS_", "MALLOC_")
"""What the interpreter or a library reads once, when it starts."""


class Ended(NamedTuple):
    """A command that ended: its status and what it wrote."""

    status: int
    out: bytes
    err: bytes


def may_be_warm(environment: Mapping[str, str], base: Mapping[str, str]) -> bool:
    """Return whether a command with such variables can be forked from the process that waits.

    Args:
        environment: The command's variables.
        base: Those that the process is started with, if it is not yet.
    """
    return _at_start(environment) == (_read if _address else _at_start(base))


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_AT_START)}


def started(environment: Mapping[str, str]) -> str:
    """Start the process, once, and return the address of its socket."""
    if _address:
        return _address[0]
    folder = tempfile.mkdtemp(prefix="ftgov-warm-")
    process = subprocess.Popen(
        [sys.executable, str(_SERVER), f"{folder}/socket", str(os.getpid())],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )

    def end() -> None:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    assert process.stdout is not None
    with process.stdout as told:
        if told.readline() != b"ready\n":
            raise RuntimeError(f"{_SERVER.name} ended with {process.wait()}")
    _address.append(f"{folder}/socket")
    _read.update(_at_start(environment))
    return _address[0]


_address: list[str] = []
_read: dict[str, str] = {}
"""What the process that waits read when it started."""


def run_warm(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    base: Mapping[str, str],
    folder: Path,
    seconds: float,
) -> Ended:
    """Run `ftgov` in a process forked for it.

    Raises:
        subprocess.TimeoutExpired: If it did not end in time; it is killed then.
    """
    place = started(base)
    with (
        socket.socket(socket.AF_UNIX) as server,
        Path(os.devnull).open("rb") as nothing,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        server.connect(place)
        asked = {
            "arguments": list(arguments), "environment": dict(environment), "folder": str(folder),
        }  # fmt: skip
        files = [nothing.fileno(), out.fileno(), err.fileno()]
        line = json.dumps(asked).encode() + b"\n"
        sent = socket.send_fds(server, [line], files)
        server.sendall(line[sent:])
        server.settimeout(seconds)
        told = b""
        try:
            while told.count(b"\n") < 2 and (more := server.recv(64)):
                told += more
        except TimeoutError as late:
            if told:
                os.kill(int(told.split()[0]), signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), seconds) from late
        out.seek(0)
        err.seek(0)
        return Ended(int(told.split()[1]), out.read(), err.read())
