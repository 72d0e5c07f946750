"""The layer `countersignatures`: who else signed about the same files, and whether that holds.

Agreements of trusted keys count towards the people that the trust pack demands. A dissent changes
no verdict: it is listed, with its reasons, for the reader to weigh. So is the signature of a key
that the pack does not know, which counts for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ftgov.errors import InvalidBundle, NotAssessable
from ftgov.records.attestation import Countersignature, LayerResult
from ftgov.records.holder import folded
from ftgov.signing.bundle_read import Bundle
from ftgov.signing.countersign import Reviewed, read_review
from ftgov.signing.names import COUNTERSIGNATURE
from ftgov.signing.trust import TrustPack
from ftgov.signing.trust_parts import TrustedKey


class Signed(NamedTuple):
    """A report whose signature held: what was signed, with which key, and from when it is known."""

    report: Reviewed
    key: TrustedKey
    since: datetime


class Countersigned(NamedTuple):
    """All countersignatures of a bundle: what they say, whose agreement counts, what is wrong.

    `withdrawn`: the report's own signer, by key or by name, dissents.
    """

    shown: tuple[Countersignature, ...] = ()
    agreeing: tuple[TrustedKey, ...] = ()
    faults: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    withdrawn: bool = False


def countersigned(bundle: Bundle, signed: Signed, pack: TrustPack, now: datetime) -> Countersigned:
    """Read all countersignatures of a bundle whose report is signed."""
    shown, faults, unchecked = [], [], []
    agreeing, dissenting = list[TrustedKey](), list[TrustedKey]()
    for name in bundle.names:
        if not COUNTERSIGNATURE.fullmatch(name):
            continue
        try:
            heard = read_review(
                name, bundle.read(name), signed.report, pack, now, since=signed.since
            )
        except InvalidBundle as fault:
            faults.append(f"{name}: {fault.what} {fault.why}".strip())
        except NotAssessable as fault:
            unchecked.append(f"{name}: {fault.what}")
        else:
            shown.append(heard.shown)
            if heard.key:
                (agreeing if heard.shown.kind == "agreement" else dissenting).append(heard.key)
    counted = [key for key in agreeing if not _any_of(key, dissenting)]  # no is no
    withdrawn = _any_of(signed.key, dissenting)
    return Countersigned(tuple(shown), tuple(counted), tuple(faults), tuple(unchecked), withdrawn)


def _any_of(key: TrustedKey, others: Sequence[TrustedKey]) -> bool:
    """Return whether a person is among others, with this key or another one."""
    return any(
        key.spki == other.spki or folded(key.holder) == folded(other.holder) for other in others
    )


def judge_countersignatures(found: Countersigned) -> LayerResult | None:
    """Judge a bundle's countersignatures; None where it has none."""
    count = len(found.shown) + len(found.faults) + len(found.unchecked)
    if not count:
        return None
    said = tuple(_line(each) for each in found.shown)
    if found.faults:
        detail = f"{len(found.faults)} of {count} countersignatures do not hold."
        return LayerResult(
            layer="countersignatures", verdict="invalid", detail=detail, items=found.faults
        )
    if found.unchecked:
        detail = f"{len(found.unchecked)} of {count} countersignatures could not be checked."
        return LayerResult(
            layer="countersignatures",
            verdict="not_assessed",
            detail=detail,
            items=(*found.unchecked, *said),
        )
    dissents = sum(each.kind == "dissent" for each in found.shown)
    detail = f"{count - dissents} agree and {dissents} dissent, about the same files."
    if found.withdrawn:
        detail += " The report's own signer dissents."
    return LayerResult(layer="countersignatures", verdict="valid", detail=detail, items=said)


def _line(each: Countersignature) -> str:
    who = f"{each.name} as {each.role}" if each.trusted else f"a key of nobody known ({each.name})"
    why = f": {'; '.join(each.reasons)}" if each.reasons else ""
    return f"{each.kind} by {who}, {each.spki}, at {each.signed_at} ({each.time}){why}"
