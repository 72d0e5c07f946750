"""Reports: the dossier as HTML and PDF, signed and bundled with all its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ftgov.api.audits import PACK_FILE, key_of
from ftgov.api.clock import Moment, moment_of
from ftgov.api.gates import GateFile, GateResult, check, decisions_statement
from ftgov.api.keys import certificate_of
from ftgov.api.log_proof import recorded_and_proven
from ftgov.api.recording import ACTOR
from ftgov.api.row_trees import CommittedRows, commit_rows
from ftgov.api.tree_heads import made_log_key
from ftgov.dossier.assemble import assemble
from ftgov.dossier.assess import TOOL
from ftgov.errors import FtgovError, MissingExtra
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.base import Record
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import bare, digest_bytes
from ftgov.records.dossier import Dossier
from ftgov.records.entry import ReportMade
from ftgov.records.evidence import Evidence
from ftgov.reports.html import render_html
from ftgov.reports.pdf import PdfUnavailable, render_pdf
from ftgov.reports.view import build_view
from ftgov.signing.bundle import write_bundle, zip_bundle
from ftgov.signing.certificate import Certificate
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import PDF_NAME
from ftgov.signing.pdf_seal import seal_pdf
from ftgov.signing.recipe import VERIFY_TEXT
from ftgov.signing.timestamp_request import TimestampService
from ftgov.store.workspace import Workspace


class ReportFiles(NamedTuple):
    """What a report left on disk, and its verdict; `pdf_missing` says why there is no PDF."""

    folder: Path
    dossier: Dossier
    pdf_missing: str | None


def _gate_evidence(workspace: Workspace, gates: tuple[GateFile, ...]) -> list[Evidence]:
    return [
        workspace.evidence.put_bytes(
            text.encode(), name=f"gate-{gate.name}.yaml", media_type="application/yaml"
        )
        for gate, text in gates
    ]


def _law_evidence(workspace: Workspace, result: GateResult) -> list[Evidence]:
    classification = result.assessment.classification
    if classification is None:
        return []
    digest = classification.pack_digest
    length = workspace.evidence.path(digest).stat().st_size
    return [Evidence(digest=digest, bytes=length, name=PACK_FILE, media_type="application/json")]


def build_dossier(workspace: Workspace, result: GateResult) -> Dossier:
    """Return the dossier of a gate's result, with its rules and what they came to as evidence."""
    statement = decisions_statement(result.assessment, result.decisions)
    stated = workspace.evidence.put_bytes(
        canonical_bytes(statement),
        name="decisions.intoto.json",
        media_type="application/vnd.in-toto+json",
    )
    rules = [*_gate_evidence(workspace, result.gates), *_law_evidence(workspace, result), stated]
    rules += result.signed.statements
    return assemble(
        result.assessment,
        result.decisions,
        rules,
        signatures=result.signed.signatures,
        waivers=result.signed.waivers,
    )


def _render(dossier: Dossier) -> tuple[dict[str, bytes], str | None]:
    """Return the report's files, and why there is no PDF if there is none."""
    view = build_view(dossier)
    files = {"report.html": render_html(view).encode()}
    try:
        identifier = bytes.fromhex(bare(dossier.assessment_digest))[:16]
        files["report.pdf"] = render_pdf(view, identifier=identifier)
    except (PdfUnavailable, MissingExtra) as fault:
        return files, f"{fault.what} {fault.next_step}"
    return files, None


def _sealed(
    rendered: Mapping[str, bytes],
    by: tuple[SigningKey, Certificate],
    signed_at: str,
    service: TimestampService | None,
) -> tuple[dict[str, bytes], str | None]:
    """Return the report's files with the PDF sealed, and why there is no PDF if it can't be."""
    files = dict(rendered)
    pdf = files.pop(PDF_NAME, None)
    if pdf is None:
        return files, None
    try:
        files[PDF_NAME] = seal_pdf(pdf, *by, signed_at=signed_at, service=service)
    except MissingExtra as fault:
        return files, f"{fault.what} {fault.next_step}"
    return files, None


def _predicate(
    dossier: Dossier, content: bytes, signed_at: str, carriers: Sequence[str]
) -> Mapping[str, object]:
    system = dossier.assessment.subject.system
    return {
        "model": dossier.assessment.subject.model.name,
        "system": system.name if system else None,
        "verdict": dossier.verdict,
        "dossier": digest_bytes(content),
        "assessment": dossier.assessment_digest,
        "ledger": dossier.assessment.ledger.model_dump(mode="json"),
        "signedAt": signed_at,
        "tool": TOOL,
        "carriers": list(carriers),
    }


