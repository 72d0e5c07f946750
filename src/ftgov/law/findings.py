"""Everything the stages found about one system, before duties are drawn from it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ftgov.law.gpai import ModelAxis
from ftgov.law.overall import Axes, Verdict
from ftgov.law.truth import Truth


class Findings(NamedTuple):
    """The results of all stages; dates are those of the pack.

    `marking_hangs_on` is the fact that decides between the two days of Article 50(2);
    `public_backstop` and `model_day` are the days of Article 111(2) and (3).
    """

    axes: Axes
    verdict: Verdict
    model: ModelAxis
    chain: dict[str, Truth]
    roles: dict[str, Truth]
    fria: Truth
    register: dict[str, Truth]
    old_system: Truth
    public: Truth
    old_model: Truth
    high_risk_from: date | None
    marking_due: date | None
    marking_hangs_on: Truth
    public_backstop: date
    model_day: date

    @property
    def both_routes(self) -> bool:
        """Whether it is in Annex I Section B and in Annex III: two readings of Article 2(2)."""
        risk = self.axes.high_risk
        return bool(risk.section_b.value and risk.annex_three.value)

    def backstop(self, *, with_system: bool) -> str | None:
        """Return the last day for a legacy system of public authorities, where that is stated."""
        spared = with_system and self.old_system.value is not False
        return self.public_backstop.isoformat() if spared and self.public.value else None

    def model_backstop(self) -> str | None:
        """Return the last day for the provider of an early model, unless it is none."""
        return None if self.old_model.value is False else self.model_day.isoformat()
