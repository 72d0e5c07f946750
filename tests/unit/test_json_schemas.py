"""The published JSON Schemas say what the models say, and judge real bundles as the models do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from ftgov import api
from ftgov.records.canonical import canonical_json
from ftgov.signing.countersign import read_reviewed, sign_review
from ftgov.signing.envelope import parse_envelope
from ftgov.signing.keys import SigningKey
from ftgov.signing.names import ENVELOPE_NAME, LOG_ENTRY_NAME, WITHHELD_NAME
from ftgov.signing.redact import redact_bundle
from tests_support import HOUSE, environment

GENERATOR = HOUSE / ".ci" / "json_schemas.py"
SCHEMAS = HOUSE / "templates" / "schemas"


def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.v1.json").read_text(encoding="utf-8"))
    assert jsonschema_rs.meta.is_valid(schema)
    assert schema["$id"] == f"https://ftgov.dev/schema/{name}/v1.json"
    return jsonschema_rs.Draft202012Validator(schema)


def _predicate(envelope: bytes) -> Any:
    return canonical_json(parse_envelope(envelope).payload)["predicate"]


def test_the_published_schemas_are_those_of_the_models() -> None:
    command = [sys.executable, str(GENERATOR), "--check"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_of_the_schemas_can_fail(tmp_path: Path) -> None:
    copied = tmp_path / ".ci" / GENERATOR.name
    copied.parent.mkdir()
    copied.write_text(GENERATOR.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, str(copied), "--check"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "withheld.v1.json" in done.stdout


def test_the_demonstrations_bundle_is_valid_by_the_schemas(
    finished_demo: Path, tmp_path: Path
) -> None:
    bundle = finished_demo / "reports" / "honest" / "bundle"
    envelope = (bundle / ENVELOPE_NAME).read_bytes()
    predicate = _predicate(envelope)
    _validator("dossier-predicate").validate(predicate)
    _validator("log-entry").validate(json.loads((bundle / LOG_ENTRY_NAME).read_bytes()))
    _, review = sign_review(
        read_reviewed(envelope),
        SigningKey.generate(),
        name="Jo",
        signed_at="2026-11-20T12:00:00Z",
        reasons=["no"],
    )
    _validator("countersignature-predicate").validate(_predicate(review))
    redact_bundle(bundle, tmp_path / "left", files=["law-pack.json"], rows={})
    _validator("withheld").validate(json.loads((tmp_path / "left" / WITHHELD_NAME).read_bytes()))
    assert api.verify(tmp_path / "left", finished_demo / "trust").verdict == "valid"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("carriers", "log"),
        ("model", "Not A Name"),
        ("verdict", "fine"),
        ("dossier", "sha256:0"),
        ("rows", {"salts": "sha256:" + "0" * 64, "trees": []}),
        ("tool", ""),
    ],
)
def test_a_predicate_that_the_model_refuses_is_refused_by_the_schema(
    finished_demo: Path, name: str, value: object
) -> None:
    from ftgov.signing.predicate import read_predicate

    bundle = finished_demo / "reports" / "honest" / "bundle"
    wrong = {**_predicate((bundle / ENVELOPE_NAME).read_bytes()), name: value}
    assert not _validator("dossier-predicate").is_valid(wrong)
    with pytest.raises(ValueError, match=name):
        read_predicate(wrong)
