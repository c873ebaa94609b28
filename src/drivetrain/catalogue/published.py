"""Gives the builds of a framework whose wheels bear names of their own: `cupy-cuda12x`, `onnxruntime-gpu`; one distribution to whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import family_of, is_cuda_library, is_cudnn
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.build import Build, Bundle, Framework, Target
from drivetrain.model.catalogue import BuildFact, LibraryCode, Release, Requirement, Wheel


class Reading(Struct, frozen=True):
    """How a release of the index and its device code are read; `offers` reads those of every distribution."""

    plain: Callable[[str, Release], Build]
    code: Callable[[str, Build, BuildFact], tuple[LibraryCode, ...] | None]
    made_against: Callable[[BuildFact], tuple[Requirement, ...]]


def published_builds(catalogue: Catalogue, framework: Framework, target: Target, reading: Reading) -> Iterator[Build]:
    """Gives every build of a framework under whatever name, without dates; a release of the framework's own name without a row is its CPU build."""
    # What is older than the newest release that was read, and was not read itself, is not offered: of newer ones the metadata says enough.
    newest = max((version_of(row.version) for row in catalogue.facts(framework.name)), default=version_of("0"))
    named = {release.version for name in framework.names for release in catalogue.releases(name)}
    has_own = any(release.wheels for release in catalogue.releases(framework.distribution))
    for name in names_of(framework):
        for release in catalogue.releases(name):
            if name == framework.distribution and not release.wheels and (release.version in named or not has_own):
                continue  # A source package whose wheels are those of the other names.
            plain = _named(framework, name, reading.plain(name, release))
            every = [row for row in catalogue.facts_of_release(framework.name, release.version) if row.distribution in _spellings(framework, name)]
            rows = [row for row in every if "index" in row.places]
            if rows:
                here = [row for row in rows if target.platform in row.platforms]
                yield from (_described(framework, plain, row, target, reading) for row in here)
                if not here:
                    # It has no wheel for this platform, and a relation will say so.
                    yield msgspec.structs.replace(plain, brings_cuda=True)
            elif name == framework.distribution:
                yield msgspec.structs.replace(plain, build="cpu" if plain.wheels else "")
            elif version_of(release.version) > newest:
                yield _unread(framework, plain, target)
    yield from _of_own_index(catalogue, framework, target, reading)


def names_of(framework: Framework) -> tuple[str, ...]:
    """Gives every name that a wheel of the framework may have on the index."""
    return tuple(dict.fromkeys((framework.distribution, *framework.names)))


def releases_of(catalogue: Catalogue, framework: Framework) -> tuple[Release, ...]:
    """Gives every release under every name: what the dates of its lines are counted from."""
    return tuple(release for name in names_of(framework) for release in catalogue.releases(name))


def _named(framework: Framework, name: str, plain: Build) -> Build:
    return msgspec.structs.replace(
        plain,
        distribution=framework.distribution,
        published_as="" if name == framework.distribution else name,
        requires=(*plain.requires, *(Requirement(each) for each in framework.unnamed)),
    )


def _spellings(framework: Framework, name: str) -> tuple[str, ...]:
    """Gives how a build row names this wheel: the framework's own name may be left out."""
    return (name, "") if name == framework.distribution else (name,)


def _described(framework: Framework, plain: Build, row: BuildFact, target: Target, reading: Reading) -> Build:
    """Joins a release with the row of its build, and the libraries that come beside it."""
    made = msgspec.structs.replace(
        plain,
        # The name of the wheel says it already.
        build="" if row.build == "cuda" else row.build,
        family=int(row.cuda.split(".")[0]) if row.cuda else plain.family,
        cuda=row.cuda,
        cudnn=row.cudnn,
        brings_cuda=bool(row.cuda),
        bundled=row.bundled,
        code=reading.code(plain.wheel_name, plain, row),
        sources=row.sources,
    )
    return _with_libraries(framework, made, target)


