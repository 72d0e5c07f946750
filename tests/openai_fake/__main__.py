"""`python -m openai_fake`: serve a seeded account until killed; the first line is its address."""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections import Counter
from typing import Any

import uvicorn

from openai_fake.account import Account
from openai_fake.faults import Fault
from openai_fake.jobs import Shape
from openai_fake.server import Fake, settings


class _Counted:
    """The fake with one more path, /requests, that says how many requests it was sent."""

    def __init__(self, fake: Fake) -> None:
        self.fake = fake

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] == "/requests":
            counts = Counter(str(seen.status) for seen in self.fake.requests)
            body = json.dumps({"requests": sum(counts.values()), "by_status": counts}).encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await self.fake(scope, receive, send)


def main() -> None:
    """Serve."""
    parser = argparse.ArgumentParser(prog="openai_fake", description=__doc__)
    parser.add_argument("--jobs", type=int, default=25)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--style", choices=["openai", "azure"], default="openai")
    given = parser.parse_args()
    shape = Shape(steps=given.steps, style=given.style)
    fake = Fake(Account.seeded(given.jobs, shape=shape))
    if given.latency:
        fake.plan(Fault("slow", times=None, seconds=given.latency))
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", given.port))
    listener.listen()
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/v1\n")
    sys.stdout.flush()
    config = settings(fake)
    config.app = _Counted(fake)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
