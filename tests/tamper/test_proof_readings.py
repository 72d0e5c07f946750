"""What two readers could read in two ways: `ftgov verify` and `verify.sh` refuse it alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proof_place import WITNESS, Place, Proofs, write_place
from proof_readings import (
    NEW,
    SECOND_WITNESS,
    archived,
    reading_mutations,
    witnessed,
)
from proof_verifiers import by_ftgov, by_shell, needs_tools

STRIDE = 6
"""Every how many mutations one is tried in the short run."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("readings")
    return write_place(folder / "place", Proofs.made(folder))


def test_an_archive_without_extra_fields_is_valid(place: Place, tmp_path: Path) -> None:
    copy = place.copy(tmp_path / "copy")
    archived()(copy)
    assert by_ftgov(copy).accepted


@needs_tools
def test_two_witnesses_are_two(place: Place, tmp_path: Path) -> None:
    copy = place.copy(tmp_path / "copy")
    witnessed({WITNESS: [NEW - 60], SECOND_WITNESS: [NEW + 60]}, 2)(copy)
    assert by_ftgov(copy).accepted
    assert by_shell(copy).accepted


@needs_tools
@pytest.mark.parametrize(
    "stride", [STRIDE, pytest.param(1, marks=pytest.mark.long)], ids=["sample", "all"]
)
def test_both_tell_each_of_them(place: Place, tmp_path: Path, stride: int) -> None:
    changed = []
    chosen = [each for each in reading_mutations() if each.shell][::stride]
    for number, mutation in enumerate(chosen):
        changed.append((mutation, place.copy(tmp_path / str(number))))
        mutation.apply(changed[-1][1])
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(by_shell, [copy for _, copy in changed]))
    pairs = list(zip(changed, found, strict=True))
    assert len(pairs) * stride > 50
    assert [mutation.name for (mutation, _), judgement in pairs if judgement.accepted] == []
    missed = [mutation.name for mutation, copy in changed if by_ftgov(copy).accepted]
    assert missed == []
