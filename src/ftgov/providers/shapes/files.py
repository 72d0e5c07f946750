"""Files at a host: no host says what is in them, so only bytes that were hashed are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ftgov.providers.lax import Lax
from ftgov.providers.names import name_of
from ftgov.providers.shapes.unit import Derived, Unit, Where, observed
from ftgov.records.archived import Flag
from ftgov.records.dataset import Dataset, FileContent, UnheldFile
from ftgov.records.evidence import Evidence

TRAINING = "fine-tune"
"""The purpose of files to train and to validate with."""

Basis = Literal["local_original", "downloaded"]


def unheld_file(unit: Unit, flags: list[Flag]) -> UnheldFile | None:
    """Return what a host says of a file that it holds, or None where it has no id."""
    file = Lax(unit.item, flags)
    native = file.text("id", required=True)
    made = {
        "name": file.text("filename", required=True),
        "bytes": file.count("bytes", required=True),
        "purpose": file.text("purpose", required=True),
        "created_at": file.moment("created_at", required=True),
        "expires_at": file.moment("expires_at"),
    }
    if native is None or len(native) > 255:
        return None
    return UnheldFile.model_validate({"native_id": native, **made})


def derive_file(unit: Unit, where: Where, names: Mapping[str, str]) -> Derived:
    """Return the dataset of a training file whose content is not held; other files give none."""
    flags: list[Flag] = []
    file = unheld_file(unit, flags)
    if file is None or file.purpose != TRAINING:
        return Derived(flags=tuple(flags))
    made = Dataset(
        name=names.get(file.native_id) or name_of(file.native_id),
        role="train",
        files=(),
        unheld=(file,),
        observation=observed(where, unit, file.native_id),
    )
    return Derived((made,), tuple(flags))


def unknown_dataset(
    native: str, role: Literal["train", "validation"], where: Where, unit: Unit
) -> Dataset:
    """Return the dataset of a file of which only the id is known."""
    return Dataset(
        name=name_of(native),
        role=role,
        files=(),
        unheld=(UnheldFile(native_id=native[:255]),),
        observation=observed(where, unit, native),
    )


def is_asserted(dataset: Dataset) -> bool:
    """Return whether a dataset's bytes are only said to be those that the host has."""
    return dataset.observation is not None and dataset.observation.assurance == "asserted"


def with_content(dataset: Dataset, content: Evidence, basis: Basis) -> Dataset:
    """Return a dataset whose file's bytes are held.

    Bytes that the host gave back are verified; a file of one's own that only has the same length
    and name is asserted to be it.
    """
    seen = dataset.observation
    verified = "verified" if basis == "downloaded" else "asserted"
    return dataset.model_copy(
        update={
            "files": (content,),
            "contents": (FileContent(file=content.digest, hash_basis=basis),),
            "observation": seen.model_copy(update={"assurance": verified}) if seen else None,
        }
    )
