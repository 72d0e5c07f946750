"""A stateful fake of the OpenAI API on a loopback socket, written for tests.

Its clock is seeded, its state deterministic, its faults planned. What it answers is judged against
the published specification (`judge`), so that it can't drift from the real API in silence.
"""

from __future__ import annotations
