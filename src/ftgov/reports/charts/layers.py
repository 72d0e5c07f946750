"""The layout of a lineage graph: which box stands in which column and row.

Method: longest-path layering with sources pulled towards their users, virtual boxes for edges that
span columns, and barycentre ordering (Sugiyama, Tagawa and Toda 1981). Direct edges that a longer
path already tells (transitive reduction) are left out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

Edge = tuple[str, str]


class Layout(NamedTuple):
    """Columns of node names, left to right; a name with a `>` is a virtual box of a long edge."""

    columns: tuple[tuple[str, ...], ...]
    edges: tuple[Edge, ...]


def reduced(edges: list[Edge]) -> list[Edge]:
    """Return the edges that no longer path implies, in their order, each once."""
    unique = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    after: dict[str, set[str]] = {}
    for start, end in unique:
        after.setdefault(start, set()).add(end)
    return [
        (start, end)
        for start, end in unique
        if not any(_reaches(after, via, end) for via in after[start] if via != end)
    ]


def _reaches(after: dict[str, set[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            waiting += after.get(node, ())
    return False


def layered(nodes: list[str], edges: list[Edge]) -> Layout:
    """Return the columns of a graph whose edges lead from left to right.

    Args:
        nodes: Names of the boxes.
        edges: Pairs of names; a cycle is cut where it is met, a lineage has none.
    """
    kept = reduced([edge for edge in edges if set(edge) <= set(nodes)])
    level = _levels(nodes, kept)
    columns: list[list[str]] = [[] for _ in range(max(level.values(), default=0) + 1)]
    for node in nodes:
        columns[level[node]].append(node)
    routed: list[Edge] = []
    for start, end in kept:
        stops = [f"{start}>{end}>{step}" for step in range(level[start] + 1, level[end])]
        for step, stop in enumerate(stops, start=level[start] + 1):
            columns[step].append(stop)
        chain = [start, *stops, end]
        routed += pairwise(chain)
    for _ in range(3):
        _order(columns, routed)
    return Layout(tuple(tuple(column) for column in columns), tuple(routed))


def _levels(nodes: list[str], edges: list[Edge]) -> dict[str, int]:
    level = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for start, end in edges:
            level[end] = min(max(level[end], level[start] + 1), len(nodes))
    targets = {end for _, end in edges}
    for node in nodes:
        users = [level[end] for start, end in edges if start == node]
        if node not in targets and users:
            level[node] = max(0, min(users) - 1)
    order = {value: index for index, value in enumerate(sorted(set(level.values())))}
    return {node: order[value] for node, value in level.items()}


def _order(columns: list[list[str]], edges: list[Edge]) -> None:
    for neighbours, sweep in ((0, columns[1:]), (1, columns[-2::-1])):
        for column in sweep:
            rank = {name: i for other in columns for i, name in enumerate(other)}
            weight = {name: _centre(name, edges, rank, neighbours) for name in column}
            column.sort(key=lambda name: (weight[name], rank[name]))


def _centre(name: str, edges: list[Edge], rank: dict[str, int], side: int) -> float:
    near = [rank[edge[side]] for edge in edges if edge[1 - side] == name]
    return sum(near) / len(near) if near else float(rank[name])
