"""Builds a conda channel of tiny real packages and installs a prefix from it as conda does; runs where py-rattler and zstandard are.

python conda_channel.py FOLDER makes FOLDER/channel and FOLDER/prefix.
The packages have the names, build strings, files and metadata of conda-forge's PyTorch for CUDA 12.6; their libraries are real, and empty.
https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import rattler
import zstandard
from rattler.index import index_fs

SITE = "lib/python3.11/site-packages"
PLACEHOLDER = "/opt/anaconda1anaconda2anaconda3"
LIBRARIES: dict[str, tuple[str, str, dict[str, tuple[str, ...]]]] = {
    "cuda-cudart": ("12.6.77", "h5888daf_0", {"libcudart.so.12": ()}),
    "libcublas": ("12.6.4.1", "h5888daf_1", {"libcublas.so.12": ("libcublasLt.so.12",), "libcublasLt.so.12": ()}),
    "cudnn": ("9.3.0.75", "h93bb076_0", {"libcudnn.so.9": ()}),
    "nccl": ("2.23.4.1", "h03a54cd_3", {"libnccl.so.2": ("libcudart.so.12",)}),
    "libtorch": ("2.5.1", "cuda126_hebb32c0_306", {"libc10.so": (), "libtorch_cpu.so": ("libcudnn.so.9", "libcublas.so.12", "libnccl.so.2", "libc10.so")}),
}


def build(channel: Path) -> None:
    """Lays every package into the channel."""
    for name, (version, string, libraries) in LIBRARIES.items():
        others = [f"{each} >={LIBRARIES[each][0]},<{int(LIBRARIES[each][0].split('.')[0]) + 1}" for each in LIBRARIES if each != name]
        depends = others if name == "libtorch" else ["cuda-version >=12.6,<13"]
        package(channel, (name, version, string), {f"lib/{each}": library(each, needed) for each, needed in libraries.items()}, depends)
    package(channel, ("cuda-version", "12.6", "h7480c83_3"), {}, [])
    package(channel, ("python", "3.11.11", "h9e4cc4f_1_cpython"), {f"{SITE}/README.txt": b"site-packages\n", "bin/python3.11": b"\x7fELF python\n"}, [])
    pip = f"#!{PLACEHOLDER}/bin/python3.11\nfrom pip._internal.cli.main import main\nraise SystemExit(main())\n".encode()
    files = {"bin/pip": pip, **wheel("pip", "24.3.1", {"pip/__init__.py": b"__version__ = '24.3.1'\n"})}
    package(channel, ("pip", "24.3.1", "pyh8b19718_2"), files, ["python >=3.8"])
    numpy = wheel("numpy", "2.2.1", {"numpy/version.py": b"version = '2.2.1'\n"})
    package(channel, ("numpy", "2.2.1", "py311h5d046bc_0"), numpy, ["python >=3.11,<3.12.0a0"])
    facts = b"__version__ = '2.5.1'\ndebug = False\ncuda: str | None = '12.6'\ngit_version = ''\nhip: str | None = None\n"
    torch = wheel("torch", "2.5.1", {"torch/__init__.py": b"from .version import __version__\n", "torch/version.py": facts}, ("filelock",))
    torch |= {f"{SITE}/torch/_C.cpython-311-x86_64-linux-gnu.so": library("_C.so", ("libtorch_cpu.so",), "$ORIGIN/../../..")}
    package(channel, ("filelock", "3.16.1", "pyhd8ed1ab_1"), wheel("filelock", "3.16.1", {"filelock/__init__.py": b""}), ["python"])
    needs = ["libtorch 2.5.1.*", "numpy >=1.19,<3", "python >=3.11,<3.12.0a0", "filelock"]
    package(channel, ("pytorch", "2.5.1", "cuda126_py311_h2e5c7e5_306"), torch, needs)


def wheel(name: str, version: str, files: dict[str, bytes], requires: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The files of a Python package as pip lays them out during a conda build."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    files = {**files, f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}".encode(), f"{info}/INSTALLER": b"conda\n"}
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-linux_x86_64\n"
    lines = [f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    return {f"{SITE}/{path}": data for path, data in files.items()}


def library(soname: str, needed: tuple[str, ...], runpath: str = "$ORIGIN") -> bytes:
    """A shared library without a function: real headers, its needs among them."""
    with tempfile.TemporaryDirectory() as folder:
        for each in needed:
            subprocess.run(["cc", "-shared", "-nostdlib", f"-Wl,-soname,{each}", "-o", each, "-x", "c", "/dev/null"], cwd=folder, check=True)
        line = ["cc", "-shared", "-nostdlib", f"-Wl,-soname,{soname},-rpath,{runpath},--no-as-needed", "-o", "made.so", "-x", "c", "/dev/null", "-x", "none"]
        subprocess.run([*line, *(f"./{each}" for each in needed)], cwd=folder, check=True)
        return Path(folder, "made.so").read_bytes()


def package(channel: Path, identity: tuple[str, str, str], files: dict[str, bytes], depends: list[str]) -> None:
    """Writes one .conda file: a zip of two zstd archives and a word about itself."""
    name, version, string = identity
    number = re.search(r"_(\d+)(?:_cpython)?$", string)
    index = {"name": name, "version": version, "build": string, "build_number": int(number[1]) if number else 0, "depends": depends, "subdir": "linux-64"}
    paths = [
        {"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(data).hexdigest(), "size_in_bytes": len(data), **prefixed(data)}
        for path, data in files.items()
    ]
    info = {"info/index.json": json.dumps(index), "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}), "info/about.json": "{}"}
    stem = "-".join(identity)
    folder = channel / "linux-64"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / f"{stem}.conda", "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps({"conda_pkg_format_version": 2}))
        archive.writestr(f"pkg-{stem}.tar.zst", archived(files))
        archive.writestr(f"info-{stem}.tar.zst", archived({path: text.encode() for path, text in info.items()}))


def prefixed(data: bytes) -> dict[str, str]:
    """What conda is told of a file that has the prefix written into it."""
    return {"prefix_placeholder": PLACEHOLDER, "file_mode": "text"} if PLACEHOLDER.encode() in data else {}


def archived(files: dict[str, bytes]) -> bytes:
    """These files as a .tar.zst."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, data in files.items():
            member = tarfile.TarInfo(path)
            member.size, member.mode = len(data), 0o755 if path.startswith("bin/") or ".so" in path else 0o644
            tar.addfile(member, io.BytesIO(data))
    return bytes(zstandard.compress(buffer.getvalue()))


async def install(channel: Path, prefix: Path, cache: Path) -> None:
    """Solves for PyTorch and links what it needs into the prefix, records in conda-meta as conda writes them."""
    gateway = rattler.Gateway(cache_dir=cache)
    records = await rattler.solve([rattler.Channel(channel.as_uri())], ["pytorch", "pip"], gateway=gateway, platforms=["linux-64", "noarch"])
    await rattler.install(records, prefix, cache_dir=cache, show_progress=False)


async def main(folder: Path) -> None:
    """Makes channel and prefix."""
    channel = folder / "channel"
    build(channel)
    (channel / "noarch").mkdir()
    await index_fs(channel)
    await install(channel, folder / "prefix", folder / "cache")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).resolve()))
    os._exit(0)  # py-rattler 0.28 dies of its own threads in one exit of eight, when everything is done.
