"""Options of commands that sign or verify what people sign: the key, and whom to believe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def key_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--key NAME`: the signing key, by its name in the workspace."""
    return click.option(
        "--key", default="release", show_default=True, help="Your signing key's name."
    )(function)


def trust_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--trust PACK` and `--trust-root FINGERPRINT`."""
    with_root = click.option("--trust-root", help="Fingerprint that the pack's root must have.")(
        function
    )
    return click.option(
        "--trust",
        type=click.Path(path_type=Path),
        help="A trust pack; by default [trust] pack of ftgov.toml, else trust/trust-pack.json.",
    )(with_root)
