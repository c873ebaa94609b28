"""Plain requirements and markers are read as the packaging library reads them: all of the snapshot, and random ones; what is not plain is left to it."""

from __future__ import annotations

from random import Random

import pytest
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from drivetrain.catalogue.relations.markers import marker_environment
from drivetrain.catalogue.relations.plain_requirements import plain_requirement, plainly_holds
from drivetrain.frameworks import catalogue
from drivetrain.model.catalogue import Requirement as Plain

PLACES = [
    dict(marker_environment(os, arch, python))
    for os, arch, python in (("linux", "x86_64", "3.11.7"), ("windows", "x86_64", "3.9"), ("macos", "aarch64", "3.13.2"))
]


def agrees(marker: str, extra: str) -> bool:
    return all(found in (None, Marker(marker).evaluate({**place, "extra": extra})) for place in PLACES for found in [plainly_holds(marker, place, extra)])


def same(line: str) -> bool:
    """Whether a line is read as the library reads it, or left to it."""
    found = plain_requirement(line)
    if found is None:
        return True
    parsed = Requirement(line)
    marker = "" if parsed.marker is None else str(parsed.marker)
    return (
        (found.name, set(found.extras)) == (canonicalize_name(parsed.name), {canonicalize_name(each) for each in parsed.extras})
        and parsed.url is None
        and SpecifierSet(found.specifier) == parsed.specifier
        and (str(Marker(found.marker)) if found.marker else "") == marker
    )


def spelled(each: Plain) -> str:
    extras = f"[{','.join(each.extras)}]" if each.extras else ""
    return f"{each.name}{extras}{each.specifier}{'; ' if each.marker else ''}{each.marker}"


def test_every_requirement_of_the_snapshot() -> None:
    facts = catalogue()
    every = {each for name in facts.distributions for release in facts.releases(name)[:12] for each in release.requires}
    lines = [spelled(each) for each in every]
    assert not [line for line in lines if not same(line)]
    assert sum(plain_requirement(line) is None for line in lines) * 20 < len(lines)


def test_every_marker_of_the_snapshot() -> None:
    markers = {(each.marker, each.extra) for each in catalogue().snapshot.markers}
    assert not [pair for pair in markers if not agrees(*pair)]
    assert sum(plainly_holds(marker, PLACES[0], extra) is None for marker, extra in markers) * 10 < len(markers)


@pytest.mark.parametrize("seed", range(10))
def test_random_markers(seed: int) -> None:
    chance = Random(seed)
    pieces = (
        *("(", ")", "and", "or", "not", '"', "extra"),
        *('python_version >= "3.10"', "python_version<'3.9'", 'python_full_version != "3.11.7"', 'python_version == "3.*"', 'python_version ~= "3.9"'),
        *('sys_platform == "linux"', "sys_platform != 'win32'", 'platform_machine > "a"', 'os_name=="nt"', 'extra == "And_Cuda"', '"3" < python_version'),
        *('platform_release >= "5"', 'sys_platform in "linux win32"', 'implementation_version < "3.12"', 'nothing == "x"', 'platform_machine == "10"'),
    )
    for _ in range(300):
        marker = " ".join(chance.choices(pieces[7:] if chance.random() < 0.3 else pieces, k=chance.choice([1, 1, 3, 3, 5, 7])))
        try:
            assert agrees(marker, chance.choice(["", "and-cuda"])), marker
        except (InvalidMarker, UndefinedEnvironmentName, UndefinedComparison):
            assert all(plainly_holds(marker, place) is None for place in PLACES), marker


@pytest.mark.parametrize("seed", range(10))
def test_random_requirements(seed: int) -> None:
    chance = Random(seed)
    pieces = (
        "torch",
        "Typing_Extensions",
        "a.b-",
        " ",
        "[",
        "]",
        "cuda",
        ",",
        "(",
        ")",
        ">=",
        "==",
        "<",
        "~=",
        "2",
        "1.0",
        ".*",
        "!=",
        ";",
        "extra == 'x'",
        "@",
        "+cpu",
    )
    for _ in range(400):
        line = chance.choice(["torch", "Typing_Extensions", "a"]) + "".join(chance.choices(pieces, k=chance.randint(0, 7)))
        try:
            assert same(line), line
        except (InvalidRequirement, InvalidMarker):
            # An unreadable marker is still the library's to refuse: whoever asks evaluates it.
            found = plain_requirement(line)
            assert found is None or (found.marker and plainly_holds(found.marker, PLACES[0]) is None), line


@pytest.mark.parametrize(
    "line",
    [
        "torch @ https://files.example/torch.whl",
        "torch>=2,",
        "torch (>=2.2.*)",
        "torch 2.0",
        "torch===2",
        "torch[a b]",
        "-e .",
        "",
        "torch>=2.0rc1",
        "torch[-a]",
    ],
)
def test_what_is_not_plain_is_the_librarys_to_read(line: str) -> None:
    assert plain_requirement(line) is None


def test_what_most_metadata_says() -> None:
    found = plain_requirement('Cuda_Toolkit[cuBLAS, cudart] (<14,>=13.0) ; platform_system == "Linux" and extra == "gpu"')
    assert found is not None
    assert (found.name, found.extras, found.specifier) == ("cuda-toolkit", ("cublas", "cudart"), "<14,>=13.0")
    assert [plainly_holds(found.marker, place, "gpu") for place in PLACES] == [True, False, False]
    assert plainly_holds(found.marker, PLACES[0]) is False
    assert plainly_holds("", PLACES[0]) is True
