"""Drawings of what is recorded, as SVG text."""

from __future__ import annotations

from ftgov.api.lineage import subject_of
from ftgov.reports.lineage import lineage_drawing
from ftgov.store.workspace import Workspace


def lineage_svg(workspace: Workspace, model: str, system: str | None = None) -> str:
    """Return the lineage graph of a model, the one that its report shows.

    Raises:
        UsageError: If model or system is not recorded, or the model serves several systems.
        NotAssessable: If a tuned model has no job, or a record names one that is missing.
    """
    return lineage_drawing(subject_of(workspace, model, system)).svg
