"""Looks for a better stack than a plan the long way round: every choice of releases that is younger in all, youngest first, put before uv.

uv knows nothing of drivers, GPUs and CUDA families: what the unary relations stop never reaches it, and a resolution that breaks one of the others is asked
for again without what broke it. All releases but those of one framework are fixed in turn; that one's may be any that leave the whole younger than the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from chance import Case, facts
from msgspec import Struct
from msgspec.structs import replace
from resolver import families, resolution

from drivetrain.catalogue.companions import suits
from drivetrain.catalogue.families import family_of, is_cuda_library, is_cudnn, must_hold_code
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.model.catalogue import Requirement
from drivetrain.solve.aim import target_of
from drivetrain.solve.answer import asked_of
from drivetrain.solve.candidate import Candidate
from drivetrain.solve.candidates import Sieve
from drivetrain.solve.ground import age_days, ages
from drivetrain.solve.served import with_frameworks

Cost = tuple[int, int]
"""How many builds bring CUDA to a stack for the CPU, and the days behind: what counts before every tie."""


class Question(Struct, frozen=True, kw_only=True):
    """Releases that are fixed, those among which uv may choose, and the Python."""

    python: str
    fixed: tuple[Candidate, ...]
    free: tuple[Candidate, ...]


class Walk:
    """The search for one plan; `compiles` counts how often uv was asked, `left` the questions that were not asked in the end."""

    def __init__(self, case: Case, most: int) -> None:
        self.case = case
        self.most = most
        self.compiles = 0
        self.left = 0
        # Keras alone is no stack: what it computes with was as good as asked for.
        request = replace(case.request, wishes=with_frameworks(case.request.wishes, facts()))
        self.sieve = Sieve(request, target_of(request, case.machine, facts().frameworks), facts())
        self.names = [name for name in asked_of(request, facts()) if ages(self.sieve, name)]
        self.fields = {name: [each for each in self.sieve.field(name).candidates if not each.build.from_source] for name in self.names}
        chosen = {each.called: each for each in case.plan.packages}
        picks = [
            next(each for each in self.fields[name] if (each.build.version, each.build.build, each.build.extras) == _key(chosen[name])) for name in self.names
        ]
        along = [self._candidate(each.name, each.version) for each in case.plan.packages if each.called not in self.names]
        self.cost = (self._needless((*picks, *(each for each in along if each))), sum(map(self._age, picks)))
        self.stopped = self._stopped()

    def better(self) -> str:
        """Gives a stack that costs less and that uv resolves with every relation held, or nothing."""
        questions = sorted(self._questions(), key=lambda each: min(self._cost((*each.fixed, one)) for one in each.free))
        for position, question in enumerate(questions):
            if self.compiles >= self.most:
                self.left = len(questions) - position
                break
            if found := self._asked(question):
                return found
        return ""

    def _age(self, candidate: Candidate) -> int:
        return age_days(self.sieve.newest_date(candidate.build.distribution), candidate.build)

    def _cost(self, picks: tuple[Candidate, ...]) -> Cost:
        return self._needless(picks), sum(map(self._age, picks))

    def _needless(self, picks: tuple[Candidate, ...]) -> int:
        return sum(each.build.brings_cuda and ages(self.sieve, each.build.distribution) for each in picks) if self.sieve.prefers_cpu else 0

    def _candidate(self, name: str, version: str) -> Candidate | None:
        return next((each for each in self.sieve.answers(name, version) if isinstance(each, Candidate)), None) if name in facts().distributions else None

    def _stopped(self) -> dict[str, str]:
        """Gives what relations rule out of the libraries, where uv would not know: as constraints by name."""
        found = {}
        for name in sorted(facts().distributions - set(self.names)):
            if not (is_cuda_library(name) or must_hold_code(name) or family_of(name, "0") is not None):
                continue
            stopped = {each.build.version for each in self.sieve.field(name).stopped} - {each.build.version for each in self.sieve.field(name).candidates}
            if stopped:
                found[name] = f"{name}{','.join(f'!={version}' for version in sorted(stopped))}"
        return found

    def _questions(self) -> Iterator[Question]:
        if not self.names:
            return
        free_name = max(self.names, key=lambda name: sum(self._cost((each,)) < self.cost for each in self.fields[name]))
        others = [[each for each in self.fields[name] if self._cost((each,)) <= self.cost] for name in self.names if name != free_name]
        for fixed in product(*others):
            if not self._go_together(fixed):
                continue
            groups: dict[object, list[Candidate]] = {}
            for each in self.fields[free_name]:
                if self._cost((*fixed, each)) < self.cost and self._go_together((*fixed, each)):
                    groups.setdefault((each.build.extras, each.build.family, each.build.published_as), []).append(each)
            for free in groups.values():
                for python in self.sieve.target.pythons:
                    fitting = tuple(each for each in free if python in each.pythons)
                    if fitting and all(python in each.pythons for each in fixed):
                        yield Question(python=python, fixed=fixed, free=fitting)

    def _go_together(self, picks: tuple[Candidate, ...]) -> bool:
        """Asks the relations among what was asked for that are no requirements: one family, one copy of the libraries, a companion's CUDA."""
        if self.sieve.target.accelerator == "cuda" and len({each.build.family for each in picks} - {None}) > 1:
            return False
        if sum(each.build.bundled for each in picks) > 1 or (any(each.jit and not each.jit_certain for each in picks) and any(each.minor for each in picks)):
            return False
        for one, other in product(picks, picks):
            framework = facts().framework_of_companion(one.build.distribution)
            paired = self.sieve.target.accelerator == "cuda" and framework is not None and framework.distribution == other.build.distribution
            if paired and not suits(one.build.suits, other.build):
                return False
        return True

    def _asked(self, question: Question) -> str:
        """Asks uv, again and again without what broke a relation, until a stack holds or there is none."""
        free, excluded, along = list(question.free), dict(self.stopped), dict[str, str]()
        excluded |= self._of_other_families(question)
        while free and self.compiles < self.most:
            known = (*question.fixed, *(free if len(free) == 1 else ()))
            lines = [*map(_pin, question.fixed), _span(free, self.sieve), *self._requirements(known), *self._wishes(), *along.values()]
            self.compiles += 1
            found = resolution(lines, list(excluded.values()), self.case.machine, question.python)
            if isinstance(found, str):
                return ""
            taken = next((each for each in free if each.build.version == found.get(_published(each))), None)
            assert taken is not None, (lines, found)
            if further := self._further((*question.fixed, taken), found, along):
                along |= further
                continue
            broken = self._broken((*question.fixed, taken), found, question.python)
            if not broken:
                return f"Python {question.python}: {found}"
            name, version = broken
            if name == taken.build.distribution and len(free) > 1 and (alone := self._asked(replace(question, free=(taken,)))):
                return alone
            if name == taken.build.distribution:
                free.remove(taken)
            else:
                excluded[name] = f"{excluded[name]},!={version}" if name in excluded else f"{name}!={version}"
        return ""

    def _further(self, picks: tuple[Candidate, ...], found: dict[str, str], along: dict[str, str]) -> dict[str, str]:
        """A framework that comes along must use the GPU too: gives it with the extra that brings CUDA."""
        families = {each.build.family for each in picks} - {None}
        names = {each.build.distribution for each in picks}
        for name, version in found.items():
            if name in along or name in names or facts().framework(name) is None:
                continue
            every = [each for each in self.sieve.answers(name, version) if isinstance(each, Candidate)]
            fitting = [each for each in every if not families or each.build.family in families] or every
            if fitting and fitting[0].build.extras:
                return {name: f"{name}{_extras(fitting[0].build.extras)}"}
        return {}

    def _of_other_families(self, question: Question) -> dict[str, str]:
        mine = {each.build.family for each in (*question.fixed, question.free[0])} - {None}
        if len(mine) != 1 or self.sieve.target.accelerator != "cuda":
            return {}
        found = {}
        for name in facts().distributions:
            versions = [each.version for each in facts().releases(name)]
            if versions and all(family_of(name, each) not in (None, *mine) for each in versions):
                found[name] = f"{name}<0"
        return found

    def _requirements(self, picks: tuple[Candidate, ...]) -> list[str]:
        """Gives what the fixed builds require, that which their METADATA does not say included."""
        return [_line(each) for pick in picks for each in pick.build.requires if "extra" not in each.marker]

    def _wishes(self) -> list[str]:
        return [each.text for each in self.case.request.wishes if not each.is_component and each.name not in self.names]

    def _broken(self, picks: tuple[Candidate, ...], found: dict[str, str], python: str) -> tuple[str, str] | None:
        """Gives a (name, version) of a resolution that breaks a relation which uv does not know."""
        last = picks[-1].build.distribution, picks[-1].build.version
        names = {each.build.distribution for each in picks}
        libraries = []
        for name, version in found.items():
            if name in names or not facts().releases(name):
                continue
            if (library := self._candidate(name, version)) is None:
                return name, version
            libraries.append(library)
        stack = (*picks, *libraries)
        if self.sieve.target.accelerator == "cuda" and len(families(found) | ({each.build.family for each in stack} - {None})) > 1:
            return last
        if (self._needless(stack), sum(map(self._age, picks))) >= self.cost:
            return next(((each.build.distribution, each.build.version) for each in libraries if self._needless((each,))), last)
        if sum(each.build.bundled or is_cudnn(each.build.distribution) for each in stack) > 1:
            return last
        if any(each.jit and not each.jit_certain for each in stack) and any(each.minor for each in stack):
            return last
        for each in facts().breaks:
            if each.distribution in found and each.other in found:
                sides = satisfies(found[each.distribution], each.versions), satisfies(found[each.other], each.other_versions)
                if all(sides):
                    name = each.other if each.other not in names else each.distribution if each.distribution not in names else last[0]
                    return name, found[name] if name != last[0] else last[1]
        for each in picks[-1].build.requires:
            held = "extra" not in each.marker and facts().marker_holds(each.marker, self.sieve.target.platform, python)
            if held and not (each.name in found and satisfies(found[each.name], each.specifier)):
                return last
        return None


def _key(package: object) -> tuple[str, str, tuple[str, ...]]:
    return package.version, package.build, package.extras  # type: ignore[attr-defined]


def _published(candidate: Candidate) -> str:
    return candidate.build.published_as or candidate.build.distribution


def _extras(extras: tuple[str, ...]) -> str:
    return f"[{','.join(extras)}]" if extras else ""


def _pin(candidate: Candidate) -> str:
    return f"{_published(candidate)}{_extras(candidate.build.extras)}=={candidate.build.version}"


def _span(free: list[Candidate], sieve: Sieve) -> str:
    """Gives the requirement that exactly these releases satisfy."""
    versions = sorted({each.build.version for each in free}, key=version_of)
    between = {
        each.version
        for each in sieve.slots(free[0].build.distribution)
        if version_of(versions[0]) < version_of(each.version) < version_of(versions[-1]) and each.version not in versions
    }
    left_out = "".join(f",!={each}" for each in sorted(between))
    return f"{_published(free[0])}{_extras(free[0].build.extras)}>={versions[0]},<={versions[-1]}{left_out}"


def _line(requirement: Requirement) -> str:
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{_extras(requirement.extras)}{requirement.specifier}{marker}"
