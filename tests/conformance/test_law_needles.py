"""Every date of a pack is tied to words of the named article, in the text it came from."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from ftgov.law.pack_records import PackDate
from law_support import NEW, packs
from law_texts import FILES, passage

DATES = [
    pytest.param(when, id=f"{pack.id}: {key}")
    for pack in packs()
    for key, when in pack.dates.items()
]


def in_words(day: date) -> str:
    return f"{day.day} {day.strftime('%B %Y')}"


@pytest.mark.parametrize("when", DATES)
def test_the_words_stand_in_the_article_and_hold_the_date(
    when: PackDate, shared_folder: Path
) -> None:
    named = ""
    for needle in when.found:
        assert needle.words in passage(shared_folder, needle.source, needle.at)
        named += needle.words
    days = {when.on, when.literal, when.effective, when.effective_annex_1} - {None}
    assert {in_words(day) for day in days if day} <= set(re.findall(r"\d+ \w+ \d{4}", named))


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: str(pack.id))
def test_the_source_texts_are_those_checked_against(pack: object, shared_folder: Path) -> None:
    for checked in (found for found in packs() if found is pack):
        for source in checked.sources:
            content = (shared_folder / "law" / FILES[source.name]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == source.sha256


def test_facts_points_and_items_are_those_of_the_draft(shared_folder: Path) -> None:
    draft = yaml.safe_load((shared_folder / "law" / "classification.yaml").read_text("utf-8"))
    pack = next(pack for pack in packs() if pack.id == NEW)
    assert list(pack.facts) == list(draft["facts"])
    for name, spec in pack.facts.items():
        assert spec.type == draft["facts"][name]["type"]
        assert list(spec.options) == [
            str(option) for option in draft["facts"][name].get("options", [])
        ]
    assert set(pack.art5_points) == set(draft["art5_points"])
    assert set(pack.annex3_items) == {str(item) for item in draft["annex3_items"]}


def test_the_act_entered_into_force_when_the_pack_says(shared_folder: Path) -> None:
    # Art. 113: the twentieth day following publication on 12 July 2024
    text = passage(shared_folder, "act", "Article 113")
    assert "twentieth day following that of its publication" in text
    assert packs()[0].in_force.start == date(2024, 8, 1)
    assert packs()[1].in_force.start == date(2026, 7, 27)


def test_every_obligation_of_the_draft_is_in_a_pack(shared_folder: Path) -> None:
    draft = yaml.safe_load((shared_folder / "law" / "obligations.yaml").read_text("utf-8"))
    drafted = {duty["id"] for duty in draft["obligations"]}
    packed = {duty.id for pack in packs() for duty in pack.obligations}
    assert len(drafted) == 84
    assert drafted <= packed


def test_controls_are_those_of_the_public_catalogue(shared_folder: Path) -> None:
    place = shared_folder / "spec" / "oscal" / "eu-ai-act-oscal"
    catalogue = (place / "catalogs_eu-ai-act_catalog.json").read_text("utf-8")
    known = set(re.findall(r'"id": ?"(aia-[0-9a-z.]+)"', catalogue))
    used = {each for pack in packs() for spec in pack.evidence.values() for each in spec.controls}
    assert len(used) >= 40
    assert used <= known
