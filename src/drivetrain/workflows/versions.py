"""Lists the versions of one component, place by place: what exists, what the target can use, and the reason against each other one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from drivetrain.errors import UsageError
from drivetrain.model.listing import Take, Terms, VersionRow, Versions
from drivetrain.model.machine import Machine
from drivetrain.words import say
from drivetrain.workflows.cache import cache_folder

if TYPE_CHECKING:
    from drivetrain.catalogue import Catalogue
    from drivetrain.model.build import Build, Framework, Target
    from drivetrain.model.request import Request
    from drivetrain.solve.candidates import Sieve

TERMS_OF_DEFAULTS = "https://www.anaconda.com/legal/terms/terms-of-service"


Line = Callable[[str], str]
"""Gives the line to type that makes an environment with a requirement."""


def versions_of(component: str, machine: Machine, cache_dir: str | None = None, *, line: Line = "drivetrain up {}".format) -> Versions:
    """Gives every version of a component with the relation that keeps this target from it; raises UsageError for one that is not known."""
    from drivetrain.catalogue.elsewhere import elsewhere
    from drivetrain.formats.requirements import wish_of
    from drivetrain.model.request import Request
    from drivetrain.solve.aim import target_of
    from drivetrain.solve.candidates import Sieve
    from drivetrain.workflows.facts import catalogue_for
    from drivetrain.workflows.versions_elsewhere import Elsewheres

    facts = catalogue_for(None, machine, cache_folder(cache_dir), here=not machine.described)
    framework = facts.framework(component)
    own = framework is not None and component in (framework.name, framework.distribution, *(old for old, _ in framework.renamed))
    names = _names(component, facts)
    if not names:
        raise _unknown(component, facts)
    request = Request(wishes=(wish_of(names[0]),), pre=True, sources="all", engine="pip")
    target = target_of(request, machine, facts.frameworks)
    sieve = Sieve(request, target, facts)
    rows = [row for name in names for row in _rows(sieve, facts, name)]
    brought = [row for each in _of_page(framework) if own and each not in names for row in _rows(sieve, facts, each) if row.source != "wheel"]
    known = elsewhere(framework.name if framework and own else component)
    rows += Elsewheres(facts, target, is_framework=framework is not None).rows(known)
    uncounted = _uncounted(request, machine, facts, cache_dir)
    note = _note(component, machine, target)
    if note:
        rows = [_barred(row) for row in rows]
    rows, taken = _newest_first([*rows, *brought]), rows
    return Versions(
        component=framework.distribution if framework and own else component,
        target=_described(machine, target),
        note=note,
        take=tuple(_takes(taken, line if (framework and own) or facts.framework_of_companion(component) else None, uncounted, target.accelerator == "cuda")),
        uncounted=tuple(each for each in uncounted if any(row.source == each for row in rows)),
        versions=tuple(rows),
        terms=tuple(_terms(rows)),
    )


def _of_page(framework: Framework | None) -> tuple[str, ...]:
    """Gives the distributions of which a framework's release page has builds: JAX itself is pure Python, its library is not."""
    return framework.page.distributions if framework and framework.page else ()


def _uncounted(request: Request, machine: Machine, facts: Catalogue, cache_dir: str | None) -> tuple[str, ...]:
    """Gives the frameworks' own places that a plan on this machine would not count: they did not answer, or were not asked yet."""
    from msgspec.structs import replace

    from drivetrain.solve.aim import places_of
    from drivetrain.workflows.planning import with_places

    if machine.described:
        return ()
    plain = replace(request, sources="auto")
    there = with_places(plain, machine, facts.frameworks, cache_folder(cache_dir), here=True, offline=True)
    counted = places_of(plain, there, facts.frameworks)
    return tuple(each for each in place_titles() if each not in counted)


def place_titles() -> dict[str, str]:
    """Gives what the frameworks' own indexes are called."""
    from drivetrain.frameworks import frameworks

    found = {each.wheel_index[0]: say("{title}'s index", title=each.title) for each in frameworks() if each.wheel_index}
    return found | {each.page.place: say("{title}'s release page", title=each.title) for each in frameworks() if each.page}


