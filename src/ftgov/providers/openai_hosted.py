"""OpenAI, and the one door of its SDK: exact bytes out, keys never.

The SDK repeats a POST after a timeout by itself, which can pay for a job twice, and parses loosely;
so its retries are off and its models unused. What it does here: authentication, the two kinds of
key, connections, and streaming.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar
from urllib.parse import urlsplit

from ftgov.errors import MissingExtra, UsageError
from ftgov.providers.lax import parsed
from ftgov.providers.pace import Pace, Patience, spent_wait
from ftgov.providers.protocol import Answer, HostError, HostRefused, Query
from ftgov.providers.secrets import Secret
from ftgov.records.digest import digest_bytes

T = TypeVar("T")
BASE_URL: Final = "https://api.openai.com/v1"
_AGAIN: Final = frozenset({408, 409, 425, 429})
_ELSEWHERE: Final = (301, 302, 303, 307, 308)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_PATIENCE: Final = Patience()
_TIMEOUT: Final = 60.0
_REQUEST: Final = "x-request-id"
_TENANT: Final = "openai-organization"
_PROJECT: Final = "openai-project"
_KEPT: Final = (_REQUEST, _TENANT, _PROJECT)
"""The headers of an answer that are recorded."""
_ESCAPED: Final = 16
"""The most bytes that one character of a key takes up, written as an escape within escapes."""


class Reach(NamedTuple):
    """How a host is reached.

    Attributes:
        base_url: Where its API begins; https, or http on this machine.
        key: The key.
        admin_key: The key of the organisation's administration, where there is one.
        patience: How often and how long to wait.
        clock: Says when an answer came, RFC 3339 UTC.
        say: Is told of each wait that a person notices.
    """

    base_url: str
    key: Secret
    admin_key: Secret | None
    clock: Callable[[], str]
    say: Callable[[str], None]
    patience: Patience = _PATIENCE


def checked_url(url: str) -> str:
    """Return a base URL without its last slash.

    Raises:
        UsageError: If a key would travel in clear, or the URL carries a password or a query.
    """
    try:
        parts = urlsplit(url)
        local = parts.hostname in _LOOPBACK
    except ValueError:
        parts, local = urlsplit(""), False
    if not parts.hostname or (parts.scheme != "https" and not (parts.scheme == "http" and local)):
        raise UsageError(
            "The base URL is no https address.",
            why="A key is sent to it; http is taken on this machine only.",
            next_step=f"Write it as {BASE_URL}.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "The base URL carries more than scheme, host, port and path.",
            why="A URL is recorded with each answer, so it can't hold a secret.",
            next_step="Set the key in OPENAI_API_KEY or in a file.",
        )
    return url.rstrip("/")


class OpenAIHost:
    """OpenAI, or what speaks its protocol.

    Args:
        reach: How it is reached.
        client: The SDK's client, its retries off.
        provider: Which host it is, for the records.
    """

    def __init__(self, reach: Reach, client: Any, provider: str) -> None:
        self.provider = provider
        self.requests = 0
        self.received = 0
        self.tenant: str | None = None
        self.project: str | None = None
        self._client = client
        self._clock = reach.clock
        self._pace = Pace(reach.patience, reach.say)
        self._secrets = [each.reveal() for each in (reach.key, reach.admin_key) if each]
        self._traces = [_trace(each) for each in self._secrets]
        self._count = threading.Lock()

    def get(self, path: str, query: Query | None = None, *, admin: bool = False) -> Answer:
        """Ask for JSON; see `protocol.Host`."""
        return self._patiently(path, lambda: self._get(path, query or {}, admin=admin))

    def download(self, file_id: str, target: BinaryIO) -> int:
        """Write a file's content to a stream; see `protocol.Host`."""
        start = target.tell()

        def fetch() -> int:
            target.seek(start)
            target.truncate()
            return self._stream(file_id, target)

        return self._patiently(f"/files/{file_id}/content", fetch)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Send JSON once; see `protocol.Host`."""
        import httpx2

        def send() -> Any:
            return self._client.post(path, cast_to=httpx2.Response, body=dict(body))

        return self._once(path, send)

    def upload(self, path: Path, purpose: str, *, name: str) -> Answer:
        """Send a file once; see `protocol.Host`."""

        def send() -> Any:
            with path.open("rb") as stream:
                return self._client.files.with_raw_response.create(
                    file=(name, stream), purpose=purpose
                ).http_response

        return self._once("/files", send)

    def mark_of_key(self, secret: bytes) -> str:
        """Return 16 digits by which the caller's key is known again, keyed with a secret."""
        return hmac.new(secret, self._secrets[0].encode(), hashlib.sha256).hexdigest()[:16]

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def scrubbed(self, text: str) -> str:
        """Return text in which no key stands."""
        for secret in self._secrets:
            text = text.replace(secret, "[key]")
        return text

    def _get(self, path: str, query: Query, *, admin: bool) -> Answer:
        import httpx2

        security = {"admin_api_key_auth": True} if admin else {"bearer_auth": True}
        response = self._client.get(
            path, cast_to=httpx2.Response, options={"params": dict(query), "security": security}
        )
        return self._answer(path, response)

    def _answer(self, path: str, response: Any) -> Answer:
        body = bytes(response.content)
        self._tally(len(body))
        headers = response.headers
        told = {name: headers.get(name) for name in _KEPT}
        self._refuse_keys(path, body, *(each.encode() for each in told.values() if each))
        try:
            content = parsed(body)
        except (ValueError, RecursionError) as fault:
            raise _CutShort(str(fault)) from fault
        self._note(headers)
        self._pace.close_for(spent_wait(headers), "the host's allowance is spent")
        return Answer(
            url=str(response.request.url),
            body=body,
            digest=digest_bytes(body),
            content=content,
            at=self._clock(),
            request_id=told[_REQUEST],
            tenant=told[_TENANT],
            project=told[_PROJECT],
        )

    def _note(self, headers: Mapping[str, str]) -> None:
        """Remember whom the host says that it answers, unless it says the caller's own key."""
        self.tenant = self.tenant or self._sound(headers.get(_TENANT))
        self.project = self.project or self._sound(headers.get(_PROJECT))

    def _sound(self, said: str | None) -> str | None:
        if not said or any(trace.is_in(said.encode()) for trace in self._traces):
            return None
        return said

    def _stream(self, file_id: str, target: BinaryIO) -> int:
        self._tally(0)
        length, tail = 0, b""
        longest = max(map(len, self._secrets)) * _ESCAPED
        with self._client.files.with_streaming_response.content(file_id) as response:
            for chunk in response.iter_bytes(1 << 20):
                self._refuse_keys(f"/files/{file_id}/content", tail + chunk)
                tail = (tail + chunk)[-longest:]
                length += target.write(chunk)
        with self._count:
            self.received += length
        return length

    def _tally(self, received: int) -> None:
        with self._count:
            self.requests += 1
            self.received += received

    def _refuse_keys(self, path: str, *written: bytes) -> None:
        """Keep an answer that holds the caller's own key from ever being stored."""
        if any(trace.is_in(each) for trace in self._traces for each in written):
            raise HostError(
                f"The answer to {path} holds your own key; nothing of it was stored.",
                next_step="Replace the key at the host, and remove it from what it appears in.",
            )

    def _once(self, path: str, send: Callable[[], Any]) -> Answer:
        import openai

        self._pace.hold()
        try:
            return self._answer(path, send())
        except openai.APIStatusError as fault:
            self._tally(0)
            if fault.status_code < 500 and fault.status_code not in _AGAIN:
                raise self._refusal(path, fault) from None
            raise self._unsure(path, f"it answered {fault.status_code}") from None
        except openai.APIError as fault:
            self._tally(0)
            raise self._unsure(path, self.scrubbed(_cause(fault))) from None
        except _CutShort:
            raise self._unsure(path, "its answer was cut short") from None

    def _patiently(self, path: str, ask: Callable[[], T]) -> T:
        """Ask until there is an answer, with waits between, or until patience ends."""
        import httpx2
        import openai

        why = ""
        for attempt in range(self._pace.patience.attempts):
            self._pace.hold()
            headers: Mapping[str, str] = {}
            try:
                return ask()
            except openai.APIStatusError as fault:
                self._tally(0)
                if fault.status_code < 500 and fault.status_code not in _AGAIN:
                    raise self._refusal(path, fault) from None
                headers = fault.response.headers
                why = f"the host answered {fault.status_code}"
            except (openai.APIError, httpx2.HTTPError) as fault:
                self._tally(0)
                why = self.scrubbed(_cause(fault))
            except _CutShort as fault:
                why = f"its answer was no whole JSON ({self.scrubbed(str(fault))})"
            seconds = self._pace.wait_after(attempt, headers)
            if seconds is None:
                break
            if attempt + 1 < self._pace.patience.attempts:
                self._pace.close_for(seconds, why)
        raise HostError(
            f"The host gave no answer to {path}.",
            why=f"{why}, asked {attempt + 1} times",
            next_step="Run it again later: it goes on where it stopped.",
        )

    def _refusal(self, path: str, fault: Any) -> HostRefused:
        self._note(fault.response.headers)
        status = int(fault.status_code)
        next_step = {
            401: "Check the key; ftgov reads it from the environment, a file or the keyring.",
            403: "Use a key that may read this, or leave it out with --only.",
            **dict.fromkeys(_ELSEWHERE, "It sends keys on to another address; name that one."),
        }.get(status, "")
        return HostRefused(
            f"The host refused {path} ({status}).",
            status=status,
            why=self.scrubbed(_message(fault)),
            next_step=next_step,
        )

    def _unsure(self, path: str, why: str) -> HostError:
        return HostError(
            f"It is not known whether the host did what POST {path} asked.",
            why=why,
            next_step="It was not sent again.",
        )


