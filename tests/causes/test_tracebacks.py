"""Every log that a really broken environment printed is explained right: the first cause is one of those that its breaking made true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from causes_told import first_cause

FOLDER = Path(__file__).parent / "tracebacks"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
PLACES = re.compile(r"/root\b|/tmp/(?!build)|pypi\.org|pythonhosted|\.pyenv")
"""What belongs to one machine and must not stand in a log that is kept."""


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_a_broken_environment_prints_is_explained(name: str) -> None:
    log = (FOLDER / f"{name}.log").read_text()
    assert first_cause(log, EXPECTED[name]["facts"]) in EXPECTED[name]["causes"]


def test_each_log_is_expected_and_there_are_a_hundred() -> None:
    logs = {each.stem for each in FOLDER.glob("*.log")}
    assert logs == set(EXPECTED)
    assert len(logs) >= 100


def test_no_log_names_the_machine_on_which_it_was_made() -> None:
    named = {each.name: found[0] for each in FOLDER.glob("*.log") if (found := PLACES.search(each.read_text()))}
    assert named == {}
