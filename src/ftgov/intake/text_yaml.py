"""YAML as people write it by hand, read without YAML's surprises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ftgov.errors import FtgovError, UsageError


class _Loader(yaml.SafeLoader):
    """A safe loader that keeps times as text and refuses duplicate keys, anchors and aliases."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not read", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - signature of the library
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                )
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:timestamp"]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        UsageError: If there is no such file.
        FtgovError: If it can't be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as fault:
        raise UsageError(
            f"There is no file {path}.", next_step="Check the path and try again."
        ) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise FtgovError(
            f"The file {path} cannot be read as UTF-8 text.",
            why=str(fault),
            next_step="Check its permissions and encoding.",
        ) from fault


def load_yaml(path: Path) -> Any:
    """Return the content of a YAML file: times as text, duplicate keys and aliases refused.

    Raises:
        UsageError: If the file is absent or not such YAML; names file and line.
    """
    text = read_text(path)
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - _Loader is a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise UsageError(
            f"{where}: this is not YAML that can be read.",
            why=str(getattr(fault, "problem", fault)),
            next_step="Correct the line and try again.",
        ) from fault
