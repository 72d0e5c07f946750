"""The tamper matrix: at least 500 mutations of a bundle, and three verifiers that accept none.

`make test` runs all of them through our verifier and @sigstore/verify and a sample through
`verify.sh`; `make test-long` runs all through `verify.sh` too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
from proof_mutations import (
    Mutation,
    file_mutations,
    flip_mutations,
    replay_mutations,
    swap_mutations,
    tree_mutations,
)
from proof_place import Place, Proofs, write_place
from proof_verifiers import (
    FTGOV,
    Judgement,
    by_ftgov,
    by_shell,
    by_sigstore,
    needs_sigstore,
    needs_tools,
)

FEWEST = 500
SAMPLED = 24
FLIPS = 6


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("proof")
    return write_place(folder / "place", Proofs.made(folder))


def mutations(place: Place) -> list[Mutation]:
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
    ]
    assert len({each.name for each in found}) == len(found)
    return found


def mutated(place: Place, folder: Path, chosen: list[Mutation]) -> Iterator[tuple[Mutation, Place]]:
    """Yield each mutation with a changed copy of the place."""
    for number, mutation in enumerate(chosen):
        copy = place.copy(folder / str(number))
        mutation.apply(copy)
        yield mutation, copy


def table(rows: dict[str, tuple[int, int]]) -> str:
    """Lay out the verifiers with how many mutations each was shown and accepted."""
    lines = [
        f"  {name:18} | shown {shown:4} | accepted {accepted}"
        for name, (shown, accepted) in rows.items()
    ]
    return "\n".join(["", *lines])


def test_all_three_accept_what_is_sound(place: Place) -> None:
    assert by_ftgov(place) == Judgement(True, (), "")


@needs_tools
def test_the_script_accepts_what_is_sound(place: Place) -> None:
    found = by_shell(place)
    assert found.accepted, found.words


@needs_sigstore
def test_sigstore_accepts_what_is_sound(place: Place) -> None:
    assert by_sigstore([place]) == [Judgement(True, (), "")]


def test_no_mutation_is_accepted_and_ours_names_the_layer(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = mutations(place)
    assert len(chosen) >= FEWEST
    accepted, misnamed = [], []
    for mutation, copy in mutated(place, tmp_path, chosen):
        found = by_ftgov(copy)
        if found.accepted:
            accepted.append(mutation.name)
        elif not mutation.layers & set(found.layers):
            misnamed.append((mutation.name, sorted(mutation.layers), found.layers, found.words))
    with capsys.disabled():
        print(table({FTGOV: (len(chosen), len(accepted))}))  # noqa: T201 - the matrix is for people
    assert accepted == []
    assert misnamed == []
