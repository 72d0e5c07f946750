"""The law on the command line: classes on four days, timeline, diff, answers, checklists."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ftgov import api
from ftgov.api import nouns
from ftgov.api.answers import answer, questions_of
from ftgov.api.checklists import checklists_of
from ftgov.api.classification import classify_system
from ftgov.api.law import classify_file
from ftgov.api.recording import record
from ftgov.cli.interview import interview
from ftgov.law.questionnaire import Given
from ftgov.records.digest import digest_record
from ftgov.records.entry import ReportMade
from tests_support import Ran, environment, run_ftgov

SYSTEM = "loan-desk.honest"
DAYS = ("2026-07-01", "2026-11-21", "2026-12-02", "2027-12-02")
HEAD = "ai_system: true\neu_market_provider: true\nbuilds_system: true\nown_name: true\n"
HEAD += "puts_on_market_or_into_service: true\nupstream: gpai_model\n"
MODEL = "ai_system: false\neu_market_provider: true\nbase_gpai: true\nmodel_placed: true\n"
MODEL += "base_flop: 9e23\nmod_flop: 4e23\n"
FIVE = {
    "hiring": (HEAD + "annex3: [4a]\nprofiling: true\n", ["high_risk"] * 4),
    "chatbot": (HEAD + "interacts: true\ngenerates: [text]\n", ["transparency"] * 4),
    "device": (
        HEAD + "annex1_act: mdr\nannex1_role: product\nthird_party_ca: true\n",
        ["high_risk"] * 4,
    ),
    "undresser": (
        HEAD + "art5: [ba]\n",
        ["minimal", "prohibited_from_future_date", "prohibited", "prohibited"],
    ),
    "modifier": (
        MODEL,
        ["model_only"] * 4,
    ),
}
FROM = {
    "hiring": ["2026-08-02", "2027-12-02", "2027-12-02", "2027-12-02"],
    "device": ["2027-08-02", "2028-08-02", "2028-08-02", "2028-08-02"],
}


@pytest.mark.parametrize("name", FIVE)
def test_five_systems_on_four_days(name: str, tmp_path: Path) -> None:
    text, classes = FIVE[name]
    facts = tmp_path / "facts.yaml"
    facts.write_text(text)
    for number, day in enumerate(DAYS):
        found = classify_file(facts, as_of=day, unstated="no")
        assert found.overall == classes[number]
        if name in FROM:
            assert found.high_risk_from == FROM[name][number]
    options = ("--unstated", "no", "--law-as-of", DAYS[-1], "--json")
    done = run_ftgov("classify", "--facts", facts, *options)
    assert (done.status, done.json["overall"]) == (0, classes[-1])


def test_timeline_and_diff_speak_of_one_system(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(FIVE["hiring"][0])
    one = ("--facts", facts, "--unstated", "no")
    told = run_ftgov("law", "timeline", *one, "--law-as-of", "2026-11-21", "--json")
    days = {entry["on"] for entry in told.json["entries"] if "RMS-1" in entry["duties"]}
    assert days == {"2027-12-02"}
    changed = run_ftgov("law", "diff", "2026-07-01", "2026-12-02", *one, "--json")
    assert {"name": "high_risk_from", "before": "2026-08-02", "after": "2027-12-02"} in (
        changed.json["changes"]
    )
    unknown = run_ftgov("law", "diff", "2026-07-01", "no-such-pack")
    assert (unknown.status, "no-such-pack" in unknown.err) == (2, True)


def test_another_regime_is_named_by_its_pack(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("derived_by_machine: false\n")
    done = run_ftgov("classify", "--facts", facts, "--law-pack", "nyc-ll144-2023", "--json")
    assert (done.status, done.json["overall"]) == (0, "does_not_apply")
    facts.write_text("derived_by_machine: true\n")
    done = run_ftgov("classify", "--facts", facts, "--law-pack", "nyc-ll144-2023", "--json")
    assert (done.status, done.json["overall"]) == (12, "undetermined")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ai_system: false\nannex3: [4a]\n", "line 2"),
        ("system: {intended_purpose: hiring}\nfacts:\n  ai_system: false\n", "line 3"),
        ("ai_sytem: true\n", "the nearest is 'ai_system'"),
        ("ai_system: true\nupstream: gpai_modle\n", "the nearest is 'gpai_model'"),
        ("ai_system: true\n2: true\n", "line 2"),
        ("base_flop: .inf\n", "line 1"),
        ("mod_flop: {low: 3, mid: nan, high: 5}\n", "line 1"),
    ],
)
def test_faulty_facts_end_with_file_line_and_nearest_id(
    text: str, told: str, tmp_path: Path
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(text)
    done = run_ftgov("classify", "--facts", facts)
    assert done.status == 2
    assert str(facts) in done.err
    assert told in done.err


@pytest.fixture(scope="module")
def template(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that holds the recording, not audited; made once, tests get copies."""
    place = tmp_path_factory.mktemp("law") / "space"
    with api.init(place) as opened:
        api.import_recording(opened, recording)
    return place


