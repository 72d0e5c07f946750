"""Facts that count: stated ones, answers since, and what re-opens an answer."""

from __future__ import annotations

import pytest

from ftgov.law.effective import effective_facts, may_be_high_risk
from ftgov.records.answer import JobCompute, ModificationCompute, Standing, UncountedJob
from law_subjects import answer, job, now, system
from law_support import packs

PACK = packs()[1]


def test_an_answered_fact_counts() -> None:
    found = effective_facts(PACK, now(answer("interacts", value=True)), high_risk=True)
    assert found.values["interacts"] is True
    assert found.reopened == {}


def test_a_changed_purpose_reopens_what_rests_on_it_and_nothing_else() -> None:
    answers = (answer("interacts", value=True), answer("own_name", value=True))
    moved = now(*answers, system=system(purpose="Ranks tenants."))
    found = effective_facts(PACK, moved, high_risk=False)
    assert found.reopened == {"interacts": "the intended purpose was changed since"}
    assert found.values.get("interacts") is None
    assert found.values["own_name"] is True


def test_white_space_alone_changes_no_purpose() -> None:
    spaced = now(answer("interacts", value=True), system=system("Ranks  applications\nfor a bank."))
    assert effective_facts(PACK, spaced, high_risk=True).reopened == {}


@pytest.mark.parametrize(
    ("released", "high_risk", "reopened"),
    [(True, True, True), (False, True, False), (True, False, False)],
)
def test_a_new_job_reopens_only_on_a_released_high_risk_system(
    released: bool, high_risk: bool, reopened: bool
) -> None:
    # Art. 43(4): a new assessment in the event of a substantial modification
    given = answer("significant_design_change", value=False)
    later = now(given, released=released, job=job("second"))
    found = effective_facts(PACK, later, high_risk=high_risk)
    assert ("significant_design_change" in found.reopened) is reopened
    expected = None if reopened else False
    assert found.values.get("significant_design_change") is expected


def test_an_answer_against_the_facts_file_leaves_the_fact_unknown() -> None:
    contrary = now(answer("profiling", value=False))
    found = effective_facts(PACK, contrary, high_risk=True)
    assert found.values["profiling"] is None
    assert found.reopened == {"profiling": "the recorded facts say otherwise"}


def compute(*unknown: UncountedJob) -> Standing:
    part = JobCompute(
        job="first", low="7", mid="10", high="13", method="by hand", parameters=("1", "1")
    )
    made = ModificationCompute(low="7", mid="10", high="13", jobs=(part,), unknown=unknown)
    return Standing(compute=made)


def test_the_compute_of_the_jobs_stands_in_for_an_unstated_fact() -> None:
    found = effective_facts(PACK, now(standing=compute()), high_risk=True)
    assert found.values["mod_flop"] == {"low": "7", "mid": "10", "high": "13"}


def test_a_stated_compute_and_an_unknown_job_are_left_alone() -> None:
    stated = now(standing=compute(), system=system(mod_flop="1e17"))
    assert effective_facts(PACK, stated, high_risk=True).values["mod_flop"] == "1e17"
    lacking = now(standing=compute(UncountedJob(job="second", why="no tokens")))
    assert "mod_flop" not in effective_facts(PACK, lacking, high_risk=True).values


def test_what_is_open_may_be_high_risk() -> None:
    assert may_be_high_risk("undetermined")
    assert may_be_high_risk("prohibited")
    assert not may_be_high_risk("not_high_risk_by_6_3")
