"""What people said of a thing stays when the host is read again: the two are put together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ftgov.api.reached import Key
from ftgov.records.base import Record
from ftgov.records.canonical import plain
from ftgov.records.checkpoint import Checkpoint
from ftgov.records.dataset import Dataset
from ftgov.records.job import Hyperparameter, Job, JobRequest
from ftgov.records.model import ModelDates, ModelVersion
from ftgov.store.workspace import Workspace

_OURS: Final = {
    Job: ("energy", "bill", "electricity", "flop", "host", "started_at"),
    Checkpoint: ("shared_with", "weights"),
}
"""Fields that a person or another command fills, where the host says nothing of them."""


def settled_records(workspace: Workspace, records: Iterable[Record]) -> list[Record]:
    """Return the records that say something new, each put together with what stands.

    What differs in nothing but the time of the look is left out.
    """
    found: dict[Key, Record] = {}
    derived = list(records)
    keys = list(dict.fromkeys(key_of(each) for each in derived))
    entries = workspace.ledger.pick(keys)
    for record in derived:
        key = key_of(record)
        before = found.get(key)
        if before is None and key in entries:
            before = workspace.ledger.read(type(record), entries[key])
        made = merged(before, record)
        if before is None or said(made) != said(before):
            found[key] = made
    return list(found.values())


def said(record: Record) -> Any:
    """Return a record without when and how it was seen."""
    content = plain(record)
    content.pop("observation", None)
    return content


def merged(standing: Record | None, derived: Record) -> Record:
    """Return what a host shows of a thing, with what only people could say of it before."""
    if standing is None:
        return derived
    if isinstance(derived, ModelVersion) and isinstance(standing, ModelVersion):
        return _model(standing, derived)
    if isinstance(derived, Dataset) and isinstance(standing, Dataset):
        return _dataset(standing, derived)
    kept = _absent(derived, standing, _OURS.get(type(derived), ()))
    if isinstance(derived, Job) and isinstance(standing, Job):
        kept["request"] = _request(standing.request, derived.request)
        kept["hyperparameters"] = _settings(standing.hyperparameters, derived.hyperparameters)
        kept["output_identities"] = standing.output_identities or derived.output_identities
    return derived.model_copy(update=kept)


def _absent(derived: Record, standing: Record, fields: Iterable[str]) -> dict[str, Any]:
    """Return the standing value of each field of which the derived record says nothing."""
    return {
        name: getattr(standing, name)
        for name in fields
        if getattr(derived, name) == type(derived).model_fields[name].default
    }


def _model(standing: ModelVersion, derived: ModelVersion) -> ModelVersion:
    update = _absent(derived, standing, type(derived).model_fields)
    if standing.dates and derived.dates:
        fresh = {k: v for k, v in derived.dates if v is not None}
        update["dates"] = ModelDates.model_validate({**dict(standing.dates), **fresh})
    # A base model that several hosts offer belongs to none of them; the first stays named.
    update["host"] = standing.host or derived.host
    update["kind"] = standing.kind if derived.kind == "base" else derived.kind
    return derived.model_copy(update=update)


def _dataset(standing: Dataset, derived: Dataset) -> Dataset:
    """Return a dataset: bytes that are held, and what people said, are never given up."""
    if standing.files:
        return derived if derived.files else standing
    update: dict[str, Any] = {}
    if standing.unheld and derived.unheld and derived.unheld[0].bytes is None:
        update["unheld"] = standing.unheld
    if standing.role != "train":
        update["role"] = standing.role
    rest = ("description", "origin", "licence", "languages", "personal_data", "legal_basis")
    more = ("special_categories", "owner", "sheet", "version", "splits", "parents")
    update |= _absent(derived, standing, (*rest, *more))
    return derived.model_copy(update=update)


def _settings(
    standing: Iterable[Hyperparameter], derived: Iterable[Hyperparameter]
) -> tuple[Hyperparameter, ...]:
    """Return the settings as a host shows them, with what was asked for before it chose."""
    asked = {each.name: each.requested for each in standing if each.requested is not None}
    return tuple(
        each.model_copy(update={"requested": asked[each.name]})
        if each.requested is None and each.name in asked
        else each
        for each in derived
    )


def _request(standing: JobRequest | None, derived: JobRequest | None) -> JobRequest | None:
    if standing is None or derived is None:
        return standing or derived
    return standing.model_copy(update={"metadata": {**standing.metadata, **derived.metadata}})


def key_of(record: Record) -> Key:
    """Return the type and name of a record that the ledger keeps."""
    fields: Any = record
    return (fields.type, fields.name)
