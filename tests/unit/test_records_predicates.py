"""Predicates of in-toto: written with their own names, read with unknown fields, never loosened."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.digest import digest_bytes
from ftgov.records.predicates import (
    ResourceDescriptor,
    ReviewOutcome,
    SimpleVerificationResult,
    Verifier,
)

GATE = ResourceDescriptor.of("baseline.yaml", digest_bytes(b"rules"))
WHEN = "2026-11-21T09:30:00Z"
REVIEW: dict[str, Any] = {
    "result": "PASSED",
    "configuration": [plain(GATE)],
    "signedAt": WHEN,
    "reviewer": {"name": "Ada", "publicKey": "-----BEGIN PUBLIC KEY-----"},
}


def test_a_verification_result_has_the_names_of_the_specification() -> None:
    found = SimpleVerificationResult(
        verifier=Verifier(id="https://ftgov.dev/gate/v1", policies=(GATE,)),
        time_created=WHEN,
        properties=("FTGOV_GATE_BASELINE_PASSED",),
    )
    assert plain(found) == {
        "verifier": {
            "id": "https://ftgov.dev/gate/v1",
            "policies": [
                {"name": "baseline.yaml", "digest": {"sha256": digest_bytes(b"rules")[7:]}}
            ],
        },
        "timeCreated": WHEN,
        "properties": ["FTGOV_GATE_BASELINE_PASSED"],
    }
    assert SimpleVerificationResult.model_validate({**plain(found), "more": 1}) == found
    with pytest.raises(ValidationError):
        SimpleVerificationResult.model_validate({**plain(found), "verifier": {"id": "x"}})


def test_a_resource_is_identified_somehow() -> None:
    with pytest.raises(ValidationError, match="a name, a uri or a digest"):
        ResourceDescriptor()
    assert plain(ResourceDescriptor(uri="https://ftgov.example/x")) == {
        "uri": "https://ftgov.example/x"
    }


@pytest.mark.parametrize(
    "change",
    [
        {"result": "FAILED"},
        {"failedTests": ["it did not hold"]},
        {"result": "FAILED", "failedTests": []},
        {"result": "passed"},
        {"signedAt": "yesterday"},
    ],
)
def test_a_review_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    assert canonical_bytes(ReviewOutcome.model_validate(REVIEW)) == canonical_bytes(REVIEW)
    with pytest.raises(ValidationError):
        ReviewOutcome.model_validate({**REVIEW, **change})
