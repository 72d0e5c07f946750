"""Greenhouse gases by contract: a figure beside the one by place, only where evidence is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ftgov.analyzers import figures
from ftgov.energy.market import Contract, contract, covers, market_based
from ftgov.energy.ranges import LEVEL, Range
from ftgov.errors import UsageError
from ftgov.records.digest import Digest
from ftgov.records.evidence import EvidenceReader
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.tables.documents import Document

_ID = "energy.market_co2e"
_HOW = "greenhouse gases by contract (market-based, GHG Protocol Scope 2), never netted"
_ADVICE = "Write the contract as docs/how-to/meter-a-training.md shows."


def figure(job: Job, evidence: EvidenceReader, found: Sequence[Measurement]) -> Measurement:
    """Return greenhouse gases by contract, or why there are none.

    Args:
        job: The job; its `electricity` is the evidence of a contract.
        evidence: Where that is read.
        found: The figures so far, with the building's energy and the gases by place.

    Raises:
        NotAssessable: If the evidence is absent or malformed.
    """
    energy, location = (
        next(each for each in found if each.id == name)
        for name in ("energy.facility_energy", "energy.job_co2e")
    )
    grounds: tuple[Digest, ...] = tuple(dict.fromkeys((*energy.evidence, *location.evidence)))
    if job.electricity is None:
        return _absent(grounds, "no contract for the electricity is recorded")
    grounds = (*grounds, job.electricity.digest)
    known = _contract(job, evidence)
    if job.started_at is None or job.finished_at is None:
        return _absent(grounds, "the job's days are not recorded, so no contract covers them")
    days = [date.fromisoformat(str(moment)[:10]) for moment in (job.started_at, job.finished_at)]
    if not covers(known, *days):
        return _absent(grounds, f"the contract {known.certificate} does not cover the job's days")
    ranges = [_range(each) for each in (energy, location)]
    if ranges[0] is None or ranges[1] is None:
        return _absent(grounds, "the energy or its gases by place are not known")
    result = market_based(ranges[0], ranges[1], known)
    about = figures.About(
        _ID,
        figures.Grounds(grounds, LEVEL, "declared"),
        f"{_HOW}; {known.instrument} {known.certificate}, {100 * result.covered:.2g} % covered",
        unit="kg",
    )
    low, middle, high = result.co2e_kg
    return figures.figure(
        about, middle, figures.interval(low, high, LEVEL, "the ends of energy and gases by place")
    )


def _contract(job: Job, evidence: EvidenceReader) -> Contract:
    assert job.electricity is not None
    document = Document(job.electricity, "contract for electricity", _ADVICE)
    try:
        return contract(document.content(evidence))
    except UsageError as fault:
        raise document.malformed(" ".join((fault.what, fault.why)).rstrip(" .")) from fault


def _range(measured: Measurement) -> Range | None:
    if measured.value is None or measured.interval is None:
        return None
    return Range(measured.interval.low, measured.value, measured.interval.high)


def _absent(grounds: tuple[Digest, ...], reason: str) -> Measurement:
    about = figures.About(_ID, figures.Grounds(grounds, LEVEL, "unknown"), _HOW, unit="kg")
    return figures.absent(about, reason)
