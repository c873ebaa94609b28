"""Lists wheels that no package index has: `python tools/import_page_wheels.py CLONE` with a clone of github.com/jax-ml/jax, tags included.

jaxlib: JAX's pages cannot be read here. What they hold is what each release's setup.py asks them for: `jaxlib==0.4.25+cuda11.cudnn86`. What such a wheel
requires is in jaxlib/setup.py at its own tag; its Pythons are those of the same release on the package index, before that those of the classifiers.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from packaging.version import Version
from rows import PACKAGE

from drivetrain.catalogue.page_wheels import PageWheel
from drivetrain.catalogue.refresh.metadata_requirements import requirement_of
from drivetrain.catalogue.refresh.snapshot_file import snapshot_in
from drivetrain.model.catalogue import Requirement

OLDEST, LAST = Version("0.3.0"), Version("0.4.25")
"""From 0.4.26 on the package index has all that jax[cuda12] needs, and there is no CUDA 11 any more."""
REPOSITORY = "github.com/jax-ml/jax"
PAGE = "https://storage.googleapis.com/jax-releases/jax_cuda_releases.html"
_TAG = "manylinux2014_x86_64"
_NIXPKGS = "github.com/NixOS/nixpkgs:pkgs/development/python-modules/triton/binary-hashes.nix"
TRITON = (
    ("3.3.0", ("cp312", "cp313"), "github.com/NVIDIA-NeMo/RL@8f6b5ff70a90:uv.lock"),
    ("3.3.1", ("cp310", "cp311", "cp312", "cp313"), f"{_NIXPKGS} (its state for 3.3.1)"),
    ("3.4.0", ("cp310", "cp311", "cp312", "cp313"), f"{_NIXPKGS} (its state for 3.4.0)"),
)
"""Wheels for aarch64 on PyTorch's index, from before the package index had any (3.5.0)."""


def main(arguments: list[str]) -> int:
    """Writes the package's page_wheels.json."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    clone = Path(arguments[0])
    releases = {each.name: each.releases for each in snapshot_in(PACKAGE / "catalogue" / "data" / "snapshot.json").distributions}
    index = {each.version: tuple(sorted({wheel.tags.split("-")[0] for wheel in each.wheels})) for each in releases["jaxlib"]}
    wanted: dict[str, set[str]] = {}
    for release in releases["jax"]:
        if OLDEST <= Version(release.version) <= LAST:
            for version, label in _labels(_at(clone, f"jax-v{release.version}", "setup.py")):
                wanted.setdefault(version, set()).add(label)
    rows = [row for version in sorted(wanted, key=Version) for row in _rows(clone, version, sorted(wanted[version]), index)]
    rows += [_triton(*each) for each in TRITON]
    lines = b",\n".join(msgspec.json.encode(row) for row in rows)
    (PACKAGE / "catalogue" / "data" / "page_wheels.json").write_bytes(b"[\n" + lines + b"\n]\n")
    print(f"{len(rows)} wheels of {len(wanted)} releases")
    return 0


def _triton(version: str, pythons: tuple[str, ...], source: str) -> PageWheel:
    return PageWheel(
        distribution="triton",
        version=version,
        place="pytorch",
        tags=tuple(f"{python}-{python}-manylinux_2_27_aarch64.manylinux_2_28_aarch64" for python in pythons),
        requires=(Requirement("setuptools"),),
        sources=(source,),
    )


def _at(clone: Path, tag: str, path: str) -> str:
    done = subprocess.run(["git", "-C", clone, "show", f"{tag}:{path}"], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _labels(setup: str) -> Iterator[tuple[str, str]]:
    """Gives (jaxlib version, local label) of every CUDA jaxlib that a jax release asks JAX's page for; those for the CPU lie on another page."""
    values = {name: ast.literal_eval(value) for name, value in re.findall(r"^(_\w+) = (.+)$", setup, re.MULTILINE) if value[0] in "'\"["}
    version = values.get("_current_jaxlib_version")
    if version is None or not OLDEST <= Version(version) <= LAST:
        return
    if "_available_cuda_versions" in values:
        yield from ((version, f"cuda{cuda}.cudnn{cudnn}") for cuda in values["_available_cuda_versions"] for cudnn in values["_available_cudnn_versions"])
    yield from ((version, f"cuda11.cudnn{each}") for each in values.get("_available_cuda11_cudnn_versions", ()))
    if "_default_cuda12_cudnn_version" in values:
        yield version, f"cuda12.cudnn{values['_default_cuda12_cudnn_version']}"


def _rows(clone: Path, version: str, labels: list[str], index: dict[str, tuple[str, ...]]) -> Iterator[PageWheel]:
    tag = f"jaxlib-v{version}"
    setup = _at(clone, tag, "jaxlib/setup.py")
    if not setup:
        tag = f"jax-v{version}"
        setup = _at(clone, tag, "jaxlib/setup.py")
    classified = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', setup)
    if not classified:
        classified = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', _at(clone, tag, "setup.py"))
    pythons = index.get(version) or tuple(f"cp{each.replace('.', '')}" for each in classified)
    for label in labels:
        yield PageWheel(
            distribution="jaxlib",
            version=f"{version}+{label}",
            place="jax-releases",
            tags=tuple(f"{python}-{python}-{_TAG}" for python in pythons),
            requires=_requirements(setup),
            sources=(f"{REPOSITORY}:setup.py and jaxlib/setup.py at the tag {tag}", PAGE),
        )


def _requirements(setup: str) -> tuple[Requirement, ...]:
    """Gives the install_requires of a setup.py, those of extras left out."""
    for node in ast.walk(ast.parse(setup)):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            read = [requirement_of(line) for line in ast.literal_eval(node.value)]
            return tuple(each for each in read if each is not None)
    raise SystemExit("a setup.py without install_requires")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
