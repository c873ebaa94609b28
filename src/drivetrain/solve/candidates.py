"""Gives the builds of a distribution that every unary relation lets through, and for each other one the relation that stopped it.

Each build is judged when it is first asked for: most plans never ask about most builds.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import family_of, is_cuda_library
from drivetrain.catalogue.offers import builds_of, is_plain
from drivetrain.catalogue.plain_build import plain_build
from drivetrain.catalogue.relations.markers import Versions
from drivetrain.model.build import Build, Target
from drivetrain.model.catalogue import Release
from drivetrain.model.request import Request
from drivetrain.solve.candidate import Candidate, Field, Stopped
from drivetrain.solve.judge import Judge
from drivetrain.solve.served import extras_beside
from drivetrain.solve.ties import at_tie
from drivetrain.solve.typed_extras import others


class Sieve:
    """Asks every unary relation once per build; one per request and target."""

    def __init__(self, request: Request, target: Target, catalogue: Catalogue) -> None:
        self.request = request
        self.prefers_cpu = target.accelerator != "cuda" and not request.cuda_on_cpu
        self.target = target
        self.catalogue = catalogue
        self._judge = Judge(request, target, catalogue)
        self._fields: dict[str, Field] = {}
        self._slots: dict[str, tuple[Release | Build, ...]] = {}
        self._answers: dict[str, dict[int, Candidate | Stopped | None]] = {}
        self._versions: dict[str, Versions] = {}
        self._beside: dict[str, tuple[str, ...]] = {}
        self._leaves: dict[str, bool] = {}
        self._breaks: dict[str, list[tuple[int, str]]] = {}
        self._young: dict[str, list[int]] = {}
        self._matching: dict[tuple[str, str], frozenset[str]] = {}

    def field(self, distribution: str) -> Field:
        """Gives the candidates of a distribution, newest first; asks the relations of every build of it."""
        if distribution not in self._fields:
            answers = [self._answer(distribution, position) for position in range(len(self.slots(distribution)))]
            self._fields[distribution] = Field(
                distribution=distribution,
                candidates=tuple(each for each in answers if isinstance(each, Candidate)),
                stopped=tuple(each for each in answers if isinstance(each, Stopped)),
            )
        return self._fields[distribution]

    def slots(self, distribution: str) -> tuple[Release | Build, ...]:
        """Gives what there is of a distribution, newest first: its builds, or its releases where each is one build, made when it is asked for."""
        if distribution not in self._slots:
            if self.target.all_conda:
                from drivetrain.catalogue.conda_offers import conda_builds_of

                self._slots[distribution] = conda_builds_of(self.catalogue, distribution, self.target)
                return self._slots[distribution]
            plain = is_plain(self.catalogue, distribution)
            self._slots[distribution] = self.catalogue.releases(distribution) if plain else builds_of(self.catalogue, distribution, self.target)
        return self._slots[distribution]

    def admitted(self, distribution: str, specifier: str) -> frozenset[int]:
        """Gives the places in `slots` of the candidates that satisfy a specifier; only these are judged."""
        versions = self.matching(distribution, specifier)
        return frozenset(
            position
            for position, slot in enumerate(self.slots(distribution))
            if slot.version in versions and isinstance(self._answer(distribution, position), Candidate)
        )

    def matching(self, distribution: str, specifier: str) -> frozenset[str]:
        """Gives the versions of a distribution that satisfy a specifier, candidates or not."""
        key = (distribution, specifier)
        if key not in self._matching:
            if distribution not in self._versions:
                self._versions[distribution] = Versions(tuple(dict.fromkeys(slot.version for slot in self.slots(distribution))))
            self._matching[key] = self._versions[distribution].satisfying(specifier)
        return self._matching[key]

    def places(self, distribution: str, specifier: str) -> frozenset[int]:
        """Gives the places in `slots` that satisfy a specifier, judged or not."""
        versions = self.matching(distribution, specifier)
        return frozenset(position for position, slot in enumerate(self.slots(distribution)) if slot.version in versions)

    def is_leaf(self, distribution: str) -> bool:
        """Tells whether a distribution is a plain library that has no part in CUDA, requires nothing that is planned, and was not asked for."""
        if distribution not in self._leaves:
            catalogue = self.catalogue
            self._leaves[distribution] = (
                is_plain(catalogue, distribution)
                and not is_cuda_library(distribution)
                and family_of(distribution, "0") is None
                and not any(self._judge.canonical(each.name) == distribution for each in (*self.request.wishes, *self.request.constraints))
                and not any(
                    catalogue.knows(each.name) and "extra" not in each.marker for release in catalogue.releases(distribution) for each in release.requires
                )
            )
        return self._leaves[distribution]

    def breaks_on(self, distribution: str, position: int) -> tuple[int, ...]:
        """Gives the breaks that a release takes part in, on either side."""
        if not self._breaks:
            for number, each in enumerate(self.catalogue.breaks):
                self._breaks.setdefault(each.distribution, []).append((number, each.versions))
                self._breaks.setdefault(each.other, []).append((number, each.other_versions))
        version = self.slots(distribution)[position].version
        return tuple(number for number, versions in self._breaks.get(distribution, ()) if version in self.matching(distribution, versions))

    def candidate_at(self, distribution: str, position: int) -> Candidate | None:
        """Gives the candidate at a place of `slots`; None where a relation stops it."""
        answer = self._answer(distribution, position)
        return answer if isinstance(answer, Candidate) else None

    def at(self, distribution: str, position: int) -> Candidate:
        """Gives the candidate at a place of `slots`, which `admitted` gave."""
        answer = self._answer(distribution, position)
        assert isinstance(answer, Candidate)
        return answer

    def answers(self, distribution: str, version: str) -> tuple[Candidate | Stopped, ...]:
        """Gives what the relations say of every build of one release; nothing for one that nobody asked for (a pre-release)."""
        found = (self._answer(distribution, position) for position, slot in enumerate(self.slots(distribution)) if slot.version == version)
        return tuple(each for each in found if each is not None)

    def by_age(self, distribution: str) -> Iterator[Candidate]:
        """Gives the candidates with the youngest first; the relations are asked only of as many builds as are taken."""
        if distribution not in self._young:
            slots = self.slots(distribution)
            self._young[distribution] = sorted(range(len(slots)), key=lambda position: _dated(slots[position]), reverse=True)
        for position in self._young[distribution]:
            answer = self._answer(distribution, position)
            if isinstance(answer, Candidate):
                yield answer

    def newest_date(self, distribution: str) -> str:
        """Gives the date from which ages are counted: of the youngest candidate; empty without one."""
        return next((each.build.dated for each in self.by_age(distribution)), "")

    def _answer(self, distribution: str, position: int) -> Candidate | Stopped | None:
        answers = self._answers.setdefault(distribution, {})
        if position not in answers:
            slot = self.slots(distribution)[position]
            build = slot if isinstance(slot, Build) else plain_build(self.catalogue, distribution, slot, self.target)
            wanted = self._judge.wanted(distribution)
            if further := (*others(wanted.extras, wanted.framework), *self._extras_beside(build)):
                build = structs.replace(build, extras=(*build.extras, *further))
            if wanted.ties:
                build = at_tie(build, wanted.ties, self.catalogue)
            answers[position] = self._judge.answer(build)
        return answers[position]

    def _extras_beside(self, build: Build) -> tuple[str, ...]:
        """Gives the extras by which a build brings what it needs beside the frameworks asked for, those that this release has."""
        name = build.distribution
        if name not in self._beside:
            self._beside[name] = extras_beside(name, self.request, self.catalogue)
        return tuple(extra for extra in self._beside[name] if any(f'"{extra}"' in each.marker for each in build.requires))

    def canonical(self, name: str) -> str:
        """Gives the distribution that a name is planned as: `tensorflow` for `tensorflow-gpu`."""
        return self._judge.canonical(name)


def _dated(slot: Release | Build) -> str:
    return slot.dated if isinstance(slot, Build) else slot.released
