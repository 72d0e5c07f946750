"""Seals and time stamps of reports: what a signer adds to a signature where it can."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov.api.keys import workspace_pack
from ftgov.errors import FtgovError, UsageError
from ftgov.signing.certificate import certificates_in
from ftgov.signing.timestamp_request import TimestampService
from ftgov.signing.trust import TimestampAuthority, read_pack_file, read_trust_pack
from ftgov.store.workspace import Workspace


def authority_of(path: Path, name: str | None = None) -> TimestampAuthority:
    """Return a time-stamp authority, given a PEM file of its root and what lies below it.

    Args:
        path: The file.
        name: What a trust pack calls it; None is the name in its root certificate.

    Raises:
        UsageError: If the file can't be read, or holds no self-signed certificate.
    """
    try:
        found = certificates_in(path.read_bytes())
        root = next((one for one in found if one.self_signed), None)
        title = name or (root.title if root else "")
        return TimestampAuthority(name=title, certificates=tuple(one.pem for one in found))
    except (OSError, ValueError) as fault:
        raise UsageError(
            f"{path} cannot be used as the certificates of a time-stamp authority.",
            why=str(fault).splitlines()[0],
            next_step="Give a PEM file with its root certificate, and those below it.",
        ) from fault


def timestamp_service(
    workspace: Workspace, url: str, certificates: Path | None = None
) -> TimestampService:
    """Return the time-stamp authority at a URL, believed by the certificates that are known.

    Args:
        workspace: Whose trust pack says which authorities are believed.
        url: Where it is asked.
        certificates: A PEM file with its certificates, instead of the trust pack.

    Raises:
        UsageError: If the URL is none, or no certificate is known.
        NotAssessable: If the workspace's trust pack is malformed.
    """
    believed: Sequence[TimestampAuthority] = ()
    if certificates is not None:
        believed = [authority_of(certificates)]
    elif (pack := workspace_pack(workspace)).is_file():
        believed = read_trust_pack(read_pack_file(pack), root_pin=None).terms.authorities
    return TimestampService(url, believed)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that must not be there yet.

    Raises:
        UsageError: If there is one.
        FtgovError: If it can't be written.
    """
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError as fault:
        raise UsageError(
            f"{path} exists already.",
            why="What was signed is never written over.",
            next_step="Name another file.",
        ) from fault
    except OSError as fault:
        raise FtgovError(f"{path} cannot be written: {fault.strerror}.") from fault
