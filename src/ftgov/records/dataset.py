"""Datasets: what a model was trained on, or judged with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from ftgov.records.absence import Stated
from ftgov.records.base import BigCount, Count, Day, Name, Record, Time
from ftgov.records.digest import Digest
from ftgov.records.evidence import Evidence
from ftgov.records.observation import Observation

DatasetRole = Literal["train", "validation", "test", "evaluation"]


class FileContent(Record):
    """What is known of the content of one of a dataset's files."""

    file: Digest
    split: str | None = Field(default=None, description="the split it belongs to")
    role: Literal["train", "validation", "test", "evaluation", "result"] | None = None
    rows: Count | None = None
    tokens: BigCount | None = None
    token_encoding: str | None = Field(default=None, description="the tokenizer that counted")
    hash_basis: Literal["local_original", "downloaded"] | None = Field(
        default=None, description="which bytes were hashed: ours, or what the host gave back"
    )


class UnheldFile(Record):
    """A file that a host holds and we don't, so that no digest of it exists."""

    native_id: str = Field(min_length=1, max_length=255)
    name: str | None = None
    bytes: Count | None = None
    purpose: str | None = None
    created_at: Time | None = None
    expires_at: Time | None = None


class Split(Record):
    """A part of a dataset that is used as a whole."""

    name: str = Field(min_length=1, max_length=128)
    rows: Count | None = None
    tokens: BigCount | None = None


class DatasetParent(Record):
    """A dataset that this one was made of, and how."""

    name: Name
    transform: str | None = Field(default=None, description="what was done; None: not said")


class Datasheet(Record):
    """How a dataset came about and what it is good for.

    Source: Gebru et al. 2021, Datasheets for Datasets; AI Act, Annex IV 2(d).
    """

    collection_method: Stated[str] = None
    collected_from: Stated[Day] = None
    collected_to: Stated[Day] = None
    preprocessing: Stated[str] = None
    annotation: Stated[str] = None
    anonymisation: Stated[str] = None
    consent: Stated[str] = None
    biases: Stated[str] = None
    limitations: Stated[str] = None
    use_cases: Stated[str] = None
    maintenance: Stated[str] = None


class Dataset(Record):
    """A dataset and its files."""

    type: Literal["dataset"] = "dataset"
    name: Name
    role: DatasetRole
    unheld: tuple[UnheldFile, ...] = ()
    files: tuple[Evidence, ...] = Field(description="files whose bytes were hashed")
    description: str = ""
    origin: str | None = Field(default=None, description="where the data comes from; None: unknown")
    licence: str | None = Field(default=None, description="SPDX id or URL; None: unknown")
    languages: tuple[str, ...] = ()
    personal_data: Literal["yes", "no", "unknown"] = "unknown"
    version: str | None = None
    splits: tuple[Split, ...] = ()
    contents: tuple[FileContent, ...] = Field(default=(), description="more about its files")
    parents: tuple[DatasetParent, ...] = ()
    legal_basis: Stated[str] = Field(default=None, description="for example GDPR Art. 6(1)(a)")
    special_categories: Stated[tuple[str, ...]] = Field(
        default=None, description="those of GDPR Art. 9(1) that it holds"
    )
    owner: Stated[Name] = Field(default=None, description="the party that answers for it")
    sheet: Datasheet | None = None
    observation: Observation | None = None

    @field_validator("files")
    @classmethod
    def _some(cls, files: tuple[Evidence, ...], info: ValidationInfo) -> tuple[Evidence, ...]:
        if not files and not info.data.get("unheld"):
            raise ValueError("a dataset has at least one file")
        return files

    @field_validator("contents")
    @classmethod
    def _of_files(
        cls, contents: tuple[FileContent, ...], info: ValidationInfo
    ) -> tuple[FileContent, ...]:
        if "files" not in info.data:  # they have a fault of their own, which is told
            return contents
        held = {file.digest for file in info.data["files"]}
        if strange := [each.file for each in contents if each.file not in held]:
            raise ValueError(f"{strange[0]} is none of the files")
        return contents
