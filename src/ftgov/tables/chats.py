"""Training rows: what a row must hold to be used, and the prompts that it teaches."""

from __future__ import annotations

from typing import Any


def user_prompts(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the user's texts of a training or evaluation row.

    Read are chat rows (`messages`), preference rows (`input.messages`, as in hosted DPO) and
    evaluation rows (`prompt`).

    Raises:
        ValueError: If the row is none of these, and why.
    """
    if isinstance(row.get("prompt"), str):
        return (row["prompt"],)
    inner = row.get("input")
    messages = (inner if isinstance(inner, dict) else row).get("messages")
    if not isinstance(messages, list) or not messages:
        raise ValueError("it has neither messages nor a prompt")
    prompts = []
    for place, message in enumerate(messages):
        fault = _message_fault(message)
        if fault:
            raise ValueError(f"message {place + 1} {fault}")
        if message["role"] == "user":
            prompts.append(_content_text(message["content"]))
    return tuple(prompts)


def _message_fault(message: object) -> str:
    if not isinstance(message, dict):
        return "is no object"
    if not isinstance(message.get("role"), str) or not message["role"]:
        return "has no role"
    content = message.get("content")
    if isinstance(content, str | list):
        return ""
    if message["role"] != "user" and (message.get("tool_calls") or message.get("function_call")):
        return ""
    return "has no content"


def _content_text(content: str | list[Any]) -> str:
    """Return a message's text; of a list of parts, the text parts joined."""
    if isinstance(content, str):
        return content
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "\n".join(part for part in parts if isinstance(part, str))
