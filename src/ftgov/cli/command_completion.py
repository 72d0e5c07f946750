"""`ftgov completion`: the shell completion script."""

from __future__ import annotations

import click

from ftgov.cli.console import Console
from ftgov.cli.options import command


@command("ftgov completion bash >> ~/.bashrc", "ftgov completion zsh >> ~/.zshrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(console: Console, shell: str) -> None:
    """Print the completion script for SHELL."""
    from click.shell_completion import get_completion_class

    from ftgov.cli.main import main

    found = get_completion_class(shell)
    assert found is not None, "the choices are click's own"
    script = found(main, {}, "ftgov", "_FTGOV_COMPLETE").source()
    console.result({"shell": shell, "script": script}, [script])


COMMAND = completion
