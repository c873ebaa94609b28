"""The companions that plans read are those that people wrote, each with a source, a framework that exists and releases that the index has."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.companions import read_companions
from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.frameworks import catalogue
from drivetrain.model.companion import Companion

TOOL = Path(__file__).parents[2] / "tools" / "compile_companions.py"
EVERY = pytest.mark.parametrize("companion", read_companions().values(), ids=lambda each: each.name)


@pytest.fixture(scope="module")
def facts() -> Catalogue:
    return catalogue()


def test_the_compiled_companions_are_those_of_the_written_file() -> None:
    tool = runpy.run_path(str(TOOL))
    assert (tool["DATA"] / "companions.json").read_bytes() == tool["compiled"](), "run: python tools/compile_companions.py"


@EVERY
def test_it_goes_with_a_framework_and_the_snapshot_has_it(companion: Companion, facts: Catalogue) -> None:
    assert companion.framework in {each.name for each in facts.frameworks} or (companion.instead and not companion.framework)
    assert facts.releases(companion.name)


@EVERY
def test_every_row_has_a_source_and_is_of_some_release(companion: Companion, facts: Catalogue) -> None:
    versions = [each.version for each in facts.releases(companion.name)]
    assert companion.sources
    for row in (*companion.goes, *companion.elsewhere):
        assert row.sources
    for specifier in (*(row.versions for row in companion.goes if row.versions), *(mine for mine, _ in companion.pairs)):
        assert any(satisfies(version, specifier) for version in versions), f"{companion.name} {specifier} is no release"


@EVERY
def test_metadata_is_silent_where_a_pair_is_written(companion: Companion, facts: Catalogue) -> None:
    """A pin that METADATA has is read from there: a second one could only disagree."""
    framework = next((each.distribution for each in facts.frameworks if each.name == companion.framework), None)
    for mine, _ in companion.pairs:
        released = [each for each in facts.releases(companion.name) if satisfies(each.version, mine)]
        assert not [each.version for each in released if any(need.name == framework and "==" in need.specifier for need in each.requires)]


@EVERY
def test_a_release_that_has_wheels_elsewhere_exists(companion: Companion, facts: Catalogue) -> None:
    versions = {each.version for each in facts.releases(companion.name)}
    assert {row.version for row in companion.elsewhere if row.version} <= versions
    assert all(row.url.startswith("https://") for row in companion.elsewhere)
    assert all("{build}" in row.url and row.framework for row in companion.elsewhere if row.links)
