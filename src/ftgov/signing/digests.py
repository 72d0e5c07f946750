"""Hashing all files of a bundle at once, as fast as the machine's cores and memory allow.

The time of a verification is the time of SHA-256 over the evidence. `hashlib` lets go of the
interpreter's lock while it hashes, so threads keep every core busy; each holds one buffer.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from ftgov.errors import InvalidBundle
from ftgov.records.digest import Digest
from ftgov.signing.bundle_read import Bundle

_MOST_THREADS: Final = 4
_AHEAD: Final = 64  # files that are being hashed or wait to be told


def digests_of(bundle: Bundle, names: Sequence[str]) -> Iterator[tuple[str, Digest | None]]:
    """Yield each name and the digest of its content, in order; None where it can't be unpacked.

    Args:
        bundle: The bundle.
        names: Names that it has.

    Raises:
        FtgovError: If the file system refuses to read a file.
    """
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    if threads == 1 or len(names) < 2:
        yield from ((name, _digest(bundle, name)) for name in names)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[str, Future[Digest | None]]] = deque()
        try:
            for name in names:
                waiting.append((name, pool.submit(_digest, bundle, name)))
                if len(waiting) >= _AHEAD:
                    first, found = waiting.popleft()
                    yield first, found.result()
            for name, found in waiting:
                yield name, found.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _digest(bundle: Bundle, name: str) -> Digest | None:
    try:
        return bundle.digest(name)
    except InvalidBundle:
        return None
