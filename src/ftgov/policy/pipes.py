"""One line to a child process and one line back, within a time and a size."""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from ftgov.policy.limits import REPLY_LIMIT

_KEPT = ("PATH", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "SYSTEMROOT")
_CHUNK = 1 << 16


class NoAnswer(Exception):
    """The child gave no line; the text says why, to follow the child's name."""


def launch(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a child with pipes that never block, and an environment without secrets.

    Raises:
        OSError: If the program cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        bufsize=0,
    )
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        os.set_blocking(pipe.fileno(), False)
    return process


def line_back(process: subprocess.Popen[bytes], line: bytes, seconds: float) -> bytes:
    """Write a line and return what comes back up to the end of a line.

    Both directions are watched at once: a child that does not read cannot hold its parent up.

    Raises:
        NoAnswer: If the child takes longer, prints more than allowed, or ends.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    received = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        waiting.register(process.stdin, selectors.EVENT_WRITE)
        while (left := deadline - time.monotonic()) > 0:
            for key, _ in waiting.select(left):
                if key.fileobj is process.stdout:
                    received += _read(process.stdout.fileno())
                else:
                    line = line[_write(process.stdin.fileno(), line) :]
                    if not line:
                        waiting.unregister(process.stdin)
            if len(received) > REPLY_LIMIT:
                raise NoAnswer(f"printed more than {REPLY_LIMIT} bytes")
            if b"\n" in received:
                return received
    raise NoAnswer(f"took longer than {seconds:g} s and was stopped")


def _read(pipe: int) -> bytes:
    if chunk := os.read(pipe, _CHUNK):
        return chunk
    raise NoAnswer("ended without an answer, out of memory or processor time")


def _write(pipe: int, line: bytes) -> int:
    try:
        return os.write(pipe, line[:_CHUNK])
    except BrokenPipeError as fault:
        raise NoAnswer("ended before it was asked") from fault


def environment() -> dict[str, str]:
    """Return the little that Python needs to find itself and ftgov; no keys, no tokens."""
    found = {name: os.environ[name] for name in _KEPT if name in os.environ}
    root = Path(__file__).resolve().parents[2]
    if root.name not in {"site-packages", "dist-packages"}:
        # A checkout that is not installed: installed packages are found without help, and put
        # on this path they would come before the standard library.
        others = found.get("PYTHONPATH")
        found["PYTHONPATH"] = os.pathsep.join([str(root), *([others] if others else [])])
    return found
