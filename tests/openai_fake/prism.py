"""Prism as a proxy before the fake: a judge of requests and answers that we did not write.

`python -m openai_fake.prism` reads everything through it and prints its verdicts. Prism is an npm
package, installed by `make prism`.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from openai_fake.account import Account
from openai_fake.judge import SPECIFICATION
from openai_fake.reading import read_everything
from openai_fake.server import serving
from tests_support import HOUSE

PROGRAM = (
    HOUSE / "build" / "prism" / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
)
MISSING = "Prism is not installed: make prism"

_RETURNED = re.compile(r"The upstream call to (\S+) has returned (\d+)")
_PLACE = re.compile(r"\.\d+(?=[. ])")
_VIOLATION = re.compile(r"Violation: (request|response)(\S*) (.*)$")

KNOWN = (
    # The bytes of a file: the specification has a JSON string, which nobody sends.
    r"^response: The received media type \"application/octet-stream\"",
    # The guide's event type, a paused job and the null errors of evals: see judge.DRIFT.
    r"^response\.body\.data\.N\.type: .*allowed values: message, metrics$",
    r"^response\.body\.(data\.N\.)?(sample\.)?error: .*must be object$",
)
"""Where the host answers beside its specification: Prism can't be told, so it is told apart."""


class Verdicts(NamedTuple):
    """What Prism said: answers by status, and violations by their text and how often."""

    answers: Counter[str]
    violations: Counter[str]

    @property
    def unknown(self) -> dict[str, int]:
        """Violations other than those that the host itself is known for."""
        return {
            text: count
            for text, count in self.violations.items()
            if not any(re.search(pattern, text) for pattern in KNOWN)
        }


class Prism(NamedTuple):
    """A running proxy: its address and its log."""

    url: str
    log: Path

    def verdicts(self) -> Verdicts:
        """Return what it said so far."""
        answers: Counter[str] = Counter()
        violations: Counter[str] = Counter()
        for line in self.log.read_text().splitlines():
            if hit := _RETURNED.search(line):
                answers[hit[2]] += 1
            elif hit := _VIOLATION.search(line):
                violations[_PLACE.sub(".N", f"{hit[1]}{hit[2]}: {hit[3]}")] += 1
        return Verdicts(answers, violations)


def installed() -> bool:
    """Tell whether Prism can run here."""
    return PROGRAM.exists() and shutil.which("node") is not None


@contextmanager
def judging(upstream: str, shared: Path) -> Iterator[Prism]:
    """Start Prism before a server and stop it at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "prism.log"
        command = ["node", PROGRAM, "proxy", shared / SPECIFICATION, upstream, "-p", str(port)]
        with log.open("wb") as stream:
            process = subprocess.Popen(list(map(str, command)), stdout=stream, stderr=stream)
        try:
            deadline = time.monotonic() + 120
            while "Prism is listening" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, "Prism does not start"
                time.sleep(0.2)
            yield Prism(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def main() -> None:
    """Read everything through Prism and print what it said."""
    if not installed():
        sys.exit(MISSING)
    with serving(Account.seeded()) as fake, judging(fake.url, HOUSE.parent / "shared") as prism:
        read_everything(prism.url)
        told = prism.verdicts()
    lines = [
        f"{sum(told.answers.values())} requests and answers judged by Prism: {dict(told.answers)}"
    ]
    lines += [f"  {count} x {text}" for text, count in sorted(told.violations.items())]
    lines.append(f"{sum(told.unknown.values())} violations that the host itself is not known for")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
