"""Gives the builds that can be chosen: index releases joined with the framework's build rows and the device code that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from drivetrain.catalogue import CONDA_LIBRARIES, Catalogue
from drivetrain.catalogue.companions import companion_builds, labelled_build
from drivetrain.catalogue.families import OWN_NUMBERS, family_of, is_cuda_library, is_cudnn, is_runtime
from drivetrain.catalogue.page_wheels import extra_builds, framework_of_page, has_page_wheels, page_builds
from drivetrain.catalogue.published import Reading, published_builds, releases_of
from drivetrain.catalogue.relations.markers import satisfies, version_of
from drivetrain.catalogue.source_builds import source_build
from drivetrain.model.build import Build, Bundle, Framework, Target
from drivetrain.model.catalogue import BuildFact, LibraryCode, Release, Requirement, Wheel
from drivetrain.words import say

_DECIDING = {
    "nvidia-cudnn": ("libcudnn_ops", "libcudnn_cnn", "libcudnn_adv"),
    "nvidia-cublas": ("libcublas.",),
    "nvidia-nccl": ("libnccl.",),
    "jax-cuda": ("xla_cuda_plugin.",),
}
"""Shared libraries that a framework must load and whose code must fit. libcublasLt and cuDNN's engines are left out: they are
collections of kernels tuned for single chips, so that a small count there does not mean that the chip is not served."""


_CUDA_LABEL = re.compile(r"cu\d{2,3}")
"""Local versions of CUDA builds (`+cu126`); others (`+rocm6.4`, `+xpu`) are for accelerators that are not planned."""


def builds_of(catalogue: Catalogue, distribution: str, target: Target) -> tuple[Build, ...]:
    """Gives every build of a distribution that the target's platform could take, newest first, before any relation is asked."""
    if distribution in CONDA_LIBRARIES:
        return tuple(_conda_builds(catalogue, distribution, target))
    framework = catalogue.framework(distribution)
    if framework is not None and framework.names:
        return _published_builds(catalogue, framework, distribution, target)
    companion_of = catalogue.framework_of_companion(distribution)
    releases = catalogue.releases(distribution)
    dates = line_dates(releases, _line_parts(catalogue, distribution))
    made: list[Build] = []
    for release in releases:
        offered: Iterable[Build]
        if framework is not None and distribution in (framework.distribution, framework.nightly):
            offered = _framework_builds(catalogue, framework, distribution, release, target)
        elif companion_of is not None and (row := catalogue.companion(distribution)) is not None:
            plain = plain_build(catalogue, distribution, release, target)
            offered = companion_builds(row, companion_of, plain, target, catalogue.releases(companion_of.distribution))
        elif companion_of is not None:
            offered = _companion_builds(catalogue, companion_of, distribution, release, target)
        else:
            offered = (plain_build(catalogue, distribution, release, target),)
        made.extend(msgspec.structs.replace(each, dated="" if each.from_source else dates.get(release.version, release.released)) for each in offered)
    if framework_of_page(catalogue, distribution):
        made = [msgspec.structs.replace(each, variant="index") for each in made]
    if has_page_wheels(catalogue, distribution):
        made.extend(msgspec.structs.replace(each, dated=dates.get(each.version.split("+")[0], "")) for each in page_builds(distribution))
    made.extend(_local_builds(catalogue, distribution, target, dates))
    return tuple(sorted(made, key=lambda build: (version_of(build.version), build.build), reverse=True))


def _published_builds(catalogue: Catalogue, framework: Framework, distribution: str, target: Target) -> tuple[Build, ...]:
    """Gives the builds of a framework whose wheels have names of their own; asked for by one of those names, only these."""
    dates = line_dates(releases_of(catalogue, framework), framework.line_parts)
    reading = Reading(
        plain=lambda name, release: plain_build(catalogue, name, release, target),
        code=lambda name, build, row: _code(catalogue, framework, (name, build.version), msgspec.structs.replace(row, platforms=(target.platform,))),
        made_against=_made_against,
    )
    made = [
        msgspec.structs.replace(each, dated=dates.get(each.version, each.dated))
        for each in published_builds(catalogue, framework, target, reading)
        if distribution == framework.distribution or each.wheel_name == distribution
    ]
    return tuple(sorted(made, key=lambda build: (version_of(build.version), build.wheel_name, build.build), reverse=True))


