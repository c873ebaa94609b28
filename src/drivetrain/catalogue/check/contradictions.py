"""Holds the files against each other: builds against the index, CUDA against drivers and architectures, pairs and pins both ways, breaks against releases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from drivetrain.catalogue.check.material import Builds, Material
from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.catalogue import BuildFact, Distribution
from drivetrain.model.dotted import dotted
from drivetrain.model.listing import Fault
from drivetrain.words import say


def contradictions(material: Material) -> Iterator[Fault]:
    """Gives every row that another row contradicts."""
    for builds in material.builds:
        yield from _told_twice(builds)
        yield from _off_the_index(material, builds)
        yield from _without_driver(material, builds)
        yield from _unmet_pins(material, builds)
    yield from _empty_breaks(material)
    yield from _conda(material)
    yield from _pairs(material)
    yield from _drivers(material)
    yield from _models(material)
    yield from _order(material)


def _fault(file: str, row: str, says: str) -> Fault:
    return Fault(file=file, row=row, fault="contradiction", says=says)


def _named(row: BuildFact) -> str:
    return f"{row.version} {row.build}"


def _holder(builds: Builds, row: BuildFact) -> str:
    return row.distribution or builds.framework.distribution


def _told_twice(builds: Builds) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    for row in builds.rows:
        for key in ((_holder(builds, row), row.version, row.build, platform, place) for platform in row.platforms for place in row.places):
            if key in seen:
                yield _fault(builds.file, _named(row), say("this build stands there twice for {platform}, {place}", platform=key[3], place=key[4]))
            seen.add(key)


def _off_the_index(material: Material, builds: Builds) -> Iterator[Fault]:
    """A row that says "index" is of a release that the index has, with a wheel for that platform."""
    for row in builds.rows:
        if "index" not in row.places:
            continue
        holder = _holder(builds, row)
        release = next((each for each in material.releases(holder) if each.version == row.version), None)
        if release is None:
            yield _fault(builds.file, _named(row), say("the index has no {name} {version}", name=holder, version=row.version))
            continue
        listed = {platform for wheel in release.wheels for platform in platforms_of(wheel.tags)}
        missing = [each for each in row.platforms if each not in listed and "any" not in listed]
        if missing:
            says = say("the index has no wheel of {name} {version} for {platforms}", name=holder, version=row.version, platforms=", ".join(missing))
            yield _fault(builds.file, _named(row), says)


def _without_driver(material: Material, builds: Builds) -> Iterator[Fault]:
    toolkits = {(row[0], os) for row in material.drivers.get("toolkits", ()) for os, number in (("linux", row[1]), ("windows", row[2])) if number}
    branches = {(row[2], row[0]) for row in material.drivers.get("branches", ())}
    majors = {(row[0], os) for row in material.drivers.get("majors", ()) for os, number in (("linux", row[1]), ("windows", row[2])) if number}
    for row in builds.rows:
        for os in sorted({each.partition("-")[0] for each in row.platforms} & {"linux", "windows"}):
            if row.cuda and not {(row.cuda, os)} & (toolkits | branches) and (int(row.cuda.split(".")[0]), os) not in majors:
                says = say("it needs CUDA {cuda}, and no row says which {os} driver serves that", cuda=row.cuda, os=os)
                yield _fault(builds.file, _named(row), says)


def _unmet_pins(material: Material, builds: Builds) -> Iterator[Fault]:
    known = {each.name: {release.version for release in each.releases} for each in material.snapshot.distributions}
    for row in builds.rows:
        for each in row.requires or ():
            pin = each.specifier.removeprefix("==")
            if each.specifier.startswith("==") and "," not in pin and "*" not in pin and each.name in known and pin not in known[each.name]:
                yield _fault(builds.file, _named(row), say("it pins {name} {version}, which the index does not have", name=each.name, version=pin))


def _empty_breaks(material: Material) -> Iterator[Fault]:
    by_name = {each.name: each for each in material.snapshot.distributions}
    for row in material.breaks:
        for name, versions in ((row.distribution, row.versions), (row.other, row.other_versions)):
            found = by_name.get(name)
            if found is None:
                yield _fault("breaks.json", f"{row.distribution} + {row.other}", say("the catalogue does not know {name}", name=name))
            elif not _some(found, versions):
                yield _fault("breaks.json", f"{row.distribution} + {row.other}", say("no release of {name} is {versions}", name=name, versions=versions))


def _some(distribution: Distribution, versions: str) -> bool:
    """Tells whether a range means a release that is known, or one that is older than what the index has (JAX's release page has such)."""
    try:
        wanted = SpecifierSet(versions, prereleases=True)
    except InvalidSpecifier:
        return True
    oldest = min((version_of(each.version) for each in distribution.releases), default=version_of("0"))
    edges = [version_of(each.version.removesuffix(".*")) for each in wanted]
    return any(wanted.contains(each.version) for each in distribution.releases) or any(
        wanted.contains(each) for each in (version_of("0"), *edges) if each < oldest
    )


def _conda(material: Material) -> Iterator[Fault]:
    known = {row[0] for row in material.drivers.get("toolkits", ())} | {row[2] for row in material.drivers.get("branches", ())}
    seen: set[tuple[str, str]] = set()
    for row in material.conda:
        named = f"{row.package} {row.version}"
        if (row.package, row.version) in seen:
            yield _fault("conda.json", named, say("this version stands there twice"))
        seen.add((row.package, row.version))
        cuda = ".".join(row.version.split(".")[:2])
        if row.package == "cudatoolkit" and cuda not in known:
            yield _fault("conda.json", named, say("no row says which driver serves CUDA {cuda}", cuda=cuda))


def _pairs(material: Material) -> Iterator[Fault]:
    """Each companion's release is on the index and pins no other framework's release; each release of the framework has its row."""
    for framework, rows in material.pairs:
        file = f"{framework.name}/pairs.json"
        releases = {each.version: each for each in material.releases(framework.distribution)}
        told = {str(row.get(framework.name)) for row in rows}
        for version in releases:
            if version not in told and not version_of(version).is_prerelease:
                yield _fault(file, f"{framework.name} {version}", say("no row tells its companions"))
        for name in framework.companions:
            yield from _unpaired(material, framework.distribution, file, name, {str(row[name]) for row in rows if row.get(name)})
        for row in rows:
            mine = str(row.get(framework.name))
            if mine not in releases:
                yield _fault(file, f"{framework.name} {mine}", say("the index has no {name} {version}", name=framework.distribution, version=mine))
            yield from _mates(material, framework.distribution, file, mine, {name: row[name] for name in framework.companions if row.get(name)})


def _unpaired(material: Material, distribution: str, file: str, name: str, paired: set[str]) -> Iterator[Fault]:
    """The other way round: a companion's release that neither a row nor its own METADATA ties to the framework would go with any."""
    for release in material.releases(name):
        tied = any(each.name == distribution for each in release.requires)
        if release.version not in paired and not tied and release.read_from and not release.yanked and not version_of(release.version).is_prerelease:
            yield _fault(file, f"{name} {release.version}", say("nothing tells which {framework} it goes with", framework=distribution))


def _mates(material: Material, distribution: str, file: str, mine: str, mates: dict[str, str]) -> Iterator[Fault]:
    for name, version in mates.items():
        release = next((each for each in material.releases(name) if each.version == version), None)
        if release is None:
            yield _fault(file, f"{distribution} {mine}", say("the index has no {name} {version}", name=name, version=version))
            continue
        for each in release.requires:
            if each.name == distribution and not each.marker and not _contains(each.specifier, mine):
                says = say("{name} {version} pins {other}{specifier}", name=name, version=version, other=distribution, specifier=each.specifier)
                yield _fault(file, f"{distribution} {mine}", says)


@lru_cache(maxsize=4096)
def _contains(specifier: str, version: str) -> bool:
    try:
        return SpecifierSet(specifier, prereleases=True).contains(version)
    except InvalidSpecifier:
        return True


def _drivers(material: Material) -> Iterator[Fault]:
    """The lowest driver of a CUDA major cannot be newer than the one that came with its last release."""
    for major, *floors, _, _, _ in material.drivers.get("majors", ()):
        for at, floor in enumerate(floors, 1):
            own = [row[at] for row in material.drivers.get("toolkits", ()) if row[at] and row[0].split(".")[0] == str(major)]
            if floor and own and max(map(dotted, own)) < dotted(floor):
                says = say("CUDA {major} needs driver {floor}, and no toolkit of it came with one as new", major=major, floor=floor)
                yield _fault("drivers.json", f"majors {major}", says)


def _models(material: Material) -> Iterator[Fault]:
    known = {row[0] for row in material.gpus.get("architectures", ())}
    for model in material.gpus.get("models", ()):
        if model[1] not in known:
            says = say("no row says which CUDA compiles for compute capability {capability}", capability=model[1])
            yield _fault("gpus.json", str(model[0]), says)


def _order(material: Material) -> Iterator[Fault]:
    names = [each.name for each in material.snapshot.distributions]
    for name in sorted({each for each in names if names.count(each) > 1}):
        yield _fault("snapshot.json", name, say("this distribution stands there twice"))
    for distribution in material.snapshot.distributions:
        try:
            versions = [version_of(each.version) for each in distribution.releases]
        except ValueError:
            continue
        if versions != sorted(set(versions), reverse=True):
            yield _fault("snapshot.json", distribution.name, say("its releases are not each once, newest first"))
