"""A process that has imported what commands import, and forks for each command it is asked for.

Run: python tests/warm_server.py SOCKET PARENT

Each command is a process of its own, with its own environment, folder, output and end; only its
imports are done already, which is most of what a short command takes. The process that asks sends
a line of JSON with three open files: input, output, errors; it gets the child's id, then its
status.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import warnings

from ftgov import cli
from ftgov.cli.main import run

_LOOK_S = 2.0
_ALSO = (
    "ftgov.api", "ftgov.api.gates", "ftgov.api.signed", "ftgov.api.reporting", "ftgov.api.audits",
    "ftgov.analyzers.group_fairness", "ftgov.energy.modification", "ftgov.store.ledger",
    "sqlalchemy.dialects.sqlite", "fairlearn.metrics", "scipy.stats", "numpy.ma",
    "jinja2", "cryptography.x509",
)  # fmt: skip


def warm() -> None:
    """Import the commands, and what most of them import when they run."""
    for found in pkgutil.iter_modules(cli.__path__, f"{cli.__name__}."):
        importlib.import_module(found.name)
    for name in _ALSO:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def serve(place: str, parent: int) -> None:
    """Fork for every command that is asked for, while the process that started this one lives."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(64)
        print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        listening.settimeout(_LOOK_S)
        while os.getppid() == parent:
            try:
                asking, _ = listening.accept()
            except TimeoutError:
                continue
            asking.settimeout(None)
            if _forked() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listening.close()
                _kept(asking)
            asking.close()


def _forked() -> int:
    """Fork; from 3.12 on Python warns of threads, but those of numpy wait and hold no lock."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _kept(asking: socket.socket) -> None:
    """Start the command, wait for its end and tell it; returns in the command's process alone."""
    line, files, _, _ = socket.recv_fds(asking, 1 << 20, 3)
    while not line.endswith(b"\n"):
        more = asking.recv(1 << 20)
        if not more:  # whoever asked is gone
            os._exit(1)
        line += more
    child = _forked()
    if child == 0:
        asking.close()
        _become(json.loads(line), files)
        return
    for file in files:
        os.close(file)
    with contextlib.suppress(OSError):  # whoever asked may be gone
        asking.sendall(f"{child}\n".encode())
        _, ended = os.waitpid(child, 0)
        asking.sendall(f"{os.waitstatus_to_exitcode(ended)}\n".encode())
    os._exit(0)


def _become(asked: dict[str, object], files: list[int]) -> None:
    """Run the command in this process, as if it had just been started; does not return."""
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    os.chdir(str(asked["folder"]))
    sys.path[0] = str(asked["folder"])  # as `python -m` has it: no module of the tests is found
    sys.argv = ["ftgov", *asked["arguments"]]  # type: ignore[misc]
    run()


if __name__ == "__main__":
    warm()
    serve(sys.argv[1], int(sys.argv[2]))
