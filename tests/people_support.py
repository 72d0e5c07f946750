"""People with keys of their own in a workspace, and a trust pack that lists them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from ftgov import api
from ftgov.api.clock import now_text
from ftgov.api.keys import load_key
from ftgov.api.tree_heads import made_log_key
from ftgov.records.base import time_text
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, TrustedLog, build_trust_pack

SINCE = "2026-11-01T00:00:00Z"
PEOPLE = {
    "ada": ("Ada Example", "risk-owner"),
    "ben": ("Ben Example", "release-approver"),
    "ada-too": ("ADA example", "release-approver"),
}
"""Keys, their holders and roles; `ada-too` is another key of the same person."""


class People(NamedTuple):
    """The workspace and the keys in it; `eve` is not in the trust pack."""

    place: Path
    keys: dict[str, SigningKey]

    def write_pack(self, *, root: str = "ben", **changes: Any) -> None:
        """Write the workspace's trust pack; `revoked` are stolen, `roles` others."""
        revoked = changes.pop("revoked", ())
        roles = changes.pop("roles", {})
        listed = [
            TrustedKey.of(
                self.keys[name].public,
                holder=holder,
                role=roles.get(name, role),
                not_before=SINCE,
                valid_days=365,
            )
            for name, (holder, role) in PEOPLE.items()
        ]
        listed = [
            key.model_copy(update={"revoked_at": "2026-11-30T00:00:00Z", "reason": "keyCompromise"})
            if key.spki in {self.keys[name].spki for name in revoked}
            else key
            for key in listed
        ]
        with api.open_workspace(self.place) as opened:
            log = made_log_key(opened)
        content = build_trust_pack(
            listed,
            root=self.keys[root],
            issued_at="2026-11-02T00:00:00Z",
            logs=[TrustedLog(origin=log.name, key=log.public)],
            **changes,
        )
        (self.place / "trust" / "trust-pack.json").write_bytes(content)


def later(seconds: int) -> str:
    """Return the time so many seconds from now."""
    return time_text(datetime.fromisoformat(now_text()) + timedelta(seconds=seconds))


def people_in(place: Path) -> People:
    """Make keys and a trust pack in a workspace."""
    with api.open_workspace(place) as opened:
        for name in (*PEOPLE, "eve"):
            api.new_key(opened, name)
        keys = {name: load_key(opened, name) for name in (*PEOPLE, "eve")}
    found = People(place, keys)
    found.write_pack()
    return found
