"""Gives the builds of a framework: a release of the index joined with the framework's own rows, its extras and its bundles."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from drivetrain.catalogue import Catalogue
from drivetrain.catalogue.families import family_of, is_cuda_library, is_cudnn, is_runtime
from drivetrain.catalogue.page_wheels import extra_builds
from drivetrain.catalogue.plain_build import build_code, floor_of, plain_build
from drivetrain.catalogue.relations.markers import version_of
from drivetrain.model.build import Build, Bundle, Framework, Target
from drivetrain.model.catalogue import BuildFact, Release, Requirement, Wheel
from drivetrain.words import say


def framework_builds(catalogue: Catalogue, framework: Framework, distribution: str, release: Release, target: Target) -> Iterator[Build]:
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
        yield from extra_builds(framework, plain, rows, lambda row: build_code(catalogue, framework, (framework.distribution, plain.version), row))
    else:
        row = next((row for row in rows if "index" in row.places), None)
        yield described_build(catalogue, framework, plain, row, bare_cuda, place="index", target=target)
        for each in rows:
            if framework.wheel_index and framework.wheel_index[0] in each.places and "index" not in each.places:
                yield described_build(catalogue, framework, plain, each, bare_cuda, place=framework.wheel_index[0], target=target)


def _extras_of(framework: Framework, plain: Build) -> tuple[tuple[int, str], ...]:
    """Gives the extras of a release that the catalogue has no row for: those that its framework has, and the same for a CUDA family that came since."""
    families = {found for each in plain.requires if (found := family_of(each.name, floor_of(each.specifier))) is not None}
    newer = ((family, re.sub(r"\d+", str(family), extra)) for family in sorted(families, reverse=True) for _, extra in framework.extras)
    return tuple(dict.fromkeys((*framework.extras, *newer)))


def _extra_of_cpu(framework: Framework, plain: Build) -> tuple[str, ...]:
    """Gives the extra that brings the library without which an old release cannot be imported; none where the release requires it anyhow."""
    extra = framework.cpu_extra
    brought = {each.name for each in plain.requires if extra and f'"{extra}"' in each.marker}
    return (extra,) if brought - {each.name for each in plain.requires if "extra" not in each.marker} else ()


def described_build(catalogue: Catalogue, framework: Framework, plain: Build, row: BuildFact | None, bare_cuda: bool, *, place: str, target: Target) -> Build:
    """Joins an index release with the row of one of its builds: the index's own, or one of the framework's index."""
    if row is None:
        family = next((found for each in plain.requires if (found := family_of(each.name, floor_of(each.specifier)))), None)
        return msgspec.structs.replace(plain, family=family if bare_cuda else None, brings_cuda=bare_cuda, known=False, variant="index")
    own = place == "index"
    requires = plain.requires
    if not own:
        kept = tuple(each for each in plain.requires if not is_cuda_library(each.name) and each.name != "triton")
        requires = (*(row.requires or ()), *kept, *made_against(row))
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
        near=tuple(each.name for each in made_against(row) if is_cudnn(each.name)) if not own else (),
        # Both places build on the same base, so the tags of the index's wheels tell the glibc of the others too; their sizes are not known.
        wheels=plain.wheels if own else tuple(Wheel(each.tags) for each in plain.wheels),
        pythons=None if own else (row.pythons or tuple(sorted({each for wheel in plain.wheels for each in wheel.tags.split("-")[0].split(".")}))),
        complete=plain.complete if own else (row.complete and (row.requires is not None or row.bundled or not row.cuda)),
        code=build_code(catalogue, framework, (framework.distribution, plain.version), row),
        variant="index" if own or _is_index_label(catalogue, framework, row) else row.build,
        sources=row.sources,
    )


def _is_index_label(catalogue: Catalogue, framework: Framework, row: BuildFact) -> bool:
    """Tells whether the package index's build of the same release bears this label too: the companions there go with both."""
    rows = catalogue.facts_of_release(framework.name, row.version)
    return any("index" in each.places and each.build == row.build and set(row.platforms) & set(each.platforms) for each in rows)


def made_against(row: BuildFact) -> tuple[Requirement, ...]:
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


def _extra_builds(catalogue: Catalogue, framework: Framework, plain: Build, family_extra: tuple[int, str], rows: list[BuildFact]) -> Iterator[Build]:
    """Gives the build that an extra makes of a release, if the release has that extra for that family."""
    family, extra = family_extra
    if not _with_extra(plain.requires, extra):
        return
    brought = {found for each in plain.requires if f'"{extra}"' in each.marker and (found := family_of(each.name, floor_of(each.specifier))) is not None}
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
        code=build_code(catalogue, framework, (framework.distribution, plain.version), row),
        known=row is not None,
        sources=row.sources if row else (),
    )
    yield build
    yield from _without_dispensable(framework, build, extra)


def _with_extra(requires: tuple[Requirement, ...], extra: str) -> bool:
    return any(f'"{extra}"' in each.marker or f"'{extra}'" in each.marker for each in requires)


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
            code=build_code(catalogue, framework, (framework.distribution, plain.version), row),
            loader_paths=bundle.loader_paths,
            sources=(*row.sources, *bundle.sources),
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
