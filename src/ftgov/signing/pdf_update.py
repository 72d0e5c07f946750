"""What a renewal appends to a sealed PDF: bytes that follow from the file and the certificates.

A reader of PDFs can't tell well whether an appended update only renews: whatever shows a page may
be replaced in it. So the update has one form alone, written here without a clock or chance, and
who checks it writes it again and compares: certificates, the store that lists them (DSS), the
catalog and the form of the file before with one entry more, one field with no place on any page,
one document time stamp, one cross-reference stream. No library has a say in these bytes, so they
are the same in later years.

Sources: ISO 32000-2, 7.5.6 (incremental updates), 7.5.8 (cross-reference streams), 12.8.4.3 (DSS),
12.8.5 (document time stamps); ETSI EN 319 142-1, 5.4 and 5.5.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from ftgov.errors import FtgovError

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader

DIGITS: Final = 2 * 16_384
"""Hexadecimal digits kept free for a document time stamp."""

_WIDE: Final = 10
_OBJECT: Final = rb"%d 0 obj\n<<\n(.*?)\n>>\nendobj\n"
_FIELDS: Final = re.compile(rb"/Fields \[ ((?:\d+ 0 R )+)\]\n/SigFlags 3")
_STORE: Final = re.compile(rb"/Type /DSS\n/Certs \[ ((?:\d+ 0 R )+)\]")
_LISTED: Final = re.compile(rb"/DSS (\d+) 0 R")


class Update(NamedTuple):
    """An update whose time stamp is still to come: its bytes, and where the hole in the file is.

    `begin` and `end` count from the start of the file before; the hole is `<000...0>`.
    """

    content: bytes
    begin: int
    end: int


def update_of(before: bytes, certificates: Sequence[bytes]) -> Update:
    """Return the update that renews a file.

    Args:
        before: The PDF as it was sealed, or renewed last.
        certificates: X.509 certificates in DER, those that the file lacks.

    Raises:
        MissingExtra: If pyHanko is not installed.
        FtgovError: If the file is not laid out as ftgov seals PDFs, so nothing can be added.
    """
    old = _layout(before)
    number = old.size
    objects: dict[int, bytes] = {}
    for der in certificates:
        text = b"<<\n/Length %d\n>>\nstream\n%s\nendstream" % (len(der), der)
        objects[number] = text
        number += 1
    listed = old.certificates + b"".join(b"%d 0 R " % each for each in objects)
    store = old.store
    if store is None:
        store, number = number, number + 1
        objects[old.root] = b"<<\n%s\n/DSS %d 0 R\n>>" % (old.catalog, store)
    objects[store] = b"<<\n/Type /DSS\n/Certs [ %s]\n>>" % listed
    field, stamp, table = number, number + 1, number + 2
    fields = old.fields + b"%d 0 R " % field
    objects[old.form] = b"<<\n/Fields [ %s]\n/SigFlags 3\n>>" % fields
    objects[field] = _FIELD % (len(old.fields.split(b" R ")) - 1, stamp)
    objects[stamp] = _STAMP % (b"0" * DIGITS, b" " * (4 * _WIDE))
    return _written(before, old, objects, table)


_FIELD: Final = (
    b"<<\n/FT /Sig\n/T (ftgov-renewal-%d)\n/Type /Annot\n/Subtype /Widget\n/F 132\n"
    b"/Rect [ 0 0 0 0 ]\n/V %d 0 R\n>>"
)
_STAMP: Final = (
    b"<<\n/Type /DocTimeStamp\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.RFC3161\n"
    b"/Contents <%s>\n/ByteRange [%s]\n>>"
)


class _Layout(NamedTuple):
    """Where a file is continued; texts are as they stand in it."""

    size: int
    start: int
    trailer: bytes
    root: int
    catalog: bytes
    form: int
    fields: bytes
    store: int | None
    certificates: bytes


def _layout(content: bytes) -> _Layout:
    """Return what a file's own structure says, by pyHanko's reader, in the file's own words."""
    from ftgov.signing.pdf_seal import quiet

    with quiet():
        try:
            return _read(content)
        # The reader's errors are open-ended.
        except Exception as fault:
            raise FtgovError(
                "The PDF cannot be renewed: it is not laid out as ftgov seals a report.",
                why=f"{type(fault).__name__}: {str(fault)[:200]}",
                next_step="Renew the report.pdf of a bundle that `ftgov report` made.",
            ) from fault


