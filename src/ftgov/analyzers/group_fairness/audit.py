"""One audit of decisions by group: a cell table in, every figure and verdict out."""

from __future__ import annotations

from collections.abc import Iterator

from ftgov.analyzers.group_fairness import context
from ftgov.analyzers.group_fairness.calibration import calibrations
from ftgov.analyzers.group_fairness.comparing import comparisons
from ftgov.analyzers.group_fairness.field import Field, shown
from ftgov.analyzers.group_fairness.figures_of import (
    Measured,
    Source,
    absent,
    counted,
    measured,
    pooled,
    source_of,
)
from ftgov.analyzers.group_fairness.grouped import (
    NO_LABEL,
    favourable_of,
    require_one_kind,
    several_labels,
    tally,
)
from ftgov.analyzers.group_fairness.impact import impact_table
from ftgov.analyzers.group_fairness.limits import limit_outcomes
from ftgov.analyzers.group_fairness.plan import Chosen, Kind, Plan, chosen
from ftgov.errors import NothingToAudit, UsageError
from ftgov.records.digest import digest_bytes
from ftgov.records.fairness import (
    CellEvidence,
    Comparison,
    FairnessAudit,
    Figure,
    Group,
    GroupFigures,
)
from ftgov.tables.decision_cells import DecisionCells


def audit_cells(cells: DecisionCells, plan: Plan, named: str) -> FairnessAudit:
    """Return the audit of a cell table.

    Args:
        cells: From `tables.decision_cells.collect`.
        plan: What to report and to decide.
        named: What was audited, as the user named it.

    Raises:
        NothingToAudit: If no row counts.
        UsageError: If a metric, positive value or reference does not fit the table.
        MissingExtra: If fairlearn is not installed.
    """
    question = cells.question
    if not question.numeric:
        require_one_kind(cells)
    labels = () if question.numeric or plan.positive is not None else several_labels(cells)
    kind: Kind = "amounts" if question.numeric else "labels" if labels else "decisions"
    held = tally(cells) if labels else ""
    picked = chosen(plan, labelled=question.label is not None, kind=kind, held=held)
    if not cells.cells:
        gone = ", ".join(f"{rows} {reason}" for reason, rows in cells.dropped.items())
        raise NothingToAudit(
            f"{named} holds no usable row{f': {gone}' if gone else ''}.",
            next_step="Name columns that hold labels and predictions.",
        )
    favourable = NO_LABEL if labels else None
    if kind == "decisions":
        favourable = favourable_of(cells, plan.positive)
    source = source_of(cells, favourable, plan)
    found = _all_measured(source, picked)
    by_name = {name: one.by_group for name, one in found.items() if one is not None}
    field = _field(source)._replace(by_name=by_name)
    sizes = context.rows_by_group(source)
    everyone = _all_measured(pooled(source), picked)
    return _about(source, field, named).model_copy(
        update={
            "groups": tuple(_groups(source, picked, found, sizes)),
            "overall": _figures(everyone, picked, 0, sum(sizes)),
            "comparisons": tuple(_compared(field, picked)),
            "limits": tuple(limit_outcomes(source, field, found)),
            **_context(source, field),
            "by_label": tuple(
                audit_cells(cells, plan._replace(positive=label, metrics=(), limits=()), named)
                for label in labels
            ),
        }
    )


def _about(source: Source, field: Field, named: str) -> FairnessAudit:
    """Return an audit that says what it is about and has no figure yet."""
    cells, plan, question = source.cells, source.plan, source.cells.question
    return FairnessAudit(
        n=sum(context.rows_by_group(source)),
        dropped=dict(sorted(cells.dropped.items())),
        engine=cells.engine,
        resamples=plan.resamples,
        seed=plan.seed,
        groups=(),
        comparisons=(),
        overall={},
        confidence=plan.confidence,
        source=named,
        label=question.label,
        prediction=question.prediction,
        positive=source.favourable or None,
        by=question.groups,
        weight=question.weight,
        score=question.score,
        cluster=question.cluster,
        where=tuple(f"{column}={value}" for column, value in question.where),
        reference=None if field.reference is None else field.groups[field.reference],
        cells=CellEvidence(digest=digest_bytes(cells.content()), cells=len(cells.cells)),
        notes=tuple(_notes(source, field)),
    )


