"""Verification: check a bundle offline, and on request derive its figures again."""

from __future__ import annotations

from pathlib import Path

from ftgov.records.attestation import Verification
from ftgov.signing.trust import find_trust_pack, read_pack_file, read_trust_pack
from ftgov.signing.verify import add_layers, verify_bundle


def verify(
    bundle: Path | str,
    trust: Path | str,
    *,
    recompute: bool = False,
    trust_root: str | None = None,
    without: frozenset[str] = frozenset(),
) -> Verification:
    """Verify a bundle with a trust pack that was delivered apart from it.

    Args:
        bundle: The bundle, a folder or a zip.
        trust: `trust-pack.json`, or the folder that holds it.
        recompute: Also run analyzers, law pack and gates again on the bundle's own evidence.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        without: Layers left out by name; only `pdf` may be.

    Raises:
        UsageError: If a path is absent.
        NotAssessable: If the trust pack can't be used.
    """
    place = Path(bundle)
    result = verify_bundle(place, Path(trust), root_pin=trust_root, without=without)
    if not recompute or result.verdict == "invalid":
        return result
    from ftgov.recompute.bundle import recompute_bundle

    pack = read_trust_pack(read_pack_file(find_trust_pack(Path(trust))), root_pin=trust_root)
    return add_layers(result, [recompute_bundle(place, pack)])
