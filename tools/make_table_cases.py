"""Makes the rows of tests/tables from the collected facts: `python tools/make_table_cases.py FACTS_FOLDER`.

Each row is one question that a published table answers: this release, on this Python, for this CUDA. The answer comes from the table, never from what the
planner said; where a table is wrong, `WRONG` says which and how that is known.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from packaging.version import Version
from rows import facts
from spellings import sources
from table_corrections import WRONG, Correction

TABLES = Path(__file__).parent.parent / "tests" / "tables"
OLDEST_TENSORFLOW = Version("2.4")
OLDEST_TORCH = Version("1.7.0")
DRIVERS = {"linux": "615.71.09", "windows": "616.00"}
"""New enough for every CUDA of the tables; a newer driver serves every older CUDA."""
OLD_GPU = "Tesla V100"
LAST_DRIVERS = {"linux": "580.126.09", "windows": "581.80"}
"""Of the last branch that serves the old GPU."""
Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Writes every table."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    tested = facts(folder, "tensorflow_tested")["tested"]
    written = {
        "tensorflow-linux-gpu": [row for each in _gpu(tested, "linux") for row in _tensorflow(each)],
        "tensorflow-windows-gpu": [row for each in _gpu(tested, "windows") for row in _tensorflow(each)],
        "tensorflow-cpu": [row for each in tested if each["kind"] == "cpu" for row in _tensorflow_cpu(each)],
        "torch-matrix": [row for each in facts(folder, "torch_builds")["builds"] for row in _torch(each)],
        "jax-ranges": list(_jax(facts(folder, "jax_builds"))),
    }
    known = {row["id"] for rows in written.values() for row in rows}
    if unused := sorted(set(WRONG) - known):
        print(f"corrections of rows that no table has: {', '.join(unused)}", file=sys.stderr)
        return 1
    for name, rows in written.items():
        _write(name, [_corrected(row) for row in rows])
    return 0


def _write(name: str, rows: list[Row]) -> None:
    lines = b",\n".join(msgspec.json.encode(row) for row in rows)
    (TABLES / f"{name}.json").write_bytes(b"[\n" + lines + b"\n]\n")
    print(f"{name}: {len(rows)} rows, {sum('wrong' in row for row in rows)} where a source is wrong")


def _corrected(row: Row) -> Row:
    found: Correction | None = WRONG.get(row["id"])
    if found is None:
        return row
    return {**row, "wrong": {"source": found.source, "how": found.how}, "expect": found.expect if found.replaces else row["expect"] | found.expect}


def _gpu(tested: list[Row], os: str) -> list[Row]:
    return [row for row in tested if row["os"] == os and row["kind"] == "gpu"]


def _tensorflow(row: Row) -> Iterator[Row]:
    """Gives a row for each Python of a release in the tested configurations; one for a release that is too old to be planned."""
    version, os = row["version"], row["os"]
    target = {"os": os, "arch": "x86_64", **_gpu_for(row["cuda"], os)}
    if Version(version) < OLDEST_TENSORFLOW:
        wish = f"{row['package']}=={version}"
        yield _row(f"tensorflow-{os}-gpu-{version}", target, [wish], {"status": "refused", "causes": list(_TOO_OLD)}, row["source"])
        return
    for python in row["python"]:
        expect = {"status": "planned", "python": row["python"], "cuda": row["cuda"], "cudnn": row["cudnn"], "packages": {"tensorflow": version}}
        yield _row(f"tensorflow-{os}-gpu-{version}-py{python}", target, [f"tensorflow=={version}", f"python=={python}"], expect, row["source"])


_TOO_OLD = ("requested-version-does-not-exist", "platform-without-build", "python-version-unsupported", "dependency-pin-conflict")


def _tensorflow_cpu(row: Row) -> Iterator[Row]:
    """Gives a row for the newest Python of a release."""
    version, os = row["version"], row["os"]
    if Version(version) < OLDEST_TENSORFLOW:
        return
    target = {"os": os, "arch": "x86_64" if Version(version) < Version("2.17") or os != "macos" else "arm64"}
    python = row["python"][-1]
    expect = {"status": "planned", "python": row["python"], "cuda": None, "packages": {"tensorflow": version}}
    yield _row(f"tensorflow-{os}-cpu-{version}-py{python}", target, [f"tensorflow=={version}", f"python=={python}"], expect, row["source"])


def _torch(row: Row) -> Iterator[Row]:
    """Gives a row for each operating system of a release's CUDA or CPU variant."""
    version, variant = row["torch"], row["variant"]
    if Version(version) < OLDEST_TORCH or not re.fullmatch(r"cu\d+|cpu", variant):
        return
    cuda = row.get("cuda")
    for platform in row["os"]:
        os, arch = platform.split("_", 1)
        if os == "macos" and variant == "cpu":
            arch = {"x86_64": "x86_64", "arm64": "arm64"}[arch]
        target: Row = {"os": os, "arch": arch}
        expect: Row = {"status": "planned", "packages": {"torch": version}, "cuda": cuda}
        if cuda:
            # The CUDA builds for aarch64 hold code for 9.0 alone (GH200), those of CUDA 12.4 at least.
            target |= {"gpus": ["H100"], "driver": DRIVERS[os]} if arch == "aarch64" else _gpu_for(cuda, os)
            expect |= {"build": {"torch": variant}}
            if row.get("cudnn"):
                expect["cudnn"] = row["cudnn"]
        # The release matrix leaves out what it calls experimental; the index's wheels are one platform's.
        own = (row.get("python_on_package_index") or []) if platform in row["default_on_package_index"] else []
        listed = [*(row.get("python_release_matrix") or []), *own]
        if listed:
            expect["python"] = sorted({_minor(each) for each in listed}, key=lambda each: int(each.split(".")[1]))
        wish = f"torch=={version}+{variant}" if cuda else f"torch=={version}"
        yield _row(f"torch-{version}-{variant}-{os}-{arch}", target, [wish], expect, sources(row["source"]))


