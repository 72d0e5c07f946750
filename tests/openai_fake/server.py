"""The fake as a server on a real loopback socket."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from openai_fake.account import ADMIN_SECRET, SECRET, Account
from openai_fake.faults import Broken, Fault, spoiled
from openai_fake.routes import matched
from openai_fake.wire import Answer, Asked, Refused, query_of, refusal

PREFIXES = ("/openai/v1", "/v1", "/openai")


class Seen(NamedTuple):
    """A request that was answered; of its key only which one it was."""

    method: str
    path: str
    query: str
    status: int
    key: str
    request_id: str


class Fake:
    """The fake: its account, what it was asked, and what is planned to go wrong.

    Attributes:
        account: The state; a test may change it at any time.
        requests: What was asked, in order; with status 0 where there was no answer.
        url: The API's root, such as http://127.0.0.1:4010/v1.
        answers: Every unspoiled answer with what asked for it, where `remember` is set.
        watchers: Called when a request comes in.
        remember: Whether to keep answers for a judge.
    """

    def __init__(self, account: Account, *, remember: bool = False) -> None:
        self.account = account
        self.requests: list[Seen] = []
        self.url = ""
        self.faults: list[Fault] = []
        self.remember = remember
        self.answers: list[tuple[Asked, Answer]] = []
        self.watchers: list[Callable[[], None]] = []
        self.connections: dict[Any, asyncio.Transport] = {}

    def plan(self, *faults: Fault) -> None:
        """Add to what goes wrong."""
        self.faults.extend(faults)

    @property
    def azure_url(self) -> str:
        """The address of the resource, as Azure's clients take it."""
        return self.url.removesuffix("/v1")

    def paths(self, method: str = "GET") -> list[str]:
        """Return the paths that were asked for, in order."""
        return [seen.path for seen in self.requests if seen.method == method]

    def _answer(self, asked: Asked) -> Answer:
        found = matched(asked)
        if found is None:
            return refusal(404, f"Invalid URL ({asked.method} {asked.path})")
        route, names = found
        whose = self._key(asked)
        if whose is None:
            return refusal(401, "Incorrect API key provided.", code="invalid_api_key")
        if route.admin and whose != "admin":
            return refusal(
                403, "You have insufficient permissions: missing scopes: api.management."
            )
        try:
            answer: Answer = route.respond(self.account, asked, *names)
        except Refused as fault:
            return fault.answer
        except (ValueError, KeyError) as fault:
            return refusal(400, f"The request can't be read: {fault}")
        if self.remember:
            self.answers.append((asked, answer))
        return answer

    def _key(self, asked: Asked) -> str | None:
        given = asked.headers.get("authorization", "").removeprefix("Bearer ")
        given = given or asked.headers.get("api-key", "")
        return {SECRET: "project", ADMIN_SECRET: "admin"}.get(given)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, as ASGI has it."""
        assert scope["type"] == "http", scope["type"]
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        raw = scope["raw_path"].decode().split("?")[0]
        prefix = next((start for start in PREFIXES if raw.startswith(start + "/")), "")
        headers = {
            name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        query = scope["query_string"]
        asked = Asked(scope["method"], raw.removeprefix(prefix), query_of(query), headers, body)
        number = ident_of(len(self.requests))
        for watcher in self.watchers:
            watcher()
        fault = next((each for each in self.faults if each.strikes(asked)), None)
        try:
            answer = await spoiled(fault, asked, self._answer) if fault else self._answer(asked)
        except Broken:
            self._log(asked, query, 0, number)
            self.connections[scope["client"]].abort()
            return
        self._log(asked, query, answer.status, number)
        short = fault is not None and fault.kind == "short"
        await _sent(send, answer, number, self.account.told, short=short)
        if short:
            self.connections[scope["client"]].close()

    def _log(self, asked: Asked, query: bytes, status: int, number: str) -> None:
        whose = self._key(asked) or "none"
        self.requests.append(Seen(asked.method, asked.path, query.decode(), status, whose, number))


def ident_of(number: int) -> str:
    """Return the id of a request."""
    return f"req_{number:032x}"


async def _sent(
    send: Any, answer: Answer, number: str, told: tuple[tuple[str, str], ...], *, short: bool
) -> None:
    promised = len(answer.body) + (1000 if short else 0)
    headers = [
        ("content-type", answer.media),
        ("content-length", str(promised)),
        ("x-request-id", number),
        *told,
        ("openai-version", "2020-10-01"),
        ("openai-processing-ms", "3"),
        ("x-ratelimit-limit-requests", "500"),
        ("x-ratelimit-remaining-requests", "499"),
        *answer.headers,
    ]
    coded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": coded})
    await send({"type": "http.response.body", "body": answer.body, "more_body": short})


@contextmanager
def serving(account: Account | None = None, *, remember: bool = False) -> Iterator[Fake]:
    """Serve an account on a free loopback port, in a thread of this process."""
    fake = Fake(account or Account.seeded(), remember=remember)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    fake.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    server = uvicorn.Server(settings(fake))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the fake did not start"
            time.sleep(0.005)
        yield fake
    finally:
        server.should_exit = server.force_exit = True
        thread.join(timeout=10)
        listener.close()


def settings(fake: Fake) -> uvicorn.Config:
    """Return how uvicorn is to serve: quietly, on one loop, each connection within reach."""

    class Reachable(H11Protocol):
        """Tells the fake of its connection, which it may have to break."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            fake.connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            fake.connections.pop(self.client, None)
            super().connection_lost(exc)

    # Breaking a connection is planned; what uvicorn logs of it is no news.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
    return uvicorn.Config(
        fake,
        http=Reachable,
        ws="none",
        loop="asyncio",
        lifespan="off",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=1,
    )
