"""The trust pack that a workspace itself goes by: whose signatures count under its records."""

from __future__ import annotations

from ftgov.api.keys import workspace_pack
from ftgov.errors import NotAssessable
from ftgov.signing.trust import TrustPack, find_trust_pack, read_pack_file, read_trust_pack
from ftgov.store.workspace import Workspace


def trusted(workspace: Workspace) -> TrustPack | None:
    """Return the trust pack that a workspace goes by, or None where it has none.

    `[trust] root` of the settings pins the key that must have signed it.

    Raises:
        UsageError: If `[trust] pack` names one that is not there.
        NotAssessable: If there is one that can't be used.
    """
    place = workspace_pack(workspace)
    if not place.exists() and "pack" not in workspace.config.get("trust", {}):
        return None
    pin = workspace.config.get("trust", {}).get("root")
    return read_trust_pack(
        read_pack_file(find_trust_pack(place)), root_pin=None if pin is None else str(pin)
    )


def require_trusted(workspace: Workspace) -> TrustPack:
    """Return the trust pack that a workspace goes by.

    Raises:
        NotAssessable: If there is none, or one that can't be used.
    """
    if found := trusted(workspace):
        return found
    raise NotAssessable(
        f"The workspace has no trust pack at {workspace_pack(workspace)}.",
        why="Without one nobody can say whose signature counts.",
        next_step="ftgov keys trust-pack --help",
    )
