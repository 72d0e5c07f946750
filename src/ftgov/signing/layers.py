"""The layers of a verification: each judges one thing and names what it found wrong.

A later kind of proof (timestamp, log, PDF seal) is one more function in `LAYERS`, in the place of
the one that says that this version can't check it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import NamedTuple

from ftgov.errors import InvalidBundle
from ftgov.records.attestation import DOSSIER_PREDICATE, Layer, LayerResult, Statement
from ftgov.records.digest import bare
from ftgov.signing.bundle_read import Bundle
from ftgov.signing.envelope import Envelope, parse_envelope, parse_statement
from ftgov.signing.keys import PublicKey
from ftgov.signing.names import DOSSIER_NAME, ENVELOPE_NAME, printable
from ftgov.signing.predicate import Predicate, dossier_faults, read_predicate
from ftgov.signing.standing import CLOCK_SKEW, key_faults, role_faults
from ftgov.signing.trust import TrustedKey, TrustPack, moment

CARRIERS: tuple[Layer, ...] = ("timestamp", "log", "pdf")
"""The layers that a predicate may list as further proof."""


class Case(NamedTuple):
    """A bundle as far as it could be understood: a field is None if what it needs did not hold."""

    bundle: Bundle
    pack: TrustPack
    now: datetime
    envelope: Envelope | None = None
    key: TrustedKey | None = None
    signed: bool = False
    statement: Statement | None = None
    predicate: Predicate | None = None
    fault: str = ""

    def listed(self, carrier: str) -> bool:
        """Return whether the signed predicate lists a carrier."""
        return self.predicate is not None and carrier in self.predicate.carriers

    def standing_faults(self) -> tuple[str, ...]:
        """Return why the signer does not count; only asked once the predicate could be read."""
        if self.key is None or self.predicate is None:
            return ("nobody is known to have signed",)
        signed_at = moment(self.predicate.signed_at)
        if signed_at > self.now + CLOCK_SKEW:
            return (f"the claimed signing time {self.predicate.signed_at} lies in the future",)
        faults = key_faults(self.key, signed_at)
        return faults or role_faults(self.pack.terms, (self.key,))


def examine(bundle: Bundle, pack: TrustPack, now: datetime) -> Case:
    """Read a bundle's attestation step by step, each step only if the one before it held."""
    case = Case(bundle, pack, now)
    try:
        envelope = parse_envelope(bundle.read(ENVELOPE_NAME))
        case = case._replace(envelope=envelope, key=pack.terms.key(envelope.hint))
        if case.key is None:
            return case
        signed = envelope.signed_by(PublicKey.from_pem(case.key.public_key))
        case = case._replace(signed=signed)
        if not signed:
            return case
        statement = parse_statement(envelope.payload)
        if statement.predicate_type != DOSSIER_PREDICATE:
            raise ValueError(f"the predicate is a {statement.predicate_type!a}")
        return case._replace(statement=statement, predicate=read_predicate(statement.predicate))
    except InvalidBundle as fault:
        return case._replace(fault=f"{fault.what} {fault.why}".strip())
    except ValueError as fault:
        return case._replace(fault=f"The statement is not fit: {fault}.")


def _files(case: Case) -> LayerResult:
    if case.statement is None or case.predicate is None:
        return LayerResult(
            layer="files",
            verdict="not_assessed",
            detail="No signed list of files could be read, so there is nothing to compare with.",
        )
    items = tuple(_file_faults(case.bundle, case.statement))
    # A dossier that is not what was signed is not worth reading.
    if not items and DOSSIER_NAME in case.bundle.names:
        content = case.bundle.read(DOSSIER_NAME)
        items = dossier_faults(content, case.predicate, case.bundle.names)
    elif not items:
        items = (f"missing: {DOSSIER_NAME}",)
    if items:
        detail = f"{len(items)} of the bundle's files are not what was signed."
        return LayerResult(layer="files", verdict="invalid", detail=detail, items=items)
    count = len(case.statement.subject)
    detail = f"All {count} files were hashed again and equal the signed list; there is no other."
    return LayerResult(layer="files", verdict="valid", detail=detail)


