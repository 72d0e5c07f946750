"""The pictures of an audit by group: rates of groups, and the forest of comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.records.fairness import Comparison, FairnessAudit, Figure, Group
from ftgov.reports.charts.rowchart import row_chart
from ftgov.reports.charts.rows import Mark, Plot, Row, Section
from ftgov.reports.numbers import Scale, bare_number, percent_level, unit_text
from ftgov.reports.text import sentence_case

MOST_ROWS = 40
_AMOUNTS = frozenset({"mean_prediction", "mean_error", "mean_absolute_error", "mean_squared_error"})


def forest_plot(audit: FairnessAudit) -> str:
    """Return the forest plot that an audit is about, as one SVG document.

    The comparisons that a limit was set on; else the ratios of selection rates; else, where nothing
    can be compared, the first metric by group.
    """
    return next(iter(forests(audit)), None) or rates_plot(audit, next(iter(audit.overall)))


def forests(audit: FairnessAudit) -> Iterator[str]:
    """Yield a forest plot for each limit on all groups, or one for ratios of selection rates."""
    whole = [one for one in audit.comparisons if not one.between and one.value is not None]
    chosen = [one for one in whole if one.limit] or [
        one for one in whole if one.metric == "demographic_parity_ratio"
    ]
    for aggregate in chosen or whole[:1]:
        yield _forest(audit, aggregate)


def _forest(audit: FairnessAudit, aggregate: Comparison) -> str:
    scale: Scale = "number"
    if aggregate.kind == "difference" and not _amount(aggregate.metric):
        scale = "points"
    pairs = [
        one
        for one in audit.comparisons
        if one.between and one.kind == aggregate.kind and one.value is not None
        if _belongs(one.metric, aggregate.metric)
    ]
    sections = [Section("All groups at once", (_compared(aggregate, scale, "Worst pair"),))]
    by_metric: dict[str, list[Row]] = {}
    for one in map(_upright, pairs[:MOST_ROWS]):
        label = " : ".join(group_text(group) for group in one.between)
        by_metric.setdefault(sentence_case(one.metric), []).append(_compared(one, scale, label))
    sections += [Section(f"{name}, by pair", tuple(rows)) for name, rows in by_metric.items()]
    limit = aggregate.limit
    title = f"{sentence_case(aggregate.metric)}, {percent_level(audit.confidence)} at once"
    return row_chart(
        Plot(
            title=title,
            description="; ".join(
                f"{row.label}: {row.columns[0]}, {row.columns[1]}"
                for section in sections
                for row in section.rows
            ),
            sections=tuple(sections),
            heads=("value and interval", "verdict"),
            scale=scale,
            unit="1",
            reference=None if limit is None else (limit.value, f"limit {limit.value:g}"),
        )
    )


def _upright(one: Comparison) -> Comparison:
    """Return a difference with the higher figure first, so that it lies on the limit's side."""
    if one.kind == "ratio" or one.value is None or one.value >= 0:
        return one
    low = None if one.high is None else -one.high
    high = None if one.low is None else -one.low
    turned = {"value": -one.value, "low": low, "high": high, "between": one.between[::-1]}
    return one.model_copy(update=turned)


def _belongs(metric: str, aggregate: str) -> bool:
    named = {
        "demographic_parity": ("selection_rate",),
        "equalized_odds": ("true_positive_rate", "false_positive_rate"),
        "equal_opportunity": ("true_positive_rate",),
    }
    stem = aggregate.removesuffix("_ratio").removesuffix("_difference")
    return metric in named.get(stem, (stem,))


def _compared(one: Comparison, scale: Scale, label: str) -> Row:
    assert one.value is not None, "undefined comparisons are not drawn"
    low = one.value if one.low is None else one.low
    high = one.value if one.high is None else one.high
    verdict = one.verdict.replace("_", " ") if one.limit else "\N{EN DASH}"
    return Row(label, Mark(one.value, low, high), None, (_cell(one, scale), verdict))


def rates_plot(audit: FairnessAudit, metric: str) -> str:
    """Return one metric by group and for everyone, as one SVG document.

    Args:
        audit: The audit.
        metric: A metric that everyone has a value of.
    """
    scale: Scale = "number" if _amount(metric) or metric == "count" else "percent"
    shown = [
        (group_text(group.group), group.metrics[metric])
        for group in audit.groups[:MOST_ROWS]
        if group.metrics[metric].value is not None
    ]
    heading = "By " + " and ".join(column.replace("_", " ") for column in audit.by)
    sections = [Section(heading, tuple(_rate(name, figure, scale) for name, figure in shown))]
    sections.append(Section("Everyone", (_rate("All rows", audit.overall[metric], scale),)))
    return row_chart(
        Plot(
            title=f"{sentence_case(metric)} by group, {percent_level(audit.confidence)} intervals",
            description="; ".join(f"{name}: {_cell(figure, scale)}" for name, figure in shown),
            sections=tuple(section for section in sections if section.rows),
            heads=("value and interval", "n"),
            scale=scale,
            unit="1",
        )
    )


def _rate(name: str, figure: Figure, scale: Scale) -> Row:
    value = figure.value or 0.0
    low = value if figure.low is None else figure.low
    high = value if figure.high is None else figure.high
    return Row(name, Mark(value, low, high), None, (_cell(figure, scale), f"{figure.n:,}"))


def _cell(found: Figure | Comparison, scale: Scale) -> str:
    if found.value is None:
        return "undefined"
    if found.low is None:
        return bare_number(found.value, scale) + unit_text(scale, "1")
    high = "inf" if found.high is None else bare_number(found.high, scale)
    value = bare_number(found.value, scale) + unit_text(scale, "1")
    return f"{value} [{bare_number(found.low, scale)}, {high}]"


def _amount(metric: str) -> bool:
    return any(metric.startswith(name) for name in _AMOUNTS)


def group_text(group: Group) -> str:
    """Return a group as a label."""
    if not group:
        return "everyone"
    return " / ".join("(not given)" if value is None else value for value in group.values())
