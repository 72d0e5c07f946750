"""Hostile archives: traversal, links, doubles, bombs, and two readings of one file."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ftgov.errors import InvalidBundle, UsageError
from ftgov.signing import names
from ftgov.signing.bundle import BundleEvidence, open_bundle
from ftgov.signing.trust import find_trust_pack
from ftgov.signing.verify import verify_bundle

Entries = list[tuple[str | zipfile.ZipInfo, bytes]]


def _archive(path: Path, entries: Entries, *, packed: int = zipfile.ZIP_STORED) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of doubled names, which are wanted here
        with zipfile.ZipFile(path, "w", packed) as archive:
            for entry, content in entries:
                archive.writestr(entry, content)
    return path


def _entry(name: str, mode: int = 0, attributes: int = 0) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16 | attributes
    return entry


@pytest.mark.parametrize(
    "name",
    [
        "../up.txt",
        "/absolute.txt",
        "evidence/../../up",
        "C:up.txt",
        "back\\slash",
        "a//b",
        "./a",
        ".hidden",
        "-rf",
        "ends.",
        "logs/entry",
        "evidence/deep/file",
        "line\nfeed",
        "e\u0301",
        "x" * 256,
        "evidence",
        "Evidence/a",
    ],
)
def test_unsafe_names_are_refused(tmp_path: Path, name: str) -> None:
    path = _archive(tmp_path / "b.zip", [(name, b"x")])
    with pytest.raises(InvalidBundle):
        open_bundle(path)


@pytest.mark.parametrize(
    "pair",
    [("a.txt", "a.txt"), ("a.txt", "A.TXT"), ("evidence/aa", "evidence/AA")],
)
def test_names_that_some_system_takes_for_one_are_refused(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    path = _archive(tmp_path / "b.zip", [(name, b"x") for name in pair])
    with pytest.raises(InvalidBundle, match="two files named"):
        open_bundle(path)


@pytest.mark.parametrize("twins", [("\u00e9", "e\u0301"), ("\u212b", "\u00c5")])
def test_unicode_twins_are_refused_as_twins(twins: tuple[str, str]) -> None:
    with pytest.raises(InvalidBundle):
        names.check_names(twins)


@pytest.mark.parametrize(
    "entry",
    [
        _entry("link", stat.S_IFLNK | 0o777),
        _entry("pipe", stat.S_IFIFO),
        _entry("device", stat.S_IFCHR),
        _entry("folder-in-mode", stat.S_IFDIR),
        _entry("folder-in-attributes", 0, 0x10),
        _entry("evidence/", stat.S_IFREG),
        _entry("other/", stat.S_IFDIR),
    ],
    ids=lambda entry: str(entry.filename),
)
def test_links_special_files_and_foreign_folders_are_refused(
    tmp_path: Path, entry: zipfile.ZipInfo
) -> None:
    path = _archive(tmp_path / "b.zip", [(entry, b"")])
    with pytest.raises(InvalidBundle):
        open_bundle(path)


def _unicode_path(name: str, other: str) -> bytes:
    """Return the extra field that gives an entry another name (APPNOTE 4.6.9)."""
    body = struct.pack("<BL", 1, zlib.crc32(name.encode())) + other.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


EXTRAS = {
    "another name": _unicode_path("a.txt", "b.txt"),
    "a name outside": _unicode_path("a.txt", "../../escaped"),
    "a time": struct.pack("<HHBL", 0x5455, 5, 1, 1_795_000_000),
    "an owner": struct.pack("<HHBBLBL", 0x7875, 11, 1, 4, 0, 4, 0),
    "a broken field": b"\x75",
    "zeros": bytes(8),
}


@pytest.mark.parametrize("extra", EXTRAS.values(), ids=EXTRAS)
@pytest.mark.parametrize("where", ["both headers", "its own header", "the directory"])
def test_extra_fields_are_refused_wherever_they_are(
    tmp_path: Path, extra: bytes, where: str
) -> None:
    entry = _entry("a.txt", stat.S_IFREG | 0o644)
    entry.extra = extra
    path = _archive(tmp_path / "b.zip", [(entry, b"first"), ("b.txt", b"other")])
    content = path.read_bytes()
    local, at = 30 + len("a.txt"), _central(content) + 46 + len("a.txt")
    if where == "its own header":
        content = content[:at] + content[at + len(extra) :]
        content = _at(content, _central(content) + 30, "<H", 0)
        size = struct.unpack_from("<L", content, len(content) - 10)[0]
        content = _at(content, len(content) - 10, "<L", size - len(extra))
    elif where == "the directory":
        content = content[:local] + content[local + len(extra) :]
        content = _at(content, 28, "<H", 0)
        content = _at(content, len(content) - 6, "<L", _central(content))
        second = content.index(b"PK\x01\x02", _central(content) + 4)
        content = _at(content, second + 42, "<L", content.index(b"PK\x03\x04", 4))
    path.write_bytes(content)
    with pytest.raises(InvalidBundle, match=r"an extra field for 'a\.txt'"):
        open_bundle(path)


@pytest.mark.parametrize(
    "mode", [0o106777, 0o104644, 0o102644, 0o101644, 0o100755, 0o100666], ids=oct
)
def test_odd_modes_are_refused(tmp_path: Path, mode: int) -> None:
    path = _archive(tmp_path / "b.zip", [(_entry("a.txt", mode), b"x")])
    with pytest.raises(InvalidBundle, match=r"an odd mode to 'a\.txt'"):
        open_bundle(path)


def test_odd_attributes_and_makers_are_refused(tmp_path: Path) -> None:
    entries = [_entry("a.txt", 0o100644, bit) for bit in (0x02, 0x04, 0x08, 0x40, 0x80)]
    foreign = _entry("a.txt", 0o100644)
    foreign.create_system = 2
    for entry in (*entries, _entry("evidence/", 0o42777), foreign):
        path = _archive(tmp_path / "b.zip", [(entry, b""), ("evidence/aa", b"x")])
        with pytest.raises(InvalidBundle, match="an odd mode"):
            open_bundle(path)


def test_archives_of_common_tools_are_read(tmp_path: Path) -> None:
    """Folders as entries, packed content, and sizes written behind the content are all common."""
    entries: Entries = [("evidence/", b""), ("evidence/aa", b"x" * 5_000), ("dossier.json", b"{}")]
    path = _archive(tmp_path / "b.zip", entries, packed=zipfile.ZIP_DEFLATED)
    with open_bundle(path) as bundle:
        assert bundle.names == ("dossier.json", "evidence/aa")
        assert bundle.read("evidence/aa") == b"x" * 5_000

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        archive.writestr("dossier.json", b"{}")
    path.write_bytes(pipe.getvalue())
    with open_bundle(path) as bundle:
        assert bundle.read("dossier.json") == b"{}"


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = _archive(tmp_path / "b.zip", [("a", bytes(5 << 20))], packed=zipfile.ZIP_DEFLATED)
    with pytest.raises(InvalidBundle, match="more than 200 times"):
        open_bundle(path)


def test_total_size_and_number_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _archive(tmp_path / "b.zip", [(f"f{i}", b"x" * 40) for i in range(30)])
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(30):
        (folder / f"f{number}").write_bytes(b"x" * 40)
    for room in ("names", "bundle_read", "zip_form"):
        monkeypatch.setattr(f"ftgov.signing.{room}.MAX_BYTES", 1_000, raising=False)
    for place in (path, folder):
        with pytest.raises(InvalidBundle, match="1000 bytes"):
            open_bundle(place)
    monkeypatch.undo()
    monkeypatch.setattr(names, "MAX_FILES", 29)
    for place in (path, folder):
        with pytest.raises(InvalidBundle, match="more than 29 files"):
            open_bundle(place)
    monkeypatch.setattr("ftgov.signing.zip_form.MAX_FILES", 20)
    with pytest.raises(InvalidBundle, match="too many entries"):
        open_bundle(path)


def _at(content: bytes, offset: int, form: str, value: int) -> bytes:
    size = struct.calcsize(form)
    return content[:offset] + struct.pack(form, value) + content[offset + size :]


def _central(content: bytes) -> int:
    return content.index(b"PK\x01\x02")


def _overlap(content: bytes) -> bytes:
    """Point the second directory entry at the first entry's content."""
    second = content.index(b"PK\x01\x02", _central(content) + 4)
    return _at(content, second + 42, "<L", 0)


