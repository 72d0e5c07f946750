"""The layer `pdf`: is `report.pdf` sealed by the key that signed the bundle?

Sources: as `pdf_check.py`; RFC 3161.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftgov.errors import InvalidBundle, MissingExtra, NotAssessable
from ftgov.records.attestation import LayerResult, LayerVerdict
from ftgov.records.digest import bare, digest_bytes
from ftgov.signing.certificate import Certificate
from ftgov.signing.names import PDF_NAME
from ftgov.signing.standing import key_faults
from ftgov.signing.timestamp import stamped_time

if TYPE_CHECKING:
    from ftgov.signing.layers import Case
    from ftgov.signing.pdf_check import Seal


def judge_pdf(case: Case) -> LayerResult | None:
    """Judge the seal of the report's PDF; None where the predicate lists none."""
    if not case.listed("pdf") or case.statement is None:
        return None
    if PDF_NAME not in case.bundle.names:
        detail = "The predicate lists a sealed PDF that is not there."
        return _result("invalid", detail, f"missing: {PDF_NAME}")
    signed = {subject.name: subject.digest["sha256"] for subject in case.statement.subject}
    content = case.bundle.read(PDF_NAME)
    if bare(digest_bytes(content)) != signed.get(PDF_NAME):
        # Nothing is read from a file that is not the one that was signed.
        detail = "The PDF is not the file that was signed."
        return _result("invalid", detail, f"changed: {PDF_NAME}")
    return _sealed(case, content)


def _sealed(case: Case, content: bytes) -> LayerResult:
    from ftgov.signing.pdf_check import read_seal

    try:
        seal = read_seal(content)
        faults = _faults(case, seal)
        if faults:
            return _result("invalid", "The seal of the PDF does not count.", *faults)
        when = _time(case, seal)
    except MissingExtra as fault:
        detail = f"{fault.what} Next: {fault.next_step}; or leave it out: --without pdf."
        return _result("not_assessed", detail, PDF_NAME)
    except NotAssessable as fault:
        return _result("not_assessed", fault.what, PDF_NAME)
    except InvalidBundle as fault:
        return _result("invalid", fault.what, PDF_NAME)
    detail = f"Certified by the signer's key, every byte of it, {when}."
    return _result("valid", detail)


def _faults(case: Case, seal: Seal) -> tuple[str, ...]:
    """Return why the seal is not the signer's, whose signature on the bundle already held."""
    assert case.key is not None
    if seal.spki != case.key.spki:
        return (f"{PDF_NAME}: sealed by the key {seal.spki}, not by the bundle's signer",)
    listed = case.key.certificate
    if listed is not None and Certificate.from_pem(listed).digest != seal.certificate:
        return (f"{PDF_NAME}: sealed with another certificate than the trust pack lists",)
    return ()


def _time(case: Case, seal: Seal) -> str:
    """Return in words when the PDF was sealed.

    Raises:
        InvalidBundle: If a time stamp is missing where the bundle has one, does not hold, or shows
            a time at which the key did not count.
        NotAssessable: If there is a time stamp, and the trust pack names no authority.
    """
    assert case.key is not None
    if seal.stamp is None:
        if case.listed("timestamp"):
            raise InvalidBundle("The seal of the PDF has no time stamp, though the bundle has one.")
        return "at a time that the signer claims"
    found = stamped_time(seal.stamp, seal.signature, case.pack.terms.authorities)
    if faults := key_faults(case.key, found.moment, proven=True):
        raise InvalidBundle(f"The seal of the PDF does not count: {'; '.join(faults)}.")
    return f"as {found.authority} saw at {found.text} (RFC 3161)"


def _result(verdict: LayerVerdict, detail: str, *items: str) -> LayerResult:
    return LayerResult(layer="pdf", verdict=verdict, detail=detail, items=items)
