"""Vector stores, stored chat completions and moderations of the fake."""

from __future__ import annotations

from collections.abc import Sequence

from openai_fake.seeds import DAY, Json, ident

MODERATED = (
    "hate", "hate/threatening", "harassment", "harassment/threatening", "illicit",
    "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions", "sexual",
    "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip


def new_store(number: int, now: int, files: Sequence[str]) -> tuple[Json, list[Json]]:
    """Return a vector store and its files."""
    name = ident("vs_", number)
    kept = [
        {
            "id": file,
            "object": "vector_store.file",
            "usage_bytes": 1234 + place,
            "created_at": now - 40 * DAY + place,
            "vector_store_id": name,
            "status": "completed",
            "last_error": None,
            "chunking_strategy": {
                "type": "static",
                "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400},
            },
            "attributes": {},
        }
        for place, file in enumerate(files)
    ]
    counts = {"in_progress": 0, "failed": 0, "cancelled": 0}
    return {
        "id": name,
        "object": "vector_store",
        "created_at": now - 40 * DAY,
        "name": f"Lending rules {number}",
        "usage_bytes": sum(int(str(entry["usage_bytes"])) for entry in kept),
        "file_counts": {**counts, "completed": len(kept), "total": len(kept)},
        "status": "completed",
        "expires_after": {"anchor": "last_active_at", "days": 30},
        "expires_at": now + 30 * DAY,
        "last_active_at": now - DAY,
        "metadata": {},
    }, kept


def new_completion(number: int, now: int, model: str) -> Json:
    """Return a stored chat completion."""
    return {
        "object": "chat.completion",
        "id": ident("chatcmpl-", number),
        "model": model,
        "created": now - (9 - number) * DAY,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": f"Case {number} is with a colleague.",
                    "refusal": None,
                },
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": 20, "completion_tokens": 8, "total_tokens": 28},
        "metadata": {"case": str(number)},
    }


def new_batch(number: int, now: int, file: str) -> Json:
    """Return a finished batch of requests."""
    started = now - (20 - number) * DAY
    return {
        "object": "batch",
        "id": ident("batch_", number),
        "endpoint": "/v1/chat/completions",
        "input_file_id": file,
        "completion_window": "24h",
        "status": "completed",
        "output_file_id": file,
        "created_at": started,
        "completed_at": started + 600,
        "request_counts": {"total": 3, "completed": 3, "failed": 0},
        "metadata": None,
    }


def messages_of(completion: Json) -> list[Json]:
    """Return the messages of a stored completion."""
    choice = completion["choices"][0]["message"]
    return [{"id": f"{completion['id']}-0", "content_parts": None, **choice}]


def moderation(texts: Sequence[str], model: str) -> Json:
    """Return a moderation: a text that holds the word `kill` is flagged for violence."""
    results: list[Json] = []
    for text in texts:
        found = {name: name == "violence" and "kill" in text for name in MODERATED}
        results.append(
            {
                "flagged": any(found.values()),
                "categories": found,
                "category_scores": {name: 0.97 if hit else 0.001 for name, hit in found.items()},
                "category_applied_input_types": {name: ["text"] for name in MODERATED},
            }
        )
    return {"id": ident("modr-", *texts), "model": model, "results": results}
