"""What a row of training data must be, by the method that will learn from it.

Source: OpenAI's guides to supervised, preference (DPO) and reinforcement fine-tuning, and its API
specification 2.3.0 (`FineTuneChatCompletionRequestAssistantMessage`: a weight is 0 or 1). Local
trainers that take chat rows (TRL) read the first two shapes as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ftgov.records.printable import one_line
from ftgov.records.training_rows import Method
from ftgov.tables.chats import user_prompts
from ftgov.tables.row_tally import Reading

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_SETTINGS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
_MAY_BE_EMPTY = frozenset({"tool", "function"})


def supervised_prompts(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the prompts of a chat row that ends with the answer to learn.

    Raises:
        ValueError: If the row is none, and why.
    """
    if "messages" not in row and "preferred_output" in row:
        raise ValueError("it has no messages; it looks like a row for --method dpo")
    roles = _roles(row, "messages")
    if roles[-1] != "assistant":
        raise ValueError(
            f"its last message is of the {roles[-1]}, so that there is no answer to learn"
        )
    return user_prompts({"messages": row["messages"]})


def dpo_prompts(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the prompts of a preference row: an input, and two outputs that differ.

    Raises:
        ValueError: If the row is none, and why.
    """
    inner = row.get("input")
    if _roles(inner if isinstance(inner, dict) else {}, "messages", "input")[-1] == "assistant":
        raise ValueError("its input ends with an answer of the assistant")
    for name in ("preferred_output", "non_preferred_output"):
        roles = _roles(row, name)
        if roles[-1] != "assistant" or not {"assistant", "tool"}.issuperset(roles):
            raise ValueError(f"its {name} is not an answer of the assistant")
    if row["preferred_output"] == row["non_preferred_output"]:
        raise ValueError("its two outputs are the same, so that neither is preferred")
    return user_prompts({"input": inner})


def reinforcement_prompts(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the prompts of a row that a grader scores: it ends with a user's turn.

    Raises:
        ValueError: If the row is none, and why.
    """
    roles = _roles(row, "messages")
    if roles[-1] != "user":
        raise ValueError(f"its last message is of the {roles[-1]}, not of the user")
    if not any(value is not None for name, value in row.items() if name not in _SETTINGS):
        raise ValueError("it has no field beside its messages that a grader could compare with")
    return user_prompts({"messages": row["messages"]})


SHAPES: Mapping[Method, Reading] = {
    "supervised": supervised_prompts,
    "dpo": dpo_prompts,
    "reinforcement": reinforcement_prompts,
}
"""What a row must be, by method."""


def _roles(holder: dict[str, Any], name: str, shown: str = "") -> Sequence[str]:
    """Return the roles of a list of messages, in order, at least one."""
    messages = holder.get(name)
    if not isinstance(messages, list) or not messages:
        raise ValueError(f"it has no {f'{shown} with {name}' if shown else name}")
    where = {"messages": "message"}.get(name, f"{name} message")
    for place, message in enumerate(messages, start=1):
        if fault := _fault(message):
            raise ValueError(f"{where} {place} {fault}")
    return [message["role"] for message in messages]


def _fault(message: object) -> str:
    """Return what is wrong with a message, as words after "message 2", or nothing."""
    if not isinstance(message, dict):
        return "is no object"
    return _role_fault(message) or _content_fault(message)


def _role_fault(message: dict[str, Any]) -> str:
    """Return what is wrong with a message's role or weight, or nothing."""
    role, weight = message.get("role"), message.get("weight")
    if role not in ROLES:
        return f"has an unknown role: {_shown(role)}" if role else "has no role"
    if weight is not None and (type(weight) is not int or weight not in {0, 1}):
        return "has a weight that is neither 0 nor 1"
    return ""


def _content_fault(message: dict[str, Any]) -> str:
    """Return what is wrong with a message's content, or nothing."""
    content, role = message.get("content"), message["role"]
    calls = role == "assistant" and (message.get("tool_calls") or message.get("function_call"))
    if content is None:
        return "" if calls else "has no content"
    if isinstance(content, list):
        return _parts_fault(content)
    if not isinstance(content, str):
        return "has content that is neither text nor a list of parts"
    return "" if content.strip() or calls or role in _MAY_BE_EMPTY else "is empty"


def _parts_fault(parts: list[Any]) -> str:
    for part in parts:
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            return "has a part without a type"
        if part["type"] == "text" and not isinstance(part.get("text"), str):
            return "has a text part without text"
    said = any(part["type"] != "text" or part["text"].strip() for part in parts)
    return "" if said else "is empty"


def _shown(value: object) -> str:
    text = one_line(str(value))
    return f"{text[:40]}…" if len(text) > 40 else text
