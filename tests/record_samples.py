"""One full sample of each type of record that the ledger keeps."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import ftgov.records
from ftgov.records.absence import NOT_APPLICABLE, UNKNOWN
from ftgov.records.base import Record

D = "sha256:" + "ab" * 32
NOW = "2026-11-21T09:30:00Z"
FILE: dict[str, Any] = {"digest": D, "bytes": 12, "name": "a.jsonl", "media_type": "text/plain"}
SEEN: dict[str, Any] = {
    "provider": "openai",
    "tenant": "org-1",
    "native_id": "ft:1",
    "observed_at": NOW,
    "source": "api",
    "raw": D,
    "assurance": "asserted",
}
ABOUT: dict[str, Any] = {"model": "tuned", "system": "desk"}

SAMPLES: dict[str, dict[str, Any]] = {
    "cosigned-head": {
        "origin": "ftgov.dev/log/loans",
        "log_key": "ftgov.dev/log/loans+00000000+AQ==",
        "size": 12,
        "root": D,
        "witness": "ftgov.dev/witness/auditor+00000000+BA==",
        "cosigned_at": NOW,
    },
    "dataset": {
        "role": "train",
        "files": [FILE],
        "version": "2",
        "splits": [{"name": "train", "rows": 10, "tokens": "90071992547409930"}],
        "contents": [{"file": D, "split": "train", "role": "train", "hash_basis": "downloaded"}],
        "unheld": [{"native_id": "file-1", "bytes": 3}],
        "parents": [{"name": "raw", "transform": "cleaned"}],
        "legal_basis": UNKNOWN,
        "special_categories": ["health"],
        "owner": NOT_APPLICABLE,
        "sheet": {"collection_method": "interviews", "collected_from": "2026-01-01"},
        "observation": SEEN,
    },
    "job": {
        "method": "supervised",
        "provider": "openai",
        "base": "base",
        "datasets": {"train": "data", "validation": "held"},
        "outputs": ["tuned"],
        "seed": -3,
        "status": {"normal": "succeeded", "native": "succeeded"},
        "hyperparameters": [{"name": "n_epochs", "requested": "auto", "effective": 3}],
        "created_at": NOW,
        "error": {"message": "none", "code": None},
        "billed_tokens": UNKNOWN,
        "flop": "300000000000000000000000",
        "request": {"requested_by": "party-1", "metadata": {"k": "v"}},
        "host": {"region": NOT_APPLICABLE, "environment": {"torch": "2.8"}},
        "observation": SEEN,
    },
    "event": {"job": "tune", "at": NOW, "message": "Step 1", "content": '{"step":1.0}'},
    "job-events": {
        "job": "tune",
        "count": 3,
        "kinds": {"message": 2, "telepathy": 1},
        "levels": {"info": 3},
        "first_at": NOW,
        "single": 1,
        "content": D,
        "observation": SEEN,
    },
    "metric": {"job": "tune", "step": 3, "metric": "loss", "value": 0.25, "source": "csv"},
    "checkpoint": {
        "job": "tune",
        "step": 10,
        "model": "tuned",
        "metrics": {"loss": 1e-7},
        "shared_with": [{"project": "p", "permission": "cp_1", "by": "party-1", "at": NOW}],
    },
    "model": {
        "kind": "tuned",
        "parent": "base",
        "adapter": "lora",
        "alias_of": "other",
        "merged_from": ["one", "two"],
        "weights": [{"name": "w.safetensors", "bytes": 9, "digest": D}],
        "provider": UNKNOWN,
        "adapter_config": FILE,
        "interface": {"inputs": ["text"], "tokenizer": D, "chat_template": NOT_APPLICABLE},
        "dates": {"shutdown": "2027-01-14", "deleted": UNKNOWN, "announced": NOT_APPLICABLE},
        "observation": SEEN,
    },
    "system": {
        "model": "tuned",
        "intended_purpose": "Sort letters",
        "facts": {"users": ["staff"], "profiling": None},
        "facts_file": FILE,
        "operation": {
            "system_prompt": FILE,
            "tools": [{"name": "search", "kind": "search", "definition": D}],
            "vector_stores": [{"name": "faq", "dataset": "data", "files": [D]}],
            "parameters": {"temperature": 0.2, "top_k": 5, "stop": None, "stream": True},
            "moderation": {"model": "omni", "thresholds": {"hate": 0.5}, "inputs": True},
            "guardrails": [{"name": "regex", "version": "1", "config": D}],
            "territory": ["DE", "EU"],
            "active_from": NOW,
            "active_to": NOT_APPLICABLE,
            "fallback": "base",
        },
    },
    "evaluation": {
        "model": "tuned",
        "dataset": "held",
        "answers": FILE,
        "rows": 4,
        "scoring": {"labels": {"yes": ["Yes"]}},
    },
    "evaluation-run": {
        "models": ["base", "tuned"],
        "model_identities": {"base": D},
        "dataset": "held",
        "tool": "lm-eval",
        "grader": {"name": "exact", "prompt": D},
        "seed": UNKNOWN,
        "metrics": [{"name": "acc", "value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95}],
        "results": FILE,
    },
    "evaluation-item": {
        "run": "mmlu", "item": "1", "model": "tuned", "input": D, "output": UNKNOWN, "score": 1.0,
    },
    "exchange": {
        **ABOUT,
        "at": NOW,
        "input": {"digest": D, "salted": True, "kept": D, "tokens": 4},
        "output": NOT_APPLICABLE,
        "flagged": False,
        "retain_until": "2027-01-01T00:00:00Z",
    },
    "attempt": {
        "job": "tune", "number": 1, "provider": "openai", "tenant": "acme", "project": "proj_1",
        "at": NOW, "mark": "0123456789abcdef", "outcome": "made",
    },
    "usage-cost": {
        "start": NOW, "end": NOW, "quantity": "12.5", "amount": "3.10", "currency": "EUR",
        "job": "tune", "allocation_rule": "by tokens",
    },
    "energy-use": {
        "activity": "training",
        "job": "tune",
        "run": "mmlu",
        "energy_kwh": {"value": 1.5, "low": 1.0, "high": 2.0},
        "assurance": "estimated-flop",
        "method": "FLOP",
    },
    "finding": {
        **ABOUT,
        "assessment": D,
        "found_at": NOW,
        "finding": {"id": "a.b", "analyzer": "a", "title": "T", "outcome": "pass", "summary": "S",
                    "evidence": [D]},
    },
    "assessment": {**ABOUT, "assessed_at": NOW, "assessment": FILE, "subject": D},
    "decision": {
        "model": "tuned", "assessment": D, "decisions": FILE, "verdict": "pass", "decided_at": NOW,
    },
    "report": {
        "model": "tuned", "dossier": D, "statement": D, "verdict": "fail", "signed_at": NOW,
    },
    "waiver": {
        **ABOUT, "rule": "FTG-FAIR-001", "reason": "Fixed next week", "granted_by": "party-1",
        "granted_at": NOW, "expires_at": "2026-12-01T00:00:00Z",
    },
    "sign-off": {
        **ABOUT, "assessment": D, "role": "approver", "party": "party-1", "decision": "approve",
        "decided_at": NOW, "statement": FILE,
    },
    "incident": {
        **ABOUT, "kind": "serious_incident", "summary": "It denied all", "occurred_at": UNKNOWN,
        "known_at": NOW, "harms": ["fundamental_rights"], "files": [FILE],
        "notifications": [{"to": "authority", "at": NOW}],
    },
    "signature": {
        "signed": D, "kind": "report", "report": "tuned", "key": D, "algorithm": "ecdsa-p256",
        "signed_at": NOW, "envelope": FILE,
    },
    "party": {"kind": "organisation", "role": "provider", "legal_name": "Acme Bank AG"},
    "assignment": {
        "party": "party-1", "role": "deployer", "scope": {"type": "system", "name": "desk"},
        "valid_from": NOW, "valid_to": "2027-01-01T00:00:00Z",
    },
    "erasure": {
        "party": "party-1", "digests": [D], "keys": ["key-1"], "reason": "asked", "erased_at": NOW,
    },
    "answer": {
        "system": "desk", "question": "rms-4", "settles": "duty", "pack": "a-pack", "value": True,
        "reason": "looked at", "evidence": [FILE], "author": "party-1", "answered_at": NOW,
        "purpose": D, "job": "job",
    },
    "answer-signature": {
        "system": "desk", "question": "rms-2", "answer": D, "hand": "author",
        "envelope": FILE, "signed_at": NOW,
    },
    "special-columns": {"columns": ["ethnicity"]},
    "upload-override": {
        "columns": ["ethnicity"], "categories": ["racial or ethnic origin"], "reason": "consent",
        "author": "party-1", "decided_at": NOW,
    },
    "bias-basis": {
        "columns": ["ethnicity"], "basis": "bias_detection", "reason": "needed",
        "points": {"a": "tried"}, "delete_by": "2027-01-31", "author": "party-1", "file": FILE,
    },
    "deployment": {
        "provider": "azure", "model": "tuned", "region": "swedencentral", "sku": "Standard",
        "capacity": 50, "state": "Succeeded", "observation": SEEN,
    },
    "capture": {
        "provider": "openai", "tenant": "org-1", "resource": "fine_tuning.jobs", "file": FILE,
        "responses": 3, "first_at": NOW, "last_at": NOW,
    },
    "archived": {
        "provider": "openai", "resource": "fine_tuning.jobs", "native_id": "ftjob-1",
        "observed_at": NOW, "capture": "openai-1", "files": [FILE], "settled": True,
        "parts": [{"resource": "job", "items": 1, "content": D, "responses": [D]}],
        "flags": [{"path": "status", "fault": "is no word of the specification", "found": "odd"}],
        "tombstoned_at": NOW,
    },
}  # fmt: skip
"""The fields of a sample of each type, but for `type` and `name`."""


def ledger_types() -> dict[str, type[Record]]:
    """Return each type of record that has a word and a name, so that the ledger can keep it."""
    found: dict[str, type[Record]] = {}
    for module in pkgutil.iter_modules(ftgov.records.__path__):
        for kind in vars(importlib.import_module(f"ftgov.records.{module.name}")).values():
            if isinstance(kind, type) and issubclass(kind, Record):
                field = kind.model_fields.get("type")
                if field and "name" in kind.model_fields and isinstance(field.default, str):
                    found[field.default] = kind
    return found


def sample(word: str, name: str = "it") -> Record:
    """Return the sample of a type."""
    return ledger_types()[word].model_validate({"name": name, **SAMPLES[word]})
