"""Finds requirements that nothing on the target satisfies, and the relation that stops what would."""

from __future__ import annotations

from collections.abc import Iterator

from drivetrain.catalogue.relations.markers import satisfies
from drivetrain.model.catalogue import Requirement
from drivetrain.solve.candidate import Candidate, Stopped
from drivetrain.solve.candidates import Sieve


def unserved(sieve: Sieve, candidate: Candidate) -> Iterator[Requirement]:
    """Gives the requirements of a build that no candidate satisfies, as they hold here: with its own extras, on some Python that it serves."""
    catalogue, platform = sieve.catalogue, sieve.target.platform
    for each in candidate.build.requires:
        extras = ("", *candidate.build.extras) if "extra" in each.marker else ("",)
        held = catalogue.knows(each.name) and any(
            catalogue.marker_holds(each.marker, platform, python, extra) for python in candidate.pythons for extra in extras
        )
        if held and not sieve.admitted(each.name, each.specifier):
            yield each


def stopped_by(sieve: Sieve, requirement: Requirement) -> list[Stopped]:
    """Gives the builds that a requirement admits and a relation stops."""
    return [each for each in sieve.field(requirement.name).stopped if satisfies(each.build.version, requirement.specifier)]
