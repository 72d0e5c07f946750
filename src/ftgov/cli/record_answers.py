"""`ftgov record predictions` and `ftgov record evaluation`."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.record_parts import FILE, figures, pairs, scalar, tell, words
from ftgov.records.evaluation_run import EvaluationRun


@command(
    "ftgov record predictions loans-v2 --dataset heldout --file a.jsonl --scoring s.yaml",
    "ftgov record predictions small-lm --dataset heldout --file b.jsonl.gz --scoring s.yaml",
)
@click.argument("model")
@click.option("--dataset", required=True, help="The dataset whose prompts were answered.")
@click.option("--file", "answers", type=FILE, required=True, help="JSON Lines, may be .gz.")
@click.option("--scoring", type=FILE, required=True, help="YAML: how answers are read.")
@click.option("--erasable", is_flag=True, help="Keep the answers so that they can be erased.")
@workspace_option
@actor_option
def predictions(
    console: Console,
    model: str,
    dataset: str,
    answers: Path,
    scoring: Path,
    erasable: bool,
    workspace: Path,
    actor: str,
) -> None:
    """Record MODEL's answers to a dataset."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        console.progress(f"checking every row of {answers}")
        recorded = nouns.record_predictions(
            opened,
            model,
            dataset=dataset,
            answers=answers,
            scoring=scoring,
            erasable=erasable,
            actor=actor,
        )
    tell(console, recorded, f"ftgov audit {model}")


@command(
    "ftgov record evaluation mmlu-v2 --model loans-v2 --tool lm-eval --file results.json "
    "--metric acc=0.61",
    "ftgov record evaluation red-team --model loans-v2 --model small-lm --tool inspect "
    "--file log.json --dataset heldout",
)
@click.argument("name")
@click.option("--model", "models", multiple=True, required=True, help="Repeatable.")
@click.option("--file", "results", type=FILE, required=True, help="The tool's results file.")
@click.option("--tool", required=True, help="The tool that measured.")
@click.option("--tool-version")
@click.option("--dataset", help="The recorded dataset that it used.")
@click.option("--benchmark", help="A public data set that is not recorded here.")
@click.option("--revision", help="Of the dataset or benchmark.")
@click.option("--items", type=click.IntRange(0), help="How many questions.")
@click.option("--metric", multiple=True, callback=pairs, help="NAME=VALUE as the file states it.")
@click.option(
    "--parameter", multiple=True, callback=pairs, help="Sampling: NAME=VALUE; repeatable."
)
@click.option("--seed", type=int)
@click.option("--language", "languages", multiple=True, help="BCP 47 tag; repeatable.")
@click.option("--evaluator", type=words(EvaluationRun, "evaluator"), help="Who judged.")
@click.option("--started-at", help="RFC 3339 UTC.")
@click.option("--finished-at", help="RFC 3339 UTC.")
@workspace_option
@actor_option
def evaluation(
    console: Console,
    name: str,
    models: tuple[str, ...],
    results: Path,
    metric: dict[str, str],
    parameter: dict[str, str],
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record NAME, a run of another tool's evaluation, and keep its results file.

    Its figures are shown as stated by the file; gates judge only what ftgov measured itself.
    """
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_evaluation(
            opened,
            name,
            models=models,
            results=results,
            metrics=figures(metric, "--metric"),
            parameters={key: scalar(value) for key, value in parameter.items()},
            actor=actor,
            **fields,
        )
    tell(console, recorded, f"ftgov lineage {models[0]}")
