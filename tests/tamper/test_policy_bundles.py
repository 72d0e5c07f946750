"""A policy bundle has one form and one owner; anything else about it is refused."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftgov import api
from ftgov.api.gates import load_gates, trusted_bundles
from ftgov.api.policy_bundles import bundle_policies, owner_of, read_policies
from ftgov.errors import FtgovError, InvalidBundle, NotAssessable, UsageError
from ftgov.policy.archive import index_of, pack_policies, unpack_policies
from ftgov.signing.keys import SigningKey
from ftgov.signing.trust import TrustedKey, TrustPack, build_trust_pack, read_trust_pack
from tests_support import HOUSE, run_ftgov

NOW = "2026-11-21T12:00:00Z"
GATE = (HOUSE / "policies" / "gates" / "energy-disclosure.yaml").read_text()
OWNER = SigningKey.generate()
STRANGER = SigningKey.generate()


def _pack(role: str = "policy-owner") -> TrustPack:
    listed = TrustedKey.of(
        OWNER.public, holder="Otto Example", role=role, not_before="2026-01-01T00:00:00Z",
        valid_days=700,
    )  # fmt: skip
    content = build_trust_pack([listed], root=OWNER, issued_at="2026-01-01T00:00:00Z")
    return read_trust_pack(content, root_pin=None)


PACK = _pack()


def _bundle(key: SigningKey = OWNER) -> bytes:
    return bundle_policies({"ours": GATE, "b": GATE}, name="house", version=3, key=key, now=NOW)


BUNDLE = _bundle()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "house.tar"
    path.write_bytes(BUNDLE)
    return path


def test_it_gives_the_same_gates_as_their_files(file: Path) -> None:
    gates = load_gates([str(file)], trusted_bundles(lambda: PACK, NOW))
    assert [gate.name for gate, _ in gates] == ["b", "ours"]
    assert {text for _, text in gates} == {GATE}
    assert owner_of(read_policies(file), PACK, NOW).key.holder == "Otto Example"
    with tarfile.open(file) as archive:
        assert archive.getnames() == [
            "index.json", "index.sigstore.json", "gates/b.yaml", "gates/ours.yaml"
        ]  # fmt: skip
        index = archive.extractfile("index.json")
        assert index is not None
        assert json.load(index)["version"] == 3


def test_no_flipped_byte_counts() -> None:
    for at in range(0, len(BUNDLE), 97):
        flipped = bytearray(BUNDLE)
        flipped[at] ^= 1
        with pytest.raises(InvalidBundle):
            owner_of(unpack_policies(bytes(flipped), "x.tar"), PACK, NOW)


@settings(max_examples=60)
@given(st.binary(max_size=2_000) | st.binary(max_size=600).map(lambda tail: BUNDLE[:2_048] + tail))
def test_no_other_bytes_are_a_bundle(content: bytes) -> None:
    with pytest.raises(InvalidBundle):
        unpack_policies(content, "x.tar")


def _tar(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for entry, content in entries:
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return target.getvalue()


def _link(name: str, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, "/etc/passwd"
    return entry


@pytest.mark.parametrize(
    "content",
    [
        _tar((_link("index.json", tarfile.SYMTYPE), b"")),
        _tar((_link("gates/a.yaml", tarfile.LNKTYPE), b"")),
        _tar((tarfile.TarInfo("../../etc/x"), b"a")),
        _tar((tarfile.TarInfo("index.json"), b"{}"), (tarfile.TarInfo("index.json"), b"{}")),
        _tar((tarfile.TarInfo("index.json"), b"[" * 100_000)),
        gzip.compress(BUNDLE),
        BUNDLE + b"\0" * 512,
        BUNDLE + BUNDLE,
        b"\0" * 20_000_001,
        b"",
    ],
    ids=["link", "hard link", "outside", "twice", "deep", "packed", "padded", "two", "large", "no"],
)
def test_a_hostile_archive_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidBundle):
        unpack_policies(content, "x.tar")


def test_a_gate_cannot_be_swapped_under_the_signature(file: Path) -> None:
    found = read_policies(file)
    other = {**found.texts, "ours": GATE.replace("severity: error", "severity: note")}
    index = index_of("house", 3, other)
    swapped = unpack_policies(pack_policies(index, found.signature, other), "x.tar")
    with pytest.raises(InvalidBundle, match="about something else"):
        owner_of(swapped, PACK, NOW)


@pytest.mark.parametrize(
    ("key", "pack", "why"),
    [
        (STRANGER, PACK, "not in the trust pack"),
        (OWNER, _pack("release-signer"), "signs in the role 'release-signer'"),
    ],
)
def test_only_an_owner_of_policies_counts(
    tmp_path: Path, key: SigningKey, pack: TrustPack, why: str
) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(_bundle(key))
    with pytest.raises(InvalidBundle, match=why):
        load_gates([str(path)], trusted_bundles(lambda: pack, NOW))
    assert len(load_gates([str(path)], read_policies)) == 2, "linting and testing trust nobody"


def test_names_and_versions_are_checked_before_signing() -> None:
    for texts, name, version in [({"A b": GATE}, "x", 1), ({"a": GATE}, "X!", 1), ({}, "x", 1)]:
        with pytest.raises(UsageError):
            bundle_policies(texts, name=name, version=version, key=OWNER, now=NOW)


def test_the_gate_takes_it_only_by_a_trust_pack(file: Path, demo_copy: Path) -> None:
    with api.open_workspace(demo_copy) as opened:
        with pytest.raises(InvalidBundle, match="not in the trust pack"):
            api.check(opened, "honest", policies=[str(file)])
        (demo_copy / "trust" / "trust-pack.json").unlink()
        with pytest.raises(NotAssessable, match="no trust pack"):
            api.check(opened, "honest", policies=[str(file)])
        with pytest.raises(FtgovError, match="no policy bundle"):
            api.check(opened, "honest", policies=["gone.tar"])


def test_the_command_makes_one_that_lint_and_test_read(finished_demo: Path, tmp_path: Path) -> None:
    place = tmp_path / "w"
    assert run_ftgov("init", place).status == 0
    made = run_ftgov("keys", "new", "owner", "--unencrypted", "--workspace", place)
    assert made.status == 0, made.err
    target = tmp_path / "house.tar"
    done = run_ftgov(
        "policy", "bundle", "energy-disclosure", "--name", "house", "--key", "owner",
        "--output", target, "--workspace", place, "--json",
    )  # fmt: skip
    assert done.status == 0, done.err
    assert done.json["gates"] == ["energy-disclosure"]
    assert run_ftgov("policy", "lint", target).status == 0
    tested = run_ftgov("policy", "test", target)
    assert tested.status == 0, tested.out
    assert (
        run_ftgov("check", "honest", "--policy", target, "--workspace", finished_demo).status == 20
    )


def _sparse(size: int) -> bytes:
    """Return 1,536 bytes: an entry in the old GNU form that claims `size` bytes and has none."""
    entry = tarfile.TarInfo("gates/x.yaml")
    entry.type = b"S"
    block = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    far = b"\x80" + size.to_bytes(11, "big")
    block[386:398], block[398:410] = b"%011o " % 0, b"%011o " % 0
    block[482], block[483:495] = 0, far
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + b"\0" * 1024


def _pax(headers: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("gates/x.yaml")
        entry.pax_headers = headers
        archive.addfile(entry)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _sparse(2**36),
        _pax({"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**36)}),
        _pax(
            {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "68719476736"}
        ),
        _pax({"size": str(2**36)}),
    ],
    ids=["old GNU", "pax 0.1", "pax 1.0", "size"],
)
def test_an_entry_that_claims_more_than_it_has_takes_no_memory(content: bytes) -> None:
    assert len(content) < 20_000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidBundle):
            unpack_policies(content, "x.tar")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
