"""Names of records for things that a host names: stable, and never one for two things."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from ftgov.records.base import NAME_LENGTH

_OTHER: Final = re.compile(r"[^a-z0-9._-]+")
_MARK: Final = 10


def name_of(native: str) -> str:
    """Return the record name of a host's id: the id itself where it can be one.

    Otherwise what it has of letters, digits, dots and dashes, and a part of its SHA-256, so that
    two ids that differ in a capital or a colon stay two names.
    """
    plain = _OTHER.sub("-", native.lower()).strip("-")
    if plain == native and 0 < len(plain) <= NAME_LENGTH:
        return plain
    mark = hashlib.sha256(native.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return f"{plain[: NAME_LENGTH - _MARK - 1]}-{mark}".lstrip("-")
