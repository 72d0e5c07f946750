"""`ftgov export`: an assessed model in a format of others, or an error and no file."""

from __future__ import annotations

import json
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from ftgov import api, exports
from ftgov.api.exporting import export_formats, export_model
from ftgov.errors import FtgovError, NotAssessable, UsageError
from ftgov.exports import ModelFormat
from ftgov.records.digest import digest_bytes
from ftgov.records.dossier import Assessment
from tests_support import run_ftgov


def _fails(assessment: Assessment) -> bytes:
    raise RuntimeError(f"no word for {assessment.subject.model.name}")


BAD = ModelFormat("bad", "A format that fails", ".bad", "text/plain", _fails)


def _a_text(assessment: Assessment) -> bytes:
    return assessment.tool  # type: ignore[return-value]


def _leaves(assessment: Assessment) -> bytes:
    raise SystemExit(0)


WRONG = ModelFormat(3, "", "", "", _fails)  # type: ignore[arg-type]
TEXT = BAD._replace(id="text", write=_a_text)
LEAVES = BAD._replace(id="leaves", write=_leaves)
TWIN = BAD._replace(id="cyclonedx")
NO_FORMAT = "a text"


def test_it_writes_the_assessment_that_stands(demo_copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "honest.cdx.json"
    ran = run_ftgov(
        "export", "honest", "--format", "cyclonedx", "--output", target,
        "--workspace", demo_copy, "--json",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    content = target.read_bytes()
    assert ran.json["digest"] == digest_bytes(content)
    assert ran.json["bytes"] == len(content)
    said = {each["name"]: each["value"] for each in json.loads(content)["properties"]}
    assert said["ftgov:assessment"] == ran.json["assessment"]
    again = run_ftgov(
        "export", "honest", "--format", "cyclonedx", "--output", target, "--workspace", demo_copy
    )
    assert again.status == 2
    assert "there already" in again.err
    assert target.read_bytes() == content
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_the_list_names_each_format() -> None:
    ran = run_ftgov("export", "--list")
    assert ran.status == 0, ran.err
    assert "CycloneDX 1.7 ML-BOM" in ran.out
    told = run_ftgov("export", "--list", "--json").json["formats"]
    assert [each["format"] for each in told] == [each.format for each in export_formats()]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "needs MODEL"),
        (("honest",), "needs --format"),
        (("honest", "--format", "cyclonedx"), "needs --output"),
        (("honest", "--format", "bom", "--output", "b"), "no format 'bom'"),
        (("nobody", "--format", "cyclonedx", "--output", "b"), "nobody"),
    ],
)
def test_bad_calls_say_what_is_wrong(
    demo_copy: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    ran = run_ftgov("export", *words, "--workspace", demo_copy, cwd=tmp_path)
    assert ran.status == 2
    assert told in ran.err
    assert list(tmp_path.glob("b*")) == []


def test_a_stale_assessment_is_not_exported(demo_copy: Path, tmp_path: Path) -> None:
    where = ("--workspace", demo_copy)
    done = run_ftgov("record", "party", "acme", "--role", "provider", "--legal-name", "A", *where)
    assert done.status == 0, done.err
    with api.open_workspace(demo_copy) as opened, pytest.raises(NotAssessable, match="stale"):
        export_model(opened, "honest", tmp_path / "b", form="cyclonedx")
    assert not (tmp_path / "b").exists()


def test_a_plug_in_adds_a_format_and_a_broken_one_is_told(
    demo_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"bad": "BAD", "twin": "TWIN", "no-format": "NO_FORMAT", "absent": "ABSENT"}
    names |= {"wrong": "WRONG", "text": "TEXT", "leaves": "LEAVES"}
    found = [
        EntryPoint(key, f"{__name__}:{value}", "ftgov.exports") for key, value in names.items()
    ]
    monkeypatch.setattr(exports, "entry_points", lambda **_: found)
    told = {each.format: each.fault for each in export_formats()}
    assert told["bad"] is None
    assert "belongs to another" in str(told["twin"])
    assert "no ModelFormat" in str(told["no-format"])
    assert "ABSENT" in str(told["absent"])
    assert "other types" in str(told["wrong"])
    with api.open_workspace(demo_copy) as opened:
        with pytest.raises(FtgovError, match="failed on 'honest'") as caught:
            export_model(opened, "honest", tmp_path / "b", form="bad")
        assert "no word for honest" in caught.value.why
        for form in ("text", "leaves"):
            with pytest.raises(FtgovError, match="nothing was written"):
                export_model(opened, "honest", tmp_path / "new" / "b", form=form)
        assert not (tmp_path / "new").exists()
        with pytest.raises(UsageError, match="no format 'twin'"):
            export_model(opened, "honest", tmp_path / "b", form="twin")
        blocked = tmp_path / "file"
        blocked.write_text("x")
        with pytest.raises(FtgovError, match="cannot be written"):
            export_model(opened, "honest", blocked / "b", form="cyclonedx")
    assert not (tmp_path / "b").exists()
