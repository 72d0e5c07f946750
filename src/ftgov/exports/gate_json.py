"""A gate's result as JSON: the document that `ftgov check --json` prints."""

from __future__ import annotations

import json
from typing import Any

from ftgov.exports.judged import Judged
from ftgov.records.canonical import plain


def document(judged: Judged) -> dict[str, Any]:
    """Return the result as plain JSON values."""
    return {
        "model": judged.model,
        "system": judged.system,
        "verdict": judged.verdict,
        "assessment": judged.assessment,
        "assessed_at": judged.assessed_at,
        "decided_at": judged.decided_at,
        "time_source": "given" if judged.is_time_given else "system-clock",
        "trust": plain(judged.believed) if judged.believed else None,
        "notes": list(judged.notes),
        "does_not_prove": list(judged.verification.does_not_prove if judged.verification else ()),
        "decisions": [plain(decision) for decision in judged.decisions],
    }


def render(judged: Judged) -> str:
    """Return the result as one JSON document on one line."""
    return json.dumps(document(judged), ensure_ascii=False, allow_nan=False) + "\n"
