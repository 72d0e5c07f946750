"""The fault plan: what goes wrong on the way, at which request, how often."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any, Literal

from openai_fake.wire import Answer, Asked, refusal

Kind = Literal[
    "status", "hang", "drop", "lost_answer", "cut", "short", "repeat", "rewrite", "html", "slow"
]


class Fault:
    """One thing that goes wrong.

    `status` answers an error, `hang` waits longer than a client does, `drop` closes the connection
    before the request took effect, `lost_answer` after it, `cut` sends half of the body as if it
    were whole, `short` promises more bytes than it sends, `repeat` answers every page of a list
    with the first and says that there is more, `rewrite` changes the body, `html` is a proxy's
    error page, `slow` waits and then answers.

    Args:
        kind: What goes wrong.
        path: Pattern of the paths it happens to, as `fnmatch` reads it.
        method: Method of the requests it happens to.
        skip: How many such requests go well first.
        times: How often it happens; None: always.
        status: For `status`: the code.
        headers: For `status`: further headers, such as retry-after.
        change: For `rewrite`: gets the decoded body, returns the new one.
        seconds: For `hang` and `slow`.
    """

    def __init__(
        self,
        kind: Kind,
        path: str = "*",
        *,
        method: str = "GET",
        skip: int = 0,
        times: int | None = 1,
        status: int = 500,
        headers: tuple[tuple[str, str], ...] = (),
        change: Callable[[Any], Any] | None = None,
        seconds: float = 30.0,
    ) -> None:
        self.kind, self.path, self.method = kind, path, method
        self.skip, self.times = skip, times
        self.status, self.headers, self.change, self.seconds = status, headers, change, seconds
        self.happened = 0
        self._seen = 0
        self._lock = threading.Lock()

    def strikes(self, asked: Asked) -> bool:
        """Tell whether it happens to this request, and count it."""
        if asked.method != self.method or not fnmatchcase(asked.path, self.path):
            return False
        with self._lock:
            self._seen += 1
            if self._seen <= self.skip or (self.times is not None and self.happened >= self.times):
                return False
            self.happened += 1
            return True


class Broken(Exception):
    """Tells the server to close the connection without an answer."""


async def spoiled(fault: Fault, asked: Asked, answered: Callable[[Asked], Answer]) -> Answer:
    """Return the answer with the fault in it.

    Raises:
        Broken: If there is to be no answer at all.
    """
    if fault.kind == "status":
        return refusal(fault.status, "Planned by the test.", headers=fault.headers)
    if fault.kind == "html":
        page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
        return Answer(502, page, "text/html")
    if fault.kind == "drop":
        raise Broken
    if fault.kind == "hang":
        await asyncio.sleep(fault.seconds)
        raise Broken
    if fault.kind == "repeat":
        first = asked._replace(query=tuple(pair for pair in asked.query if pair[0] != "after"))
        content = answered(first).json
        return Answer(200, json.dumps({**content, "has_more": True}).encode())
    whole = answered(asked)
    if fault.kind == "lost_answer":
        raise Broken
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "cut":
        return whole._replace(body=whole.body[: len(whole.body) // 2])
    if fault.kind == "rewrite":
        assert fault.change is not None
        return whole._replace(body=json.dumps(fault.change(whole.json)).encode())
    return whole
