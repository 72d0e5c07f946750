"""Article 50: duties to say that something is made by a machine, and Article 111(4)."""

from __future__ import annotations

from datetime import date

from ftgov.law.facts import Facts
from ftgov.law.pack_records import Pack
from ftgov.law.truth import NO, Truth, all_of, negation, unless

_KINDS = ("text", "image", "audio", "video")


def transparency(facts: Facts) -> dict[str, Truth]:
    """Return the truth of each duty of Article 50(1)-(4).

    Paragraphs 3 and 4 bind deployers, whom Article 2(10) frees in a purely personal activity.
    """
    outside_crime = negation(facts.truth("le_authorised"))
    marks = all_of(facts.holds_any("generates", _KINDS), facts.is_one_of("t2_exception", "none"))
    deployer = {
        "50(3)": all_of(facts.truth("emotion_or_biocat"), outside_crime),
        "50(4)-1": all_of(facts.truth("deepfake"), outside_crime),
        "50(4)-2": all_of(
            facts.truth("public_interest_text"),
            outside_crime,
            negation(facts.truth("editorial_control")),
        ),
    }
    personal = facts.truth("personal_use_only")
    return {
        "50(1)": all_of(
            facts.truth("interacts"), negation(facts.truth("obvious_ai")), outside_crime
        ),
        "50(2)": marks,
        **{duty: unless(truth, personal) for duty, truth in deployer.items()},
    }


def marking_due(pack: Pack, facts: Facts, marking: Truth) -> tuple[date | None, Truth]:
    """Return the day from which outputs must be marked, and what that day still hangs on.

    Where it is unknown whether the system was placed before 2 August 2026, the earlier day counts.
    """
    if marking.value is not True:
        return None, NO
    later = "art50_2_systems_placed_before_2026-08-02"
    if later not in pack.dates:
        return pack.day("art50"), NO
    placed = facts.truth("placed_before_2026_08_02")
    return pack.day(later if placed.value else "art50"), placed
