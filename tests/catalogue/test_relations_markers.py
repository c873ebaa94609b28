"""Markers and specifiers as a target answers them, and components that match by prefix."""

from __future__ import annotations

import pytest

from drivetrain.catalogue.relations.markers import Versions, marker_environment, marker_holds, matches_prefix, satisfies


@pytest.mark.parametrize(
    ("marker", "os", "arch", "python", "extra", "holds"),
    [
        ("", "linux", "x86_64", "3.12", "", True),
        ('sys_platform == "linux" and platform_machine == "x86_64"', "linux", "x86_64", "3.12", "", True),
        ('sys_platform == "linux" and platform_machine == "x86_64"', "linux", "aarch64", "3.12", "", False),
        ('platform_machine == "arm64"', "macos", "aarch64", "3.12", "", True),
        ('platform_machine == "AMD64"', "windows", "x86_64", "3.12", "", True),
        ('platform_machine == "ARM64"', "windows", "aarch64", "3.12", "", True),
        ('python_version < "3.12"', "linux", "x86_64", "3.11", "", True),
        ('python_version < "3.12"', "linux", "x86_64", "3.12", "", False),
        ('python_full_version >= "3.9.1"', "linux", "x86_64", "3.10", "", True),
        ('extra == "and-cuda"', "linux", "x86_64", "3.12", "and-cuda", True),
        ('extra == "and-cuda"', "linux", "x86_64", "3.12", "", False),
        ('platform_system == "Darwin" or os_name == "nt"', "windows", "x86_64", "3.12", "", True),
    ],
)
def test_markers(marker: str, os: str, arch: str, python: str, extra: str, holds: bool) -> None:
    assert marker_holds(marker, marker_environment(os, arch, python), extra) is holds


@pytest.mark.parametrize(
    ("version", "wish", "matches"),
    [
        ("3.11.7", "==3.11", True),
        ("3.11.7", "==3.1", False),
        ("8.9.2.26", "==8.9.2", True),
        ("12.4", "==12.4.1", False),
        ("12.4.127", "<=12.4", True),
        ("12.4.127", ">12.4", False),
        ("12.5.82", ">12.4", True),
        ("12.4.127", ">=12.4,<12.6", True),
        ("12.6.77", "<12.6", False),
        ("12.4.127", "!=12.4", False),
        ("12.4.127", "!=12.4.99", True),
        ("9.10.2.21", ">=9.3", True),
        ("11.8.89", "==11.*", True),
        ("anything", "", True),
    ],
)
def test_components_match_by_their_parts(version: str, wish: str, matches: bool) -> None:
    assert matches_prefix(version, wish) is matches


def test_distributions_keep_pep_440() -> None:
    assert satisfies("2.13.0", "==2.13")
    assert not satisfies("2.13.1", "==2.13")
    assert satisfies("2.13.1", "==2.13.*")
    assert satisfies("3.0.0rc1", ">=2")


def test_an_unreadable_old_specifier_permits_everything() -> None:
    assert satisfies("1.0", ">=1.*.0.bad")


@pytest.mark.parametrize("specifier", ["", ">=1.1", "==1.*", "==1.1", "!=1.2,<2", "==9"])
def test_asking_many_versions_at_once_is_asking_each(specifier: str) -> None:
    versions = ["0.9", "1.0", "1.1", "1.2", "2.0rc1", "2.0"]
    assert Versions(versions).satisfying(specifier) == {each for each in versions if satisfies(each, specifier)}
