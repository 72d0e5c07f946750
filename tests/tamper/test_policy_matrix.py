"""No kind of evidence in any bad state lets the honest example pass its gate."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov.errors import ExitCode
from policy_matrix import KINDS, STATES, checked, copied, row


def test_untouched_it_passes(finished_demo: Path) -> None:
    with copied(finished_demo) as workspace:
        for kind in KINDS.values():
            assert checked(workspace, kind.rule) == (ExitCode.DONE, "pass")


@pytest.mark.parametrize("name", KINDS)
def test_no_state_of_evidence_passes(finished_demo: Path, name: str) -> None:
    found = row(finished_demo, name)
    assert list(found) == list(STATES)
    for state, cell in found.items():
        known_bad = state == "audited bad" and "data" in name  # rows that were read, and are bad
        assert cell.status == (ExitCode.GATE_FAILED if known_bad else ExitCode.NOT_ASSESSABLE)
        assert cell.rule in ({"fail"} if known_bad else {"error", "refused"}), state
