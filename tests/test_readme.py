"""What README and docs say to type exists, both languages say the same, and every link leads somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from drivetrain.cli import main

from house import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(path: Path) -> list[tuple[str, ...]]:
    """Gives the words of each `drivetrain` or `./drivetrain` line, in code blocks and between backquotes, without comments."""
    text = path.read_text(encoding="utf-8")
    lines = [line for block in re.findall(r"^```sh$(.*?)^```$", text, re.MULTILINE | re.DOTALL) for line in block.splitlines()]
    lines += [each for each in re.findall(r"`((?:\./)?drivetrain [^`]+)`", text) if not each.endswith("...")]
    words = [tuple(shlex.split(line, comments=True)) for line in lines]
    return [each[1:] for each in words if each and each[0] in ("drivetrain", "./drivetrain")]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_and_flag_exists(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in commands(path):
        verb = next((each for each in words if not each.startswith("-")), None)
        assert main([*([verb] if verb else []), "--help"]) == 0, words
        known = capsys.readouterr().out
        own = words[: words.index("--")] if "--" in words else words
        assert not [each for each in own if each.startswith("-") and each.split("=")[0] not in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", known)], words


def test_both_languages_say_the_same_commands() -> None:
    assert len(commands(ROOT / "README.md")) > 9
    assert commands(ROOT / "README.md") == commands(ROOT / "README.zh.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    assert not [each for each in links if not each.startswith("http") and not (path.parent / each).exists()]
