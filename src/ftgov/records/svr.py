"""Gate decisions as an in-toto Simple Verification Result, which other tools can read.

`properties` lists only what holds, so that a reader who ignores all else never sees more than was
concluded: a rule that is waived, warned of or failed is not there, and `FTGOV_GATE_PASS` stands
only under a verdict that passes. The rest is our own extension under a name of its own.

Sources: as `predicates.py`; the framework's parsing rules: unknown fields are ignored, and ignoring
one never turns a denial into an approval.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from ftgov.records.attestation import STATEMENT_TYPE, Statement, StatementSubject
from ftgov.records.base import Record
from ftgov.records.canonical import plain
from ftgov.records.decision import Cause, Decision, Outcome, TimeSource, Verdict, verdict_of
from ftgov.records.digest import Digest, bare, digest_record
from ftgov.records.predicates import (
    SVR_PREDICATE,
    ResourceDescriptor,
    SimpleVerificationResult,
    Verifier,
)

VERIFIER = "https://ftgov.dev/verifier/gate"
GATE_PASS = "FTGOV_GATE_PASS"  # noqa: S105 (a property's name, no secret)


class RuleResult(Record):
    """What one rule came to, with the evidence that its figures rest on."""

    rule: str
    version: int
    gate: str
    outcome: Outcome
    cause: Cause | None
    evidence: tuple[Digest, ...]
    waiver: Digest | None = None


class GateResults(Record):
    """Our extension: the verdict and every rule, those that did not pass as well."""

    model_config = {"populate_by_name": True, "serialize_by_alias": True}

    verdict: Verdict
    time_source: TimeSource = Field(alias="timeSource")
    rules: tuple[RuleResult, ...]


class GateVerification(SimpleVerificationResult):
    """The predicate: what others read, and our extension."""

    results: GateResults = Field(alias="https://ftgov.dev/svr/gate/v1")


def statement_of(
    decisions: Sequence[Decision], *, assessment: Digest, model: str, tool: str
) -> Statement:
    """Return the statement of what gates decided about one assessment.

    Its subjects are the assessment and the list of decisions, both by digest.

    Args:
        decisions: At least one.
        assessment: The digest of the assessment that was judged.
        model: The model's name.
        tool: Name and version of the program that judged, for example `ftgov 0.1.0`.

    Raises:
        ValueError: If there is no decision to state.
    """
    if not decisions:
        raise ValueError("there is no decision to state")
    verifier = f"{VERIFIER}/{tool.rpartition(' ')[2]}"
    found = GateVerification(
        verifier=Verifier(id=verifier, policies=_policies(decisions)),
        time_created=decisions[0].decided_at,
        properties=_properties(decisions),
        results=GateResults(
            verdict=verdict_of(tuple(decisions)),
            time_source=decisions[0].time_source,
            rules=tuple(_result(decision) for decision in decisions),
        ),
    )
    content = digest_record([plain(decision) for decision in decisions])
    return Statement(
        statement_type=STATEMENT_TYPE,
        subject=(
            StatementSubject(name=f"assessment/{model}", digest={"sha256": bare(assessment)}),
            StatementSubject(name=f"decisions/{model}", digest={"sha256": bare(content)}),
        ),
        predicate_type=SVR_PREDICATE,
        predicate=plain(found),
    )


def _policies(decisions: Sequence[Decision]) -> tuple[ResourceDescriptor, ...]:
    named = dict.fromkeys((decision.gate, decision.policy) for decision in decisions)
    return tuple(ResourceDescriptor.of(gate, text) for gate, text in named)


def _properties(decisions: Sequence[Decision]) -> tuple[str, ...]:
    passed = [f"FTGOV_{each.rule}_V{each.version}" for each in decisions if each.outcome == "pass"]
    whole = [GATE_PASS] if verdict_of(tuple(decisions)) == "pass" else []
    return (*whole, *passed)


def _result(decision: Decision) -> RuleResult:
    evidence = dict.fromkeys(digest for figure in decision.figures for digest in figure.evidence)
    return RuleResult(
        rule=decision.rule,
        version=decision.version,
        gate=decision.gate,
        outcome=decision.outcome,
        cause=decision.cause,
        evidence=tuple(evidence),
        waiver=decision.waiver.statement if decision.waiver else None,
    )
