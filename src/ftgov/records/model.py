"""Model versions: base, tuned, adapter, merged, checkpoint, alias."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.absence import Stated
from ftgov.records.base import Count, Day, Name, Record
from ftgov.records.canonical import plain
from ftgov.records.digest import Digest, digest_record
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation

ModelKind = Literal["base", "tuned", "adapter", "merged", "checkpoint", "alias"]


class WeightFile(Record):
    """A file of weights, known by its digest; the weights themselves are not kept."""

    name: str = Field(min_length=1, max_length=255)
    bytes: int = Field(ge=0)
    digest: Digest


class ModelDates(Record):
    """A model's life: each a date, unknown, not applicable, or not said."""

    announced: Stated[Day] = None
    released: Stated[Day] = None
    eu_market: Stated[Day] = Field(default=None, description="placed on the Union market")
    training_retirement: Stated[Day] = Field(default=None, description="no job may start from it")
    deployment_retirement: Stated[Day] = Field(default=None, description="no new deployment of it")
    shutdown: Stated[Day] = Field(default=None, description="it answers no longer")
    deleted: Stated[Day] = None


class ModelInterface(Record):
    """What a model reads and writes."""

    inputs: tuple[str, ...] = Field(default=(), description="text, image, audio ...")
    outputs: tuple[str, ...] = ()
    context_tokens: Count | None = None
    tokenizer: Stated[Digest] = None
    chat_template: Stated[Digest] = None


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
    version: str | None = None
    provider: Stated[str] = Field(default=None, description="who supplies it")
    host: str | None = Field(default=None, description="where it answers: local, openai, azure ...")
    snapshot: str | None = Field(default=None, description="the supplier's name of this version")
    purl: str | None = Field(default=None, description="its package URL")
    summary_url: str | None = Field(default=None, description="AI Act Art. 53(1)(d) summary")
    merged_from: tuple[Name, ...] = ()
    alias_of: Name | None = Field(default=None, description="the model that an alias names")
    adapter_config: Evidence | None = None
    interface: ModelInterface | None = None
    dates: ModelDates | None = None
    observation: Observation | None = None

    @property
    def identity(self) -> Digest:
        """Return the digest of name and weights: what answers and jobs are bound to.

        Other fields (a licence, an architecture) may be corrected without unbinding anything.
        """
        weights = [plain(file) for file in self.weights]
        return digest_record({"name": self.name, "weights": weights})
