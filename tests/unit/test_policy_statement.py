"""Gate decisions as a Simple Verification Result: what it lists, what it does not, who signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.gates import decisions_statement
from ftgov.records.canonical import canonical_bytes, plain
from ftgov.records.decision import Decision
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.records.entry import DecisionsMade
from ftgov.records.predicates import SVR_PREDICATE, SimpleVerificationResult
from ftgov.records.svr import GATE_PASS, statement_of
from ftgov.signing.envelope import read_envelope
from ftgov.signing.keys import SigningKey
from policy_matrix import MODEL, at, copied

D = digest_bytes(b"gate")
NOW = "2026-11-21T09:00:00Z"


def decision(rule: str, outcome: str, **fields: Any) -> Decision:
    every = {"rule": rule, "version": 2, "gate": "g", "title": "T", "severity": "error"}
    every |= {"outcome": outcome, "message": "said", "policy": D, "decided_at": NOW}
    return Decision.model_validate(every | {"time_source": "given"} | fields)


def stated(*decisions: Decision) -> dict[str, Any]:
    found = statement_of(decisions, assessment=D, model="m", tool="ftgov 1.2.3")
    assert found.predicate_type == SVR_PREDICATE
    return found.predicate


def test_only_what_passed_is_a_property() -> None:
    outcomes = ("pass", "fail", "warn", "waived", "error")
    decisions = [decision(f"R-{outcome}", outcome) for outcome in outcomes]
    found = stated(*decisions)
    assert found["properties"] == ["FTGOV_R-pass_V2"]
    results = found["https://ftgov.dev/svr/gate/v1"]
    assert [each["outcome"] for each in results["rules"]] == list(outcomes)
    assert results["verdict"] == "fail"
    assert found["verifier"]["id"] == "https://ftgov.dev/verifier/gate/1.2.3"
    read = SimpleVerificationResult.model_validate(found)
    assert read.properties == ("FTGOV_R-pass_V2",)
    assert found["timeCreated"] == NOW


@pytest.mark.parametrize("outcome", ["pass", "fail", "warn", "waived", "error"])
def test_the_gate_passes_only_under_a_verdict_that_does(outcome: str) -> None:
    found = stated(decision("R", "pass"), decision("S", outcome))
    assert (GATE_PASS in found["properties"]) == (outcome in {"pass", "warn", "waived"})


def test_policies_and_subjects_are_digests() -> None:
    decisions = (decision("R", "pass"), decision("S", "pass"))
    statement = statement_of(decisions, assessment=D, model="m", tool="ftgov 1.2.3")
    assert [each.name for each in statement.subject] == ["assessment/m", "decisions/m"]
    content = digest_record([plain(each) for each in decisions])
    assert statement.subject[1].digest == {"sha256": bare(content)}
    assert statement.predicate["verifier"]["policies"] == [
        {"name": "g", "digest": {"sha256": bare(D)}}
    ]


def test_no_decision_is_no_statement() -> None:
    with pytest.raises(ValueError, match="no decision"):
        statement_of((), assessment=D, model="m", tool="ftgov 1.2.3")


def test_a_check_with_a_key_is_signed_into_the_ledger(finished_demo: Path) -> None:
    key = SigningKey.generate()
    with copied(finished_demo) as workspace:
        now = at(workspace, hours=1)
        result = api.check(workspace, MODEL, as_of=now, key=key)
        assert result.statement is not None
        read = read_envelope(result.statement, [key.public])
        again = decisions_statement(result.assessment, result.decisions)
        assert canonical_bytes(read.statement) == canonical_bytes(again)
        entry = [e for e in workspace.ledger.entries() if e.type == "decision"][-1]
        made = workspace.ledger.read(DecisionsMade, entry)
        assert made.statement is not None
        with workspace.evidence.open(made.statement.digest) as stream:
            assert stream.read() == result.statement
        api.check(workspace, MODEL, as_of=now)
        last = [e for e in workspace.ledger.entries() if e.type == "decision"][-1]
        assert workspace.ledger.read(DecisionsMade, last).statement is None


def test_the_dossier_holds_the_statement(finished_demo: Path) -> None:
    bundle = finished_demo / "reports" / MODEL / "bundle"
    dossier = (bundle / "dossier.json").read_text(encoding="utf-8")
    assert '"name":"decisions.intoto.json"' in dossier
    texts = [path.read_bytes() for path in (bundle / "evidence").iterdir()]
    assert sum(SVR_PREDICATE.encode() in text for text in texts) == 1
