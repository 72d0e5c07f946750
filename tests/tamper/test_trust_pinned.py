"""A trust pack that anybody may have made is named wherever what people signed decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ftgov import api
from ftgov.api.sign_offs import sign_off
from ftgov.store.workspace import Workspace
from people_support import People
from tests_support import run_ftgov

MODEL = "harmful-full"


def _check(people: People, *options: str) -> Any:
    return run_ftgov("check", MODEL, "--workspace", people.place, *options)


def _signed(people: People, opened: Workspace) -> None:
    sign_off(opened, MODEL, role="risk-owner", decision="approve", key=people.keys["ada"])


def test_the_pack_behind_a_signature_is_named(people: People, opened: Workspace) -> None:
    assert _check(people, "--json").json["trust"] is None, "nobody signed anything"
    _signed(people, opened)
    root = people.keys["ben"].spki
    shown = _check(people, "--json").json["trust"]
    assert (shown["root"], shown["pinned"]) == (root, False)
    assert shown["pack"].endswith("trust-pack.json")
    text = _check(people).out
    assert f"root {root}, NOT PINNED" in text
    pinned = _check(people, "--trust-root", root)
    assert pinned.status == 11
    assert f"root {root}, pinned" in pinned.out


def test_where_a_pin_is_required_an_unpinned_pack_lets_nothing_count(
    people: People, opened: Workspace
) -> None:
    assert _check(people, "--require-pin").status == 11, "nothing rests on the pack"
    _signed(people, opened)
    refused = _check(people, "--require-pin")
    assert refused.status == 12
    assert "is not pinned" in refused.err
    root = people.keys["ben"].spki
    assert _check(people, "--require-pin", "--trust-root", root).status == 11
    settings = people.place / "ftgov.toml"
    settings.write_text(settings.read_text() + f'\n[trust]\nroot = "{root}"\n')
    assert _check(people, "--require-pin").status == 11


def test_a_wrong_pin_ends_the_check_where_nothing_is_signed(people: People) -> None:
    other = people.keys["eve"].spki
    assert _check(people).status == 11
    assert _check(people, "--trust-root", other).status == 12
    assert _check(people, "--trust-root", "x").status == 2
    settings = people.place / "ftgov.toml"
    own = settings.read_text()
    for said, status in (
        (f'root = "{other}"', 12),
        ("root = 5", 2),
        ('pack = "none.json"', 2),
        (f'root = "{people.keys["ben"].spki}"', 11),
    ):
        settings.write_text(f"{own}\n[trust]\n{said}\n")
        assert _check(people).status == status, said


def test_a_bundles_signatures_need_the_pin_as_well(
    people: People, opened: Workspace, without_pdf: None, tmp_path: Path
) -> None:
    _signed(people, opened)
    api.report(opened, MODEL, tmp_path / "out", key=people.keys["ben"])
    bundle = tmp_path / "out" / "bundle"
    words = ("check", bundle, "--trust", people.place / "trust", "--require-pin")
    assert run_ftgov(*words).status == 12
    found = run_ftgov(*words, "--trust-root", people.keys["ben"].spki, "--json")
    assert found.status == 11
    assert found.json["trust"]["pinned"] is True