def _file_faults(bundle: Bundle, statement: Statement) -> Iterator[str]:
    """Yield each file that is missing, extra, changed, unreadable or misnamed."""
    signed = {subject.name: subject.digest["sha256"] for subject in statement.subject}
    present = set(bundle.names) - {ENVELOPE_NAME}
    for name in sorted(signed.keys() | present):
        if name not in present:
            yield f"missing: {printable(name)}"
        elif name not in signed:
            yield f"extra: {name}"
        elif name.startswith("evidence/") and name != f"evidence/{signed[name]}":
            yield f"misnamed: {name}"
        else:
            try:
                if bare(bundle.digest(name)) != signed[name]:
                    yield f"changed: {name}"
            except InvalidBundle:
                yield f"unreadable: {name}"


def _envelope(case: Case) -> LayerResult:
    if case.fault:
        items = (f"malformed: {ENVELOPE_NAME}",)
        return LayerResult(layer="envelope", verdict="invalid", detail=case.fault, items=items)
    if case.predicate is None:
        detail = "The form is sound; the payload was not read, because no signature on it holds."
        return LayerResult(layer="envelope", verdict="not_assessed", detail=detail)
    unknown = tuple(name for name in case.predicate.carriers if name not in CARRIERS)
    if unknown:
        detail = "The predicate lists proof of a kind that this version does not know."
        return LayerResult(layer="envelope", verdict="not_assessed", detail=detail, items=unknown)
    detail = "A canonical Sigstore v0.3 bundle with a canonical in-toto statement."
    return LayerResult(layer="envelope", verdict="valid", detail=detail)


def _signature(case: Case) -> LayerResult:
    if case.envelope is None:
        detail = "There is no sound envelope to take a signature from."
        return LayerResult(layer="signature", verdict="not_assessed", detail=detail)
    hint = case.envelope.hint
    if case.key is None:
        detail = f"The key {hint} is not in the trust pack, so its signature can't be checked."
        return LayerResult(layer="signature", verdict="not_assessed", detail=detail)
    if not case.signed:
        detail = "The signature is not that of the named key over this payload."
        items = (f"changed, or not signed by {hint}: {ENVELOPE_NAME}",)
        return LayerResult(layer="signature", verdict="invalid", detail=detail, items=items)
    detail = f"ECDSA P-256 over the payload, by the key {hint}."
    return LayerResult(layer="signature", verdict="valid", detail=detail)


def _trust(case: Case) -> LayerResult:
    if case.envelope is not None and case.key is None:
        detail = "The signing key is not in the trust pack."
        items = (f"unknown key {case.envelope.hint} in {ENVELOPE_NAME}",)
        return LayerResult(layer="trust", verdict="invalid", detail=detail, items=items)
    if case.key is None or case.predicate is None:
        detail = "No statement with a sound signature could be read."
        return LayerResult(layer="trust", verdict="not_assessed", detail=detail)
    faults = case.standing_faults()
    if faults:
        detail = "The signature does not count under the trust pack."
        return LayerResult(layer="trust", verdict="invalid", detail=detail, items=faults)
    expires = case.pack.terms.expires
    if expires is not None and case.now >= moment(expires):
        detail = f"The trust pack has expired at {expires}; get a newer one from the signer."
        return LayerResult(layer="trust", verdict="not_assessed", detail=detail)
    detail = f"{case.key.holder} may sign as {case.key.role} at {case.predicate.signed_at}."
    return LayerResult(layer="trust", verdict="valid", detail=detail)


def _unchecked(layer: Layer, case: Case) -> LayerResult | None:
    """Judge a further proof that this version can't check: never valid, never left out."""
    if case.listed(layer):
        detail = f"The predicate lists a {layer} proof, which this version of ftgov can't check."
        return LayerResult(layer=layer, verdict="not_assessed", detail=detail)
    if layer == "timestamp" and case.pack.terms.timestamp_required:
        detail = "The trust pack requires a timestamp, and the bundle has none."
        return LayerResult(layer=layer, verdict="invalid", detail=detail)
    return None


LAYERS: tuple[Callable[[Case], LayerResult | None], ...] = (
    _files,
    _envelope,
    _signature,
    _trust,
    *(partial(_unchecked, layer) for layer in CARRIERS),
)
"""Every layer, in the order of the result; None means that the bundle does not need it."""
