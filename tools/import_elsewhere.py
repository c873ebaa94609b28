"""Makes the list of versions outside the package index, for `drivetrain versions`: conda-forge, Anaconda's defaults, NVIDIA's channel and archive.

conda-forge's rows are what its recipes asked CI to build, aggregated by version: (CUDA, platforms) each, and the Pythons from first to last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from packaging.version import Version
from rows import PACKAGE, facts, note_day
from spellings import platform, sources

from drivetrain.catalogue.elsewhere import Elsewhere

CONDA_PLATFORMS = ("linux-64", "linux-aarch64", "win-64", "osx-64", "osx-arm64")
FRAMEWORKS = {"pytorch": "torch", "tensorflow": "tensorflow", "jaxlib": "jax", "cupy": "cupy", "onnxruntime": "onnxruntime"}
"""conda's name to the component's."""


def write(folder: Path) -> None:
    """Writes elsewhere.json: the sources once, the rows by number."""
    known, drivers, cudnn = facts(folder, "conda"), facts(folder, "cuda_driver"), facts(folder, "cudnn_support")
    rows = [*_forge(known), *_channels(known), *_toolkits(drivers), *_archive(cudnn)]
    named = list(dict.fromkeys(source for row in rows for source in row.sources))
    numbers = {name: number for number, name in enumerate(named)}
    lines = [msgspec.json.encode({**msgspec.to_builtins(row), "sources": [numbers[each] for each in row.sources]}) for row in rows]
    target = PACKAGE / "catalogue" / "data" / "elsewhere.json"
    text = b'{"schema":"drivetrain/elsewhere/1",\n"rows":[\n' + b",\n".join(lines) + b'\n],\n"sources":' + msgspec.json.encode(named) + b"}\n"
    if not target.exists() or target.read_bytes() != text:
        target.write_bytes(text)
        note_day(target)
    print(f"catalogue/data/elsewhere.json: {len(rows)} rows, {len(text)} bytes")


def _forge(known: dict[str, Any]) -> Iterator[Elsewhere]:
    yield from _aggregated("cudnn", "cudnn", known["cudnn"])
    yield from _aggregated("cuda", "cudatoolkit", [{**row, "platform": each} for row in known["cudatoolkit"] for each in row["platforms"]])
    for row in known["cuda_version"]:
        if Version(row["version"]) >= Version("12.0"):
            yield Elsewhere(component="cuda", channel="conda-forge", package="cuda-version", version=row["version"], sources=sources(row["source"]))
    for package, component in FRAMEWORKS.items():
        yield from _aggregated(component, package, known[package])


def _aggregated(component: str, package: str, recipes: Iterable[dict[str, Any]]) -> Iterator[Elsewhere]:
    by_version: dict[str, list[dict[str, Any]]] = {}
    for row in recipes:
        if row["platform"] in CONDA_PLATFORMS and not _anachronism(package, row):
            by_version.setdefault(row["version"], []).append(row)
    for version in sorted(by_version, key=Version):
        rows = by_version[version]
        cudas: dict[str, list[str]] = {}
        for row in rows:
            cudas.setdefault(_cuda(row), []).append(platform(row["platform"]))
        pythons = sorted({each.removesuffix("t") for row in rows for each in row.get("python", ()) if each.startswith("3.")}, key=Version)
        days = [row["recipe_dates"][0] for row in rows if row.get("recipe_dates")]
        yield Elsewhere(
            component=component,
            channel="conda-forge",
            package=package,
            version=version,
            released=min(days, default=""),
            builds=tuple((cuda, tuple(dict.fromkeys(cudas[cuda]))) for cuda in sorted(cudas, key=lambda each: Version(each or "0"), reverse=True)),
            pythons=(pythons[0], pythons[-1]) if pythons else None,
            broken=package == "cudnn" and Version("9.11") <= Version(version) < Version("9.15"),
            sources=tuple(dict.fromkeys(each for row in rows for each in sources(row["source"])))[:2],
        )


def _anachronism(package: str, row: dict[str, Any]) -> bool:
    """A recipe's list of CUDA releases was completed later: NVIDIA made no cuDNN for CUDA 13 before 9.12."""
    return package == "cudnn" and _cuda(row).startswith("13") and Version(row["version"]) < Version("9.12")


def _cuda(row: dict[str, Any]) -> str:
    return "" if row.get("cuda") in (None, "None") else str(row["cuda"])


def _channels(known: dict[str, Any]) -> Iterator[Elsewhere]:
    for row in sorted(known["published_versions"], key=lambda row: Version(row["version"])):
        if row["channel"] == "nvidia":
            yield Elsewhere(component="cudnn", channel="nvidia", package="cudnn", version=row["version"], sources=sources(row["source"]))
    for row in sorted(known["defaults_channel"], key=lambda row: Version(row["version"])):
        package = "tensorflow-gpu" if "tensorflow" in row["package"] else row["package"]
        component = {"tensorflow-gpu": "tensorflow", "cudatoolkit": "cuda", "cudnn": "cudnn"}[package]
        cuda = row["cudatoolkit"][0] if row.get("cudatoolkit") else _of_build(row.get("build", ""))
        yield Elsewhere(
            component=component,
            channel="defaults",
            package=package,
            version=row["version"],
            builds=((cuda, ()),) if cuda else (),
            sources=sources(row["source"]),
        )


def _of_build(build: str) -> str:
    text = build.partition("_")[0].removeprefix("cuda")
    return text if build.startswith("cuda") else ""


def _toolkits(known: dict[str, Any]) -> Iterator[Elsewhere]:
    for row in known["toolkits"]:
        # Some patch releases exist as packages of the index alone, without an installer.
        if "package-index release" not in row.get("note", ""):
            yield Elsewhere(component="cuda", channel="archive", package="cuda-toolkit", version=row["cuda"], sources=sources(row["source"]))


def _archive(known: dict[str, Any]) -> Iterator[Elsewhere]:
    """What NVIDIA publishes as an archive; a .post1 is a second wheel of the same archive."""
    for row in known["releases"]:
        if "post" not in row["cudnn"]:
            majors = row["cuda_majors"] or ()
            yield Elsewhere(
                component="cudnn",
                channel="archive",
                package="cudnn",
                version=row["cudnn"],
                released=row["wheel_date"] or "",
                builds=tuple((each, ()) for each in sorted(majors, key=int, reverse=True)),
                sources=sources(row["source"]),
            )
