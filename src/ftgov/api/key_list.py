"""What keys a workspace has, and how its trust pack sees them."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.api.clock import now_text
from ftgov.api.keys import address_of, key_names, needs_secret, spki_of, workspace_pack
from ftgov.api.trust_packs import read_terms
from ftgov.records.base import Time
from ftgov.records.digest import Digest
from ftgov.signing.trust import TrustedKey, moment
from ftgov.store.workspace import Workspace


class KeyListed(NamedTuple):
    """A key: `address` of one in a token or cloud, `standing` in words."""

    name: str
    spki: Digest | None
    address: str | None
    encrypted: bool
    holder: str | None
    role: str | None
    standing: str


def list_keys(workspace: Workspace, now: Time | None = None) -> tuple[KeyListed, ...]:
    """Return the keys of a workspace by name; no passphrase is needed.

    Raises:
        NotAssessable: If the workspace has a trust pack that can't be used.
        FtgovError: If the file of an address or a certificate is malformed.
    """
    path = workspace_pack(workspace)
    terms = read_terms(path) if path.is_file() else None
    present = now or now_text()
    found = []
    for name in key_names(workspace):
        spki = spki_of(workspace, name)
        listed = terms.key(spki) if terms is not None and spki is not None else None
        found.append(
            KeyListed(
                name,
                spki,
                address_of(workspace, name),
                needs_secret(workspace, name),
                listed.holder if listed else None,
                listed.role if listed else None,
                _standing(listed, present),
            )
        )
    return tuple(found)


def _standing(key: TrustedKey | None, now: Time) -> str:
    if key is None:
        return "not in the trust pack of this workspace"
    who = f"{key.holder} as {key.role}"
    if key.revoked_at is not None:
        return f"{who}, revoked at {key.revoked_at} ({key.reason})"
    if moment(now) >= moment(key.not_after):
        return f"{who}, expired at {key.not_after}"
    return f"{who} until {key.not_after}"
