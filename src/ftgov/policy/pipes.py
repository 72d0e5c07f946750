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


class Lines:
    """Lines to and from a child; what it prints beyond the line that was awaited is kept.

    Both directions are watched at once: a child that does not read cannot hold its parent up.

    Args:
        process: The child, as `launch` gives it.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._received = b""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is left of what the child printed so far."""
        return not self._received

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Write a line and return the next that comes back, with its end.

        Raises:
            NoAnswer: If the child takes longer, prints a longer line than allowed, or ends.
        """
        deadline = time.monotonic() + seconds
        if b"\n" in self._received and not line:
            return self._taken()
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._stdout, selectors.EVENT_READ)
            if line:
                waiting.register(self._stdin, selectors.EVENT_WRITE)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in waiting.select(left):
                    if key.fileobj is self._stdout:
                        self._received += _read(self._stdout.fileno())
                    else:
                        line = line[_write(self._stdin.fileno(), line) :]
                        if not line:
                            waiting.unregister(self._stdin)
                if b"\n" in self._received:
                    return self._taken()
                if len(self._received) > REPLY_LIMIT:
                    raise NoAnswer(f"printed more than {REPLY_LIMIT} bytes")
        raise NoAnswer(f"took longer than {seconds:g} s and was stopped")

    def next(self, seconds: float) -> bytes:
        """Return the next line without asking for it; raises as `ask` does."""
        return self.ask(b"", seconds)

    def _taken(self) -> bytes:
        line, self._received = self._received.split(b"\n", 1)
        if len(line) > REPLY_LIMIT:
            raise NoAnswer(f"printed more than {REPLY_LIMIT} bytes")
        return line


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