def _unread(framework: Framework, plain: Build, target: Target) -> Build:
    """Gives a CUDA release that the catalogue has no row for: its name or its extras still say the family."""
    families = (family_of(each.name, each.specifier.lstrip("=><~! ")) for each in plain.requires)
    family = plain.family or next((each for each in families if each is not None), None)
    known = msgspec.structs.replace(plain, family=family, brings_cuda=True, known=False)
    return _with_libraries(framework, known, target)


def _with_libraries(framework: Framework, build: Build, target: Target) -> Build:
    """Adds what brings a build's CUDA libraries: its own extras, or wheels that its metadata does not name; nothing on a machine that uses none."""
    if not build.brings_cuda or build.bundled:
        return build
    bundle = next((each for each in framework.bundles if _is_for(each, build, target)), None)
    if target.accelerator != "cuda":
        # What its metadata names comes along even so, and must be of the right soname.
        named = {each.name for each in build.requires}
        bounds = [each for each in _bounded(bundle, build) if each.name in named] if bundle else []
        return msgspec.structs.replace(build, requires=(*build.requires, *bounds))
    if bundle is None:
        brings = any(is_cuda_library(each.name) for each in build.requires if "extra" not in each.marker)
        reads = framework.reads_system and not brings
        # A cuDNN of the system is one more beside that of the wheels, like one inside the wheel.
        return msgspec.structs.replace(build, reads_system=reads, bundled=reads and build.cudnn is not None)
    return msgspec.structs.replace(
        build,
        extras=bundle.extras,
        requires=(*build.requires, *_bounded(bundle, build)),
        # The version nearest above what it was made with is meant; where only the major version is known, the newest serves any minor one.
        near=tuple(name for name, component in bundle.libraries if component == "cudnn" and "." in (build.cudnn or "")),
        loader_paths=bundle.loader_paths,
        sources=(*build.sources, *bundle.sources),
    )


def _is_for(bundle: Bundle, build: Build, target: Target) -> bool:
    version = version_of(build.version)
    return (
        bundle.os == target.os
        and bundle.family == build.family
        and (not bundle.names or build.wheel_name in bundle.names)
        and (not bundle.since or version >= version_of(bundle.since))
        and (not bundle.before or version < version_of(bundle.before))
    )


def _bounded(bundle: Bundle, build: Build) -> Iterator[Requirement]:
    """Same soname, and not older than what the build was made with."""
    bounds = {"cuda": build.cuda or f"{bundle.family}.0", "cudnn": build.cudnn, "": None}
    for name, component in bundle.libraries:
        bound = bounds[component]
        yield Requirement(name, f">={bound},<{int(bound.split('.')[0]) + 1}" if bound else "")


def _of_own_index(catalogue: Catalogue, framework: Framework, target: Target, reading: Reading) -> Iterator[Build]:
    """Gives the builds that only the framework's own index has; date, Pythons and other requirements are those of the same release on the package index."""
    if framework.wheel_index is None:
        return
    place, _ = framework.wheel_index
    for row in catalogue.facts(framework.name):
        if place not in row.places or target.platform not in row.platforms:
            continue
        name = row.distribution or framework.distribution
        found = ((each, release) for each in (name, *names_of(framework)) for release in catalogue.releases(each) if release.version == row.version)
        held = next(found, None)
        if held is None:
            continue
        plain = _named(framework, name, reading.plain(*held))
        kept = tuple(each for each in plain.requires if not is_cuda_library(each.name))
        against = reading.made_against(row)
        yield msgspec.structs.replace(
            _described(msgspec.structs.replace(framework, bundles=(), reads_system=False), plain, row, target, reading),
            local=row.build if framework.labels_wheels else "",
            place=place,
            requires=(*(row.requires or ()), *kept, *against),
            near=tuple(each.name for each in against if is_cudnn(each.name)),
            wheels=tuple(Wheel(each.tags) for each in plain.wheels),
            pythons=row.pythons or tuple(sorted({part for wheel in plain.wheels for part in wheel.tags.split("-")[0].split(".")})),
            complete=row.complete,
            variant=row.build,
        )
