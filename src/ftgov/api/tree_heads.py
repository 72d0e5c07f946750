"""Tree heads: the ledger's size and root, signed, to be kept where its holder can't reach it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.records.base import Record
from ftgov.records.digest import Digest
from ftgov.signing.log_key import LogKey, note_key
from ftgov.store.workspace import Workspace
from ftgov.transparency.checkpoint import TreeHead, head_of_note, head_text
from ftgov.transparency.note import SignedNote, parse_note, signers

_KEY = Path("tree-heads", "log.pem")


class KeptHead(Record):
    """A tree head that somebody kept, and what is known of its signature."""

    file: str
    size: int
    root: Digest
    signature: Literal["valid", "invalid", "of another key"]


class HeadMade(Record):
    """A tree head that was exported."""

    file: str
    origin: str
    size: int
    root: Digest
    log_key: str


def _origin(workspace: Workspace) -> str:
    return f"ftgov.dev/log/{workspace.name}"


def log_key_of(workspace: Workspace) -> LogKey | None:
    """Return the key that signs the workspace's tree heads, or None if it has none yet.

    Raises:
        FtgovError: If its file can't be used.
    """
    path = workspace.keys / _KEY
    return LogKey.load(path, _origin(workspace)) if path.exists() else None


def made_log_key(workspace: Workspace) -> LogKey:
    """Return the key that signs the workspace's tree heads; it is made when it is first needed.

    Its `name` is the log's origin, its `public` the text that a trust pack lists.

    Raises:
        FtgovError: If its file can't be used or made.
    """
    key = log_key_of(workspace)
    if key is None:
        key = LogKey.generate(_origin(workspace))
        path = workspace.keys / _KEY
        path.parent.mkdir(mode=0o700, exist_ok=True)
        key.save(path)
    return key


def export_head(workspace: Workspace, path: Path) -> HeadMade:
    """Write the signed tree head over all entries, in the C2SP checkpoint format.

    The log's key is made when it is first needed. Whoever keeps the file can tell later whether any
    of these entries was altered or cut off.

    Raises:
        UsageError: If there is such a file: a tree head that somebody kept is not written over.
        FtgovError: If the ledger is empty, or the file can't be written.
    """
    if path.exists():
        raise UsageError(
            f"{path} exists already.",
            why="An earlier tree head is evidence, and is never written over.",
            next_step="Name another file with --output.",
        )
    head = workspace.ledger.tree_head(_origin(workspace))
    key = made_log_key(workspace)
    try:
        with path.open("xb") as stream:
            stream.write(key.sign_note(head_text(head)))
    except OSError as fault:
        raise FtgovError(
            f"{path} cannot be written.", why=str(fault), next_step="Name another file."
        ) from fault
    return HeadMade(
        file=str(path),
        origin=head.origin,
        size=head.size,
        root=f"sha256:{head.root.hex()}",
        log_key=key.public,
    )


def read_head(
    workspace: Workspace, path: Path, log_key: str | None = None
) -> tuple[KeptHead, TreeHead]:
    """Read a tree head that somebody kept, and look at its signature.

    Args:
        workspace: Whose log key is believed where `log_key` is None.
        path: The file.
        log_key: The text of the public key that must have signed it.

    Raises:
        UsageError: If the file is absent, or `log_key` is none.
        NotAssessable: If the file holds no tree head, or that of another log.
    """
    with told_as(path, "holds no tree head", "Use a file that `ftgov log head --output` wrote."):
        note = parse_note(path.read_bytes())
        head = head_of_note(note)
    if head.origin != _origin(workspace):
        raise NotAssessable(
            f"{path} is a tree head of another log, {head.origin}.",
            why=f"This workspace's log is {_origin(workspace)}.",
            next_step="Use a tree head of this workspace, or name the other with --workspace.",
        )
    described = KeptHead(
        file=str(path),
        size=head.size,
        root=f"sha256:{head.root.hex()}",
        signature=_signature(note, _believed(workspace, log_key)),
    )
    return described, head


@contextmanager
def told_as(path: Path, unusable: str, next_step: str) -> Iterator[None]:
    """Say of a file of the log that was given why it can't be used.

    Args:
        path: The file.
        unusable: What is wrong with a file that can be read but not parsed.
        next_step: What to give instead.

    Raises:
        UsageError: If it can't be read.
        NotAssessable: If parsing it raised a `ValueError`.
    """
    try:
        yield
    except OSError as fault:
        raise UsageError(
            f"{path} cannot be read.", why=fault.strerror or "", next_step="Check the path."
        ) from fault
    except ValueError as fault:
        raise NotAssessable(f"{path} {unusable}.", why=str(fault), next_step=next_step) from fault


def _believed(workspace: Workspace, text: str | None) -> str | None:
    if text is None:
        own = log_key_of(workspace)
        return own.public if own else None
    try:
        note_key(text)
    except ValueError as fault:
        raise UsageError(
            f"{text!r} is no public key of a log.",
            why=str(fault),
            next_step="Use the text that `ftgov log head` printed as the log's key.",
        ) from fault
    return text


def _signature(note: SignedNote, text: str | None) -> Literal["valid", "invalid", "of another key"]:
    if text is None:
        return "of another key"
    key = note_key(text)
    if not any(one.name == key.name and one.key_id == key.key_id for one in note.signatures):
        return "of another key"
    try:
        signers(note, [key])
    except ValueError:
        return "invalid"
    return "valid"
