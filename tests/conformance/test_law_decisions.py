"""Worked cases: each quotes the words of the article that decides it, and says what must follow."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from law_support import NEW, OLD, TODAY, run, with_, worked
from law_texts import passage

FOLDER = Path(__file__).parent / "law_decisions"
CASES: list[Any] = [
    pytest.param(case, id=f"{path.stem}: {case['case']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_decided_as_the_quoted_words_say(case: dict[str, Any]) -> None:
    facts = with_(*(worked()["sets"][name] for name in case["of"]), case["facts"])
    day = case.get("day", TODAY)
    assert isinstance(day, date)
    result = run(facts, OLD if case.get("pack") == "old" else NEW, day)
    found = result.model_dump(mode="json", by_alias=True)
    assert {name: found[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", CASES)
def test_the_quoted_words_stand_in_the_article(case: dict[str, Any], shared_folder: Path) -> None:
    body = passage(shared_folder, case.get("source", "act"), case["at"])
    assert case["quote"] in body


def test_the_cases_reach_every_item_point_act_and_both_packs() -> None:
    cases = [param.values[0] for param in CASES]
    assert len(cases) >= 120
    assert len({(case["at"], case["case"]) for case in cases}) == len(cases)
    text = " ".join(str(case["facts"]) + str(case["expect"]) for case in cases)
    assert len(set(re.findall(r"annex_III:(\w+)", text))) == 25
    reached = {point for case in cases for point in case["facts"].get("art5", [])}
    assert reached == {"a", "b", "c", "d", "e", "f", "g", "h", "ba", "bb"}
    acts = {case["facts"].get("annex1_act") for case in cases} - {None}
    assert len(acts | {"machinery"}) == 20
    assert sum(case.get("pack") == "old" for case in cases) >= 12
