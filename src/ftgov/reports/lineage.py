"""The lineage of a model as a graph and as a table, from the records of its subject."""

from __future__ import annotations

from ftgov.records.dataset import Dataset
from ftgov.records.digest import bare
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.subject import Subject
from ftgov.reports.charts.graph import Node, lineage_chart
from ftgov.reports.grounding import EvidenceIndex
from ftgov.reports.numbers import size_text
from ftgov.reports.shapes import Drawing, LineageRow
from ftgov.reports.words import METHODS

_KINDS = {"base": "base model", "tuned": "tuned model", "merged": "merged model"}
_ROLES = {
    "train": "training data",
    "validation": "validation data",
    "test": "test data",
    "evaluation": "evaluation data",
}


def models_of(subject: Subject) -> tuple[ModelVersion, ...]:
    """Return the model, its base and its other ancestors, each once."""
    found = (subject.base, *subject.related, subject.model)
    return tuple({model.name: model for model in found if model}.values())


def jobs_of(subject: Subject) -> tuple[Job, ...]:
    """Return the jobs of a subject, the earliest first."""
    return (*subject.earlier_jobs, *((subject.job,) if subject.job else ()))


def lineage_drawing(subject: Subject) -> Drawing:
    """Return the lineage graph."""
    edges = lineage_edges(subject)
    names = {node.key: f"{node.caption} {node.name}" for node in lineage_nodes(subject)}
    told = "; ".join(f"{names[a]} to {names[b]}" for a, b in edges if a in names and b in names)
    title = f"Lineage of {subject.model.name}, from its data to the system it serves"
    svg = lineage_chart(title, f"{told or 'no known origin'}.", lineage_nodes(subject), edges)
    caption = (
        "Data, jobs and models as they were recorded. An arrow leads from what was used to what "
        "was made of it; evaluation data point to the model that was judged with them. The table "
        "below says the same in words."
    )
    return Drawing(kind="lineage", title=title, caption=caption, svg=svg)


def lineage_nodes(subject: Subject) -> list[Node]:
    """Return a box for each dataset, job and model, and for the system."""
    nodes = [Node(f"d:{d.name}", "dataset", _ROLES[d.role], d.name) for d in subject.datasets]
    nodes += [
        Node(f"j:{job.name}", "job", f"{METHODS[job.method]} job", job.name)
        for job in jobs_of(subject)
    ]
    nodes += [
        Node(f"m:{model.name}", "model", _KINDS.get(model.kind, model.kind), model.name)
        for model in models_of(subject)
    ]
    if subject.system:
        nodes.append(Node(f"s:{subject.system.name}", "system", "system", subject.system.name))
    return nodes


def lineage_edges(subject: Subject) -> list[tuple[str, str]]:
    """Return pairs of box keys: from what was used to what came of it."""
    edges: list[tuple[str, str]] = []
    for job in jobs_of(subject):
        edges += [(f"d:{name}", f"j:{job.name}") for name in job.datasets.values()]
        edges += [(f"m:{job.base}", f"j:{job.name}")] if job.base else []
        edges += [(f"j:{job.name}", f"m:{name}") for name in job.outputs]
    for model in models_of(subject):
        edges += [
            (f"m:{name}", f"m:{model.name}") for name in (model.parent, model.adapter) if name
        ]
    trained = {name for job in jobs_of(subject) for name in job.datasets.values()}
    edges += [
        (f"d:{run.dataset}", f"m:{subject.model.name}")
        for run in subject.evaluations
        if run.model == subject.model.name and run.dataset not in trained
    ]
    if subject.system:
        edges.append((f"m:{subject.model.name}", f"s:{subject.system.name}"))
    return edges


def lineage_rows(subject: Subject, index: EvidenceIndex) -> tuple[LineageRow, ...]:
    """Return the table of the lineage: datasets, jobs, models."""
    rows = [_dataset_row(dataset, index) for dataset in subject.datasets]
    rows += [_job_row(job, index) for job in jobs_of(subject)]
    rows += [_model_row(model) for model in models_of(subject)]
    return tuple(rows)


def _file_text(name: str, digest: str, size: int, index: EvidenceIndex) -> str:
    mark = index.mark(digest)
    number = f"{mark.number} " if mark else ""
    return f"{number}{name}, {size_text(size)}, {bare(digest)[:12]}"


def _dataset_row(dataset: Dataset, index: EvidenceIndex) -> LineageRow:
    facts = [
        f"origin {dataset.origin or 'unknown'}",
        f"licence {dataset.licence or 'unknown'}",
        f"languages {', '.join(dataset.languages) or 'not stated'}",
        f"personal data: {dataset.personal_data}",
    ]
    files = tuple(_file_text(f.name, f.digest, f.bytes, index) for f in dataset.files)
    return LineageRow(
        name=dataset.name, what=_ROLES[dataset.role], facts="; ".join(facts), files=files
    )


def _job_row(job: Job, index: EvidenceIndex) -> LineageRow:
    facts = [f"ran on {job.provider}", f"base {job.base or 'none'}"]
    facts += [f"seed {job.seed}"] if job.seed is not None else ["seed unknown"]
    if job.trained_tokens is not None:
        facts.append(f"{job.trained_tokens:,} tokens (declared)")
    if job.finished_at:
        facts.append(f"finished {job.finished_at[:10]}")
    if job.region is not None:
        facts.append(f"in {job.region} (declared)")
    files = tuple(_file_text(f.name, f.digest, f.bytes, index) for f in job.kept)
    return LineageRow(
        name=job.name, what=f"{METHODS[job.method]} job", facts="; ".join(facts), files=files
    )


def _model_row(model: ModelVersion) -> LineageRow:
    facts = [f"architecture {model.architecture or 'unknown'}"]
    if model.parameters is not None:
        facts.append(f"{model.parameters:,} parameters (declared)")
    facts.append(f"licence {model.licence or 'unknown'}")
    files = tuple(f"{w.name}, {size_text(w.bytes)}, {bare(w.digest)[:12]}" for w in model.weights)
    return LineageRow(
        name=model.name,
        what=_KINDS.get(model.kind, model.kind),
        facts="; ".join(facts),
        files=files,
    )
