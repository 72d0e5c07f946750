"""Training dynamics: the loss curves, and whether training went on past its best point."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ftgov.analyzers import figures
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.errors import FtgovError
from ftgov.records.canonical import strict_json
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import Evidence, EvidenceReader
from ftgov.records.finding import Finding, Point, Series
from ftgov.records.job import Job
from ftgov.records.measurement import Measurement
from ftgov.records.subject import Subject

_EXCESS = (
    "last evaluation loss over the lowest one, minus 1, from the trainer's log; 0: training ended "
    "at its best point; no sampling interval: the logged values themselves"
)
_GAP = (
    "last evaluation loss minus last training loss from the trainer's log; no sampling interval: "
    "the logged values themselves"
)
_LARGEST = 256 << 20
_MOST_POINTS = 1_000


class _Curves(NamedTuple):
    """Loss and evaluation loss by training step, in the log's order."""

    loss: list[Point]
    eval_loss: list[Point]


class TrainingDynamics:
    """Reads the trainer's own log (`log_history` of a Hugging Face `trainer_state.json`)."""

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
            FtgovError: If the log is malformed or holds a number that is not finite.
        """
        del settings
        job = subject.job
        if job is None or job.trainer_state is None:
            return figures.not_assessed(
                self.id,
                self.title,
                "No trainer log is recorded for the job: record its trainer_state.json with "
                "`ftgov record job`.",
            )
        curves = _curves(job.trainer_state, evidence)
        results = _figures(curves, job, job.trainer_state)
        finding = figures.measured(self.id, self.title, _summary(curves, results), results)
        series = [("loss", curves.loss), ("eval_loss", curves.eval_loss)]
        drawn = tuple(Series(name=name, points=_thinned(line)) for name, line in series if line)
        return (finding.model_copy(update={"series": drawn}),)


def _curves(file: Evidence, evidence: EvidenceReader) -> _Curves:
    with evidence.open(file.digest) as stream:
        text = stream.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise _malformed(file, "it is larger than 256 MiB")
    try:
        state = strict_json(text)
    except ValueError as fault:
        raise _malformed(file, str(fault)) from fault
    history = state.get("log_history") if isinstance(state, dict) else None
    if not isinstance(history, list):
        raise _malformed(file, "it has no list log_history")
    curves = _Curves([], [])
    for place, entry in enumerate(history):
        if not isinstance(entry, dict):
            raise _malformed(file, f"log_history[{place}] is no object")
        for name in _Curves._fields:
            if name in entry:
                where = f"log_history[{place}]"
                step = _number(file, entry, "step", where)
                value = _number(file, entry, name, where)
                getattr(curves, name).append(Point(step=step, value=value))
    if not curves.loss and not curves.eval_loss:
        raise _malformed(file, "log_history holds neither loss nor eval_loss")
    return curves


def _number(file: Evidence, entry: dict[str, Any], name: str, where: str) -> float:
    value = entry.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _malformed(file, f"{where}.{name} is no number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _malformed(file, f"{where}.{name} is not finite")
    return number


def _malformed(file: Evidence, why: str) -> FtgovError:
    return FtgovError(
        f"The trainer log {file.name} is malformed.",
        why=f"{why[:1].upper()}{why[1:]}.",
        next_step=f"Record the trainer's own {file.name}; a loss that is no number is a fault.",
    )


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
    lowest, last = min(point.value for point in judged), judged[-1].value
    return (
        figures.counted_exactly(excess, last / lowest - 1, len(judged))
        if lowest > 0
        else figures.absent(excess, "the lowest eval_loss is not above 0"),
        figures.counted_exactly(gap, last - learned[-1].value, len(judged))
        if learned
        else figures.absent(gap, "the log has no training loss"),
    )


def _thinned(line: list[Point]) -> tuple[Point, ...]:
    """Return at most 1,000 points of a curve, evenly spaced, its last one among them."""
    step = math.ceil(len(line) / _MOST_POINTS)
    return tuple(reversed(line[::-1][::step]))


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
