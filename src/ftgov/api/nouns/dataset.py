"""Recording a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names, stated
from ftgov.api.recording import ACTOR, record
from ftgov.intake.files import describe_file
from ftgov.records.dataset import Dataset
from ftgov.store.workspace import Workspace

_STATED = {"legal_basis", "special_categories", "owner"}  # `unknown` and `n/a` are told apart


def record_dataset(
    workspace: Workspace,
    name: str,
    files: Sequence[Path],
    *,
    actor: str = ACTOR,
    erasable: bool = False,
    **fields: object,
) -> list[str]:
    """Record a dataset and keep its files.

    Args:
        workspace: Where to.
        name: The dataset's name.
        files: Its files.
        actor: Who records it.
        erasable: Keep the files encrypted, under keys that can be destroyed.
        fields: Those of `records.dataset.Dataset`; text may be `unknown` or `n/a`.

    Raises:
        UsageError: If a field is malformed, or a dataset it was made of is not recorded.
    """
    described = {path: describe_file(path) for path in files}
    given = {key: stated(v) if key in _STATED else v for key, v in fields.items()}
    made = build(Dataset, {"name": name, "files": tuple(described.values()), **given})
    require_names(workspace, Dataset, (parent.name for parent in made.parents))
    return record(workspace, [made], described, actor=actor, erasable=erasable)
