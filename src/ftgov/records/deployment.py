"""Deployments: where a model answers at a host, in which region and kind of service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Count, Name, Record
from ftgov.records.observation import Observation


class Deployment(Record):
    """A model put to answer at a host; the system that it serves is recorded apart."""

    type: Literal["deployment"] = "deployment"
    name: Name
    provider: str = Field(min_length=1, max_length=128)
    model: Name | None = None
    model_version: str | None = None
    region: str | None = None
    sku: str | None = Field(default=None, description="the host's word for the kind of service")
    capacity: Count | None = Field(default=None, description="in the units of the SKU")
    state: str | None = None
    observation: Observation | None = None