def _names(component: str, facts: Catalogue) -> tuple[str, ...]:
    """Gives the distributions that a component is, those of the newest CUDA first."""
    from drivetrain.catalogue.families import family_of, is_cudnn, is_runtime

    tests = {"cudnn": is_cudnn, "cuda": is_runtime}
    if component in tests:
        found = (each for each in facts.distributions if tests[component](each))
        return tuple(sorted(found, key=lambda each: -(family_of(each, "99") or 0)))
    framework = facts.framework(component)
    name = framework.distribution if framework and component not in facts.distributions else component
    return (name,) if name in facts.distributions else ()


def _unknown(component: str, facts: Catalogue) -> UsageError:
    from difflib import get_close_matches

    special = ("cudnn", "cuda")
    near = ", ".join(get_close_matches(component, (*facts.distributions, *special), n=3))
    some = ", ".join((*special, *(each.distribution for each in facts.frameworks)))
    way = say("the nearest: {names}", names=near) if near else say("for instance: {names}", names=some)
    return UsageError(say("the catalogue knows no {component}", component=component), way)


def _rows(sieve: Sieve, facts: Catalogue, name: str) -> Iterator[VersionRow]:
    """Gives one row for each version and place: usable where one of its builds is."""
    from msgspec.structs import replace

    field = sieve.field(name)
    found: dict[tuple[str, str, str], VersionRow] = {}
    builds: dict[tuple[str, str, str], list[str]] = {}
    released = {each.version: each.released or None for each in facts.releases(name)}
    alone: dict[tuple[str, str, str], Build] = {}
    mates = Mates(sieve, facts, name)
    for candidate in sorted(field.candidates, key=lambda each: len(each.assumptions)):
        key = _key(candidate.build)
        if not mates.has(candidate.build):
            alone.setdefault(key, candidate.build)
            continue
        builds.setdefault(key, []).append(_label(candidate.build))
        if key not in found:
            source = say("only its source is published") if candidate.build.place == "index" and not candidate.build.wheels else ""
            says = source or next(iter(candidate.assumptions), "")
            found[key] = _row(candidate.build, released, usable=True, says=says)
    for key, build in alone.items():
        if key not in found:
            found[key] = replace(_row(build, released, usable=False, says=mates.says(build)), cause="dependency-pin-conflict")
    for stopped in sorted(field.stopped, key=lambda each: -each.depth):
        key = _key(stopped.build)
        if key not in found:
            cause = stopped.reason.cause
            found[key] = replace(_row(stopped.build, released, usable=False, says=stopped.reason.says), cause=cause, sources=stopped.reason.sources)
        if found[key].usable is False:
            builds.setdefault(key, []).append(_label(stopped.build))
    for key, row in found.items():
        yield replace(row, builds=tuple(dict.fromkeys(each for each in builds.get(key, ()) if each)))
    told = {row.version for row in found.values()}
    for version, day in released.items():
        if version not in told:
            yield VersionRow(version=version, released=day, source="wheel", package=name)


class Mates:
    """Tells whether the framework's release that a companion's build goes with can be used on the target."""

    def __init__(self, sieve: Sieve, facts: Catalogue, name: str) -> None:
        self.framework = facts.framework_of_companion(name)
        every = sieve.field(self.framework.distribution).candidates if self.framework else ()
        self.there = tuple((each.build.version, each.build.variant) for each in every)

    def has(self, build: Build) -> bool:
        """Tells it; of a build that pins no release of the framework nothing is asked."""
        from drivetrain.catalogue.relations.markers import satisfies

        wanted = self._wanted(build)
        # A variant ties builds of two wheel indexes; a companion that is published once goes with each of them.
        fitting = (version for version, variant in self.there if variant == build.variant or not (variant and build.variant))
        return not wanted or any(all(satisfies(version, each) for each in wanted) for version in fitting)

    def says(self, build: Build) -> str:
        """Says why it cannot."""
        title = self.framework.distribution if self.framework else ""
        wanted = ",".join(self._wanted(build))
        return say("the {framework} that it goes with ({versions}) cannot be used here", framework=title, versions=wanted.removeprefix("=="))

    def _wanted(self, build: Build) -> tuple[str, ...]:
        return tuple(each.specifier for each in build.requires if self.framework and each.name == self.framework.distribution and each.specifier)


def _key(build: Build) -> tuple[str, str, str]:
    return (build.version, build.place, build.published_as)


def _row(build: Build, released: dict[str, str | None], *, usable: bool, says: str) -> VersionRow:
    source = "wheel" if build.place == "index" else build.place.partition(":")[0] if build.place.startswith("find-links") else build.place
    package = build.published_as or build.distribution
    return VersionRow(version=build.version, released=released.get(build.version), source=source, package=package, usable=usable, says=says)


