"""An audit of decisions as a table for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ftgov.cli.console import Console, inert

if TYPE_CHECKING:
    from ftgov.records.fairness import Comparison, FairnessAudit, Figure, Group, ImpactRatio

_STYLES = {"pass": "good", "fail": "bad", "inconclusive": "weak"}
_RIGHT = frozenset({"n", "p", "applicants", "rate", "impact ratio"})
_MOST_ROWS = 25
_LONGEST = 56
_SHORT = {
    "selection_rate": "selected",
    "true_positive_rate": "true pos.",
    "false_positive_rate": "false pos.",
    "accuracy_score": "accuracy",
}


def lines_of(
    console: Console, audit: FairnessAudit, written: Sequence[object] = ()
) -> Iterator[str]:
    """Yield an audit as lines: groups, comparisons of all groups, pairs that were judged."""
    dropped = "".join(f", {rows:,} dropped ({reason})" for reason, rows in audit.dropped.items())
    title = f"{audit.n:,} rows, {len(audit.groups)} groups by {' x '.join(audit.by)}{dropped}"
    yield console.style(inert(title), "strong")
    if audit.positive is not None:
        yield inert(f"favourable: {audit.prediction} = {audit.positive}")
    yield from ("", *_groups(console, audit))
    yield from _aggregates(console, audit)
    yield from _pairs(console, audit)
    yield from _limits(console, audit)
    yield from _impact(console, audit.impact_ratios)
    for one in audit.by_label:
        yield from ("", inert(f"{one.positive} against the rest"), *_groups(console, one))
    yield from _context(audit)
    yield ""
    for note in audit.notes:
        yield inert(note)
    yield (
        f"Brackets are {100 * audit.confidence:g} % intervals; those of comparisons hold at once. "
        f"{audit.cells.cells:,} cells by {audit.engine}, {audit.resamples:,} resamples, "
        f"seed {audit.seed}."
    )
    for path in written:
        yield f"wrote {path}"


def _groups(console: Console, audit: FairnessAudit) -> Iterator[str]:
    names = [name for name in audit.overall if name != "count"]
    shown = [name for name in names if name in _SHORT] or names[:4]
    rows = [[named(group.group), f"{group.n:,}", *(_cell(group.metrics[n]) for n in shown)]
            for group in audit.groups[:_MOST_ROWS]]  # fmt: skip
    rows.append(["everyone", f"{audit.n:,}", *(_cell(audit.overall[name]) for name in shown)])
    heads = ["group", "n", *(_SHORT.get(name, name) for name in shown)]
    yield from _table(console, heads, rows)
    if len(audit.groups) > _MOST_ROWS:
        yield f"... and {len(audit.groups) - _MOST_ROWS} more groups: see --json"


def _aggregates(console: Console, audit: FairnessAudit) -> Iterator[str]:
    whole = [one for one in audit.comparisons if not one.between]
    if not whole:
        return
    yield ""
    rows = [[one.metric, _ends(one), _p(one), *_verdict(one)] for one in whole]
    yield from _table(console, ["all groups at once", "worst pair", "p", "verdict", ""], rows)


def _pairs(console: Console, audit: FairnessAudit) -> Iterator[str]:
    """Yield the pairs that were judged; without limits those of the selection rate."""
    pairs = [one for one in audit.comparisons if one.between]
    judged = [one for one in pairs if one.limit]
    ratios = [one for one in pairs if one.metric == "selection_rate" and one.kind == "ratio"]
    chosen = sorted(judged, key=_urgency) or ratios or pairs
    if not chosen:
        return
    rows = [
        [
            " : ".join(named(group) for group in one.between),
            f"{one.metric} {one.kind}",
            _ends(one),
            _p(one),
            *_verdict(one),
        ]
        for one in chosen[:_MOST_ROWS]
    ]
    yield ""
    yield from _table(console, ["pair", "figure", "value", "p", "verdict", ""], rows)
    left = len(pairs) - len(rows)
    if left > 0:
        yield f"... and {left} more comparisons: see --json"


def _urgency(one: Comparison) -> int:
    return ("fail", "inconclusive", "not_assessed", "pass").index(one.verdict)


def _limits(console: Console, audit: FairnessAudit) -> Iterator[str]:
    if not audit.limits:
        return
    rows = [
        [
            named(one.group),
            one.limit.text(),
            _interval(one.value, one.low, one.high),
            one.verdict.replace("_", " "),
            one.reason or "",
        ]
        for one in audit.limits
    ]
    yield ""
    yield from _table(console, ["group", "fails if", "value", "verdict", ""], rows)


def _impact(console: Console, table: Sequence[ImpactRatio]) -> Iterator[str]:
    if not table:
        return
    for basis in dict.fromkeys(one.basis for one in table):
        rows = [
            [
                named(one.group),
                f"{one.applicants:,}",
                f"{one.selected:,}" if one.selected is not None else "-",
                "-" if one.rate is None else f"{one.rate:.3f}",
                "-" if one.impact_ratio is None else f"{one.impact_ratio:.2f}",
                "below 4/5" if one.four_fifths else "",
                one.note,
            ]
            for one in table
            if one.basis == basis
        ]
        heads = ["category", "applicants", basis, "rate", "impact ratio", "flag", ""]
        yield ""
        yield from _table(console, heads, rows)
    yield "The impact ratio is the figure that NYC Local Law 144 asks for; it proves nothing alone."


def _context(audit: FairnessAudit) -> Iterator[str]:
    for one in audit.bounds:
        yield (
            f"If the {one.unknown:,} rows without a group had one, {one.metric} could be "
            f"{one.low:.3f} to {one.high:.3f}."
        )
    for line in audit.strata:
        pair = " : ".join(named(group) for group in line.between)
        within = _interval(line.difference, line.low, line.high)
        turned = "; the sign turns" if line.reversed else ""
        yield inert(
            f"{pair} within {line.strata} strata: difference {within}, {line.crude_difference:.3f} "
            f"without strata{turned}"
        )
    for each in audit.calibration:
        gap = _cell(each.gap)
        yield inert(
            f"calibration of {named(each.group)}: mean score minus observed {gap}, expected error "
            f"{_cell(each.expected_error)}"
        )


def named(group: Group) -> str:
    """Return a group as one short word."""
    if not group:
        return "everyone"
    return " / ".join("(not given)" if value is None else value for value in group.values())


def _cell(figure: Figure) -> str:
    return _interval(figure.value, figure.low, figure.high)


def _ends(one: Comparison) -> str:
    return _interval(one.value, one.low, one.high)


def _interval(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "undefined"
    if low is None:
        return _number(value)
    upper = "inf" if high is None else _number(high)
    return f"{_number(value)} [{_number(low)}, {upper}]"


def _number(value: float) -> str:
    if abs(value) < 10 or not math.isfinite(value):
        return f"{value + 0.0:.3f}"
    return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _p(one: Comparison) -> str:
    if one.p_adjusted is None:
        return "-"
    return "<.0001" if one.p_adjusted < 0.0001 else f"{one.p_adjusted:.4f}"


def _verdict(one: Comparison) -> list[str]:
    if one.limit is None and one.value is not None:
        return ["-", ""]
    reason = one.reason or (f"limit {one.limit.text()}" if one.limit else "")
    needed = f"; {one.n_needed:,} rows a group would decide" if one.n_needed else ""
    return [
        one.verdict.replace("_", " "),
        reason + (needed if one.verdict == "inconclusive" else ""),
    ]


def _table(console: Console, heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    """Yield aligned columns; bare numbers to the right, the last column as it is."""
    last = len(heads) - 1
    cells = [[_short(inert(cell), last=at == last) for at, cell in enumerate(row)] for row in rows]
    widths = [max(len(row[at]) for row in [heads, *cells]) for at in range(len(heads))]
    for number, row in enumerate([heads, *cells]):
        parts = [
            cell.rjust(width) if head in _RIGHT else cell.ljust(width)
            for cell, width, head in zip(row, widths, heads, strict=True)
        ]
        line = "  ".join(parts).rstrip()
        words = [cell for cell in row if cell in _STYLES]
        style = "quiet" if number == 0 else _STYLES[words[0]] if words else ""
        yield console.style(line, style) if style else line


def _short(text: str, *, last: bool) -> str:
    if last or len(text) <= _LONGEST:
        return text
    return text[: _LONGEST - 1] + "…"
