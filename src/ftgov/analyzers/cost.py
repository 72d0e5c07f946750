"""Cost of the training job: what was billed, and what the price list says, apart."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.energy.cost import RANGE, Priced, training_price
from ftgov.records.digest import Digest
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.measurement import Assurance, Measurement
from ftgov.records.subject import Subject
from ftgov.tables.documents import Document

_CURRENCIES = {"USD": "cost.billed_usd", "EUR": "cost.billed_eur"}
_BASES: dict[str, Assurance] = {"invoice": "provider-reported", "allocated": "declared"}
_ADVICE = "Write the bill as docs/how-to/meter-a-training.md shows."
_LIST = "cost.estimated_usd"
_BILLED = "as billed"
_LEVEL = 0.9
_MOST = Decimal(10) ** 12


class _Bill(NamedTuple):
    """What a bill says: an amount, its currency, and how it came to be this job's."""

    amount: Decimal
    currency: str
    basis: str
    digest: Digest


class Cost:
    """Reports the bill that was recorded, and beside it what the dated price list says."""

    id = "cost"
    title = "Cost of the training job"
    measures: tuple[Measure, ...] = (
        Measure(
            id="cost.billed_usd", unit="USD", better="lower", description="what was billed, in USD"
        ),
        Measure(
            id="cost.billed_eur", unit="EUR", better="lower", description="what was billed, in EUR"
        ),
        Measure(
            id=_LIST,
            unit="USD",
            better="lower",
            description="what the job costs by the provider's list of a day; no bill",
        ),
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding: the bill, the list price, each only where it is known.

        Raises:
            NotAssessable: If the bill is absent or malformed.
        """
        del settings
        job = subject.job
        if job is None:
            return self._silent("No job is recorded for the model.")
        bill = _bill(job, evidence)
        listed = _listed(subject, job)
        grounds = _grounds(job, subject)
        if not grounds or (bill is None and isinstance(listed, str)):
            return self._silent(_silence(job, listed))
        results = [*_billed(bill, grounds), _estimated(listed, grounds)]
        return (figures.measured(self.id, self.title, _summary(bill, results), results),)

    def _silent(self, why: str) -> tuple[Finding, ...]:
        return figures.not_assessed(self.id, self.title, why, severity="note")


def _bill(job: Job, evidence: EvidenceReader) -> _Bill | None:
    """Return the bill of a job, None where none is recorded."""
    if job.bill is None:
        return None
    document = Document(job.bill, "bill", _ADVICE)
    written = document.content(evidence)
    amount, currency, basis = (written.get(key) for key in ("amount", "currency", "basis"))
    try:
        exact = Decimal(amount) if isinstance(amount, str) else Decimal("NaN")
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or not 0 <= exact < _MOST:
        raise document.malformed("amount is no decimal number in quotes from 0 to 1e12")
    if not isinstance(currency, str) or len(currency) != 3 or not currency.isupper():
        raise document.malformed("currency is no code of ISO 4217")
    if not isinstance(basis, str) or basis not in _BASES:
        raise document.malformed(f"basis is none of {', '.join(_BASES)}")
    return _Bill(exact, currency, basis, job.bill.digest)


def _listed(subject: Subject, job: Job) -> Priced | str:
    """Return the list price of a job, or why there is none."""
    if job.provider == "local":
        return "a machine of one's own has no list price"
    base = job.base or (subject.base.name if subject.base else None)
    if base is None:
        return "the base model is not recorded"
    return training_price(base, tokens=job.trained_tokens, hours=_hours(job))


def _hours(job: Job) -> float | None:
    if job.started_at is None or job.finished_at is None:
        return None
    started, finished = (datetime.fromisoformat(str(t)) for t in (job.started_at, job.finished_at))
    return max(0.0, (finished - started).total_seconds() / 3600)


def _billed(bill: _Bill | None, grounds: tuple[Digest, ...]) -> list[Measurement]:
    """Return the bill in its own currency, and why there is none in the others."""
    results = []
    for currency, identity in _CURRENCIES.items():
        if bill is None or bill.currency != currency:
            reason = "no bill is recorded" if bill is None else f"it was billed in {bill.currency}"
            about = figures.About(identity, figures.Grounds(grounds), _BILLED, unit=currency)
            results.append(figures.absent(about, reason))
            continue
        known = figures.Grounds((bill.digest,), assurance=_BASES[bill.basis])
        about = figures.About(identity, known, f"{_BILLED}: {bill.basis}", unit=currency)
        results.append(figures.counted_exactly(about, float(bill.amount)))
    return results


def _estimated(listed: Priced | str, grounds: tuple[Digest, ...]) -> Measurement:
    """Return the cost by the list, or why the list doesn't say."""
    known = figures.Grounds(grounds, assurance="assumed")
    if isinstance(listed, str):
        about = figures.About(_LIST, known, "trained tokens times the list price", unit="USD")
        return figures.absent(about, listed)
    rows = ", ".join(f"{row.id} of {row.published}" for row in listed.prices)
    method = f"trained tokens or hours times the list price ({rows})"
    about = figures.About(_LIST, known, method, unit=listed.currency)
    ends = figures.interval(float(listed.low), float(listed.high), _LEVEL, RANGE)
    return figures.figure(about, float(listed.amount), ends)


def _grounds(job: Job, subject: Subject) -> tuple[Digest, ...]:
    """Return the files that tell of the job: its own, else the data that it trained on."""
    own = [file.digest for file in job.kept]
    wanted = job.datasets.get("train")
    data = [f.digest for each in subject.datasets if each.name == wanted for f in each.files]
    return tuple(dict.fromkeys(own or data))


def _silence(job: Job, listed: Priced | str) -> str:
    why = listed if isinstance(listed, str) else f"no file tells of the job {job.name}"
    return f"No bill is recorded for the job, and no list price can be told: {why}."


def _summary(bill: _Bill | None, results: list[Measurement]) -> str:
    told = []
    if bill is not None:
        told.append(
            f"{bill.amount} {bill.currency} of a bill are allocated to the job; nobody measured it."
            if bill.basis == "allocated"
            else f"The job was billed {bill.amount} {bill.currency} ({bill.basis})."
        )
    by_list = next(figure for figure in results if figure.id == _LIST)
    if by_list.interval is not None:
        ends = by_list.interval
        told.append(
            f"By the price list it costs {by_list.value:.2g} USD (assumed range {ends.low:.2g} to "
            f"{ends.high:.2g} USD); that is no bill."
        )
    else:
        told.append(f"No list price: {by_list.reason}.")
    return " ".join(told)


ANALYZER: Analyzer = Cost()
