"""What people said about a system, gathered from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from ftgov.api.trusted import trusted
from ftgov.records.answer import Answer, Standing
from ftgov.records.dataset import Dataset
from ftgov.records.digest import digest_record
from ftgov.records.entry import ReportMade
from ftgov.records.four_eyes import AnswerSignature
from ftgov.records.special_category import (
    BiasBasis,
    SpecialCategories,
    SpecialColumns,
    stated_of,
)
from ftgov.records.system import System
from ftgov.signing.hands import judge_hands
from ftgov.store.workspace import Workspace


def standing_of(workspace: Workspace, system: System | None) -> Standing:
    """Return the answers about a system, and whether it was released."""
    if system is None:
        return Standing()
    answers = [each for each in workspace.ledger.every(Answer) if each.system == system.name]
    return _signed(
        workspace, Standing(answers=tuple(answers), released=_released(workspace, system))
    )


def special_of(workspace: Workspace, datasets: Iterable[Dataset]) -> SpecialCategories:
    """Return what is said of special categories in datasets, and the grounds recorded for them."""
    stated = {dataset.name: stated_of(dataset) for dataset in datasets}
    names = set(stated)
    columns = [each for each in workspace.ledger.every(SpecialColumns) if each.name in names]
    bases = [each for each in workspace.ledger.every(BiasBasis) if each.name in names]
    return SpecialCategories(
        columns=tuple(columns),
        bases=tuple(bases),
        stated=tuple(each for each in stated.values() if each),
    )


def _signed(workspace: Workspace, standing: Standing) -> Standing:
    """Return the standing with the signatures under its answers, judged by the trust pack.

    Signatures under answers that were given again since are left out: they are under other records.
    """
    mine = {digest_record(answer) for answer in standing.answers}
    signatures = [each for each in workspace.ledger.every(AnswerSignature) if each.answer in mine]
    if not signatures:
        return standing
    found = judge_hands(
        standing.answers,
        signatures,
        workspace.evidence,
        trusted(workspace),
        datetime.now(UTC),
    )
    return standing.model_copy(
        update={
            "signatures": tuple(signatures),
            "hands": found.counted,
            "uncounted": found.uncounted,
        }
    )


def _released(workspace: Workspace, system: System) -> bool:
    """Return whether a report was signed for a model that the system used before this one.

    The present model's own report does not count: it changes nothing that answers rest on.
    """
    entries = workspace.ledger.history("system", system.name)
    before = {str(json.loads(entry.body)["model"]) for entry in entries} - {system.model}
    return any(report.model in before for report in workspace.ledger.every(ReportMade))
