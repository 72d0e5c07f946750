"""A gate's result as OSCAL 1.2.1 assessment results: an observation and a finding per rule.

OSCAL knows `satisfied` and `not-satisfied` only. Whatever did not pass is not satisfied; the reason
tells a failure (`fail`) from what could not be assessed (`other`), and a waived rule has a risk
whose deviation was approved. The rules are objectives of the gates, which stand in the back matter
with their digests in place of an assessment plan.

Source: NIST OSCAL 1.2.1, assessment results model. Identifiers are UUIDs of version 5 (RFC 9562),
made of what they name, so that the same decisions give the same bytes.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

from ftgov.exports.figure_text import detail_lines
from ftgov.exports.judged import SENTENCES, Item, Judged
from ftgov.records.digest import bare, digest_record
from ftgov.records.printable import inert, one_line

_SPACE = UUID("7c0c7a34-7a9f-5c0b-9a43-5f3f1d0f6f2e")
_NAMESPACE = "https://ftgov.dev/ns/oscal"


def render(judged: Judged) -> str:
    """Return the result as one OSCAL document."""
    return json.dumps(_document(judged), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _document(judged: Judged) -> dict[str, Any]:
    root = uuid5(_SPACE, digest_record(_identity(judged)))
    gates = {item.gate: item.policy for item in judged.items}
    return {
        "assessment-results": {
            "uuid": str(root),
            "metadata": {
                "title": f"Release gate of {judged.model}",
                "last-modified": judged.decided_at,
                "version": bare(judged.assessment)[:12],
                "oscal-version": "1.2.1",
                "props": [_property("tool", judged.tool)],
            },
            "import-ap": {
                "href": f"#{uuid5(root, 'plan')}",
                "remarks": "The gates in the back matter stand in place of an assessment plan.",
            },
            "results": [_result(judged, root)],
            "back-matter": {"resources": [_plan(root), *_gates(root, gates)]},
        }
    }


def _identity(judged: Judged) -> list[Any]:
    return [
        judged.model,
        judged.system,
        judged.assessment,
        judged.decided_at,
        judged.verdict,
        [[item.gate, item.rule, item.outcome, item.message, item.policy] for item in judged.items],
    ]


def _plan(root: UUID) -> dict[str, Any]:
    return {
        "uuid": str(uuid5(root, "plan")),
        "title": "The gates that were applied",
        "description": "Each gate below is a file of policies, known by the digest of its bytes.",
    }


def _gates(root: UUID, gates: dict[str, str | None]) -> list[dict[str, Any]]:
    return [
        {
            "uuid": str(uuid5(root, f"gate {gate}")),
            "title": f"Gate {gate}",
            "props": [_property("policy-digest", digest)],
        }
        for gate, digest in gates.items()
        if digest
    ]


def _result(judged: Judged, root: UUID) -> dict[str, Any]:
    items = judged.items
    result: dict[str, Any] = {
        "uuid": str(uuid5(root, "result")),
        "title": f"{judged.model}: {judged.verdict}",
        "description": SENTENCES[judged.verdict],
        "start": judged.assessed_at,
        "end": judged.decided_at,
        "props": [
            _property("verdict", judged.verdict),
            _property("model", judged.model),
            *([_property("system", judged.system)] if judged.system else []),
            _property("assessment", judged.assessment),
            _property("time-source", "given" if judged.is_time_given else "system-clock"),
        ],
        "reviewed-controls": {
            "description": "The rules of the gates, each an objective.",
            "control-selections": [{"include-all": {}}],
        },
        "observations": [_observation(item, judged, root) for item in items],
        "findings": [_finding(item, root) for item in items],
    }
    if judged.notes:
        result["remarks"] = "\n\n".join(_prose(note) for note in judged.notes)
    if risks := [_risk(item, root) for item in items if item.outcome != "pass"]:
        result["risks"] = risks
    return result


def _name(item: Item, kind: str) -> str:
    return f"{kind} {item.gate}/{item.rule}"


def _observation(item: Item, judged: Judged, root: UUID) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "uuid": str(uuid5(root, _name(item, "observation"))),
        "title": one_line(item.title) or item.rule,
        "description": _prose(item.message),
        "methods": ["TEST"],
        "collected": judged.assessed_at,
    }
    if details := detail_lines(item):
        seen["remarks"] = "\n\n".join(details)
    if item.evidence:
        seen["relevant-evidence"] = [
            {
                "href": f"urn:ftgov:evidence:{digest}",
                "description": one_line(judged.files.get(digest) or digest),
            }
            for digest in item.evidence
        ]
    return seen


def _finding(item: Item, root: UUID) -> dict[str, Any]:
    target: dict[str, Any] = {
        "type": "objective-id",
        "target-id": _token(item),
        "status": {"state": "satisfied" if item.outcome == "pass" else "not-satisfied"}
        | ({} if item.outcome == "pass" else {"reason": _reason(item)}),
    }
    found: dict[str, Any] = {
        "uuid": str(uuid5(root, _name(item, "finding"))),
        "title": f"{item.rule} {one_line(item.title)}".strip(),
        "description": _prose(item.message),
        "props": [
            _property("outcome", item.outcome),
            _property("severity", item.severity),
            *([_property("cause", item.cause)] if item.cause else []),
            _property("stops-release", str(item.stops).lower()),
            *(_property("reference", one_line(ref)) for ref in item.refs),
        ],
        "target": target,
        "related-observations": [
            {"observation-uuid": str(uuid5(root, _name(item, "observation")))}
        ],
    }
    if item.outcome != "pass":
        found["related-risks"] = [{"risk-uuid": str(uuid5(root, _name(item, "risk")))}]
    return found


def _reason(item: Item) -> str:
    return "other" if item.outcome == "error" else "fail"


def _risk(item: Item, root: UUID) -> dict[str, Any]:
    risk: dict[str, Any] = {
        "uuid": str(uuid5(root, _name(item, "risk"))),
        "title": f"{item.rule} {item.outcome}",
        "description": _prose(item.message),
        "statement": _prose(item.remedy or item.message),
        "status": "deviation-approved" if item.outcome == "waived" else "open",
    }
    if item.waiver:
        risk["deadline"] = item.waiver.expires_at
        risk["props"] = [
            _property("waiver", item.waiver.name),
            _property("waiver-statement", item.waiver.statement),
            _property("waiver-author", one_line(item.waiver.author)),
            _property("waiver-approver", one_line(item.waiver.approver)),
        ]
        risk["mitigating-factors"] = [
            {
                "uuid": str(uuid5(root, _name(item, "waiver"))),
                "description": _prose(item.waiver.reason),
            }
        ]
    return risk


def _token(item: Item) -> str:
    """Return a rule as an OSCAL token, which begins with a letter or an underscore."""
    return item.rule if item.rule[0].isalpha() else f"_{item.rule}"


def _property(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NAMESPACE, "value": value}


def _prose(text: str) -> str:
    return inert(text).strip() or "-"