def is_plain(catalogue: Catalogue, distribution: str) -> bool:
    """Tells whether each release of a distribution is one build: no framework, no companion, nothing of another place."""
    return (
        distribution not in CONDA_LIBRARIES
        and catalogue.framework(distribution) is None
        and catalogue.framework_of_companion(distribution) is None
        and not has_page_wheels(catalogue, distribution)
        and all(each.distribution != distribution for each in catalogue.local_wheels)
    )


def line_dates(releases: tuple[Release, ...], line_parts: tuple[tuple[str, int], ...]) -> dict[str, str]:
    """Gives for each version the date of the first final of its line, or of a higher line if that is earlier."""
    lines: dict[tuple[int, ...], str] = {}
    of_version: dict[str, tuple[int, ...]] = {}
    for release in releases:
        version = version_of(release.version)
        parts = next((count for since, count in line_parts if version >= version_of(since)), 2)
        line = of_version[release.version] = (*version.release, 0, 0)[:parts]
        if release.released and not version.is_prerelease:
            lines[line] = min(release.released, lines.get(line, "9999"))
    earliest = "9999"
    for line in sorted(lines, reverse=True):
        earliest = lines[line] = min(earliest, lines[line])
    return {version: lines[line] for version, line in of_version.items() if line in lines}


def dates_of(catalogue: Catalogue, distribution: str) -> dict[str, str]:
    """Gives the date that counts for each release of a distribution."""
    return line_dates(catalogue.releases(distribution), _line_parts(catalogue, distribution))


def _line_parts(catalogue: Catalogue, distribution: str) -> tuple[tuple[str, int], ...]:
    framework = catalogue.framework(distribution)
    companion = catalogue.companion(distribution)
    return framework.line_parts if framework else (("0", companion.line_parts if companion else 2),)


def _requires(release: Release, platform: str) -> tuple[Requirement, ...]:
    return next((requires for name, requires in release.requires_on if name == platform), release.requires)


def _with_extra(requires: tuple[Requirement, ...], extra: str) -> bool:
    return any(f'"{extra}"' in each.marker or f"'{extra}'" in each.marker for each in requires)


