"""`ftgov bundle renew` and `renewals`: a report's PDF over the years, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftgov.api.renewal import renew
from ftgov.cli.main import execute
from ftgov.errors import NotAssessable
from pdf_samples import overlaid
from timestamp_authority import LocalAuthority

Capture = pytest.CaptureFixture[str]


def _said(capsys: Capture) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_report_is_renewed_year_after_year(
    demo_copy: Path, tmp_path: Path, capsys: Capture
) -> None:
    authority = LocalAuthority(tmp_path / "authority")
    pack, out = demo_copy / "trust" / "trust-pack.json", tmp_path / "out"
    bundle, first, second = str(out / "bundle"), tmp_path / "1.pdf", tmp_path / "2.pdf"
    trust, workspace = ["--trust", str(pack)], ["--workspace", str(demo_copy)]
    line = ["keys", "trust-pack", "--tsa-certificates", str(authority.folder / "root.pem")]
    assert execute([*line, "--output", str(pack), *workspace]) == 0
    with authority.served() as url:
        made = ["report", "honest", "--output", str(out), "--tsa", url, *workspace]
        assert execute(made) == 0
        again = ["bundle", "renew", bundle, *trust, "--tsa", url]
        assert execute([*again, "--output", str(first)]) == 0
        before = first.read_bytes()
        capsys.readouterr()
        # Nothing is written over: not the last renewal, not the bundle's own PDF.
        for taken in (first, out / "bundle" / "report.pdf"):
            assert execute([*again, "--last", str(first), "--output", str(taken)]) == 2
        assert "exists already" in capsys.readouterr().err
        line = [*again, "--last", str(first), "--output", str(second), "--json"]
        assert execute(line) == 0
    assert len(_said(capsys)["renewals"]) == 2
    original = (out / "bundle" / "report.pdf").read_bytes()
    assert before.startswith(original)
    assert second.read_bytes().startswith(before)
    check = ["bundle", "renewals", bundle]
    assert execute([*check, str(second), *trust, "--json"]) == 0
    found = _said(capsys)
    assert [each["authority"] for each in found["renewals"]] == ["Root of Test authority"] * 2
    assert not found["soon"]
    assert execute([*check, str(first), *trust]) == 0
    assert f"Renew again before {found['until']}" in capsys.readouterr().out
    assert execute(["verify", bundle, *trust]) == 0
    _refused(tmp_path, check, trust, second, original)
    capsys.readouterr()
    # A report without a time stamp has no proven time to keep.
    other = demo_copy / "reports" / "honest" / "bundle"
    assert execute(["bundle", "renewals", str(other), str(second), *trust]) == 2
    assert "has no time stamp" in capsys.readouterr().err
    late = tmp_path / "late.pdf"
    with pytest.raises(NotAssessable, match="expired at"):
        renew(Path(bundle), pack, late, url=url, last=second, now="2050-01-01T00:00:00Z")
    assert not late.exists()


def _refused(
    folder: Path, check: list[str], trust: list[str], renewed: Path, original: bytes
) -> None:
    """Check that other files are refused, and none is renewed."""
    bad = folder / "bad.pdf"
    content = renewed.read_bytes()
    for wrong in (content + b"\n", b"", overlaid(original)):
        bad.write_bytes(wrong)
        assert execute([*check, str(bad), *trust]) == 20
    line = ["bundle", "renew", *check[2:], *trust, "--tsa", "http://127.0.0.1:9/tsa"]
    new = folder / "new.pdf"
    assert execute([*line, "--last", str(bad), "--output", str(new)]) == 20
    assert not new.exists()
    assert execute([*check, str(folder / "absent.pdf"), *trust]) == 2
