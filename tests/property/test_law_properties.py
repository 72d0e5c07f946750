"""Properties of the classification: unknown facts, added items, same bytes."""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ftgov.law.classify import classify
from ftgov.law.facts import check_facts
from ftgov.law.pack_records import FactSpec, Pack
from ftgov.records.canonical import canonical_bytes
from ftgov.records.law import Classification
from law_support import packs

Values = dict[str, object]
RANK = (
    "out_of_scope",
    "model_only",
    "minimal",
    "transparency",
    "not_high_risk_by_6_3",
    "high_risk",
    "prohibited_from_future_date",
    "prohibited",
    "undetermined",
)
OUTPUTS = (
    "overall",
    "roles",
    "prohibited_now",
    "prohibited_later",
    "high_risk_route",
    "high_risk_from",
    "transparency",
    "art50_2_due",
    "gpai_role",
    "gpai_obligations",
    "art25",
    "fria",
    "register_under",
    "legacy",
    "obligations",
)
# A human finding is not missing when nobody made one; the act only serves to find its section.
NEVER_NAMED = {"mod_override", "scratch_override", "annex1_act"}
MODEST = settings(max_examples=40, deadline=None)


def _value(name: str, spec: FactSpec) -> st.SearchStrategy[object]:
    if spec.type == "bool":
        likely = name in {"ai_system", "eu_market_provider", "model_placed", "base_gpai"}
        rare = name.startswith("excl_") or name in {"pre_market_only", "on_behalf_of_original"}
        odds = [True] * (4 if likely else 1) + [False] * (6 if rare else 1)
        return st.sampled_from(odds)
    if spec.type == "enum":
        return st.sampled_from(spec.options)
    if spec.type == "list":
        return st.lists(st.sampled_from(spec.options), max_size=2, unique=True)
    return st.sampled_from(["1e17", "1e22", "5e22", "3e23", "9e23", "5e24", "2e25", "1e26"])


SKIPPED = {"annex1_act", "imports_system", "distributes_system"}


@st.composite
def complete_facts(draw: st.DrawFn) -> Values:
    specs = packs()[1].facts
    values: Values = {
        name: draw(_value(name, spec)) for name, spec in specs.items() if name not in SKIPPED
    }
    for still in ("art5_open", "annex3_open"):
        values[still] = []
    if draw(st.integers(0, 3)):
        values["art5"] = []
    if not values["ai_system"]:
        values["annex3"] = []
    if draw(st.booleans()):
        values["mod_override"] = values["scratch_override"] = None
    return values


days = st.sampled_from(
    [date(2024, 8, 1), date(2026, 8, 2), date(2026, 12, 1), date(2026, 12, 2), date(2028, 8, 2)]
)
pack_numbers = st.integers(0, 1)


def run(pack: Pack, values: Values, day: date) -> Classification:
    return classify(pack, check_facts(values, pack, "no"), day)


def outputs(result: Classification) -> dict[str, object]:
    return {name: getattr(result, name) for name in OUTPUTS}


@given(complete_facts(), st.data(), pack_numbers, days)
@MODEST
def test_a_completion_lies_in_possible_and_unknown_never_lowers(
    values: Values, data: st.DataObject, number: int, day: date
) -> None:
    pack = packs()[number]
    blanked = data.draw(st.sets(st.sampled_from(sorted(set(values) - NEVER_NAMED)), min_size=1))
    known = run(pack, values, day)
    unknown = run(pack, {**values, **dict.fromkeys(blanked)}, day)
    assert known.overall in unknown.possible
    if known.overall != "model_only":  # a role follows a rule where the base's compute is unknown
        assert RANK.index(unknown.overall) >= RANK.index(known.overall)
    if outputs(known) != outputs(unknown):
        assert blanked & set(unknown.missing), "an output changed and no blanked fact is named"
    if unknown.overall not in {"out_of_scope", "model_only"}:
        listed = {duty.id for duty in unknown.obligations} | set(unknown.obligations_open)
        assert {duty.id for duty in known.obligations} <= listed


