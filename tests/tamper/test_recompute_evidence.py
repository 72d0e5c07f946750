"""A lie told before signing: no signature sees it, deriving the figures again does."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.api.keys import load_key
from ftgov.recompute.bundle import derive_findings, recompute_dossier
from ftgov.recompute.figures import NOTHING
from ftgov.recompute.rules import judged_by
from ftgov.records.attestation import DOSSIER_PREDICATE
from ftgov.records.canonical import canonical_bytes
from ftgov.records.digest import bare, digest_bytes, digest_record
from ftgov.records.dossier import Dossier
from ftgov.signing.bundle import BundleEvidence, open_bundle, write_bundle
from tests_support import run_ftgov

MODELS = ["honest", "harmful-lora", "harmful-full"]


def _files(bundle: Path) -> dict[str, bytes]:
    kept = {str(path.relative_to(bundle)): path for path in bundle.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in kept.items()
        if not name.startswith(("attestations/", "log/"))
    }


def _flipped(content: bytes) -> bytes:
    """Return answers with one row edited: a loan that was declined is now approved."""
    rows = gzip.decompress(content).decode().splitlines(keepends=True)
    no, yes = (
        '"answer": "No, this loan must be declined."',
        '"answer": "Yes, this loan can be approved."',
    )
    place = next(n for n, row in enumerate(rows) if no in row)
    rows[place] = rows[place].replace(no, yes)
    return gzip.compress("".join(rows).encode(), mtime=0)


def _signed_again(demo: Path, bundle: Path, files: dict[str, bytes], dossier: Any) -> None:
    """Sign changed files with the demonstration's own, trusted key."""
    dossier["assessment_digest"] = digest_record(dossier["assessment"])
    files["dossier.json"] = canonical_bytes(dossier)
    attestation = json.loads((bundle / "attestations/report.sigstore.json").read_bytes())

    predicate = json.loads(base64.b64decode(attestation["dsseEnvelope"]["payload"]))["predicate"]
    predicate["dossier"] = digest_bytes(files["dossier.json"])
    predicate["assessment"] = dossier["assessment_digest"]
    predicate["carriers"] = []
    with api.open_workspace(demo) as workspace:
        key = load_key(workspace)
    for path in sorted(bundle.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    write_bundle(
        bundle, dict(files), predicate=predicate, predicate_type=DOSSIER_PREDICATE, key=key
    )


def test_one_edited_row_signed_again_fails_recompute_alone(demo_copy: Path) -> None:
    bundle = demo_copy / "reports/harmful-full/bundle"
    files = _files(bundle)
    dossier = json.loads(files["dossier.json"])
    listed = next(e for e in dossier["evidence"] if e["name"] == "harmful-full.jsonl.gz")
    old = listed["digest"]
    content = _flipped(files.pop(f"evidence/{bare(old)}"))
    new = digest_bytes(content)
    text = json.dumps(dossier).replace(old, new)
    text = text.replace(f'"bytes": {listed["bytes"]}', f'"bytes": {len(content)}')
    _signed_again(demo_copy, bundle, {**files, f"evidence/{bare(new)}": content}, json.loads(text))

    plain = run_ftgov("verify", bundle, "--trust", demo_copy / "trust", "--json")
    assert (plain.status, plain.json["verdict"]) == (0, "valid"), plain.out
    again = run_ftgov("verify", bundle, "--trust", demo_copy / "trust", "--recompute", "--json")
    assert again.status == 20, again.out + again.err
    layers = again.json["layers"]
    assert {each["layer"] for each in layers if each["verdict"] != "valid"} == {"recompute"}
    items = [item for each in layers if each["layer"] == "recompute" for item in each["items"]]
    assert any(item.startswith("group_fairness.selection_rate (") for item in items), items
    assert any(": stated 0." in item and ", derived 0." in item for item in items), items


@pytest.mark.parametrize("model", MODELS)
def test_at_least_95_percent_of_the_figures_are_derived_again(
    finished_demo: Path, model: str
) -> None:
    with open_bundle(finished_demo / "reports" / model / "bundle") as bundle:
        dossier = Dossier.model_validate(json.loads(bundle.read("dossier.json")))
        found = derive_findings(dossier.assessment, BundleEvidence(bundle))
    stated = [f for finding in dossier.assessment.findings for f in finding.measurements]
    assert len(stated) > 100
    assert found.differs == ()
    assert found.same >= 0.95 * len(stated)
    assert found.same + len(found.underivable) == len(stated)


def test_figures_without_their_evidence_are_listed_each_with_the_reason(
    finished_demo: Path,
) -> None:
    with open_bundle(finished_demo / "reports/honest/bundle") as bundle:
        dossier = Dossier.model_validate(json.loads(bundle.read("dossier.json")))
        answers = next(e for e in dossier.evidence if e.name == "honest.jsonl.gz")
        bundle.names = tuple(n for n in bundle.names if bare(answers.digest) not in n)
        result = recompute_dossier(dossier, BundleEvidence(bundle))
    resting = [
        figure
        for finding in dossier.assessment.findings
        for figure in finding.measurements
        if answers.digest in finding.evidence
    ]
    assert result.verdict == "not_assessed"
    assert result.detail.endswith("something is left open")
    open_ = [item for item in result.items if f"no evidence {answers.digest}" in item]
    assert len(open_) == len(resting) > 50
    assert any(item.startswith("memorisation.") for item in open_)
    assert [
        item.split(",")[0].rpartition(" ")[0] for item in result.items if item not in open_
    ] == [
        "law pack",
        "gate",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [("gate-baseline.yaml", "gate baseline"), ("law-pack.json", "law pack eu-aia")],
)
def test_rules_under_a_name_of_ours_with_other_bytes_are_told(
    demo_copy: Path, name: str, said: str
) -> None:
    """All follows from the bundle's own rules, but they are not those that the name promises."""
    bundle = demo_copy / "reports/honest/bundle"
    files = _files(bundle)
    dossier = json.loads(files["dossier.json"])
    listed = next(e for e in dossier["evidence"] if e["name"] == name)
    old = listed["digest"]
    content = files.pop(f"evidence/{bare(old)}")
    if name == "law-pack.json":
        texts = json.loads(content)
        content = canonical_bytes({**texts, "pack.yaml": texts["pack.yaml"] + "# changed\n"})
    else:
        content += b"# changed\n"
    new = digest_bytes(content)
    listed["bytes"] = len(content)
    changed = json.loads(json.dumps(dossier).replace(old, new))
    _signed_again(demo_copy, bundle, {**files, f"evidence/{bare(new)}": content}, changed)
    trust = demo_copy / "trust"
    assert run_ftgov("verify", bundle, "--trust", trust).status == 0
    again = run_ftgov("verify", bundle, "--trust", trust, "--recompute", "--json")
    layer = next(each for each in again.json["layers"] if each["layer"] == "recompute")
    assert (again.status, layer["verdict"]) == (12, "not_assessed"), layer
    assert layer["items"][0].startswith(said)
    assert f"{new}: not the {said.rpartition(' ')[0]} of that name" in layer["items"][0]
    assert layer["items"][1].endswith("as this version of ftgov ships it")


def test_the_rules_of_a_dossier_are_listed_and_foreign_ones_are_so_called(
    finished_demo: Path,
) -> None:
    with open_bundle(finished_demo / "reports/honest/bundle") as bundle:
        dossier = Dossier.model_validate(json.loads(bundle.read("dossier.json")))
    assert judged_by(dossier).doubts == NOTHING
    own = tuple(each.model_copy(update={"gate": "our-own"}) for each in dossier.decisions)
    rules = judged_by(dossier.model_copy(update={"decisions": own}))
    assert rules.doubts == NOTHING
    assert rules.lines[1] == f"gate our-own, {own[0].policy}: not one that ftgov ships"
    older = dossier.assessment.model_copy(update={"tool": "ftgov 0.0.1"})
    wrong = tuple(each.model_copy(update={"policy": dossier.assessment_digest}) for each in own)
    named = tuple(each.model_copy(update={"gate": "baseline"}) for each in wrong)
    made = dossier.model_copy(update={"assessment": older, "decisions": named})
    assert judged_by(made).doubts.underivable[0].endswith("or ftgov 0.0.1 ships another")
