"""A lineage as lines of text: what a model came from and what came of it, as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

_UP: Final = {
    "derived_from": "from",
    "merged_from": "merged from",
    "alias_of": "another name of",
    "generated_by": "made by job",
    "applies": "applies the adapter",
    "started_from": "started from",
    "used": "used",
}
_DOWN: Final = {
    "derived_from": "parent of",
    "merged_from": "merged into",
    "alias_of": "also called",
    "applies": "applied by",
    "generated_by": "made",
    "started_from": "start of job",
    "deploys": "serves",
    "evaluates": "judged in",
}
_ABOUT: Final = {
    "report": "reported",
    "sign-off": "signed off in",
    "waiver": "waived in",
    "incident": "incident",
}
_SHOWN_DOWN: Final = {"model", "job", "system", "evaluation", "evaluation-run", *_ABOUT}


class Line(NamedTuple):
    """A line of the tree: what it says, and the `type/name` that it leads on to, if any."""

    text: str
    leads_to: str | None = None
    down: bool = False


class LineageTree:
    """What `api.lineage` found, as a tree.

    Args:
        found: Records by group, and the links between them.
    """

    def __init__(self, found: Mapping[str, Any]) -> None:
        groups = [each for each in found.values() if isinstance(each, list)]
        records = [
            one for each in groups for one in each if isinstance(one, dict) and "type" in one
        ]
        self._records = {f"{one['type']}/{one['name']}": one for one in records}
        self._missing = set(found.get("missing", ()))
        self._gone: Mapping[str, str] = found.get("gone", {})
        self._up: dict[str, list[dict[str, str]]] = {}
        self._down: dict[str, list[dict[str, str]]] = {}
        for link in found["links"]:
            self._up.setdefault(link["below"], []).append(link)
            self._down.setdefault(link["above"], []).append(link)

    def lines(self, model: str, *, depth: int | None = None) -> Iterator[str]:
        """Yield the lines of one model's tree, its own line first.

        Args:
            model: The model's name.
            depth: How many steps to follow; None for all. What stands above already is not
                followed again, so that a circle ends.
        """
        root = f"model/{model}"
        yield self._heading(root)
        seen = {root}
        waiting = [(line, "") for line in reversed(self._around(root))]
        while waiting:
            line, indent = waiting.pop()
            again = line.leads_to in seen
            last = not waiting or waiting[-1][1] != indent
            yield f"{indent}{'└─' if last else '├─'} {line.text}{' (above)' if again else ''}"
            inner = indent + ("   " if last else "│  ")
            if line.leads_to and not again and (depth is None or len(inner) < 3 * depth):
                seen.add(line.leads_to)
                below = self._next(line.leads_to, seen, down=line.down)
                waiting += [(each, inner) for each in reversed(below)]

    def _heading(self, key: str) -> str:
        record = self._records[key]
        return f"{record['name']}  {record['kind']} model{self._gone_text(key)}"

    def _around(self, root: str) -> list[Line]:
        return [*self._above(root), *self._weights(root), *self._below(root)]

    def _next(self, key: str, seen: set[str], *, down: bool) -> list[Line]:
        """Return the lines below a line: on upwards or on downwards, as it came."""
        if down:
            return [line for line in self._below(key) if line.leads_to not in seen]
        return [*self._above(key), *self._files(key)]

    def _weights(self, key: str) -> list[Line]:
        files = self._records[key].get("weights", ())
        return [Line(f"weights {file['name']} {file['digest'][:19]}") for file in files]

    def _above(self, key: str) -> list[Line]:
        order = list(_UP)
        links = [link for link in self._up.get(key, ()) if link["relation"] in _UP]
        links.sort(key=lambda link: order.index(link["relation"]))
        return [self._line(self._word_up(link), link["above"]) for link in links]

    def _word_up(self, link: Mapping[str, str]) -> str:
        """Return the word for a link upwards; a job says what each dataset was for."""
        if link["relation"] != "used":
            return _UP[link["relation"]]
        name = link["above"].partition("/")[2]
        job = self._records.get(link["below"], {})
        roles = [role for role, data in job.get("datasets", {}).items() if data == name]
        return f"{' and '.join(roles)} data" if roles else "data"

    def _below(self, key: str) -> list[Line]:
        """Return what came of a thing; a model that a job made of it stands below that job."""
        links = self._down.get(key, ())
        jobs = [link["below"] for link in links if link["below"].startswith("job/")]
        through = {link["below"] for job in jobs for link in self._down.get(job, ())}
        return [
            self._line(self._word_down(link), link["below"])._replace(down=True)
            for link in links
            if link["below"].partition("/")[0] in _SHOWN_DOWN and link["below"] not in through
        ]

    def _word_down(self, link: Mapping[str, str]) -> str:
        kind = link["below"].partition("/")[0]
        return _ABOUT.get(kind) or _DOWN.get(link["relation"], link["relation"])

    def _line(self, word: str, key: str) -> Line:
        kind, _, name = key.partition("/")
        if key in self._missing:
            return Line(f"{word} {name} (never recorded)")
        record = self._records.get(key)
        if record is None:
            return Line(f"{word} {name}")
        if kind == "report":
            return Line(f"reported {record['verdict']} at {record['signed_at']}")
        return Line(f"{word} {name}{_facts(kind, record)}{self._gone_text(key)}", key)

    def _gone_text(self, key: str) -> str:
        """Return that a host has a thing no more, to stand after what is said of it."""
        if (since := self._gone.get(key)) is None:
            return ""
        host = (self._records[key].get("observation") or {}).get("provider", "its host")
        return f", gone from {host} since {since[:10]}"

    def _files(self, key: str) -> list[Line]:
        if not key.startswith("dataset/"):
            return []
        files = self._records[key]["files"]
        return [Line(f"{file['name']} {file['digest'][:19]}") for file in files]


def _facts(kind: str, record: Mapping[str, Any]) -> str:
    """Return a few words about a record, to stand after its name."""
    if kind == "model":
        end = (record.get("dates") or {}).get("shutdown")
        shutdown = f", shutdown {end}" if isinstance(end, str) else ""
        return f"  {record['kind']} model{shutdown}"
    if kind == "job":
        tokens = f", {record['trained_tokens']:,} tokens" if record["trained_tokens"] else ""
        return f" ({record['method']}{tokens})"
    if kind in {"evaluation", "evaluation-run"}:
        return f" on {record['dataset']}" if record.get("dataset") else ""
    return ""
