"""The duties in the report: every state in words, by date, with who judges; none is dropped."""

from __future__ import annotations

from ftgov.records.answer import JobCompute, ModificationCompute, UncountedJob
from ftgov.records.duty_state import DutyState, ShownBy
from ftgov.reports.duties import duty_groups, not_owed, state_counts
from ftgov.reports.html import render_html
from ftgov.reports.legal import law_view
from ftgov.reports.view import build_view
from report_law import classification, duty_states
from report_samples import dossier

LAW = classification(known=True)
STATES = duty_states()


def test_every_owed_duty_and_every_one_that_may_be_owed_is_printed_once() -> None:
    rows = [duty for group in duty_groups(LAW.obligations, STATES) for duty in group.duties]
    names = [row.identity for row in rows]
    assert sorted(names) == sorted([*(duty.id for duty in LAW.obligations), "REG-2"])
    assert names[-1] == "REG-2"
    assert not_owed(LAW, STATES) == ("EMO-1",)


def test_the_table_says_state_reason_and_who_judges() -> None:
    rows = {d.identity: d for group in duty_groups(LAW.obligations, STATES) for d in group.duties}
    words = {name: row.pill.word for name, row in rows.items() if row.pill}
    assert words["TR-1"] == "contradicting"
    assert words["CA-1"] == "stale"
    assert words["LIT-1"] == "present"
    assert words["RMS-1"] == "so far present"
    assert words["HO-1"] == "so far missing"
    assert rows["TR-1"].shown == ("answer tr-1: seen",)
    assert {row.judge for row in rows.values()} == {"whether it fits", "whether it is complete"}


def test_counts_cover_every_duty_worst_first() -> None:
    counts = state_counts(STATES)
    assert sum(each.count for each in counts) == len(STATES)
    assert [each.pill.word for each in counts] == [
        "contradicting",
        "stale",
        "missing",
        "present",
        "not yet applicable",
        "not applicable",
    ]


def test_what_is_not_there_comes_first_and_more_than_four_are_counted() -> None:
    items = [ShownBy(by=f"answer:q-{n}", state="present", note="yes") for n in range(5)]
    items.append(ShownBy(by="record:data-origin", state="missing", note="none"))
    items.append(ShownBy(by="finding:base_vs_tuned", state="stale", note="base_vs_tuned is old"))
    state = DutyState(id="LIT-1", state="missing", evidence="missing", shown_by=tuple(items))
    ((row,),) = [g.duties for g in duty_groups(LAW.obligations[:1], (state,))]
    assert row.shown[:2] == ("record data origin: none", "base vs tuned is old")
    assert (len(row.shown), row.shown[-1]) == (5, "3 more")


def test_a_dossier_without_states_says_that_nothing_was_looked_at() -> None:
    made = dossier("pass")
    bare = made.assessment.model_copy(update={"duties": ()})
    view = law_view(bare.classification or LAW)
    assert view.states == ()
    assert all(row.pill is None for group in view.duties for row in group.duties)


def test_the_page_prints_them_all() -> None:
    text = render_html(build_view(dossier("pass")))
    for state in STATES:
        assert state.id in text
    for word in ("contradicting", "so far missing", "People judge: whether it fits"):
        assert word in text


def test_the_modifications_compute_is_printed_against_the_threshold() -> None:
    job = JobCompute(
        job="one", low="1e20", mid="2e20", high="3e20", method="m", parameters=("1", "1")
    )
    known = ModificationCompute(low="1e20", mid="2e20", high="3e20", jobs=(job,))
    law = LAW.model_copy(update={"gpai_threshold_exact": "100000000000000000000000/3"})
    axes = {axis.term: axis.text for axis in law_view(law, (), known).axes}
    assert "1.0e20 to 3.0e20 FLOP over 1 job (5 % to 95 %)" in axes["Role towards the model"]
    assert "at the upper end 0.0090 of that threshold" in axes["Role towards the model"]
    lacking = known.model_copy(update={"unknown": (UncountedJob(job="two", why="no tokens"),)})
    axes = {axis.term: axis.text for axis in law_view(law, (), lacking).axes}
    assert "two (no tokens)" in axes["Role towards the model"]
