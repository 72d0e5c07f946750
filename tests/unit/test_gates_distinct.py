"""Two gates of one name, or two forms of one rule, never judge side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov.api.gates import load_gates
from ftgov.api.policies import sound_texts
from ftgov.api.policy_bundles import read_policies
from ftgov.errors import UsageError
from tests_support import HOUSE

BASELINE = (HOUSE / "policies" / "gates" / "baseline.yaml").read_text()


def _file(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    return str(folder / name)


def test_two_gates_of_one_name_are_refused(tmp_path: Path) -> None:
    one = _file(tmp_path / "a", "ours.yaml", BASELINE)
    other = _file(tmp_path / "b", "ours.yaml", BASELINE)
    for words in ([one, other], ["baseline", "baseline"]):
        with pytest.raises(UsageError, match="Two gates have the name"):
            load_gates(words, read_policies)
    with pytest.raises(UsageError, match="Two gates have the name"):
        sound_texts([one, other])


def test_a_rule_says_the_same_in_all_gates(tmp_path: Path) -> None:
    same = _file(tmp_path, "same.yaml", BASELINE)
    assert len(load_gates(["baseline", same], read_policies)) == 2
    lax = _file(tmp_path, "lax.yaml", BASELINE.replace(">= 0.80", ">= 0.10"))
    with pytest.raises(UsageError, match="The rule FTG-FAIR-001 says one thing in"):
        load_gates(["baseline", lax], read_policies)
