"""The files that teams use in CI, run as their hosts run them: Action, GitLab job, pre-commit."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from junitparser import JUnitXml

from tests_support import HOUSE, environment

TOOLS = str(Path(sys.executable).parent)


class Step(NamedTuple):
    """What a step left: its status, what it printed, its outputs and its summary."""

    status: int
    out: str
    outputs: dict[str, str]
    summary: str


def _run(script: str, cwd: Path, variables: Mapping[str, str], *shell: str) -> tuple[int, str]:
    done = subprocess.run(
        [*shell, script],
        cwd=cwd,
        env={**environment(), **variables, "PATH": f"{TOOLS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr


def _action(place: Path, **inputs: str) -> Step:
    """Run the steps of action.yml as the runner does: inputs filled in, bash -e -o pipefail."""
    action = yaml.safe_load((HOUSE / "action.yml").read_text())
    given = {name: str(each.get("default", "")) for name, each in action["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    for name, each in action["inputs"].items():
        assert given[name] or not each.get("required"), name
    output, summary = place / "github-output", place / "github-summary"
    output.write_text("")
    summary.write_text("")
    status, printed = 0, ""
    for step in action["runs"]["steps"]:
        if "if" in step and not given["install"]:
            continue
        filled = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: given[m[1]], value)
            for name, value in step["env"].items()
        }
        assert "${{" not in step["run"], "no input may stand in a script"
        variables = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), **filled}
        bash = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c")
        status, out = _run(step["run"], place, variables, *bash)
        printed += out
        if status:
            break
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Step(status, printed, outputs, summary.read_text())


def test_the_action_fails_a_harmful_model_and_says_why(demo_copy: Path) -> None:
    done = _action(demo_copy, target="harmful-full", install="")
    assert done.status == 11, done.out
    assert done.outputs == {"status": "11", "sarif": "ftgov-results/gate.sarif"}
    assert "::error file=ftgov.toml,line=1,title=FTG-FAIR-001 fail" in done.out
    assert done.summary.startswith("## harmful-full: FAIL\n")
    log = json.loads((demo_copy / "ftgov-results" / "gate.sarif").read_text())
    assert log["runs"][0]["properties"]["verdict"] == "fail"
    left = sorted(file.name for file in (demo_copy / "ftgov-results").iterdir())
    assert left == ["gate.json", "gate.junit.xml", "gate.oscal.json", "gate.sarif"]


def test_the_action_judges_a_bundle_without_a_workspace(demo_copy: Path, tmp_path: Path) -> None:
    place = tmp_path / "checkout"
    place.mkdir()
    bundle, trust = demo_copy / "reports" / "honest" / "bundle", demo_copy / "trust"
    done = _action(place, target=str(bundle), trust=str(trust), policies="baseline\n\n", install="")
    assert (done.status, done.outputs["status"]) == (0, "0"), done.out
    untrusted = _action(place, target=str(bundle), install="")
    assert untrusted.status == 2
    assert "sarif" not in untrusted.outputs, "no result of an earlier run is passed on"


@pytest.mark.parametrize("target", ["$(touch owned)", "--help", "x; touch owned", "`touch owned`"])
def test_no_input_of_the_action_is_run(tmp_path: Path, target: str) -> None:
    done = _action(tmp_path, target=target, policies=target, install="")
    assert done.status != 0
    assert not (tmp_path / "owned").exists()


def test_the_gitlab_job_leaves_its_reports(demo_copy: Path) -> None:
    text = (HOUSE / "templates" / "ftgov-check" / "template.yml").read_text()
    stated = {
        name: (each or {}).get("default", "")
        for name, each in next(yaml.safe_load_all(text))["spec"]["inputs"].items()
    }
    given = {**stated, "target": "harmful-full", "policies": "baseline", "install": ""}
    filled = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda m: given[m[1]], text)
    job: dict[str, Any] = list(yaml.safe_load_all(filled))[1]["ftgov-check"]
    script = "\n".join(job["script"])
    variables = {name: str(value or "") for name, value in job["variables"].items()}
    status, out = _run(script, demo_copy, variables, "sh", "-e", "-c")
    assert status == 11, out
    reports = job["artifacts"]["reports"]
    issues = json.loads((demo_copy / reports["codequality"]).read_text())
    assert {issue["check_name"] for issue in issues} == {"FTG-FAIR-001", "FTG-QUAL-001"}
    read = JUnitXml.fromfile(str(demo_copy / reports["junit"]))
    assert read.failures == 2


def _hooks() -> dict[str, Any]:
    """Return the hooks by id, each run by a tool that installs Python packages."""
    hooks = yaml.safe_load((HOUSE / ".pre-commit-hooks.yaml").read_text())
    assert all(hook["language"] == "python" for hook in hooks)
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    return {hook["id"]: hook for hook in hooks}


@pytest.mark.parametrize("name", ["ftgov-policy-lint", "ftgov-policy-test"])
def test_the_pre_commit_hooks_tell_a_sound_gate_from_a_broken_one(
    tmp_path: Path, name: str
) -> None:
    sound = (HOUSE / "policies" / "gates" / "baseline.yaml").read_text()
    gates = tmp_path / "gates"
    gates.mkdir()
    (gates / "sound.yaml").write_text(sound)
    (gates / "broken.yaml").write_text(sound.replace("accuracy_change.low >=", "acuracy.low >="))
    hook = _hooks()[name]
    assert re.search(hook["files"], "gates/sound.yaml")
    status, out = _run(f"{hook['entry']} gates/sound.yaml", tmp_path, {}, "sh", "-c")
    assert status == 0, out
    status, _ = _run(f"{hook['entry']} gates/broken.yaml", tmp_path, {}, "sh", "-c")
    assert status in {2, 11}


def test_the_pre_commit_hook_of_training_files_stops_what_cannot_be_learnt(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    files = tmp_path / "data"
    files.mkdir()
    (files / "sound.jsonl").write_text(json.dumps(row))
    (files / "broken.jsonl").write_text(json.dumps({"messages": row["messages"][:1]}))
    (tmp_path / "held.jsonl").write_text('{"prompt": "a"}')
    hook = _hooks()["ftgov-data"]
    assert hook["require_serial"], "files are one dataset, and pre-commit would part them"
    for name, wanted in (("data/a.jsonl", True), ("data/b/a.jsonl.gz", True), ("a.jsonl", False)):
        assert bool(re.search(hook["files"], name)) is wanted
    for arguments, wanted_status in (
        ("data/sound.jsonl", 0),
        ("data/sound.jsonl data/broken.jsonl", 10),
        ("--holdout=held.jsonl data/sound.jsonl", 10),
    ):
        status, out = _run(f"{hook['entry']} {arguments}", tmp_path, {}, "sh", "-c")
        assert status == wanted_status, out
