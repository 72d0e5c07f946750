"""Verification needs the core install only: no library of an extra is there, and it still works.

A child process refuses every import that is neither the standard library's, nor ftgov's, nor of a
package that the core installs, as `pip` would resolve it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests_support import environment

_RUN = """
import sys

allowed = set(sys.argv.pop(1).split(","))

class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        own = top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
        if top not in allowed and not own:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None

sys.meta_path.insert(0, Refuse())
from ftgov.cli.main import run
run()
"""


def core_packages() -> set[str]:
    """Return the distributions that the core install brings, by what they themselves require."""
    found: set[str] = set()
    open_ends = ["ftgov"]
    while open_ends:
        name = open_ends.pop().lower().replace("_", "-")
        if name in found:
            continue
        found.add(name)
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of another platform or version of Python
            continue
        for line in required:
            wanted, _, marker = line.partition(";")
            if "extra ==" not in marker:
                open_ends.append(re.split(r"[ <>=!~\[(]", wanted.strip(), maxsplit=1)[0])
    return found


def core_modules() -> str:
    """Return the top-level modules of the core install, joined by commas."""
    core = core_packages()
    tops = {
        module
        for module, owners in metadata.packages_distributions().items()
        if any(owner.lower().replace("_", "-") in core for owner in owners)
    }
    return ",".join(sorted(tops | {"ftgov"}))


def _verify(demo: Path, *more: str) -> tuple[int, Any]:
    bundle = demo / "reports/honest/bundle"
    done = subprocess.run(
        [
            *(sys.executable, "-c", _RUN, core_modules()),
            *("verify", str(bundle), "--trust", str(demo / "trust"), "--json", *more),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**environment(), "PYTHONPATH": ""},
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_core_is_what_it_claims() -> None:
    tops = set(core_modules().split(","))
    assert {"ftgov", "cryptography", "rfc3161_client", "rfc8785", "pydantic"} <= tops
    extras = {"pyhanko", "weasyprint", "fairlearn", "openai", "pypdf", "securesystemslib", "pandas"}
    assert tops & extras == set()


def test_without_extras_all_but_the_pdf_is_verified_and_that_says_what_is_missing(
    finished_demo: Path,
) -> None:
    status, result = _verify(finished_demo)
    layers = {layer["layer"]: layer for layer in result["layers"]}
    assert (status, result["verdict"]) == (12, "not_assessed")
    assert [n for n, layer in layers.items() if layer["verdict"] != "valid"] == ["pdf"]
    assert "ftgov[pdf]" in layers["pdf"]["detail"]
    assert {"files", "envelope", "signature", "trust", "log"} <= layers.keys()


def test_without_extras_the_rest_is_valid_where_the_pdf_is_left_out(finished_demo: Path) -> None:
    status, result = _verify(finished_demo, "--without", "pdf")
    assert (status, result["verdict"]) == (0, "valid")
    assert any("--without pdf" in line for line in result["does_not_prove"])


def test_without_extras_recompute_says_which_it_lacks(finished_demo: Path) -> None:
    status, result = _verify(finished_demo, "--without", "pdf", "--recompute")
    recomputed = result["layers"][-1]
    assert (status, recomputed["verdict"]) == (12, "not_assessed")
    assert any("ftgov[fairness]" in item for item in recomputed["items"])


@pytest.mark.parametrize("word", ["pyhanko", "fairlearn", "weasyprint"])
def test_the_refusal_refuses(word: str) -> None:
    script = _RUN.replace("from ftgov.cli.main import run", f"import {word}")
    done = subprocess.run(
        [sys.executable, "-c", script, core_modules()],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert f"No module named '{word}'" in done.stderr
