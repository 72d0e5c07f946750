"""Why: each conclusion with its rule, its article, and plain words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ftgov.law.facts import Facts
from ftgov.law.findings import Findings
from ftgov.law.gpai import ModelAxis
from ftgov.law.high_risk import derogation_label, routes
from ftgov.law.pack_records import Pack
from ftgov.law.scope import EXCLUSIONS, exclusion
from ftgov.records.law import Reason

_DEROGATION = {
    "blocked_by_profiling": "It profiles natural persons, so the derogation is closed.",
    "available": "A condition of the derogation holds, there is no significant risk, no profiling.",
    "not_met": "The derogation does not hold: no condition of (a) to (d), or a significant risk.",
    "undetermined": "Whether the derogation holds is open; see the missing facts.",
}
_SHOWN = {
    "50(1)": "It interacts directly with natural persons, who must be told unless it is obvious.",
    "50(2)": "It generates synthetic content, which must be marked and detectable.",
    "50(3)": "It recognises emotions or categorises by biometric data; those exposed are told.",
    "50(4)-1": "It makes deep fakes, which its deployer discloses.",
    "50(4)-2": "It makes text that informs the public, which its deployer discloses.",
}
_CHAIN = {
    "25(1)(a)": "Your name stands on a high-risk system that was already on the market.",
    "25(1)(b)": "You substantially modified a high-risk system that was already on the market.",
    "25(1)(c)": "Your new purpose made a system high-risk that was not.",
    "25(3)": "A high-risk safety component is sold with your product under your name.",
}


def reasons(pack: Pack, facts: Facts, found: Findings, *, with_system: bool) -> tuple[Reason, ...]:
    """Return the reasons of a classification, at least one, in the order of the stages."""
    parts = [*_scope(facts, found)]
    if with_system:
        parts += [*_prohibited(pack, facts, found), *_high_risk(pack, found), *_duties(found)]
    parts += [*_model(pack, facts, found.model), *_result(found)]
    return tuple(parts)


def _scope(facts: Facts, found: Findings) -> Iterator[Reason]:
    if found.axes.out.value:
        named = [fact for fact in EXCLUSIONS if exclusion(facts, fact).value]
        for fact in named:
            reference, words = EXCLUSIONS[fact]
            yield Reason(rule=fact, reference=reference, text=f"Excluded: {words}.")
        if not named:
            text = "Not on the Union market, no deployer there, no output used there."
            yield Reason(rule="union_nexus", reference="Art. 2(1)", text=text)
    if facts.values["ai_system"] is False:
        text = "This is no AI system; weights alone are a model."
        yield Reason(rule="ai_system", reference="Art. 3(1)", text=text)
    if found.verdict.overall == "out_of_scope" and facts.values["foss_release"]:
        text = "Free and open-source, not high-risk, not under Article 5 or 50."
        yield Reason(rule="foss_release", reference="Art. 2(12)", text=text)


def _prohibited(pack: Pack, facts: Facts, found: Findings) -> Iterator[Reason]:
    prohibitions = found.axes.prohibitions
    for point, truth in {**prohibitions.now, **prohibitions.later}.items():
        if truth.value:
            when = "today" if point in prohibitions.now else "from a later day"
            text = f"Prohibited {when}: {pack.art5_points[point].text}."
            yield Reason(rule=f"art5:{point}", reference=f"Art. 5(1)({point})", text=text)
    chosen = facts.values["art5"]
    for point in chosen if isinstance(chosen, list) else ():
        if point not in pack.art5_points:
            text = f"{pack.id} has no point ({point}); it was added by Regulation (EU) 2026/1744."
            yield Reason(rule=f"art5:{point}", reference=f"Art. 5(1)({point})", text=text)


def _high_risk(pack: Pack, found: Findings) -> Iterator[Reason]:
    risk = found.axes.high_risk
    for route in routes(risk):
        kind, _, item = route.partition(":")
        if item:
            text = f"High-risk by its purpose: {pack.annex3_items[item].text}."
            yield Reason(rule=route, reference=f"Art. 6(2), Annex III point {item}", text=text)
        else:
            text = f"Product or safety component with third-party assessment, section {kind[-1]}."
            yield Reason(rule=route, reference="Art. 6(1), Annex I", text=text)
    label = derogation_label(risk)
    if label in _DEROGATION:
        yield Reason(rule="derogation_6_3", reference="Art. 6(3)", text=_DEROGATION[label])
    if risk.section_b.value:
        text = "An Annex I Section B product: only what Article 2(2) leaves is owed."
        if found.both_routes:
            text += " In Annex III as well: whether those duties are owed is an open reading."
        yield Reason(rule="annex_I_B", reference="Art. 2(2)", text=text)


def _duties(found: Findings) -> Iterator[Reason]:
    risk = found.axes.high_risk
    for key, truth in found.axes.transparency.items():
        if risk.owed(truth).value:
            article = f"Art. {key.removesuffix('-1').removesuffix('-2')}"
            yield Reason(rule=key, reference=article, text=_SHOWN[key])
    for key, truth in found.chain.items():
        if truth.value:
            yield Reason(rule=key, reference=f"Art. {key}", text=_CHAIN[key])
    if found.fria.value:
        text = "Deployers assess the impact on fundamental rights before first use."
        yield Reason(rule="fria", reference="Art. 27(1)", text=text)
    if found.old_system.value:
        yield Reason(rule="legacy", reference="Art. 111(2)", text=_legacy(found))


def _legacy(found: Findings) -> str:
    """Return what Article 111(2) says: its last sentence gives public authorities a last day."""
    text = "Placed before its high-risk date: owed from a significant change in design"
    if found.public.value is False:
        return f"{text} only."
    last = f"in any case by {found.public_backstop.isoformat()}"
    if found.public.value:
        return f"{text}, and {last}, since it is intended to be used by public authorities."
    return f"{text}, and {last} if it is intended to be used by public authorities, which is open."


def _model(pack: Pack, facts: Facts, model: ModelAxis) -> Iterator[Reason]:
    if facts.values["base_gpai"] and model.limits:
        share = f"{pack.thresholds.fraction} of the base's training compute"
        limit = " or ".join(str(limit) for limit in model.limits)
        source = "; the base's compute is unknown, so the fallback counts" if model.fallback else ""
        text = f"Role {model.role}: the change counts above {share}, {limit} FLOP{source}."
        text += _distance(facts, model.limits[0])
        if facts.values["mod_override"] is not None:
            text = f"Role {model.role}: a reasoned human finding goes before the compute test."
        yield Reason(rule="modifier_threshold", reference="C(2025) 7719, points 57-63", text=text)
    elif model.role != "none":
        text = f"Role {model.role}: a model of your own, or facts about it are missing."
        yield Reason(rule="own_model", reference="Art. 3(63), 51", text=text)


def _distance(facts: Facts, limit: Fraction) -> str:
    """Return how far the change is from the threshold, by the end of its interval nearer to it."""
    interval = facts.number("mod_flop")
    if interval is None or not interval[1]:
        return ""
    low, high = interval
    if high <= limit:
        return f" The change took at most 1/{limit // high} of that."
    return f" The change took at least {low // limit} times that." if low > limit else ""


def _result(found: Findings) -> Iterator[Reason]:
    verdict = found.verdict
    if verdict.overall == "undetermined":
        classes = ", ".join(verdict.possible)
        text = f"Facts are missing that decide between: {classes}."
        yield Reason(rule="undetermined", reference="Art. 2, 5, 6, 50", text=text)
    elif verdict.overall == "minimal":
        text = "Neither prohibited, nor high-risk, nor under a transparency duty."
        yield Reason(rule="minimal", reference="Art. 2, 5, 6, 50", text=text)
    elif len(verdict.possible) > 1:
        text = "Established, though it is open whether the Regulation applies at all."
        yield Reason(rule="scope_open", reference="Art. 2", text=text)
