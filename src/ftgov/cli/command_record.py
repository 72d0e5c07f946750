"""`ftgov record`: one noun at a time into the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ftgov.cli.console import Console
from ftgov.cli.options import ExampleGroup, actor_option, command, workspace_option
from ftgov.cli.record_answers import evaluation, predictions
from ftgov.cli.record_model import job, model
from ftgov.cli.record_parts import FILE, tell, words
from ftgov.cli.record_special import special_basis, special_columns
from ftgov.cli.record_system import incident, system
from ftgov.records.dataset import Dataset
from ftgov.records.party import Party

_ABSENT = (("unknown",), ("n/a",))


@command(
    "ftgov record party acme-bank --role provider --legal-name 'Acme Bank AG'",
    "ftgov record party jo@example.org --kind person --role deployer --legal-name 'Jo Doe'",
)
@click.argument("name")
@click.option(
    "--kind",
    type=click.Choice(["organisation", "person", "account"]),
    default="organisation",
    show_default=True,
)
@click.option("--role", type=words(Party, "role"), help="Its main role, if it has one.")
@click.option("--legal-name", help="The name under which it is registered, or in full.")
@click.option("--contact", help="How to reach it.")
@workspace_option
@actor_option
def party(console: Console, name: str, workspace: Path, actor: str, **fields: Any) -> None:
    """Record the party NAME: who answers for something, or acts.

    Of a person the ledger holds a random id and the role. Name and contact are kept encrypted, and
    `ftgov erase` makes them unreadable.
    """
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_party(opened, name, actor=actor, **fields)
    tell(console, recorded, "ftgov record dataset NAME --file FILE --role train")


@command(
    "ftgov record dataset loans-train --file train.jsonl --role train --licence CC0-1.0",
    "ftgov record dataset heldout --file a.jsonl --file b.jsonl --role evaluation",
    "ftgov record dataset loans-clean --file c.jsonl --role train --parent loans-train",
)
@click.argument("name")
@click.option("--file", "files", type=FILE, multiple=True, required=True, help="Repeatable.")
@click.option("--role", required=True, type=words(Dataset, "role"))
@click.option("--description", default="")
@click.option("--origin", help="Where the data comes from.")
@click.option("--licence", help="SPDX id or URL.")
@click.option("--language", "languages", multiple=True, help="BCP 47 tag; repeatable.")
@click.option("--personal-data", type=words(Dataset, "personal_data"), default="unknown")
@click.option("--version")
@click.option("--parent", "parents", multiple=True, help="A dataset it was made of; repeatable.")
@click.option("--transform", help="How it was made of them.")
@click.option("--legal-basis", help="For example GDPR Art. 6(1)(b); unknown; n/a.")
@click.option(
    "--special-category", "special", multiple=True, help="GDPR Art. 9(1), unknown or n/a."
)
@click.option("--owner", help="The party that answers for it, or unknown.")
@click.option("--erasable", is_flag=True, help="Keep the files so that they can be erased.")
@workspace_option
@actor_option
def dataset(
    console: Console,
    name: str,
    files: tuple[Path, ...],
    parents: tuple[str, ...],
    transform: str | None,
    special: tuple[str, ...],
    erasable: bool,
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the dataset NAME and keep its files."""
    from ftgov.api import nouns, open_workspace

    if transform and not parents:
        raise click.UsageError("--transform says how it was made of a --parent; none is given.")
    with open_workspace(workspace) as opened:
        recorded = nouns.record_dataset(
            opened,
            name,
            files,
            actor=actor,
            erasable=erasable,
            parents=tuple({"name": each, "transform": transform} for each in parents),
            special_categories=special[0] if special in _ABSENT else special or None,
            **fields,
        )
    tell(console, recorded, "ftgov record model NAME --kind base")


COMMAND = ExampleGroup(
    "record",
    [
        party,
        dataset,
        model,
        job,
        system,
        predictions,
        evaluation,
        incident,
        special_columns,
        special_basis,
    ],
    "Record a dataset, model, job, system, party, predictions, evaluation or incident.\n\n"
    "Recording the same again changes nothing; other content under the same name supersedes it.",
    "ftgov record dataset loans-train --file train.jsonl --role train",
    "ftgov record model loans-v2 --kind tuned --parent small-lm",
)
