"""`ftgov report --tsa`: a stamped report, verified by us and by `openssl ts`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ftgov.cli.main import execute
from ftgov.signing.envelope import parse_envelope
from ftgov.signing.names import ENVELOPE_NAME
from timestamp_authority import LocalAuthority

Capture = pytest.CaptureFixture[str]


def test_a_stamped_report_is_verified(demo_copy: Path, tmp_path: Path, capsys: Capture) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    root, pack = authority.folder / "root.pem", demo_copy / "trust" / "trust-pack.json"
    workspace = ["--workspace", str(demo_copy)]
    line = ["keys", "trust-pack", "--tsa-certificates", str(root), "--timestamp-required"]
    assert execute([*line, "--output", str(pack), *workspace]) == 0
    # The report of before has no time stamp, which the new pack asks for.
    old = demo_copy / "reports" / "honest" / "bundle"
    assert execute(["verify", str(old), "--trust", str(pack)]) == 20
    out = tmp_path / "out"
    with authority.served() as url:
        made = ["report", "honest", "--output", str(out), "--tsa", url, "--json", *workspace]
        capsys.readouterr()
        assert execute(made) == 0
    assert json.loads(capsys.readouterr().out)["time"] == "rfc3161"
    assert execute(["verify", str(out / "bundle"), "--trust", str(pack), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["time"] == "rfc3161"
    verdicts = {layer["layer"]: layer["verdict"] for layer in found["layers"]}
    assert (verdicts["timestamp"], verdicts["pdf"], verdicts["log"]) == ("valid",) * 3
    envelope = parse_envelope((out / "bundle" / ENVELOPE_NAME).read_bytes())
    assert envelope.stamp is not None
    assert authority.openssl_accepts(envelope.stamp, envelope.signature)
    # Nobody answers there any more: no report, and the one before stays.
    before = (out / "bundle" / ENVELOPE_NAME).read_bytes()
    assert execute(made) == 30
    assert (out / "bundle" / ENVELOPE_NAME).read_bytes() == before
