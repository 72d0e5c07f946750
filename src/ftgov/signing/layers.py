"""The layers of a verification: each judges one thing and names what it found wrong.

The layers of further proof (timestamp, log, PDF seal, countersignatures) have files of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from ftgov.errors import InvalidBundle
from ftgov.records.attestation import DOSSIER_PREDICATE, Layer, LayerResult, Statement
from ftgov.records.base import Time
from ftgov.records.digest import bare
from ftgov.signing.bundle_read import Bundle
from ftgov.signing.countersign import Reviewed
from ftgov.signing.digests import digests_of
from ftgov.signing.envelope import Envelope, parse_envelope, parse_statement
from ftgov.signing.keys import PublicKey
from ftgov.signing.layer_countersignatures import (
    Countersigned,
    Signed,
    countersigned,
    judge_countersignatures,
)
from ftgov.signing.layer_log import judge_log
from ftgov.signing.layer_pdf import judge_pdf
from ftgov.signing.layer_timestamp import judge_timestamp, proven_time
from ftgov.signing.names import (
    CLOSED,
    DOSSIER_NAME,
    ENVELOPE_NAME,
    WITHHELD_NAME,
    is_carrier,
    printable,
)
from ftgov.signing.predicate import Predicate, dossier_faults, evidence_titles, read_predicate
from ftgov.signing.standing import CLOCK_SKEW, key_faults, role_faults
from ftgov.signing.timestamp import Stamped
from ftgov.signing.trust import TrustedKey, TrustPack, moment
from ftgov.signing.withheld import NOTHING, Withheld, read_withheld, withheld_faults

CARRIERS: tuple[Layer, ...] = ("timestamp", "log", "pdf")
"""The layers that a predicate may list as further proof."""


class Case(NamedTuple):
    """A bundle as far as it could be understood: a field is None if what it needs did not hold.

    `complete`: a bundle that withholds something is not what the reader asks for.
    """

    bundle: Bundle
    pack: TrustPack
    now: datetime
    envelope: Envelope | None = None
    key: TrustedKey | None = None
    signed: bool = False
    statement: Statement | None = None
    predicate: Predicate | None = None
    stamped: Stamped | None = None
    withheld: Withheld | None = NOTHING
    heard: Countersigned = Countersigned()
    fault: str = ""
    complete: bool = False

    def listed(self, carrier: str) -> bool:
        """Return whether the signed predicate lists a carrier."""
        return self.predicate is not None and carrier in self.predicate.carriers

    @property
    def signing_time(self) -> Time | None:
        """The time at which the signer's key is judged: the stamped one, else the claimed one."""
        if self.stamped is not None:
            return self.stamped.text
        return self.predicate.signed_at if self.predicate else None

    def withheld_lines(self) -> tuple[str, ...]:
        """Return what the bundle says that it withholds, with the names of the dossier."""
        if not self.withheld or not self.withheld.names or self.predicate is None:
            return ()
        try:
            titles = evidence_titles(self.bundle.read(DOSSIER_NAME), self.predicate)
        except InvalidBundle:  # a dossier that is not there is told by the layer `files`
            titles = {}
        return self.withheld.lines(titles)

    def standing_faults(self) -> tuple[str, ...]:
        """Return why the signer does not count; only asked once the predicate could be read."""
        if self.key is None or self.predicate is None:
            return ("nobody is known to have signed",)
        signed_at = moment(self.predicate.signed_at)
        if self.stamped is not None:
            faults = key_faults(self.key, self.stamped.moment, proven=True)
            return faults or role_faults(self.pack.terms, self.key, self.heard.agreeing)
        if signed_at > self.now + CLOCK_SKEW:
            return (f"the claimed signing time {self.predicate.signed_at} lies in the future",)
        faults = key_faults(self.key, signed_at)
        return faults or role_faults(self.pack.terms, self.key, self.heard.agreeing)


def examine(bundle: Bundle, pack: TrustPack, now: datetime, *, complete: bool = False) -> Case:
    """Read a bundle's attestation step by step, each step only if the one before it held."""
    case = Case(bundle, pack, now, complete=complete)
    try:
        envelope = parse_envelope(bundle.read(ENVELOPE_NAME))
        key = pack.terms.key(envelope.hint)
        case = case._replace(envelope=envelope, key=key)
        if key is None:
            return case
        signed = envelope.signed_by(PublicKey.from_pem(key.public_key))
        case = case._replace(signed=signed)
        if not signed:
            return case
        statement = parse_statement(envelope.payload)
        if statement.predicate_type != DOSSIER_PREDICATE:
            raise ValueError(f"the predicate is a {statement.predicate_type!a}")
        case = case._replace(statement=statement, predicate=read_predicate(statement.predicate))
        case = case._replace(stamped=proven_time(case), withheld=_withheld(bundle))
        report = Reviewed(statement, envelope.payload)
        held = Signed(report, key, _since(case))
        return case._replace(heard=countersigned(bundle, held, pack, now))
    except InvalidBundle as fault:
        return case._replace(fault=f"{fault.what} {fault.why}".strip())
    except ValueError as fault:
        return case._replace(fault=f"The statement is not fit: {fault}.")


