"""`ftgov record`, `lineage` and `impact` as a user types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ftgov import api
from ftgov.cli.main import execute
from ftgov.records.absence import NOT_APPLICABLE, UNKNOWN
from ftgov.records.base import Record
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_bytes
from ftgov.records.evaluation_run import EvaluationRun
from ftgov.records.incident import Incident
from ftgov.records.job import Job
from ftgov.records.model import ModelVersion
from ftgov.records.system import System

Typed = Callable[[str], tuple[int, str, str]]
BECAME_KNOWN = "2026-11-20T08:00:00Z"


@pytest.fixture
def typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Typed:
    """Return a command line in a folder of a few files and a workspace with two models."""
    monkeypatch.chdir(tmp_path)
    for name in ("data.jsonl", "prompt.txt", "faq.md", "tool.json", "results.json", "tok.json"):
        (tmp_path / name).write_text(f'{{"name":"{name}"}}\n')
    (tmp_path / "facts.yaml").write_text("system: {intended_purpose: Sort letters}\n")

    def run(line: str) -> tuple[int, str, str]:
        status = execute([*line.split(), "--workspace", "space"])
        told = capsys.readouterr()
        return status, told.out, told.err

    api.init("space").close()
    for line in (
        "record dataset data --file data.jsonl --role train",
        "record model base --kind base",
        "record model tuned --kind tuned --parent base",
    ):
        assert run(line)[0] == 0
    return run


def _kept(kind: type[Record], name: str) -> Any:
    with api.open_workspace("space") as opened:
        found = opened.ledger.get(kind, name)
        assert found is not None
        return found


def test_a_model_with_its_dates_and_files(typed: Typed) -> None:
    done = typed(
        "record model hosted --kind tuned --parent base --provider OpenAI --snapshot "
        "hosted-2026-01-01 --shutdown 2027-01-14 --deleted n/a --announced unknown "
        "--tokenizer tok.json --version 3"
    )
    assert done[0] == 0, done
    found = _kept(ModelVersion, "hosted")
    assert (found.provider, found.snapshot, found.version) == ("OpenAI", "hosted-2026-01-01", "3")
    assert found.dates.shutdown == "2027-01-14"
    assert (found.dates.deleted, found.dates.announced) == (NOT_APPLICABLE, UNKNOWN)
    assert found.dates.released is None
    assert found.interface.tokenizer == digest_bytes(b'{"name":"tok.json"}\n')


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("record model x --kind tuned --shutdown 14.01.2027", ["'shutdown'", "2027-01-14"]),
        ("record model x --kind tuned --shutdown 2027-02-30", ["'shutdown'", "day"]),
        ("record model x --kind merged --merged-from bas", ["no model 'bas'", "'base'"]),
        ("record model x --kind alias --alias-of gone", ["no model 'gone'"]),
        ("record dataset x --file data.jsonl --role test --parent dta", ["'dta'", "'data'"]),
        ("record dataset x --file data.jsonl --role test --transform t", ["--parent"]),
        ("record job x --method lora", ["names the models"]),
        ("record job x --method lora --status succeeded", ["names the models"]),
        ("record job x --method lora --output tuned --flop 1e20", ["'flop'"]),
        ("record job x --method lora --output tuned --hyperparameter n", ["NAME=VALUE"]),
        ("record job x --method lora --output tuned --hyperparameter n=nan", ["'effective'"]),
        ("record system s --model tuned --facts facts.yaml --prompt gone", ["no file gone"]),
        ("record system s --model tuned --facts facts.yaml --tool =x", ["NAME=FILE"]),
        ("record system s --model tuned --facts facts.yaml --vector-store a", ["NAME=FILE"]),
        (
            "record system s --model tuned --facts facts.yaml --vector-store a=dataset:dat",
            ["no dataset 'dat'", "'data'"],
        ),
        (
            (
                "record system s --model tuned --facts facts.yaml --vector-store a=dataset:data "
                "--vector-store a=dataset:more"
            ),
            ["several datasets"],
        ),
        ("record system s --model tuned --facts facts.yaml --fallback nil", ["no model 'nil'"]),
        (
            "record system s --model tuned --facts facts.yaml --active-from 2026-11-21T09:00:00",
            ["'active_from'", "in UTC"],
        ),
        ("record evaluation e --model gone --tool t --file results.json", ["no model 'gone'"]),
        ("record evaluation e --model tuned --tool t --file gone.json", ["no file gone.json"]),
        (
            "record evaluation e --model tuned --tool t --file results.json --metric acc=high",
            ["acc", "'high'"],
        ),
        (
            "record evaluation e --model tuned --tool t --file results.json --metric acc=nan",
            ["'value'", "finite"],
        ),
        (
            "record evaluation e --model tuned --tool t --file results.json --dataset dat",
            ["no dataset 'dat'"],
        ),
        (
            f"record incident i --kind malfunction --summary x --known-at {BECAME_KNOWN}",
            ["about a model or a system"],
        ),
        (
            "record incident i --model tuned --kind malfunction --summary x --known-at yesterday",
            ["'known_at'"],
        ),
        (
            (
                "record incident i --system desk --kind malfunction --summary x "
                f"--known-at {BECAME_KNOWN}"
            ),
            ["no system 'desk'"],
        ),
    ],
)
def test_what_cannot_be_recorded_is_told_and_not_recorded(
    typed: Typed, line: str, told: list[str]
) -> None:
    status, _, err = typed(line)
    assert status == 2, err
    for words in told:
        assert words in err
    with api.open_workspace("space") as opened:
        assert opened.ledger.head().entries == 3


def test_a_system_and_how_it_runs(typed: Typed) -> None:
    status, _, err = typed(
        "record system desk --model tuned --facts facts.yaml --prompt prompt.txt --tool "
        "search=tool.json --tool clock --vector-store faq=faq.md --vector-store "
        "docs=dataset:data --parameter temperature=0.2 --parameter top_k=5 --parameter "
        "stream=true --parameter stop=END --moderation omni --guardrail regex "
        "--territory DE --active-from 2026-01-01T00:00:00Z --active-to n/a --fallback "
        "base --environment production --region unknown"
    )
    assert status == 0, err
    run = _kept(System, "desk").operation
    assert run.system_prompt.digest == digest_bytes(b'{"name":"prompt.txt"}\n')
    assert [(tool.name, tool.definition is None) for tool in run.tools] == [
        ("search", False),
        ("clock", True),
    ]
    stores = {store.name: store for store in run.vector_stores}
    assert stores["faq"].files == (digest_bytes(b'{"name":"faq.md"}\n'),)
    assert stores["docs"].dataset == "data"
    assert stores["docs"].files == (digest_bytes(b'{"name":"data.jsonl"}\n'),)
    assert run.parameters == {"temperature": 0.2, "top_k": 5, "stream": True, "stop": "END"}
    assert run.moderation.model == "omni"
    assert (run.active_to, run.region) == (NOT_APPLICABLE, UNKNOWN)
    with api.open_workspace("space") as opened:
        assert opened.evidence.has(run.system_prompt.digest)
    found = json.loads(typed("impact dataset data --json")[1])
    assert found["systems"] == [{"name": "desk", "via": "dataset/data", "note": "runs tuned"}]


def test_a_job_a_dataset_an_evaluation_and_an_incident(typed: Typed) -> None:
    for line in (
        (
            "record dataset clean --file faq.md --role train --parent data --owner unknown "
            "--special-category health --legal-basis n/a"
        ),
        (
            "record job tune --method supervised --base base --train clean --output tuned --status "
            "succeeded --hyperparameter n_epochs=3 --requested-by unknown --region EU "
            "--flop 300000000000000000000 --billed-tokens 1200"
        ),
        "record job broken --method dpo --status failed",
        (
            "record evaluation mmlu --model tuned --model base --tool lm-eval --file results.json "
            "--metric acc=0.61 --dataset data --evaluator third_party --parameter temperature=0"
        ),
        (
            "record incident leak --model tuned --kind serious_incident --harm fundamental_rights "
            f"--summary Leak --known-at {BECAME_KNOWN} --occurred-at unknown --file faq.md"
        ),
    ):
        status, _, err = typed(line)
        assert status == 0, err
    clean = _kept(Dataset, "clean")
    assert (clean.parents[0].name, clean.special_categories) == ("data", ("health",))
    assert (clean.owner, clean.legal_basis) == (UNKNOWN, NOT_APPLICABLE)
    job = _kept(Job, "tune")
    assert (job.hyperparameters[0].effective, job.request.requested_by) == (3, UNKNOWN)
    assert (job.flop, job.billed_tokens, job.host.region) == ("3" + "0" * 20, "1200", "EU")
    run = _kept(EvaluationRun, "mmlu")
    assert run.model_identities == {
        name: _kept(ModelVersion, name).identity for name in ("base", "tuned")
    }
    assert (run.metrics[0].name, run.metrics[0].value) == ("acc", 0.61)
    assert (_kept(Incident, "leak").occurred_at, _kept(Incident, "leak").state) == (UNKNOWN, "open")
    tree = typed("lineage tuned")[1]
    for words in ("train data clean", "─ from data\n", "judged in mmlu on data", "incident leak"):
        assert words in tree
    again = typed(
        "record incident leak --model tuned --kind malfunction --summary L --known-at "
        f"{BECAME_KNOWN} --closed --correction Filtered"
    )
    assert again[0] == 0
    assert _kept(Incident, "leak").state == "closed"


def test_the_impact_of_a_retirement_as_text_and_json(typed: Typed) -> None:
    typed("record model base --kind base --shutdown 2027-01-14")
    typed("record model latest --kind alias --alias-of tuned")
    typed("record system desk --model latest --facts facts.yaml")
    status, out, err = typed("impact model base --as-of 2027-02-01")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "base shuts down 2027-01-14; seen as of 2027-02-01",
        (
            "  stopped 2027-01-14  tuned (tuned): no weights of its own are recorded, it is served "
            "with base"
        ),
        "  stopped 2027-01-14  latest (alias): it is another name of tuned",
        "  system desk stops on 2027-01-14: it uses latest",
    ]
    found = json.loads(typed("impact model base --as-of 2026-12-01 --json")[1])
    assert [each["stopped"] for each in found["stop"]] == [False, False, False]
    status, _, err = typed("impact model bse")
    assert status == 2
    assert "Did you mean 'base'?" in err
    status, out, _ = typed("impact dataset data")
    assert (status, out) == (0, "data: nothing affected if it is withdrawn\n")


def test_a_circle_is_told_on_stderr(typed: Typed) -> None:
    typed("record model base --kind tuned --parent tuned")
    status, out, err = typed("lineage tuned")
    assert status == 0
    assert "runs in a circle: model/base, model/tuned" in err
    assert "from base" in out
    assert typed("audit tuned")[0] == 12