def _label(build: Build) -> str:
    return build.build or (f"CUDA {build.cuda}" if build.cuda and build.brings_cuda and build.distribution.startswith("nvidia-") is False else "")


def _note(component: str, machine: Machine, target: Target) -> str:
    """Says what keeps the target from all of it."""
    if component not in ("cuda", "cudnn") or target.accelerator == "cuda":
        return ""
    if target.os == "macos":
        return say("macOS has no CUDA: nothing of this can be used there")
    if machine.nvidia_gpus:
        return say("{gpu} has no NVIDIA driver: nothing of this can be used before one is installed", gpu=machine.nvidia_gpus[0].name)
    return say("there is no NVIDIA GPU here: nothing of this can be used; for another machine: --gpu, --driver, --os")


def _barred(row: VersionRow) -> VersionRow:
    from msgspec.structs import replace

    return replace(row, usable=False, says="", cause="no-nvidia-gpu-on-machine") if row.usable is not False else row


def _newest_first(rows: Iterable[VersionRow]) -> list[VersionRow]:
    """Place by place as they came, each newest first."""
    from packaging.version import Version

    places: dict[tuple[str, str], list[VersionRow]] = {}
    for row in rows:
        places.setdefault((row.source, row.package), []).append(row)
    ordered = [row for each in places.values() for row in sorted(each, key=lambda row: Version(row.version), reverse=True)]
    return [_early(row) if row.usable and Version(row.version).is_prerelease else row for row in ordered]


def _early(row: VersionRow) -> VersionRow:
    from msgspec.structs import replace

    return replace(row, says=say("; ").join(each for each in (say("a pre-release"), row.says) if each))


def _described(machine: Machine, target: Target) -> str:
    gpus = ", ".join(dict.fromkeys(each.name for each in machine.nvidia_gpus))
    driver = say("driver {version}", version=machine.driver.version) if machine.driver and machine.driver.version else ""
    ceiling = say("CUDA up to {version}", version=target.ceiling) if target.ceiling and target.accelerator == "cuda" else ""
    system = "WSL2" if target.wsl else {"linux": "Linux", "windows": "Windows", "macos": "macOS"}[target.os]
    return " · ".join(each for each in (gpus, driver, ceiling, f"{system} {target.arch}") if each)


def _takes(rows: list[VersionRow], line: Line | None, uncounted: tuple[str, ...], on_gpu: bool) -> Iterator[Take]:
    """Gives the newest usable final of each place: what pip installs first, the newer before the older, then conda's channels, then the archive."""
    from packaging.version import Version

    best: dict[str, VersionRow] = {}
    for row in rows:
        if row.usable and not Version(row.version).is_prerelease:
            known = best.get(row.source)
            if known is None or Version(row.version) > Version(known.version):
                best[row.source] = row
    late = (*uncounted, "conda-forge", "nvidia", "defaults", "archive")
    newest = sorted(best.values(), key=lambda row: (Version(row.version), row.source == "wheel"), reverse=True)
    for row in sorted(newest, key=lambda row: late.index(row.source) + 1 if row.source in late else 0):
        yield Take(source=row.source, package=row.package, version=row.version, released=row.released, command=_command(row, line, on_gpu))


def _command(row: VersionRow, line: Line | None, on_gpu: bool) -> str:
    if row.source in ("conda-forge", "defaults", "nvidia"):
        cuda = next((each.removeprefix("CUDA ") for each in row.builds if each.startswith("CUDA ")), "")
        with_cuda = f" cuda-version={cuda}" if on_gpu and cuda and row.source == "conda-forge" and row.package != "cuda-version" else ""
        return f"conda install -c {row.source} {row.package}={row.version}{with_cuda}"
    if line is not None:
        return line(f"{row.package}=={row.version}") if row.source not in ("archive", "find-links") else ""
    return f"uv pip install {row.package}=={row.version}" if row.source == "wheel" else ""


def _terms(rows: list[VersionRow]) -> Iterator[Terms]:
    if any(row.source == "defaults" for row in rows):
        says = say("organisations of more than 200 people need a paid licence of Anaconda for its default channel (exceptions: education, research)")
        yield Terms(source="defaults", says=says, url=TERMS_OF_DEFAULTS)