def _family(catalogue: Catalogue, distribution: str, version: str) -> int | None:
    """Gives the CUDA family of a wheel; that of a library with numbers of its own as the newest cuda-toolkit says it, once there is one after CUDA 13."""
    family = family_of(distribution, version)
    if family is None or distribution not in OWN_NUMBERS:
        return family
    newest: int | None = catalogue.memory.get("newest-toolkit")
    if newest is None:
        found = (family_of("cuda-toolkit", each.version) or 0 for each in catalogue.releases("cuda-toolkit")[:1])
        newest = catalogue.memory["newest-toolkit"] = max(found, default=0)
    if newest <= family:
        return family
    from drivetrain.catalogue.toolkits import cuda_releases

    return max((each // 100 for each in cuda_releases(catalogue, distribution, version)), default=family)


def plain_build(catalogue: Catalogue, distribution: str, release: Release, target: Target) -> Build:
    """Gives the one build that a release of a library is."""
    version = version_of(release.version)
    source = None if release.wheels else source_build(distribution, release.version)
    return Build(
        distribution=distribution,
        version=release.version,
        dated=release.released,
        family=_family(catalogue, distribution, release.version),
        cuda=".".join(release.version.split(".")[:2]) if is_runtime(distribution) else None,
        cudnn=release.version if is_cudnn(distribution) else None,
        brings_cuda=is_cuda_library(distribution),
        wheels=release.wheels,
        pythons=("py3",) if source else None,
        built_here=source is not None,
        requires_python=release.requires_python or (source.requires_python if source else ""),
        requires=source.requires if source else _requires(release, target.platform),
        code=measured(catalogue, (distribution, release.version), deciding_libraries(distribution), (target.platform,)),
        yanked=release.yanked,
        prerelease=version.is_prerelease,
        complete=bool(release.read_from) or source is not None,
    )


def _companion_builds(catalogue: Catalogue, framework: Framework, distribution: str, release: Release, target: Target) -> Iterator[Build]:
    """Gives a companion's builds: the index's, and one per variant of its framework's own index."""
    build = plain_build(catalogue, distribution, release, target)
    own, labels = _labels(catalogue, framework, release, target)
    build = msgspec.structs.replace(build, requires=(*build.requires, *_paired(catalogue, framework, build)), build=own, variant="index")
    yield build
    for label in labels:
        yield msgspec.structs.replace(
            build,
            build=label,
            local=label,
            place=framework.wheel_index[0] if framework.wheel_index else "",
            variant="index" if label == own else label,
            wheels=(),
            pythons=_pythons(release),
        )


def _paired(catalogue: Catalogue, framework: Framework, build: Build) -> Iterator[Requirement]:
    """Where a companion's metadata names no release of its framework: the one it was released with, or a newer one after the last pair."""
    mates = [mate for version, mate in catalogue.pairs.get(build.distribution, ()) if version == build.version]
    # Wheels of torchvision up to 0.14 for macOS and for aarch64 require torch in any version, those for other platforms their own.
    if not mates or any(each.name == framework.distribution and each.specifier for each in build.requires):
        return
    lowest, highest = min(mates, key=version_of), max(mates, key=version_of)
    newest = max((mate for _, mate in catalogue.pairs[build.distribution]), key=version_of)
    yield Requirement(framework.distribution, f">={lowest}" if highest == newest else f">={lowest},<={highest}")


def _labels(catalogue: Catalogue, framework: Framework, companion: Release, target: Target) -> tuple[str, tuple[str, ...]]:
    """Gives which variant of the framework's release that it pins the index's companion goes with, and the others, on the framework's own index."""
    pins = [each.specifier for each in _requires(companion, target.platform) if each.name == framework.distribution]
    rows = [
        row
        for row in (catalogue.facts(framework.name) if pins else ())
        if target.platform in row.platforms and all(satisfies(row.version, pin) for pin in pins)
    ]
    own = {row.build for row in rows if "index" in row.places and row.cuda}
    return next(iter(own)) if len(own) == 1 else "", tuple(sorted({row.build for row in rows if "index" not in row.places}))


def _pythons(release: Release) -> tuple[str, ...]:
    return tuple(sorted({part for wheel in release.wheels for part in wheel.tags.split("-")[0].split(".")}))


def deciding_libraries(distribution: str) -> tuple[str, ...]:
    """Gives how the names of those of its shared libraries begin that a framework must load and whose code must fit."""
    return next((libraries for prefix, libraries in _DECIDING.items() if distribution.startswith(prefix)), ())


def measured(catalogue: Catalogue, release: tuple[str, str], libraries: tuple[str, ...], platforms: tuple[str, ...]) -> tuple[LibraryCode, ...] | None:
    """Gives the code of the deciding libraries: from the row that was measured on these platforms, else from the one that a document gives."""
    distribution, version = release
    if not libraries:
        return None
    exactly = f"=={version}"
    for row in catalogue.code_rows.get(distribution, ()):
        # Most rows are of one release: asking each for a specifier would cost more than all the rest of a plan's catalogue.
        fits = row.versions == exactly if row.versions.startswith("==") else satisfies(version, row.versions)
        if fits and (not row.platforms or all(each in row.platforms for each in platforms)):
            found = tuple(each for each in row.libraries if any(each.library.startswith(name) for name in libraries))
            if found:
                return found
    return None


def _framework_builds(catalogue: Catalogue, framework: Framework, distribution: str, release: Release, target: Target) -> Iterator[Build]:
    every = catalogue.facts_of_release(framework.name, release.version)
    rows = [row for row in every if target.platform in row.platforms]
    plain = plain_build(catalogue, distribution, release, target)
    bare_cuda = any(is_cuda_library(each.name) and catalogue.marker_holds(each.marker, target.platform, "3.12") for each in plain.requires)
    index_row = next((row for row in rows if "index" in row.places and row.cuda), None)
    if framework.extras:
        plain = plain if framework.page is None else msgspec.structs.replace(plain, variant="index")
        yield msgspec.structs.replace(plain, build="cpu", extras=_extra_of_cpu(framework, plain))
        known = any(row.cuda for row in every)
        for family, extra in framework.extras if known else _extras_of(framework, plain):
            # A release that is known, without a row for this family on this platform, has no such build there.
            if not known or any(row.cuda and row.cuda.split(".")[0] == str(family) for row in rows):
                yield from _extra_builds(catalogue, framework, plain, (family, extra), rows)
        yield from _bundle_builds(catalogue, framework, plain, index_row, target)
        yield from extra_builds(framework, plain, rows, lambda row: _code(catalogue, framework, (framework.distribution, plain.version), row))
    else:
        row = next((row for row in rows if "index" in row.places), None)
        yield _described(catalogue, framework, plain, row, bare_cuda, place="index", target=target)
        for each in rows:
            if framework.wheel_index and framework.wheel_index[0] in each.places and "index" not in each.places:
                yield _described(catalogue, framework, plain, each, bare_cuda, place=framework.wheel_index[0], target=target)


def _extras_of(framework: Framework, plain: Build) -> tuple[tuple[int, str], ...]:
    """Gives the extras of a release that the catalogue has no row for: those that its framework has, and the same for a CUDA family that came since."""
    families = {found for each in plain.requires if (found := family_of(each.name, _floor_of(each.specifier))) is not None}
    newer = ((family, re.sub(r"\d+", str(family), extra)) for family in sorted(families, reverse=True) for _, extra in framework.extras)
    return tuple(dict.fromkeys((*framework.extras, *newer)))


def _extra_of_cpu(framework: Framework, plain: Build) -> tuple[str, ...]:
    """Gives the extra that brings the library without which an old release cannot be imported; none where the release requires it anyhow."""
    extra = framework.cpu_extra
    brought = {each.name for each in plain.requires if extra and f'"{extra}"' in each.marker}
    return (extra,) if brought - {each.name for each in plain.requires if "extra" not in each.marker} else ()


def _described(catalogue: Catalogue, framework: Framework, plain: Build, row: BuildFact | None, bare_cuda: bool, *, place: str, target: Target) -> Build:
    """Joins an index release with the row of one of its builds: the index's own, or one of the framework's index."""
    if row is None:
        family = next((found for each in plain.requires if (found := family_of(each.name, _floor_of(each.specifier)))), None)
        return msgspec.structs.replace(plain, family=family if bare_cuda else None, brings_cuda=bare_cuda, known=False, variant="index")
    own = place == "index"
    requires = plain.requires
    if not own:
        kept = tuple(each for each in plain.requires if not is_cuda_library(each.name) and each.name != "triton")
        requires = (*(row.requires or ()), *kept, *_made_against(row))
    return msgspec.structs.replace(
        plain,
        build=row.build,
        local="" if own else row.build,
        place=place,
        family=int(row.cuda.split(".")[0]) if row.cuda else None,
        cuda=row.cuda,
        cudnn=row.cudnn,
        brings_cuda=bool(row.cuda),
        bundled=bool(row.cuda) and (row.bundled or (plain.complete and not any(is_cuda_library(each.name) for each in requires))),
        requires=requires,
        near=tuple(each.name for each in _made_against(row) if is_cudnn(each.name)) if not own else (),
        # Both places build on the same base, so the tags of the index's wheels tell the glibc of the others too; their sizes are not known.
        wheels=plain.wheels if own else tuple(Wheel(each.tags) for each in plain.wheels),
        pythons=None if own else (row.pythons or tuple(sorted({each for wheel in plain.wheels for each in wheel.tags.split("-")[0].split(".")}))),
        complete=plain.complete if own else (row.complete and (row.requires is not None or row.bundled or not row.cuda)),
        code=_code(catalogue, framework, (framework.distribution, plain.version), row),
        variant="index" if own or _is_index_label(catalogue, framework, row) else row.build,
        sources=row.sources,
    )


def _is_index_label(catalogue: Catalogue, framework: Framework, row: BuildFact) -> bool:
    """Tells whether the package index's build of the same release bears this label too: the companions there go with both."""
    rows = catalogue.facts_of_release(framework.name, row.version)
    return any("index" in each.places and each.build == row.build and set(row.platforms) & set(each.platforms) for each in rows)


def _made_against(row: BuildFact) -> tuple[Requirement, ...]:
    """Where not all pins of a build are known: its CUDA runtime and cuDNN are still of its family and soname, and not older than what it was made with."""
    if row.complete or row.bundled or not row.cuda:
        return ()
    named = [each.name for each in row.requires or ()]
    major = int(row.cuda.split(".")[0])
    made = []
    if not any(is_runtime(name) or name == "cuda-toolkit" for name in named):
        # Each build of which all pins are known (59 of 59) pins the runtime of its own CUDA release.
        made.append(Requirement(f"nvidia-cuda-runtime-cu{major}" if major < 13 else "nvidia-cuda-runtime", f"=={row.cuda}.*"))
    if row.cudnn and not any(is_cudnn(name) for name in named):
        made.append(Requirement(f"nvidia-cudnn-cu{major}", f">={row.cudnn},<{int(row.cudnn.split('.')[0]) + 1}"))
    return tuple(made)


def _floor_of(specifier: str) -> str:
    return specifier.split(",")[0].lstrip("=><~! ")


def _code(catalogue: Catalogue, framework: Framework, release: tuple[str, str], row: BuildFact | None) -> tuple[LibraryCode, ...] | None:
    """Gives the code of a framework's build: counted in the binary where that was read, else the list it was built with."""
    if row is None or not row.cuda:
        return None
    if "index" in row.places and (counted := measured(catalogue, release, framework.libraries, row.platforms)):
        return counted
    return code_of_targets(framework, row.targets, row.sources)


def code_of_targets(framework: Framework, targets: tuple[str, ...] | None, sources: tuple[str, ...]) -> tuple[LibraryCode, ...] | None:
    """Gives the code that a build list names, for the library of the framework that must hold it; None where no list is known."""
    if targets is None:
        return None
    sass = tuple((each, 0) for each in targets if each.startswith("sm_"))
    ptx = tuple((each, 0) for each in targets if each.startswith("compute_"))
    return (LibraryCode(library=framework.libraries[0] if framework.libraries else framework.name, sass=sass, ptx=ptx, sources=sources),)


def _extra_builds(catalogue: Catalogue, framework: Framework, plain: Build, family_extra: tuple[int, str], rows: list[BuildFact]) -> Iterator[Build]:
    """Gives the build that an extra makes of a release, if the release has that extra for that family."""
    family, extra = family_extra
    if not _with_extra(plain.requires, extra):
        return
    brought = {found for each in plain.requires if f'"{extra}"' in each.marker and (found := family_of(each.name, _floor_of(each.specifier))) is not None}
    if brought and family not in brought:
        return
    row = next((each for each in rows if each.cuda and each.cuda.split(".")[0] == str(family)), None)
    build = msgspec.structs.replace(
        plain,
        build=extra if len(framework.extras) > 1 and len({name for _, name in framework.extras}) > 1 else "",
        extras=(extra,),
        family=family,
        cuda=row.cuda if row else None,
        cudnn=row.cudnn if row else None,
        brings_cuda=True,
        code=_code(catalogue, framework, (framework.distribution, plain.version), row),
        known=row is not None,
        sources=row.sources if row else (),
    )
    yield build
    yield from _without_dispensable(framework, build, extra)


def _without_dispensable(framework: Framework, build: Build, extra: str) -> Iterator[Build]:
    """Gives the same build with what its extra requires, but for what it runs without."""
    own = [each for each in build.requires if f'"{extra}"' in each.marker]
    spared = [each.name for each in own if each.name in framework.dispensable]
    if spared:
        kept = tuple(Requirement(each.name, each.specifier, "", each.extras) for each in own if each.name not in framework.dispensable)
        says = say(
            "{name} {version} comes with what its extra {extra} asks for, but without {spared}, which cannot be had here and which it runs without",
            name=build.distribution,
            version=build.version,
            extra=extra,
            spared=", ".join(spared),
        )
        yield msgspec.structs.replace(build, extras=(), requires=(*build.requires, *kept), assumption=says)


def _bundle_builds(catalogue: Catalogue, framework: Framework, plain: Build, row: BuildFact | None, target: Target) -> Iterator[Build]:
    """Gives the build whose CUDA libraries come from wheels that its metadata does not name."""
    for bundle in framework.bundles:
        if (
            bundle.os != target.os
            or row is None
            or not row.cuda
            or row.cuda.split(".")[0] != str(bundle.family)
            or version_of(plain.version) >= version_of(bundle.before)
            or (bundle.since and version_of(plain.version) < version_of(bundle.since))
        ):
            continue
        yield msgspec.structs.replace(
            plain,
            family=bundle.family,
            cuda=row.cuda,
            cudnn=row.cudnn,
            brings_cuda=True,
            requires=(*plain.requires, *_bundled(bundle, row)),
            near=tuple(name for name, _ in bundle.libraries),
            code=_code(catalogue, framework, (framework.distribution, plain.version), row),
            loader_paths=bundle.loader_paths,
            sources=(*row.sources, *bundle.sources),
        )


def _conda_builds(catalogue: Catalogue, distribution: str, target: Target) -> Iterator[Build]:
    for row in sorted(catalogue.conda.get(distribution, ()), key=lambda row: version_of(row.version), reverse=True):
        if target.platform in row.platforms:
            yield Build(
                distribution=distribution,
                version=row.version,
                place="conda-forge",
                family=family_of(distribution, row.version),
                cuda=".".join(row.version.split(".")[:2]) if is_runtime(distribution) else None,
                cudnn=row.version if is_cudnn(distribution) else None,
                brings_cuda=True,
                pythons=("py3",),
                sources=row.sources,
            )


def _bundled(bundle: Bundle, row: BuildFact) -> Iterator[Requirement]:
    """Same soname, and not older than what the build was made with: `>=8.6,<9` for a build against cuDNN 8.6."""
    bounds = {"cuda": row.cuda, "cudnn": row.cudnn, "": None}
    for name, component in bundle.libraries:
        if component == "release":
            yield Requirement(name, f"=={row.cuda}.*")
            continue
        bound = bounds[component]
        yield Requirement(name, f">={bound},<{int(bound.split('.')[0]) + 1}" if bound else "")


def _local_builds(catalogue: Catalogue, distribution: str, target: Target, dates: dict[str, str]) -> Iterator[Build]:
    """Gives builds that lie in find-links folders and further indexes; their requirements are those of the same release on the index."""
    found: dict[tuple[str, str, str], list[Wheel]] = {}
    for each in catalogue.local_wheels:
        if each.distribution == distribution:
            found.setdefault((each.version, each.local, each.place), []).append(each.wheel)
    releases = {each.version: each for each in catalogue.releases(distribution)}
    for (version, local, place), wheels in found.items():
        release, key = releases.get(version), (distribution, version, local)
        companion_of = catalogue.framework_of_companion(distribution) if catalogue.companion(distribution) is not None else None
        if companion_of is not None:
            plain = plain_build(catalogue, distribution, release or Release(version=version), target)
            if (labelled := labelled_build(companion_of, plain, local)) is not None:
                yield msgspec.structs.replace(labelled, place=place, dated=dates.get(version, ""), wheels=tuple(wheels), pythons=None)
            continue
        if release is None or not (local == "cpu" or _CUDA_LABEL.fullmatch(local)):
            continue
        own = next((each.requires for each in catalogue.local_wheels if (each.distribution, each.version, each.local, each.place) == (*key, place)), None)
        build = _local_build(catalogue, plain_build(catalogue, distribution, release, target), local, place, target)
        if own is not None:
            build = msgspec.structs.replace(build, requires=own, complete=True, near=())
        yield msgspec.structs.replace(build, dated=dates.get(version, ""), wheels=tuple(wheels), pythons=None)


def _local_build(catalogue: Catalogue, plain: Build, local: str, place: str, target: Target) -> Build:
    """Gives what is known of a build by its label: the framework's own row of it, else what the label says."""
    framework = catalogue.framework(plain.distribution)
    rows = catalogue.facts_of_release(framework.name, plain.version) if framework else ()
    labelled = [each for each in rows if each.build == local and target.platform in each.platforms]
    # The package index's build of a label may differ from the one whose files bear the label.
    row = next((each for each in labelled if each.places != ("index",)), next(iter(labelled), None))
    if framework and row:
        return _described(catalogue, framework, plain, row, False, place=place, target=target)
    cuda = f"{local[2:-1]}.{local[-1]}" if local != "cpu" and framework else None
    return msgspec.structs.replace(
        plain,
        build=local,
        local=local,
        place=place,
        family=int(cuda.split(".")[0]) if cuda else None,
        cuda=cuda,
        brings_cuda=cuda is not None,
        requires=tuple(each for each in plain.requires if not is_cuda_library(each.name) and each.name != "triton"),
        complete=plain.complete and cuda is None,
        variant=local,
        known=cuda is None,
    )
