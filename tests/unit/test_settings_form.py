"""A setting that is misspelt or of the wrong type is refused by name; nothing is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from ftgov import api
from ftgov.api.gates import default_gates
from ftgov.errors import UsageError

HEADING = '[workspace]\nschema = 1\nname = "place"\ncreated = "2026-11-21T09:30:00Z"\n'


@pytest.fixture
def place(tmp_path: Path) -> Path:
    with api.init(tmp_path / "place"):
        pass
    return tmp_path / "place"


def _gates(place: Path, text: str, *, before: str = "") -> tuple[str, ...]:
    (place / "ftgov.toml").write_text(before + HEADING + text)
    with api.open_workspace(place) as opened:
        return default_gates(opened)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[gates]\ndefaults = ["a"]\n', r"\[gates\] defaults is unknown; did you mean 'default'"),
        ('[gates]\ndefualt = ["a"]\n', r"\[gates\] defualt is unknown; did you mean 'default'"),
        ('[gate]\ndefault = ["a"]\n', r"\[gate\] is unknown; did you mean 'gates'"),
        ('[Gates]\ndefault = ["a"]\n', r"\[Gates\] is unknown; did you mean 'gates'"),
        ("[gates]\ndefault = 3\n", r"\[gates\] default is wrong"),
        ('[gates]\ndefault = "baseline"\n', r"\[gates\] default is wrong"),
        ('[gates]\ndefault = ["a", 3]\n', r"\[gates\] default.1 is wrong"),
        ('[trust]\nroots = "x"\n', r"\[trust\] roots is unknown; did you mean 'root'"),
        ("[trust]\nroot = 3\n", r"\[trust\] root is wrong"),
        ('[trust]\npack = ""\n', r"\[trust\] pack is wrong"),
        ('nmae = "x"\n', r"\[workspace\] nmae is unknown; did you mean 'name'"),
    ],
)
def test_a_setting_that_would_be_passed_over_is_refused(place: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as met:
        _gates(place, text)
    assert "ftgov.toml" in met.value.what


@pytest.mark.parametrize("before", ["gates = 3\n", 'default = ["a"]\n', "trust = 'x'\n"])
def test_a_key_outside_every_table_is_refused(place: Path, before: str) -> None:
    with pytest.raises(UsageError, match=r"is no table|is unknown"):
        _gates(place, "", before=before)


def test_sound_settings_and_tables_of_commands_are_taken(place: Path) -> None:
    own = '[gates]\ndefault = ["strict", "baseline"]\n[trust]\npack = "p"\n'
    others = '[check]\nformat = "json"\n[theirs]\nany = 3\n[keys.trust-pack]\nholder = "A"\n'
    assert _gates(place, own + others) == ("strict", "baseline")
    assert _gates(place, others) == ("baseline",)
