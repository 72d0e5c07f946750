"""Three verifiers of a bundle: ours, the shell script with stock tools, and Sigstore's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from ftgov.errors import FtgovError
from ftgov.signing.recipe import SCRIPT
from ftgov.signing.verify import verify_bundle
from proof_place import ENVELOPE, Place
from tests_support import HOUSE

FTGOV, SHELL, SIGSTORE = "ftgov", "verify.sh", "@sigstore/verify"
TOOLS = ("sh", "jq", "openssl", "sha256sum", "base64", "pdfsig", "find", "sed", "cmp")
FOREIGN = HOUSE / "tests" / "foreign"

needs_tools = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason="a stock tool is not installed"
)
needs_sigstore = pytest.mark.skipif(
    shutil.which("node") is None or not (FOREIGN / "node_modules/@sigstore/verify").is_dir(),
    reason="@sigstore/verify is not installed: no node and npm, or no network",
)


class Judgement(NamedTuple):
    """What a verifier said: whether it accepted, the layers it blames, and its words."""

    accepted: bool
    layers: tuple[str, ...]
    words: str


def by_ftgov(place: Place) -> Judgement:
    """Verify as `ftgov verify` does; an unusable trust pack is blamed as `pack`."""
    try:
        result = verify_bundle(place.bundle, place.pack)
    except FtgovError as fault:
        return Judgement(False, ("pack",), fault.what)
    blamed = [layer for layer in result.layers if layer.verdict != "valid"]
    invalid = [layer.layer for layer in blamed if layer.verdict == "invalid"]
    words = "; ".join(f"{layer.layer}: {layer.detail}" for layer in blamed)
    layers = tuple(invalid or (layer.layer for layer in blamed))
    return Judgement(result.verdict == "valid", layers, words)


def by_shell(place: Place, *more: str) -> Judgement:
    """Verify with `verify.sh`, in an environment that holds nothing but the path."""
    done = subprocess.run(
        ["sh", str(SCRIPT), str(place.bundle), str(place.pack), *more],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    last = [line for line in done.stdout.splitlines() if line.startswith("INVALID: ")]
    layers = tuple(line.removeprefix("INVALID: ").split(":")[0] for line in last)
    accepted = done.returncode == 0 and "\nVALID: " in done.stdout and not layers
    return Judgement(accepted, layers, done.stdout + done.stderr)


def by_sigstore(places: Iterable[Place]) -> list[Judgement]:
    """Verify the attestations of many places with @sigstore/verify, in one process."""
    asked = [
        {"attestation": str(place.bundle / ENVELOPE), "pack": str(place.pack)} for place in places
    ]
    done = subprocess.run(
        ["node", str(FOREIGN / "verify.mjs")],
        input="".join(json.dumps(each) + "\n" for each in asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(asked), done.stderr
    return [Judgement(each["accepted"], (), each["why"]) for each in found]
