"""Jobs: the runs that turn a base model and data into a tuned model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class Job(Record):
    """A training job of any method and host."""

    type: Literal["job"] = "job"
    name: Name
    method: Literal["pretraining", "lora", "full", "supervised", "dpo", "reinforcement", "unknown"]
    provider: str = Field(default="local", description="where it ran: local, openai, azure ...")
    base: Name | None = Field(
        default=None, description="the model it started from; None: from nothing"
    )
    datasets: dict[Literal["train", "validation"], Name] = {}
    outputs: tuple[Name, ...] = Field(min_length=1, description="the models it made")
    output_identities: dict[Name, Digest] = Field(
        default={}, description="identity of each output when the job was recorded"
    )
    seed: int | None = None
    started_at: Time | None = None
    finished_at: Time | None = None
    trained_tokens: int | None = Field(default=None, ge=0, description="tokens, over all epochs")
    trainer_state: Evidence | None = Field(default=None, description="the trainer's log of losses")
    config: Evidence | None = Field(default=None, description="hyperparameters and versions")
    energy: Evidence | None = Field(default=None, description="the energy tool's own record")
    region: str | None = Field(
        default=None, max_length=64, description="grid zone or cloud region where it ran"
    )
    bill: Evidence | None = Field(default=None, description="what was billed for it")
    electricity: Evidence | None = Field(
        default=None, description="a contract for its electricity, with certificate"
    )

    @property
    def kept(self) -> tuple[Evidence, ...]:
        """The files of the job, in a stable order."""
        files = (self.trainer_state, self.config, self.energy, self.bill, self.electricity)
        return tuple(file for file in files if file is not None)
