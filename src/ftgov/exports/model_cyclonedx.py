"""An assessed model as a CycloneDX 1.7 ML-BOM: components, model card, formulation, dependencies.

The format has no place for some of what an assessment holds: a figure's assurance and evidence, how
the law classifies the system, how its duties stand. They go as properties named `ftgov:...`, or are
left in the assessment, whose digest the document names. Only an interval at the confidence level
that the document states is called a confidence interval; exact counts have none, and a range of
another kind is a property with its method.

Source: CycloneDX 1.7 (ECMA-424); its schema lets a reference dangle, so every `bom-ref` is written
by the function that names it. Identifiers are UUIDs of version 5 (RFC 9562) of the assessment, so
that the same assessment gives the same bytes.
"""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID, uuid5

from ftgov.exports.cyclonedx_figures import (
    Json,
    is_other_range,
    metric,
    properties,
    range_property,
    training_energy,
)
from ftgov.exports.protocol import ModelFormat
from ftgov.records.absence import known
from ftgov.records.dataset import Dataset
from ftgov.records.digest import bare, digest_record
from ftgov.records.dossier import Assessment
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.printable import inert
from ftgov.records.subject import Subject

_SPACE: Final = UUID("3f0d7b6e-6c1f-5a0e-8f2d-6d3b0b0a9c41")
_APPROACH: Final = {
    "supervised": "supervised",
    "reinforcement": "reinforcement-learning",
    "pretraining": "self-supervised",
}


def write(assessment: Assessment) -> bytes:
    """Return the BOM of the assessed model."""
    document = _document(assessment)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1)
    return f"{text}\n".encode()


def _document(made: Assessment) -> Json:
    subject, digest = made.subject, digest_record(made)
    document: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid5(_SPACE, digest)}",
        "version": 1,
        "metadata": _metadata(made),
        # The assessed model comes first: readers of model cards take the first component.
        "components": [
            _model(subject.model, made),
            *(_model(each, None) for each in _ancestors(subject)),
            *(_dataset(each) for each in subject.datasets),
        ],
        "dependencies": _dependencies(subject),
        "properties": _about(made, digest),
    }
    if workflows := [_workflow(job, subject) for job in _jobs(subject)]:
        document["formulation"] = [{"bom-ref": "formula", "workflows": workflows}]
    return document


def _metadata(made: Assessment) -> Json:
    name, _, version = made.tool.partition(" ")
    tool: Json = {"type": "application", "name": name, "version": version}
    found: Json = {"timestamp": made.assessed_at, "tools": {"components": [tool]}}
    providers = [party for party in made.subject.parties if party.role == "provider"]
    if providers and providers[0].legal_name:
        maker: Json = {"name": inert(providers[0].legal_name)}
        if providers[0].contact:
            maker["contact"] = [{"name": inert(providers[0].contact)}]
        found["manufacturer"] = maker
    if system := made.subject.system:
        found["component"] = {
            "type": "application",
            "bom-ref": _ref("system", system.name),
            "name": system.name,
            "description": inert(system.intended_purpose),
        }
    return found


def _ref(kind: str, name: str) -> str:
    return f"{kind}/{name}"


def _ancestors(subject: Subject) -> tuple[ModelVersion, ...]:
    base = (subject.base,) if subject.base else ()
    named = {each.name: each for each in (*base, *subject.related)}
    named.pop(subject.model.name, None)
    return tuple(named.values())


def _jobs(subject: Subject) -> tuple[Job, ...]:
    return (*((subject.job,) if subject.job else ()), *subject.earlier_jobs)


def _model(model: ModelVersion, made: Assessment | None) -> Json:
    found: Json = {
        "type": "machine-learning-model",
        "bom-ref": _ref("model", model.name),
        "name": model.name,
        "description": f"{model.kind} model",
    }
    version = model.version or model.snapshot
    found |= {"version": inert(version)} if version else {}
    found |= {"purl": model.purl} if model.purl else {}
    supplier = known(model.provider)
    found |= {"supplier": {"name": inert(supplier)}} if supplier else {}
    if model.licence:
        found["licenses"] = [{"license": {"name": inert(model.licence)}}]
    if model.weights:
        found["components"] = [
            _file(_ref("weights", f"{model.name}/{place}"), file.name, file.digest, file.bytes)
            for place, file in enumerate(model.weights)
        ]
    found["modelCard"] = _card(model, made)
    said = {"kind": model.kind, "parameters": model.parameters, "host": model.host}
    found["properties"] = properties(said)
    return found


def _file(ref: str, name: str, digest: str, length: int) -> Json:
    return {
        "type": "file",
        "bom-ref": ref,
        "name": inert(name),
        "hashes": [{"alg": "SHA-256", "content": bare(digest)}],
        "properties": properties({"bytes": length}),
    }