def _prepare(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise FtgovError(
            f"The folder {output} cannot be written.",
            why=str(fault),
            next_step="Choose another folder with --output.",
        ) from fault


def report(
    workspace: Workspace,
    model: str,
    output: Path | str,
    *,
    key: SigningKey,
    system: str | None = None,
    service: TimestampService | None = None,
    now: str | Moment | None = None,
    actor: str = ACTOR,
) -> ReportFiles:
    """Write the signed report of a model's current assessment.

    Leaves `report.html`, `report.pdf`, `dossier.json`, `bundle/` and `bundle.zip` in the folder.
    Dossier and HTML are the same bytes for the same inputs and time; the sealed PDF and the
    attestation are so for the same keys as well, but for what a time stamp holds.

    Args:
        workspace: Where the model is recorded.
        model: The model's name.
        output: The folder.
        key: Who signs the bundle and seals the PDF.
        system: The system that it is about, where the model serves several.
        service: The time-stamp authority to ask; None leaves the signing time claimed.
        now: The time of the report; by default the present.
        actor: Who is recorded as its maker.

    Raises:
        NotAssessable: If there is no current assessment.
        FtgovError: If the folder can't be written, or no time stamp could be had.
    """
    folder = Path(output)
    present = moment_of(now)
    result = check(workspace, model, system=system, now=present, actor=actor, key=key)
    dossier = build_dossier(workspace, result)
    content = canonical_bytes(dossier)
    rendered, pdf_missing = _render(dossier)
    by = (key, certificate_of(workspace, key))
    rendered, unsealed = _sealed(rendered, by, present.text, service)
    rows = commit_rows(workspace.evidence, dossier.evidence, _row_seed(workspace, content))
    carriers = _carriers(rendered, service)
    predicate = dict(_predicate(dossier, content, present.text, carriers))
    _prepare(folder)
    write_bundle(
        folder / "bundle",
        _contents(workspace, dossier, {"dossier.json": content, **rendered}, rows),
        predicate={**predicate, "rows": plain(rows.signed)} if rows else predicate,
        predicate_type=DOSSIER_PREDICATE,
        key=key,
        stamp=service.stamp if service else None,
        prove=recorded_and_proven(
            workspace,
            lambda payload: _made(dossier, content, payload, present.text),
            actor=actor,
            recorded_at=present.text,
        ),
    )
    zip_bundle(folder / "bundle", folder / "bundle.zip")
    _write_beside(folder, {"dossier.json": content, **rendered})
    return ReportFiles(folder, dossier, pdf_missing or unsealed)


def _carriers(rendered: Mapping[str, bytes], service: TimestampService | None) -> list[str]:
    """Return the layers of further proof that the bundle will have."""
    return [
        *(["timestamp"] if service else []),
        "log",
        *(["pdf"] if PDF_NAME in rendered else []),
    ]


def _row_seed(workspace: Workspace, dossier: bytes) -> bytes:
    """Return the seed of a dossier's row salts: the same each time, and known to no one else."""
    return made_log_key(workspace).derived(b"row salts of " + digest_bytes(dossier).encode())


def _contents(
    workspace: Workspace,
    dossier: Dossier,
    rendered: Mapping[str, bytes],
    rows: CommittedRows | None,
) -> dict[str, Path | bytes]:
    """Return all that is signed: the report's files, its evidence, and the salts of rows."""
    evidence = workspace.evidence
    return {
        "VERIFY.md": VERIFY_TEXT.encode(),
        **rendered,
        **{
            f"evidence/{bare(file.digest)}": evidence.path(file.digest) for file in dossier.evidence
        },
        **(rows.files if rows else {}),
    }


def _write_beside(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the readable files beside the bundle; one of an earlier report does not stay behind."""
    for name in ("report.pdf", "report.html", "dossier.json"):
        (folder / name).unlink(missing_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _made(dossier: Dossier, content: bytes, payload: bytes, moment: str) -> Record:
    subject = dossier.assessment.subject
    return ReportMade(
        name=key_of(subject),
        model=subject.model.name,
        dossier=digest_bytes(content),
        statement=digest_bytes(payload),
        verdict=dossier.verdict,
        signed_at=moment,
    )
