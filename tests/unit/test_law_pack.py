"""Law packs: chosen by day, hashed, and faults that name file, line and key."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from ftgov.errors import UsageError
from ftgov.law.pack import base_of, choose_pack, load_pack
from law_support import NEW, OLD, packs, packs_of, texts


def files(pack: str = OLD) -> dict[str, str]:
    return {
        path.split("/")[1]: text for path, text in texts().items() if path.startswith(f"{pack}/")
    }


def test_both_packs_share_their_facts_and_differ_in_what_the_amendment_changed() -> None:
    old, new = packs()
    assert (old.id, new.id) == (OLD, NEW)
    assert old.facts == new.facts
    assert all(isinstance(option, str) for option in old.facts["annex3"].options)
    assert "2" in old.facts["annex3"].options
    assert set(new.art5_points) - set(old.art5_points) == {"ba", "bb"}
    assert (old.annex1_acts["machinery"], new.annex1_acts["machinery"]) == ("A", "B")
    assert {duty.id for duty in old.obligations} < {duty.id for duty in new.obligations}


def test_thresholds_are_exact() -> None:
    thresholds = packs()[1].thresholds
    assert thresholds.indicative == Fraction(10**23)
    assert thresholds.systemic == Fraction(10**25)
    assert thresholds.fraction == Fraction(1, 3)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 8, 1), OLD),
        (date(2026, 7, 26), OLD),
        (date(2026, 7, 27), NEW),
        (date(2040, 1, 1), NEW),
    ],
)
def test_the_pack_in_force_is_chosen(day: date, expected: str) -> None:
    assert choose_pack(packs(), day).id == expected


def test_no_pack_before_the_act() -> None:
    with pytest.raises(UsageError, match="2024-07-31"):
        choose_pack(packs(), date(2024, 7, 31))


def test_a_pack_may_be_named_and_an_unknown_one_is_refused() -> None:
    assert choose_pack(packs(), date(2026, 11, 21), OLD).id == OLD
    with pytest.raises(UsageError) as caught:
        choose_pack(packs(), date(2026, 11, 21), "eu-aia")
    assert NEW in caught.value.next_step


def test_the_digest_covers_every_file_and_the_base() -> None:
    changed = dict(texts())
    changed[f"{OLD}/obligations.yaml"] += "# a word\n"
    before, after = packs(), packs_of(changed)
    assert [pack.digest for pack in before] != [pack.digest for pack in after]
    assert before[1].digest != after[1].digest
    assert base_of(texts()[f"{NEW}/pack.yaml"]) == OLD


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("pack.yaml", "on: 2025-02-02", "on: 2025-02-30", r"pack.yaml, line \d+: dates.art4.on"),
        ("pack.yaml", "celex:", "celeks:", r"celex: Field required"),
        ("classification.yaml", '"1e23"', "a lot", r"classification.yaml, line \d+: thresholds"),
        ("classification.yaml", "type: bool", "type: boole", r"facts.ai_system.type"),
        ("classification.yaml", "  toys: A", "  toys: C", r"line \d+: annex1_acts.toys"),
        ("obligations.yaml", "when: operator", "when: {some: [a]}", r"obligations.0.when"),
        ("obligations.yaml", "applies_from: art4,", "applies_from: art44,", "art44"),
        ("obligations.yaml", "when: operator", "when: operators", "unknown word operators"),
        ("pack.yaml", "id: eu", "id: eu\nid: eu", "stands twice"),
    ],
)
def test_a_fault_names_file_line_and_key(name: str, old: str, new: str, message: str) -> None:
    broken = files()
    assert old in broken[name]
    broken[name] = broken[name].replace(old, new, 1)
    with pytest.raises(UsageError, match=message):
        load_pack(broken)


def test_a_missing_file_is_named() -> None:
    broken = files()
    del broken["obligations.yaml"]
    with pytest.raises(UsageError, match=r"lacks obligations\.yaml"):
        load_pack(broken)
