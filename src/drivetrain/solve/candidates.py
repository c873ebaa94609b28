"""Gives the builds of a distribution that every unary relation lets through, and for each other one the relation that stopped it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct, structs

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import family_of, is_cuda_library, is_cudnn, is_runtime, must_hold_code
from drivetrain.catalogue.offers import builds_of, is_plain, plain_build
from drivetrain.catalogue.relations.device_code import code_runs_on, jit_is_certain, needs_jit
from drivetrain.catalogue.relations.driver import driver_serves, is_full
from drivetrain.catalogue.relations.markers import Versions, marker_environment, marker_holds, matches_prefix, satisfies, specifier_of, version_of
from drivetrain.catalogue.relations.wheel_fit import interpreter_fits, needed_glibc, platform_fits
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.catalogue import Release
from drivetrain.model.plan import Reason, Unknown
from drivetrain.model.request import Request, Wish
from drivetrain.solve.typed_extras import fits, others
from drivetrain.words import say


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


class Sieve:
    """Asks every unary relation once per build; one per request and target."""

    def __init__(self, request: Request, target: Target, catalogue: Catalogue) -> None:
        self.request = request
        self.prefers_cpu = target.accelerator != "cuda" and not request.cuda_on_cpu
        self.target = target
        self.catalogue = catalogue
        self.platform = target.platform
        self._fields: dict[str, Field] = {}
        self._slots: dict[str, tuple[Release | Build, ...]] = {}
        self._answers: dict[str, dict[int, Candidate | Stopped | None]] = {}
        self._versions: dict[str, Versions] = {}
        self._leaves: dict[str, bool] = {}
        self._breaks: dict[str, list[tuple[int, str]]] = {}
        self._plain_checks = (self._yanked, self._place, self._platform, self._python, self._driver, self._code, self._component)
        self._checks = (*self._plain_checks[:4], self._operating_system, self._accelerator, *self._plain_checks[4:])
        self._young: dict[str, list[int]] = {}
        self._orders: dict[str, Wanted] = {}
        self._matching: dict[tuple[str, str], frozenset[str]] = {}
        self._fitting: dict[object, frozenset[str]] = {}

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
                and not any(self.canonical(each.name) == distribution for each in (*self.request.wishes, *self.request.constraints))
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
            wanted = self._wanted(distribution)
            if further := others(wanted.extras, wanted.framework):
                build = structs.replace(build, extras=(*build.extras, *further))
            answers[position] = self._judge(build, wanted)
        return answers[position]

    def _wanted(self, distribution: str) -> Wanted:
        if distribution not in self._orders:
            every = [each for each in self.request.wishes if not each.is_component and not each.url and self.canonical(each.name) == distribution]
            mine = [each for each in every if each.specifier]
            self._orders[distribution] = Wanted(
                framework=self.catalogue.framework(distribution),
                specifiers=tuple(each.specifier for each in mine if not each.marker),
                marked=tuple(each for each in mine if each.marker),
                ruled_out=frozenset(version for name, version in self.request.ruled_out if name == distribution),
                extras=tuple(dict.fromkeys(extra for each in every for extra in each.extras)),
            )
        return self._orders[distribution]

    def canonical(self, name: str) -> str:
        """Gives the distribution that a name is planned as: `tensorflow` for `tensorflow-gpu`."""
        framework = self.catalogue.framework(name)
        return framework.distribution if framework and name not in framework.cpu_twins else name

    def _judge(self, build: Build, wanted: Wanted) -> Candidate | Stopped | None:
        """Asks the relations from the cheapest on; None for a build that nobody asked for (a pre-release, another version)."""
        framework = wanted.framework
        if build.prerelease and not self.request.pre and not any(_names_prerelease(wish) for wish in wanted.specifiers):
            return None
        if not all(wish_allows(build, wish) for wish in wanted.specifiers):
            return None
        checks = self._checks if framework is not None else self._plain_checks
        if build.version in wanted.ruled_out:
            reason = Reason(
                cause="dependency-pin-conflict",
                about=build.distribution,
                version=build.version,
                says=say("{name} {version} cannot be resolved with the rest of the request", name=build.distribution, version=build.version),
            )
            return Stopped(build=build, reason=reason, depth=len(checks))
        if wanted.extras and self.target.accelerator == "cuda" and not fits(build, wanted.extras, framework):
            says = say("{name} {version}: the extra {extra} is another CUDA", name=build.distribution, version=build.version, extra=", ".join(wanted.extras))
            return Stopped(build=build, reason=_reason(build, "cuda-wheel-majors-mixed", says), depth=-1)
        for depth, check in enumerate(checks):
            if (stopping := check(build, framework)) is not None:
                return Stopped(build=build, reason=stopping, depth=depth)
        if (bound := self._constraint(build)) is not None:
            return Stopped(build=build, reason=bound, depth=len(checks))
        return self._candidate(build, framework)

    def _constraint(self, build: Build) -> Reason | None:
        """Constraint files, and constraints of the user's own pip or uv configuration."""
        for each in self.request.constraints:
            if self.canonical(each.name) == build.distribution and each.specifier and not wish_allows(build, each.specifier):
                says = say(
                    "{name} {version} is left out by the constraint {constraint} of {origin}",
                    name=build.distribution,
                    version=build.version,
                    constraint=each.text or f"{each.name}{each.specifier}",
                    origin=each.origin or say("the request"),
                )
                return _reason(build, "constraint-of-configuration", says)
        return None

    def _yanked(self, build: Build, framework: Framework | None) -> Reason | None:
        if not build.yanked or self.request.allow_yanked:
            return None
        return _reason(build, "release-yanked", say("{name} {version} was yanked from the index", name=build.distribution, version=build.version))

    def _platform(self, build: Build, framework: Framework | None) -> Reason | None:
        target = self.target
        if not build.wheels or any(platform_fits(_platform_tag(wheel.tags), self.platform, target.glibc) for wheel in build.wheels):
            return None
        needs = [
            need
            for wheel in build.wheels
            if platform_fits(_platform_tag(wheel.tags), self.platform, None) and (need := needed_glibc(_platform_tag(wheel.tags)))
        ]
        if needs and target.glibc:
            says = say(
                "{name} {version} needs glibc {need}, this system has {glibc}",
                name=build.distribution,
                version=build.version,
                need=".".join(map(str, min(needs))),
                glibc=target.glibc,
            )
            return _reason(build, "glibc-too-old", says)
        says = say("{name} {version} has no wheel for {platform}", name=build.distribution, version=build.version, platform=self.platform)
        return _reason(build, "platform-without-build", says)

    def _python(self, build: Build, framework: Framework | None) -> Reason | None:
        if self._pythons(build):
            return None
        served = sorted(_minors_of(build), key=lambda each: tuple(map(int, each.split("."))))
        says = say(
            "{name} {version} has builds for Python {served}, not for {wanted}",
            name=build.distribution,
            version=build.version,
            served=_span(served),
            wanted=", ".join(self.target.pythons) or say("any that is here"),
        )
        return _reason(build, "python-version-unsupported", says)

    def _pythons(self, build: Build) -> frozenset[str]:
        """Gives the Pythons of the target that some wheel of the build serves; releases with the same tags are judged once."""
        key = (build.requires_python, build.pythons, tuple(wheel.tags for wheel in build.wheels) if build.pythons is None else None)
        if key not in self._fitting:
            tags = (
                {f"{tag}-{tag}" for tag in build.pythons}
                if build.pythons is not None
                else {wheel.tags.rsplit("-", 1)[0] for wheel in build.wheels if platform_fits(_platform_tag(wheel.tags), self.platform, self.target.glibc)}
            )
            self._fitting[key] = frozenset(
                python
                for python in self.target.pythons
                if (not build.requires_python or satisfies(f"{python}.99", build.requires_python)) and any(interpreter_fits(tag, python) for tag in tags)
            )
        fitting = self._fitting[key]
        for wish in self._wanted(build.distribution).marked:
            # A wish with a marker binds only the Pythons on which the marker holds.
            if not wish_allows(build, wish.specifier):
                fitting -= held_on(wish, self.target)
        return fitting

    def _operating_system(self, build: Build, framework: Framework | None) -> Reason | None:
        if framework is None or self.target.accelerator != "cuda" or build.distribution in framework.cpu_twins:
            return None
        for rule in framework.os_rules:
            if rule.os == self.target.os and not self.target.wsl and (not rule.since or version_of(build.version) >= version_of(rule.since)):
                os = {"windows": say("native Windows"), "macos": "macOS"}.get(rule.os, "Linux")
                says = (
                    say(
                        "{name} {version} cannot use a GPU on {os}: its builds there have been CPU only since {since}",
                        name=build.distribution,
                        version=build.version,
                        os=os,
                        since=rule.since,
                    )
                    if rule.since
                    else say("{name} cannot use an NVIDIA GPU on {os}: it has never had a CUDA build there", name=build.distribution, os=os)
                )
                return _reason(build, rule.cause, says, rule.sources)
        return None

    def _accelerator(self, build: Build, framework: Framework | None) -> Reason | None:
        if framework is None or self.target.accelerator != "cuda" or build.brings_cuda or build.distribution in framework.cpu_twins:
            return None
        if self._is_borrowed(framework):
            return None
        says = say("{name} {version} has no CUDA build for {platform} here", name=build.distribution, version=build.version, platform=self.target.platform)
        return _reason(build, "platform-without-build", says)

    def _is_borrowed(self, framework: Framework) -> bool:
        """Tells whether a framework only comes along, as a library of one that was asked for."""
        asked = {self.canonical(each.name) for each in self.request.wishes if not each.is_component}
        lenders = (each for each in self.catalogue.frameworks if framework.name in each.borrows)
        return framework.distribution not in asked and any(each.distribution in asked for each in lenders)

    def _place(self, build: Build, framework: Framework | None) -> Reason | None:
        if build.place in self.target.places or build.place.startswith("find-links:"):
            return None
        says = say(
            "{name} {version} {build} is published in {place}, which does not count here",
            name=build.distribution,
            version=build.version,
            build=build.build,
            place=build.place,
        )
        return _reason(build, "source-not-counted", says)

    def _driver(self, build: Build, framework: Framework | None) -> Reason | None:
        if build.cuda is None or self.target.accelerator != "cuda":
            return self._family_floor(build)
        answer = driver_serves(self.target, build.cuda)
        if not isinstance(answer, Reason):
            return None
        says = say("{name} {version}: {why}", name=build.distribution, version=build.version, why=answer.says)
        return Reason(cause=answer.cause, about=build.distribution, version=build.version, says=says, sources=answer.sources, because=(answer,))

    def _family_floor(self, build: Build) -> Reason | None:
        """A wheel of a CUDA family whose own CUDA version is not known still needs the driver of that family."""
        if self.target.accelerator != "cuda" or build.family is None:
            return None
        answer = driver_serves(self.target, f"{build.family}.0")
        if not isinstance(answer, Reason):
            return None
        says = say("{name} {version}: {why}", name=build.distribution, version=build.version, why=answer.says)
        return Reason(cause=answer.cause, about=build.distribution, version=build.version, says=says, sources=answer.sources, because=(answer,))

    def _code(self, build: Build, framework: Framework | None) -> Reason | None:
        if build.code is None or self.target.accelerator != "cuda":
            return None
        names = dict(self.target.gpu_names)
        for capability in self.target.capabilities:
            reason = code_runs_on(
                build.code,
                capability,
                jit=build.cuda is None or self.target.ceiling is None or is_full(self.target, build.cuda),
                about=f"{build.distribution} {build.version}" + (f" {build.build}" if build.build.startswith("cu") else ""),
                gpu=names.get(capability, capability),
                ceiling=self.target.ceiling,
            )
            if reason is not None:
                return Reason(cause=reason.cause, about=build.distribution, version=build.version, says=reason.says, sources=reason.sources)
        return None

    def _component(self, build: Build, framework: Framework | None) -> Reason | None:
        """The wishes `cuda==11.8` and `cudnn==8.9.2`, asked of the libraries themselves and of builds that hold them."""
        for wish in self.request.wishes:
            if not wish.is_component or not wish.specifier:
                continue
            has = {
                "cuda": build.cuda if is_runtime(build.distribution) or build.bundled else None,
                "cudnn": build.cudnn if is_cudnn(build.distribution) or build.bundled else None,
            }.get(wish.name)
            if wish.name == "cuda" and is_runtime(build.distribution):
                has = build.version
            if has is not None and not matches_prefix(has, wish.specifier):
                says = say("{name} {version} brings {component} {has}", name=build.distribution, version=build.version, component=wish.name, has=has)
                return _reason(build, "dependency-pin-conflict", says)
        return None

    def _candidate(self, build: Build, framework: Framework | None) -> Candidate:
        target = self.target
        cuda_mode = target.accelerator == "cuda"
        assumptions: list[str] = []
        if framework is not None and not build.known:
            assumptions.append(say("{name} {version} is newer than the catalogue: only its metadata is known", name=build.distribution, version=build.version))
        if not build.complete:
            assumptions.append(
                say("not all requirements of {name} {version} {build} are known", name=build.distribution, version=build.version, build=build.build)
            )
        if cuda_mode and framework is not None and framework.libraries and build.brings_cuda and build.code is None and target.capabilities:
            assumptions.append(
                say("the device code of {name} {version} {build} is not known", name=build.distribution, version=build.version, build=build.build)
            )
        if cuda_mode and must_hold_code(build.distribution) and build.code is None and target.capabilities:
            assumptions.append(say("the device code of {name} {version} is not known", name=build.distribution, version=build.version))
        if cuda_mode and build.cuda and isinstance(unknown := driver_serves(target, build.cuda), Unknown) and framework is not None:
            assumptions.append(unknown.says)
        return Candidate(
            build=build,
            pythons=self._pythons(build),
            bytes=size_of(build, self.platform),
            assumptions=tuple(assumptions),
            minor=cuda_mode and build.cuda is not None and target.ceiling is not None and not is_full(target, build.cuda),
            jit=cuda_mode and build.code is not None and any(needs_jit(build.code, each) for each in target.capabilities),
            jit_certain=build.code is not None and all(jit_is_certain(build.code, each, target.ceiling) for each in target.capabilities),
        )


