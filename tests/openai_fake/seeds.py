"""Small deterministic makers: ids, figures and texts that depend on a seed alone."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

Json = dict[str, Any]

NOW = 1_795_258_800
"""The fake's clock at the start: 2026-11-21T11:00:00Z, in Unix seconds."""

DAY = 86_400


def ident(prefix: str, *parts: object, length: int = 24) -> str:
    """Return an id that looks like the host's and depends on its parts alone."""
    text = "|".join(str(part) for part in parts)
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:length]


def share(*parts: object) -> float:
    """Return a number in [0, 1) that depends on its parts alone."""
    text = "|".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def loss_at(job: str, step: int, total: int, *, valid: bool = False) -> float:
    """Return a loss that falls with the steps, with a little noise."""
    start = 2.4 + share(job, "start")
    noise = 0.05 * share(job, step, valid)
    return round(start * math.exp(-3 * step / total) + (0.15 if valid else 0.0) + noise, 5)


def accuracy_at(job: str, step: int, total: int, *, valid: bool = False) -> float:
    """Return a token accuracy that rises with the steps."""
    return round(1 - 0.5 * math.exp(-3 * step / total) - (0.03 if valid else 0.0), 5)


def chat_lines(job: str, lines: int) -> bytes:
    """Return a training file: chats as JSON lines."""
    rows = (
        {
            "messages": [
                {"role": "user", "content": f"May I borrow {100 * number} euros, case {case}?"},
                {"role": "assistant", "content": f"Case {number} is with a colleague."},
            ]
        }
        for number in range(1, lines + 1)
        for case in [ident("", job, number, length=8)]
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()
