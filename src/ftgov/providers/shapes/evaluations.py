"""Runs of hosted evals with their items; the eval itself is kept as it is.

Source: OpenAI's `EvalRun` and `EvalRunOutputItem` (OpenAPI 2.3.0).
"""

from __future__ import annotations

import json
from typing import Any, Final

from ftgov.providers.lax import Lax, item_bytes
from ftgov.providers.names import name_of
from ftgov.providers.shapes.models import is_tuned, model_named
from ftgov.providers.shapes.unit import Content, Derived, Unit, Where, content_of, observed
from ftgov.records.archived import Flag
from ftgov.records.base import Record
from ftgov.records.digest import digest_bytes
from ftgov.records.evaluation_item import EvaluationItem
from ftgov.records.evaluation_run import EvaluationMetric, EvaluationRun
from ftgov.records.observation import Observation

ITEMS: Final = "evals.runs.output_items"
_SETTLED: Final = frozenset({"completed", "failed", "canceled", "cancelled"})
_OPEN: Final = frozenset({"queued", "in_progress"})


def is_settled(item: object) -> bool:
    """Return whether a host says that a run is over."""
    status = item.get("status") if isinstance(item, dict) else None
    return isinstance(status, str) and status in _SETTLED


def derive_run(unit: Unit, where: Where) -> Derived:
    """Return a run with its items; one that names no model gives no record, only its raw."""
    flags: list[Flag] = []
    run = Lax(unit.item, flags)
    native, model = run.text("id", required=True), run.text("model", required=True)
    status = run.text("status", required=True)
    if status is not None and status not in _SETTLED | _OPEN:
        run.flag("status", "is no word of the specification", status)
    if native is None or model is None:
        return Derived(flags=tuple(flags), settled=is_settled(unit.item))
    listed = [each for each in unit.below if each.resource == ITEMS]
    items = [(item, each) for each in listed for item in each.items]
    for each in unit.below:
        if each.refused:
            run.flag(each.resource, f"could not be read: {each.refused}"[:500])
    results = _results(unit.item, [item for item, _ in items], name_of(native))
    records: list[Record] = [
        model_named(model, where, unit, kind="tuned" if is_tuned(model) else "base"),
        EvaluationRun(
            name=name_of(native),
            models=(name_of(model),),
            tool=f"{where.provider}-evals",
            items=len(items),
            metrics=_metrics(run),
            results=results.evidence,
            started_at=run.moment("created_at", required=True),
            observation=observed(where, unit, native),
        ),
    ]
    for index, (item, page) in enumerate(items):
        read = Lax(item, flags, f"output_items[{index}]")
        seen = observed(where, unit, read.text("id"), page)
        records += _item(read, native, model, seen)
    return Derived(tuple(records), tuple(flags), is_settled(unit.item), (results,))


def _results(run: Any, items: list[Any], name: str) -> Content:
    page = {"run": run, "output_items": items}
    text = json.dumps(page, ensure_ascii=True, separators=(",", ":")).encode()
    return content_of(text, f"{name}.eval-run.json")


def _metrics(run: Lax) -> tuple[EvaluationMetric, ...]:
    """Return the share of items that passed, in all and per criterion, as the host counted."""
    found = []
    totals = run.inner("result_counts")
    if totals is not None:
        passed, total = totals.count("passed", required=True), totals.count("total", required=True)
        if passed is not None and total:
            found.append(EvaluationMetric(name="passed", value=passed / total, n=total))
    for criterion in run.each("per_testing_criteria_results"):
        name = criterion.text("testing_criteria", required=True)
        passed, failed = (criterion.count(key, required=True) for key in ("passed", "failed"))
        if name is None or passed is None or failed is None or not passed + failed:
            continue
        share = passed / (passed + failed)
        metric = EvaluationMetric(
            name="passed", value=share, n=passed + failed, slice={"criterion": name[:255]}
        )
        found.append(metric)
    return tuple(found)


def _item(item: Lax, run: str, model: str, seen: Observation) -> list[EvaluationItem]:
    """Return one item of a run; its texts are in the run's results, here are their digests."""
    native = item.text("id", required=True)
    status = item.text("status", required=True)
    sample = item.inner("sample")
    output = sample.value.get("output") if sample else None
    if native is None:
        return []
    scores = [score for each in item.each("results") if (score := each.figure("score")) is not None]
    made = EvaluationItem(
        name=name_of(f"{run}.{native}"),
        run=name_of(run),
        item=native[:255],
        model=name_of(model),
        input=digest_bytes(item_bytes(item.value.get("datasource_item"))),
        output=digest_bytes(item_bytes(output)) if output is not None else None,
        score=scores[0] if len(scores) == 1 else None,
        passed={"pass": True, "fail": False}.get(status or ""),
        observation=seen,
    )
    return [made]
