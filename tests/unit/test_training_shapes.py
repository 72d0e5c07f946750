"""What a row must be, by method: sound rows give their prompts, each fault has its words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ftgov.tables.training_shapes import SHAPES

USER = {"role": "user", "content": "May I?"}
ANSWER = {"role": "assistant", "content": "You may."}
OTHER = {"role": "assistant", "content": "You may not."}
CALL = {"role": "assistant", "tool_calls": [{"id": "1"}]}
PARTS = {"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url"}]}


def _chat(*messages: object, **more: object) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def _pair(
    preferred: object = (ANSWER,), other: object = (OTHER,), **more: object
) -> dict[str, Any]:
    outputs = {"preferred_output": preferred, "non_preferred_output": other}
    listed = {name: list(v) if isinstance(v, tuple) else v for name, v in outputs.items()}
    return {"input": _chat(USER), **listed, **more}


@pytest.mark.parametrize(
    ("method", "row", "prompts"),
    [
        ("supervised", _chat(USER, ANSWER), ("May I?",)),
        ("supervised", _chat(ANSWER), ()),
        ("supervised", _chat(USER, ANSWER, USER, {**ANSWER, "weight": 0}), ("May I?", "May I?")),
        ("supervised", _chat(USER, CALL, {"role": "tool", "content": ""}, ANSWER), ("May I?",)),
        ("supervised", _chat(USER, CALL, tools=[]), ("May I?",)),
        ("supervised", _chat(PARTS, ANSWER), ("See",)),
        ("supervised", _chat({"role": "developer", "content": "Be kind."}, USER, ANSWER),
         ("May I?",)),
        ("dpo", _pair(), ("May I?",)),
        ("reinforcement", _chat(USER, answer="yes"), ("May I?",)),
    ],
)  # fmt: skip
def test_sound_rows_give_their_prompts(method: Any, row: Any, prompts: tuple[str, ...]) -> None:
    assert SHAPES[method](row) == prompts


@pytest.mark.parametrize(
    ("method", "row", "why"),
    [
        ("supervised", {}, "it has no messages"),
        ("supervised", _chat(), "it has no messages"),
        ("supervised", {"messages": "no"}, "it has no messages"),
        ("supervised", _pair(), "looks like a row for --method dpo"),
        ("supervised", _chat(USER), "its last message is of the user"),
        ("supervised", _chat("no", ANSWER), "message 1 is no object"),
        ("supervised", _chat({"content": "x"}, ANSWER), "message 1 has no role"),
        ("supervised", _chat({"role": ["user"], "content": "x"}, ANSWER), "unknown role"),
        ("supervised", _chat({"role": "human", "content": "x"}, ANSWER), "unknown role: human"),
        ("supervised", _chat(USER, {"role": "assistant"}), "message 2 has no content"),
        ("supervised", _chat(USER, {"role": "assistant", "content": " \n"}), "message 2 is empty"),
        ("supervised", _chat({"role": "user", "tool_calls": [1]}, ANSWER), "1 has no content"),
        ("supervised", _chat({"role": "user", "content": 7}, ANSWER), "neither text nor a list"),
        ("supervised", _chat({"role": "user", "content": []}, ANSWER), "message 1 is empty"),
        ("supervised", _chat({"role": "user", "content": [7]}, ANSWER), "a part without a type"),
        ("supervised", _chat({"role": "user", "content": [{"type": "text"}]}, ANSWER),
         "a text part without text"),
        ("supervised", _chat(USER, {**ANSWER, "weight": 0.5}), "neither 0 nor 1"),
        ("supervised", _chat(USER, {**ANSWER, "weight": True}), "neither 0 nor 1"),
        ("supervised", _chat(USER, {**ANSWER, "weight": [1]}), "neither 0 nor 1"),
        ("dpo", _chat(USER, ANSWER), "it has no input with messages"),
        ("dpo", _pair(input=_chat(USER, ANSWER)), "its input ends with an answer"),
        ("dpo", _pair(preferred=()), "it has no preferred_output"),
        ("dpo", _pair(other="x"), "it has no non_preferred_output"),
        ("dpo", _pair(preferred=(USER,)), "its preferred_output is not an answer"),
        ("dpo", _pair(other=(USER, OTHER)), "its non_preferred_output is not an answer"),
        ("dpo", _pair(other=({"role": "assistant"},)), "non_preferred_output message 1 has no"),
        ("dpo", _pair(other=(ANSWER,)), "its two outputs are the same"),
        ("reinforcement", _chat(USER, ANSWER, answer=1), "is of the assistant, not of the user"),
        ("reinforcement", _chat(USER, tools=[]), "no field beside its messages"),
        ("reinforcement", _chat(USER, answer=None), "no field beside its messages"),
    ],
)  # fmt: skip
def test_each_fault_has_its_words(method: Any, row: Any, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        SHAPES[method](row)
