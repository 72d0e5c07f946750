"""Training dynamics: the loss curves, and whether training went on past its best point."""

from __future__ import annotations

from typing import NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.errors import FtgovError, NotAssessable
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.finding import Finding, Point, Series
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject
from ftgov.statistics.thinning import thinned
from ftgov.tables.documents import Document
from ftgov.tables.training_log import LoggedPoint, read_training_log, reason_of

_EXCESS = (
    "last evaluation loss over the lowest one, minus 1, from the trainer's log; 0: training ended "
    "at its best point; no sampling interval: the logged values themselves"
)
_GAP = (
    "last evaluation loss minus last training loss from the trainer's log; no sampling interval: "
    "the logged values themselves"
)
_ADVICE = "Record the trainer's own log; a loss that is no number is a fault."
_MOST_POINTS = 1_000


class _Curves(NamedTuple):
    """Loss and evaluation loss by training step, in the log's order."""

    loss: list[Point]
    eval_loss: list[Point]


class TrainingDynamics:
    """Reads the trainer's own log, in any form that `ftgov.tables.training_log` knows."""

    id = "training_dynamics"
    title = "Training dynamics"
    measures: tuple[Measure, ...] = (
        Measure(
            id="training_dynamics.final_loss_excess", unit="1", better="lower", description=_EXCESS
        ),
        Measure(
            id="training_dynamics.generalisation_gap", unit="1", better="lower", description=_GAP
        ),
    )

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return one finding with the curves.

        Raises:
            NotAssessable: If the log is absent, malformed or holds a number that is not finite.
        """
        del settings
        job = subject.job
        if job is None or job.trainer_state is None:
            return figures.not_assessed(
                self.id,
                self.title,
                "No training log is recorded for the job: take in its trainer_state.json or its "
                "host's result file with `ftgov import training-log`.",
            )
        log = Document(job.trainer_state, "trainer log", _ADVICE)
        curves = _curves(log, evidence)
        results = _figures(curves, job, job.trainer_state)
        finding = figures.measured(self.id, self.title, _summary(curves, results), results)
        series = [("loss", curves.loss), ("eval_loss", curves.eval_loss)]
        drawn = tuple(
            Series(name=name, points=thinned(tuple(line), _MOST_POINTS))
            for name, line in series
            if line
        )
        return (finding.model_copy(update={"series": drawn}),)


def _curves(document: Document, evidence: EvidenceReader) -> _Curves:
    try:
        log = read_training_log(document.read(evidence), document.file.name)
    except NotAssessable:
        raise
    except FtgovError as fault:
        raise document.malformed(reason_of(fault)) from fault
    for flag in log.flags:
        if flag.metric.endswith("loss"):
            raise document.malformed(str(flag).rstrip("."))
    whole = [_point(point, document) for point in log.points if _is_loss(point, "full_valid")]
    batch = [_point(point, document) for point in log.points if _is_loss(point, "valid")]
    curves = _Curves(
        [_point(point, document) for point in log.points if _is_loss(point, "train")],
        # A host that evaluates on all rows does so at few steps; on a batch of them, at many.
        whole if len(whole) > 1 or not batch else batch,
    )
    if not curves.loss and not curves.eval_loss:
        raise document.malformed("it holds neither a training nor an evaluation loss")
    return curves


def _is_loss(point: LoggedPoint, split: str) -> bool:
    return point.metric == "loss" and point.split == split


def _point(point: LoggedPoint, document: Document) -> Point:
    if point.value is None:
        raise document.malformed(f"{point.where} is not finite")
    return Point(step=point.step, value=point.value)


def _figures(curves: _Curves, job: Job, file: Evidence) -> tuple[Measurement, ...]:
    local = job.provider == "local"
    grounds = figures.Grounds(
        (file.digest,), assurance="measured-software" if local else "provider-reported"
    )
    excess = figures.About("training_dynamics.final_loss_excess", grounds, _EXCESS)
    gap = figures.About("training_dynamics.generalisation_gap", grounds, _GAP, unit="1")
    judged, learned = curves.eval_loss, curves.loss
    if not judged:
        reason = "the log has no eval_loss: train with a validation set"
        return figures.absent(excess, reason), figures.absent(gap, reason)
    last = judged[-1].value
    return (
        _excess(excess, [point.value for point in judged]),
        figures.counted_exactly(gap, last - learned[-1].value, len(judged))
        if learned
        else figures.absent(gap, "the log has no training loss"),
    )


def _excess(about: figures.About, losses: list[float]) -> Measurement:
    """Return the last loss over the lowest; one loss alone is always its own lowest."""
    if len(losses) < 2:
        return figures.absent(about, "the log has one eval_loss only, so there is no other point")
    if min(losses) <= 0:
        return figures.absent(about, "the lowest eval_loss is not above 0")
    return figures.counted_exactly(about, losses[-1] / min(losses) - 1, len(losses))


def _summary(curves: _Curves, results: tuple[Measurement, ...]) -> str:
    excess, gap = results
    if not curves.eval_loss:
        return (
            f"The training loss ended at {curves.loss[-1].value:.3g} after {len(curves.loss)} "
            "logged steps; no evaluation loss was logged, so over-fitting cannot be seen."
        )
    above = f"{100 * excess.value:.1f} %" if excess.value is not None else "an unknown share"
    apart = f"; it lies {gap.value:+.3g} from the training loss" if gap.value is not None else ""
    return (
        f"The evaluation loss ended at {curves.eval_loss[-1].value:.3g}, {above} above its lowest "
        f"of {len(curves.eval_loss)} evaluations{apart}."
    )


ANALYZER: Analyzer = TrainingDynamics()