def _gap(content: bytes) -> bytes:
    """Put bytes between the two entries and correct every offset behind them."""
    second = content.index(b"PK\x03\x04", 4)
    moved = content[:second] + b"gap!" + content[second:]
    entry = moved.index(b"PK\x01\x02", _central(moved) + 4)
    return _at(_at(moved, entry + 42, "<L", second + 4), len(moved) - 6, "<L", _central(moved))


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no archive": lambda _: b"%PDF-1.7 " * 10,
    "truncated": lambda c: c[: len(c) // 2],
    "bytes before": lambda c: b"#!/bin/sh\n" + c,
    "bytes behind": lambda c: c + b"junk",
    "comment": lambda c: _at(c, len(c) - 2, "<H", 4) + b"note",
    "gap before the directory": lambda c: _at(
        c[: _central(c)] + b"gap!" + c[_central(c) :], len(c) + 4 - 6, "<L", _central(c) + 4
    ),
    "overlap": _overlap,
    "gap between the entries": _gap,
    "encrypted": lambda c: _at(_at(c, 6, "<H", 1), _central(c) + 8, "<H", 1),
    "unknown packing": lambda c: _at(_at(c, 8, "<H", 12), _central(c) + 10, "<H", 12),
    "other name in the header": lambda c: c.replace(b"a.txt", b"z.txt", 1),
    "name with a NUL": lambda c: c.replace(b"a.txt", b"a\0txt"),
    "other size in the header": lambda c: _at(c, 22, "<L", 1),
    "other checksum in the header": lambda c: _at(c, 14, "<L", 1),
    "many parts": lambda c: _at(c, len(c) - 18, "<H", 1),
    "more entries than there are": lambda c: _at(
        _at(c, len(c) - 14, "<H", 9), len(c) - 12, "<H", 9
    ),
    "sizes of Zip64": lambda c: _at(c, len(c) - 6, "<L", 0xFFFFFFFF),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_and_ambiguous_archives_are_refused(tmp_path: Path, name: str) -> None:
    path = _archive(tmp_path / "b.zip", [("a.txt", b"first"), ("b.txt", b"other")])
    content = path.read_bytes()
    with open_bundle(path) as bundle:
        assert bundle.names == ("a.txt", "b.txt")
    path.write_bytes(BROKEN[name](content))
    with pytest.raises(InvalidBundle):
        open_bundle(path)


def test_a_malformed_bundle_is_invalid_whatever_the_trust_pack(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"no archive")
    result = verify_bundle(tmp_path / "b.zip", tmp_path)
    assert result.verdict == "invalid"
    assert [layer.verdict for layer in result.layers] == ["invalid", *["not_assessed"] * 3]


def test_damage_inside_packed_content_is_found_on_reading(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 8
    path = _archive(tmp_path / "b.zip", [("a.txt", noise)], packed=zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with open_bundle(path) as bundle, pytest.raises(InvalidBundle, match=r"a\.txt"):
        bundle.digest("a.txt")


def test_neither_file_nor_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_bundle(tmp_path / "absent.zip")
    with pytest.raises(UsageError):
        find_trust_pack(tmp_path / "absent.json")


def test_evidence_of_a_damaged_archive_is_never_given_out(tmp_path: Path) -> None:
    digest = "sha256:" + "0" * 64
    path = _archive(tmp_path / "b.zip", [(f"evidence/{'0' * 64}", b"other")])
    with open_bundle(path) as bundle, BundleEvidence(bundle) as evidence:
        with pytest.raises(Exception, match="has changed"):
            evidence.path(digest)
        with pytest.raises(Exception, match="has changed"):
            evidence.open(digest)
