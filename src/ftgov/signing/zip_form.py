"""The form of a zip archive: one reading, no room for what another reader takes for files.

Python's `zipfile` trusts the directory at the archive's end. Other tools read the headers before
each file. Here both must agree, the entries must lie one after the other without gap or overlap
(which also rules out bombs of overlapping entries), and nothing may stand before, between or
behind them.

An extra field is refused whatever it says: among them is one that gives a file another name
(0x7075), which Info-ZIP's `unzip` follows and `zipfile` does not. So are modes that would let a
file be run, or be written by everybody.

Source: PKWARE APPNOTE.TXT 6.3.10, 4.4.2, 4.5 and 4.6.9; D. Fifield, A better zip bomb, WOOT 2019.
"""

from __future__ import annotations

import stat
import struct
import zipfile
from typing import BinaryIO, NamedTuple

from ftgov.errors import InvalidBundle
from ftgov.signing.names import FOLDERS, MAX_BYTES, MAX_FILES, malformed

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<4s3L")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_STREAMED = 0x8
_SYSTEMS = frozenset({0, 3})
"""Who may have made an entry, as far as its attributes go: MS-DOS and Unix."""
_DOS_FOLDER, _DOS_PLAIN = 0x10, 0x01 | 0x20
"""Attributes of MS-DOS: a folder; what any file may be, read-only and not yet archived."""
_FILE_MODE, _FOLDER_MODE = stat.S_IFREG | 0o664, stat.S_IFDIR | 0o775
"""All that the mode of an entry may have: nothing to run, no setuid, not open to everybody."""
MAX_RATIO = 200
"""How many times larger than its packed form a file may be (beyond its first mebibyte)."""


class Directory(NamedTuple):
    """Where an archive's directory lies, in bytes from its start, and how many entries it has."""

    offset: int
    entries: int


def check_ending(stream: BinaryIO) -> Directory:
    """Check the end record of an archive and return what it says of the directory.

    Raises:
        InvalidBundle: If the archive has a comment, several parts, Zip64, too many entries, or
            bytes that belong to nothing.
    """
    size = stream.seek(0, 2)
    if size < _END.size or size > MAX_BYTES + MAX_FILES * 1_024:
        raise malformed("The archive is too small or too large for a bundle.")
    stream.seek(size - _END.size)
    mark, disk, first, here, entries, length, offset, comment = _END.unpack(stream.read(_END.size))
    if mark != b"PK\x05\x06" or comment or disk or first or here != entries:
        raise malformed("The archive does not end in a plain zip end record.")
    if entries > MAX_FILES + len(FOLDERS) or offset + length + _END.size != size:
        raise malformed("The archive's directory has a wrong place or too many entries.")
    return Directory(offset, entries)


def check_entries(stream: BinaryIO, archive: zipfile.ZipFile, directory: Directory) -> None:
    """Check each entry of an archive, and that together they fill it up to its directory.

    Raises:
        InvalidBundle: If an entry is encrypted, a link or special file, of an odd mode, packed in
            an uncommon way, larger than the limits, or not where and what the directory says, or
            if it has an extra field.
    """
    entries = archive.infolist()
    # `zipfile` may have followed a Zip64 record to another directory than the end record's.
    if Directory(archive.start_dir, len(entries)) != directory:
        raise malformed("The archive has two directories, or not the entries it counts.")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise malformed(f"The archive unpacks to more than {MAX_BYTES} bytes.")
    place = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        _check_kind(entry)
        _check_size(entry)
        if entry.header_offset != place:
            raise malformed(f"The archive has a gap or overlap before {entry.filename!a}.")
        place = _end_of(stream, entry)
    if place != directory.offset:
        raise malformed("The archive has bytes that belong to no entry.")


def _check_kind(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    wanted = stat.S_IFDIR if entry.is_dir() else stat.S_IFREG
    if kind not in {0, wanted}:
        raise malformed(f"The archive has a link or special file: {entry.filename!a}.")
    if entry.external_attr & _DOS_FOLDER and not entry.is_dir():
        raise malformed(f"The archive calls a file a folder: {entry.filename!a}.")
    mode = _FOLDER_MODE if entry.is_dir() else _FILE_MODE
    allowed = mode << 16 | _DOS_PLAIN | (_DOS_FOLDER if entry.is_dir() else 0)
    if entry.external_attr & ~allowed or entry.create_system not in _SYSTEMS:
        raise malformed(f"The archive gives an odd mode to {entry.filename!a}.")
    if entry.flag_bits & _ENCRYPTED:
        raise malformed(f"The archive has an encrypted entry: {entry.filename!a}.")
    if entry.comment or entry.orig_filename != entry.filename:
        raise malformed(f"The archive has an entry of ambiguous name: {entry.orig_filename!a}.")
    if entry.extra:
        raise _extra_field(entry)


def _extra_field(entry: zipfile.ZipInfo) -> InvalidBundle:
    return malformed(
        f"The archive has an extra field for {entry.filename!a}.",
        "Some tools take a file's name from there. `zip -X` packs a bundle without any.",
    )


def _check_size(entry: zipfile.ZipInfo) -> None:
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise malformed(f"The archive packs {entry.filename!a} in an uncommon way.")
    if entry.compress_type == zipfile.ZIP_STORED and entry.file_size != entry.compress_size:
        raise malformed(f"The archive gives two sizes for {entry.filename!a}.")
    if entry.file_size > entry.compress_size * MAX_RATIO + (1 << 20):
        raise malformed(f"The archive packs {entry.filename!a} more than {MAX_RATIO} times.")
    if entry.is_dir() and entry.file_size:
        raise malformed(f"The archive has a folder with content: {entry.filename!a}.")


def _end_of(stream: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """Return the offset behind an entry, after comparing its own header with the directory's."""
    stream.seek(entry.header_offset)
    mark, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack(
        stream.read(_LOCAL.size)
    )
    streamed = flags & _STREAMED
    sizes = (entry.CRC, entry.compress_size, entry.file_size)
    agree = (
        mark == b"PK\x03\x04"
        and (flags, method) == (entry.flag_bits, entry.compress_type)
        and stream.read(name) == entry.orig_filename.encode("utf-8")
        and ((crc, packed, size) == sizes or (streamed and not (crc or packed or size)))
    )
    if not agree:
        raise malformed(f"The archive describes {entry.filename!a} in two different ways.")
    if extra:
        raise _extra_field(entry)
    end: int = entry.header_offset + _LOCAL.size + name + entry.compress_size
    if not streamed:
        return end
    stream.seek(end)
    if _DESCRIPTOR.unpack(stream.read(_DESCRIPTOR.size)) != (b"PK\x07\x08", *sizes):
        raise malformed(f"The archive describes {entry.filename!a} in two different ways.")
    return end + _DESCRIPTOR.size
