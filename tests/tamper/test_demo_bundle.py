"""One changed byte in any file of the demonstration's bundle is found, and the file named."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest

from ftgov import api
from tests_support import run_ftgov


def _bundle_files(bundle: Path) -> list[Path]:
    return sorted(path for path in bundle.rglob("*") if path.is_file())


def test_one_changed_byte_in_any_file_is_named(finished_demo: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    shutil.copytree(finished_demo / "reports" / "harmful-lora" / "bundle", bundle)
    chance = random.Random(20261121)
    for path in _bundle_files(bundle):
        path.chmod(0o644)
        kept = path.read_bytes()
        place = chance.randrange(len(kept))
        path.write_bytes(kept[:place] + bytes([kept[place] ^ 1]) + kept[place + 1 :])
        result = api.verify(bundle, finished_demo / "trust")
        assert result.verdict == "invalid", f"{path.name} at byte {place}"
        named = [item for layer in result.layers for item in layer.items]
        assert any(str(path.relative_to(bundle)) in item for item in named), path.name
        path.write_bytes(kept)
    assert api.verify(bundle, finished_demo / "trust").verdict == "valid"


def test_the_command_ends_with_20_and_names_the_file(demo_copy: Path) -> None:
    bundle = demo_copy / "reports" / "honest" / "bundle"
    path = bundle / "report.html"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"PASS", b"PASs", 1))
    ran = run_ftgov("verify", bundle, "--trust", demo_copy / "trust")
    assert ran.status == 20
    assert "report.html" in ran.out
    assert "Traceback" not in ran.err


def test_a_bundle_signed_by_a_stranger_is_invalid(demo_copy: Path, tmp_path: Path) -> None:
    ran = run_ftgov("init", tmp_path / "other")
    assert ran.status == 0, ran.err
    other = ["--workspace", str(tmp_path / "other")]
    assert run_ftgov("keys", "new", "--unencrypted", *other).status == 0
    target = tmp_path / "trust" / "trust-pack.json"
    made = run_ftgov("keys", "trust-pack", "--holder", "Else", "--output", target, *other)
    assert made.status == 0, made.err
    ran = run_ftgov("verify", demo_copy / "reports/honest/bundle", "--trust", target, "--json")
    assert ran.status == 20
    assert ran.json["verdict"] == "invalid"


def test_the_wrong_root_pin_makes_the_trust_pack_unusable(finished_demo: Path) -> None:
    ran = run_ftgov(
        "verify",
        finished_demo / "reports/honest/bundle",
        "--trust",
        finished_demo / "trust",
        "--trust-root",
        "sha256:" + "0" * 64,
        "--json",
    )
    assert ran.status == 12


def test_a_figure_changed_and_signed_again_fails_recompute(demo_copy: Path) -> None:
    """The signature can't see a lie told before signing; recompute can."""
    from ftgov.api.keys import load_key
    from ftgov.recompute.bundle import recompute_dossier
    from ftgov.records.canonical import canonical_bytes, canonical_json
    from ftgov.records.dossier import Dossier
    from ftgov.signing.bundle import BundleEvidence, open_bundle

    bundle = demo_copy / "reports" / "harmful-full" / "bundle"
    with api.open_workspace(demo_copy) as workspace:
        assert load_key(workspace).spki.startswith("sha256:")
    with open_bundle(bundle) as opened:
        content = canonical_json(opened.read("dossier.json"))
        finding = next(f for f in content["assessment"]["findings"] if f["id"] == "group_fairness")
        figure = next(m for m in finding["measurements"] if m["value"] is not None)
        figure["value"] = figure["value"] / 2
        lie = Dossier.model_validate(content)
        assert canonical_bytes(lie) != opened.read("dossier.json")
        result = recompute_dossier(lie, BundleEvidence(opened))
    assert result.verdict == "invalid"
    assert any(figure["id"] in item for item in result.items)


def test_recompute_without_an_extra_is_not_assessed_and_says_which(
    finished_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fairlearn", "fairlearn.metrics"):
        monkeypatch.setitem(sys.modules, name, None)
    bundle = finished_demo / "reports" / "honest" / "bundle"
    result = api.verify(bundle, finished_demo / "trust", recompute=True)
    assert result.verdict == "not_assessed"
    assert "ftgov[fairness]" in " ".join(result.layers[-1].items)