@pytest.fixture
def space(template: Path, tmp_path: Path) -> Path:
    place = tmp_path / "space"
    shutil.copytree(template, place)
    return place


def _in(place: Path, *arguments: str | Path, env: dict[str, str] | None = None) -> Ran:
    return run_ftgov(*arguments, "--workspace", place, env=env)


def _state(place: Path, duty: str) -> dict[str, object]:
    with api.open_workspace(place) as opened:
        found = checklists_of(opened, SYSTEM, as_of="2027-12-02", only=["provider"])
    (line,) = (line for line in found.lists[0].lines if line.id == duty)
    return line.state.model_dump()


def test_answers_from_a_file_change_the_checklist(space: Path, tmp_path: Path) -> None:
    (tmp_path / "register.txt").write_text("risks\n")
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "author: Jane Doe\nanswers:\n  rms-4: {value: yes, evidence: [register.txt]}\n"
        "  data-1: We chose short applications.\n"
    )
    assert _state(space, "RMS-4")["state"] == "missing"
    done = _in(space, "answer", SYSTEM, "--from", answers, "--json")
    assert done.status == 0, done.err
    assert done.json["recorded"] == ["rms-4", "data-1"]
    assert "data-1" not in done.json["open"]
    assert _state(space, "RMS-4")["state"] == "present"
    log = _in(space, "log", "--json")
    assert "Jane Doe" in log.out
    with api.open_workspace(space) as opened:
        assert not any("Jane Doe" in entry.body for entry in opened.ledger.history())


