"""Recording a system: its model, its purpose, the facts the law asks, and how it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names, stated
from ftgov.api.recording import ACTOR, build_system, record
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.recording import SystemDraft
from ftgov.intake.text_files import load_yaml
from ftgov.records.dataset import Dataset
from ftgov.records.evidence import Evidence
from ftgov.records.model import ModelVersion
from ftgov.records.operation import Operation, Tool, VectorStore
from ftgov.store.workspace import Workspace

_FROM_DATASET = "dataset:"
_EMPTY: tuple[object, ...] = (None, (), {})


def _stated_purpose(facts: Path) -> object:
    """Return the intended purpose that a facts file states, or None where it states none.

    Raises:
        UsageError: If the file is absent, or its `system` is no mapping.
    """
    content = load_yaml(facts)
    if not isinstance(content, dict) or "system" not in content:
        return None
    found = content["system"]
    if not isinstance(found, dict):
        raise UsageError(
            f"{facts}: its 'system' holds no mapping.",
            why="It says what the system is for.",
            next_step="Write system: {intended_purpose: ...}, or leave 'system' out.",
        )
    return found.get("intended_purpose")


def _draft(name: str, model: str, facts: Path, purpose: str | None) -> SystemDraft:
    found = _stated_purpose(facts)
    if purpose is None and found is None:
        raise UsageError(
            f"The system '{name}' has no intended purpose; {facts} states none.",
            why="The law classifies a system by its intended purpose.",
            next_step="Give --purpose, or write system: {intended_purpose: ...} in the facts file.",
        )
    meant = found if purpose is None else purpose
    return build(
        SystemDraft,
        {"name": name, "model": model, "facts": facts.name, "intended_purpose": meant},
        facts if purpose is None else None,
    )


def _tools(stated_tools: Mapping[str, Path | None]) -> tuple[Tool, ...]:
    return tuple(
        build(Tool, {"name": name, "definition": describe_file(path).digest if path else None})
        for name, path in stated_tools.items()
    )


def _store(workspace: Workspace, name: str, contents: tuple[str, ...]) -> VectorStore:
    """Return a vector store: files by their digests, or a recorded dataset with its files."""
    from_data = [each.removeprefix(_FROM_DATASET) for each in contents if _is_data(each)]
    if len(from_data) > 1:
        raise UsageError(
            f"The vector store '{name}' names several datasets: {', '.join(from_data)}.",
            next_step="Record one dataset that was made of them, with their names as its parents.",
        )
    require_names(workspace, Dataset, from_data)
    digests = [describe_file(Path(each)).digest for each in contents if not _is_data(each)]
    for data in from_data:
        found = workspace.ledger.get(Dataset, data)
        digests += [file.digest for file in found.files] if found else []
    return build(
        VectorStore,
        {"name": name, "dataset": next(iter(from_data), None), "files": tuple(digests)},
    )


def _is_data(text: str) -> bool:
    return text.startswith(_FROM_DATASET)


def record_system(
    workspace: Workspace,
    name: str,
    *,
    model: str,
    facts: Path,
    purpose: str | None,
    prompt: Path | None = None,
    tools: Mapping[str, Path | None] | None = None,
    vector_stores: Mapping[str, tuple[str, ...]] | None = None,
    operation: Mapping[str, object] | None = None,
    actor: str = ACTOR,
) -> list[str]:
    """Record a system: the facts the law asks come from a YAML file.

    Args:
        workspace: Where to.
        name: The system's name.
        model: The model it uses.
        facts: The facts file; it may hold `system: {intended_purpose: ...}` as well.
        purpose: The intended purpose, where the file does not hold it.
        prompt: The system prompt's file; it is kept in the workspace, and no bundle carries it.
        tools: Names of tools, each with the file of its definition or None.
        vector_stores: Names of stores, each with paths of files or one `dataset:NAME`.
        operation: Other fields of `records.operation.Operation`; empty ones are left out.
        actor: Who records it.

    Raises:
        UsageError: If a file is absent, a field malformed, or a model or dataset not recorded.
    """
    given = {key: stated(value) for key, value in (operation or {}).items() if value not in _EMPTY}
    require_names(workspace, ModelVersion, (model, _text(given.get("fallback"))))
    made = build_system(_draft(name, model, facts, purpose), facts)
    kept: dict[Path, Evidence] = {facts: made.facts_file}
    if prompt:
        kept[prompt] = given["system_prompt"] = describe_file(prompt)
    if tools:
        given["tools"] = _tools(tools)
    if vector_stores:
        given["vector_stores"] = tuple(
            _store(workspace, store, contents) for store, contents in vector_stores.items()
        )
    if given:
        made = made.model_copy(update={"operation": build(Operation, given)})
    return record(workspace, [made], kept, actor=actor)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
