"""`ftgov fairness`: decisions in files, audited by group."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ftgov.cli.console import Console
from ftgov.cli.fairness_text import lines_of
from ftgov.cli.options import command
from ftgov.errors import ExitCode, UsageError, worst

if TYPE_CHECKING:
    from collections.abc import Callable

    from ftgov.api.fairness import Plan, Question
    from ftgov.records.fairness import FairnessAudit, Limit, Verdict

_NOTICE = (
    "where a group column holds special categories of personal data, using it to find bias rests "
    "on Art. 4a of the AI Act (Art. 10(5) as published) or on another ground of Art. 9(2) GDPR. "
    "Nothing is refused here; `ftgov audit` asks for the ground of declared columns."
)
_CODES = {
    "pass": ExitCode.DONE,
    "fail": ExitCode.FINDINGS,
    "inconclusive": ExitCode.NOT_ASSESSABLE,
    "not_assessed": ExitCode.NOT_ASSESSABLE,
}


def _columns(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which columns are read."""
    for option in (
        click.option("--bins", type=click.IntRange(1, 1000), default=10, show_default=True,
                     help="Bins of the score, for calibration."),
        click.option("--amounts", is_flag=True,
                     help="Label and prediction are amounts: mean error by group."),
        click.option("--where", multiple=True, metavar="COL=VALUE", help="Only these rows."),
        click.option("--strata", metavar="COL", help="Compare groups within its values too."),
        click.option("--cluster", metavar="COL",
                     help="Rows with one value of it are not independent."),
        click.option("--score", metavar="COL", help="A score behind the decision."),
        click.option("--weight", metavar="COL", help="What each row stands for."),
        click.option("--positive", metavar="VALUE", help="The favourable value; default 1, true."),
        click.option("--group", "groups", multiple=True, required=True, metavar="COL",
                     help="A group column; several are crossed."),
        click.option("--prediction", required=True, metavar="COL", help="What was decided."),
        click.option("--label", metavar="COL", help="What would have been right."),
    ):  # fmt: skip
        function = option(function)
    return function


def _decisions(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is reported and decided."""
    for option in (
        click.option("--output", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
                     help="Write fairness.html, .svg, .json and the cell table there."),
        click.option("--spark-master", default="local[*]", show_default=True,
                     help="Spark's master or Spark Connect address."),
        click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb",
                     show_default=True, help="What scans."),
        click.option("--fail-on", multiple=True, metavar="METRIC:OP:VALUE",
                     help="The failing side: lt, le, gt or ge a value; repeatable."),
        click.option("--four-fifths", is_flag=True,
                     help="Judge four fifths and print the impact ratio table (NYC LL144)."),
        click.option("--min-n", type=click.IntRange(1), default=1, show_default=True,
                     help="Smaller groups are shown, not compared."),
        click.option("--seed", type=click.IntRange(0), default=0, show_default=True),
        click.option("--confidence",
                     type=click.FloatRange(0.5, 1, min_open=True, max_open=True), default=0.95,
                     show_default=True, help="Nominal coverage of the intervals."),
        click.option("--resamples", type=click.IntRange(100, 100_000), default=1000,
                     show_default=True, help="Resamples of the bootstrap."),
        click.option("--against", type=click.Choice(["pairs", "best", "overall"]),
                     default="pairs", show_default=True, help="What groups are compared with."),
        click.option("--reference", "references", multiple=True, metavar="GROUP=VALUE",
                     help="The group that others are compared with."),
        click.option("--metric", "metrics", multiple=True, metavar="NAME",
                     help="Only this metric or aggregate; repeatable."),
    ):  # fmt: skip
        function = option(function)
    return function


@command(
    "ftgov fairness loans.csv --label repaid --prediction approved --group sex",
    "ftgov fairness loans.csv --prediction approved --group sex --fail-on "
    "demographic_parity_ratio:lt:0.8",
)
@click.argument("file")
@_columns
@_decisions
@click.pass_context
def fairness(ctx: click.Context, /, console: Console, file: str, **options: Any) -> None:
    """Audit the decisions in FILE (.csv, .parquet, .jsonl; patterns allowed) by group.

    Verdicts are made on intervals that hold for all groups at once: pass, fail or inconclusive.
    Exit status 10 if a figure lies wholly on a failing side, 12 if an interval straddles a limit.
    """
    from ftgov.api.fairness import audit_files, write_audit

    question, plan = _question(options), _plan(options)
    console.notice(_NOTICE)
    console.progress(f"scanning {file} with {options['engine']}")
    done = audit_files(
        file, question, plan, engine=options["engine"], spark_master=options["spark_master"]
    )
    written = write_audit(done, options["output"]) if options["output"] else ()
    console.result(done.audit, lines_of(console, done.audit, written))
    if options["fail_on"]:
        ctx.exit(status_of(done.audit, options["fail_on"]))


def status_of(audit: FairnessAudit, asked: tuple[str, ...]) -> ExitCode:
    """Return the exit status of an audit under the limits of `--fail-on`.

    Args:
        audit: The audit.
        asked: The limits as they were written; `--four-fifths` alone changes no status.
    """
    from ftgov.api.fairness import limit_of

    return worst(_status_of_limit(audit, limit_of(text)) for text in asked)


def _status_of_limit(audit: FairnessAudit, limit: Limit) -> ExitCode:
    """Return the exit status of one limit, over all groups at once, pairs, and group by group."""
    compared = [one for one in audit.comparisons if one.limit == limit]
    whole: list[Verdict] = [one.verdict for one in compared if not one.between]
    whole += [one.verdict for one in audit.limits if one.limit == limit]
    # One group or pair that surely fails is a failure, whatever the others leave open.
    if "fail" in {*whole, *(one.verdict for one in compared)}:
        return ExitCode.FINDINGS
    # A limit that met no figure was not kept: it was not looked at.
    return worst(_CODES[verdict] for verdict in whole) if whole else ExitCode.NOT_ASSESSABLE


def _question(options: dict[str, Any]) -> Question:
    from ftgov.api.fairness import Condition, Question

    return Question(
        groups=tuple(options["groups"]),
        prediction=options["prediction"],
        label=options["label"],
        weight=options["weight"],
        score=options["score"],
        cluster=options["cluster"],
        strata=options["strata"],
        where=tuple(Condition(*_pair("--where", text)) for text in options["where"]),
        bins=options["bins"],
        numeric=options["amounts"],
    )


def _plan(options: dict[str, Any]) -> Plan:
    from ftgov.api.fairness import FOUR_FIFTHS, Plan, limit_of

    limits = dict.fromkeys(limit_of(text) for text in options["fail_on"])
    if options["four_fifths"]:
        limits |= {FOUR_FIFTHS: None}
    return Plan(
        metrics=tuple(options["metrics"]),
        positive=options["positive"],
        limits=tuple(limits),
        reference=tuple(_pair("--reference", text) for text in options["references"]),
        against=options["against"],
        confidence=options["confidence"],
        resamples=options["resamples"],
        seed=options["seed"],
        min_n=options["min_n"],
        impact=options["four_fifths"],
    )


def _pair(option: str, text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(f"{option} {text!r} is not written as COLUMN=VALUE.")
    return name, value


COMMAND = fairness