def _context(source: Source, field: Field) -> dict[str, object]:
    """Return what stands around the comparisons, where the columns allow it."""
    cells, favourable = source.cells, source.favourable
    if not favourable:
        return {}
    return {
        "impact_ratios": tuple(impact_table(cells, favourable)) if source.plan.impact else (),
        "calibration": tuple(calibrations(source, favourable)) if cells.cut else (),
        "strata": tuple(context.strata(source, field)) if cells.question.strata else (),
        "triage": tuple(context.triage(source, field)),
        "bounds": tuple(context.bounds(source, field)),
    }


def _compared(field: Field, picked: Chosen) -> Iterator[Comparison]:
    """Yield the comparisons; pairs of the metrics that were asked for alone."""
    for one in comparisons(field, picked.aggregates):
        if not one.between or one.metric in picked.metrics:
            yield one


def _all_measured(source: Source, picked: Chosen) -> dict[str, Measured | None]:
    names = dict.fromkeys(
        (*picked.metrics, *(name for one in picked.aggregates for name in one.metrics))
    )
    return {name: measured(source, name) for name in names if name != "count"}


def _groups(
    source: Source,
    picked: Chosen,
    found: dict[str, Measured | None],
    sizes: tuple[int, ...],
) -> Iterator[GroupFigures]:
    for place, group in enumerate(source.groups):
        yield GroupFigures(
            group=dict(zip(source.cells.question.groups, group, strict=True)),
            n=sizes[place],
            share=sizes[place] / sum(sizes),
            metrics=_figures(found, picked, place, sizes[place]),
        )


def _figures(
    found: dict[str, Measured | None], picked: Chosen, place: int, rows: int
) -> dict[str, Figure]:
    figures = {}
    for name in picked.metrics:
        one = found.get(name)
        if name == "count":
            figures[name] = counted(rows)
        elif one is None:
            figures[name] = absent("undefined: predictions are no numbers")
        else:
            figures[name] = one.figures[place]
    return figures


def _field(source: Source) -> Field:
    columns = source.cells.question.groups
    groups: tuple[Group, ...] = tuple(
        dict(zip(columns, group, strict=True)) for group in source.groups
    )
    sizes = context.rows_by_group(source)
    compared = tuple(place for place, n in enumerate(sizes) if n >= source.plan.min_n)
    left_out = len(groups) - len(compared)
    why = f"; {left_out} are below --min-n {source.plan.min_n}" if left_out else ""
    reference = _reference(source.plan, groups)
    if reference is not None and reference not in compared:
        raise UsageError(
            f"The reference group has {sizes[reference]} rows, below --min-n {source.plan.min_n}.",
            next_step="Name a larger group, or lower --min-n.",
        )
    return Field(groups, compared, {}, source.plan, reference, why)


def _reference(plan: Plan, groups: tuple[Group, ...]) -> int | None:
    """Return the place of the named reference.

    Raises:
        UsageError: If no group, or more than one, is meant.
    """
    if not plan.reference:
        return None
    wanted = dict(plan.reference)
    places = [
        place
        for place, group in enumerate(groups)
        if all(column in group and group[column] == value for column, value in wanted.items())
    ]
    if len(places) != 1:
        known = "; ".join(shown(group) for group in groups[:12])
        raise UsageError(
            f"{len(places) or 'No'} groups are meant by the reference "
            f"{', '.join(f'{column}={value}' for column, value in wanted.items())}.",
            next_step=f"Name one group, column by column. There are: {known}",
        )
    return places[0]


def _notes(source: Source, field: Field) -> Iterator[str]:
    """Yield what a reader must know to read the figures rightly."""
    if field.left_out:
        yield f"Groups left out of comparisons{field.left_out.replace('; ', ': ')}."
    unnamed = [group for group in field.groups if None in group.values()]
    if unnamed:
        yield "Rows without a group value form a group of their own; they are not dropped."
    if source.favourable == NO_LABEL:
        yield "There are more than two labels: accuracy is of all, `by_label` has each in turn."
    elif source.favourable and several_labels(source.cells):
        yield (
            "There are more than two labels: rates are of the positive value against all others, "
            f"accuracy is of all labels. Rows: {tally(source.cells)}."
        )
    if source.cells.question.weight:
        yield "Rows carry weights: n counts rows, intervals use the rows that they are worth."
    if source.cells.question.cluster:
        yield "Rows are clustered: intervals rest on the variance between clusters."
