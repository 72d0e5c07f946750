"""Drawings of what is recorded, as SVG text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ftgov.api.lineage import lineage
from ftgov.errors import UsageError
from ftgov.reports.charts.graph import Node, lineage_chart
from ftgov.store.workspace import Workspace

_COLUMNS: Final = 7
"""More steps than this are told as one box: narrower boxes can't be read."""

_GROUPS: Final = (
    "datasets",
    "jobs",
    "models",
    "descendants",
    "later_jobs",
    "systems",
    "evaluations",
    "reports",
)
_LOOKS: Final = {"dataset": "dataset", "job": "job", "model": "model", "system": "system"}
_ROLES: Final = {"train": "train", "validation": "valid.", "test": "test", "evaluation": "eval."}
_MORE: Final = "more"


def lineage_svg(workspace: Workspace, model: str, system: str | None = None) -> str:
    """Return the lineage graph of a model: from data and base models to systems and reports.

    Where it has too many steps for a page, the farthest stand in one box.

    Args:
        workspace: Where to look.
        model: The model.
        system: Draw only this of the systems.

    Raises:
        UsageError: If model or system is not recorded.
    """
    found = lineage(workspace, model)
    records = {f"{one['type']}/{one['name']}": one for group in _GROUPS for one in found[group]}
    systems = {key for key in records if key.startswith("system/")}
    if system is not None and f"system/{system}" not in systems:
        raise UsageError(
            f"There is no system '{system}' that uses the model '{model}'.",
            next_step="ftgov lineage without --system draws all of them.",
        )
    if system is not None:
        records = {k: v for k, v in records.items() if k not in systems - {f"system/{system}"}}
    missing = [Node(key, key.partition("/")[0], "never recorded", key) for key in found["missing"]]
    nodes = [_node(key, record) for key, record in records.items()] + missing
    known = {node.key for node in nodes}
    edges = [
        (link["above"], link["below"])
        for link in found["links"]
        if link["above"] in known and link["below"] in known
    ]
    nodes, edges = _folded(f"model/{model}", nodes, edges)
    names = {node.key: f"{node.caption} {node.name}" for node in nodes}
    told = "; ".join(f"{names[start]} to {names[end]}" for start, end in edges)
    title = f"Lineage of {model}, from its data to what it led to"
    description = f"{told or 'no known origin'}.{_files(found['datasets'])}"
    return lineage_chart(title, description, nodes, edges)


def _node(key: str, record: Mapping[str, Any]) -> Node:
    kind = str(record["type"])
    caption, name = _label(kind, record)
    return Node(key, _LOOKS.get(kind, "dataset"), caption, name)


def _label(kind: str, record: Mapping[str, Any]) -> tuple[str, str]:
    """Return the small words and the name in a box; those of a dataset say which bytes it is."""
    name = str(record["name"])
    if kind == "dataset":
        files = record["files"]
        mark = files[0]["digest"][7:15] if len(files) == 1 else f"{len(files)} files"
        return f"{_ROLES[record['role']]} {mark}", name
    if kind == "report":
        return f"report: {record['verdict']}", str(record["signed_at"])[:10]
    if kind in {"evaluation", "evaluation-run"}:
        return "evaluation", str(record["dataset"] or name)
    return {"job": f"{record.get('method')} job", "model": f"{record.get('kind')} model"}.get(
        kind, kind
    ), name


def _files(datasets: Iterable[Mapping[str, Any]]) -> str:
    """Return the digests of all dataset files as a sentence, for who can't see the boxes."""
    files = [f"{file['name']} {file['digest']}" for data in datasets for file in data["files"]]
    return f" Files: {'; '.join(files)}." if files else ""


Edge = tuple[str, str]


def _folded(root: str, nodes: list[Node], edges: list[Edge]) -> tuple[list[Node], list[Edge]]:
    """Put what is too many steps away into one box at each end; base models stay.

    Args:
        root: The key of the model that is drawn.
        nodes: All boxes.
        edges: From what was used to what was made of it.
    """
    steps = {True: _steps(root, edges, upwards=True), False: _steps(root, edges, upwards=False)}
    limits = _limits(max(steps[True].values()), max(steps[False].values()))
    for upwards, limit in zip((True, False), limits, strict=True):
        stay = {n.key for n in nodes if n.caption == "base model"} if upwards else set()
        gone = {key for key, far in steps[upwards].items() if far > limit} - stay
        if not gone:
            continue
        box = f"{_MORE}/{'up' if upwards else 'down'}"
        word = "earlier" if upwards else "later"
        nodes = [node for node in nodes if node.key not in gone]
        nodes.append(Node(box, "job", f"{word} steps", f"{len(gone)} more"))
        joined = [(box if a in gone else a, box if b in gone else b) for a, b in edges]
        edges = list(dict.fromkeys(edge for edge in joined if edge[0] != edge[1]))
        edges = [edge for edge in edges if edge[1] not in stay or edge[0] != box]
    return nodes, edges


def _limits(up: int, down: int) -> tuple[int, int]:
    """Return how many steps up and down are drawn; folded ends take a box or two themselves."""
    if up + 1 + down <= _COLUMNS:
        return up, down
    if up <= 3:
        return up, _COLUMNS - 2 - up
    if down <= 2:
        return _COLUMNS - 3 - down, down
    return 2, 2


def _steps(root: str, edges: Sequence[Edge], *, upwards: bool) -> dict[str, int]:
    """Return the length of the longest way from each key to the root, up to what can be drawn."""
    found = {root: 0}
    for _ in range(_COLUMNS + 1):
        for start, end in edges:
            near, far = (end, start) if upwards else (start, end)
            if near in found and far != root:
                found[far] = max(found.get(far, 0), min(found[near] + 1, _COLUMNS + 1))
    return _reaching(root, found, edges, upwards=upwards)


def _reaching(
    root: str, found: dict[str, int], edges: Sequence[Edge], *, upwards: bool
) -> dict[str, int]:
    """Add what lies beyond the last step that was counted."""
    towards: dict[str, list[str]] = {}
    for start, end in edges:
        near, far = (end, start) if upwards else (start, end)
        towards.setdefault(near, []).append(far)
    waiting = list(found)
    for key in waiting:
        for other in towards.get(key, ()):
            if other not in found and other != root:
                found[other] = _COLUMNS + 1
                waiting.append(other)
    return found
