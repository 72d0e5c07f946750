"""Verifying a bundle offline, with the core install alone.

The verdict is the worst of all layers that the bundle or the trust pack demands: invalid beats
not_assessed beats valid. Nothing that fails to be read, found or understood is ever valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ftgov.errors import InvalidBundle, NotAssessable, UsageError
from ftgov.records.attestation import Layer, LayerResult, LayerVerdict, Signer, Verification
from ftgov.records.base import Time
from ftgov.signing.bundle_read import open_bundle
from ftgov.signing.layers import CARRIERS, LAYERS, Case, examine
from ftgov.signing.trust import find_trust_pack, moment, read_pack_file, read_trust_pack
from ftgov.signing.unproven import unproven

OPTIONAL_LAYERS: frozenset[str] = frozenset({"pdf"})
"""The only layers that a reader may leave out."""

_WORST_FIRST: tuple[LayerVerdict, ...] = ("invalid", "not_assessed", "valid")


class Verified(NamedTuple):
    """The result of a verification, and the statement whose signature held, if one did.

    What is read from the bundle later must be compared with that statement (`held.py`).
    """

    result: Verification
    payload: bytes | None


def verify_bundle(
    path: Path,
    trust_path: Path,
    *,
    root_pin: str | None = None,
    without: frozenset[str] = frozenset(),
    extra_layers: Sequence[LayerResult] = (),
    as_of: Time | None = None,
    complete: bool = False,
) -> Verification:
    """Verify a bundle against a trust pack: the result alone of `verified_bundle`.

    Args: as there, and
        extra_layers: What other rooms found, for example `recompute`; they count like our own.
    """
    found = verified_bundle(
        path, trust_path, root_pin=root_pin, without=without, as_of=as_of, complete=complete
    )
    return add_layers(found.result, extra_layers)


def verified_bundle(
    path: Path,
    trust_path: Path,
    *,
    root_pin: str | None = None,
    without: frozenset[str] = frozenset(),
    as_of: Time | None = None,
    complete: bool = False,
) -> Verified:
    """Verify a bundle against a trust pack.

    Args:
        path: The bundle, a folder or a zip archive.
        trust_path: The trust pack, or the folder that holds it; never inside the bundle.
        root_pin: The fingerprint that the trust pack's root key must have.
        without: Layers to leave out; only `pdf` may be.
        as_of: The time of verification, for the expiry of the trust pack; None is the system clock.
        complete: Whether a bundle that withholds something is not assessed.

    Raises:
        UsageError: If a path does not exist, or a wrong layer is left out.
        NotAssessable: If the trust pack is unusable or lies inside the bundle.
        FtgovError: If the file system refuses to read the bundle.
    """
    if not without <= OPTIONAL_LAYERS:
        wrong = ", ".join(sorted(without - OPTIONAL_LAYERS))
        raise UsageError(
            f"The layer {wrong} cannot be left out.", next_step="Only --without pdf is possible."
        )
    now = moment(as_of) if as_of is not None else datetime.now(UTC)
    try:
        bundle = open_bundle(path)
    except InvalidBundle as fault:
        return Verified(_unreadable(fault, without), None)
    with bundle:
        pack_path = find_trust_pack(trust_path)
        _check_apart(path, pack_path)
        pack = read_trust_pack(read_pack_file(pack_path), root_pin=root_pin)
        case = examine(bundle, pack, now, complete=complete)
        try:
            found = [result for judge in LAYERS if (result := judge(case)) is not None]
        except InvalidBundle as fault:
            return Verified(_unreadable(fault, without), None)
        own = tuple(result for result in found if result.layer not in without)
        payload = case.envelope.payload if case.envelope and case.signed else None
        return Verified(_summary(case, own, without), payload)


def add_layers(verification: Verification, extra: Iterable[LayerResult]) -> Verification:
    """Return a verification with further layers, its verdict the worst of all of them.

    A result for a further proof (timestamp, log, pdf) takes the place of the one that said that it
    could not be checked. It never takes the place of another, and no layer goes away otherwise.
    """
    added = tuple(extra)
    judged = {result.layer for result in added if result.layer in CARRIERS}
    kept = tuple(
        result
        for result in verification.layers
        if not (result.layer in judged and result.verdict == "not_assessed")
    )
    layers = (*kept, *added)
    return verification.model_copy(update={"layers": layers, "verdict": worst_verdict(layers)})


def worst_verdict(layers: Iterable[LayerResult]) -> LayerVerdict:
    """Return the worst verdict: invalid, not_assessed, valid; without layers not_assessed."""
    seen = {result.verdict for result in layers}
    return next((verdict for verdict in _WORST_FIRST if verdict in seen), "not_assessed")


def _summary(case: Case, layers: tuple[LayerResult, ...], without: frozenset[str]) -> Verification:
    counted = [case.key] if case.key and case.predicate and not case.standing_faults() else []
    return Verification(
        verdict=worst_verdict(layers),
        layers=layers,
        signers=tuple(Signer(name=k.holder, role=k.role, spki=k.spki) for k in counted),
        signed_at=case.signing_time,
        time=("rfc3161" if case.stamped else "claimed") if case.predicate else None,
        countersignatures=case.heard.shown,
        withheld=case.withheld_lines(),
        does_not_prove=(
            *unproven(case.pack, counted, without, stamped=case.stamped is not None),
            *_unproven_here(case),
        ),
    )


def _unproven_here(case: Case) -> tuple[str, ...]:
    """Return what the proofs beside this bundle's files leave open."""
    said = []
    if case.withheld is not None and case.withheld.names:
        said.append("What the withheld evidence says, and the figures that rest on it.")
    if case.withheld is not None and case.withheld.rows:
        said.append(
            "That the rows which are left are the file's own: they are those that the signer "
            "committed to, and nobody without the whole file can compare them with it."
        )
    if case.listed("log") and not case.pack.terms.witnesses_required:
        said.append(
            "That everybody is shown the same log: the trust pack demands no witness of its head."
        )
    if case.heard.withdrawn and case.key is not None:
        said.append(f"That its signer stands by it: {case.key.holder} signed it, and dissents.")
    if case.predicate is not None:
        said.append("That nobody dissents: a dissent can be left out of a copy of the bundle.")
    said += [
        f"Who {each.name} is: the trust pack does not know the key {each.spki}."
        for each in case.heard.shown
        if not each.trusted
    ]
    return tuple(said)


def _unreadable(fault: InvalidBundle, without: frozenset[str]) -> Verification:
    """Return the result for a bundle that could not even be opened."""
    detail = f"{fault.what} {fault.why}".strip()
    rest: tuple[Layer, ...] = ("envelope", "signature", "trust")
    layers = (
        LayerResult(layer="files", verdict="invalid", detail=detail, items=(fault.what,)),
        *(
            LayerResult(layer=layer, verdict="not_assessed", detail="The bundle is unreadable.")
            for layer in rest
        ),
    )
    proof = unproven(None, (), without)
    return Verification(verdict="invalid", layers=layers, does_not_prove=proof)


def _check_apart(path: Path, pack_path: Path) -> None:
    """Refuse a trust pack that came inside the bundle: whoever made the bundle made it too."""
    if path.is_dir() and pack_path.resolve().is_relative_to(path.resolve()):
        raise NotAssessable(
            f"The trust pack {pack_path} lies inside the bundle.",
            why="A bundle can't vouch for itself.",
            next_step="Use the trust pack that the signer sent by another way.",
        )
