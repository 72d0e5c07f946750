"""A second regime, and the proof that a jurisdiction is one folder; the crosswalk."""

from __future__ import annotations

from datetime import date

import pytest

from ftgov.api.law import crosswalk_about, regime_of, shipped_crosswalk, shipped_regimes
from ftgov.errors import UsageError
from ftgov.law.crosswalk import NAMES, load_crosswalk
from ftgov.law.facts import check_facts
from ftgov.law.pack import files_of, load_regime
from ftgov.law.pack_records import RegimePack
from ftgov.law.regimes import classify_regime
from ftgov.records.law import RegimeClassification
from law_support import TODAY, packs

TOOL: dict[str, object] = {
    "derived_by_machine": True,
    "simplified_output": True,
    "employment_decision": True,
    "only_criterion": True,
    "job_in_city": True,
    "city_residents": True,
}


def nyc() -> RegimePack:
    found = regime_of("nyc-ll144-2023")
    assert found
    return found


def under(facts: dict[str, object], day: date = TODAY) -> RegimeClassification:
    pack = nyc()
    return classify_regime(pack, check_facts(facts, pack), day)


def test_a_hiring_tool_in_the_city_owes_the_bias_audit() -> None:
    result = under(TOOL)
    assert result.overall == "applies"
    assert [duty.id for duty in result.obligations] == ["LL-1", "LL-2", "LL-3", "LL-4", "LL-5"]
    audit = result.obligations[0]
    assert "sex, by race/ethnicity and by their intersections" in audit.evidence
    assert all(duty.applies_today for duty in result.obligations)


def test_before_enforcement_nothing_applies_yet() -> None:
    for day, applies in ((date(2023, 7, 4), False), (date(2023, 7, 5), True)):
        assert {duty.applies_today for duty in under(TOOL, day).obligations} == {applies}


@pytest.mark.parametrize("fact", ["derived_by_machine", "simplified_output", "employment_decision"])
def test_what_is_no_tool_is_outside(fact: str) -> None:
    result = under({**TOOL, fact: False})
    assert (result.overall, result.obligations) == ("does_not_apply", ())


def test_an_unknown_that_decides_is_named() -> None:
    result = under({**TOOL, "job_in_city": None, "agency_in_city": None})
    assert result.overall == "undetermined"
    assert set(result.missing) == {"job_in_city", "agency_in_city"}
    decided = under({**TOOL, "weighed_most": None, "agency_in_city": None})
    assert decided.overall == "applies"
    assert decided.missing == ()


def test_an_unknown_that_adds_a_duty_is_named() -> None:
    result = under({**TOOL, "city_residents": None})
    assert result.missing == ("city_residents",)


FOLDER = {
    "x-1/pack.yaml": "id: x-1\ntitle: X\nregime: x\ncitation: X 1\nunchecked: none at hand\n"
    "in_force: {start: 2026-01-01}\nsources: []\n"
    "dates:\n  start: {what: it, reference: X 1, on: 2026-01-01, found: []}\n",
    "x-1/classification.yaml": "facts:\n  here: {type: bool, reference: X 1, question: Here?}\n"
    'terms:\n  applies: {when: "fact:here", reference: X 1, text: It is here.}\n',
    "x-1/obligations.yaml": "obligations:\n"
    "- {id: X-1, reference: X 2, who: [all], when: applies, applies_from: start, text: Do., "
    "evidence: done}\n",
}


def test_a_new_jurisdiction_is_one_folder() -> None:
    pack = load_regime(files_of(FOLDER, "x-1"))
    result = classify_regime(pack, check_facts({"here": True}, pack), TODAY)
    assert [duty.id for duty in result.obligations] == ["X-1"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("when: applies", "when: aplies", "unknown word aplies"),
        ("applies_from: start", "applies_from: begin", "dates.begin"),
        ("fact:here", "fact:there", "unknown word fact:there"),
        ("  applies:", "  holds:", "terms.applies is missing"),
        ("unchecked: none at hand\n", "", "says so in 'unchecked'"),
    ],
)
def test_a_faulty_folder_is_refused(old: str, new: str, told: str) -> None:
    broken = {name: text.replace(old, new) for name, text in FOLDER.items()}
    with pytest.raises(UsageError, match=told):
        load_regime(files_of(broken, "x-1"))


def test_the_packs_of_other_regimes_cite_and_say_what_was_checked() -> None:
    for pack in shipped_regimes():
        assert pack.citation
        assert pack.sources or pack.unchecked
        assert all(duty.reference for duty in pack.obligations)


def test_the_crosswalk_finds_by_topic_and_by_duty() -> None:
    assert set(crosswalk_about("DATA-5")) == {"fairness"}
    assert crosswalk_about("fairness")["fairness"].nyc == ("LL-1", "LL-2")
    with pytest.raises(UsageError) as caught:
        crosswalk_about("DATA-55")
    assert "DATA-5" in caught.value.next_step


def test_every_regime_of_the_crosswalk_has_identifiers() -> None:
    topics = shipped_crosswalk().topics.values()
    for field in NAMES:
        assert any(getattr(topic, field) for topic in topics), field
    assert len(topics) >= 15


def test_a_crosswalk_that_names_what_no_pack_has_is_refused() -> None:
    duties = {duty.id for pack in packs() for duty in pack.obligations}
    text = "topics:\n  a:\n    {title: A, duties: [LIT-9], certainty: law}\n"
    with pytest.raises(UsageError, match=r"t\.yaml, line 2.*LIT-9"):
        load_crosswalk(text, "t.yaml", duties=duties, nyc=())
