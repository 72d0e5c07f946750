"""`ftgov record model` and `ftgov record job`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.record_parts import DAY, FILE, pairs, scalar, tell, words
from ftgov.records.job import Job, JobState
from ftgov.records.model import ModelDates, ModelKind


@command(
    "ftgov record model small-lm --kind base --weights small-lm.weights.json",
    "ftgov record model loans-v2 --kind tuned --parent small-lm",
    "ftgov record model gpt-4o-mini --kind base --provider OpenAI --shutdown 2027-01-14",
)
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(get_args(ModelKind)))
@click.option("--parent", help="The model it derives from.")
@click.option("--adapter", help="The adapter that a tuned model applies.")
@click.option("--merged-from", multiple=True, help="A model it was merged from; repeatable.")
@click.option("--alias-of", help="The model that an alias names.")
@click.option("--weights", type=FILE, help="JSON that lists the weight files and digests.")
@click.option("--architecture")
@click.option("--parameters", type=click.IntRange(0))
@click.option("--licence", help="SPDX id or URL.")
@click.option("--provider", help="Who supplies it, unknown or n/a.")
@click.option("--host", help="Where it answers: local, openai, azure ...")
@click.option("--version")
@click.option("--snapshot", help="The supplier's name of this very version.")
@click.option("--purl", help="Its package URL.")
@click.option("--summary-url", help="The public summary of its training content.")
@click.option("--tokenizer", type=FILE, help="Its digest is recorded.")
@click.option("--chat-template", type=FILE, help="Its digest is recorded.")
@click.option("--announced", help=DAY)
@click.option("--released", help=DAY)
@click.option("--eu-market", help=f"Placed on the Union market. {DAY}")
@click.option("--training-retirement", help=f"No job may start from it. {DAY}")
@click.option("--deployment-retirement", help=f"No new deployment. {DAY}")
@click.option("--shutdown", help=f"It answers no longer. {DAY}")
@click.option("--deleted", help=DAY)
@workspace_option
@actor_option
def model(
    console: Console,
    name: str,
    weights: Path | None,
    tokenizer: Path | None,
    chat_template: Path | None,
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the model version NAME."""
    from ftgov.api import nouns, open_workspace

    dates = {key: _text(fields.pop(key)) for key in ModelDates.model_fields}
    with open_workspace(workspace) as opened:
        recorded = nouns.record_model(
            opened,
            name,
            weights=weights,
            tokenizer=tokenizer,
            chat_template=chat_template,
            dates=dates,
            actor=actor,
            **fields,
        )
    tell(console, recorded, "ftgov record job NAME --base BASE --output MODEL")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@command(
    "ftgov record job tune-2 --method lora --base small-lm --train loans-train --output loans-v2",
    "ftgov record job tune-3 --method dpo --base loans-v2 --output loans-v3 --provider openai",
)
@click.argument("name")
@click.option("--method", required=True, type=words(Job, "method"))
@click.option("--base", help="The model it started from.")
@click.option("--output", "outputs", multiple=True, help="A model that it made; repeatable.")
@click.option("--train", help="The dataset it trained on.")
@click.option("--validation", help="The dataset it validated on.")
@click.option("--provider", default="local", show_default=True, help="Where it ran.")
@click.option("--status", type=click.Choice(get_args(JobState)), help="Without it: succeeded.")
@click.option("--seed", type=int)
@click.option("--started-at", help="RFC 3339 UTC.")
@click.option("--finished-at", help="RFC 3339 UTC.")
@click.option("--trained-tokens", type=click.IntRange(0), help="Over all epochs.")
@click.option("--billed-tokens", help="As billed, or unknown.")
@click.option("--flop", help="Floating-point operations, in digits.")
@click.option("--hyperparameter", multiple=True, callback=pairs, help="NAME=VALUE; repeatable.")
@click.option("--requested-by", help="A party, or unknown.")
@click.option("--approved-by", help="A party, or unknown.")
@click.option("--ticket")
@click.option("--code-ref", help="The commit that trained.")
@click.option("--project", help="The host's project.")
@click.option("--region", help="Where the training ran, or unknown.")
@click.option("--trainer-state", type=FILE, help="The trainer's log of losses.")
@click.option("--config", type=FILE, help="Hyperparameters and versions.")
@click.option("--energy", type=FILE, help="The energy tool's own record.")
@workspace_option
@actor_option
def job(
    console: Console,
    name: str,
    train: str | None,
    validation: str | None,
    hyperparameter: dict[str, str],
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the training job NAME and keep its files."""
    from ftgov.api import nouns, open_workspace

    files = {key: _path(fields.pop(key)) for key in ("trainer_state", "config", "energy")}
    request = {
        key: _text(fields.pop(key)) for key in ("requested_by", "approved_by", "ticket", "code_ref")
    }
    host = {key: _text(fields.pop(key)) for key in ("project", "region")}
    named = {"train": train, "validation": validation}
    with open_workspace(workspace) as opened:
        recorded = nouns.record_job(
            opened,
            name,
            files=files,
            request=request,
            host=host,
            status=_text(fields.pop("status")),
            hyperparameters={key: scalar(value) for key, value in hyperparameter.items()},
            actor=actor,
            datasets={role: data for role, data in named.items() if data},
            **fields,
        )
    tell(console, recorded, "ftgov record predictions MODEL --dataset D --file F --scoring S")


def _path(value: object) -> Path | None:
    return value if isinstance(value, Path) else None
