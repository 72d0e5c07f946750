"""What a report's attestation says beside the digests, and whether the dossier says the same."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import Field, ValidationError

from ftgov.errors import UsageError
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.base import Name, Record, Time
from ftgov.records.canonical import canonical_bytes
from ftgov.records.decision import Verdict
from ftgov.records.digest import Digest, bare, digest_bytes, digest_record
from ftgov.records.dossier import LedgerHead
from ftgov.records.evidence import Evidence
from ftgov.signing.envelope import parse_canonical
from ftgov.signing.rows import SignedRows


class Predicate(Record):
    """What a report's signer says of the files; readers pass over fields that they do not know."""

    dossier: Digest = Field(description="digest of dossier.json")
    model: Name = Field(description="name of the model that the report is about")
    system: Name | None = Field(default=None, description="name of the system, if it serves one")
    verdict: Verdict = Field(description="the dossier's verdict")
    assessment: Digest | None = Field(default=None, description="digest of the assessment in it")
    ledger: LedgerHead | None = Field(
        default=None, description="where the workspace's ledger stood at the audit"
    )
    signed_at: Time = Field(alias="signedAt", description="by the signer's own clock")
    tool: str = Field(min_length=1, description="name and version of the program that signed")
    carriers: tuple[str, ...] = Field(description="layers of further proof: timestamp, log, pdf")
    rows: SignedRows | None = Field(
        default=None, description="salted trees over the rows of evidence files"
    )

    model_config = {"extra": "ignore", "populate_by_name": True}


class _Model(Record):
    name: Name

    model_config = {"extra": "ignore"}


class _Subject(Record):
    model: _Model

    model_config = {"extra": "ignore"}


class _Assessment(Record):
    subject: _Subject

    model_config = {"extra": "ignore"}


class _Dossier(Record):
    """The part of a dossier that is compared; the rest is bound by its digest."""

    assessment: _Assessment
    assessment_digest: Digest
    verdict: Verdict
    evidence: tuple[Evidence, ...]

    model_config = {"extra": "ignore"}


def read_predicate(value: dict[str, Any]) -> Predicate:
    """Read a signed predicate.

    Raises:
        ValueError: If a field is missing or has another form than was signed.
    """
    found = Predicate.model_validate(value)
    kept = found.model_dump(mode="json", by_alias=True)
    needed = {
        field.alias or name for name, field in Predicate.model_fields.items() if field.is_required()
    }
    said = {name: value.get(name) for name in kept if name in needed or name in value}
    if canonical_bytes(said) != canonical_bytes({name: kept[name] for name in said}):
        raise ValueError("a field of the predicate has a wrong type")
    return found


def check_predicate(predicate: dict[str, Any], predicate_type: str, dossier: Digest) -> None:
    """Check a predicate before it is signed.

    Raises:
        UsageError: If it lists no carriers or, for the dossier predicate, lacks a field or names
            another dossier than the bundle's.
    """
    fault = ""
    if predicate_type == DOSSIER_PREDICATE:
        try:
            if read_predicate(predicate).dossier != dossier:
                fault = f"dossier is not the digest of dossier.json, {dossier}"
        except ValidationError as wrong:
            error = wrong.errors()[0]
            fault = f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
        except ValueError as wrong:
            fault = str(wrong)
    elif not isinstance(predicate.get("carriers"), list | tuple):
        fault = "carriers is missing"
    if fault:
        raise UsageError(
            f"The predicate is not fit to be signed: {fault}.",
            next_step="Give dossier, model, verdict, signedAt, tool and carriers.",
        )


def dossier_faults(content: bytes, predicate: Predicate, names: Collection[str]) -> tuple[str, ...]:
    """Return what in `dossier.json` contradicts the signed predicate or the bundle.

    Args:
        content: The bytes of `dossier.json`.
        predicate: The predicate whose signature held.
        names: All files of the bundle, and those that it says are withheld.
    """
    if digest_bytes(content) != predicate.dossier:
        return ("dossier.json: its digest is not the one in the predicate",)
    try:
        value = parse_canonical(content)
        dossier = _Dossier.model_validate(value)
    except ValueError as fault:
        return (f"dossier.json: not a canonical dossier: {str(fault).splitlines()[0]}",)
    faults = []
    if dossier.assessment.subject.model.name != predicate.model:
        faults.append(f"dossier.json: it is about {dossier.assessment.subject.model.name}")
    if dossier.verdict != predicate.verdict:
        faults.append(f"dossier.json: its verdict is {dossier.verdict}, not {predicate.verdict}")
    if digest_record(value["assessment"]) != dossier.assessment_digest:
        faults.append("dossier.json: assessment_digest is not that of its assessment")
    absent = [e for e in dossier.evidence if f"evidence/{bare(e.digest)}" not in names]
    return (*faults, *(f"missing: evidence/{bare(e.digest)} ({e.name!a})" for e in absent))


def evidence_titles(content: bytes, predicate: Predicate) -> dict[str, str]:
    """Return what people call the evidence that a dossier lists, by its name in the bundle.

    Args:
        content: The bytes of `dossier.json`, which need not be what was signed.
        predicate: The predicate whose signature held.
    """
    try:
        dossier = _Dossier.model_validate(parse_canonical(content))
    except ValueError:  # what is wrong with it is told by `dossier_faults`
        return {}
    titles = {f"evidence/{bare(each.digest)}": each.name for each in dossier.evidence}
    if predicate.rows is not None:
        titles[f"evidence/{bare(predicate.rows.salts)}"] = "the salts of rows"
    return titles
