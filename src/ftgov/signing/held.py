"""Reading a bundle again after it was verified: what is read must be what was verified.

A folder can change between two readings, so whoever acts on a verified bundle compares what it
reads with the statement whose signature held. Evidence needs no more: it is read by its digest.
"""

from __future__ import annotations

from ftgov.errors import InvalidBundle
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.bundle_read import Bundle
from ftgov.signing.envelope import parse_envelope, parse_statement
from ftgov.signing.names import DOSSIER_NAME, ENVELOPE_NAME


def require_same(bundle: Bundle, payload: bytes) -> None:
    """Refuse a bundle whose statement is another than the one that was verified.

    Args:
        bundle: The bundle, opened again.
        payload: The statement whose signature held.

    Raises:
        InvalidBundle: If it is another.
    """
    if parse_envelope(bundle.read(ENVELOPE_NAME)).payload != payload:
        raise _changed(ENVELOPE_NAME)


def read_dossier(bundle: Bundle, payload: bytes) -> bytes:
    """Return the bytes of a bundle's dossier, which the verified statement must list.

    Args:
        bundle: The bundle, opened again.
        payload: The statement whose signature held.

    Raises:
        InvalidBundle: If they are others.
    """
    content = bundle.read(DOSSIER_NAME)
    digest = {"sha256": bare(digest_bytes(content))}
    listed = [each.digest for each in parse_statement(payload).subject if each.name == DOSSIER_NAME]
    if listed != [digest]:
        raise _changed(DOSSIER_NAME)
    return content


def _changed(name: str) -> InvalidBundle:
    return InvalidBundle(
        f"{name} changed while the bundle was being verified.",
        why="What is judged must be what was verified.",
        next_step="Copy the bundle to a place that nobody else writes to, and verify it there.",
    )
