"""Fail on a skipped test that is not listed with its reason in tests/allowed_skips.txt.

The list holds one skip per line: a file (or its beginning), a colon and a space, the beginning of
the reason. Lines that start with # are remarks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_SKIP = re.compile(r"^SKIPPED \[\d+\] (?P<file>[^:]+):\d+: (?P<reason>.*)$")


def main(log: str, allowed: str) -> int:
    """Compare the runner's summary of skips with the list; return the exit status."""
    lines = Path(allowed).read_text(encoding="utf-8").splitlines()
    known = [line.split(": ", 1) for line in lines if line.strip() and not line.startswith("#")]
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    found = [match for line in text.splitlines() if (match := _SKIP.match(line))]
    unknown = [
        match.group(0)
        for match in found
        if not any(
            match["file"].startswith(file) and match["reason"].startswith(reason)
            for file, reason in known
        )
    ]
    for line in unknown:
        print(f"a skip that tests/allowed_skips.txt does not list: {line}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
