"""The contract of every analyzer, built in or plugged in, and of what runs them."""

from __future__ import annotations

import inspect
import re
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from analyzer_support import Shelf, bare_subject, evaluation, full_subject, only
from ftgov import analyzers
from ftgov.analyzers.protocol import Analyzer, Measure
from ftgov.errors import FtgovError, LedgerTampered, NotAssessable, UsageError
from ftgov.records.canonical import canonical_bytes
from ftgov.records.dossier import AnalysisSettings
from ftgov.records.evidence import EvidenceReader
from ftgov.records.finding import Finding
from ftgov.records.measurement import Measurement, exact
from ftgov.records.subject import Subject

SETTINGS = AnalysisSettings()
ALL = analyzers.discover()
EVERY = pytest.mark.parametrize("analyzer", ALL, ids=[one.id for one in ALL])


def test_the_built_in_analyzers_are_found_in_order_with_unique_ids() -> None:
    ids = [one.id for one in ALL]
    assert ids == sorted(set(ids))
    assert {
        "base_vs_tuned",
        "cost",
        "dataset_quality",
        "energy",
        "group_fairness",
        "guardrail_regression",
        "memorisation",
        "training_dynamics",
    } <= set(ids)


@EVERY
def test_it_is_described_and_its_measures_are_its_own(analyzer: Analyzer) -> None:
    assert analyzer.title
    assert re.fullmatch(r"[a-z0-9_]+", analyzer.id)
    assert inspect.getdoc(type(analyzer))
    assert inspect.getdoc(type(analyzer).analyze)
    ids = [measure.id for measure in analyzer.measures]
    assert len(ids) == len(set(ids)) > 0
    assert all(identity.startswith(f"{analyzer.id}.") for identity in ids)
    assert all(measure.description for measure in analyzer.measures)


@EVERY
@pytest.mark.parametrize("harmful", [False, True])
def test_it_gives_every_declared_measure_and_no_other(analyzer: Analyzer, harmful: bool) -> None:
    shelf = Shelf()
    subject = full_subject(shelf, harmful=harmful)
    findings = analyzer.analyze(subject, shelf, SETTINGS)
    units = {measure.id: measure.unit for measure in analyzer.measures}
    given = {figure.id: figure.unit for found in findings for figure in found.measurements}
    assert given == units
    known = {file.digest for file in subject.evidence()}
    for found in findings:
        assert found.analyzer == analyzer.id
        assert found.outcome in {"pass", "fail", "measured"}
        assert set(found.evidence) <= known
        assert re.search(r"\d", found.summary)
        assert "\n" not in found.summary


@EVERY
def test_the_same_input_gives_the_same_bytes(analyzer: Analyzer) -> None:
    shelf = Shelf()
    subject = full_subject(shelf)
    once, again = (
        [canonical_bytes(found) for found in analyzer.analyze(subject, shelf, SETTINGS)]
        for _ in range(2)
    )
    assert once == again


@EVERY
def test_without_evidence_it_says_so_and_never_raises(analyzer: Analyzer) -> None:
    for subject in (bare_subject(), bare_subject().model_copy(update={"base": None})):
        findings = analyzer.analyze(subject, Shelf(), SETTINGS)
        assert findings
        assert {found.outcome for found in findings} <= {"not_assessed", "not_applicable"}


@EVERY
def test_absent_evidence_is_not_assessed(analyzer: Analyzer) -> None:
    finding = only(analyzers.run((analyzer,), full_subject(Shelf()), Shelf(), SETTINGS))
    assert (finding.outcome, finding.severity) == ("not_assessed", "error")
    assert "absent" in finding.summary


def test_a_file_that_cannot_be_read_stops_the_audit() -> None:
    shelf = Shelf()
    broken = evaluation(shelf, "tuned", b'{"id": "1"}\n{oops\n')
    subject = bare_subject().model_copy(update={"evaluations": (broken,)})
    with pytest.raises(FtgovError, match=r"tuned.jsonl, line 2") as caught:
        analyzers.run(ALL, subject, shelf, SETTINGS)
    assert caught.value.exit_code == 1


