"""Makes the build rows of JAX from the collected facts and the snapshot: which CUDA family each release has, since which cuDNN, and where it is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.version import Version
from rows import PACKAGE, facts, write_rows
from spellings import bazel_capabilities, sources

from drivetrain.catalogue import CodeRow, read_rows
from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.model.catalogue import BuildFact, Release

FIRST_ON_INDEX = Version("0.4.26")
"""From here on the extra cuda12 needs nothing but wheels of the package index; source: METADATA of jax."""
SPACK = "github.com/spack/spack-packages@1e8cf059e35d:repos/spack_repo/builtin/packages/py_jaxlib/package.py"
CHANGELOG = "github.com/jax-ml/jax@cec06d116c05:CHANGELOG.md"
CHECKS = "github.com/jax-ml/jax@cec06d116c05:jax_plugins/cuda/__init__.py (CUDA runtime must be >= 12.1)"
OLD_WHEELS = (
    ("0.4.8", "cuda11", "11.4", "8.2"),
    ("0.4.17", "cuda12", "12.0", "8.8"),
    ("0.4.24", "cuda12", "12.2", "8.9"),
    ("0.4.26", "cuda12", "12.3", "8.9"),
)
"""(releases before, family, lowest CUDA, lowest cuDNN) of the wheels on JAX's own release page; source: requirement_ranges of jax_builds.json."""


def write(folder: Path) -> None:
    """Writes builds.json: a row for each release and CUDA family."""
    known = {row["jax"]: row for row in facts(folder, "jax_builds")["jax"]}
    snapshot = snapshot_in(PACKAGE / "catalogue" / "data" / "snapshot.json")
    index = {distribution.name: distribution.releases for distribution in snapshot.distributions}
    rows = [row for release in index["jax"] for row in _rows(release, known.get(release.version, {}), index)]
    rows.sort(key=lambda row: (Version(row.version), row.build))
    write_rows(rows, "frameworks", "jax", "builds.json")


def _rows(release: Release, known: dict[str, Any], index: dict[str, tuple[Release, ...]]) -> Iterator[BuildFact]:
    version = Version(release.version)
    if version < FIRST_ON_INDEX:
        yield from _old_rows(version, known)
        return
    for build in ("cuda12", "cuda13"):
        plugin = _plugin(release, build, index)
        if plugin is not None:
            yield _index_row(release, build, plugin, known)


def _old_rows(version: Version, known: dict[str, Any]) -> Iterator[BuildFact]:
    """Gives the builds with CUDA inside jaxlib's local version, "jaxlib 0.4.25+cuda12.cudnn89"."""
    found = next(row for row in OLD_WHEELS if version < Version(row[0]))
    wheels = [found[1:]] if found[1] == "cuda11" else [("cuda11", "11.8", "8.6"), found[1:]]
    for build, cuda, cudnn in wheels:
        if build == "cuda12" and Version("0.4.13") <= version < Version("0.4.17"):
            cudnn = "8.9"  # METADATA of jaxlib 0.4.13: the extra cuda12-pip wants cuDNN 8.9.
        yield BuildFact(
            version=str(version),
            build=build,
            platforms=("linux-x86_64",),
            places=("jax-releases",),
            cuda=cuda,
            cudnn=cudnn,
            targets=_targets(known, build),
            complete=False,
            note="lowest CUDA and cuDNN; the jaxlib wheel with a local version is on JAX's release page alone",
            sources=sources(known.get("source", []), SPACK, CHANGELOG),
        )


def _plugin(release: Release, build: str, index: dict[str, tuple[Release, ...]]) -> Release | None:
    """Gives the newest plugin that this release's extra takes; None where it has no such extra, or no plugin satisfies it."""
    name = f"jax-{build}-plugin"
    wanted = [each for each in release.requires if each.name == name and each.marker == f'extra == "{build}"']
    if not wanted:
        return None
    specifier = SpecifierSet(wanted[0].specifier)
    return next((each for each in index[name] if specifier.contains(each.version, prereleases=True)), None)


def _index_row(release: Release, build: str, plugin: Release, known: dict[str, Any]) -> BuildFact:
    cudnn_of = f"nvidia-cudnn-cu{build[4:]}"
    bounds = [
        part[2:]
        for each in (*plugin.requires, *_of_extra(release, build))
        if each.name == cudnn_of
        for part in each.specifier.split(",")
        if part.startswith(">=")
    ]
    built_with = (known.get("built_with") or {}).get(f"cuda_v{build[4:]}") or (known.get("built_with") or {}).get("cuda") or {}
    cuda = built_with.get("HERMETIC_CUDA_VERSION")
    listed = _targets(known, build)
    counted, counted_in = (None, ()) if listed else _counted(f"jax-{build}-pjrt", plugin.version)
    return BuildFact(
        version=release.version,
        build=build,
        platforms=tuple(sorted({platform for wheel in plugin.wheels for platform in platforms_of(wheel.tags)})),
        places=("index",),
        cuda="12.1" if build == "cuda12" else "13.0",
        cudnn=bounds[0] if bounds else None,
        targets=listed or counted,
        note="lowest CUDA and cuDNN that it runs with"
        + (f"; built with CUDA {cuda}" if cuda else "")
        + (f"; plugin {plugin.version}" if plugin.version != release.version else ""),
        sources=sources(
            known.get("source", []),
            f"package index, METADATA of jax-{build}-plugin {plugin.version}",
            CHECKS if build == "cuda12" else CHANGELOG,
            *counted_in,
        ),
    )


def _counted(distribution: str, version: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """Gives the targets that were counted in the plugin's library and where, for the releases whose .bazelrc was not read."""
    read = read_rows(PACKAGE / "catalogue" / "data" / "device_code.json", CodeRow)
    for row in read:
        if row.distribution == distribution and row.versions == f"=={version}":
            return tuple(target for library in row.libraries for target, _ in (*library.sass, *library.ptx)), row.sources
    return None, ()


def _of_extra(release: Release, build: str) -> tuple[Any, ...]:
    return tuple(each for each in release.requires if each.marker == f'extra == "{build}"')


def _targets(known: dict[str, Any], build: str) -> tuple[str, ...] | None:
    """Gives the build list of .bazelrc; the one named "cuda" is of the family that the release was built for then."""
    lists = known.get("compute_capabilities_built") or {}
    found = lists.get(f"cuda_v{build[4:]}") or (lists.get("cuda") if build != "cuda13" else None)
    return bazel_capabilities(found) if found else None
