"""`ftgov energy factors`: the dated tables behind every estimate."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command

if TYPE_CHECKING:
    from ftgov.energy.factors import Factor


@command(
    "ftgov energy factors",
    "ftgov energy factors grid --json",
    name="factors",
)
@click.argument("tables", nargs=-1)
@click.option("--stale", is_flag=True, help="Only rows published over 18 months ago.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the age is told.  [default: today]",
)
def factors(console: Console, tables: tuple[str, ...], stale: bool, as_of: object) -> None:
    """Show factor tables: value, range, unit, source, date; all of them without a name."""
    from datetime import datetime

    from ftgov.api import now_text
    from ftgov.energy import factors as shelf

    today = as_of.date() if isinstance(as_of, datetime) else date.fromisoformat(now_text()[:10])
    names = tables or shelf.table_names()
    rows = [row for name in names for row in shelf.table(name).values()]
    old = {row.id for row in shelf.stale(rows, today)}
    chosen = [row for row in rows if row.id in old] if stale else rows
    plain = {
        "as_of": today.isoformat(),
        "rows": [{**row._asdict(), "stale": row.id in old} for row in chosen],
        "stale": len(old),
    }
    lines = [inert(_line(row, stale=row.id in old)) for row in chosen]
    counted = f"{len(chosen)} rows, {len(old)} of them published over 18 months before {today}"
    console.result(plain, [*lines, counted])


def _line(row: Factor, *, stale: bool) -> str:
    """Return a row as text; its numbers are quoted from its source, not rounded to two figures."""
    ends = "" if row.low == row.high else f" ({row.low:g} to {row.high:g})"
    unit = "" if row.unit == "1" else f" {row.unit}"
    old = ", old" if stale else ""
    return f"{row.id}  {row.value:g}{ends}{unit}  [{row.label}; {row.published}{old}]  {row.source}"


COMMAND = factors
