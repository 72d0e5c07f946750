"""Put on PYTHONPATH of child processes: a machine without the Pango text libraries."""

from __future__ import annotations

from typing import Any

import cffi.api

_dlopen = cffi.api.FFI.dlopen


def _without_pango(self: Any, name: Any, flags: int = 0) -> Any:
    if "pango" in str(name).lower():
        raise OSError(f"cannot load library {name!r}")
    return _dlopen(self, name, flags)


cffi.api.FFI.dlopen = _without_pango
