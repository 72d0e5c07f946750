"""Recording a party."""

from __future__ import annotations

from ftgov.api.clock import Moment, moment_of
from ftgov.api.nouns.parts import build
from ftgov.api.people import ACTOR, acting, record_person
from ftgov.api.recording import record
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace


def record_party(
    workspace: Workspace,
    name: str,
    *,
    kind: str = "organisation",
    role: str | None = None,
    legal_name: str | None = None,
    contact: str | None = None,
    actor: str = ACTOR,
    now: str | Moment | None = None,
) -> list[str]:
    """Record a party.

    Args:
        workspace: Where to.
        name: The party's name; of a person, what people call them: the ledger gets a random id.
        kind: `organisation` and `account` stand in the ledger in clear; all that is said of a
            `person` but the role stands in an identity document that can be erased.
        role: Its main role.
        legal_name: The name in full.
        contact: How to reach it.
        actor: Who records it.
        now: When, RFC 3339 UTC; by default the present.

    Returns:
        `party/` and the name in the ledger.

    Raises:
        UsageError: If a field is malformed.
    """
    if kind != "person":
        fields = {"kind": kind, "role": role, "legal_name": legal_name, "contact": contact}
        made = build(Party, {"name": name, **fields})
        return record(workspace, [made], {}, actor=actor, now=now)
    build(Party, {"name": "person", "role": role})  # before anything is kept
    moment = moment_of(now).text
    by = acting(workspace, actor, recorded_at=moment)
    words = {"role": role, "legal_name": legal_name, "contact": contact}
    party_id = record_person(workspace, name, recorded_at=moment, actor=by, **words)
    return [f"party/{party_id}"]
