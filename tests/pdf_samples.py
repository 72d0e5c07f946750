"""Small PDFs for tests of the seal, and what an attacker does to a sealed one."""

from __future__ import annotations

import io
from typing import Any

from pypdf import PdfWriter

from ftgov.records.base import Time
from ftgov.reports.pdf import pdf_bytes
from ftgov.signing.certificate import Certificate
from ftgov.signing.keys import SigningKey
from ftgov.signing.pdf_seal import FIELD, _key_signer


def blank_pdf(pages: int = 1) -> bytes:
    """Return a PDF of empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=200, height=300)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def tagged_pdf() -> bytes:
    """Return a PDF as a report's is made: tagged, with compressed objects."""
    page = "<html lang='en'><head><title>One</title></head><body><h1>One</h1><p>Two</p></body>"
    return pdf_bytes(page, identifier=bytes(16))


def overlaid(sealed: bytes) -> bytes:
    """Return a PDF with a rectangle painted over its first page by an incremental update."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0]
    paint = generic.StreamObject(stream_data=b"1 0 0 rg 0 0 100 100 re f")
    page["/Contents"] = writer.add_object(paint)
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))
    buffer = io.BytesIO()
    writer.write(buffer)  # type: ignore[no-untyped-call]
    return buffer.getvalue()


def signed_otherwise(content: bytes, key: SigningKey, own: Certificate, **changes: Any) -> bytes:
    """Return a PDF with a signature of another kind than a seal, or a further one."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    fields: dict[str, Any] = {"field_name": FIELD, "md_algorithm": "sha256", **changes}
    metadata = PdfSignatureMetadata(**{"subfilter": SigSeedSubFilter.PADES, **fields})
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    made: io.BytesIO = sign_pdf(writer, metadata, _key_signer(key, own), bytes_reserved=16_384)
    return made.getvalue()


SEALED_AT: Time = "2026-11-20T10:00:00Z"
