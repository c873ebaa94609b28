"""Reads what conda-forge's recipes build of the frameworks: `python tools/import_conda_builds.py FACTS_FOLDER FEEDSTOCKS`, where FEEDSTOCKS holds git clones.

A recipe's repository says at each commit of its main branch which variants its CI builds and with which libraries (`.ci_support/*.yaml`), and for which GPUs
(`recipe/build.sh`). It does not say whether an upload went well or was withdrawn: a plan from these rows says so.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct
from packaging.version import Version
from rows import facts, write_rows
from spellings import arch_list, bazel_capabilities, platform, sources

from drivetrain.catalogue.conda import CondaBuild
from drivetrain.model.catalogue import Requirement

SINCE = "2023-06-01"
"""Older recipes have neither split CUDA packages nor today's pins."""
SYSTEMS = {"linux_64": "linux-64", "linux_aarch64": "linux-aarch64", "win_64": "win-64", "osx_64": "osx-64", "osx_arm64": "osx-arm64"}
CUDNN_12_LAST = "9.10.2.21"
"""conda-forge's cuDNN for CUDA 12 stays here; source: the cudnn rule of the collected facts (admin requests 1687 and 1742 withdrew the later ones)."""


class Feedstock(Struct, frozen=True, kw_only=True):
    """One recipe's repository, and what is typed for its package."""

    distribution: str
    repository: str
    specs: tuple[str, ...]
    pins: tuple[str, ...]
    """Libraries that the package is linked with and that its migrations pin; one version of each can be in an environment."""


FEEDSTOCKS = (
    Feedstock(distribution="torch", repository="pytorch-cpu-feedstock", specs=("pytorch={version}={build}*",), pins=("libabseil", "libprotobuf")),
    Feedstock(
        distribution="tensorflow",
        repository="tensorflow-feedstock",
        specs=("tensorflow={version}={build}*",),
        pins=("libabseil", "libgrpc", "libprotobuf"),
    ),
    Feedstock(distribution="jax", repository="jaxlib-feedstock", specs=("jax={version}", "jaxlib={version}={build}*"), pins=("libabseil", "libgrpc")),
)


