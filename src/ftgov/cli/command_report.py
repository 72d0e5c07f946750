"""`ftgov report`: the signed report and its bundle."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.secrets import passphrase_option, signing_key


@command(
    "ftgov report honest --output out",
    "ftgov report honest --output out --tsa https://tsa.example/tsr",
)
@click.argument("model")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="A folder.")
@click.option("--system", help="The system it is about, where the model serves several.")
@click.option("--key", default="release", show_default=True, help="The signing key's name.")
@click.option(
    "--tsa",
    envvar="FTGOV_TSA",
    metavar="URL",
    help="Ask this RFC 3161 authority for time stamps; it sees a digest only.",
)
@click.option(
    "--tsa-certificates",
    envvar="FTGOV_TSA_CERTIFICATES",
    type=click.Path(path_type=Path, dir_okay=False),
    help="PEM of the authority's root, where the workspace's trust pack lacks it.",
)
@passphrase_option
@workspace_option
@actor_option
def report(
    console: Console,
    model: str,
    output: Path,
    system: str | None,
    key: str,
    tsa: str | None,
    tsa_certificates: Path | None,
    passphrase_file: Path | None,
    workspace: Path,
    actor: str,
) -> None:
    """Write MODEL's signed report: PDF, HTML, dossier and bundle.

    The report says what the gates of the workspace decided; a failing model gets a report as well.
    """
    from ftgov import api
    from ftgov.api.seals import timestamp_service

    with api.open_workspace(workspace) as opened:
        by = signing_key(opened, key, passphrase_file)
        service = timestamp_service(opened, tsa, tsa_certificates) if tsa else None
        console.progress(f"deciding on {model}, writing and signing its report")
        made = api.report(
            opened, model, output, key=by, system=system, service=service, actor=actor
        )
    if made.pdf_missing:
        console.warn(f"no PDF was written. {made.pdf_missing}")
    names = [
        name for name in ("report.pdf", "report.html", "dossier.json") if (output / name).exists()
    ]
    plain = {
        "model": model,
        "verdict": made.dossier.verdict,
        "folder": str(made.folder),
        "files": [*names, "bundle", "bundle.zip"],
        "pdf_missing": made.pdf_missing,
        "time": "rfc3161" if tsa else "claimed",
    }
    lines = [f"verdict: {made.dossier.verdict.upper()}"]
    lines += [f"  {output / name}" for name in (*names, "bundle.zip")]
    if not tsa:
        lines.append("signed at a time that the signer claims; --tsa URL has it proven")
    console.result(plain, [*lines, f"Next: ftgov verify {output / 'bundle'} --trust TRUST"])


COMMAND = report
