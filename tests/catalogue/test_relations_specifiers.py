"""Plain specifiers are evaluated as the packaging library does it: every one of the snapshot, and random ones."""

from __future__ import annotations

from random import Random

import pytest
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from drivetrain.catalogue.relations.markers import Versions, names_prerelease, satisfies
from drivetrain.catalogue.relations.specifiers import clauses_of
from drivetrain.frameworks import catalogue

VERSIONS = (
    *map(Version, ("1", "1.0", "1.0.0", "1.0.1", "1.1", "1.9.9", "2", "2.0", "2.1", "2.1.0.5", "10", "0.9.1", "1!2.0")),
    *map(Version, ("2.0rc1", "2.0.post1", "2.0.post1.dev2", "2.0+cu118", "2.0.1+cpu", "2.0a1.dev1", "2.0.dev3", "3.0b2+x")),
)


def agrees(specifier: str, versions: tuple[Version, ...]) -> bool:
    tests = clauses_of(specifier)
    if tests is None:
        return True
    reference = SpecifierSet(specifier)
    return all(all(test(each) for test in tests) == reference.contains(each, prereleases=True) for each in versions)


def test_every_specifier_of_the_snapshot() -> None:
    facts = catalogue()
    specifiers: dict[str, set[str]] = {}
    for name in facts.distributions:
        for release in facts.releases(name):
            for requirement in release.requires:
                specifiers.setdefault(requirement.name, set()).add(requirement.specifier)
    every = [(name, each) for name, known in specifiers.items() for each in known]
    assert not [pair for pair in every if not agrees(pair[1], (*(Version(each.version) for each in facts.releases(pair[0])[:60]), *VERSIONS))]
    assert sum(clauses_of(each) is None for _, each in every) * 10 < len(every)


@pytest.mark.parametrize("seed", range(10))
def test_random_specifiers(seed: int) -> None:
    chance = Random(seed)
    for _ in range(200):
        clauses = [
            chance.choice([">=", "<=", "<", ">", "==", "!=", "~="]) + ".".join(str(chance.choice([0, 1, 2, 9])) for _ in range(chance.randint(1, 4))) + tail
            for tail in chance.choices(["", "", ".*"], k=chance.randint(1, 2))
        ]
        specifier = ",".join(clauses)
        try:
            SpecifierSet(specifier)
        except InvalidSpecifier:
            assert clauses_of(specifier) is None, specifier
        else:
            assert agrees(specifier, VERSIONS), specifier


@pytest.mark.parametrize("specifier", ["<5.0.0dev", ">=2.9.0rc0", "==2.0+cu118", "===2.0", "nonsense", ">=1!2"])
def test_what_is_not_plain_is_the_librarys_to_answer(specifier: str) -> None:
    assert clauses_of(specifier) is None
    texts = tuple(map(str, VERSIONS))
    if specifier != "nonsense":
        expected = {each for each in texts if SpecifierSet(specifier).contains(each, prereleases=True)}
        assert Versions(texts).satisfying(specifier) == expected == {each for each in texts if satisfies(each, specifier)}


def test_a_prerelease_is_asked_for_by_naming_one() -> None:
    assert names_prerelease("==2.22.0rc0")
    assert not names_prerelease(">=2.1,<3")
