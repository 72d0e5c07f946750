"""A gate's result as SARIF 2.1.0, with waived rules as accepted suppressions.

A rule that can't be assessed is a result of kind `fail` and level `error`: the kind `open` would
force the level `none`, which readers count as nothing found.

Source: OASIS Standard, Static Analysis Results Interchange Format (SARIF) Version 2.1.0 plus
Errata 01, sections 3.13 (log), 3.14 (run), 3.20 (invocation), 3.27 (result), 3.35 (suppression).
GitHub shows at most 5,000 results of a run; a gate has one per rule.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.judged import EXIT_CODES, SENTENCES, Item, Judged
from ftgov.records.canonical import plain
from ftgov.records.digest import bare, digest_record
from ftgov.records.printable import inert

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(judged: Judged) -> str:
    """Return the result as one SARIF log with one run."""
    return json.dumps(_log(judged), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _log(judged: Judged) -> dict[str, Any]:
    items = judged.items
    rules = {(item.gate, item.rule): item for item in items}
    order = list(rules)
    name, _, version = judged.tool.partition(" ")
    driver = {
        "name": name,
        "version": version or "unknown",
        "rules": [_rule(item) for item in rules.values()],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"ftgov-check/{judged.model}/"},
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "exitCode": EXIT_CODES[judged.verdict],
                        "exitCodeDescription": SENTENCES[judged.verdict],
                        "endTimeUtc": judged.decided_at,
                        **_notifications(judged),
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(item, order.index((item.gate, item.rule)), judged) for item in items
                ],
                "properties": {
                    "model": judged.model,
                    "system": judged.system,
                    "verdict": judged.verdict,
                    "assessment": judged.assessment,
                    "timeSource": "given" if judged.is_time_given else "system-clock",
                },
            }
        ],
    }


def _notifications(judged: Judged) -> dict[str, Any]:
    """Return what holds for the whole result as notifications (section 3.20.21)."""
    if not judged.notes:
        return {}
    notes = [{"level": "warning", "message": {"text": inert(note)}} for note in judged.notes]
    return {"toolExecutionNotifications": notes}


def _rule(item: Item) -> dict[str, Any]:
    described: dict[str, Any] = {
        "id": item.rule,
        "name": item.rule,
        "shortDescription": {"text": inert(item.title)},
        "defaultConfiguration": {"level": item.severity},
        "properties": {
            "gate": item.gate,
            "version": item.version,
            "policy": item.policy,
            "tags": list(item.refs),
        },
    }
    if item.remedy:
        described["help"] = {"text": inert(item.remedy)}
    return described


def _result(item: Item, index: int, judged: Judged) -> dict[str, Any]:
    failed = item.outcome != "pass"
    fingerprint = bare(digest_record([judged.model, judged.system, item.gate, item.rule]))
    result: dict[str, Any] = {
        "ruleId": item.rule,
        "ruleIndex": index,
        "kind": "fail" if failed else "pass",
        # A waived failure keeps the level it would have; the suppression is what silences it.
        "level": item.severity if item.outcome == "waived" else item.level,
        "message": {"text": _message(item)},
        "locations": [_location(item)],
        "partialFingerprints": {"ftgovRule/v1": fingerprint},
        "properties": {
            "outcome": item.outcome,
            "cause": item.cause,
            "stops": item.stops,
            "limits": [plain(limit) for limit in item.limits],
            "figures": [plain(figure) for figure in item.figures],
            "evidence": [
                {"digest": digest, "name": judged.files.get(digest, "")} for digest in item.evidence
            ],
        },
    }
    if item.waiver:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": inert(item.waiver.reason),
                "properties": {"waiver": plain(item.waiver)},
            }
        ]
    return result


def _message(item: Item) -> str:
    text = f"{item.title}. {item.message}"
    if item.outcome == "error":
        text = f"Not assessed: {text}"
    if item.outcome != "pass":
        text += "".join(f"\n{line}" for line in detail_lines(item))
        text += f"\nTo change it: {item.remedy}" if item.remedy else ""
    return inert(text)


def _location(item: Item) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(item.place.file)},
            "region": {"startLine": item.place.line},
        },
        "logicalLocations": [{"fullyQualifiedName": f"{item.gate}/{item.rule}", "kind": "rule"}],
    }
