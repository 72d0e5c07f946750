"""The fail-closed matrix: each kind of evidence in each bad state, and what `check` ends with."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from ftgov import api
from ftgov.api.recording import append, record
from ftgov.errors import ExitCode, FtgovError
from ftgov.records.base import Record, time_text
from ftgov.records.dataset import Dataset
from ftgov.records.digest import bare
from ftgov.records.entry import AssessmentMade
from ftgov.records.evaluation import Evaluation
from ftgov.records.evidence import Evidence
from ftgov.records.job import Job
from ftgov.records.system import System
from ftgov.store.workspace import Workspace

MODEL, OTHER = "honest", "harmful-lora"
STATES = (
    *("missing", "empty", "skipped", "stale", "malformed", "tampered"),
    *("wrong model", "wrong law pack", "from the future", "audited empty", "audited bad"),
)
STATUS = {
    "pass": ExitCode.DONE,
    "fail": ExitCode.GATE_FAILED,
    "error": ExitCode.NOT_ASSESSABLE,
}


class Cell(NamedTuple):
    """What `check` came to: its status, and what became of the rule that rests on the evidence."""

    status: ExitCode
    rule: str


class Kind(NamedTuple):
    """A kind of evidence: its record, the field that names its file, the rule that rests on it.

    `readers` are the analyzers that read it; others need not run to see what becomes of the rule.
    """

    record: type[Record]
    field: str
    rule: str
    readers: tuple[str, ...]
    name: str = "{}"

    def of(self, workspace: Workspace, model: str) -> Any:
        """The record of this kind about a model."""
        start = self.name.format(model)
        entries = workspace.ledger.entries()
        name = next(e.name for e in entries if e.type == self.type and e.name.startswith(start))
        return workspace.ledger.get(self.record, name)

    @property
    def type(self) -> str:
        """The type of the record, as the ledger writes it."""
        return str(self.record.model_fields["type"].default)

    def file(self, workspace: Workspace) -> Path:
        """The file of this kind that the honest model rests on."""
        found = getattr(self.of(workspace, MODEL), self.field)
        evidence: Evidence = found[0] if isinstance(found, tuple) else found
        (path,) = workspace.root.glob(f".ftgov/evidence/**/{bare(evidence.digest)}")
        return path


KINDS: Mapping[str, Kind] = {
    "training data": Kind(Dataset, "files", "FTG-DATA-001", ("dataset_quality",), "{}-train"),
    "held-out data": Kind(Dataset, "files", "FTG-DATA-001", ("dataset_quality",), "{}-validation"),
    "answers": Kind(Evaluation, "answers", "FTG-FAIR-001", ("group_fairness",), "{}.heldout"),
    "trainer's log": Kind(Job, "trainer_state", "FTG-TRAIN-001", ("training_dynamics",)),
    "energy file": Kind(Job, "energy", "FTG-ENERGY-001", ("energy",)),
    "system's facts": Kind(System, "facts_file", "FTG-LAW-001", ("cost",), "loan-desk.{}"),
    "assessment": Kind(AssessmentMade, "assessment", "FTG-FRESH-001", (), "{}."),
}


def at(workspace: Workspace, **delta: float) -> str:
    """The time of the audit, moved."""
    made: AssessmentMade = KINDS["assessment"].of(workspace, MODEL)
    return time_text(datetime.fromisoformat(made.assessed_at) + timedelta(**delta))


def checked(workspace: Workspace, rule: str, model: str = MODEL, **delta: float) -> Cell:
    """Check a model an hour after its audit, or at another time; a refusal stands for all rules."""
    try:
        found = api.check(workspace, model, as_of=at(workspace, **(delta or {"hours": 1})))
    except FtgovError as fault:
        return Cell(fault.exit_code, "refused")
    outcomes = [each.outcome for each in found.decisions if each.rule == rule]
    return Cell(STATUS[found.verdict], ", ".join(outcomes))


def bytes_of(state: str, content: bytes) -> bytes | None:
    """What a file holds in a bad state; None: there is none."""
    return {
        "missing": None,
        "empty": b"",
        "malformed": b"\x00{not the form" + content[:100],
        "tampered": content[:-1] + bytes([content[-1] ^ 1]),
    }[state]


def on_disk(workspace: Workspace, kind: Kind, state: str) -> Cell:
    """Change the file under the workspace's feet."""
    path = kind.file(workspace)
    left = bytes_of(state, path.read_bytes())
    path.chmod(0o644)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    return checked(workspace, kind.rule)