def _read(content: bytes) -> _Layout:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(io.BytesIO(content))
    if not (reader.has_xref_stream and content.endswith(b"%%EOF\n")):
        raise ValueError("it has no cross-reference stream, or does not end as expected")
    root = reader.root_ref.idnum
    # Only indirect objects have a number.
    form, about = reader.root.raw_get("/AcroForm").idnum, reader.trailer.raw_get("/Info").idnum
    catalog = _text(content, reader, root)
    store, certificates = None, b""
    if "/DSS" in reader.root:
        store = int(_only(_LISTED, catalog.rpartition(b"\n")[2]))
        certificates = _only(_STORE, _text(content, reader, store))
    ids = b" ".join(b"<%s>" % each.original_bytes.hex().encode() for each in reader.trailer["/ID"])
    return _Layout(
        size=int(reader.trailer["/Size"]),
        start=int(reader.last_startxref or 0),
        trailer=b"/Root %d 0 R\n/Info %d 0 R\n/ID [ %s ]" % (root, about, ids),
        root=root,
        catalog=catalog,
        form=form,
        fields=_only(_FIELDS, _text(content, reader, form)),
        store=store,
        certificates=certificates,
    )


def _text(content: bytes, reader: PdfFileReader, number: int) -> bytes:
    """Return the entries of a dictionary that is an object of its own."""
    from pyhanko.pdf_utils.generic import Reference

    place = reader.xrefs[Reference(number, 0)]
    form = re.compile(_OBJECT % number, re.DOTALL)
    found = form.match(content, place) if isinstance(place, int) else None
    if found is None:
        raise ValueError(f"the object {number} is not laid out as expected")
    return found[1]


def _only(form: re.Pattern[bytes], text: bytes) -> bytes:
    found = form.fullmatch(text)
    if found is None:
        raise ValueError("the form or the store of certificates is not laid out as expected")
    return found[1]


def _written(before: bytes, old: _Layout, objects: dict[int, bytes], table: int) -> Update:
    out = bytearray()
    places = {}
    for number, text in objects.items():
        places[number] = len(before) + len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    places[table] = start = len(before) + len(out)
    rows = b"".join(b"\1%s\0\0" % place.to_bytes(8, "big") for _, place in sorted(places.items()))
    index = b" ".join(b"%d 1" % number for number in sorted(places))
    out += b"%d 0 obj\n<<\n/Type /XRef\n/W [ 1 8 2 ]\n/Index [ %s ]\n" % (table, index)
    out += b"/Size %d\n%s\n/Prev %d\n/Length %d\n>>\nstream\n%s\nendstream\nendobj\n" % (
        table + 1,
        old.trailer,
        old.start,
        len(rows),
        rows,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    hole = b"<%s>" % (b"0" * DIGITS)
    begin = out.index(hole, places[table - 1] - len(before))
    end = begin + len(hole)
    spans = (0, len(before) + begin, len(before) + end, len(out) - end)
    written = b"".join(b"%*d" % (_WIDE, span) for span in spans)
    if len(written) != 4 * _WIDE or any(span >= 10 ** (_WIDE - 1) for span in spans):
        raise FtgovError("The PDF is too large to be renewed.")
    range_at = out.index(b"/ByteRange [", end) + len(b"/ByteRange [")
    out[range_at : range_at + len(written)] = written
    return Update(bytes(out), len(before) + begin, len(before) + end)