def test_a_faulty_answers_file_records_nothing(space: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("author: J\nanswers:\n  data-1: Short.\n  rms-44: yes\n")
    before = _in(space, "log", "--json").out
    done = _in(space, "answer", SYSTEM, "--from", answers)
    assert done.status == 2
    assert "line 4" in done.err
    assert _in(space, "log", "--json").out == before


def test_an_answer_against_the_facts_file_is_refused(space: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("author: J\nanswers:\n  interacts: no\n")
    done = _in(space, "answer", SYSTEM, "--from", answers)
    assert (done.status, "'interacts: True'" in done.err) == (2, True)


def test_the_template_is_read_back(space: Path, tmp_path: Path) -> None:
    text = _in(space, "answer", SYSTEM, "--template").out
    filled = tmp_path / "filled.yaml"
    filled.write_text(
        text.replace("author:", "author: Jane").replace(
            '"data-1":\n    value:', '"data-1":\n    value: Short ones.'
        )
    )
    done = _in(space, "answer", SYSTEM, "--from", filled, "--json")
    assert done.json["recorded"] == ["data-1"]


def test_a_changed_purpose_reopens_an_answer(space: Path, tmp_path: Path, recording: Path) -> None:
    with api.open_workspace(space) as opened:
        proof = tmp_path / "proof.txt"
        proof.write_text("looked at\n")
        given = Given("rms-4", value=True, evidence=(str(proof),))
        answer(opened, SYSTEM, [given], author="Jane Doe")
        model = SYSTEM.split(".")[1]
        facts = recording / "system.yaml"
        nouns.record_system(opened, SYSTEM, model=model, facts=facts, purpose="Ranks tenants.")
        asked = {each.id: each for each in questions_of(opened, SYSTEM, as_of="2026-11-21")}
    assert asked["rms-4"].state == "re-opened"


def test_a_new_job_on_a_released_system_reopens_an_answer(
    space: Path, tmp_path: Path, recording: Path
) -> None:
    with api.open_workspace(space) as opened:
        proof = tmp_path / "proof.txt"
        proof.write_text("not substantial\n")
        given = Given("ca-2", "not substantial", evidence=(str(proof),))
        answer(opened, SYSTEM, [given], author="Jane Doe")
        digest = digest_record("x")
        made = ReportMade(
            name="honest", model="honest", dossier=digest, statement=digest, verdict="pass",
            signed_at="2026-11-20T09:00:00Z",
        )  # fmt: skip
        record(opened, [made], {})
        facts = recording / "system.yaml"
        nouns.record_system(opened, SYSTEM, model="harmful-lora", facts=facts, purpose=None)
        asked = {each.id: each for each in questions_of(opened, SYSTEM, as_of="2026-11-21")}
    assert "a new job was run on a released system" in asked["ca-2"].note


def test_the_interview_saves_each_answer_and_goes_on_later(space: Path) -> None:
    def typed_in(typed: str) -> str:
        command = [sys.executable, "-m", "ftgov", "answer", SYSTEM, "--author", "Bob"]
        done = subprocess.run(
            [*command, "--workspace", str(space)], input=typed, capture_output=True, text=True,
            env=environment(), check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = json.loads(_in(space, "answer", SYSTEM, "--list", "--json").out)
    text = next(i for i, asked in enumerate(first) if asked["type"] == "text")
    skips = "\n" * text
    out = typed_in(skips + "We chose short ones.\nbecause\n\nq\n")
    assert "1 answered" in out
    again = json.loads(_in(space, "answer", SYSTEM, "--list", "--json").out)
    assert len(again) == len(first) - 1
    assert first[text]["id"] not in {asked["id"] for asked in again}


def test_declared_special_columns_stop_an_audit_until_a_ground_is_recorded(
    space: Path, tmp_path: Path
) -> None:
    assert _in(space, "record", "special-columns", "heldout", "--column", "group").status == 0
    stopped = _in(space, "audit", "honest", "--analyzer", "dataset_quality")
    assert (stopped.status, "no ground is recorded" in stopped.err) == (12, True)
    ground = tmp_path / "ground.yaml"
    ground.write_text(
        "columns: [group]\nbasis: gdpr_9_2_a\nreason: explicit consent\nauthor: Jane Doe\n"
    )
    assert _in(space, "record", "special-basis", "heldout", "--from", ground).status == 0
    assert _in(space, "audit", "honest", "--analyzer", "dataset_quality").status in {0, 10}
    with api.open_workspace(space) as opened:
        bodies = [entry.body for entry in opened.ledger.history()]
    assert not any("Jane Doe" in body for body in bodies), "a name in clear can't be erased"
    ground.write_text("columns: [group]\nbasis: whim\nreason: x\nauthor: J\n")
    refused = _in(space, "record", "special-basis", "heldout", "--from", ground)
    assert (refused.status, "'basis'" in refused.err) == (2, True)


def test_a_checklist_that_does_not_exist_is_refused_with_the_nearest(space: Path) -> None:
    done = _in(space, "checklist", SYSTEM, "--list", "provder")
    assert (done.status, "'provider'" in done.err) == (2, True)


class Typed:
    """A console whose person has typed these lines; what it prints is kept."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.said, self.refused = list(lines), [""], 0

    def ask(self, prompt: str) -> str | None:
        self.said.append(prompt)
        return self.lines.pop(0) if self.lines else None

    def raw(self, text: str) -> None:
        self.said.append(text)

    def style(self, text: str, kind: str) -> str:
        return f"{kind}:{text}"

    def complain(self, error: Exception) -> None:
        self.said.append(str(error))
        self.refused += 1


def test_an_answer_that_does_not_fit_is_asked_again(space: Path) -> None:
    with api.open_workspace(space) as opened:
        (asked,) = (
            each for each in questions_of(opened, SYSTEM, as_of="2026-11-21") if each.id == "keep-1"
        )
        typed = Typed("soon", "", "", "2037-12-02", "ten years", "")

        def save(given: Given) -> None:
            answer(opened, SYSTEM, [given], author="Jane Doe")

        assert interview(typed, [asked], save) == (1, 0)  # type: ignore[arg-type]
        left = {each.id for each in questions_of(opened, SYSTEM, as_of="2026-11-21")}
    assert typed.refused == 1
    assert any("no date" in line for line in typed.said)
    assert "keep-1" not in left


def test_a_system_is_classified_although_its_models_lineage_is_broken(
    space: Path, tmp_path: Path
) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(FIVE["hiring"][0])
    with api.open_workspace(space) as opened:
        nouns.record_model(opened, "orphan", kind="tuned", parent="loan-base")
        nouns.record_system(opened, "lone", model="orphan", facts=facts, purpose="Hiring.")
    found = classify_system(space, "lone", as_of="2026-11-21", unstated="no")
    assert found.overall == "high_risk"
