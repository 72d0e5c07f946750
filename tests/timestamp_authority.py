"""A time-stamp authority on this machine: `openssl ts`, also behind a loopback HTTP server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ftgov.signing.trust import TimestampAuthority

_CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


class LocalAuthority:
    """An authority with a root and a certificate below it, both of ECDSA P-256."""

    def __init__(self, folder: Path, name: str = "Test authority", *, days: float = 3650) -> None:
        self.folder = folder
        self.name = name
        folder.mkdir()
        begin = datetime.now(UTC) - timedelta(days=3)
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = self._certificate("Root of " + name, root_key, None, root_key, begin, 3650)
        self._own = self._certificate(name, key, root, root_key, begin, days)
        self.root_pem, self.own_pem = _pem(root), _pem(self._own)
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
        (folder / "tsa.key").write_bytes(key.private_bytes(*form, serialization.NoEncryption()))
        (folder / "tsa.pem").write_text(self.own_pem)
        (folder / "root.pem").write_text(self.root_pem)
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(_CONFIGURATION.format(folder=folder))
        self._lock = threading.Lock()

    @staticmethod
    def _certificate(
        name: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: x509.Certificate | None,
        issuer_key: ec.EllipticCurvePrivateKey,
        begin: datetime,
        days: float,
    ) -> x509.Certificate:
        use = [ExtendedKeyUsageOID.TIME_STAMPING]
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(issuer.subject if issuer else _name(name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=days))
            .add_extension(
                x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True
            )
        )
        if issuer is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(use), critical=True)
        return builder.sign(issuer_key, hashes.SHA256())

    @property
    def listed(self) -> TimestampAuthority:
        """The authority as a trust pack names it: by its root alone."""
        return TimestampAuthority(name=self.name, certificates=(self.root_pem,))

    @property
    def listed_in_full(self) -> TimestampAuthority:
        """The authority with its own certificate, for tokens that don't carry it."""
        return TimestampAuthority(name=self.name, certificates=(self.own_pem, self.root_pem))

    def answer(self, query: bytes) -> bytes:
        """Return the response to a TimeStampReq."""
        with self._lock:
            (self.folder / "query.tsq").write_bytes(query)
            command = "openssl ts -reply -config ts.cnf -queryfile query.tsq -signer tsa.pem"
            command += " -inkey tsa.key -out reply.tsr"
            subprocess.run(command.split(), cwd=self.folder, check=True, capture_output=True)
            return (self.folder / "reply.tsr").read_bytes()

    def stamp(self, message: bytes, *, certificate: bool = True) -> bytes:
        """Return the response to a request for a time stamp over a message."""
        from rfc3161_client import TimestampRequestBuilder
        from rfc3161_client.base import HashAlgorithm

        builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
        return self.answer(builder.cert_request(cert_request=certificate).build().as_bytes())

    def openssl_accepts(self, response: bytes, message: bytes) -> bool:
        """Return whether `openssl ts -verify` accepts a response over a message."""
        (self.folder / "given.tsr").write_bytes(response)
        (self.folder / "message").write_bytes(message)
        command = (
            "openssl ts -verify -in given.tsr -data message -CAfile root.pem -untrusted tsa.pem"
        )
        done = subprocess.run(command.split(), cwd=self.folder, check=False, capture_output=True)
        return done.returncode == 0

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve requests at the URL that is yielded."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                fit = self.headers["Content-Type"] == "application/timestamp-query"
                content = authority.answer(query) if fit else b""
                self.send_response(200 if fit else 415)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                """Stay silent."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_address[1]}/tsa"
            finally:
                server.shutdown()
                thread.join()
