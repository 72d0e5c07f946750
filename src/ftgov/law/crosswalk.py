"""The crosswalk: which identifiers of other regimes and standards lie beside a duty."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from pydantic import Field, ValidationError

from ftgov.records.base import Record
from ftgov.strict_yaml import Keyed, YamlFault, line_of, lines_of, parse_one, texts

NAMES = {
    "gdpr": "GDPR, Art.",
    "iso42001": "ISO/IEC 42001, Annex",
    "nist": "NIST AI RMF 1.0",
    "ai600_1": "NIST AI 600-1, section",
    "hipaa": "HIPAA, 45 CFR",
    "nyc": "NYC LL144",
}
"""How each regime or standard is called before its identifiers."""


class Topic(Record):
    """A topic and its identifiers in each regime; empty where it has none."""

    title: str
    duties: tuple[str, ...] = Field(min_length=1, description="ids of the AI Act packs")
    gdpr: tuple[str, ...] = ()
    iso42001: tuple[str, ...] = ()
    nist: tuple[str, ...] = ()
    ai600_1: tuple[str, ...] = ()
    hipaa: tuple[str, ...] = ()
    nyc: tuple[str, ...] = ()
    certainty: Literal["law", "general", "secondary"]


class Crosswalk(Record):
    """All topics by id."""

    topics: dict[str, Topic]

    def about(self, name: str) -> dict[str, Topic]:
        """Return the topics with an id, or those that hold a duty; empty where there is none."""
        return {
            key: topic
            for key, topic in self.topics.items()
            if name == key or name.upper() in topic.duties
        }


def load_crosswalk(
    text: str, name: str, *, duties: Collection[str], nyc: Collection[str]
) -> Crosswalk:
    """Load the crosswalk and check that every identifier of ours exists.

    Args:
        text: The YAML text.
        name: The file's name, for faults.
        duties: Ids of duties that some AI Act pack has.
        nyc: Ids of duties of the NYC pack.

    Raises:
        UsageError: If it is malformed or names a duty that no pack has; names file and line.
    """
    root = parse_one(text, name)
    if not isinstance(root, Keyed):
        raise YamlFault(name, root.line, "a mapping with 'topics' is expected")
    lines = lines_of(root)
    try:
        found = Crosswalk.model_validate(texts(root))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise YamlFault(name, line_of(lines, where), f"{where}: {first['msg']}") from fault
    for key, topic in found.topics.items():
        strange = [each for each in topic.duties if each not in duties]
        strange += [each for each in topic.nyc if each not in nyc]
        if strange:
            line = line_of(lines, f"topics.{key}")
            raise YamlFault(name, line, f"topics.{key} names {strange[0]}, which no pack has")
    return found
