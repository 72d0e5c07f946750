"""An assessment as it was kept: read again only if it is whole, and exactly what was written."""

from __future__ import annotations

from pydantic import ValidationError

from ftgov.errors import NotAssessable
from ftgov.records.canonical import canonical_bytes, canonical_json
from ftgov.records.digest import Digest, digest_bytes
from ftgov.records.dossier import Assessment


def read_assessment(content: bytes, digest: Digest) -> Assessment:
    """Return an assessment from its kept bytes.

    A field that is absent would silently take its default, and a rule that reads it would judge
    what nobody recorded; so an assessment must say all that this version writes.

    Args:
        content: The bytes.
        digest: What the ledger or the dossier says that they are.

    Raises:
        NotAssessable: If the bytes are not those, are no assessment, or lack a field.
    """
    if digest_bytes(content) != digest:
        raise _refused("is not the one that was made", "Its bytes have another digest.")
    try:
        found = Assessment.model_validate(canonical_json(content))
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _refused("cannot be read", f"{where}: {first['msg']}") from fault
    except ValueError as fault:
        raise _refused("cannot be read", str(fault)) from fault
    if canonical_bytes(found) != content:
        raise _refused(
            "lacks fields that this version of ftgov writes",
            f"It was made by {found.tool}; a field that is absent says nothing.",
        )
    return found


def _refused(what: str, why: str) -> NotAssessable:
    return NotAssessable(
        f"The kept assessment {what}.", why=why, next_step="Audit the model again: ftgov audit"
    )
