"""The countdown: a tuned model ends with what it was tuned from, however many steps up that is."""

from __future__ import annotations

from pathlib import Path

from archive_support import made
from ftgov.api.archive import countdown
from ftgov.records.model import ModelDates, ModelVersion
from store_support import AT


def test_a_model_that_was_tuned_from_a_checkpoint_ends_with_its_base(tmp_path: Path) -> None:
    base = ModelVersion(
        name="base", kind="base", host="openai", dates=ModelDates(shutdown="2027-01-14")
    )
    step = ModelVersion(name="step", kind="checkpoint", parent="base", host="openai")
    other = ModelVersion(name="other", kind="checkpoint", parent="base", host="openai")
    tuned = ModelVersion(name="tuned", kind="tuned", parent="step", host="openai")
    orphan = ModelVersion(name="orphan", kind="tuned", parent="absent", host="openai")
    with made(tmp_path) as workspace:
        workspace.ledger.append_all([tuned, other, step, base, orphan], actor="a", recorded_at=AT)
        found = {each.model: each for each in countdown(workspace, now="2027-01-04T00:00:00Z")}
    assert {name: each.days_left for name, each in found.items()} == {"tuned": 10, "step": 10}
    assert found["tuned"].because == "listed by the host for its base base"
