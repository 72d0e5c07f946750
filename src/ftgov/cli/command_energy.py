"""`ftgov energy`: what a job used, estimated; and how good the estimates are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.command_energy_factors import factors
from ftgov.cli.command_energy_use import use
from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, command

if TYPE_CHECKING:
    from ftgov.energy.job import Method, Site


@command(
    "ftgov energy estimate --model gpt-4o-mini --tokens 1e6",
    "ftgov energy estimate --params 8e9 --tokens 2.5e7 --method lora --gpu H100 --hours 3 --json",
)
@click.option("--model", help="The base model's name, or a fine-tuned model's (ft:...).")
@click.option("--params", help="Active parameters instead: N or LOW,HIGH.")
@click.option("--tokens", required=True, help="Tokens trained on, over all epochs.")
@click.option(
    "--method",
    type=click.Choice(["lora", "full", "dpo", "unknown"]),
    default="unknown",
    show_default=True,
    help="What was trained: adapters, all weights, by preference.",
)
@click.option("--gpu", help="The accelerator, for example H100.")
@click.option("--gpus", type=int, help="How many; one by default where --gpu is one's own.")
@click.option("--region", help="Grid zone or cloud region: DE, US-VA, swedencentral.")
@click.option("--hours", type=float, help="How long the job ran, without waiting.")
@click.option(
    "--site",
    type=click.Choice(["hosted", "local", "datacentre"]),
    help="Who ran it; by default local where --gpu is given, else hosted.",
)
@click.option("--base-flop", help="The original model's training compute, where it is known.")
@click.option("--strict", is_flag=True, help="Refuse an unknown model and improbable evidence.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
def estimate(
    console: Console,
    model: str | None,
    params: str | None,
    tokens: str,
    method: Method,
    gpu: str | None,
    gpus: int | None,
    region: str | None,
    hours: float | None,
    site: Site | None,
    base_flop: str | None,
    strict: bool,
    seed: int,
) -> None:
    """Estimate energy, carbon, water and training compute of a job that nobody measured.

    Every figure is a range of 90 % with its boundary. A machine of your own is better measured:
    see `ftgov train`.
    """
    from ftgov.energy.asked import Question, answer, number
    from ftgov.energy.plain import as_json
    from ftgov.energy.wording import lines

    base = None if base_flop is None else number(base_flop, "--base-flop")
    result = answer(
        Question(
            tokens=tokens,
            model=model,
            params=params,
            method=method,
            gpu=gpu,
            gpus=gpus,
            region=region,
            hours=hours,
            site=site,
            strict=strict,
            seed=seed,
        )
    )
    console.result(as_json(result, base), map(inert, lines(result, base)))


@command("ftgov energy validate", "ftgov energy validate --cases our-cases.csv --json")
@click.option(
    "--cases",
    type=click.Path(path_type=Path),
    help="A table of measured cases; by default the one that ftgov ships.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the draws.")
def validate(console: Console, cases: Path | None, seed: int) -> None:
    """Score the estimates on published measured cases: coverage, ratio, width, interval score."""
    from ftgov.energy.cases import SHIPPED, read_cases
    from ftgov.energy.scorecard import as_json, lines
    from ftgov.energy.validate import validate as scored

    result = scored(read_cases(cases or SHIPPED), seed=seed)
    console.result(as_json(result), map(inert, lines(result)))


COMMAND = ExampleGroup(
    "energy",
    [estimate, use, validate, factors],
    "Estimate energy, carbon, water and compute of a job, and score the estimates.",
    "ftgov energy estimate --model gpt-4.1-mini --tokens 1e7 --region SE",
    "ftgov energy validate",
)
