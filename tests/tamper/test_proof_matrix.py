"""The tamper matrix: at least 500 mutations of a bundle, and three verifiers that accept none.

`make test` runs all of them through our verifier, those that @sigstore/verify covers through that,
and a sample through `verify.sh`; `make test-long` runs all that `verify.sh` covers through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from proof_envelope import (
    claim_mutations,
    form_mutations,
    header_mutations,
    pack_mutations,
    payload_mutations,
    signature_mutations,
    statement_mutations,
)
from proof_layers import (
    agreement_mutations,
    pdf_mutations,
    signed_anew,
    timestamp_mutations,
    withheld_mutations,
)
from proof_log import log_mutations
from proof_mutations import (
    Mutation,
    file_mutations,
    flip_mutations,
    replay_mutations,
    swap_mutations,
    tree_mutations,
)
from proof_place import Place, Proofs, write_place
from proof_readings import reading_mutations
from proof_verifiers import (
    FTGOV,
    SHELL,
    SIGSTORE,
    Judgement,
    by_ftgov,
    by_shell,
    by_sigstore,
    needs_sigstore,
    needs_tools,
)

FEWEST = 500
STRIDE = 41
"""Every how many mutations one goes through `verify.sh` in the short run."""
FLIPS = 6


class Ground(NamedTuple):
    """What all tests here stand on."""

    place: Place
    proofs: Proofs


class Changed(NamedTuple):
    """A mutation, and the copy of the place that suffered it."""

    mutation: Mutation
    place: Place


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("proof")
    proofs = Proofs.made(folder)
    return Ground(write_place(folder / "place", proofs), proofs)


def mutations(place: Place, proofs: Proofs) -> list[Mutation]:
    """Return every mutation of a place, each name once."""
    names = place.names()
    found = [
        *file_mutations(names),
        *swap_mutations(names),
        *tree_mutations(),
        *replay_mutations(names),
        *flip_mutations(names, FLIPS),
        *form_mutations(place),
        *header_mutations(),
        *signature_mutations(stamped=True),
        *statement_mutations(place),
        *payload_mutations(),
        *claim_mutations(place),
        *pack_mutations(),
        *timestamp_mutations(proofs),
        *log_mutations(),
        *pdf_mutations(proofs),
        *withheld_mutations(),
        *agreement_mutations(),
        *reading_mutations(),
    ]
    assert len({each.name for each in found}) == len(found)
    return found


def mutated(place: Place, folder: Path, chosen: list[Mutation]) -> Iterator[Changed]:
    """Yield each mutation with a changed copy of the place."""
    for number, mutation in enumerate(chosen):
        copy = place.copy(folder / str(number))
        mutation.apply(copy)
        yield Changed(mutation, copy)


def accepted(changed: list[Changed], found: list[Judgement]) -> list[str]:
    """Return the names of the mutations that a verifier accepted."""
    pairs = zip(changed, found, strict=True)
    return [each.mutation.name for each, judgement in pairs if judgement.accepted]


def misnamed(changed: list[Changed], found: list[Judgement]) -> list[tuple[str, Judgement]]:
    """Return the mutations of which the blamed layers are none that should tell it."""
    pairs = zip(changed, found, strict=True)
    return [
        (each.mutation.name, judgement)
        for each, judgement in pairs
        if not each.mutation.layers & set(judgement.layers)
    ]


def shown(verifier: str, changed: list[Changed], missed: list[str], of: int) -> str:
    """Return a verifier's line of the summary."""
    return f"\n  {verifier:17} | shown {len(changed):4} of {of} mutations | accepted {len(missed)}"


def judged_by_shell(changed: list[Changed]) -> list[Judgement]:
    """Run `verify.sh` on places, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: by_shell(each.place), changed))


def test_ours_accepts_what_is_sound(ground: Ground, tmp_path: Path) -> None:
    assert by_ftgov(ground.place) == Judgement(True, (), "")
    copy = ground.place.copy(tmp_path / "anew")
    signed_anew(copy, ground.proofs, {})
    assert by_ftgov(copy) == Judgement(True, (), "")


@needs_tools
def test_the_script_accepts_what_is_sound(ground: Ground, tmp_path: Path) -> None:
    found = by_shell(ground.place)
    assert found.accepted, found.words
    assert "(rfc3161) by Ada Example" in found.words
    assert "NOT CHECKED HERE: attestations/agreement-" in found.words
    copy = ground.place.copy(tmp_path / "anew")
    signed_anew(copy, ground.proofs, {})
    assert by_shell(copy).accepted


@needs_sigstore
def test_sigstore_accepts_what_is_sound(ground: Ground) -> None:
    assert by_sigstore([ground.place]) == [Judgement(True, (), "")]


def test_no_mutation_is_accepted_and_ours_names_the_layer(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = mutations(*ground)
    assert len(chosen) >= FEWEST
    changed = list(mutated(ground.place, tmp_path, chosen))
    found = [by_ftgov(each.place) for each in changed]
    missed = accepted(changed, found)
    with capsys.disabled():
        print(shown(FTGOV, changed, missed, len(chosen)), end="")  # noqa: T201 - for people
    assert missed == []
    assert misnamed(changed, found) == []


@needs_sigstore
def test_sigstore_accepts_no_mutation_that_it_covers(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    every = mutations(*ground)
    changed = list(mutated(ground.place, tmp_path, [each for each in every if each.sigstore]))
    missed = accepted(changed, by_sigstore(each.place for each in changed))
    with capsys.disabled():
        print(shown(SIGSTORE, changed, missed, len(every)), end="")  # noqa: T201 - for people
    assert len(changed) > 150
    assert missed == []


@needs_tools
@pytest.mark.parametrize(
    "stride", [STRIDE, pytest.param(1, marks=pytest.mark.long)], ids=["sample", "all"]
)
def test_the_script_accepts_no_mutation_that_it_covers(
    ground: Ground, tmp_path: Path, capsys: pytest.CaptureFixture[str], stride: int
) -> None:
    every = mutations(*ground)
    covered = [each for each in every if each.shell][::stride]
    changed = list(mutated(ground.place, tmp_path, covered))
    found = judged_by_shell(changed)
    missed = accepted(changed, found)
    with capsys.disabled():
        print(shown(SHELL, changed, missed, len(every)), end="")  # noqa: T201 - for people
    assert missed == []
    assert [each for each in found if not each.layers] == []
