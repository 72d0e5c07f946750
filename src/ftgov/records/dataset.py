"""Datasets: what a model was trained on, or judged with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ftgov.records.base import Name, Record
from ftgov.records.evidence import Evidence


class Dataset(Record):
    """A dataset and its files."""

    type: Literal["dataset"] = "dataset"
    name: Name
    role: Literal["train", "validation", "test", "evaluation"]
    files: tuple[Evidence, ...] = Field(min_length=1)
    description: str = ""
    origin: str | None = Field(default=None, description="where the data comes from; None: unknown")
    licence: str | None = Field(default=None, description="SPDX id or URL; None: unknown")
    languages: tuple[str, ...] = ()
    personal_data: Literal["yes", "no", "unknown"] = "unknown"
