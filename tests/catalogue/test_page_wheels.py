"""Wheels of a framework's own page are offered beside those of the index, and go with the builds that ask for them."""

from __future__ import annotations

from drivetrain.catalogue.offers import builds_of, is_plain
from drivetrain.catalogue.page_wheels import page_builds
from drivetrain.catalogue.source_builds import source_builds
from drivetrain.frameworks import catalogue
from drivetrain.model.build import Build, Target

FACTS = catalogue()
LINUX = Target(os="linux")


def of(distribution: str, version: str, target: Target = LINUX) -> list[Build]:
    return [each for each in builds_of(FACTS, distribution, target) if each.version == version]


def test_a_wheel_of_the_page_bears_its_label_and_is_published_there() -> None:
    (found,) = of("jaxlib", "0.4.25+cuda11.cudnn86")
    assert (found.local, found.place, found.family, found.brings_cuda) == ("cuda11.cudnn86", "jax-releases", 11, True)
    assert not is_plain(FACTS, "jaxlib")
    assert is_plain(FACTS, "numpy")


def test_an_old_release_has_a_build_for_each_family_that_the_page_serves() -> None:
    extras = {each.extras: each.variant for each in of("jax", "0.4.20")}
    assert extras[("cuda11-pip",)] == extras[("cuda12-pip",)] == "page"
    assert extras[("cpu",)] == "index"


def test_a_newer_release_has_none_of_it() -> None:
    assert {each.variant for each in of("jax", "0.5.0")} == {"index"}


def test_what_an_extra_leaves_open_keeps_its_soname() -> None:
    build = next(each for each in of("jax", "0.4.20") if each.extras == ("cuda12-pip",))
    assert any(each.name == "nvidia-cudnn-cu12" and each.specifier == ">=8.9,<9" for each in build.requires)


def test_every_wheel_of_a_page_has_requirements_tags_and_a_source() -> None:
    for name in ("jaxlib", "triton"):
        assert all(each.wheels and each.requires and each.sources for each in page_builds(name))


def test_a_release_that_exists_as_source_alone_has_the_requirements_of_its_archive() -> None:
    (build,) = of("termcolor", "1.1.0")
    assert (build.built_here, build.complete, build.requires) == (True, True, ())
    cpu = next(each for each in of("jax", "0.4.13") if each.extras == ("cpu",))
    assert cpu.built_here
    assert any(each.name == "jaxlib" and each.specifier == "==0.4.13" for each in cpu.requires)
    assert source_builds()["jax", "0.4.13"].requires == cpu.requires
