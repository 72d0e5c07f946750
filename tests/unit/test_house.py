"""The house keeps its own rules: lengths, no secrets of the workshop, no silent errors."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from pathlib import Path

from tests_support import HOUSE

SOURCES = sorted((HOUSE / "src").rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_long_and_the_median_is_short() -> None:
    tests = sorted((HOUSE / "tests").rglob("*.py"))
    assert not [str(path) for path in (*SOURCES, *tests) if _lines(path) > LONGEST_FILE]
    assert statistics.median(map(_lines, SOURCES)) <= 130


def test_no_function_is_long_and_no_error_is_swallowed() -> None:
    faults = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    faults.append(f"{path.name}:{node.lineno} {node.name} {length} lines")
            if isinstance(node, ast.ExceptHandler) and isinstance(node.body[0], ast.Pass):
                faults.append(f"{path.name}:{node.lineno} swallows an error")
    assert not faults


def test_no_registry_host_and_no_private_path_stands_in_a_committed_file() -> None:
    hosts = (
        "files." + "pythonhosted",
        "pypi." + "org",
        "registry." + "npmjs",
        "deb." + "debian.org",
    )
    listed = subprocess.run(
        ["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        names = [str(p.relative_to(HOUSE)) for p in HOUSE.rglob("*.md")]
    else:
        names = listed.stdout.splitlines()
    faults = []
    for name in names:
        path = HOUSE / name
        if not path.is_file():
            continue
        content = path.read_bytes()
        faults += [f"{name}: {host}" for host in hosts if host.encode() in content]
        if re.search(rb"(?<![\w.])/(?:root|home/\w+)/", content) and path.suffix != ".woff2":
            faults.append(f"{name}: a private path")
    assert not faults


def test_the_word_that_no_report_may_print_stands_in_no_template() -> None:
    word = "compli" + "ant"
    for folder in ("templates", "policies"):
        for path in (HOUSE / folder).rglob("*"):
            if path.suffix in {".j2", ".yaml", ".html", ".md"}:
                assert word not in path.read_text(encoding="utf-8").lower(), path
