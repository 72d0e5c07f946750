"""Operations: how a system runs: its prompt, tools, stores, settings and guardrails."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.absence import Stated
from ftgov.records.base import Name, Record, Scalar, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence


class Tool(Record):
    """Something that the model may call, or that calls on its behalf."""

    name: str = Field(min_length=1, max_length=255)
    kind: Literal["function", "mcp", "container", "skill", "search", "agent", "other"] = "function"
    definition: Digest | None = Field(default=None, description="digest of its schema or image")


class VectorStore(Record):
    """A store of documents that the model is given passages of."""

    name: str = Field(min_length=1, max_length=255)
    native_id: str | None = None
    dataset: Name | None = Field(default=None, description="the dataset that was put into it")
    files: tuple[Digest, ...] = Field(default=(), description="digests of the files in it")
    chunking: str | None = None
    expires_at: Time | None = None


class Moderation(Record):
    """What judges inputs and outputs before they pass."""

    model: str | None = Field(default=None, description="the moderation model, in native words")
    inputs: Stated[bool] = None
    outputs: Stated[bool] = None
    thresholds: dict[str, float] = {}


class Guardrail(Record):
    """A control around the model other than the host's moderation."""

    name: str = Field(min_length=1, max_length=255)
    version: str | None = None
    config: Digest | None = None


class Operation(Record):
    """How a system runs. A prompt's bytes stay in the workspace; a bundle has the digest alone."""

    system_prompt: Stated[Evidence] = None
    tools: tuple[Tool, ...] = ()
    vector_stores: tuple[VectorStore, ...] = ()
    parameters: dict[str, Scalar] = Field(default={}, description="temperature, top_p ...")
    moderation: Stated[Moderation] = None
    guardrails: tuple[Guardrail, ...] = ()
    territory: Stated[tuple[str, ...]] = Field(
        default=None, description="where it is used: ISO 3166-1 codes, or EU"
    )
    endpoint: str | None = None
    region: Stated[str] = None
    tier: str | None = Field(default=None, description="the host's word for the kind of service")
    environment: Literal["production", "staging", "test", "development"] | None = None
    retention: str | None = Field(default=None, description="what the host keeps, in its words")
    rate_limits: dict[str, Scalar] = {}
    active_from: Stated[Time] = None
    active_to: Stated[Time] = None
    replaced_by: Name | None = Field(default=None, description="the system that took its place")
    fallback: Name | None = Field(default=None, description="the model it falls back on")
    users: str | None = Field(default=None, description="who is meant to use it")
    out_of_scope: str | None = Field(default=None, description="uses it is not meant for")
    oversight: Stated[str] = Field(default=None, description="AI Act Art. 14: who watches, how")