def _card(model: ModelVersion, made: Assessment | None) -> Json:
    parameters: Json = {}
    if model.architecture:
        parameters["modelArchitecture"] = inert(model.architecture)
    if model.interface:
        parameters["inputs"] = [{"format": inert(each)} for each in model.interface.inputs]
        parameters["outputs"] = [{"format": inert(each)} for each in model.interface.outputs]
    if made is None:
        return {"modelParameters": parameters}
    subject = made.subject
    if subject.job and subject.job.method in _APPROACH:
        parameters["approach"] = {"type": _APPROACH[subject.job.method]}
    parameters["datasets"] = [{"ref": _ref("dataset", each.name)} for each in subject.datasets]
    considerations: Json = {}
    if subject.system:
        considerations["useCases"] = [inert(subject.system.intended_purpose)]
    if energy := training_energy(made.findings, subject.job):
        considerations["environmentalConsiderations"] = {"energyConsumptions": [energy]}
    figures = [each for found in made.findings for each in found.measurements]
    level = made.settings.confidence
    return {
        "modelParameters": parameters,
        "quantitativeAnalysis": {
            "performanceMetrics": [
                metric(each, made.settings.confidence) for each in figures if each.value is not None
            ]
        },
        "considerations": considerations,
        "properties": [
            *properties({"confidence-level": level}),
            *(_finding(each) for each in made.findings),
            *(range_property(each) for each in figures if is_other_range(each, level)),
        ],
    }


def _finding(found: Finding) -> Json:
    return {
        "name": f"ftgov:finding:{found.id}",
        "value": f"{found.outcome}: {inert(found.summary)}",
    }


def _dataset(data: Dataset) -> Json:
    contents: list[Json] = [
        _file(_ref("file", f"{data.name}/{place}"), file.name, file.digest, file.bytes)
        for place, file in enumerate(data.files)
    ]
    found: Json = {
        "type": "data",
        "bom-ref": _ref("dataset", data.name),
        "name": data.name,
        "data": [{"type": "dataset", "name": data.name}],
        "properties": properties(
            {
                "role": data.role,
                "origin": data.origin,
                "languages": ", ".join(data.languages) or None,
                "personal-data": data.personal_data,
                "files-held-by-the-host-alone": len(data.unheld) or None,
            }
        ),
    }
    found |= {"description": inert(data.description)} if data.description else {}
    found |= {"version": inert(data.version)} if data.version else {}
    if data.licence:
        found["licenses"] = [{"license": {"name": inert(data.licence)}}]
    if contents:
        found["components"] = contents
    return found


def _workflow(job: Job, subject: Subject) -> Json:
    here = {each.name for each in (subject.model, *_ancestors(subject))}
    data = {each.name for each in subject.datasets}
    taken = [_ref("model", job.base)] if job.base in here else []
    taken += [
        _ref("dataset", name) for name in dict.fromkeys(job.datasets.values()) if name in data
    ]
    made = [_ref("model", name) for name in dict.fromkeys(job.outputs) if name in here]
    found: Json = {
        "bom-ref": _ref("job", job.name),
        "uid": job.name,
        "name": f"training job {job.name}",
        "taskTypes": ["other"],
        "inputs": [
            *({"resource": {"ref": ref}} for ref in taken),
            *(_parameters(job)),
        ],
        "outputs": [{"type": "artifact", "resource": {"ref": ref}} for ref in made],
        "properties": [
            *properties(
                {
                    "method": job.method,
                    "provider": job.provider,
                    "trained-tokens": job.trained_tokens,
                }
            ),
            *({"name": f"ftgov:kept:{inert(f.name)}", "value": f.digest} for f in job.kept),
        ],
    }
    found |= {"timeStart": job.started_at} if job.started_at else {}
    found |= {"timeEnd": job.finished_at} if job.finished_at else {}
    return found


def _parameters(job: Job) -> list[Json]:
    named = {
        each.name: each.requested if known(each.effective) is None else known(each.effective)
        for each in job.hyperparameters
    }
    if job.seed is not None:
        named.setdefault("seed", job.seed)
    said = [
        {"name": inert(name), "value": inert(str(value))}
        for name, value in named.items()
        if value is not None
    ]
    return [{"parameters": said}] if said else []


def _dependencies(subject: Subject) -> list[Json]:
    """Return what rests on what: a system on its model, a model on its parents and data."""
    here = {each.name for each in (subject.model, *_ancestors(subject))}
    data = {each.name for each in subject.datasets}
    found: dict[str, list[str]] = {}
    if subject.system:
        found[_ref("system", subject.system.name)] = [_ref("model", subject.model.name)]
    for model in (subject.model, *_ancestors(subject)):
        parents = (model.parent, model.adapter, model.alias_of, *model.merged_from)
        above = [_ref("model", name) for name in parents if name in here and name != model.name]
        for job in _jobs(subject):
            if model.name in job.outputs:
                above += [_ref("dataset", name) for name in job.datasets.values() if name in data]
        found[_ref("model", model.name)] = list(dict.fromkeys(above))
    return [{"ref": ref, "dependsOn": above} for ref, above in found.items()]


def _about(made: Assessment, digest: str) -> list[Json]:
    """Return what the format has no place for: the assessment, and what the law makes of it."""
    law = made.classification
    said: Json = {"assessment": digest, "assessed-at": made.assessed_at}
    if law:
        said |= {
            "law:pack": law.pack,
            "law:class": law.overall,
            "law:as-of": law.as_of,
            "law:high-risk-from": law.high_risk_from,
        }
    said |= {f"duty:{duty.id}": f"{duty.reference}: {duty.state}" for duty in made.duties}
    return properties(said)


FORMAT: Final = ModelFormat(
    id="cyclonedx",
    title="CycloneDX 1.7 ML-BOM",
    ending=".cdx.json",
    media_type="application/vnd.cyclonedx+json; version=1.7",
    write=write,
)