def _dated(slot: Release | Build) -> str:
    return slot.dated if isinstance(slot, Build) else slot.released


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
    return satisfies(build.version, public) and build.build in labels


def _names_prerelease(specifier: str) -> bool:
    return bool(specifier_of(specifier).prereleases)


def _platform_tag(tags: str) -> str:
    return tags.split("-", 2)[2]


@lru_cache(maxsize=4096)
def _minor_of_tag(tag: str) -> str | None:
    digits = tag[2:].rstrip("t")
    return f"{digits[0]}.{digits[1:]}" if tag.startswith("cp") and len(digits) > 1 and digits.isdigit() else None


def _minors_of(build: Build) -> set[str]:
    tags = build.pythons if build.pythons is not None else [part for wheel in build.wheels for part in wheel.tags.split("-")[0].split(".")]
    return {minor for tag in tags if (minor := _minor_of_tag(tag))}


def _span(minors: list[str]) -> str:
    return "-" if not minors else minors[0] if len(minors) == 1 else say("{first} to {last}", first=minors[0], last=minors[-1])


def size_of(build: Build, platform: str, python: str | None = None) -> int | None:
    """Gives the bytes of a build's largest wheel for a platform, and a Python where that is known; None where no size is."""
    fitting = [wheel for wheel in build.wheels if platform_fits(_platform_tag(wheel.tags), platform, None)]
    own = [wheel for wheel in fitting if python and interpreter_fits(wheel.tags.rsplit("-", 1)[0], python)] or fitting
    return max((wheel.bytes for wheel in own if wheel.bytes is not None), default=None)


def _reason(build: Build, cause: str, says: str, sources: tuple[str, ...] = ()) -> Reason:
    return Reason(cause=cause, about=build.distribution, version=build.version, says=says, sources=sources or build.sources)
