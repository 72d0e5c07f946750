"""Exporting: an assessed model in a format that other tools read."""

from __future__ import annotations

import os
from pathlib import Path

from ftgov.api.audits import current_assessment
from ftgov.errors import FtgovError, UsageError
from ftgov.exports import model_formats
from ftgov.records.base import Record
from ftgov.records.digest import Digest, digest_bytes
from ftgov.store.durable import sync
from ftgov.store.workspace import Workspace


class Exported(Record):
    """A file that was written: of which model, in which format, and what it was made of."""

    model: str
    format: str
    file: str
    bytes: int
    digest: Digest
    assessment: Digest


class FormatTold(Record):
    """A format that a model can be exported in; `fault` says why a plug-in's can't be used."""

    format: str
    title: str = ""
    ending: str = ""
    media_type: str = ""
    fault: str | None = None


def export_formats() -> tuple[FormatTold, ...]:
    """Return all formats, and the plug-ins that can't be used with the reason."""
    found = model_formats()
    told = [
        FormatTold(format=each.id, title=each.title, ending=each.ending, media_type=each.media_type)
        for each in found.usable.values()
    ]
    told += [FormatTold(format=name, fault=fault) for name, fault in found.broken.items()]
    return tuple(told)


def export_model(
    workspace: Workspace,
    model: str,
    output: Path | str,
    *,
    form: str,
    system: str | None = None,
) -> Exported:
    """Write a model's current assessment in a format; nothing is asked of anyone.

    Args:
        workspace: Where the model is recorded.
        model: The model's name.
        output: The file; one that is there is never overwritten.
        form: The format's id.
        system: The system that it is about, where the model serves several.

    Raises:
        UsageError: If there is no such format, or the file is there.
        NotAssessable: If there is no current assessment.
        FtgovError: If a plug-in fails, or the file can't be written.
    """
    formats, place = model_formats(), Path(output)
    if form not in formats.usable:
        raise UsageError(
            f"There is no format '{form}' that can be used.",
            why=formats.broken.get(form, ""),
            next_step=f"Choose from: {', '.join(formats.usable)}.",
        )
    if os.path.lexists(place):
        raise UsageError(
            f"{place} is there already.",
            why="An export replaces no file.",
            next_step="Name another with --output, or move that one away.",
        )
    current = current_assessment(workspace, model, system)
    try:
        content = formats.usable[form].write(current.assessment)
        if not isinstance(content, bytes):
            raise TypeError(f"it gave {type(content).__name__}, not bytes")
    except (Exception, SystemExit) as fault:
        raise FtgovError(
            f"The format '{form}' failed on '{model}'; nothing was written.",
            why=f"{type(fault).__name__}: {fault}",
            next_step="Report it to whoever made the format.",
        ) from fault
    _write(place, content)
    return Exported(
        model=model,
        format=form,
        file=str(place),
        bytes=len(content),
        digest=digest_bytes(content),
        assessment=current.evidence.digest,
    )


def _write(place: Path, content: bytes) -> None:
    """Write a new file, never over another; one that can't be written whole is taken away."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as stream:
            try:
                stream.write(content)
                sync(stream)
            except BaseException:
                place.unlink()
                raise
    except OSError as fault:
        raise FtgovError(
            f"{place} cannot be written.",
            why=fault.strerror or str(fault),
            next_step="Choose another file with --output.",
        ) from fault
