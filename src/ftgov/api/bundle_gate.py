"""A gate from a bundle alone: no workspace, no ledger, only a trust pack kept apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ftgov.api.both_times import counting_at_both, require_unexpired
from ftgov.api.clock import Moment, moment_of
from ftgov.api.gates import GateResult, decided, load_gates, trusted_bundles
from ftgov.api.signed import Signed, Trust, believed_pack, require_pinned
from ftgov.dossier.signed import STATEMENT_MEDIA_TYPE, verified_sign_offs, verified_waivers
from ftgov.errors import InvalidBundle, NotAssessable
from ftgov.records.attestation import Verification
from ftgov.records.canonical import canonical_json
from ftgov.records.digest import digest_record
from ftgov.records.dossier import Dossier
from ftgov.records.subject import Subject
from ftgov.records.verified import SigningTime
from ftgov.signing.bundle import Bundle, BundleEvidence, open_bundle
from ftgov.signing.held import read_dossier
from ftgov.signing.trust import TrustPack, find_trust_pack, read_pack_file, read_trust_pack
from ftgov.signing.verify import verified_bundle

_GATES = ("baseline",)
_SHOWN = 12


def check_bundle(
    bundle: Path | str,
    trust: Path | str,
    *,
    policies: Sequence[str] = (),
    as_of: str | None = None,
    now: str | Moment | None = None,
    trust_root: str | None = None,
    model: str | None = None,
    system: str | None = None,
    withheld_ok: bool = False,
    require_pin: bool = False,
) -> GateResult:
    """Judge the assessment in a bundle by release policies, after verifying the bundle.

    The decisions in the bundle's own dossier are not believed; they are taken again. Evidence that
    the bundle withholds is missing: nobody can look at what the figures rest on.

    Args:
        bundle: The bundle, a folder or a zip.
        trust: `trust-pack.json`, or the folder that holds it; never inside the bundle.
        policies: Gates by path or shipped name; by default `baseline`.
        as_of: What policies see as now; decisions say so, and signatures must count then and now.
        now: The present, RFC 3339 UTC; by default the system's clock.
        trust_root: The fingerprint of the key that must have signed the trust pack.
        model: The model that the bundle must be about; None takes any.
        system: The system that the bundle must be about; None takes any.
        withheld_ok: Judge although evidence is withheld; the result then names what is.
        require_pin: Let nothing that people signed count without `trust_root`.

    Raises:
        InvalidBundle: If a signature, a digest or the form of the bundle is wrong.
        NotAssessable: If a layer of the verification can't be assessed, the bundle withholds
            something or is about another model or system, or the law changed since.
        UsageError: If a path, a name or a gate is wrong.
    """
    place, root = Path(bundle), trust_root
    pack = read_trust_pack(read_pack_file(find_trust_pack(Path(trust))), root_pin=root)
    gates = load_gates(policies or _GATES, trusted_bundles(lambda: pack, now))
    verified, payload = verified_bundle(place, Path(trust), root_pin=root, complete=not withheld_ok)
    _require_valid(place, verified)
    assert payload is not None, "a valid bundle has a statement whose signature held"
    present = moment_of(now)
    judged = moment_of(as_of) if as_of else present
    for moment in {present, judged}:
        require_unexpired(pack, moment)
    with open_bundle(place) as opened:
        dossier = _dossier(place, read_dossier(opened, payload))
        _require_about(place, dossier.assessment.subject, model, system)
        signed = _signed(dossier, opened, pack, judged)
        if as_of:
            signed = counting_at_both(signed, _signed(dossier, opened, pack, present), present)
    believed = believed_pack(pack, Path(trust))
    if signed.signatures or signed.waivers:
        require_pinned(believed, Trust(Path(trust), root, require_pin))
    signed = signed._replace(believed=believed)
    found = decided(gates, dossier.assessment, judged, signed, _signing_time(verified))
    return found._replace(verification=verified)


def _signed(dossier: Dossier, opened: Bundle, pack: TrustPack, moment: Moment) -> Signed:
    """Verify the statements in the bundle again; what its dossier says of them is not believed.

    The ledger is not at hand, so a waiver with a limit of uses can't count here.
    """
    files = [file for file in dossier.evidence if file.media_type == STATEMENT_MEDIA_TYPE]
    with BundleEvidence(opened) as evidence:
        contents = [evidence.path(file.digest).read_bytes() for file in files]
    now = datetime.fromisoformat(moment.text)
    return Signed(
        verified_sign_offs(
            contents,
            pack,
            now,
            assessed={dossier.assessment_digest: dossier.assessment.assessed_at},
        ),
        verified_waivers(contents, pack, now),
        tuple(files),
    )


def _signing_time(verified: Verification) -> SigningTime:
    if verified.time != "rfc3161":
        return SigningTime()
    return SigningTime(time="rfc3161", signed_at=verified.signed_at)


def _require_about(place: Path, subject: Subject, model: str | None, system: str | None) -> None:
    """Refuse a bundle of another model or system than the one that is to be released."""
    named = subject.system.name if subject.system else None
    for kind, wanted, is_about in (
        ("model", model, subject.model.name),
        ("system", system, named),
    ):
        if wanted is not None and wanted != is_about:
            raise NotAssessable(
                f"The bundle {place} is about the {kind} {is_about or '(none)'}, not {wanted}.",
                why="A gate judges the model that is to be released, and no other.",
                next_step=f"Give the bundle of {wanted}.",
            )


def _require_valid(place: Path, found: Verification) -> None:
    if found.verdict == "valid":
        return
    layers = [f"{each.layer}: {each.detail}" for each in found.layers if each.verdict != "valid"]
    layers += [f"withheld: {line}" for line in found.withheld[:_SHOWN]]
    if len(found.withheld) > _SHOWN:
        layers.append(f"and {len(found.withheld) - _SHOWN} more are withheld")
    kind = InvalidBundle if found.verdict == "invalid" else NotAssessable
    raise kind(
        f"The bundle {place} is {found.verdict.replace('_', ' ')}: {'; '.join(layers)}",
        why="A gate judges only what a trusted key signed.",
        next_step=f"ftgov verify {place} --trust TRUST shows every layer.",
    )


def _dossier(place: Path, content: bytes) -> Dossier:
    try:
        dossier = Dossier.model_validate(canonical_json(content))
    except ValueError as fault:
        raise InvalidBundle(
            f"The dossier in {place} cannot be read.",
            why=str(fault),
            next_step="Check it with the version of ftgov that made it.",
        ) from fault
    if digest_record(dossier.assessment) != dossier.assessment_digest:
        raise InvalidBundle(
            f"The dossier in {place} states another digest of its assessment than it has.",
            next_step="Check it with the version of ftgov that made it.",
        )
    return dossier
