"""`ftgov record`: one noun at a time into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import click

from ftgov.cli.console import Console
from ftgov.cli.options import ExampleGroup, actor_option, command, workspace_option
from ftgov.cli.record_special import special_basis, special_columns
from ftgov.records.dataset import Dataset
from ftgov.records.job import Job
from ftgov.records.model import ModelKind
from ftgov.records.party import Party

_FILE = click.Path(path_type=Path)


def _words(record: Any, field: str) -> click.Choice[str]:
    return click.Choice(get_args(record.model_fields[field].annotation))


def _tell(console: Console, recorded: list[str], next_step: str) -> None:
    lines = [*(f"recorded {name}" for name in recorded), f"Next: {next_step}"]
    console.result({"recorded": recorded}, lines)


@command(
    "ftgov record party acme-bank --role provider --legal-name 'Acme Bank AG'",
    "ftgov record party jo --role deployer --contact jo@example.org",
)
@click.argument("name")
@click.option("--role", required=True, type=_words(Party, "role"))
@click.option("--legal-name", help="The name under which it is registered.")
@click.option("--contact", help="How to reach it.")
@workspace_option
@actor_option
def party(console: Console, name: str, workspace: Path, actor: str, **fields: str | None) -> None:
    """Record the party NAME: a person or organisation that answers for something."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_party(opened, name, actor=actor, **fields)
    _tell(console, recorded, "ftgov record dataset NAME --file FILE --role train")


@command(
    "ftgov record dataset loans-train --file train.jsonl --role train --licence CC0-1.0",
    "ftgov record dataset heldout --file a.jsonl --file b.jsonl --role evaluation",
)
@click.argument("name")
@click.option("--file", "files", type=_FILE, multiple=True, required=True, help="Repeatable.")
@click.option("--role", required=True, type=_words(Dataset, "role"))
@click.option("--description", default="")
@click.option("--origin", help="Where the data comes from.")
@click.option("--licence", help="SPDX id or URL.")
@click.option("--language", "languages", multiple=True, help="BCP 47 tag; repeatable.")
@click.option("--personal-data", type=_words(Dataset, "personal_data"), default="unknown")
@workspace_option
@actor_option
def dataset(
    console: Console,
    name: str,
    files: tuple[Path, ...],
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the dataset NAME and keep its files."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_dataset(opened, name, files, actor=actor, **fields)
    _tell(console, recorded, "ftgov record model NAME --kind base")


@command(
    "ftgov record model small-lm --kind base --weights small-lm.weights.json",
    "ftgov record model loans-v2 --kind tuned --parent small-lm",
)
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(get_args(ModelKind)))
@click.option("--parent", help="The model it derives from.")
@click.option("--adapter", help="The adapter that a tuned model applies.")
@click.option("--weights", type=_FILE, help="JSON that lists the weight files and digests.")
@click.option("--architecture")
@click.option("--parameters", type=click.IntRange(0))
@click.option("--licence", help="SPDX id or URL.")
@workspace_option
@actor_option
def model(
    console: Console, name: str, weights: Path | None, workspace: Path, actor: str, **fields: object
) -> None:
    """Record the model version NAME."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_model(opened, name, weights=weights, actor=actor, **fields)
    _tell(console, recorded, "ftgov record job NAME --base BASE --output MODEL")


@command(
    "ftgov record job tune-2 --method lora --base small-lm --train loans-train --output loans-v2",
    "ftgov record job tune-3 --method dpo --base loans-v2 --output loans-v3 --provider openai",
)
@click.argument("name")
@click.option("--method", required=True, type=_words(Job, "method"))
@click.option("--base", help="The model it started from.")
@click.option("--output", "outputs", multiple=True, required=True, help="A model; repeatable.")
@click.option("--train", help="The dataset it trained on.")
@click.option("--validation", help="The dataset it validated on.")
@click.option("--provider", default="local", show_default=True, help="Where it ran.")
@click.option("--seed", type=int)
@click.option("--started-at", help="RFC 3339 UTC.")
@click.option("--finished-at", help="RFC 3339 UTC.")
@click.option("--trained-tokens", type=click.IntRange(0), help="Over all epochs.")
@click.option("--trainer-state", type=_FILE, help="The trainer's log of losses.")
@click.option("--config", type=_FILE, help="Hyperparameters and versions.")
@click.option("--energy", type=_FILE, help="The energy tool's own record.")
@workspace_option
@actor_option
def job(
    console: Console,
    name: str,
    train: str | None,
    validation: str | None,
    trainer_state: Path | None,
    config: Path | None,
    energy: Path | None,
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the training job NAME and keep its files."""
    from ftgov.api import nouns, open_workspace

    named = {"train": train, "validation": validation}
    files = {"trainer_state": trainer_state, "config": config, "energy": energy}
    with open_workspace(workspace) as opened:
        recorded = nouns.record_job(
            opened,
            name,
            files=files,
            actor=actor,
            datasets={role: data for role, data in named.items() if data},
            **fields,
        )
    _tell(console, recorded, "ftgov record predictions MODEL --dataset D --file F --scoring S")


@command(
    "ftgov record system loan-desk --model loans-v2 --facts system.yaml",
    "ftgov record system faq --model loans-v2 --facts faq.yaml --purpose 'Answer customers'",
)
@click.argument("name")
@click.option("--model", required=True, help="The model it uses.")
@click.option("--facts", type=_FILE, required=True, help="YAML with the facts the law asks.")
@click.option("--purpose", help="The intended purpose, where the file does not hold it.")
@workspace_option
@actor_option
def system(
    console: Console,
    name: str,
    model: str,
    facts: Path,
    purpose: str | None,
    workspace: Path,
    actor: str,
) -> None:
    """Record the system NAME: a model put to a purpose."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_system(
            opened, name, model=model, facts=facts, purpose=purpose, actor=actor
        )
    _tell(console, recorded, f"ftgov audit {model}")


@command(
    "ftgov record predictions loans-v2 --dataset heldout --file a.jsonl --scoring s.yaml",
    "ftgov record predictions small-lm --dataset heldout --file b.jsonl.gz --scoring s.yaml",
)
@click.argument("model")
@click.option("--dataset", required=True, help="The dataset whose prompts were answered.")
@click.option("--file", "answers", type=_FILE, required=True, help="JSON Lines, may be .gz.")
@click.option("--scoring", type=_FILE, required=True, help="YAML: how answers are read.")
@workspace_option
@actor_option
def predictions(
    console: Console,
    model: str,
    dataset: str,
    answers: Path,
    scoring: Path,
    workspace: Path,
    actor: str,
) -> None:
    """Record MODEL's answers to a dataset."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        console.progress(f"checking every row of {answers}")
        recorded = nouns.record_predictions(
            opened, model, dataset=dataset, answers=answers, scoring=scoring, actor=actor
        )
    _tell(console, recorded, f"ftgov audit {model}")


COMMAND = ExampleGroup(
    "record",
    [party, dataset, model, job, system, predictions, special_columns, special_basis],
    "Record a dataset, model, job, system, party or predictions.\n\n"
    "Recording the same again changes nothing; other content under the same name supersedes it.",
    "ftgov record dataset loans-train --file train.jsonl --role train",
    "ftgov record model loans-v2 --kind tuned --parent small-lm",
)
