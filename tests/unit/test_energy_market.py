"""Market-based gases: by contract only, beside the place's, never netted, never guessed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from analyzer_support import Shelf, full_subject
from ftgov.analyzers.energy import ANALYZER
from ftgov.energy.market import contract, covers, market_based
from ftgov.energy.ranges import Range
from ftgov.errors import NotAssessable, UsageError
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.measurement import Measurement

WRITTEN = {
    "instrument": "guarantee-of-origin",
    "certificate": "GO-2026-77",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "kwh": 1_000,
    "g_per_kwh": 0,
}
TIMES = {"started_at": "2026-05-01T10:00:00Z", "finished_at": "2026-05-02T10:00:00Z"}


def _figures(written: object, **job: Any) -> dict[str, Measurement]:
    shelf = Shelf()
    subject = full_subject(shelf)
    assert subject.job is not None
    file = None if written is None else shelf.add("green.json", json.dumps(written).encode())
    changed = subject.job.model_copy(update={"electricity": file, **job})
    subject = subject.model_copy(update={"job": changed})
    found = ANALYZER.analyze(subject, shelf, AnalysisSettings())
    return {figure.id: figure for figure in found[0].measurements}


@pytest.mark.parametrize("energy", ["a tool's record", "an estimate"])
def test_a_contract_adds_a_figure_and_leaves_that_of_the_place(energy: str) -> None:
    job: dict[str, Any] = dict(TIMES)
    if energy == "an estimate":
        job |= {"energy": None, "provider": "openai", "base": "gpt-4o-mini-2024-07-18"}
    bare, given = _figures(None, **job), _figures(WRITTEN, **job)
    assert bare["energy.market_co2e"].reason == "no contract for the electricity is recorded"
    assert given["energy.job_co2e"] == bare["energy.job_co2e"]
    found = given["energy.market_co2e"]
    assert (found.value, found.assurance) == (0.0, "declared")
    assert "GO-2026-77" in found.method


def test_what_is_not_covered_keeps_the_factor_of_the_place() -> None:
    half = market_based(Range(10, 20, 40), Range(1, 4, 10), contract({**WRITTEN, "kwh": 10}))
    assert half.co2e_kg == pytest.approx((0, 2, 7.5))
    assert half.covered == 0.5
    dirty = contract({**WRITTEN, "g_per_kwh": 500})
    assert market_based(Range(10, 20, 40), Range(1, 4, 10), dirty).co2e_kg == (5, 10, 20)


def test_a_contract_of_other_days_covers_nothing() -> None:
    known = contract(WRITTEN)
    assert covers(known, date(2026, 1, 1), date(2026, 12, 31))
    assert not covers(known, date(2025, 12, 31), date(2026, 1, 1))
    later = {**TIMES, "finished_at": "2027-01-01T00:00:00Z"}
    reason = _figures(WRITTEN, **later)["energy.market_co2e"].reason
    assert reason is not None
    assert "does not cover the job's days" in reason
    unknown = _figures(WRITTEN, started_at=None)["energy.market_co2e"].reason
    assert unknown is not None
    assert "days are not recorded" in unknown


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"instrument": "offset"}, "never netted"),
        ({"instrument": "carbon-credit"}, "never netted"),
        ({"certificate": ""}, "texts"),
        ({"certificate": None}, "texts"),
        ({"kwh": "1000"}, "kwh is no number"),
        ({"kwh": 0}, "more than 0 kWh"),
        ({"kwh": -5}, "negative"),
        ({"g_per_kwh": True}, "g_per_kwh is no number"),
        ({"from": "2026-13-01"}, "are days"),
        ({"from": "2027-01-01"}, "begins before"),
        ({"offset_kg": 5}, "texts"),
    ],
)
def test_what_is_no_contract_is_refused(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(UsageError) as caught:
        contract({**WRITTEN, **changed})
    assert word in f"{caught.value.what} {caught.value.why}"
    with pytest.raises(NotAssessable, match=r"green\.json"):
        _figures({**WRITTEN, **changed}, **TIMES)
