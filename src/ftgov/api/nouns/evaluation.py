"""Recording what a model answered, and what another tool measured of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ftgov.api.nouns.parts import build, require_names
from ftgov.api.recording import ACTOR, record
from ftgov.errors import UsageError
from ftgov.intake.files import describe_file
from ftgov.intake.predictions import count_answers, evaluation_name
from ftgov.intake.text_files import load_yaml
from ftgov.records.dataset import Dataset
from ftgov.records.evaluation import Evaluation, Scoring
from ftgov.records.evaluation_run import EvaluationMetric, EvaluationRun
from ftgov.records.model import ModelVersion
from ftgov.store.workspace import Workspace


def record_predictions(
    workspace: Workspace,
    model: str,
    *,
    dataset: str,
    answers: Path,
    scoring: Path,
    erasable: bool = False,
    actor: str = ACTOR,
) -> list[str]:
    """Record a model's answers to a dataset.

    Args:
        workspace: Where to.
        model: The model that answered.
        dataset: The dataset whose prompts it answered.
        answers: JSON Lines, one row per prompt, gzipped or not.
        scoring: YAML that says how answers are read; see docs/reference/recording.md.
        erasable: Keep the answers encrypted, under a key that can be destroyed.
        actor: Who records it.

    Raises:
        FtgovError: If a row can't be read; names the line. Nothing is recorded then.
    """
    require_names(workspace, ModelVersion, (model,))
    require_names(workspace, Dataset, (dataset,))
    rows = count_answers(answers)
    reading = load_yaml(scoring)
    if not isinstance(reading, dict):
        raise UsageError(
            f"{scoring} holds no mapping.", next_step="See docs/reference/recording.md."
        )
    described = describe_file(answers)
    made = build(
        Evaluation,
        {
            "name": evaluation_name(model, dataset),
            "model": model,
            "dataset": dataset,
            "answers": described,
            "rows": rows,
            "scoring": build(Scoring, reading.get("scoring", reading), scoring),
        },
    )
    return record(workspace, [made], {answers: described}, actor=actor, erasable=erasable)


def record_evaluation(
    workspace: Workspace,
    name: str,
    *,
    models: Sequence[str],
    results: Path,
    metrics: Mapping[str, float],
    actor: str = ACTOR,
    **fields: object,
) -> list[str]:
    """Record a run of a foreign evaluation, with its results file kept as it is.

    Args:
        workspace: Where to.
        name: The run's name.
        models: The models it judged.
        results: The tool's own results file.
        metrics: Figures as the file states them; nobody checked them.
        actor: Who records it.
        fields: Those of `records.evaluation_run.EvaluationRun`, `tool` at least.

    Raises:
        UsageError: If the file is absent, a field malformed, or a name not recorded.
    """
    described = describe_file(results)
    require_names(workspace, ModelVersion, models)
    found = [workspace.ledger.get(ModelVersion, model) for model in dict.fromkeys(models)]
    made = build(
        EvaluationRun,
        {
            "name": name,
            "models": tuple(dict.fromkeys(models)),
            "model_identities": {model.name: model.identity for model in found if model},
            "results": described,
            "metrics": tuple(
                build(EvaluationMetric, {"name": metric, "value": value})
                for metric, value in metrics.items()
            ),
            **fields,
        },
    )
    require_names(workspace, Dataset, (made.dataset,))
    return record(workspace, [made], {results: described}, actor=actor)
