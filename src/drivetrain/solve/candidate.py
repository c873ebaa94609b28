"""What the relations say of one build: a candidate, or the relation that stopped it; and what the request says of its distribution."""

from __future__ import annotations

from msgspec import Struct

from drivetrain.catalogue.relations.markers import marker_environment, marker_holds, satisfies
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.plan import Reason
from drivetrain.model.request import Wish
from drivetrain.solve.ties import Tie


class Candidate(Struct, frozen=True, kw_only=True):
    """A build that may be chosen, with what the relations said of it."""

    build: Build
    pythons: frozenset[str]
    bytes: int | None
    """Of its largest wheel for the platform; None where no document says it."""
    assumptions: tuple[str, ...] = ()
    minor: bool = False
    """Whether the driver serves its CUDA only through minor-version compatibility."""
    jit: bool = False
    """Whether it starts on some GPU by compiling PTX."""
    jit_certain: bool = False
    """The driver compiles that PTX for certain, also where it serves the build's CUDA only in part."""


class Stopped(Struct, frozen=True, kw_only=True):
    """A build that may not be chosen, and the one relation that decides it."""

    build: Build
    reason: Reason
    depth: int
    """How many relations it passed before: the deepest is the one to tell of a release."""


class Field(Struct, frozen=True, kw_only=True):
    """Every candidate of one distribution, and what was stopped."""

    distribution: str
    candidates: tuple[Candidate, ...]
    stopped: tuple[Stopped, ...]


class Wanted(Struct, frozen=True, kw_only=True):
    """What the request says of one distribution."""

    framework: Framework | None
    specifiers: tuple[str, ...]
    marked: tuple[Wish, ...]
    """Wishes with a marker: they bind only the Pythons on which it holds."""
    ruled_out: frozenset[str]
    extras: tuple[str, ...] = ()
    """As typed."""
    names: frozenset[str] = frozenset()
    """Names of wheels that were typed ("cupy-cuda12x"): they bind the build."""
    ties: tuple[Tie, ...] = ()
    """Where their files tie it to."""


def held_on(wish: Wish, target: Target) -> frozenset[str]:
    """Gives the Pythons of the target on which a wish's marker holds."""
    os, arch = target.os, target.platform.split("-")[1]
    return frozenset(each for each in target.pythons if marker_holds(wish.marker, marker_environment(os, arch, each)))


def wish_allows(build: Build, specifier: str) -> bool:
    """Tells whether a build satisfies a wish; a local version typed (`==1.13.1+cu117`) names the build."""
    if "+" not in specifier:
        return satisfies(build.version, specifier)
    clauses = [clause.strip() for clause in specifier.split(",")]
    public = ",".join(clause.split("+")[0] for clause in clauses)
    labels = {clause.split("+")[1] for clause in clauses if "+" in clause}
    return satisfies(build.version, public) and (build.build in labels or build.local in labels)
