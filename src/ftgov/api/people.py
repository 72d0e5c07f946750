"""People: whom the ledger knows by a random id, and where their names are while they may be kept.

The ledger is for good, so it holds no name of a person. `--actor alice@example.org` becomes a party
`party-...` whose identity document is sealed evidence; it is found again by opening the identities
that still have a key. Erasing the key leaves the id, which says nothing.

Source: Regulation (EU) 2016/679 (GDPR) Articles 4(5) (pseudonymisation) and 17 (erasure).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from ftgov.errors import NotAssessable, UsageError
from ftgov.records.base import Name
from ftgov.records.canonical import canonical_bytes
from ftgov.records.identity import Identity
from ftgov.records.party import Party
from ftgov.store.workspace import Workspace

ACTOR: Final = "unnamed"
"""Who acts where nobody is named."""

_ID: Final = re.compile(r"party-[0-9a-f]{16}")
_NAME: TypeAdapter[str] = TypeAdapter(Name)


class Person(NamedTuple):
    """A party and who it is."""

    party: Party
    identity: Identity


def people(workspace: Workspace) -> Iterator[Person]:
    """Yield the people whose identity can be read, in the order in which they first appeared."""
    for party in workspace.ledger.every(Party):
        if identity := _identity(workspace, party):
            yield Person(party, identity)


def known_as(workspace: Workspace, text: str) -> list[Person]:
    """Return the people that somebody calls by a text, or by name; mostly one, or none."""
    wanted = text.strip()
    return [
        person
        for person in people(workspace)
        if wanted in person.identity.known_as or wanted == person.identity.legal_name
    ]


def acting(workspace: Workspace, actor: str, *, recorded_at: str) -> str:
    """Return what the ledger shall call an actor; a new person is recorded.

    Args:
        workspace: Where the identity is or will be.
        actor: The name of a recorded party, or the free text that a person is known by.
        recorded_at: When, as RFC 3339 UTC text.

    Raises:
        UsageError: If the text has the form of a party's id, but there is none.
        FtgovError: If the workspace can't be written to.
    """
    if actor == ACTOR or not actor.strip() or not actor.isprintable():
        return actor  # what nobody can be called by, the ledger refuses with its reason
    if _is_name(actor) and workspace.ledger.get(Party, actor):
        return actor
    if _ID.fullmatch(actor):
        raise UsageError(
            f"There is no party '{actor}' in this workspace.",
            next_step="Name a person as people know them; ftgov log shows who acted.",
        )
    if found := known_as(workspace, actor):
        return found[0].party.name
    return record_person(workspace, actor, recorded_at=recorded_at)


def record_person(
    workspace: Workspace,
    text: str,
    *,
    recorded_at: str,
    actor: str | None = None,
    role: str | None = None,
    legal_name: str | None = None,
    contact: str | None = None,
) -> str:
    """Record a person and return the id; one who is known already is corrected, not doubled.

    Args:
        workspace: Where to.
        text: What people call the person, for example an address.
        recorded_at: When, as RFC 3339 UTC text.
        actor: Who records it, as the ledger calls them; by default the person.
        role: The main role, in clear; None leaves what stands.
        legal_name: The name in full; None leaves what stands.
        contact: How to reach the person; None leaves what stands.
    """
    found = next(iter(known_as(workspace, text)), None)
    standing = found.identity if found else None
    party_id = found.party.name if found else f"party-{secrets.token_hex(8)}"
    identity = Identity(
        party=party_id,
        salt=secrets.token_hex(16),
        known_as=standing.known_as if standing else (text.strip(),),
        legal_name=legal_name or (standing.legal_name if standing else None),
        contact=contact or (standing.contact if standing else None),
    )
    if standing and standing.model_copy(update={"salt": identity.salt}) == identity:
        document = found.party.identity if found else None  # nothing new is said of the person
    else:
        document = workspace.evidence.put_bytes(
            canonical_bytes(identity),
            name="identity.json",
            media_type="application/json",
            erasable=True,
        )
    party = Party.model_validate(
        {
            "name": party_id,
            "kind": "person",
            "role": role or (found.party.role if found else None),
            "identity": document,
        }
    )
    try:
        workspace.ledger.append(party, actor=actor or party_id, recorded_at=recorded_at)
    except BaseException:
        if document and (found is None or document != found.party.identity):
            # A name that no entry speaks of could not be found again to be erased.
            vault = workspace.evidence.sealed.vault
            workspace.evidence.sealed.destroy(key.id for key in vault.all_of(document.digest))
        raise
    return party_id


def shown(workspace: Workspace) -> Callable[[str], str]:
    """Return what to call an actor of the ledger in front of people.

    A person is called by name while the identity can be read, and by id and `(erased)`, or
    `(key lost)`, after. Whoever is no person is called what the ledger calls them.
    """
    called: dict[str, str] = {}

    def call(actor: str) -> str:
        if actor not in called:
            called[actor] = _called(workspace, actor) if _ID.fullmatch(actor) else actor
        return called[actor]

    return call


def _called(workspace: Workspace, party_id: str) -> str:
    party = workspace.ledger.get(Party, party_id)
    if party is None or party.identity is None:
        return party_id
    if identity := _identity(workspace, party):
        return identity.shown
    gone = workspace.evidence.sealed.erased(party.identity.digest)
    return f"{party_id} ({'erased' if gone else 'key lost'})"


def _identity(workspace: Workspace, party: Party) -> Identity | None:
    """Return who a party is, or None where that is not known or can't be read any more."""
    if party.identity is None or not workspace.evidence.has(party.identity.digest):
        return None
    try:
        with workspace.evidence.open(party.identity.digest) as stream:
            return Identity.model_validate_json(stream.read())
    except (NotAssessable, ValidationError):
        return None  # `ftgov log verify` tells what is wrong with it


def _is_name(text: str) -> bool:
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True
