"""A figure and its limit on one line each, as they stand in every format."""

from __future__ import annotations

from ftgov.exports.judged import Item
from ftgov.records.decision import Figure
from ftgov.records.printable import one_line

MOST = 3
"""How many figures a format shows of one rule; `--format json` has all of them."""


def figure_text(figure: Figure) -> str:
    """Return a figure as one line, at most six significant digits."""
    text = f"{figure.measure}{_part(figure)} "
    if figure.value is None:
        return f"{text}has no value: {one_line(figure.reason or 'no reason was recorded')}"
    text += f"{figure.value:.6g}"
    if figure.unit != "1":
        text += f" {one_line(figure.unit)}"
    if figure.low is not None and figure.high is not None:
        text += f", interval {figure.low:.6g} to {figure.high:.6g}"
    return text + (f", n {figure.n}" if figure.n is not None else "")


def figure_lines(item: Item) -> tuple[str, ...]:
    """Return the figures that an item rests on, whole ones first, and how many are left out."""
    ordered = sorted(item.figures, key=lambda each: len(each.slice) + len(each.between))
    lines = [figure_text(figure) for figure in ordered[:MOST]]
    if more := len(ordered) - MOST:
        lines += [f"and {more} more"] if more > 0 else []
    return tuple(lines)


def limit_text(item: Item) -> str:
    """Return under which limits a rule passes, on one line; empty where it compares nothing."""
    return " and ".join(
        f"{one_line(each.path)} {each.comparison} {one_line(each.limit)}" for each in item.limits
    )


def detail_lines(item: Item) -> tuple[str, ...]:
    """Return `figure: ...` for each figure that is shown, and `limit: ...` where there is one."""
    lines = [f"figure: {text}" for text in figure_lines(item)]
    if limit := limit_text(item):
        lines.append(f"limit: {limit}")
    return tuple(lines)


def _part(figure: Figure) -> str:
    if figure.between:
        return " between " + " and ".join(map(_group, figure.between))
    return f" of {_group(figure.slice)}" if figure.slice else ""


def _group(group: dict[str, str | None]) -> str:
    return ", ".join(
        f"{one_line(key)}={'(missing)' if value is None else one_line(value)}"
        for key, value in group.items()
    )
