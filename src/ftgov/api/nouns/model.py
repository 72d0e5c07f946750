"""Recording a model version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names, stated
from ftgov.api.recording import ACTOR, record
from ftgov.intake.files import describe_file
from ftgov.intake.recording import read_weights
from ftgov.records.model import ModelDates, ModelInterface, ModelVersion
from ftgov.store.workspace import Workspace


def record_model(
    workspace: Workspace,
    name: str,
    *,
    weights: Path | None = None,
    dates: Mapping[str, str | None] | None = None,
    tokenizer: Path | None = None,
    chat_template: Path | None = None,
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record a model version.

    Args:
        workspace: Where to.
        name: The model's name.
        weights: JSON that lists the weight files with their digests.
        dates: Those of `records.model.ModelDates`: ISO dates, `unknown` or `n/a`.
        tokenizer: The tokenizer's file; its digest is recorded, the file is not kept.
        chat_template: The chat template's file, likewise.
        actor: Who records it.
        fields: Those of `records.model.ModelVersion`; text may be `unknown` or `n/a` where a field
            tells these from nothing.

    Raises:
        UsageError: If a field is malformed, or a model it names is not recorded.
    """
    given = {key: stated(value) if key == "provider" else value for key, value in fields.items()}
    days = {key: stated(value) for key, value in (dates or {}).items() if value}
    digests = {
        key: describe_file(path).digest
        for key, path in (("tokenizer", tokenizer), ("chat_template", chat_template))
        if path
    }
    made = build(
        ModelVersion,
        {
            "name": name,
            "weights": read_weights(weights) if weights else (),
            "dates": build(ModelDates, days) if days else None,
            "interface": build(ModelInterface, digests) if digests else None,
            **given,
        },
    )
    named = (made.parent, made.adapter, made.alias_of, *made.merged_from)
    require_names(workspace, ModelVersion, named)
    return record(workspace, [made], {}, actor=actor)