@given(complete_facts(), st.data(), pack_numbers, days)
@MODEST
def test_an_unknown_that_decides_is_named(
    values: Values, data: st.DataObject, number: int, day: date
) -> None:
    pack = packs()[number]
    name = data.draw(st.sampled_from(sorted(set(values) - NEVER_NAMED)))
    other = data.draw(_value(name, pack.facts[name]))
    both = {**values, name: other}
    assume(both["ai_system"] or not both["annex3"])
    one = outputs(run(pack, values, day))
    two = outputs(run(pack, {**values, name: other}, day))
    unknown = run(pack, {**values, name: None}, day)
    if one != two:
        assert name in unknown.missing


@given(complete_facts(), st.data(), pack_numbers, days)
@MODEST
def test_an_added_annex_three_item_never_lowers(
    values: Values, data: st.DataObject, number: int, day: date
) -> None:
    pack = packs()[number]
    items = pack.facts["annex3"].options
    added = data.draw(st.sampled_from(items))
    before = run(pack, values, day)
    listed = values["annex3"]
    assert isinstance(listed, list)
    assume(values["ai_system"])  # a purpose of weights alone contradicts itself
    after = run(pack, {**values, "annex3": [*listed, added]}, day)
    if before.overall not in {"out_of_scope", "model_only"}:
        assert RANK.index(after.overall) >= RANK.index(before.overall)
    assert after.prohibited_now == before.prohibited_now


@given(complete_facts(), pack_numbers, days)
@MODEST
def test_same_facts_same_bytes_in_any_order(values: Values, number: int, day: date) -> None:
    pack = packs()[number]
    backwards = dict(reversed(values.items()))
    assert canonical_bytes(run(pack, values, day)) == canonical_bytes(run(pack, backwards, day))


@given(complete_facts(), pack_numbers, days)
@MODEST
def test_complete_facts_leave_nothing_open(values: Values, number: int, day: date) -> None:
    result = run(packs()[number], values, day)
    assert result.overall != "undetermined"
    assert result.possible == (result.overall,)
    assert result.missing == ()
    assert result.why


@given(complete_facts(), pack_numbers, days)
@MODEST
def test_out_of_scope_empties_the_systems_duties(values: Values, number: int, day: date) -> None:
    result = run(packs()[number], {**values, "excl_military_ns": True}, day)
    assert result.overall == "out_of_scope"
    lists = (result.prohibited_now, result.prohibited_later, result.transparency, result.art25)
    assert not any((*lists, result.register_under, result.high_risk_route, result.fria))
    assert all(duty.who == "gpai_provider" for duty in result.obligations)


EXCLUSIONS = ("excl_military_ns", "excl_third_country_le", "excl_sole_science", "pre_market_only")


@given(complete_facts(), st.sampled_from(EXCLUSIONS), pack_numbers, days)
@MODEST
def test_an_added_exclusion_never_adds_a_duty(
    values: Values, exclusion: str, number: int, day: date
) -> None:
    before = run(packs()[number], {**values, exclusion: False}, day)
    after = run(packs()[number], {**values, exclusion: True}, day)
    assert {duty.id for duty in after.obligations} <= {duty.id for duty in before.obligations}
    assert set(after.transparency) <= set(before.transparency)
    assert set(after.gpai_obligations) <= set(before.gpai_obligations)
    assert set(after.register_under) <= set(before.register_under)


@given(complete_facts(), st.data(), pack_numbers, days)
@MODEST
def test_every_reference_of_the_output_exists_in_the_pack(
    values: Values, data: st.DataObject, number: int, day: date
) -> None:
    pack = packs()[number]
    blanked = data.draw(st.sets(st.sampled_from(sorted(values))))
    result = run(pack, {**values, **dict.fromkeys(blanked)}, day)
    assert set(result.missing) <= set(pack.facts)
    assert {duty.id for duty in result.obligations} <= {duty.id for duty in pack.obligations}
    assert {*result.prohibited_now, *result.prohibited_later} <= set(pack.art5_points)
    items = {route.partition(":")[2] for route in result.high_risk_route} - {""}
    assert items <= set(pack.annex3_items)
    references = {duty.id: duty.reference for duty in pack.obligations}
    assert all(references[duty.id] == duty.reference for duty in result.obligations)
    assert all(reason.reference and reason.text for reason in result.why)
