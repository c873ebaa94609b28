"""conda-forge's builds: every row has its recipe, its platform, and libraries that are in the file as well."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue import CONDA_LIBRARIES
from drivetrain.catalogue.conda import CondaBuild
from drivetrain.catalogue.conda_offers import conda_builds_of
from drivetrain.catalogue.relations.device_code import capability_of
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.frameworks import catalogue
from drivetrain.model.build import Target
from drivetrain.model.catalogue import PLATFORMS

FACTS = catalogue()


def rows() -> Iterator[CondaBuild]:
    return (row for of_name in FACTS.conda_builds.values() for row in of_name)


def test_every_row_has_its_recipe_and_platform() -> None:
    for row in rows():
        assert row.sources, row
        assert row.platforms, row
        assert set(row.platforms) <= set(PLATFORMS)
        assert not version_of(row.version).is_prerelease
        assert FACTS.framework(row.distribution) is not None or row.distribution in CONDA_LIBRARIES


def test_what_a_build_pins_is_there_on_each_of_its_platforms() -> None:
    for row in rows():
        for each in row.requires:
            there = [other for other in FACTS.conda_builds[each.name] if satisfies(other.version, each.specifier)]
            there = [other for other in there if row.family is None or other.family in (None, row.family)]
            missing = [platform for platform in row.platforms if not any(platform in other.platforms for other in there)]
            # The oldest recipes take cuDNN 8, which conda-forge has had for fewer CUDA releases and platforms.
            assert not missing or (each.name == "cudnn" and row.built < "2025"), (row.distribution, row.version, row.build, each)


def test_targets_are_targets_and_grow_with_cuda() -> None:
    for row in rows():
        for each in row.targets or ():
            capability_of(each)
        if row.cuda and row.targets and row.cuda.startswith("13"):
            assert "sm_70" not in row.targets, "CUDA 13 compiles nothing before Turing"


def test_a_release_that_no_recipe_builds_is_offered_to_be_refused_with_a_reason() -> None:
    target = Target(os="linux", driver="580", ceiling="13.0", pythons=("3.12",), places=("conda-forge",))
    builds = conda_builds_of(FACTS, "torch", target)
    assert {each.place for each in builds} == {"index", "conda-forge"}
    newest = builds[0]
    assert newest.place == "index"
    assert not newest.typed
    assert all(each.typed for each in builds if each.place == "conda-forge")
