"""`ftgov energy use`: what serving a tuned model takes, from its tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command

if TYPE_CHECKING:
    from ftgov.energy.job import Method

_COUNT = click.IntRange(0)


@command(
    "ftgov energy use --model gpt-4o-mini --requests 1000 --input 400000 --output 120000",
    "ftgov energy use --model ft:gpt-4.1-mini-2025-04-14:org::id --requests 1 --input 300 "
    "--output 200 --trained-tokens 1e6 --longer-input 3000",
)
@click.option("--model", required=True, help="The tuned model's name (ft:...) or its base's.")
@click.option("--requests", type=click.IntRange(1), default=1, show_default=True)
@click.option("--input", "read", type=_COUNT, required=True, help="Input tokens, cached ones too.")
@click.option("--cached", type=_COUNT, default=0, help="How many of them came from a cache.")
@click.option("--output", "written", type=_COUNT, required=True, help="Output tokens.")
@click.option("--reasoning", type=_COUNT, default=0, help="How many of them were reasoning.")
@click.option("--gpu", help="The accelerator; a mixture where it is not known.")
@click.option("--region", help="Grid zone or cloud region; a mixture where it is not known.")
@click.option("--trained-tokens", help="Tokens of the fine-tuning, over all epochs.")
@click.option(
    "--method",
    type=click.Choice(["lora", "full", "dpo", "unknown"]),
    default="unknown",
    show_default=True,
    help="What was trained.",
)
@click.option("--longer-input", type=_COUNT, help="Input tokens that a base model would need.")
@click.option("--longer-cached", type=_COUNT, default=0, help="How many of those were cached.")
@click.option("--longer-model", help="That base model; the tuned model's own by default.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
def use(
    console: Console,
    model: str,
    requests: int,
    read: int,
    cached: int,
    written: int,
    reasoning: int,
    gpu: str | None,
    region: str | None,
    trained_tokens: str | None,
    method: Method,
    longer_input: int | None,
    longer_cached: int,
    longer_model: str | None,
    seed: int,
) -> None:
    """Estimate energy, carbon, water and price of 1,000 requests from the tokens of some.

    With --trained-tokens and --longer-input it tells after how many requests the fine-tune has used
    less energy than the base model with a longer prompt.
    """
    from ftgov.energy.inference import TokenUse
    from ftgov.energy.use import UseQuestion, as_json, lines
    from ftgov.energy.use import use as estimated

    usage = TokenUse(requests, read, cached, written, reasoning)
    longer = (
        None if longer_input is None else usage._replace(input=longer_input, cached=longer_cached)
    )
    found = estimated(
        UseQuestion(
            model=model,
            usage=usage,
            gpu=gpu,
            region=region,
            trained_tokens=trained_tokens,
            method=method,
            longer=longer,
            longer_model=longer_model,
            seed=seed,
        )
    )
    console.result(as_json(found), map(inert, lines(found)))


COMMAND = use
