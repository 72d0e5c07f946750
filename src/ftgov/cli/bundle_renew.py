"""`ftgov bundle renew` and `ftgov bundle renewals`: a sealed PDF for the archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command

if TYPE_CHECKING:
    from ftgov.api.renewal import Renewed

_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, dir_okay=False)
_TRUST = click.option("--trust", type=_PATH, required=True, help="The trust pack.")
_ROOT = click.option("--trust-root", help="Fingerprint of the key that signed the trust pack.")


@command(
    "ftgov bundle renew out/bundle --trust trust --tsa https://tsa.example/tsr --output 2027.pdf",
    "ftgov bundle renew out/bundle --trust trust --tsa https://tsa.example/tsr --last 2027.pdf "
    "--output 2028.pdf",
)
@click.argument("bundle", type=_PATH)
@_TRUST
@click.option(
    "--tsa",
    envvar="FTGOV_TSA",
    metavar="URL",
    required=True,
    help="Ask this RFC 3161 authority, which the trust pack must name; it sees a digest only.",
)
@click.option("--last", type=_FILE, help="The PDF as it was renewed last.")
@click.option("--output", type=_FILE, required=True, help="A new file.")
@_ROOT
def renew(
    console: Console,
    bundle: Path,
    trust: Path,
    tsa: str,
    last: Path | None,
    output: Path,
    trust_root: str | None,
) -> None:
    """Write BUNDLE's sealed PDF with one more time stamp over all of it, for the archive.

    Once a year, before the last time stamp's certificate expires. BUNDLE stays as it is; a seal
    that does not hold, or whose authority the trust pack does not name, is not renewed.
    """
    from ftgov.api.renewal import renew as renew_it

    made = renew_it(bundle, trust, output, url=tsa, last=last, trust_root=trust_root)
    _show(console, made)


@command(
    "ftgov bundle renewals out/bundle 2027.pdf --trust trust",
    "ftgov bundle renewals bundle.zip 2028.pdf --trust trust-pack.json",
)
@click.argument("bundle", type=_PATH)
@click.argument("pdf", type=_FILE)
@_TRUST
@_ROOT
def renewals(
    console: Console, bundle: Path, pdf: Path, trust: Path, trust_root: str | None
) -> None:
    """Check that PDF is BUNDLE's sealed PDF, renewed and nothing else, and list its renewals.

    Exit status 0 valid; 20 invalid, or a renewal came too late; 12 where it could not be assessed,
    or the certificate of the last time stamp has expired by now.
    """
    from ftgov.api.renewal import renewals as list_them

    _show(console, list_them(bundle, pdf, trust, trust_root=trust_root))


def _show(console: Console, found: Renewed) -> None:
    lines = [
        f"{inert(found.file)}: begins with report.pdf of the bundle, {found.original}",
        f"  sealed {found.sealed_at}",
    ]
    lines += [
        f"  renewed {each.at} by {inert(each.authority)}, provable until {each.until}"
        for each in found.renewals
    ]
    lines.append(f"Renew again before {found.until}, at best every year.")
    if found.soon:
        console.warn(
            f"the certificate of the last time stamp ends at {found.until}, before a renewal a "
            "year later: renew earlier, or ask another authority."
        )
    console.result(found, lines)
