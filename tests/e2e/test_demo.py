"""The main job: the recorded fine-tune to signed, verified reports, and the gate's verdicts."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api.keys import load_key
from ftgov.records.base import time_text
from tests_support import NOW, run_ftgov

LATER = time_text(dt.datetime.now(dt.UTC) + dt.timedelta(hours=1))
PLANTED = {
    "harmful-lora": {"FTG-SAFE-001", "FTG-MEM-001"},
    "harmful-full": {"FTG-FAIR-001"},
}


def test_the_demo_leaves_what_it_promises(finished_demo: Path) -> None:
    told = json.loads((finished_demo / "demo.json").read_text())
    assert {m["name"]: m["verdict"] for m in told["models"]} == {
        "honest": "pass",
        "harmful-lora": "fail",
        "harmful-full": "fail",
    }
    assert all(m["verification"] == "valid" for m in told["models"])
    for name in ("ftgov.toml", ".ftgov", "trust/trust-pack.json"):
        assert (finished_demo / name).exists(), name
    for model in told["models"]:
        folder = finished_demo / "reports" / model["name"]
        for name in ("report.pdf", "report.html", "dossier.json", "bundle", "bundle.zip"):
            assert (folder / name).exists(), f"{model['name']}/{name}"
        assert (folder / "report.pdf").read_bytes() == (
            folder / "bundle" / "report.pdf"
        ).read_bytes()


def test_progress_goes_to_stderr_and_tells_each_model(finished_demo: Path) -> None:
    told = (finished_demo / "demo.err").read_text()
    for model in ("honest", "harmful-lora", "harmful-full"):
        assert f"{model}: auditing" in told
    assert "warning" not in told.lower()


def test_the_trust_pack_asks_for_no_time_stamp_and_the_time_is_claimed(finished_demo: Path) -> None:
    pack = json.loads((finished_demo / "trust" / "trust-pack.json").read_text())
    assert pack["signed"]["timestampRequired"] is False
    ran = run_ftgov(
        "verify",
        finished_demo / "reports/honest/bundle",
        "--trust",
        finished_demo / "trust",
        "--json",
    )
    assert ran.status == 0, ran.err
    assert ran.json["time"] == "claimed"
    assert ran.json["does_not_prove"]


def test_every_figure_can_be_derived_again_from_the_zip(finished_demo: Path) -> None:
    ran = run_ftgov(
        "verify",
        finished_demo / "reports" / "harmful-full" / "bundle.zip",
        "--trust",
        finished_demo / "trust",
        "--recompute",
        "--json",
    )
    assert ran.status == 0, ran.out + ran.err
    layers = {layer["layer"]: layer for layer in ran.json["layers"]}
    assert layers["recompute"]["verdict"] == "valid"
    assert "figures derived again" in layers["recompute"]["detail"]


@pytest.mark.parametrize("model", ["honest", "harmful-lora"])
def test_every_figure_can_be_derived_again_from_the_folder(finished_demo: Path, model: str) -> None:
    bundle = finished_demo / "reports" / model / "bundle"
    result = api.verify(bundle, finished_demo / "trust", recompute=True)
    assert result.verdict == "valid"
    assert result.layers[-1].layer == "recompute"


@pytest.mark.parametrize(("model", "rules"), PLANTED.items())
def test_check_fails_a_harmful_model_and_names_each_planted_harm(
    demo_copy: Path, model: str, rules: set[str]
) -> None:
    ran = run_ftgov("check", model, "--workspace", demo_copy, "--json")
    assert ran.status == 11, ran.err
    failed = {d["rule"] for d in ran.json["decisions"] if d["outcome"] == "fail"}
    assert rules <= failed
    text = run_ftgov("check", model, "--workspace", demo_copy)
    assert text.status == 11
    for rule in rules:
        assert rule in text.out


def test_a_harm_is_not_named_where_it_was_not_planted(demo_copy: Path) -> None:
    ran = run_ftgov("check", "harmful-full", "--workspace", demo_copy, "--json")
    failed = {d["rule"] for d in ran.json["decisions"] if d["outcome"] == "fail"}
    assert not failed & PLANTED["harmful-lora"]
    ran = run_ftgov("check", "harmful-lora", "--workspace", demo_copy, "--json")
    failed = {d["rule"] for d in ran.json["decisions"] if d["outcome"] == "fail"}
    assert not failed & PLANTED["harmful-full"]


def test_check_passes_the_honest_model(demo_copy: Path) -> None:
    ran = run_ftgov("check", "honest", "--workspace", demo_copy)
    assert ran.status == 0, ran.out + ran.err
    assert "honest: PASS" in ran.out


def _verdicts(made: api.Demonstration) -> dict[str, str]:
    return {result.model: result.files.dossier.verdict for result in made.results}


def test_swapped_answers_swap_the_verdicts(
    recording: Path, tmp_path: Path, without_pdf: None
) -> None:
    del without_pdf
    swapped = tmp_path / "recording"
    shutil.copytree(recording, swapped)
    answers = swapped / "answers"
    one, other = answers / "honest.jsonl.gz", answers / "harmful-lora.jsonl.gz"
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    made = api.demo(tmp_path / "out", recording=swapped, now=NOW)
    verdicts = _verdicts(made)
    assert verdicts["honest"] == "fail"
    assert verdicts["harmful-lora"] == "pass"
    assert verdicts["harmful-full"] == "fail"
    failed = {
        decision.rule
        for result in made.results
        if result.model == "honest"
        for decision in result.files.dossier.decisions
        if decision.outcome == "fail"
    }
    assert PLANTED["harmful-lora"] <= failed


def test_no_policy_analyzer_or_template_knows_the_example(recording: Path) -> None:
    house = recording.parents[2]
    words = ("harmful", "honest", "loan-", "loan_", "canary-")
    for folder in ("policies/gates", "src/ftgov/analyzers", "templates"):
        for path in (house / folder).rglob("*"):
            if path.suffix in {".py", ".yaml", ".j2"}:
                text = path.read_text(encoding="utf-8")
                assert not [w for w in words if w in text], path


def test_the_same_state_and_time_give_the_same_dossier_and_report(
    demo_copy: Path, tmp_path: Path
) -> None:
    with api.open_workspace(demo_copy) as workspace:
        key = load_key(workspace)
        for folder in ("a", "b"):
            api.report(workspace, "honest", tmp_path / folder, key=key, now=LATER)
    for name in ("dossier.json", "report.html", "report.pdf", "bundle.zip"):
        one, other = tmp_path / "a" / name, tmp_path / "b" / name
        assert one.read_bytes() == other.read_bytes(), name


def test_the_zip_holds_the_folder(finished_demo: Path) -> None:
    folder = finished_demo / "reports" / "honest"
    with zipfile.ZipFile(folder / "bundle.zip") as zipped:
        names = {name for name in zipped.namelist() if not name.endswith("/")}
    held = {
        str(path.relative_to(folder / "bundle"))
        for path in (folder / "bundle").rglob("*")
        if path.is_file()
    }
    assert names == held


def test_lineage_lists_exactly_three_tuned_models_and_their_adapters(finished_demo: Path) -> None:
    ran = run_ftgov("lineage", "--workspace", finished_demo, "--json")
    assert ran.status == 0, ran.err
    kinds = {m["name"]: m["kind"] for m in ran.json["models"]}
    tuned = {name for name, kind in kinds.items() if kind == "tuned"}
    assert tuned == {"harmful-lora", "harmful-full", "honest"}
    assert "adapter" in kinds.values()
    assert set(ran.json) >= {"datasets", "jobs", "models", "systems"}


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    ran = run_ftgov("demo", tmp_path)
    assert ran.status == 2
    assert (tmp_path / "mine.txt").read_text() == "keep"
    assert list(tmp_path.iterdir()) == [tmp_path / "mine.txt"]