class Plugin:
    """A plug-in whose behaviour a test chooses."""

    id = "plugged"
    title = "A plug-in"
    measures: tuple[Measure, ...] = (
        Measure(id="plugged.known", unit="1", better="lower", description="known"),
    )

    def __init__(self, result: Any) -> None:
        self.result = result

    def analyze(
        self, subject: Subject, evidence: EvidenceReader, settings: AnalysisSettings
    ) -> tuple[Finding, ...]:
        """Return or raise what the test chose."""
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result  # type: ignore[no-any-return]


def finding(analyzer: str = "plugged", measure: str = "plugged.known", unit: str = "1") -> Finding:
    digest = "sha256:" + "0" * 64
    given = Measurement(
        id=measure,
        value=1.0,
        unit=unit,
        interval=exact(1.0),
        method="counted",
        assurance="declared",
        evidence=(digest,),
    )
    return Finding(
        id=analyzer,
        analyzer=analyzer,
        title="t",
        outcome="measured",
        summary="s",
        measurements=(given,),
        evidence=(digest,),
    )


def ran(result: object) -> Finding:
    return only(analyzers.run((Plugin(result),), bare_subject(), Shelf(), SETTINGS))


def test_a_good_plug_in_is_heard() -> None:
    assert ran((finding(),)).outcome == "measured"


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (ZeroDivisionError("by\nzero"), "ZeroDivisionError: by zero"),
        (RecursionError(), "RecursionError"),
        (NotAssessable("Evidence is gone."), "Evidence is gone."),
        (None, "no finding"),
        ((), "no finding"),
        ([finding()], "no finding"),
        (("text",), "no finding of its own"),
        ((finding("other"),), "no finding of its own"),
        ((finding(measure="plugged.unknown"),), "plugged.unknown"),
        ((finding(unit="kg"),), "does not declare"),
    ],
)
def test_a_plug_in_that_breaks_is_reported(result: object, words: str) -> None:
    found = ran(result)
    assert (found.outcome, found.severity, found.analyzer) == ("not_assessed", "error", "plugged")
    assert words in found.summary


class BuiltIn(Plugin):
    """The same, as if it shipped with ftgov."""

    __module__ = "ftgov.analyzers.anything"


FAULTS = [UsageError("bad"), FtgovError("file x, line 3"), LedgerTampered("t")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_a_built_in_finds_goes_through(fault: FtgovError) -> None:
    with pytest.raises(type(fault)):
        analyzers.run((BuiltIn(fault),), bare_subject(), Shelf(), SETTINGS)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_a_plug_in_raises_stops_no_audit(fault: FtgovError) -> None:
    found = ran(fault)
    assert (found.outcome, found.severity) == ("not_assessed", "error")
    assert fault.what in found.summary


def test_an_interruption_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        ran(KeyboardInterrupt())


@pytest.mark.parametrize(("analyzer", "file"), [("energy", "power.json"), ("dynamics", "log.json")])
def test_an_odd_file_of_the_job_is_named_and_the_audit_goes_on(analyzer: str, file: str) -> None:
    shelf = Shelf()
    subject = full_subject(shelf)
    field = "energy" if analyzer == "energy" else "trainer_state"
    assert subject.job is not None
    job = subject.job.model_copy(update={field: shelf.add(file, b"{odd")})
    found = analyzers.run(ALL, subject.model_copy(update={"job": job}), shelf, SETTINGS)
    broken = [one for one in found if one.outcome == "not_assessed"]
    assert {one.analyzer for one in found} == {one.id for one in ALL}
    assert [(one.severity, analyzer in one.analyzer) for one in broken] == [("error", True)]
    assert file in broken[0].summary


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("no_such_module:X", "ModuleNotFoundError"),
        ("json:dumps", "AttributeError"),
        ("ftgov.analyzers.energy:ANALYZER", "belongs to another analyzer"),
    ],
)
def test_a_plug_in_that_cannot_be_used_says_so_in_every_audit(
    monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    entry = EntryPoint(name="My-Thing", value=value, group=analyzers.ENTRY_POINTS)
    monkeypatch.setattr(analyzers, "entry_points", lambda group: (entry,))
    found = analyzers.discover()
    broken = next(one for one in found if one.id == "plugin_my_thing")
    assert len(found) == len(ALL) + 1
    result = only(analyzers.run((broken,), bare_subject(), Shelf(), SETTINGS))
    assert (result.outcome, result.severity) == ("not_assessed", "error")
    assert words in result.summary