def _since(case: Case) -> datetime:
    """Return from when a report is known to be: nobody can have agreed to it before."""
    assert case.predicate is not None, "only a report whose predicate was read is countersigned"
    claimed = moment(case.predicate.signed_at)
    return max(claimed, case.stamped.moment) if case.stamped else claimed


def _withheld(bundle: Bundle) -> Withheld | None:
    """Return what a bundle says that it withholds; None where that can't be read."""
    try:
        return read_withheld(bundle)
    except InvalidBundle:
        return None


def _files(case: Case) -> LayerResult:
    if case.statement is None or case.predicate is None:
        return LayerResult(
            layer="files",
            verdict="not_assessed",
            detail="No signed list of files could be read, so there is nothing to compare with.",
        )
    withheld = case.withheld
    if withheld is None:
        detail = "What is withheld can't be read, so nobody can say what is missing."
        items: tuple[str, ...] = (f"malformed: {WITHHELD_NAME}",)
        return LayerResult(layer="files", verdict="invalid", detail=detail, items=items)
    items = tuple(_file_faults(case, case.statement))
    # A dossier that is not what was signed is not worth reading.
    if not items and DOSSIER_NAME in case.bundle.names:
        content = case.bundle.read(DOSSIER_NAME)
        items = dossier_faults(content, case.predicate, withheld.names.union(case.bundle.names))
    elif not items:
        items = (f"missing: {DOSSIER_NAME}",)
    if items:
        detail = f"{len(items)} of the bundle's files are not what was signed."
        return LayerResult(layer="files", verdict="invalid", detail=detail, items=items)
    count = len(case.statement.subject)
    detail = f"All {count} files were hashed again and equal the signed list; there is no other."
    if gone := withheld.names:
        detail = (
            f"{count - len(gone)} of {count} signed files were hashed again and equal the signed "
            f"list; {len(withheld.files)} are withheld, and rows of {len(withheld.rows)} more."
        )
        if case.complete:
            detail = f"The bundle is not complete, as was asked for. {detail}"
            return LayerResult(
                layer="files", verdict="not_assessed", detail=detail, items=case.withheld_lines()
            )
    return LayerResult(layer="files", verdict="valid", detail=detail, items=case.withheld_lines())


def _file_faults(case: Case, statement: Statement) -> Iterator[str]:
    """Yield each file that is missing, extra, changed, unreadable, misnamed or not to be signed."""
    assert case.predicate is not None
    assert case.withheld is not None
    bundle, listed, withheld = case.bundle, case.predicate.carriers, case.withheld
    signed = {subject.name: subject.digest["sha256"] for subject in statement.subject}
    present = set(bundle.names)
    for name in sorted(present - signed.keys()):
        if not is_carrier(name, listed):
            yield f"extra: {name}"
    yield from withheld_faults(bundle, withheld, frozenset(signed), case.predicate.rows)
    whole = []
    for name in sorted(signed.keys() - withheld.names):
        if name not in present:
            yield f"missing: {printable(name)}"
        elif name.startswith(CLOSED):
            yield f"misplaced: {printable(name)}"
        elif name.startswith("evidence/") and name != f"evidence/{signed[name]}":
            yield f"misnamed: {name}"
        else:
            whole.append(name)
    for name, found in digests_of(bundle, whole):
        if found is None:
            yield f"unreadable: {name}"
        elif bare(found) != signed[name]:
            yield f"changed: {name}"


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
    detail = f"{case.key.holder} may sign as {case.key.role} at {case.signing_time}."
    return LayerResult(layer="trust", verdict="valid", detail=detail)


def _countersignatures(case: Case) -> LayerResult | None:
    return judge_countersignatures(case.heard)


LAYERS: tuple[Callable[[Case], LayerResult | None], ...] = (
    _files,
    _envelope,
    _signature,
    _trust,
    judge_timestamp,
    judge_log,
    judge_pdf,
    _countersignatures,
)
"""Every layer, in the order of the result; None means that the bundle does not need it."""