class _Trace(NamedTuple):
    """The ways in which a key may stand in bytes: as it is, in UTF-16, in escapes of JSON."""

    plain: tuple[bytes, ...]
    escaped: re.Pattern[bytes]

    def is_in(self, content: bytes) -> bool:
        """Return whether the key stands in bytes."""
        if any(each in content for each in self.plain):
            return True
        return b"\\" in content and self.escaped.search(content) is not None


def _trace(secret: str) -> _Trace:
    """Return the ways in which a key, which is printable ASCII, may be written."""
    each = (rb"(?:\\{0,9}%s|\\{1,9}u00(?i:%02x))" % (re.escape(c.encode()), ord(c)) for c in secret)
    plain = tuple(secret.encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be"))
    return _Trace(plain, re.compile(b"".join(each)))


class _CutShort(Exception):
    """An answer that is no whole JSON."""


def _cause(fault: BaseException) -> str:
    """Return what broke, in words that name no header and no key."""
    under = fault.__cause__ or fault.__context__
    named = f" ({type(under).__name__})" if under is not None else ""
    return f"{type(fault).__name__}{named}"


def _message(fault: Any) -> str:
    """Return the host's own words on a refusal, cut to a line."""
    body = fault.body
    said = body.get("message") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        said = body["error"].get("message")
    return " ".join(said.split())[:300] if isinstance(said, str) else ""


def connect(reach: Reach) -> OpenAIHost:
    """Return OpenAI, ready to be asked.

    Raises:
        MissingExtra: If the SDK is not installed.
        UsageError: If the base URL can't be used.
    """
    try:
        import openai
    except ImportError as fault:
        raise MissingExtra("Talking to OpenAI", "openai") from fault
    client = openai.OpenAI(
        api_key=reach.key.reveal(),
        admin_api_key=reach.admin_key.reveal() if reach.admin_key else "",
        base_url=checked_url(reach.base_url),
        max_retries=0,
        http_client=openai.DefaultHttpxClient(follow_redirects=False),
        timeout=_TIMEOUT,
    )
    return OpenAIHost(reach, client, "openai")
