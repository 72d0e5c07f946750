"""Fail on a skipped test that is not listed with its reason in tests/allowed_skips.txt.

The list holds one skip per line: a file (or its beginning), a colon and a space, the beginning of
the reason. Lines that start with # are remarks.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

# A file that is skipped whole, by `pytestmark`, is listed without a line number.
_SKIP = re.compile(r"^SKIPPED \[\d+\] (?P<file>[^:]+)(?::\d+)?: (?P<reason>.*)$")


def _is_known(skip: re.Match[str] | None, known: list[list[str]]) -> bool:
    """Tell whether a skip is listed; a line that cannot be read never is."""
    return skip is not None and any(
        skip["file"].startswith(file) and skip["reason"].startswith(reason)
        for file, reason in known
    )


def main(log: str, allowed: str) -> int:
    """Compare the runner's summary of skips with the list; return the exit status."""
    lines = Path(allowed).read_text(encoding="utf-8").splitlines()
    known = [line.split(": ", 1) for line in lines if line.strip() and not line.startswith("#")]
    text = Path(log).read_text(encoding="utf-8", errors="replace")
    skips = [line for line in text.splitlines() if line.startswith("SKIPPED [")]
    unknown = [line for line in skips if not _is_known(_SKIP.match(line), known)]
    for line in unknown:
        print(f"a skip that tests/allowed_skips.txt does not list: {line}")
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
