"""Options of commands that sign or verify what people sign: the key, the time, whom to believe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ftgov.signing.envelope import Stamp
    from ftgov.store.workspace import Workspace


def key_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--key NAME`: the signing key, by its name in the workspace."""
    return click.option(
        "--key", default="release", show_default=True, help="Your signing key's name."
    )(function)


def stamp_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--tsa URL`: a time-stamp authority to ask."""
    return click.option(
        "--tsa",
        envvar="FTGOV_TSA",
        metavar="URL",
        help="Ask this RFC 3161 authority for a time stamp; it sees a digest only.",
    )(function)


def stamp_of(opened: Workspace, url: str | None) -> Stamp | None:
    """Return what asks an authority for a time stamp, or None where none was named."""
    from ftgov.api.seals import timestamp_service

    return timestamp_service(opened, url).stamp if url else None


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