def _minor(tag: str) -> str:
    found = re.fullmatch(r"(?:cp)?3\.?(\d+)t?", tag)
    assert found, tag
    return f"3.{found[1]}"


def _gpu_for(cuda: str, os: str) -> Row:
    """Gives a GPU that every build of that CUDA holds code for, and a driver that serves both."""
    if Version(cuda) < Version("11.0"):
        return {"gpus": [OLD_GPU], "driver": LAST_DRIVERS[os]}
    return {"gpus": ["A100" if Version(cuda) < Version("13.0") else "H100"], "driver": DRIVERS[os]}


def _jax(known: Row) -> Iterator[Row]:
    """Gives a row for each release and CUDA extra within the requirement ranges."""
    for row in known["jax"]:
        yield from _jax_release(Version(row["jax"]), sources(row["source"]))


_JAX_RANGES = (
    ("0.4.8", (("11", "11.4", "8.2"),)),
    ("0.4.17", (("11", "11.8", "8.6"), ("12", "12.0", "8.8"))),
    ("0.4.24", (("11", "11.8", "8.6"), ("12", "12.2", "8.9"))),
    ("0.4.26", (("11", "11.8", "8.6"), ("12", "12.3", "8.9"))),
    ("0.4.29", (("12", "12.1", "8.9"),)),
    ("0.4.31", (("12", "12.1", "9.0"),)),
    ("0.6.0", (("12", "12.1", "9.1"),)),
    ("0.7.2", (("12", "12.1", "9.8"),)),
    ("0.11.2", (("12", "12.1", "9.8"), ("13", "13.0", "9.12.0.46"))),
    ("99", (("12", "12.1", "9.10.2.21"), ("13", "13.0", "9.12.0.46"))),
)
"""(releases before, (family, lowest CUDA, lowest cuDNN) ...): `requirement_ranges` of jax_builds.json, whose prose was read by a person."""


def _jax_release(version: Version, source: tuple[str, ...]) -> Iterator[Row]:
    families = next(found for before, found in _JAX_RANGES if version < Version(before))
    for family, cuda, cudnn in families:
        target = {"os": "linux", "arch": "x86_64", **_gpu_for(cuda, "linux")}
        expect = {"status": "planned", "cuda": cuda, "cudnn": cudnn, "packages": {"jax": str(version)}}
        yield _row(f"jax-{version}-cuda{family}", target, [f"jax=={version}", f"cuda=={family}"], expect, source)


def _row(id: str, target: Row, request: list[str], expect: Row, source: Any) -> Row:
    return {"id": id, "target": target, "request": request, "expect": expect, "source": source}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
