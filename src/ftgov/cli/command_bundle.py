"""`ftgov bundle`: pass a bundle on with evidence withheld, or as one file; renew its PDF."""

from __future__ import annotations

import re
from pathlib import Path

import click

from ftgov.cli.bundle_renew import renew, renewals
from ftgov.cli.console import Console, inert
from ftgov.cli.options import ExampleGroup, command
from ftgov.errors import UsageError

_PATH = click.Path(path_type=Path)
_SPAN = re.compile(r"([1-9]\d{0,11})(?:-([1-9]\d{0,11}))?")
_MOST = 10_000_000


@command(
    "ftgov bundle redact out/bundle --file train.jsonl --output public-bundle",
    "ftgov bundle redact out/bundle --rows answers.jsonl:12,40-44 --output public.zip",
)
@click.argument("bundle", type=_PATH)
@click.option("--file", "files", multiple=True, help="Evidence to withhold, by name or digest.")
@click.option("--rows", multiple=True, metavar="FILE:ROWS", help="Rows to withhold, from 1: 3,7-9.")
@click.option("--output", type=_PATH, required=True, help="A new folder or .zip.")
def redact(
    console: Console, bundle: Path, files: tuple[str, ...], rows: tuple[str, ...], output: Path
) -> None:
    """Write a copy of BUNDLE that withholds evidence; the rest still verifies.

    The copy names what it withholds, and `ftgov verify` shows it. The digest of a withheld file
    stays in it: who can guess all of what is withheld of a file can confirm the guess.
    """
    from ftgov.api.redaction import redact as redact_it

    made = redact_it(bundle, output, files=files, rows=_rows(rows))
    lines = [f"{output}: {len(made.lines)} withheld", *(f"  {line}" for line in made.lines)]
    console.result(made, map(inert, lines))
    for name in made.guessable:
        console.warn(
            f"the rows withheld of {name} hold no random field: who can guess all of them exactly "
            "can confirm the guess by the file's digest. Give rows a random `salt` before they are "
            "recorded, or withhold the whole file and others that show its rows."
        )


@command(
    "ftgov bundle zip out/bundle --output bundle.zip",
    "ftgov bundle zip public-bundle --output public.zip",
    name="zip",
)
@click.argument("bundle", type=click.Path(path_type=Path, file_okay=False))
@click.option("--output", type=_PATH, required=True, help="The archive; an older one is replaced.")
def zip_(console: Console, bundle: Path, output: Path) -> None:
    """Pack a BUNDLE's folder into one archive: the same bytes for the same files."""
    from ftgov.api.redaction import pack

    pack(bundle, output)
    console.result({"bundle": str(bundle), "archive": str(output)}, [str(output)])


def _rows(given: tuple[str, ...]) -> dict[str, frozenset[int]]:
    """Return the rows that options of the form `FILE:3,7-9` name, by file."""
    found: dict[str, frozenset[int]] = {}
    for option in given:
        name, colon, spans = option.rpartition(":")
        matched = [_SPAN.fullmatch(span) for span in spans.split(",")]
        if not colon or not name or not all(matched):
            raise _malformed(option)
        numbers: set[int] = set()
        for match in matched:
            assert match is not None
            first, last = int(match[1]), int(match[2] or match[1])
            if not first <= last < first + _MOST:
                raise _malformed(option)
            numbers.update(range(first, last + 1))
        found[name] = found.get(name, frozenset()) | numbers
    return found


def _malformed(option: str) -> UsageError:
    return UsageError(
        f"--rows cannot be {option!r}.",
        next_step="Write the file's name, a colon and row numbers: answers.jsonl:3,7-9",
    )


COMMAND = ExampleGroup(
    "bundle",
    [redact, zip_, renew, renewals],
    "Pass a bundle on with evidence withheld, or as one file; renew its sealed PDF.",
    "ftgov bundle redact out/bundle --file train.jsonl --output public-bundle",
    "ftgov bundle zip out/bundle --output bundle.zip",
)
