"""How many parameters work on a token: published sizes, priors, or a plain no.

Sizes of open weights are those of their model cards. OpenAI has published none of a model that it
fine-tunes, so these are ranges of ours, labelled assumed; where not even a range can be cited, the
answer says so.
"""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ftgov.energy.factors import Factor, aliases, canonical, factor, table

_FILE = Path(__file__).resolve().parent / "model.json"
_QUANTISED = re.compile(r"[-_](gguf|gptq|awq|bnb-4bit|unsloth-bnb-4bit|fp8|4bit|8bit|mlx)$")


class ModelPrior(NamedTuple):
    """What is known of a base model's size.

    Attributes:
        name: The base model's name in the table.
        parameters: Its active parameters: published (no range), or an assumed range.
    """

    name: str
    parameters: Factor


class Unresolved(NamedTuple):
    """Why a model's size can't be told, and not even assumed."""

    name: str
    reason: str


def base_of(name: str) -> str:
    """Return the base model of a fine-tuned model's name; any other name as it is.

    OpenAI writes `ft:BASE:ORGANISATION:SUFFIX:ID`, with `:ckpt-step-N` for a checkpoint; Azure
    writes `BASE.ft-ID` and `BASE.ft-ID-SUFFIX`; older jobs wrote `curie:ft-org-date`.
    """
    text = name.strip()
    if text.lower().startswith("ft:"):
        return text.split(":")[1]
    for mark in (".ft-", ":ft-"):
        if mark in text:
            return text.split(mark, 1)[0]
    return text


def model_prior(name: str) -> ModelPrior | None:
    """Return the size of a model or of a fine-tuned model's base, None where it is not known.

    Args:
        name: As a provider writes it: dated or not, `ft:...`, with or without its organisation.
    """
    found = resolve(name)
    return found if isinstance(found, ModelPrior) else None


def resolve(name: str) -> ModelPrior | Unresolved:
    """Return the size of a model or of a fine-tuned model's base, or why there is none."""
    base = base_of(name)
    known = _canonical(base)
    if known is None:
        return Unresolved(base, _reason(base))
    return ModelPrior(known, factor(f"model.{known}"))


def _canonical(base: str) -> str | None:
    """Return the table's name; weights that were quantised or copied keep the size of theirs."""
    wanted = base.lower()
    for form in (wanted, _QUANTISED.sub("", wanted)):
        short = form.rsplit("/", 1)[-1]
        found = canonical("model", form) or canonical("model", short)
        if found is not None:
            return found
    return None


def _reason(base: str) -> str:
    """Return why a base model has no size here."""
    if not base:
        return "The name holds no base model."
    written = _unresolved()
    return written.get(
        base.lower(),
        f"The table of models doesn't know '{base}'{_nearest(base)}, and a size is not guessed "
        "from a name: give --params LOW,HIGH.",
    )


def _nearest(base: str) -> str:
    """Return the name of the table that is nearest to one it doesn't know, in brackets."""
    known = [*(name.removeprefix("model.") for name in table("model")), *aliases("model")]
    folded = {name.lower(): name for name in known}
    near = difflib.get_close_matches(base.strip().lower(), folded, n=1, cutoff=0.75)
    return f" (the nearest it knows is {folded[near[0]]})" if near else ""


@cache
def _unresolved() -> dict[str, str]:
    """Return the models that the table names without a size, each with the reason."""
    content: dict[str, dict[str, str]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return content["unresolved"]