def main(arguments: list[str]) -> int:
    """Writes conda_builds.json."""
    if len(arguments) != 2 or not all(Path(each).is_dir() for each in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    folder, clones = map(Path, arguments)
    rows = [row for each in FEEDSTOCKS for row in builds(each, clones)]
    write_rows([*rows, *libraries(facts(folder, "conda"), rows)], "catalogue", "data", "conda_builds.json")
    return 0


def git(clone: Path, *words: str) -> str:
    """Gives what git prints; nothing where there is no such file."""
    return subprocess.run(["git", "-C", str(clone), *words], capture_output=True, text=True, check=False).stdout


def builds(feedstock: Feedstock, clones: Path) -> Iterator[CondaBuild]:
    """Gives one row for each release, CUDA, platform and set of pins, newest recipe first."""
    clone, found = clones / feedstock.repository, {}
    mates = _jax_versions(clones) if feedstock.distribution == "jax" else None
    for line in git(clone, "log", "--first-parent", f"--since={SINCE}", "--format=%h %ad", "--date=short").splitlines():
        commit, day = line.split()
        recipe = git(clone, "show", f"{commit}:recipe/meta.yaml") or git(clone, "show", f"{commit}:recipe/recipe.yaml")
        version = re.search(r'(?:set version = |^  version: )"([^"]+)"', recipe, re.MULTILINE)
        if not version or Version(version[1]).is_prerelease or (mates is not None and version[1] not in mates):
            continue
        for system, variant in _variants(clone, commit):
            _add(found, (feedstock, version[1], commit, day), system, variant, (recipe, clone))
    rows: dict[Any, list[str]] = {}
    for key in sorted(found, key=lambda key: (Version(key[0]), key[1:]), reverse=True):
        fields = {**found[key], "pythons": tuple(sorted(found[key]["pythons"], key=lambda each: int(each[2:])))}
        (system,) = fields.pop("platforms")
        rows.setdefault(tuple(fields.items()), []).append(system)
    for fields, systems in rows.items():
        yield CondaBuild(**dict(fields), platforms=tuple(sorted(systems)))


def _add(found: dict[Any, Any], release: tuple[Feedstock, str, str, str], system: str, variant: dict[str, list[str]], texts: tuple[str, Path]) -> None:
    """Joins a variant with the row that it belongs to, or begins one."""
    (feedstock, version, commit, day), (recipe, clone) = release, texts
    cuda = variant["cuda_compiler_version"][0]
    pins = tuple((name, variant[name][0]) for name in feedstock.pins if name in variant)
    pythons = {tag[0] for each in variant["python"] if (tag := _interpreter(each)) and tag[1] not in _skipped(recipe)}
    key = (version, Version(cuda) if cuda != "None" else Version("0"), system, pins)
    if key in found:
        # The newest recipe comes first; an older one with the same pins adds only Pythons that it was built for.
        found[key]["pythons"] |= pythons if found[key]["built"] == day else set()
        return
    major = int(cuda.split(".")[0]) if cuda != "None" else None
    cudnn = _cudnn(variant)
    repository = f"github.com/conda-forge/{feedstock.repository}@{commit}"
    found[key] = {
        "distribution": feedstock.distribution,
        "version": version,
        "build": "cuda" + cuda.replace(".", "") if major else "cpu",
        "specs": feedstock.specs,
        "platforms": (platform(system),),
        "pythons": pythons,
        "cuda": cuda if major else None,
        "family": major,
        "glibc": (variant.get("c_stdlib_version") or [""])[0] if system.startswith("linux") else "",
        "targets": _targets(clone, commit, cuda, system) if major else None,
        "requires": (
            *((Requirement("cuda-version", f">={cuda},<{major + 1}"), Requirement("cudnn", f">={cudnn},<{int(cudnn) + 1}")) if major else ()),
            *(Requirement(name, f"=={pinned}") for name, pinned in pins),
        ),
        "built": day,
        "sources": (f"{repository}:.ci_support", f"{repository}:recipe"),
    }


def _cudnn(variant: dict[str, list[str]]) -> str:
    """Gives the major version of cuDNN: where no variant names it the recipe takes the one of its CUDA, which has been 9 since 2024-08."""
    return (variant.get("cudnn") or variant.get("libcudnn_dev") or ["9"])[0].split(".")[0]


def _variants(clone: Path, commit: str) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Gives (system, variant) of the builds for ordinary machines."""
    for path in git(clone, "ls-tree", "-r", "--name-only", commit, ".ci_support").splitlines():
        name = Path(path).name
        system = next((each for each in SYSTEMS if name.startswith(each)), None)
        if system is None or not name.endswith(".yaml") or "tegra" in name:
            continue
        variant = {key: value for key, value in yaml.safe_load(git(clone, "show", f"{commit}:{path}")).items() if isinstance(value, list)}
        variant.setdefault("cuda_compiler_version", ["None"])
        if variant.get("channel_targets", ["conda-forge main"])[0] == "conda-forge main":
            yield SYSTEMS[system], {key: [str(each) for each in value] for key, value in variant.items()}


def _interpreter(text: str) -> tuple[str, str] | None:
    """Gives ("cp310", "310") for "3.10.* *_cpython"; None for a build without the lock."""
    found = re.match(r"3\.(\d+)\.\* \*_cp(?:ython|\d+)$", text)
    return (f"cp3{found[1]}", f"3{found[1]}") if found else None


def _skipped(recipe: str) -> set[str]:
    """Gives the Pythons that the recipe itself leaves out, "313"."""
    return set(re.findall(r"skip: true\s*# \[py==(\d+)\]", recipe))


def _targets(clone: Path, commit: str, cuda: str, system: str) -> tuple[str, ...] | None:
    """Gives the targets of the build list for one CUDA; None where the scripts do not say it in a form that is understood."""
    names = ("recipe/bld.bat",) if system == "win-64" else ("recipe/build.sh", "recipe/build_common.sh")
    for name in names:
        found = next((value for label, value in _lists(git(clone, "show", f"{commit}:{name}")) if _is_for(label, cuda, system)), None)
        if found:
            return bazel_capabilities(found) if "," in found else tuple(each for part in arch_list(found) for each in part)
    return None


def _lists(script: str) -> Iterator[tuple[str, str]]:
    """Gives (condition above it, list) of each assignment."""
    label = ""
    for line in script.splitlines():
        text = line.strip()
        if text.startswith(("if ", "elif ", "else", ") else")) and (
            "cuda_compiler_version" in text or "platform" in text or "arm_variant" in text or "else" in text
        ):
            label = text if "cuda_compiler_version" in text or "else" not in text[:7] or "platform" not in label else ""
        elif re.fullmatch(r"\S+\)", text):
            label = text
        elif text == "fi" and "platform" in label:
            label = ""
        assigned = re.search(r'(?:TORCH_CUDA_ARCH_LIST|HERMETIC_CUDA_COMPUTE_CAPABILITIES|TF_CUDA_COMPUTE_CAPABILITIES)="?([\dscmopute_.;,+PTX]+)"?', text)
        if assigned and "tegra" not in label:
            yield label, assigned[1]


def _is_for(label: str, cuda: str, system: str) -> bool:
    """Tells whether a list stands under a condition that holds for this CUDA and system."""
    if "platform" in label:
        return "aarch64" in label and system == "linux-aarch64"
    case = re.fullmatch(r"(\S+)\)", label)
    named = re.search(r'== ?"?([\d.]+\*?)"?', label)
    if case:
        return fnmatch(cuda, case[1])
    if '~0,2%"=="12"' in label:
        return cuda.startswith("12")
    if named:
        return fnmatch(cuda, named[1])
    return "desired_cuda" not in label


def _jax_versions(clones: Path) -> set[str]:
    """Gives the releases for which there is a jax beside the jaxlib."""
    clone = clones / "jax-feedstock"
    commits = git(clone, "log", "--first-parent", f"--since={SINCE}", "--format=%h").split()
    recipes = (git(clone, "show", f"{each}:recipe/meta.yaml") or git(clone, "show", f"{each}:recipe/recipe.yaml") for each in commits)
    return {found[1] for each in recipes if (found := re.search(r'(?:set version = |^  version: )"([^"]+)"', each, re.MULTILINE))}


def libraries(known: dict[str, Any], rows: list[CondaBuild]) -> Iterator[CondaBuild]:
    """Gives the rows of cuda-version, of cuDNN per CUDA, and of the libraries that the builds pin."""
    systems = tuple(map(platform, SYSTEMS.values()))
    for each in sorted(known["cuda_version"], key=lambda row: Version(row["version"]), reverse=True):
        yield CondaBuild(
            distribution="cuda-version",
            version=each["version"],
            specs=("cuda-version={version}",),
            platforms=systems[:3],
            cuda=each["version"],
            family=int(each["version"].split(".")[0]),
            sources=sources(each["source"]),
        )
    yield from _cudnns(known)
    for name in dict.fromkeys(requirement.name for row in rows for requirement in row.requires):
        if name in ("cuda-version", "cudnn"):
            continue
        pinned = {requirement.specifier.removeprefix("=="): row.sources[:1] for row in rows for requirement in row.requires if requirement.name == name}
        for version in sorted(pinned, key=Version, reverse=True):
            yield CondaBuild(distribution=name, version=version, platforms=systems, sources=pinned[version])


def _cudnns(known: dict[str, Any]) -> Iterator[CondaBuild]:
    rule = next(each for each in known["rules"] if CUDNN_12_LAST in each["rule"])
    found: dict[tuple[Version, int], list[dict[str, Any]]] = {}
    for row in known["cudnn"]:
        family = int(row["cuda"].split(".")[0])
        if Version(row["version"]) >= Version("8") and not (family == 12 and Version(row["version"]) > Version(CUDNN_12_LAST)):
            found.setdefault((Version(row["version"]), family), []).append(row)
    for (version, family), rows in sorted(found.items(), reverse=True):
        yield CondaBuild(
            distribution="cudnn",
            version=str(version),
            specs=("cudnn={version}",),
            platforms=tuple(dict.fromkeys(platform(row["platform"]) for row in rows if row["platform"] in SYSTEMS.values())),
            family=family,
            sources=(*sources(rows[0]["source"]), *(sources(rule["source"]) if str(version) == CUDNN_12_LAST else ())),
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
