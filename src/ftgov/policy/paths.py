"""Which evidence a CEL source reads, found without running it.

Only the lexical grammar is needed: strings and comments are set aside, then chains such as
`evidence.a.b.low` or `evidence['a'].b` are followed from their root.
Source: the CEL language definition, section Syntax, https://github.com/google/cel-spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ftgov.policy.limits import SOURCE_LIMIT

ROOTS = frozenset(
    {
        *("evidence", "slices", "findings", "classification", "duties", "subject", "job"),
        *("special", "assessment", "signing", "signatures"),
    }
)
"""What an expression sees besides `now`."""

MEASURED = frozenset({"evidence", "slices"})
"""The roots whose paths name a measure: root, analyzer, measure, field."""

NAMED = MEASURED | {"duties"}
"""The roots that are never read as a whole: what was deleted there would not be missed."""

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)
      |(?P<raw>(?:[rR][bB]?|[bB][rR])(?:'{3}.*?'{3}|"{3}.*?"{3}|'[^'\n]*'|"[^"\n]*"))
      |(?P<string>[bB]?(?:'{3}(?:\\.|.)*?'{3}|"{3}(?:\\.|.)*?"{3}
                         |'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
      |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
      |(?P<number>[0-9][0-9A-Za-z.]*)
      |(?P<mark>\S)""",
    re.VERBOSE | re.DOTALL,
)


class Read(NamedTuple):
    """A chain of names that a source reads, from its root; `call`: the last name is a function."""

    parts: tuple[str, ...]
    call: bool

    @property
    def measure(self) -> str | None:
        """The id of the measure that is read, `analyzer.measure`, or None."""
        if self.parts[0] in MEASURED and len(self.names) > 2:
            return ".".join(self.parts[1:3])
        return None

    @property
    def needed(self) -> str | None:
        """What the read cannot do without, as `requires` would write it, or None."""
        if self.measure:
            return self.measure if self.parts[0] == "evidence" else f"slices.{self.measure}"
        return ".".join(self.names[:2]) if self.parts[0] == "duties" and self.names[1:] else None

    @property
    def names(self) -> tuple[str, ...]:
        """The parts that name values, without a called function's name."""
        return self.parts[:-1] if self.call else self.parts


def reads(source: str) -> tuple[Read, ...]:
    """Return every chain that begins at a root, in the order of the source."""
    return tuple(read for read, _ in _chains(_tokens(source)))


def blind_reads(source: str) -> tuple[str, ...]:
    """Return the reads of `evidence`, `slices` or `duties` that name none, as they were written.

    Looking at whatever happens to be there cannot fail closed: a deleted measure is not missed.
    """
    return tuple(
        ".".join(read.parts)
        for read in reads(source)
        if read.parts[0] in NAMED and read.needed is None
    )


def measures_read(source: str) -> tuple[str, ...]:
    """Return the paths a source cannot do without, as `requires` would write them."""
    return tuple(dict.fromkeys(read.needed for read in reads(source) if read.needed))


def limits_of(source: str) -> tuple[tuple[Read, str, str], ...]:
    """Return each comparison of a chain with a number: chain, comparison, limit.

    Only the order `chain comparison number` is read; anything else is no plain limit.
    """
    tokens = _tokens(source)
    return tuple(
        (read, *compared)
        for read, at in _chains(tokens)
        if not read.call and (compared := _comparison([text for _, text in tokens[at : at + 5]]))
    )


def _comparison(words: list[str]) -> tuple[str, str] | None:
    sign = "".join(words[:2]) if words[1:2] == ["="] else "".join(words[:1])
    if sign not in {"<", "<=", ">", ">=", "==", "!="}:
        return None
    rest = words[len(sign) :]
    limit = "".join(rest[:2]) if rest[:1] == ["-"] else "".join(rest[:1])
    return (sign, limit) if re.match(r"-?[0-9]", limit) else None


def _tokens(source: str) -> list[tuple[str, str]]:
    if len(source) > SOURCE_LIMIT:
        return []  # the worker refuses it, so that nothing rests on what it reads
    return [
        (str(match.lastgroup), match.group())
        for match in _TOKEN.finditer(source)
        if match.lastgroup != "comment"
    ]


def _chains(tokens: list[tuple[str, str]]) -> Iterator[tuple[Read, int]]:
    """Yield each chain with the index of the token after it."""
    end = [("mark", "")] * 3
    padded = tokens + end
    for index, (kind, text) in enumerate(tokens):
        if kind == "word" and text in ROOTS and not _is_member(tokens[:index]):
            yield _chain(text, padded, index + 1)


def _is_member(before: list[tuple[str, str]]) -> bool:
    """Tell `x.evidence` from `evidence` and from `.evidence`, which CEL reads as the same root."""
    if len(before) < 2 or before[-1][1] != ".":
        return False
    kind, text = before[-2]
    return text in {")", "]", "}"} or (kind != "mark" and text != "in")


def _chain(root: str, tokens: list[tuple[str, str]], at: int) -> tuple[Read, int]:
    parts = [root]
    while True:
        (_, mark), (kind, text), (_, close) = tokens[at : at + 3]
        if mark == "." and kind == "word":
            parts.append(text)
            at += 2
        elif mark == "[" and kind in {"string", "raw"} and close == "]":
            parts.append(text.lstrip("rRbB").strip("'\""))
            at += 3
        else:
            return Read(tuple(parts), call=mark == "("), at
