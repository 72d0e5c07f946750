"""Model versions: base, tuned, adapter, merged, checkpoint, alias."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record
from ftgov.records.canonical import plain
from ftgov.records.digest import Digest, digest_record

ModelKind = Literal["base", "tuned", "adapter", "merged", "checkpoint", "alias"]


class WeightFile(Record):
    """A file of weights, known by its digest; the weights themselves are not kept."""

    name: str = Field(min_length=1, max_length=255)
    bytes: int = Field(ge=0)
    digest: Digest


class ModelVersion(Record):
    """One version of a model."""

    type: Literal["model"] = "model"
    name: Name
    kind: ModelKind
    parent: Name | None = Field(default=None, description="the model it derives from")
    adapter: Name | None = Field(default=None, description="the adapter a tuned model applies")
    architecture: str | None = None
    parameters: int | None = Field(default=None, ge=0)
    licence: str | None = None
    weights: tuple[WeightFile, ...] = ()

    @property
    def identity(self) -> Digest:
        """Return the digest of name and weights: what answers and jobs are bound to.

        Other fields (a licence, an architecture) may be corrected without unbinding anything.
        """
        weights = [plain(file) for file in self.weights]
        return digest_record({"name": self.name, "weights": weights})
