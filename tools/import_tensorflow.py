"""Makes the build rows of TensorFlow from the collected facts: the CUDA, cuDNN and device code of each release, and where its wheels are CPU only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.version import Version
from rows import PACKAGE, facts, write_rows
from spellings import bazel_capabilities, sources

from drivetrain.catalogue.refresh.releases import platforms_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.model.catalogue import BuildFact, Release

LAST_WINDOWS_CUDA = Version("2.10.1")
CONFIGURE = "github.com/tensorflow/tensorflow:configure.py (compute_NN and N.N mean binary code and PTX, sm_NN binary code alone)"


def write(folder: Path) -> None:
    """Writes builds.json: a row for each release of the index and set of platforms."""
    known = facts(folder, "tensorflow_tested")
    snapshot = snapshot_in(PACKAGE / "catalogue" / "data" / "snapshot.json")
    releases = next(distribution.releases for distribution in snapshot.distributions if distribution.name == "tensorflow")
    rows = [row for release in releases for row in _rows(release, known)]
    rows.sort(key=lambda row: (Version(row.version), row.build, row.platforms))
    write_rows(rows, "frameworks", "tensorflow", "builds.json")


def _rows(release: Release, known: dict[str, Any]) -> Iterator[BuildFact]:
    platforms = {platform for wheel in release.wheels for platform in platforms_of(wheel.tags)}
    with_cuda = {"linux-x86_64"} | ({"windows-x86_64"} if Version(release.version) <= LAST_WINDOWS_CUDA else set())
    for platform in sorted(platforms & with_cuda):
        row = _cuda_row(release.version, platform, known)
        if row is not None:
            yield row
    without = tuple(sorted(platforms - with_cuda))
    if without:
        yield BuildFact(
            version=release.version, build="cpu", platforms=without, places=("index",), note=_why_cpu(release.version, without), sources=_CPU_SOURCES
        )


_CPU_SOURCES = (
    "package index, build_info.py of tensorflow 2.18.1, 2.20.0, 2.21.0 win_amd64 and 2.16.1, 2.21.0, 2.22.0rc0 aarch64: is_cuda_build False",
    "github.com/tensorflow/docs@7c3650212740:site/en/install/source_windows.md",
    "github.com/tensorflow/docs@7c3650212740:site/en/install/pip.md",
)


def _why_cpu(version: str, platforms: tuple[str, ...]) -> str:
    stubs = []
    number = Version(version)
    if "windows-x86_64" in platforms and Version("2.11") <= number <= Version("2.18.0"):
        stubs.append("the Windows wheel is a stub that requires tensorflow-intel")
    if "macos-arm64" in platforms and Version("2.13") <= number <= Version("2.15.0"):
        stubs.append("the macOS arm64 wheel is a stub that requires tensorflow-macos")
    if "linux-aarch64" in platforms and Version("2.10") <= number < Version("2.16"):
        stubs.append("the Linux aarch64 wheel is a stub that requires tensorflow-cpu-aws")
    return "; ".join(stubs)


def _cuda_row(version: str, platform: str, known: dict[str, Any]) -> BuildFact | None:
    """Gives the row of a CUDA build; None for 2.22.0rc0, whose wheel no longer records any of it."""
    inside = _build_info(version, platform, known)
    tested = _tested(version, platform.split("-")[0], known)
    if tested is None:
        return None
    capabilities = inside["compute_capabilities"] if inside else None
    return BuildFact(
        version=version,
        build="cuda",
        platforms=(platform,),
        places=("index",),
        cuda=tested["cuda"],
        cudnn=tested["cudnn"],
        targets=bazel_capabilities(capabilities) if capabilities else None,
        note="" if inside is None or inside["version"] == version else f"device code as in {inside['version']}",
        sources=sources(tested["source"], *([inside["source"], CONFIGURE] if inside and capabilities else [])),
    )


def _build_info(version: str, platform: str, known: dict[str, Any]) -> dict[str, Any] | None:
    """Gives what the wheel of this release says of itself, else the newest read wheel of the same minor release and system."""
    tag = {"linux-x86_64": "x86_64", "windows-x86_64": "win_amd64"}[platform]
    read = [row for row in known["wheel_build_info"] if row["package"] == "tensorflow" and row["wheel_platform"].endswith(tag) and row["is_cuda_build"]]
    minor = Version(version).release[:2]
    of_minor = [row for row in read if Version(row["version"]).release[:2] == minor]
    if not of_minor and platform == "windows-x86_64":
        # The list of one release is the same on both systems in every release of which both wheels were read (2.3, 2.4, 2.5, 2.10).
        of_minor = [row for row in known["wheel_build_info"] if row["package"] == "tensorflow" and Version(row["version"]).release[:2] == minor]
        of_minor = [row for row in of_minor if row["is_cuda_build"]]
    exact = [row for row in of_minor if row["version"] == version]
    found: dict[str, Any] | None = (exact or of_minor or [None])[-1]
    return found


def _tested(version: str, os: str, known: dict[str, Any]) -> dict[str, Any] | None:
    minor = Version(version).release[:2]
    rows = [row for row in known["tested"] if row["os"] == os and row["kind"] == "gpu" and Version(row["version"]).release[:2] == minor]
    return rows[0] if rows else None
