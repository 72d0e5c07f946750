"""Verification: check a bundle offline, and on request derive its figures again."""

from __future__ import annotations

from pathlib import Path

from ftgov.errors import InvalidBundle, NotAssessable
from ftgov.records.attestation import LayerResult, Verification
from ftgov.signing.trust import TrustPack, find_trust_pack, read_pack_file, read_trust_pack
from ftgov.signing.verify import add_layers, verified_bundle


def verify(
    bundle: Path | str,
    trust: Path | str,
    *,
    recompute: bool = False,
    trust_root: str | None = None,
    without: frozenset[str] = frozenset(),
    complete: bool = False,
) -> Verification:
    """Verify a bundle with a trust pack that was delivered apart from it.

    Args:
        bundle: The bundle, a folder or a zip.
        trust: `trust-pack.json`, or the folder that holds it.
        recompute: Also run analyzers, law pack and gates again on the bundle's own evidence.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        without: Layers left out by name; only `pdf` may be.
        complete: Whether a bundle that withholds something is not assessed.

    Raises:
        UsageError: If a path is absent.
        NotAssessable: If the trust pack can't be used.
    """
    place = Path(bundle)
    result, payload = verified_bundle(
        place, Path(trust), root_pin=trust_root, without=without, complete=complete
    )
    if not recompute or result.verdict == "invalid" or payload is None:
        return result
    pack = read_trust_pack(read_pack_file(find_trust_pack(Path(trust))), root_pin=trust_root)
    return add_layers(result, _derived(place, pack, payload))


def require_valid(found: Verification, refused: str, next_step: str) -> None:
    """Refuse to go on with a bundle that is not valid, naming its worst layer.

    Args:
        found: What verifying it gave.
        refused: What is not done for that reason, as in `nobody can agree with it`.
        next_step: What to do instead, as the end of a sentence; may be empty.

    Raises:
        InvalidBundle: If it is invalid.
        NotAssessable: If a layer could not be assessed.
    """
    if found.verdict == "valid":
        return
    worst = next(each for each in found.layers if each.verdict == found.verdict)
    kind = InvalidBundle if found.verdict == "invalid" else NotAssessable
    raise kind(
        f"The bundle is not valid, so {refused}: {worst.layer}: {worst.detail}",
        why="; ".join(worst.items[:3]),
        next_step=f"ftgov verify shows all of it{next_step}.",
    )


def _derived(bundle: Path, pack: TrustPack, payload: bytes) -> list[LayerResult]:
    """Return what deriving a bundle again gives; one that changed since is invalid."""
    from ftgov.recompute.bundle import recompute_bundle

    try:
        return [recompute_bundle(bundle, pack, payload), *_row_trees(bundle, payload)]
    except InvalidBundle as fault:
        detail = fault.what
        return [LayerResult(layer="recompute", verdict="invalid", detail=detail, items=(detail,))]


def _row_trees(bundle: Path, payload: bytes) -> list[LayerResult]:
    """Return a result where rows that were signed one by one may not be those of their files."""
    from ftgov.signing.redact import check_row_trees

    found = check_row_trees(bundle, payload)
    if found.faults:
        detail = "rows that could be shown in part are not those of the files"
        return [
            LayerResult(layer="recompute", verdict="invalid", detail=detail, items=found.faults)
        ]
    if found.unchecked:
        detail, items = "row trees could not be checked", found.unchecked
        return [LayerResult(layer="recompute", verdict="not_assessed", detail=detail, items=items)]
    return []
