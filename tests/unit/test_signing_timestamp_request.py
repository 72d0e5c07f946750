"""Asking an authority: what is sent, and what is refused of its answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ftgov.errors import ExitCode, FtgovError, UsageError
from ftgov.signing.timestamp import LARGEST, stamped_time
from ftgov.signing.timestamp_request import TimestampService
from timestamp_authority import LocalAuthority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("authority") / "one")


def test_an_authority_is_asked_and_its_answer_checked(authority: LocalAuthority) -> None:
    with authority.served() as url:
        response = TimestampService(url, [authority.listed]).stamp(b"a signature")
    assert stamped_time(response, b"a signature", [authority.listed]).authority == authority.name
    assert authority.openssl_accepts(response, b"a signature")


def test_an_answer_of_another_authority_is_refused(
    authority: LocalAuthority, tmp_path: Path
) -> None:
    other = LocalAuthority(tmp_path / "other")
    with other.served() as url, pytest.raises(FtgovError, match="No time stamp") as caught:
        TimestampService(url, [authority.listed]).stamp(b"a signature")
    assert caught.value.exit_code == ExitCode.PROVIDER
    assert "time stamp does not hold" in caught.value.why


@contextmanager
def _answering(status: int, kind: str, content: bytes, **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


REPLY = "application/timestamp-reply"
REFUSED = bytes.fromhex("30053003020102")


@pytest.mark.parametrize(
    ("status", "kind", "content", "why"),
    [
        (500, REPLY, b"", "HTTP status 500"),
        (302, REPLY, b"", "HTTP status 302"),
        (200, "text/html", b"<html>", "of type 'text/html'"),
        (200, REPLY, b"", "malformed"),
        (200, REPLY, b"\x30\x80junk", "malformed"),
        (200, REPLY, REFUSED, "refused it"),
        (200, REPLY, bytes(LARGEST + 1), "65537 bytes"),
    ],
)
def test_other_answers_are_refused(
    authority: LocalAuthority, status: int, kind: str, content: bytes, why: str
) -> None:
    extra = {"Location": "http://127.0.0.1:1/"} if status == 302 else {}
    with _answering(status, kind, content, **extra) as url, pytest.raises(FtgovError) as caught:
        TimestampService(url, [authority.listed]).stamp(b"a signature")
    assert caught.value.exit_code == ExitCode.PROVIDER
    assert why in caught.value.why


def test_an_answer_to_an_earlier_request_is_refused(authority: LocalAuthority) -> None:
    old = authority.stamp(b"a signature")
    with _answering(200, REPLY, old) as url, pytest.raises(FtgovError) as caught:
        TimestampService(url, [authority.listed]).stamp(b"a signature")
    assert "Nonce mismatch" in caught.value.why


def test_nobody_there_is_an_error_of_the_network(authority: LocalAuthority) -> None:
    with _answering(200, REPLY, b"") as url:
        pass
    with pytest.raises(FtgovError, match="No time stamp") as caught:
        TimestampService(url, [authority.listed]).stamp(b"a signature")
    assert caught.value.exit_code == ExitCode.PROVIDER


@pytest.mark.parametrize("url", ["", "tsa.example", "file:///etc/passwd", "ftp://a/b", "http://"])
def test_an_address_that_is_none_is_refused(authority: LocalAuthority, url: str) -> None:
    with pytest.raises(UsageError, match="not the address"):
        TimestampService(url, [authority.listed])


def test_an_authority_that_nobody_can_check_is_not_asked() -> None:
    with pytest.raises(UsageError, match="No certificate"):
        TimestampService("http://127.0.0.1:1/", [])
