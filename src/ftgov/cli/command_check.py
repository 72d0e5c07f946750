"""`ftgov check`: judge a model's audit, or a bundle, by release policies."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.errors import ExitCode, FtgovError, UsageError

if TYPE_CHECKING:
    from ftgov.api.signed import Trust
    from ftgov.exports import Judged

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "oscal")
_STATUS = {"pass": ExitCode.DONE, "fail": ExitCode.GATE_FAILED, "error": ExitCode.NOT_ASSESSABLE}


@command(
    "ftgov check honest",
    "ftgov check honest --policy gates/ours.yaml --format sarif --output gate.sarif",
    "ftgov check out/bundle --trust trust --policy baseline",
    "ftgov check --explain FTG-FAIR-001",
)
@click.argument("model", required=False)
@click.option("--policy", "policies", multiple=True, help="A gate by path or name; repeatable.")
@click.option("--system", help="The system it is judged for, where it serves several.")
@click.option("--as-of", help="The time that policies see as now, RFC 3339 UTC.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path),
    help="A trust pack: who may sign a bundle; in a workspace, whose sign-offs and waivers count.",
)
@click.option("--trust-root", help="Fingerprint that the trust pack's root must have.")
@click.option("--explain", metavar="RULE", help="Say what a rule asks for and why; judges nothing.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write here.")
@click.option(
    "--also", multiple=True, metavar="FORMAT=FILE", help="Write this format as well; repeatable."
)
@click.option("--key", help="Sign the decisions with this key of the workspace.")
@passphrase_option
@workspace_option
@actor_option
@click.pass_context
def check(
    ctx: click.Context,
    console: Console,
    model: str | None,
    policies: tuple[str, ...],
    system: str | None,
    as_of: str | None,
    trust: Path | None,
    trust_root: str | None,
    explain: str | None,
    form: str,
    output: Path | None,
    also: tuple[str, ...],
    key: str | None,
    passphrase_file: Path | None,
    workspace: Path,
    actor: str,
) -> None:
    """Judge MODEL's audit, or a bundle, by release policies; runs no analyzer.

    Exit status 0 if every rule holds, 11 if one fails, 12 if one can't be assessed.
    """
    from ftgov.api.signed import Trust

    others = [_other(word) for word in also]
    if explain is not None:
        _explain(console, explain, policies, workspace)
        return
    if model is None:
        raise UsageError("Nothing to check.", next_step="Name a model or a bundle; see --help.")
    believed = Trust(trust, trust_root)
    if _is_bundle(model):
        judged = _of_bundle(model, believed, policies, as_of)
    else:
        signing = _Signing(key, passphrase_file, actor)
        asked = _Asked(model, policies, system, as_of)
        judged = _of_model(workspace, asked, believed, signing)
    _show(console, judged, form, output, others)
    ctx.exit(_STATUS[judged.verdict])


class _Asked(NamedTuple):
    """A model, by which gates, in which system and as of when."""

    model: str
    policies: tuple[str, ...]
    system: str | None
    as_of: str | None


class _Signing(NamedTuple):
    """Who acts, and the key that signs the decisions, if any."""

    key: str | None
    passphrase_file: Path | None
    actor: str


def _of_model(workspace: Path, asked: _Asked, trust: Trust, by: _Signing) -> Judged:
    from ftgov import api
    from ftgov.api.judged import SETTINGS, judged_of
    from ftgov.api.keys import load_key

    with api.open_workspace(workspace) as opened:
        key = load_key(opened, by.key, read_passphrase(by.passphrase_file)) if by.key else None
        result = api.check(
            opened,
            asked.model,
            policies=asked.policies,
            system=asked.system,
            as_of=asked.as_of,
            actor=by.actor,
            trust=trust,
            key=key,
        )
    return judged_of(result, where=workspace / SETTINGS)


def _of_bundle(bundle: str, trust: Trust, policies: tuple[str, ...], as_of: str | None) -> Judged:
    from ftgov import api
    from ftgov.api.judged import judged_of

    if trust.path is None:
        raise UsageError(
            f"{bundle} is a bundle; whose signature counts is not said.",
            next_step=f"ftgov check {bundle} --trust TRUST",
        )
    result = api.check_bundle(
        bundle, trust.path, policies=policies, as_of=as_of, trust_root=trust.root
    )
    return judged_of(result, where=_document(Path(bundle)))


def _other(word: str) -> tuple[str, Path]:
    form, _, path = word.partition("=")
    if form not in FORMATS or not path:
        raise UsageError(
            f"'{word}' is no FORMAT=FILE.",
            next_step=f"Formats: {', '.join(FORMATS)}; for example --also sarif=gate.sarif.",
        )
    return form, Path(path)


def _is_bundle(word: str) -> bool:
    """Tell a bundle from a model: a name has no separator, and a bundle of that name has a file."""
    path = Path(word)
    return len(path.parts) > 1 or path.suffix == ".zip" or (path / "dossier.json").is_file()


def _document(bundle: Path) -> Path:
    """Return the file that stands for a bundle where a code host wants a file."""
    return bundle / "dossier.json" if bundle.is_dir() else bundle


def _show(
    console: Console,
    judged: Judged,
    form: str,
    output: Path | None,
    others: list[tuple[str, Path]],
) -> None:
    from ftgov.exports import render_gate
    from ftgov.exports.gate_json import document

    for other, path in others:
        _write(path, render_gate(other, judged))
    if form == "github":
        _summarise(judged)
    if output:
        _write(output, render_gate(form, judged))
    if console.as_json or (form == "json" and not output):
        replace(console, as_json=True).result(document(judged), ())
    elif not output and form == "text":
        console.result(None, _styled(console, judged))
    elif not output:
        console.raw(render_gate(form, judged))


def _styled(console: Console, judged: Judged) -> list[str]:
    from ftgov.exports.gate_text import lines

    return [
        "".join(
            part.text if part.style == "plain" else console.style(part.text, part.style)
            for part in line
        )
        for line in lines(judged)
    ]


def _summarise(judged: Judged) -> None:
    """Add the summary to the file that GitHub's runner names; elsewhere there is none."""
    from ftgov.exports.gate_github import summary

    if named := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(named).open("a", encoding="utf-8") as file:
                file.write(summary(judged))
        except OSError as fault:
            raise FtgovError(
                f"The step summary {named} cannot be written.",
                why=str(fault),
                next_step="Unset GITHUB_STEP_SUMMARY, or name a file that can be written.",
            ) from fault


def _explain(console: Console, rule: str, policies: tuple[str, ...], workspace: Path) -> None:
    from ftgov.api.explanation import explain_rule

    found = explain_rule(rule, policies, workspace)
    console.result(found, [inert(line) for line in found.lines()])


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise FtgovError(
            f"The file {path} cannot be written.", why=str(fault), next_step="Choose another."
        ) from fault


COMMAND = check
