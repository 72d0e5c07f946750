"""`ftgov answer`: what only a person can say about a system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ftgov.cli.console import Console, inert
from ftgov.cli.options import command, workspace_option
from ftgov.cli.secrets import passphrase_option, read_passphrase
from ftgov.errors import UsageError

if TYPE_CHECKING:
    from ftgov.law.questionnaire import Asked, Given
    from ftgov.records.four_eyes import Hand
    from ftgov.store.workspace import Workspace


class _By(NamedTuple):
    """About which system, by whom, under which pack."""

    system: str
    author: str
    law_pack: str | None


@command(
    "ftgov answer loan-desk --author 'Jane Doe'",
    "ftgov answer loan-desk --template > answers.yaml",
    "ftgov answer loan-desk --from answers.yaml",
    "ftgov answer loan-desk --sign all --as author --key jane",
)
@click.argument("system")
@click.option("--from", "source", type=click.Path(path_type=Path), help="A file of answers.")
@click.option("--template", is_flag=True, help="Print a file to fill in, with comments.")
@click.option("--author", help="Who answers; a name as typed, no identity.")
@click.option("--list", "only_list", is_flag=True, help="List the open questions and stop.")
@click.option("--law-pack", help="The law pack's id; by default the one in force today.")
@click.option(
    "--sign",
    "questions",
    multiple=True,
    metavar="QUESTION",
    help="Sign the answer to QUESTION, or to all that ask for four eyes; repeatable.",
)
@click.option(
    "--as", "hand", type=click.Choice(["author", "approver"]), help="In which hand to sign."
)
@click.option("--key", default="release", show_default=True, help="The key that signs.")
@passphrase_option
@workspace_option
def answer(
    console: Console,
    system: str,
    source: Path | None,
    template: bool,
    author: str | None,
    only_list: bool,
    law_pack: str | None,
    questions: tuple[str, ...],
    hand: Hand | None,
    key: str,
    passphrase_file: Path | None,
    workspace: Path,
) -> None:
    """Answer the open questions about SYSTEM; each answer is saved at once, so stop when you like.

    Answers are ledger entries with author and time. A changed intended purpose, or a new job on a
    released high-risk system, re-opens what depends on it. Where a question asks for four eyes, two
    people sign its answer (--sign) with keys of their own that the workspace's trust pack lists.
    """
    from ftgov.api import now_text, open_workspace
    from ftgov.api.answers import answers_file, questions_of, template_of

    today = now_text()[:10]
    with open_workspace(workspace) as opened:
        if questions or hand:
            _sign(console, opened, system, _Signature(questions, hand, key, passphrase_file))
            return
        if template:
            console.raw(template_of(opened, system, as_of=today, pack_id=law_pack))
            return
        if source is not None:
            done = answers_file(opened, system, source, author=author, pack_id=law_pack)
            left = questions_of(opened, system, as_of=today, pack_id=law_pack)
            result = {
                "recorded": list(done.questions),
                "author": done.author,
                "open": [asked.id for asked in left],
            }
            lines = [f"recorded {name}" for name in done.questions]
            console.result(result, [*lines, f"{len(left)} questions are open"])
            return
        asked = questions_of(opened, system, as_of=today, pack_id=law_pack)
        unanswered = tuple(each for each in asked if each.state != "unsigned")
        if only_list or console.as_json or not unanswered:
            plain = [question.model_dump(mode="json") for question in asked]
            console.result(plain, _listed(asked))
            return
        if not author:
            raise UsageError("Nobody answers.", next_step="Give --author NAME.")
        _ask(console, opened, _By(system, author, law_pack), unanswered)


class _Signature(NamedTuple):
    """Which answers are signed, in which hand, with which key."""

    questions: tuple[str, ...]
    hand: Hand | None
    key: str
    passphrase_file: Path | None


def _sign(console: Console, opened: Workspace, system: str, asked: _Signature) -> None:
    from ftgov.api.four_eyes import sign_answers
    from ftgov.api.keys import load_key

    if not asked.questions or asked.hand is None:
        raise UsageError(
            "It is not said what is signed, or in which hand.",
            next_step=f"ftgov answer {system} --sign all --as author --key NAME",
        )
    key = load_key(opened, asked.key, read_passphrase(asked.passphrase_file))
    done = sign_answers(opened, system, asked.questions, asked.hand, key)
    plain = [{"question": each.question, **each.hand.model_dump(mode="json")} for each in done]
    lines = [
        f"signed {each.question} as {each.hand.hand}: {inert(each.hand.holder)}" for each in done
    ]
    console.result({"signed": plain}, lines or ["No answer waits for this signature."])


def _listed(asked: tuple[Asked, ...]) -> list[str]:
    lines = [
        f"{question.id:32} {question.state:9} {inert(question.reference)}" for question in asked
    ]
    return [*lines, f"{len(asked)} questions are open"]


def _ask(console: Console, opened: Workspace, by: _By, asked: tuple[Asked, ...]) -> None:
    from ftgov.api.answers import answer as record_answer
    from ftgov.cli.interview import interview

    def save(given: Given) -> None:
        record_answer(opened, by.system, [given], author=by.author, pack_id=by.law_pack)

    answered, left = interview(console, asked, save)
    console.raw(f"{answered} answered, {left} left open.")


COMMAND = answer
