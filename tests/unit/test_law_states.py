"""How duties stand: six states from findings, records and answers."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from ftgov.dossier.assess import classify_subject
from ftgov.law.pack_records import Pack
from ftgov.records.digest import digest_record
from ftgov.records.duty_state import DutyState
from ftgov.records.finding import Finding
from ftgov.records.four_eyes import VerifiedHand
from ftgov.records.party import Party
from ftgov.records.special_category import SpecialCategories, SpecialColumns, StatedCategories
from ftgov.records.subject import Subject
from law_subjects import answer, finding, job, subject
from law_support import packs

PACK = packs()[1]
LATE = date(2027, 12, 2)


def states(
    about: Subject, *findings: Finding, day: date = LATE, stale: bool = False
) -> dict[str, DutyState]:
    found = classify_subject(about, PACK, day, findings, stale=stale, unstated="no")
    return {state.id: state for state in found.duties}


def test_every_duty_of_the_pack_has_a_state() -> None:
    found = states(subject())
    assert set(found) == {duty.id for duty in PACK.obligations}


def test_an_unanswered_duty_is_missing_and_an_answered_one_present() -> None:
    assert states(subject())["RMS-4"].state == "missing"
    assert states(subject(answer("rms-4", value=True)))["RMS-4"].state == "present"


def test_a_duty_of_a_later_day_says_so_and_how_its_evidence_stands() -> None:
    found = states(subject(answer("rms-4", value=True)), day=date(2027, 12, 1))["RMS-4"]
    assert (found.state, found.evidence) == ("not_yet_applicable", "present")


def test_no_contradicts() -> None:
    assert states(subject(answer("rms-4", value=False)))["RMS-4"].state == "contradicting"


def test_an_answer_without_the_file_that_must_back_it_is_missing() -> None:
    bare = subject(answer("rms-4", value=True, evidence=[]))
    assert states(bare)["RMS-4"].shown_by[0].note == "answered, but no file backs it"


def test_an_old_answer_is_stale() -> None:
    old = subject(answer("lit-1", value=True, answered_at="2025-11-20T09:00:00Z"))
    assert states(old, day=date(2026, 11, 21))["LIT-1"].state == "stale"
    fresh = subject(answer("lit-1", value=True, answered_at="2025-11-21T09:00:00Z"))
    assert states(fresh, day=date(2026, 11, 21))["LIT-1"].state == "present"


def test_an_answer_from_before_the_last_job_is_stale() -> None:
    later = subject(answer("rms-1", value=True), made=job("second"))
    found = states(later)["RMS-1"]
    assert found.state == "stale"
    assert found.shown_by[0].note == "answered before the job second"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("measured", "present"),
        ("pass", "present"),
        ("fail", "contradicting"),
        ("inconclusive", "missing"),
        ("not_assessed", "missing"),
        ("not_applicable", "missing"),
    ],
)
def test_findings_show_what_they_found(outcome: str, state: str) -> None:
    found = finding("dataset_quality", outcome)  # type: ignore[arg-type]
    assert states(subject(), found)["DATA-8"].state == state


def test_findings_about_other_records_are_stale() -> None:
    found = states(subject(), finding("dataset_quality", "pass"), stale=True)
    assert found["DATA-8"].state == "stale"


def test_a_duty_that_is_not_owed_or_only_informs_is_not_applicable() -> None:
    found = states(subject())
    assert found["DEP-1"].state == "not_applicable"
    assert found["PEN-2"].note == "for information: no evidence is asked"


def test_four_eyes_are_never_met_by_typed_names() -> None:
    # Two people sign; a name that was typed is none.
    found = states(subject(answer("rms-2", value=True, author="Jane and Bob")))["RMS-2"]
    assert found.state == "missing"
    by = {item.by: item for item in found.shown_by}
    assert by["answer:rms-2"].state == "present"
    assert by["sign-off:rms-2"].state == "missing"
    assert "verified signatures" in by["sign-off:rms-2"].note


def test_a_provider_needs_name_and_contact() -> None:
    party = Party(name="acme", role="provider", legal_name="Acme AG", contact="a@example.org")
    named = subject(answer("id-1", value=True), parties=[party])
    unnamed = subject(
        answer("id-1", value=True), parties=[party.model_copy(update={"contact": None})]
    )
    assert states(named)["ID-1"].state == "present"
    assert states(unnamed)["ID-1"].state == "missing"


def test_bias_work_is_asked_about_only_where_columns_are_declared() -> None:
    assert states(subject())["BIAS-1"].state == "not_applicable"
    declared = SpecialColumns(name="heldout", columns=("ethnicity",))
    found = states(subject(special=SpecialCategories(columns=(declared,))))["BIAS-1"]
    assert found.state == "missing"


def test_a_duty_that_an_unknown_fact_may_add_is_missing_and_says_why() -> None:
    # Art. 26(11): whether decisions about people are made is not known
    found = classify_subject(subject(), PACK, LATE, unstated="unknown")
    state = {each.id: each for each in found.duties}["DEP-11"]
    assert (state.state, state.shown_by) == ("missing", ())
    assert "facts are missing" in state.note


def test_two_verified_hands_meet_four_eyes_and_are_named() -> None:
    given = answer("rms-2", value=True)
    hands = tuple(
        VerifiedHand(answer=digest_record(given), hand=hand, holder=holder, spki=holder)
        for hand, holder in (("author", "Jane"), ("approver", "Bob"))
    )

    def about(*counted: VerifiedHand) -> Subject:
        made = subject(given)
        standing = made.standing.model_copy(update={"hands": counted})
        return made.model_copy(update={"standing": standing})

    met = states(about(*hands))["RMS-2"]
    assert met.state == "present"
    assert met.shown_by[1].note == "signed by Jane (author), Bob (approver)"
    assert states(about(hands[0]))["RMS-2"].state == "missing"


def test_a_state_says_for_itself_which_duty_it_is_of() -> None:
    found = states(subject())
    for duty in PACK.obligations:
        state = found[duty.id]
        assert (state.reference, state.text) == (duty.reference, duty.text)
        asked = PACK.evidence[duty.id].decides != "information"
        assert bool(state.judge) == asked, duty.id


def test_a_dataset_that_states_categories_without_columns_lacks_its_ground() -> None:
    stated = (StatedCategories(name="d", categories=("health",)),)
    held = subject().model_copy(update={"special": SpecialCategories(stated=stated)})
    found = states(held)["BIAS-1"]
    assert found.state == "missing"
    assert "no column is declared" in found.shown_by[0].note


def _without_sign_offs() -> Pack:
    """Return the pack as it was before duties named sign-offs."""
    evidence = {
        duty: spec.model_copy(
            update={"shown_by": tuple(by for by in spec.shown_by if not by.startswith("sign-off:"))}
        )
        for duty, spec in PACK.evidence.items()
    }
    return Pack.model_validate({**PACK.model_dump(mode="python"), "evidence": evidence})


def test_in_an_older_pack_the_answer_itself_waits_for_two_hands() -> None:
    old, given = _without_sign_offs(), answer("rms-2", value=True)
    hands = tuple(
        VerifiedHand(answer=digest_record(given), hand=hand, holder=holder, spki=holder)
        for hand, holder in (("author", "Jane"), ("approver", "Bob"))
    )

    def state(*counted: VerifiedHand) -> DutyState:
        made = subject(given)
        standing = made.standing.model_copy(update={"hands": counted})
        signed = made.model_copy(update={"standing": standing})
        judged = classify_subject(signed, old, LATE, unstated="no")
        return next(each for each in judged.duties if each.id == "RMS-2")

    assert state(hands[0]).state == "missing"
    assert "verified signatures" in state(hands[0]).shown_by[0].note
    assert state(*hands).state == "present"
    assert state(*hands).shown_by[0].note.endswith("; signed by Jane (author), Bob (approver)")


@pytest.mark.parametrize(
    ("duty", "shown_by"),
    [("RMS-2", ("answer:rms-2",)), ("DATA-1", ("answer:data-1", "sign-off:rms-2"))],
)
def test_a_pack_names_each_sign_off_beside_its_answer(duty: str, shown_by: tuple[str, ...]) -> None:
    spec = PACK.evidence[duty].model_copy(update={"shown_by": shown_by})
    values = {**PACK.model_dump(mode="python"), "evidence": {**PACK.evidence, duty: spec}}
    with pytest.raises(ValidationError, match=f"evidence.{duty} names one of answer and sign-off"):
        Pack.model_validate(values)
