"""`ftgov record system` and `ftgov record incident`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.record_parts import FILE, pairs, scalar, tell, words
from ftgov.records.incident import Harm, Incident
from ftgov.records.operation import Operation


def _tools(
    ctx: click.Context, option: click.Parameter, given: Sequence[str]
) -> dict[str, Path | None]:
    del ctx
    found: dict[str, Path | None] = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not name or (equals and not path) or name in found:
            raise click.BadParameter(f"'{text}' is not NAME or NAME=FILE, once.", param=option)
        found[name] = Path(path) if path else None
    return found


def _stores(
    ctx: click.Context, option: click.Parameter, given: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    del ctx
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, equals, content = text.partition("=")
        if not (name and equals and content):
            raise click.BadParameter(f"'{text}' is not NAME=FILE or NAME=dataset:D.", param=option)
        found[name] = (*found.get(name, ()), content)
    return found


@command(
    "ftgov record system loan-desk --model loans-v2 --facts system.yaml",
    "ftgov record system faq --model loans-v2 --facts faq.yaml --purpose 'Answer customers'",
    "ftgov record system faq --model loans-v2 --facts faq.yaml --prompt prompt.txt --tool search",
)
@click.argument("name")
@click.option("--model", required=True, help="The model it uses.")
@click.option("--facts", type=FILE, required=True, help="YAML with the facts the law asks.")
@click.option("--purpose", help="The intended purpose, where the file does not hold it.")
@click.option("--prompt", type=FILE, help="The system prompt; it is kept, no bundle carries it.")
@click.option(
    "--tool", "tools", multiple=True, callback=_tools, help="NAME, or NAME=FILE that defines it."
)
@click.option(
    "--vector-store",
    "vector_stores",
    multiple=True,
    callback=_stores,
    help="NAME=FILE or NAME=dataset:DATASET; repeatable.",
)
@click.option(
    "--parameter", "parameters", multiple=True, callback=pairs, help="NAME=VALUE; repeatable."
)
@click.option("--moderation", help="The moderation model, n/a or unknown.")
@click.option("--guardrail", "guardrails", multiple=True, help="Repeatable.")
@click.option("--territory", multiple=True, help="Country code or EU; repeatable.")
@click.option("--environment", type=words(Operation, "environment"))
@click.option("--endpoint")
@click.option("--region", help="Where it runs, or unknown.")
@click.option("--active-from", help="RFC 3339 UTC, or unknown.")
@click.option("--active-to", help="RFC 3339 UTC; n/a while it is in service.")
@click.option("--fallback", help="The model it falls back on.")
@click.option("--replaced-by", help="The system that took its place.")
@click.option("--users", help="Who is meant to use it.")
@click.option("--out-of-scope", help="Uses it is not meant for.")
@click.option("--oversight", help="Which people watch over it, and how.")
@workspace_option
@actor_option
def system(
    console: Console,
    name: str,
    model: str,
    facts: Path,
    purpose: str | None,
    prompt: Path | None,
    tools: dict[str, Path | None],
    vector_stores: dict[str, tuple[str, ...]],
    parameters: dict[str, str],
    moderation: str | None,
    guardrails: tuple[str, ...],
    workspace: Path,
    actor: str,
    **operation: object,
) -> None:
    """Record the system NAME: a model put to a purpose."""
    from ftgov.api import nouns, open_workspace

    operation["parameters"] = {key: scalar(value) for key, value in parameters.items()}
    operation["guardrails"] = tuple({"name": each} for each in guardrails)
    absent = moderation in {None, "unknown", "n/a"}
    operation["moderation"] = moderation if absent else {"model": moderation}
    with open_workspace(workspace) as opened:
        recorded = nouns.record_system(
            opened,
            name,
            model=model,
            facts=facts,
            purpose=purpose,
            prompt=prompt,
            tools=tools,
            vector_stores=vector_stores,
            operation=operation,
            actor=actor,
        )
    tell(console, recorded, f"ftgov audit {model}")


@command(
    "ftgov record incident wrong-denials --system loan-desk --kind malfunction "
    "--known-at 2026-11-20T08:00:00Z --summary 'Denied all loans for an hour'",
    "ftgov record incident leak --model loans-v2 --kind data_breach "
    "--known-at 2026-11-20T08:00:00Z --summary 'Named a customer' --file mail.txt",
)
@click.argument("name")
@click.option("--system", help="The system that it is about.")
@click.option("--model", help="The model that it is about.")
@click.option("--kind", required=True, type=words(Incident, "kind"))
@click.option("--summary", required=True, help="What went wrong.")
@click.option("--known-at", required=True, help="When you became aware, RFC 3339 UTC.")
@click.option("--occurred-at", help="RFC 3339 UTC, or unknown.")
@click.option(
    "--harm",
    "harms",
    multiple=True,
    type=click.Choice(get_args(Harm)),
    help="AI Act Art. 3(49); repeatable.",
)
@click.option("--people-affected", type=click.IntRange(0))
@click.option("--cause", help="Why it happened, or unknown.")
@click.option("--correction", help="What was done about it.")
@click.option("--closed", is_flag=True, help="Nothing is left to do.")
@click.option("--file", "files", type=FILE, multiple=True, help="What documents it; repeatable.")
@click.option("--erasable", is_flag=True, help="Keep the files so that they can be erased.")
@workspace_option
@actor_option
def incident(
    console: Console,
    name: str,
    closed: bool,
    files: tuple[Path, ...],
    erasable: bool,
    workspace: Path,
    actor: str,
    **fields: object,
) -> None:
    """Record the incident NAME; the same name again records its newer state."""
    from ftgov.api import nouns, open_workspace

    with open_workspace(workspace) as opened:
        recorded = nouns.record_incident(
            opened,
            name,
            files=files,
            erasable=erasable,
            actor=actor,
            state="closed" if closed else "open",
            **fields,
        )
    about = fields["model"]
    tell(console, recorded, f"ftgov lineage {about}" if about else "ftgov log")
