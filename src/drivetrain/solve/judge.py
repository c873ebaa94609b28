"""Asks every unary relation of a build: driver, device code, operating system, C library, Python, place, and what was typed."""

from __future__ import annotations

from drivetrain.catalogue import Catalogue, drivers
from drivetrain.catalogue.conda import PLACE
from drivetrain.catalogue.families import is_cudnn, is_runtime, must_hold_code
from drivetrain.catalogue.relations.device_code import code_may_exist, code_runs_on, jit_is_certain, needs_jit
from drivetrain.catalogue.relations.driver import driver_serves, is_full
from drivetrain.catalogue.relations.markers import matches_prefix, names_prerelease, satisfies, version_of
from drivetrain.catalogue.relations.wheel_fit import interpreter_fits, misfit, platform_fits
from drivetrain.model.build import Build, Framework, Target
from drivetrain.model.dotted import dotted
from drivetrain.model.plan import Reason
from drivetrain.model.request import Request
from drivetrain.solve.assumed import assumptions_of
from drivetrain.solve.candidate import Candidate, Stopped, Wanted, held_on, wish_allows
from drivetrain.solve.ties import Tie, ties_of, untied
from drivetrain.solve.typed_extras import brings_cuda_of, fits, mixed
from drivetrain.solve.wheels import minors_of, platform_tag, size_of, span
from drivetrain.words import say


