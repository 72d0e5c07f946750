"""What an export of a model is: a name, and a function from an assessment to bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ftgov.records.dossier import Assessment


class ModelFormat(NamedTuple):
    """A format that an assessed model can be written in.

    Attributes:
        id: What a user types.
        title: Its name and version.
        ending: What its files' names end in by custom.
        media_type: The media type of the bytes.
        write: Returns the bytes; the same assessment gives the same. It reads nothing else.
    """

    id: str
    title: str
    ending: str
    media_type: str
    write: Callable[[Assessment], bytes]
