"""Energy, carbon, water and compute of the training job: as a tool recorded it, else estimated."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.energy import estimated, known, market, remarks, tool_figures, tool_record
from ftgov.analyzers.energy.derived import derived
from ftgov.analyzers.energy.estimated import Told
from ftgov.analyzers.energy.tool_record import ToolRecord
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.energy.asked import size_remarks
from ftgov.energy.estimate import estimate
from ftgov.energy.factors import Factor
from ftgov.energy.factors.models import model_prior
from ftgov.errors import UsageError
from ftgov.records.digest import Digest
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject

_MEASURES = (
    ("job_energy", "kWh", "energy of the training job, all machines at the wall"),
    ("accelerator_energy", "kWh", "energy of the accelerators alone"),
    ("facility_energy", "kWh", "energy with the building's cooling and losses"),
    ("job_co2e", "kg", "greenhouse gases of the electricity, location-based"),
    ("market_co2e", "kg", "greenhouse gases by evidenced contract, market-based, never netted"),
    ("job_water", "L", "water for cooling and for making the electricity"),
    ("embodied_co2e", "kg", "greenhouse gases of making the machines, the job's share, apart"),
    ("training_compute", "FLOP", "the modification's training compute as the AI Act counts it"),
)

_OF_COMPUTE = ("model.", "prior.flop.")


class _Found(NamedTuple):
    """What an analysis has so far: figures, sentences, factors, remarks, files, method box."""

    measurements: list[Measurement]
    sentences: list[str]
    factors: tuple[Factor, ...]
    contradictions: tuple[str, ...]
    evidence: tuple[Digest, ...]
    box: str
    scale: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


class Energy:
    """Reports what an energy tool recorded, or estimates it; measured only where counters gave all.

    Whatever is estimated carries a range, its boundary and the label that says so; the training
    compute is estimated in either case.
    """

    id = "energy"
    title = "Energy, carbon, water and compute of the training job"
    measures: tuple[Measure, ...] = (
        *(
            Measure(id=f"energy.{name}", unit=unit, better="lower", description=text)
            for name, unit, text in _MEASURES
        ),
        Measure(
            id="energy.job_duration",
            unit="s",
            better="neither",
            description="how long the tool watched the job",
        ),
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return the figures, and a remark each on old factors and on contradictory evidence.

        Raises:
            NotAssessable: If the record is absent, malformed or holds a number that is not finite.
        """
        del settings
        job = subject.job
        if job is None:
            return self._silent("No job is recorded for the model.")
        record = tool_record.read(job.energy, evidence) if job.energy else None
        if isinstance(record, str):
            return self._silent(record)
        found = _recorded(subject, job, record) if record else _estimated(subject)
        if isinstance(found, str):
            return self._silent(found)
        results = [*found.measurements, market.figure(job, evidence, found.measurements)]
        main = figures.measured(self.id, self.title, " ".join(found.sentences), results, found.box)
        return (
            main,
            *remarks.scale(results, found.scale, found.evidence),
            *remarks.assumed(found.assumptions, found.evidence),
            *(remarks.contradiction(text, found.evidence) for text in found.contradictions),
            *remarks.age(found.factors, job.finished_at, found.evidence),
        )

    def _silent(self, why: str) -> tuple[Finding, ...]:
        return figures.not_assessed(self.id, self.title, why)


def _recorded(subject: Subject, job: Job, record: ToolRecord) -> _Found:
    """Return the tool's figures, what follows from them, and the estimated compute."""
    more, rows = derived(record, job)
    own = [*tool_figures.measurements(record), *more]
    contradictions = _overlap(record)
    sentences = [tool_figures.summary(record)]
    told = _told(subject, record)
    if isinstance(told, Told):
        own.append(estimated.compute(told))
        sentences.append(estimated.compute_words(told))
        contradictions += _contradictions(told)
        rows = (*rows, *(row for row in told.result.factors if row.id.startswith(_OF_COMPUTE)))
    else:
        own.append(_no_compute(record, told.reason))
        contradictions += told.contradictions
    box = tool_figures.form(record)
    if isinstance(told, Told):
        box += f" {estimated.compute_box()}"
    return _Found(own, sentences, rows, contradictions, (record.file.digest,), box)


def _overlap(record: ToolRecord) -> tuple[str, ...]:
    """Return the remark on other meters of the machine: what each counted, others counted too."""
    if record.other_meters <= 0:
        return ()
    text = (
        f"{record.other_meters} other energy meters ran on the machine at the same time: each "
        "counts the whole machine, so their figures must not be added, and this one holds the "
        "other work too."
    )
    return (text,)


def _estimated(subject: Subject) -> _Found | str:
    """Return the estimate of a job that no tool watched, or why there is none."""
    told = _told(subject, None)
    if not isinstance(told, Told):
        return (
            f"No energy record is known for the job, and it can't be estimated: {told.reason}. Run "
            "it under an energy tool and record its file with `ftgov record job --energy FILE`."
        )
    duration = figures.About(
        "energy.job_duration", figures.Grounds(told.evidence), "an energy tool's clock", unit="s"
    )
    return _Found(
        [
            *estimated.energies(told),
            figures.absent(duration, "no energy tool watched the job"),
            estimated.compute(told),
        ],
        [estimated.energy_words(told), estimated.compute_words(told)],
        told.result.factors,
        _contradictions(told),
        told.evidence,
        estimated.box(told),
        estimated.scale(told),
        tuple(each.text for each in told.result.remarks if each.kind == "assumption"),
    )


class _Untold(NamedTuple):
    """Why nothing was estimated, and which evidence contradicts which."""

    reason: str
    contradictions: tuple[str, ...] = ()


def _told(subject: Subject, record: ToolRecord | None) -> Told | _Untold:
    job = known.known(subject, record)
    if isinstance(job, str):
        return _Untold(job)
    grounds = (record.file.digest,) if record else known.grounds_of(subject)
    if not grounds:
        return _Untold("neither logs of the job nor its training data are recorded")
    try:
        result = estimate(job)
        prior = model_prior(job.model) if job.model else None
        if prior is not None and job.parameters == (prior.parameters.low, prior.parameters.high):
            result = result._replace(
                factors=(prior.parameters, *result.factors),
                remarks=(*size_remarks(prior), *result.remarks),
            )
        return Told(result, grounds)
    except UsageError as fault:
        words = " ".join(part for part in (fault.what, fault.why) if part)
        return _Untold(words.rstrip("."), (words,))


def _contradictions(told: Told) -> tuple[str, ...]:
    return tuple(each.text for each in told.result.remarks if each.kind == "contradiction")


def _no_compute(record: ToolRecord, reason: str) -> Measurement:
    about = figures.About(
        "energy.training_compute",
        figures.Grounds((record.file.digest,), assurance="estimated-flop"),
        "parameters x tokens x passes, as C(2025) 7719 counts training compute",
        unit="FLOP",
    )
    return figures.absent(about, reason)


ANALYZER: Analyzer = Energy()
