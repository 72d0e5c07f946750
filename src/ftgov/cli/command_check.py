"""`ftgov check`: judge a model's audit, or a bundle, by release policies."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from click.core import ParameterSource

from ftgov.cli.console import Console, inert
from ftgov.cli.options import actor_option, command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.errors import ExitCode, FtgovError, UsageError

if TYPE_CHECKING:
    from ftgov.api.signed import Trust
    from ftgov.exports import Judged

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "oscal")
_EXPLAINING = frozenset({"explain", "policy", "workspace", "json", "quiet", "verbose", "no_color"})
_OF_MODELS = frozenset({"workspace", "key", "passphrase_file", "actor"})
_OF_BUNDLES = frozenset({"model", "withheld_ok"})
_STATUS = {"pass": ExitCode.DONE, "fail": ExitCode.GATE_FAILED, "error": ExitCode.NOT_ASSESSABLE}


@command(
    "ftgov check honest",
    "ftgov check honest --policy gates/ours.yaml --format sarif --output gate.sarif",
    "ftgov check out/bundle --trust trust --model honest --policy baseline",
    "ftgov check --explain FTG-FAIR-001",
)
@click.argument("target", metavar="[MODEL|BUNDLE]", required=False)
@click.option("--policy", "policies", multiple=True, help="A gate by path or name; repeatable.")
@click.option("--model", "expected", help="The model that a bundle must be about.")
@click.option("--system", help="The system it is judged for; of a bundle: must be about.")
@click.option("--as-of", help="The time that policies see as now, RFC 3339 UTC.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path),
    help="A trust pack: who may sign a bundle; in a workspace, whose sign-offs and waivers count.",
)
@click.option("--trust-root", help="Fingerprint that the trust pack's root must have.")
@click.option(
    "--require-pin", is_flag=True, help="Count no waiver or sign-off by an unpinned pack."
)
@click.option("--withheld-ok", is_flag=True, help="Judge a bundle that withholds evidence.")
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
    target: str | None,
    policies: tuple[str, ...],
    expected: str | None,
    system: str | None,
    as_of: str | None,
    trust: Path | None,
    trust_root: str | None,
    require_pin: bool,
    withheld_ok: bool,
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

    A bundle is written as a path, such as ./bundle, or ends in .zip; any other word is a model.
    Exit status 0 if every rule holds, 11 if one fails, 12 if one can't be assessed.
    """
    from ftgov.api.signed import Trust

    others = [_other(word) for word in also]
    if explain is not None:
        _refuse_others(ctx, _EXPLAINING, allowed=True, why="--explain judges nothing.")
        _explain(console, explain, policies, workspace)
        return
    if target is None:
        raise UsageError("Nothing to check.", next_step="Name a model or a bundle; see --help.")
    _clear([path for _, path in others] + ([output] if output else []))
    believed = Trust(trust, trust_root, require_pin)
    asked = _Asked(target, policies, system, as_of)
    if _is_bundle(target):
        _refuse_others(ctx, _OF_MODELS, allowed=False, why="A bundle is judged by itself.")
        judged = _of_bundle(asked, believed, expected, withheld_ok)
    else:
        _refuse_others(ctx, _OF_BUNDLES, allowed=False, why=f"'{target}' is a model, no bundle.")
        judged = _of_model(workspace, asked, believed, _Signing(key, passphrase_file, actor))
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


def _of_bundle(asked: _Asked, trust: Trust, expected: str | None, withheld_ok: bool) -> Judged:
    from ftgov import api
    from ftgov.api.judged import judged_of

    bundle = asked.model
    if trust.path is None:
        raise UsageError(
            f"{bundle} is a bundle; whose signature counts is not said.",
            next_step=f"ftgov check {bundle} --trust TRUST",
        )
    result = api.check_bundle(
        bundle,
        trust.path,
        policies=asked.policies,
        as_of=asked.as_of,
        trust_root=trust.root,
        model=expected,
        system=asked.system,
        withheld_ok=withheld_ok,
        require_pin=trust.require_pin,
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
    """Tell a bundle from a model by how it is written.

    What lies in the current folder is not asked: it would decide which model is judged.
    """
    separators = {os.sep, os.altsep or os.sep, "/"}
    return word in {".", ".."} or word.endswith(".zip") or any(one in word for one in separators)


def _refuse_others(ctx: click.Context, names: frozenset[str], *, allowed: bool, why: str) -> None:
    """Refuse options of the command line that would be ignored.

    Args:
        ctx: The command's.
        names: Options by name.
        allowed: Whether these are the only ones that count, or the ones that do not.
        why: What the reader is told.
    """
    for option in ctx.command.params:
        name = str(option.name)
        given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and (name in names) != allowed:
            typed = max(option.opts, key=len) if isinstance(option, click.Option) else "MODEL"
            raise UsageError(f"{typed} does not go with this.", why=why, next_step="Leave it out.")


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


def _clear(targets: list[Path]) -> None:
    """Remove what an earlier run wrote, so that no old verdict stays where this run gives none."""
    for path in targets:
        try:
            if path.is_symlink():
                continue  # /dev/stdout and the like are written to, never removed
            if path.is_file():
                path.unlink()
        except OSError as fault:
            raise FtgovError(
                f"The file {path} of an earlier run cannot be removed.",
                why=str(fault),
                next_step="Remove it, or choose another.",
            ) from fault


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise FtgovError(
            f"The file {path} cannot be written.", why=str(fault), next_step="Choose another."
        ) from fault


COMMAND = check
