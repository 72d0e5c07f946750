"""How much a policy may take; plain numbers, so that the worker can read them without pydantic."""

SOURCE_LIMIT = 16_384
"""The longest CEL source in bytes; longer ones are refused before any of it is compiled."""

MESSAGE_LIMIT = 4_000
"""The longest rendered message in characters."""

MEMORY_LIMIT = 1 << 30
"""The worker's address space in bytes."""

CPU_SECONDS = 4
"""Processor seconds for one request: what stops a worker whose parent is gone."""

WALL_SECONDS = 2.0
"""Wall time for all expressions of one policy."""

START_SECONDS = 15.0
"""Wall time for starting a worker and handing it the values."""

REPLY_LIMIT = 1 << 20
"""The longest reply in bytes."""

KEPT_SOURCE = 2_048
"""The longest source in characters whose compiled form the worker keeps."""

KEPT_PROGRAMS = 16_384
"""How many compiled sources the worker keeps."""
