"""`ftgov record special-columns` and `special-basis`: special categories of personal data."""

from __future__ import annotations

from pathlib import Path

import click

from ftgov.cli.console import Console
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.record_parts import tell


@command(
    "ftgov record special-columns heldout --column ethnicity",
    "ftgov record special-columns heldout --column ethnicity --column religion",
    name="special-columns",
)
@click.argument("dataset")
@click.option("--column", "columns", multiple=True, required=True, help="Repeatable.")
@workspace_option
@actor_option
def special_columns(
    console: Console, dataset: str, columns: tuple[str, ...], workspace: Path, actor: str
) -> None:
    """Declare columns of DATASET that hold special categories of personal data.

    Under the AI Act an audit then asks for the ground on which they are used.
    """
    from ftgov.api import open_workspace
    from ftgov.api.special_categories import declare_columns

    with open_workspace(workspace) as opened:
        recorded = declare_columns(opened, dataset, columns, actor=actor)
    tell(console, recorded, f"ftgov record special-basis {dataset} --from FILE")


@command(
    "ftgov record special-basis heldout --from bias-work.yaml",
    "ftgov record special-basis heldout --from consent.yaml --workspace loans",
    name="special-basis",
)
@click.argument("dataset")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), required=True, help="YAML with the ground."
)
@workspace_option
@actor_option
def special_basis(
    console: Console, dataset: str, source: Path, workspace: Path, actor: str
) -> None:
    """Record the ground on which special columns of DATASET are used.

    For bias work the six points of Art. 4a(1) and a last day; or another ground of Art. 9(2) GDPR.
    """
    from ftgov.api import open_workspace
    from ftgov.api.special_categories import record_basis

    with open_workspace(workspace) as opened:
        recorded = record_basis(opened, dataset, source, actor=actor)
    tell(console, recorded, "ftgov audit MODEL")
