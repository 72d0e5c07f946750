"""Jobs: the runs that turn a base model and data into a tuned model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from ftgov.records.absence import Stated, known
from ftgov.records.base import BigCount, Count, Name, Record, Scalar, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation

JobState = Literal[
    "pending",
    "validating",
    "queued",
    "running",
    "paused",
    "succeeded",
    "failed",
    "cancelled",
    "unknown",
]


class JobStatus(Record):
    """How far a job is: in one word that all hosts share, and in the host's own."""

    normal: JobState
    native: str | None = None


class Hyperparameter(Record):
    """One setting of a training run: what was asked for, and what was used."""

    name: str = Field(min_length=1, max_length=128)
    requested: Scalar = Field(default=None, description="as it was asked for, such as auto")
    effective: Stated[bool | int | float | str] = Field(default=None, description="as it ran")
    unit: str | None = None


class JobError(Record):
    """Why a job failed, in the host's words."""

    code: str | None = None
    message: str
    param: str | None = None


class JobRequest(Record):
    """Who wanted a job, and on what grounds; hosts don't say, so that people must."""

    requested_by: Stated[Name] = Field(default=None, description="a party")
    approved_by: Stated[Name] = Field(default=None, description="a party")
    ticket: str | None = None
    purpose: str | None = Field(default=None, description="what the tuned model is meant for")
    request_id: str | None = Field(default=None, description="the host's id of the call")
    code_ref: str | None = Field(default=None, description="the commit that trained")
    suffix: str | None = None
    metadata: dict[str, str] = {}


class JobHost(Record):
    """Where a job ran."""

    project: str | None = None
    region: Stated[str] = None
    executor: str | None = Field(default=None, description="machine type, cluster or service")
    tool: str | None = Field(default=None, description="name and version of the training program")
    environment: dict[str, str] = Field(default={}, description="names and versions")


class Job(Record):
    """A training job of any method and host."""

    type: Literal["job"] = "job"
    name: Name
    method: Literal["pretraining", "lora", "full", "supervised", "dpo", "reinforcement", "unknown"]
    status: JobStatus | None = Field(default=None, description="None: it succeeded")
    provider: str = Field(default="local", description="where it ran: local, openai, azure ...")
    base: Name | None = Field(
        default=None, description="the model it started from; None: from nothing"
    )
    datasets: dict[Literal["train", "validation"], Name] = {}
    outputs: tuple[Name, ...] = Field(description="the models it made")
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
    hyperparameters: tuple[Hyperparameter, ...] = ()
    created_at: Time | None = None
    estimated_finish: Time | None = None
    error: JobError | None = None
    billed_tokens: Stated[BigCount] = Field(
        default=None, description="as billed; a host's two counts may contradict each other"
    )
    steps: Count | None = None
    flop: BigCount | None = None
    request: JobRequest | None = None
    host: JobHost | None = None
    observation: Observation | None = None
    bill: Evidence | None = Field(default=None, description="what was billed for it")
    electricity: Evidence | None = Field(
        default=None, description="a contract for its electricity, with certificate"
    )

    @field_validator("outputs")
    @classmethod
    def _done_with_outputs(cls, outputs: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        status = info.data.get("status")
        if not outputs and (status is None or status.normal == "succeeded"):
            raise ValueError("a job that succeeded names the models it made")
        return outputs

    @property
    def region(self) -> str | None:
        """Grid zone or cloud region where it ran; None where that is not known."""
        return known(self.host.region) if self.host else None

    @property
    def kept(self) -> tuple[Evidence, ...]:
        """The files of the job, in a stable order."""
        files = (self.trainer_state, self.config, self.energy, self.bill, self.electricity)
        return tuple(file for file in files if file is not None)
