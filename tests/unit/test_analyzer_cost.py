"""The cost analyzer: a bill and a list price, apart, and neither guessed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer_support import Shelf, full_subject, only
from ftgov.analyzers.cost import ANALYZER
from ftgov.errors import NotAssessable
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject

SETTINGS = AnalysisSettings()
BILL = {"amount": "12.50", "currency": "USD", "basis": "invoice"}


def _subject(shelf: Shelf, bill: object = BILL, **job: Any) -> Subject:
    subject = full_subject(shelf)
    assert subject.job is not None
    file = None if bill is None else shelf.add("bill.json", json.dumps(bill).encode())
    changed = subject.job.model_copy(update={"bill": file, **job})
    return subject.model_copy(update={"job": changed})


def _found(bill: object = BILL, **job: Any) -> Finding:
    shelf = Shelf()
    return only(ANALYZER.analyze(_subject(shelf, bill, **job), shelf, SETTINGS))


def _figures(found: Finding) -> dict[str, Measurement]:
    return {figure.id: figure for figure in found.measurements}


def test_a_bill_is_reported_as_it_is_and_a_list_price_beside_it() -> None:
    found = _found(provider="openai", base="gpt-4o-mini-2024-07-18", trained_tokens=2_000_000)
    figures = _figures(found)
    billed, listed = figures["cost.billed_usd"], figures["cost.estimated_usd"]
    assert (billed.value, billed.assurance) == (12.5, "provider-reported")
    assert billed.interval is not None
    assert billed.interval.low == billed.interval.high == 12.5
    assert (listed.value, listed.assurance) == (6.0, "assumed")
    assert listed.interval is not None
    assert (listed.interval.low, listed.interval.high) == (3.0, 7.62)
    assert "price.gpt-4o-mini-2024-07-18.train of 2024-10-01" in listed.method
    assert figures["cost.billed_eur"].reason == "it was billed in USD"
    assert "12.50 USD" in found.summary
    assert "that is no bill" in found.summary


def test_an_allocated_bill_is_declared_and_keeps_its_currency() -> None:
    found = _found({**BILL, "currency": "EUR", "basis": "allocated"})
    figures = _figures(found)
    assert figures["cost.billed_eur"].assurance == "declared"
    assert "EUR of a bill are allocated to the job" in found.summary
    assert "was billed" not in found.summary
    assert figures["cost.billed_usd"].reason == "it was billed in EUR"
    assert figures["cost.estimated_usd"].reason == "a machine of one's own has no list price"


def test_without_a_bill_the_list_price_stands_alone() -> None:
    found = _found(None, provider="openai", base="gpt-4.1-mini-2025-04-14")
    assert _figures(found)["cost.billed_usd"].reason == "no bill is recorded"
    assert _figures(found)["cost.estimated_usd"].value == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("job", "word"),
    [
        ({}, "machine of one's own"),
        ({"provider": "openai", "base": "gpt-9"}, "not known"),
        ({"provider": "openai", "base": "gpt-4o-mini", "trained_tokens": None}, "tokens"),
        ({"provider": "openai", "base": "o4-mini"}, "hours"),
    ],
)
def test_without_either_nothing_is_said(job: dict[str, Any], word: str) -> None:
    found = _found(None, **job)
    assert found.outcome == "not_assessed"
    assert found.severity == "note"
    assert word in found.summary
    assert found.measurements == ()


def test_a_model_billed_by_the_hour_needs_its_times() -> None:
    times = {"started_at": "2026-01-01T10:00:00Z", "finished_at": "2026-01-01T12:30:00Z"}
    found = _found(None, provider="openai", base="o4-mini-2025-04-16", **times)
    assert _figures(found)["cost.estimated_usd"].value == 250.0


def test_without_a_job_nothing_is_said() -> None:
    shelf = Shelf()
    subject = full_subject(shelf).model_copy(update={"job": None})
    assert only(ANALYZER.analyze(subject, shelf, SETTINGS)).outcome == "not_assessed"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"amount": 12.5}, "decimal number in quotes"),
        ({"amount": "-1"}, "decimal number"),
        ({"amount": "NaN"}, "decimal number"),
        ({"amount": "1e"}, "decimal number"),
        ({"amount": None}, "decimal number"),
        ({"amount": "1e400"}, "decimal number"),
        ({"currency": "usd"}, "ISO 4217"),
        ({"currency": 5}, "ISO 4217"),
        ({"basis": "guess"}, "basis"),
        ({"basis": ["invoice"]}, "basis"),
    ],
)
def test_a_malformed_bill_is_named(changed: dict[str, Any], word: str) -> None:
    with pytest.raises(NotAssessable) as caught:
        _found({**BILL, **changed})
    assert "bill.json" in caught.value.what
    assert word.lower() in caught.value.why.lower()
