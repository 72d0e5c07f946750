"""Predicates that in-toto already has: frozen models of what others' tools read.

`SimpleVerificationResult` says what a gate decided; `ReviewOutcome`, a test result, says what a
reviewer of a report concluded. Readers pass over fields that they do not know; none that is ignored
turns a refusal into an approval.

Sources: in-toto Attestation Framework, spec/predicates/svr.md (0.2) and test-result.md (0.1.0);
spec/v1/resource_descriptor.md.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from ftgov.records.base import Record, Time
from ftgov.records.digest import Digest, bare

SVR_PREDICATE: Final = "https://in-toto.io/attestation/svr/v0.2"
TEST_RESULT_PREDICATE: Final = "https://in-toto.io/attestation/test-result/v0.1"

_Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Foreign(Record):
    """A record under another body's names; what is not said is left out."""

    model_config = {"populate_by_name": True, "serialize_by_alias": True, "extra": "ignore"}

    @model_serializer(mode="wrap")
    def _said(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        return {name: value for name, value in written.items() if value is not None}


class ResourceDescriptor(_Foreign):
    """A file or document, by name, place or digest: one of them at least."""

    name: str | None = None
    uri: str | None = None
    digest: dict[Literal["sha256"], _Hex] | None = None

    @model_validator(mode="after")
    def _identified(self) -> Self:
        if self.name is None and self.uri is None and not self.digest:
            raise ValueError("a resource has a name, a uri or a digest")
        return self

    @classmethod
    def of(cls, name: str, digest: Digest) -> Self:
        """Return the descriptor of a file of a name and SHA-256."""
        return cls(name=name, digest={"sha256": bare(digest)})


class Verifier(_Foreign):
    """Who verified, and by which policies; an empty list where none was applied."""

    id: str = Field(min_length=1, description="a URI that names the program and its version")
    policies: tuple[ResourceDescriptor, ...]


class SimpleVerificationResult(_Foreign):
    """The properties that a verifier found to hold; one that is not listed was not found to."""

    verifier: Verifier
    time_created: Time = Field(alias="timeCreated")
    properties: tuple[str, ...]


class Reviewer(_Foreign):
    """Who reviewed, in their own words, and the key that they signed with."""

    name: str = Field(min_length=1, max_length=200)
    public_key: str = Field(alias="publicKey", description="PEM; a stranger's signature is checked")


class ReviewOutcome(_Foreign):
    """A test result: what came of a review, with the reasons where it failed.

    `signed_at` and `reviewer` are extension fields of ours.
    """

    result: Literal["PASSED", "WARNED", "FAILED"]
    configuration: tuple[ResourceDescriptor, ...] = Field(description="what was reviewed")
    url: str | None = None
    passed_tests: tuple[str, ...] | None = Field(default=None, alias="passedTests")
    warned_tests: tuple[str, ...] | None = Field(default=None, alias="warnedTests")
    failed_tests: tuple[str, ...] | None = Field(default=None, alias="failedTests")
    signed_at: Time = Field(alias="signedAt")
    reviewer: Reviewer

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.result == "FAILED") != bool(self.failed_tests):
            raise ValueError("a result is FAILED exactly if a test failed, and then says why")
        return self
