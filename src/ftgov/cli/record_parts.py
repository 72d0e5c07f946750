"""What the commands of `ftgov record` share: choices of words, pairs of text, the closing lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import click

from ftgov.cli.console import Console

FILE = click.Path(path_type=Path)
DAY = "ISO date, unknown or n/a."


def words(record: Any, field: str) -> click.Choice[str]:
    """Return the words that a record's field may hold, as an option's choice."""
    return click.Choice([str(word) for word in _literals(record.model_fields[field].annotation)])


def _literals(annotation: Any) -> list[object]:
    found: list[object] = []
    for part in get_args(annotation):
        found += [part] if isinstance(part, str) else _literals(part)
    return found


def tell(console: Console, recorded: list[str], next_step: str) -> None:
    """Say what was recorded and what to do next."""
    lines = [*(f"recorded {name}" for name in recorded), f"Next: {next_step}"]
    console.result({"recorded": recorded}, lines)


def pairs(ctx: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Read `NAME=VALUE` texts; a callback of an option that may be repeated."""
    del ctx
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise click.BadParameter(f"'{text}' is not NAME=VALUE.", param=option)
        if name in found:
            raise click.BadParameter(f"'{name}' is given twice.", param=option)
        found[name] = value
    return found


def scalar(text: str) -> bool | int | float | str:
    """Return a setting as the number or truth value it spells, or as the text it is."""
    if text in {"true", "false"}:
        return text == "true"
    kinds: tuple[Callable[[str], int | float], ...] = (int, float)
    for kind in kinds:
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def figures(given: dict[str, str], option: str) -> dict[str, float]:
    """Return pairs whose values are finite numbers.

    Raises:
        click.BadParameter: If one is not; names it.
    """
    found: dict[str, float] = {}
    for name, text in given.items():
        try:
            found[name] = float(text)
        except ValueError as fault:
            raise click.BadParameter(f"{option} {name}: '{text}' is no number.") from fault
    return found
