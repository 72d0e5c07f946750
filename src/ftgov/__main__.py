"""`python -m ftgov` is `ftgov`."""

from ftgov.cli.main import run

run()
