"""Whose view of a host a run has: of what one view never showed, another says nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from ftgov.errors import UsageError
from ftgov.providers.lax import clean
from ftgov.providers.openai_hosted import OpenAIHost
from ftgov.providers.protocol import HostError, HostRefused
from ftgov.store.workspace import Workspace

_FILE = "archive-view.secret"
_ASKED = ("/models", "/files", "/fine_tuning/jobs", "/evals")


def view_of(workspace: Workspace, host: OpenAIHost) -> str:
    """Return the name of what a key sees: its project, else a mark of the key.

    The mark is keyed with a secret of the workspace, so that it says nothing about the key outside
    of it. An Azure key sees its whole resource.
    """
    if host.provider == "azure":
        return "resource"
    if host.project:
        return f"project:{clean(host.project)[:200]}"
    return f"key:{host.mark_of_key(_secret(workspace.keys / _FILE))}"


def _secret(path: Path) -> bytes:
    if not path.exists():
        _make_secret(path)
    found = path.read_bytes()
    if len(found) != 32:
        raise UsageError(
            f"{path} is not the secret that the archive wrote there.",
            next_step="Remove it: the next run makes a new one and reads every listing to its end.",
        )
    return found


def _make_secret(path: Path) -> None:
    """Write a secret as a whole, unless another run was faster."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secrets.token_bytes(32))
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(made)
    made.unlink()


def tenant_of(host: OpenAIHost, base_url: str, say: Callable[[str], None]) -> str:
    """Return whom the host says that it answers: any of its answers says so, also a refusal.

    A host that answers and never says whom is called by its own name.

    Raises:
        HostError: If the host refuses all that it is asked and says nobody's name.
    """
    answered, why = False, ""
    for path in _ASKED:
        try:
            host.get(path, {} if path == "/models" else {"limit": 1})
            answered = True
        except HostRefused as fault:
            if fault.status == 401:
                raise
            why = f"{fault.what} {fault.why}".strip()
        if host.tenant:
            return host.tenant
        if answered:
            break
    name = urlsplit(base_url).hostname or "unknown"
    if not answered:
        raise HostError(
            "It is not known whose things the host would show.",
            why=why,
            next_step="Use a key that may read models or files, or name it with --tenant.",
        )
    say(f"the host does not say which organisation it answers: what it shows is kept as {name}'s")
    return name
