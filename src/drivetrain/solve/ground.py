"""Turns the builds that a request can reach into the facts of the logic program."""

from __future__ import annotations

from datetime import date
from itertools import takewhile

from drivetrain.catalogue.companions import suits
from drivetrain.catalogue.families import is_cuda_library, is_cudnn, is_runtime
from drivetrain.catalogue.page_wheels import framework_of_page
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.catalogue.toolkits import cuda_releases
from drivetrain.model.build import Build
from drivetrain.model.catalogue import Break
from drivetrain.solve import program
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.reach import Reach

BYTES_UNIT = 1 << 16
"""clingo counts in 32 bits: sizes are counted in 64 KiB."""


class Ground:
    """The facts of one request within a window of releases, and the names that their integers stand for."""

    def __init__(self, sieve: Sieve, asked: tuple[str, ...], window: dict[str, int]) -> None:
        self.sieve = sieve
        self.target = sieve.target
        self.asked = asked
        self.reach = Reach(sieve, asked, {name: within(sieve, name, window.get(name)) for name in asked})
        self.distributions = list(self.reach.reached)
        self.numbers = {name: number for number, name in enumerate(self.distributions)}
        self._near = {near for name in asked for each in within(sieve, name, window.get(name)) for near in each.build.near}
        self._breaks: dict[str, list[tuple[int, Break]]] = {}
        for number, each in enumerate(sieve.catalogue.breaks):
            # Most breaks are about releases long gone: only those with something on both sides take part.
            if self._any(each.distribution, each.versions) and self._any(each.other, each.other_versions):
                for name in (each.distribution, each.other):
                    self._breaks.setdefault(name, []).append((number, each))
        self._on: dict[str, list[int]] = {}
        for number, requirement in enumerate(self.reach.requirements):
            self._on.setdefault(requirement.name, []).append(number)
        self.options: list[Candidate] = []
        self._option: dict[tuple[str, int], int] = {}
        self._extras: dict[str, int] = {}
        self._variants: dict[str, int] = {}
        self._pairs = 0
        self._facts: list[str] = []
        for name in self.distributions:
            for position in self._kept(name):
                self._option[name, position] = len(self.options)
                self.options.append(self.reach.candidate(name, position))
        self._emit()

    @property
    def text(self) -> str:
        return "\n".join(self._facts)

    def _any(self, name: str, versions: str) -> bool:
        reached = self.reach.reached.get(name, ())
        return any(satisfies(self.reach.candidate(name, position).build.version, versions) for position in reached)

    def _kept(self, name: str) -> list[int]:
        """Leaves out builds that no objective could prefer: another one, newer, relates to everything in the same way."""
        positions = sorted(self.reach.reached[name])
        if name in self.asked:
            return positions
        admitted_by: dict[int, list[int]] = {}
        for number in self._on.get(name, ()):
            for position in self.reach.admits[number]:
                admitted_by.setdefault(position, []).append(number)
        classes: dict[object, list[int]] = {}
        for position in positions:
            classes.setdefault((tuple(admitted_by.get(position, ())), self._signature(name, position)), []).append(position)
        # Candidates lie newest first; where the version nearest above a bound may be meant, the oldest of a class stays too.
        kept = [each[0] for each in classes.values()] + [each[-1] for each in classes.values() if name in self._near and len(each) > 1]
        return sorted(kept)

    def _signature(self, name: str, position: int) -> object:
        candidate = self.reach.candidate(name, position)
        build = candidate.build
        breaks = tuple(
            number
            for number, each in self._breaks.get(name, ())
            if build.version in self.sieve.matching(name, each.versions if each.distribution == name else each.other_versions)
        )
        return (
            tuple(self.reach.edges.get((name, position), ())),
            candidate.pythons,
            build.family,
            len(candidate.assumptions),
            candidate.minor,
            candidate.jit and not candidate.jit_certain,
            build.brings_cuda,
            build.variant,
            build.bundled,
            cuda_releases(self.sieve.catalogue, name, build.version),
            breaks,
            build.suits,
            build.from_source,
        )

    def _fact(self, name: str, *numbers: int) -> None:
        self._facts.append(f"{name}({','.join(map(str, numbers))}).")

    def _extra(self, name: str) -> int:
        return self._extras.setdefault(name, len(self._extras))

    def _emit(self) -> None:
        for number in range(len(self.target.pythons)):
            self._fact("py", number)
            self._fact("costp", program.LEVEL_PYTHON, number, number)
        for name in self.asked:
            self._fact("root", self.numbers[name])
        self._emit_requirements()
        for name in self.distributions:
            self._emit_options(name)
        for (name, position), edges in self.reach.edges.items():
            if (name, position) in self._option:
                for edge in edges:
                    self._emit_edge(self.numbers[name], self._option[name, position], edge.requirement, edge.extra, edge.pythons)
        self._emit_breaks()
        for name in self.distributions:
            self._emit_suits(name)

    def _emit_requirements(self) -> None:
        for number, requirement in enumerate(self.reach.requirements):
            self._fact("on", number, self.numbers[requirement.name])
            for extra in requirement.extras:
                self._fact("gives", number, self._extra(extra))
            for position in self.reach.admits[number]:
                if (requirement.name, position) in self._option:
                    self._fact("ok", number, self._option[requirement.name, position])

    def _emit_edge(self, distribution: int, option: int, requirement: int, extra: str, pythons: frozenset[str] | None) -> None:
        on = [self.target.pythons.index(python) for python in pythons] if pythons is not None else None
        if extra:
            marked = self._extra(extra)
            if on is None:
                self._fact("reqx", distribution, option, marked, requirement)
            for python in on or ():
                self._fact("reqxp", distribution, option, marked, requirement, python)
            return
        if on is None:
            self._fact("req", distribution, option, requirement)
        for python in on or ():
            self._fact("reqp", distribution, option, requirement, python)

    def _emit_options(self, name: str) -> None:
        number = self.numbers[name]
        options = [(option, self.options[option]) for (each, _), option in self._option.items() if each == name]
        # CUDA and cuDNN are compared across families: 13.1 is newer than 12.9, although they are distributions of their own.
        every = self.sieve.catalogue.distributions if is_runtime(name) or is_cudnn(name) else ()
        alike = [name, *(each for each in every if (is_runtime(name) and is_runtime(each)) or (is_cudnn(name) and is_cudnn(each)))]
        versions = sorted({version_of(slot.version) for one in alike for slot in self.sieve.slots(one)}, reverse=True)
        rank = {version: position for position, version in enumerate(versions)}
        if is_cuda_library(name) and not is_runtime(name) and not is_cudnn(name):
            self._fact("lib", number)
        largest = max((each.bytes or 0 for _, each in options), default=0)
        for option, candidate in options:
            build = candidate.build
            self._fact("opt", number, option)
            for position, python in enumerate(self.target.pythons):
                if python not in candidate.pythons:
                    self._fact("nopy", number, option, position)
            if build.family is not None:
                self._fact("fam", number, option, build.family)
            for extra in build.extras:
                self._fact("has", number, option, self._extra(extra))
            for near in build.near:
                if near in self.numbers:
                    self._fact("near", number, option, self.numbers[near])
            if candidate.jit and not candidate.jit_certain:
                self._fact("jit", number, option)
            if candidate.minor:
                self._fact("partly", number, option)
            if is_cudnn(name) or build.bundled:
                self._fact("brings", number, option)
            if build.variant:
                self._fact("var", self._group(name), number, option, self._variants.setdefault(build.variant, len(self._variants)))
            # A size that is not known counts as the largest of its distribution: never as smaller than one that is.
            size = largest if candidate.bytes is None else candidate.bytes
            self._emit_costs(name, option, (candidate, size), rank[version_of(build.version)], len(versions))

    def _group(self, name: str) -> int:
        catalogue = self.sieve.catalogue
        framework = catalogue.framework(name) or catalogue.framework_of_companion(name) or framework_of_page(catalogue, name)
        assert framework is not None  # a variant is only given to a framework, its companions, and what lies on its page
        return self.sieve.catalogue.frameworks.index(framework)

    def _emit_costs(self, name: str, option: int, sized: tuple[Candidate, int], rank: int, count: int) -> None:
        candidate, size = sized
        number, build = self.numbers[name], candidate.build
        costs: list[tuple[int, int]] = []
        aged = name in self.asked and ages(self.sieve, name)
        if aged:
            costs.append((program.LEVEL_AGE, age_days(self.sieve.newest_date(name), build)))
        if aged or (name in self.asked and not is_cuda_library(name)):
            # What was asked for and is no framework stands in the same order: its own version counts before that of what it brings along.
            costs.append((program.LEVEL_ORDER - self.asked.index(name), rank))
        else:
            level = program.LEVEL_CUDA if is_runtime(name) else program.LEVEL_CUDNN if is_cudnn(name) else program.LEVEL_OTHERS
            self._fact("newest", level, number, option, rank)
            if name in self._near:
                self._fact("oldest", level, number, option, count - 1 - rank)
        if self.sieve.prefers_cpu and build.brings_cuda and ages(self.sieve, name):
            self._fact("needless", number, option)
        costs.append((program.LEVEL_ASSUMPTIONS, len(candidate.assumptions)))
        costs.append((program.LEVEL_MINOR, int(candidate.minor)))
        costs.append((program.LEVEL_BYTES, size // BYTES_UNIT))
        costs.append((program.LEVEL_NAME, int(build.place != "index")))
        for level, cost in costs:
            if cost:
                self._fact("cost", level, number, option, cost)
        for release in cuda_releases(self.sieve.catalogue, name, build.version):
            self._fact("runs" if is_runtime(name) else "part", number, option, release)

    def _emit_breaks(self) -> None:
        for (name, _), option in self._option.items():
            for number, each in self._breaks.get(name, ()):
                side, versions = ("left", each.versions) if each.distribution == name else ("right", each.other_versions)
                if self.options[option].build.version in self.sieve.matching(name, versions):
                    self._fact(side, number, self.numbers[name], option)

    def _emit_suits(self, name: str) -> None:
        """A companion goes with those of its framework's builds whose CUDA it has code for: its other pairs are breaks."""
        framework = self.sieve.catalogue.framework_of_companion(name)
        if framework is None or framework.distribution not in self.numbers:
            return
        choosy: dict[tuple[str, ...], list[int]] = {}
        for option in self._options_of(name):
            if self.options[option].build.suits:
                choosy.setdefault(self.options[option].build.suits, []).append(option)
        for cuda, mine in choosy.items():
            self._pairs += 1
            number = len(self.sieve.catalogue.breaks) + self._pairs
            for option in mine:
                self._fact("left", number, self.numbers[name], option)
            for option in self._options_of(framework.distribution):
                if not suits(cuda, self.options[option].build):
                    self._fact("right", number, self.numbers[framework.distribution], option)

    def _options_of(self, name: str) -> list[int]:
        return [option for (each, _), option in self._option.items() if each == name]


def ages(sieve: Sieve, name: str) -> bool:
    """Tells whether a distribution's age counts: a framework's, its CPU twin's, a companion's."""
    return sieve.catalogue.framework(name) is not None or sieve.catalogue.framework_of_companion(name) is not None


def within(sieve: Sieve, name: str, days: int | None) -> tuple[Candidate, ...]:
    """Gives the candidates no more than so many days older than the newest; all of them for None."""
    if days is None:
        return sieve.field(name).candidates
    newest = sieve.newest_date(name)
    return tuple(takewhile(lambda each: age_days(newest, each.build) <= days, sieve.by_age(name)))


def age_days(newest: str, build: Build) -> int:
    """Gives the days between the newest candidate and a build; a build without a date is as old as can be."""
    if not newest:
        return 0
    if not build.dated:
        return 10_000
    return max(0, (date.fromisoformat(newest) - date.fromisoformat(build.dated)).days)