class Judge:
    """Answers for one request and one target; it keeps what many builds share."""

    def __init__(self, request: Request, target: Target, catalogue: Catalogue) -> None:
        self.request = request
        self.target = target
        self.catalogue = catalogue
        self.platform = target.platform
        self._plain_checks = (self._yanked, self._place, self._platform, self._python, self._driver, self._code, self._component)
        self._checks = (*self._plain_checks[:4], self._processor, self._operating_system, self._accelerator, *self._plain_checks[4:])
        self._fitting: dict[object, frozenset[str]] = {}
        self._wanted: dict[str, Wanted] = {}
        self._finals: dict[str, bool] = {}

    def wanted(self, distribution: str) -> Wanted:
        """Gives what the request says of a distribution."""
        if distribution not in self._wanted:
            planned = (each for each in self.request.wishes if not each.is_component and (not each.url or each.specifier))
            every = [each for each in planned if self.canonical(each.name) == distribution]
            mine = [each for each in every if each.specifier]
            self._wanted[distribution] = Wanted(
                framework=self.catalogue.framework(distribution),
                specifiers=tuple(each.specifier for each in mine if not each.marker),
                marked=tuple(each for each in mine if each.marker),
                ruled_out=frozenset(version for name, version in self.request.ruled_out if self.canonical(name) == distribution),
                extras=tuple(dict.fromkeys(extra for each in every for extra in each.extras)),
                names=self._bound_names(distribution, tuple(each.name for each in every)),
                ties=ties_of(every, self.catalogue),
            )
        return self._wanted[distribution]

    def _bound_names(self, distribution: str, typed: tuple[str, ...]) -> frozenset[str]:
        """Gives the names of CUDA wheels that were typed; where nothing uses CUDA, the framework's own name takes their place if it has wheels."""
        framework = self.catalogue.framework(distribution)
        names = frozenset(typed) & frozenset(framework.names if framework else ())
        has_own = any(release.wheels for release in self.catalogue.releases(distribution)[:3])
        return frozenset() if has_own and self.target.accelerator != "cuda" else names

    def canonical(self, name: str) -> str:
        """Gives the distribution that a name is planned as: `tensorflow` for `tensorflow-gpu`."""
        framework = self.catalogue.framework(name)
        return framework.distribution if framework and name not in framework.kept_names else name

    def answer(self, build: Build) -> Candidate | Stopped | None:
        """Asks the relations from the cheapest on; None for a build that nobody asked for (a pre-release, another version)."""
        wanted = self.wanted(build.distribution)
        framework = wanted.framework
        if build.prerelease and not self.request.pre and not any(names_prerelease(wish) for wish in wanted.specifiers) and self._has_finals(build):
            return None
        if not all(wish_allows(build, wish) for wish in wanted.specifiers):
            return None
        if wanted.names and build.wheel_name not in wanted.names:
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
            extras = ", ".join(brings_cuda_of(wanted.extras, framework))
            says = (
                say("{name}: the extras {extras} bring different CUDA majors, and one environment has one", name=build.distribution, extras=extras)
                if mixed(wanted.extras, framework)
                else say("{name} {version}: the extra {extra} is another CUDA", name=build.distribution, version=build.version, extra=extras)
            )
            return Stopped(build=build, reason=_reason(build, "cuda-wheel-majors-mixed", says), depth=-1)
        if (tie := untied(build, wanted.ties, self.catalogue)) is not None:
            return Stopped(build=build, reason=self._elsewhere(build, tie), depth=-1)
        for depth, check in enumerate(checks):
            if (stopping := check(build, framework)) is not None:
                return Stopped(build=build, reason=stopping, depth=depth)
        if (bound := self._constraint(build)) is not None:
            return Stopped(build=build, reason=bound, depth=len(checks))
        return self._candidate(build, framework)

    def _elsewhere(self, build: Build, tie: Tie) -> Reason:
        says = say(
            "{name} {version} {build} does not lie where {origin} ties {name} to: {address}",
            name=build.distribution,
            version=build.version,
            build=build.build,
            origin=tie.origin or say("the request"),
            address=tie.address,
        )
        return _reason(build, "source-not-counted", says)

    def _has_finals(self, build: Build) -> bool:
        """Tells whether a distribution has any final release; where it has none (nightly builds), its pre-releases count, as for pip and uv."""
        if build.distribution not in self._finals:
            every = self.catalogue.releases(build.wheel_name)
            self._finals[build.distribution] = any(not version_of(each.version).is_prerelease for each in every)
        return self._finals[build.distribution]

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
        tags = [platform_tag(wheel.tags) for wheel in build.wheels]
        if not tags or any(platform_fits(each, self.platform, self.target.release) for each in tags):
            return None
        if (other := self._instead(build)) is not None:
            says = say("{name} has no wheel for this system; {other} is its build there", name=build.wheel_name, other=other)
            return _reason(build, "platform-without-build", says)
        return _reason(build, *misfit(tags, self.platform, self.target.release, name=build.distribution, version=build.version))

    def _instead(self, build: Build) -> str | None:
        """Gives the name under which others build a companion for this system."""
        companion = self.catalogue.companion(build.distribution)
        return dict(companion.instead).get(self.target.os) if companion else None

    def _processor(self, build: Build, framework: Framework | None) -> Reason | None:
        """Asks for the instructions that a framework's wheels take for granted; a CPU of which none is known permits."""
        features, target = self.target.cpu_features, self.target
        for specifier, feature, source in framework.processor if framework and features and target.platform.endswith("x86_64") else ():
            if feature not in features and satisfies(build.version, specifier):
                cause = "cpu-without-avx" if "avx" not in features else "binary-needs-newer-cpu-instructions"
                says = say("{name} {version} needs a CPU with {feature}, this one lacks it", name=build.distribution, version=build.version, feature=feature)
                return _reason(build, cause, says, (source,))
        return None

    def _python(self, build: Build, framework: Framework | None) -> Reason | None:
        if self._pythons(build):
            return None
        if not build.wheels and build.pythons is None:
            says = say("{name} {version} has no wheel, only its source, and nothing is built while planning", name=build.wheel_name, version=build.version)
            return _reason(build, "source-only-release", says, framework.sources if framework else ())
        served = sorted(minors_of(build), key=lambda each: tuple(map(int, each.split("."))))
        wanted, named = ", ".join(self.target.pythons) or say("any that is here"), {"name": build.distribution, "version": build.version}
        says = (
            say("{name} {version} has builds for Python {served}, not for {wanted}", **named, served=span(served), wanted=wanted)
            if served
            else say("{name} {version} needs Python {served}, not {wanted}", **named, served=build.requires_python, wanted=wanted)
        )
        return _reason(build, "python-version-unsupported", says)

    def _pythons(self, build: Build) -> frozenset[str]:
        """Gives the Pythons of the target that some wheel of the build serves; releases with the same tags are judged once."""
        key = (build.requires_python, build.pythons, tuple(wheel.tags for wheel in build.wheels) if build.pythons is None else None)
        if key not in self._fitting:
            tags = (
                {f"{tag}-{tag}" for tag in build.pythons}
                if build.pythons is not None
                else {wheel.tags.rsplit("-", 1)[0] for wheel in build.wheels if platform_fits(platform_tag(wheel.tags), self.platform, self.target.release)}
            )
            self._fitting[key] = frozenset(
                python
                for python in self.target.pythons
                if (not build.requires_python or satisfies(f"{python}.99", build.requires_python)) and any(interpreter_fits(tag, python) for tag in tags)
            )
        fitting = self._fitting[key]
        for wish in self.wanted(build.distribution).marked:
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
        wanted = self.wanted(build.distribution)
        if any("+cpu" in each for each in wanted.specifiers) or any(each.label == "cpu" for each in wanted.ties):
            says = say(
                "{name} {version}+cpu is a build for the CPU, and this plan is for the GPU: --accelerator cpu", name=build.distribution, version=build.version
            )
            return _reason(build, "cpu-only-package-installed", says)
        says = say("{name} {version} has no CUDA build for {platform} here", name=build.distribution, version=build.version, platform=self.target.platform)
        return _reason(build, "platform-without-build", says)

    def _is_borrowed(self, framework: Framework) -> bool:
        """Tells whether a framework only comes along, as a library of one that was asked for."""
        asked = {self.canonical(each.name) for each in self.request.wishes if not each.is_component}
        lenders = (each for each in self.catalogue.frameworks if framework.name in each.borrows)
        return framework.distribution not in asked and any(each.distribution in asked for each in lenders)

    def _place(self, build: Build, framework: Framework | None) -> Reason | None:
        if self.target.all_conda and build.place != PLACE:
            says = say("{name} {version}: no recipe of conda-forge that the catalogue has read builds it", name=build.distribution, version=build.version)
            return _reason(build, "source-not-counted", says)
        if build.place in self.target.places or build.place.startswith("find-links:"):
            return None
        named = " ".join(filter(None, (build.distribution, build.version, build.build)))
        says = say("{build} is published in {place}, which does not count here", build=named, place=self._place_title(build.place))
        return _reason(build, "source-not-counted", says)

    def _place_title(self, place: str) -> str:
        for each in self.catalogue.frameworks:
            if each.wheel_index and each.wheel_index[0] == place:
                return say("{title}'s index", title=each.title)
            if each.page and each.page.place == place:
                return say("{title}'s release page", title=each.title)
        return say("package index") if place == "index" else place

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
        if self.target.accelerator != "cuda":
            return self._gpu_only(build)
        names = dict(self.target.gpu_names)
        for capability in self.target.capabilities if build.capability else ():
            if dotted(capability) < dotted(build.capability):
                says = say(
                    "{name} {version} needs compute capability {least} or higher, {gpu} has {capability}",
                    name=build.distribution,
                    version=build.version,
                    least=build.capability,
                    gpu=names.get(capability, capability),
                    capability=capability,
                )
                return _reason(build, "compute-capability-not-in-build", says)
        if build.code is None:
            return self._code_unread(build, framework)
        for capability in self.target.capabilities:
            reason = code_runs_on(
                build.code,
                capability,
                jit=build.cuda is None or self.target.ceiling is None or is_full(self.target, build.cuda),
                about=_labelled(build),
                gpu=names.get(capability, capability),
                ceiling=self.target.ceiling,
            )
            if reason is not None:
                return Reason(cause=reason.cause, about=build.distribution, version=build.version, says=reason.says, sources=reason.sources)
        return None

    def _gpu_only(self, build: Build) -> Reason | None:
        """A companion whose kernels are all for CUDA is of no use in a stack for the CPU."""
        companion = self.catalogue.companion(build.distribution)
        if companion is None or not companion.gpu_only:
            return None
        says = say("{name} {version} runs on NVIDIA GPUs only, and this stack is for the CPU", name=build.distribution, version=build.version)
        return _reason(build, "cuda-build-on-cpu", says)

    def _code_unread(self, build: Build, framework: Framework | None) -> Reason | None:
        """A build whose code nobody has read still holds none for a chip that its CUDA, or the last CUDA of its family, does not know."""
        if not build.brings_cuda or (framework is None and not must_hold_code(build.distribution)):
            return None
        of_family = (each for each in drivers.known_releases(self.target.os) if each.split(".")[0] == str(build.family))
        cuda = build.cuda or max(of_family, key=dotted, default=None)
        if cuda is None:
            return None
        names = dict(self.target.gpu_names)
        for capability in self.target.capabilities:
            reason = code_may_exist(cuda, capability, about=_labelled(build), gpu=names.get(capability, capability))
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
        target, cuda_mode = self.target, self.target.accelerator == "cuda"
        return Candidate(
            build=build,
            pythons=self._pythons(build),
            bytes=size_of(build, self.platform),
            assumptions=assumptions_of(build, framework, target),
            minor=cuda_mode and build.cuda is not None and target.ceiling is not None and not is_full(target, build.cuda),
            jit=cuda_mode and build.code is not None and any(needs_jit(build.code, each) for each in target.capabilities),
            jit_certain=build.code is not None and all(jit_is_certain(build.code, each, target.ceiling) for each in target.capabilities),
        )


def _labelled(build: Build) -> str:
    return f"{build.distribution} {build.version}" + (f" {build.build}" if build.build.startswith("cu") else "")


def _reason(build: Build, cause: str, says: str, sources: tuple[str, ...] = ()) -> Reason:
    return Reason(cause=cause, about=build.distribution, version=build.version, says=says, sources=sources or build.sources)