def skipped(workspace: Workspace, kind: Kind) -> Cell:
    """Leave out whatever reads the evidence: the analyzers, the facts, the audit itself."""
    if kind.record is AssessmentMade:
        return checked(workspace, kind.rule, model="loan-base")
    if kind.record is System:
        system = kind.of(workspace, MODEL)
        record(workspace, [system.model_copy(update={"facts": {}})], {})
        api.audit(workspace, MODEL, analyzers=["cost"], now=at(workspace, minutes=1))
    else:
        api.audit(workspace, MODEL, analyzers=["cost"], now=at(workspace, minutes=1))
    return checked(workspace, kind.rule)


def confused(workspace: Workspace, kind: Kind) -> Cell:
    """Let the record of the honest model name what belongs to another."""
    mine, theirs = kind.of(workspace, MODEL), kind.of(workspace, OTHER)
    field = "model" if kind.record is System else kind.field
    changed = mine.model_copy(update={field: getattr(theirs, field)})
    append(workspace, [changed], actor="tester", recorded_at=at(workspace, minutes=1))
    return checked(workspace, kind.rule)


def audited(workspace: Workspace, kind: Kind, content: bytes) -> Cell:
    """Record a bad file as the honest model's, and audit that."""
    if kind.record is AssessmentMade:
        return checked(workspace, kind.rule, model="loan-base")
    bad = workspace.evidence.put_bytes(content, name="bad.jsonl")
    mine = kind.of(workspace, MODEL)
    value = (bad,) if isinstance(getattr(mine, kind.field), tuple) else bad
    facts: dict[str, object] = {"facts": {}} if kind.record is System else {}
    record(workspace, [mine.model_copy(update={kind.field: value, **facts})], {})
    with suppress(FtgovError):
        api.audit(workspace, MODEL, analyzers=kind.readers, now=at(workspace, minutes=1))
    return checked(workspace, kind.rule)


def other_law(workspace: Workspace, kind: Kind) -> Cell:
    """Audit by a law pack that is not the one of the day."""
    pack, now = "eu-aia-2024-1689-original", at(workspace, minutes=1)
    api.audit(workspace, MODEL, analyzers=["cost"], law_pack=pack, now=now)
    return checked(workspace, kind.rule)


def cell(workspace: Workspace, kind: Kind, state: str) -> Cell:
    """Put one kind of evidence into one state and check."""
    match state:
        case "skipped":
            return skipped(workspace, kind)
        case "stale":
            return checked(workspace, kind.rule, days=91)
        case "wrong model":
            return confused(workspace, kind)
        case "wrong law pack":
            return other_law(workspace, kind)
        case "audited empty":
            return audited(workspace, kind, b"")
        case "audited bad":
            return audited(workspace, kind, b"\x00{not the form")
        case "from the future":
            return checked(workspace, kind.rule, hours=-1)
        case _:
            return on_disk(workspace, kind, state)


@contextmanager
def copied(demo: Path) -> Iterator[Workspace]:
    """A copy of a demonstration's workspace, opened."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "w"
        root.mkdir()
        shutil.copy(demo / "ftgov.toml", root)
        shutil.copytree(demo / ".ftgov", root / ".ftgov")
        with api.open_workspace(root) as workspace:
            yield workspace


def row(demo: Path, name: str) -> dict[str, Cell]:
    """All states of one kind of evidence, each on a workspace of its own."""
    found = {}
    for state in STATES:
        with copied(demo) as workspace:
            found[state] = cell(workspace, KINDS[name], state)
    return found
