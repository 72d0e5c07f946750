"""The demonstration: the recorded fine-tune, from nothing to signed and verified reports.

It knows no name of the example: it imports the recording that ships with ftgov and treats each
tuned model in it alike.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ftgov.api.audits import audit
from ftgov.api.clock import Moment, moment_of
from ftgov.api.keys import DEFAULT_KEY, certificate_of, new_key, trust_pack
from ftgov.api.recording import import_recording
from ftgov.api.reporting import ReportFiles, report
from ftgov.api.tree_heads import made_log_key
from ftgov.api.verification import verify
from ftgov.api.workspaces import init
from ftgov.errors import UsageError
from ftgov.records.attestation import Verification
from ftgov.records.model import ModelVersion
from ftgov.shipped import shipped
from ftgov.signing.keys import SigningKey
from ftgov.store.workspace import Workspace

Progress = Callable[[str], None]


class ModelResult(NamedTuple):
    """What the demonstration made for one model."""

    model: str
    files: ReportFiles
    verification: Verification


class Demonstration(NamedTuple):
    """All that the demonstration left."""

    folder: Path
    trust: Path
    results: tuple[ModelResult, ...]


def recorded_example() -> Path:
    """Return the folder of the recording that ships with ftgov."""
    return shipped("examples", "loan-triage", "recording")


def _start(folder: Path, recording: Path, now: Moment, progress: Progress) -> Workspace:
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            f"The folder {folder} is not empty.",
            next_step="Name a new folder: ftgov demo DIR",
        )
    progress(f"making a workspace in {folder}")
    workspace = init(folder, now=now.text)
    recorded = import_recording(workspace, recording, now=now)
    progress(f"recorded {len(recorded)} datasets, models, jobs, answers and systems")
    return workspace


def _report(
    workspace: Workspace, folder: Path, model: str, key: SigningKey, now: Moment
) -> ModelResult:
    files = report(workspace, model, folder / "reports" / model, key=key, now=now)
    return ModelResult(model, files, verify(files.folder / "bundle", folder / "trust"))


def demo(
    folder: Path | str,
    *,
    recording: Path | None = None,
    now: str | None = None,
    progress: Progress = lambda _: None,
) -> Demonstration:
    """Run the main job on a recording: record, audit, decide, report, sign, verify.

    Args:
        folder: A new or empty folder; it becomes a workspace.
        recording: The recording; by default the one that ships with ftgov.
        now: The time of all steps; by default the present.
        progress: Called with a line of text at each step.

    Raises:
        UsageError: If the folder is not empty.
    """
    place = Path(folder)
    moment = moment_of(now)
    with _start(place, recording or recorded_example(), moment, progress) as workspace:
        holder = "Demonstration key"
        key = new_key(workspace, DEFAULT_KEY, holder=holder, now=moment.text)
        trust = place / "trust" / "trust-pack.json"
        trust_pack(
            trust,
            key=key,
            holder=holder,
            certificate=certificate_of(workspace, key),
            now=moment.text,
            log=made_log_key(workspace),
        )
        tuned = [m.name for m in workspace.ledger.every(ModelVersion) if m.kind == "tuned"]
        # All audits come first: an assessment holds the ledger's head, and once a report is in the
        # ledger that head depends on a key's randomness.
        for model in tuned:
            progress(f"{model}: auditing")
            audit(workspace, model, now=moment)
        results = []
        for model in tuned:
            progress(f"{model}: deciding, writing the report, signing and verifying it")
            results.append(_report(workspace, place, model, key, moment))
    return Demonstration(place, trust, tuple(results))
