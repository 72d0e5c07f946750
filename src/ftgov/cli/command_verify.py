"""`ftgov verify`: check a bundle offline."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command
from ftgov.errors import ExitCode
from ftgov.records.attestation import Verification

_STATUS = {
    "valid": ExitCode.DONE,
    "invalid": ExitCode.INVALID,
    "not_assessed": ExitCode.NOT_ASSESSABLE,
}
_STYLE = {"valid": "good", "invalid": "bad", "not_assessed": "weak"}
_SHOWN = 12


@command(
    "ftgov verify reports/honest/bundle --trust trust-pack.json",
    "ftgov verify bundle.zip --trust trust --recompute",
)
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--trust", type=click.Path(path_type=Path), required=True, help="The trust pack.")
@click.option("--recompute", is_flag=True, help="Derive every figure again from the evidence.")
@click.option("--trust-root", help="Fingerprint of the key that signed the trust pack.")
@click.option("--without", multiple=True, type=click.Choice(["pdf"]), help="Leave a layer out.")
@click.option("--complete", is_flag=True, help="Do not accept a bundle that withholds anything.")
@click.pass_context
def verify(
    ctx: click.Context,
    console: Console,
    bundle: Path,
    trust: Path,
    recompute: bool,
    trust_root: str | None,
    without: tuple[str, ...],
    complete: bool,
) -> None:
    """Check BUNDLE, a folder or a zip, with a trust pack that came from elsewhere.

    Exit status 0 valid, 20 invalid, 12 where it could not be assessed.
    """
    from ftgov.api.verification import verify as verify_it

    result = verify_it(
        bundle,
        trust,
        recompute=recompute,
        trust_root=trust_root,
        without=frozenset(without),
        complete=complete,
    )
    console.result(result, _lines(console, result))
    ctx.exit(_STATUS[result.verdict])


def _lines(console: Console, result: Verification) -> list[str]:
    lines = []
    for layer in result.layers:
        mark = console.style(f"{layer.verdict.replace('_', ' '):>12}", _STYLE[layer.verdict])
        lines.append(f"{mark}  {layer.layer}: {inert(layer.detail)}")
        lines += [f"{'':14}{inert(item)}" for item in layer.items[:_SHOWN]]
        if len(layer.items) > _SHOWN:
            lines.append(f"{'':14}and {len(layer.items) - _SHOWN} more")
    for signer in result.signers:
        lines.append(f"signed by {inert(signer.name)} as {inert(signer.role)}, key {signer.spki}")
    if result.signed_at:
        lines.append(f"signed at {result.signed_at} ({result.time})")
    verdict = console.style(result.verdict.replace("_", " ").upper(), _STYLE[result.verdict])
    if result.withheld:
        verdict += f", {len(result.withheld)} withheld"
    lines += ["", f"bundle: {verdict}"]
    if result.does_not_prove:
        lines += ["", "This does not prove:", *(f"  - {line}" for line in result.does_not_prove)]
    return lines


COMMAND = verify
