"""Counts the device code in libraries of wheels on the index, without downloading the wheels: `python tools/measure_code.py [DISTRIBUTION ... | --gaps]`.

Only the libraries asked for are fetched, one at a time, into a scratch file that is deleted after it was read; the wheel's SHA-256 is the one that the
index page states, and each library's own checksum is compared. Writes tools/measured_code.json after each wheel, which import_device_code.py takes up;
wheels that stand there already are not read again, so an interrupted run goes on where it stopped. NVIDIA's cuobjdump gave the same counts on ten of
the eleven libraries that both read; in the other, libtensorflow_cc of 2.21.0, it does not look into .rodata, where 1149 of 1398 containers lie.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct
from packaging.version import Version
from ptx_version import newest_ptx
from wheel_members import members_of, unpack

from drivetrain.binaries.device_code import code_in, library_code_of
from drivetrain.catalogue import read_snapshot
from drivetrain.catalogue.held import HeldSnapshot
from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.index_page import ACCEPT, IndexFile, project_files
from drivetrain.catalogue.refresh.releases import Listed, listed_releases, platforms_of

RESULT = Path(__file__).with_name("measured_code.json")
BOTH = ("linux-x86_64", "linux-aarch64")
_TENSORFLOW = r"libtensorflow_cc\.so\.2|_pywrap_tensorflow_internal\.so|lib_pywrap_tensorflow_common\.so"
_TORCH = r"libtorch_(cuda(_\w+)?|nvshmem)\.so"


class Wanted(Struct, frozen=True):
    """Libraries of some releases of a distribution."""

    distribution: str
    versions: str
    libraries: str
    platforms: tuple[str, ...] = ("linux-x86_64",)


WANTED = (
    Wanted("nvidia-cudnn-cu11", r"9\..*", r"libcudnn_cnn\.so\.9", BOTH),
    Wanted("nvidia-cudnn-cu12", r"9\..*", r"libcudnn_cnn\.so\.9", BOTH),
    Wanted("nvidia-cudnn-cu13", r"9\..*", r"libcudnn_cnn\.so\.9", BOTH),
    Wanted("nvidia-cudnn-cu11", r"8\.(5\.0\.96|6\.0\.163|7\.0\.84|8\.1\.3|9\.6\.50)", r"libcudnn_ops_infer\.so\.8", BOTH),
    Wanted("nvidia-cudnn-cu12", r"8\.9\.(2\.26|4\.25|7\.29)", r"libcudnn_ops_infer\.so\.8", BOTH),
    Wanted("nvidia-cudnn-cu12", r"9\.(7\.1\.26|11\.0\.98|20\.0\.48)", r"libcudnn_ops\.so\.9", BOTH),
    Wanted("nvidia-cudnn-cu13", r"9\.(12\.0\.46|26\.0\.51|28\.1\.4)", r"libcudnn_ops\.so\.9", BOTH),
    Wanted("jax-cuda12-pjrt", r"0\.(1[12])\..*", r"xla_cuda_plugin\.so", BOTH),
    Wanted("jax-cuda13-pjrt", r"0\.(1[12])\..*", r"xla_cuda_plugin\.so", BOTH),
    Wanted("torch", r"2\.([5-9]|\d\d)\..*|2\.4\.1|2\.3\.1|2\.2\.2|2\.1\.2|2\.0\.1|1\.13\.1|1\.12\.1", _TORCH),
    Wanted("tensorflow", r"2\.(1[3-9]|2\d)\..*", _TENSORFLOW),
    Wanted("jax-cuda12-pjrt", r"0\..*", r"xla_cuda_plugin\.so"),
    Wanted("jax-cuda13-pjrt", r"0\..*", r"xla_cuda_plugin\.so"),
    Wanted("nvidia-nccl-cu11", r"2\..*", r"libnccl\.so\.2"),
    Wanted("nvidia-nccl-cu12", r"2\..*", r"libnccl\.so\.2"),
    Wanted("nvidia-nccl-cu13", r"2\..*", r"libnccl\.so\.2"),
    Wanted("nvidia-cublas-cu11", r"11\..*", r"libcublas\.so\.11"),
    Wanted("nvidia-cublas-cu12", r"12\..*", r"libcublas\.so\.12"),
    Wanted("nvidia-cublas", r"13\..*", r"libcublas\.so\.13"),
    Wanted("torch", r"2\.1[1-9]\..*", _TORCH, ("linux-aarch64",)),
    Wanted("nvidia-cublas", r"13\..*", r"libcublas\.so\.13", ("linux-aarch64",)),
    Wanted("nvidia-cublas-cu12", r"12\.[89]\..*", r"libcublas\.so\.12", ("linux-aarch64",)),
    Wanted("jax-cuda12-pjrt", r"0\.([5-9]|\d\d)\..*|0\.4\.36", r"xla_cuda_plugin\.so", ("linux-aarch64",)),
    Wanted("jax-cuda13-pjrt", r"0\..*", r"xla_cuda_plugin\.so", ("linux-aarch64",)),
    Wanted("nvidia-nccl-cu12", r"2\.(2[4-9]|3\d)\..*", r"libnccl\.so\.2", ("linux-aarch64",)),
    Wanted("nvidia-nccl-cu13", r"2\..*", r"libnccl\.so\.2", ("linux-aarch64",)),
    Wanted("onnxruntime-gpu", r"1\..*", r"libonnxruntime_providers_cuda\.so", BOTH),
    Wanted("paddlepaddle-gpu", r"2\.[4-6]\..*", r"lib(paddle|phi)\.so"),
    Wanted("mxnet-cu112", r"1\.9\.1", r"libmxnet\.so"),
    Wanted("mxnet-cu110", r"1\.9\.1", r"libmxnet\.so"),
    Wanted("mxnet-cu102", r"1\.9\.1", r"libmxnet\.so"),
    Wanted("tensorrt", r"8\.[56]\..*", r"libnvinfer\.so\.8"),
    Wanted("tensorrt", r"8\.[56]\..*", r"libnvinfer_builder_resource\.so\.8.*"),
    Wanted("tensorflow", r"2\.(12\.1|11\.1|10\.1|9\.3|8\.4|7\.4|6\.5|5\.3|4\.4|3\.4)", _TENSORFLOW),
)
"""What decides first: cuDNN's smallest library with device code for every release and its others where much depends on them; of the rest all libraries
with code that a framework must load, of the last two years whole and one release of each line before."""


DECIDING = (
    (r"nvidia-cudnn-cu\d+|nvidia-nccl-cu\d+|nvidia-cublas(-cu\d+)?|jax-cuda\d+-pjrt", BOTH, ""),
    (r"torch|tensorflow", ("linux-x86_64",), ""),
    (r"torch", ("linux-aarch64",), "2.11"),
)
"""(distribution, platforms, oldest): what a plan rests on, read of the last two years; before 2.11 the index has torch for ARM's CPU alone."""
TWO_YEARS = 730


class Measured(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The code of one library of one wheel; neither SASS nor PTX where it holds none."""

    distribution: str
    version: str
    wheel: str
    sha256: str = ""
    """Of the whole wheel, as the index page states it."""
    platform: str
    library: str
    sass: dict[str, int]
    ptx: dict[str, int]
    ptx_version: str = ""
    """The newest version of its PTX; empty where it was not read."""
    ptx_alone: str = ""
    """The newest version of that beside which no code is compiled for its architecture."""
    faults: int = 0
    """Containers that contradict themselves."""


class _Listing(Struct):
    filename: str
    hashes: dict[str, str]


class _Page(Struct):
    files: list[_Listing]


def hashes_of(client: Client, index: str, name: str) -> dict[str, str]:
    """Gives the SHA-256 of each file of a project; none where the index gives no page in JSON."""
    reply = client.document(f"{index.rstrip('/')}/{name}/", accept=ACCEPT)
    page = msgspec.json.decode(reply.body, type=_Page) if "json" in reply.headers.get("content-type", "") else _Page([])
    return {each.filename: each.hashes.get("sha256", "") for each in page.files}


def measured(client: Client, index: str, known: list[Measured], only: list[str]) -> Iterator[list[Measured]]:
    """Reads what is wanted and not known, wheel by wheel."""
    for wanted in WANTED:
        if only and wanted.distribution not in only:
            continue
        hashes = hashes_of(client, index, wanted.distribution)
        for listed in listed_releases(wanted.distribution, project_files(client, index, wanted.distribution)):
            if re.fullmatch(wanted.versions, listed.release.version):
                for platform, file in _files(listed, wanted.platforms):
                    if not any(row.wheel == file.filename and re.fullmatch(wanted.libraries, row.library) for row in known):
                        yield list(_read(client, file, wanted, (listed.release.version, platform, hashes.get(file.filename, ""))))


def _files(listed: Listed, platforms: tuple[str, ...]) -> Iterator[tuple[str, IndexFile]]:
    """Gives one wheel a platform: CPython 3.11's where there is one, as the device code is the same for every Python."""
    for platform in platforms:
        fitting = [(tags, file) for tags, file in listed.wheels.items() if platform in platforms_of(tags)]
        if fitting:
            yield platform, next((file for tags, file in fitting if tags.startswith("cp311-")), fitting[-1][1])


def _read(client: Client, file: IndexFile, wanted: Wanted, about: tuple[str, str, str]) -> Iterator[Measured]:
    version, platform, sha256 = about
    with TemporaryDirectory(prefix="device-code-") as folder:
        scratch = Path(folder) / "library"
        for member in members_of(client, file, wanted.libraries):
            started = time.monotonic()
            unpack(client, file, member, scratch)
            fetched = time.monotonic()
            read = code_in(scratch)
            print(f"{member.compress_size / 1e9:.3f} GB, {member.file_size / 1e9:.3f} unpacked: {fetched - started:.1f} s + {time.monotonic() - fetched:.1f} s")
            library = member.filename.rpartition("/")[2]
            code = library_code_of(library, read)
            newest, alone = newest_ptx(scratch) if code.ptx else ("", "")
            yield Measured(
                distribution=wanted.distribution,
                version=version,
                wheel=file.filename,
                sha256=sha256,
                platform=platform,
                library=library,
                sass=dict(code.sass),
                ptx=dict(code.ptx),
                ptx_version=newest,
                ptx_alone=alone,
                faults=len(read.faults),
            )
            scratch.unlink()


def with_hashes(client: Client, index: str, rows: list[Measured]) -> list[Measured]:
    """Adds the hashes to rows that were read before they were recorded."""
    names = sorted({row.distribution for row in rows if not row.sha256})
    hashes = {name: hashes_of(client, index, name) for name in names}
    return [row if row.sha256 else msgspec.structs.replace(row, sha256=hashes[row.distribution].get(row.wheel, "")) for row in rows]


def gaps(snapshot: HeldSnapshot, rows: Iterable[Measured]) -> list[str]:
    """Gives the deciding wheels of the last two years before the snapshot that nobody has read: "distribution version platform"."""
    read = {(row.distribution, row.version, row.platform) for row in rows}
    since = (date.fromisoformat(snapshot.as_of) - timedelta(days=TWO_YEARS)).isoformat()
    missing = []
    for names, platforms, oldest in DECIDING:
        for name in sorted(each for each in snapshot.names if re.fullmatch(names, each)):
            for release in snapshot.releases(name):
                if release.released < since or release.yanked or Version(release.version) < Version(oldest or "0"):
                    continue
                listed = {platform for wheel in release.wheels for platform in platforms_of(wheel.tags)}
                missing += [f"{name} {release.version} {each}" for each in platforms if each in listed and (name, release.version, each) not in read]
    return missing


def write(rows: list[Measured]) -> None:
    """Writes the rows, one a line; the file is replaced whole, so that an interruption loses nothing."""
    whole = RESULT.with_suffix(".part")
    whole.write_bytes(b"[\n" + b",\n".join(msgspec.json.encode(each) for each in rows) + b"\n]\n")
    whole.replace(RESULT)


def main(only: list[str]) -> int:
    """Brings the file up to date; with --gaps it lists the deciding wheels of the last two years that nobody has read, and reads nothing."""
    rows = msgspec.json.decode(RESULT.read_bytes(), type=list[Measured]) if RESULT.exists() else []
    if only == ["--gaps"]:
        found = gaps(read_snapshot(), rows)
        print("\n".join(found) or "no gaps")
        return 1 if found else 0
    with Client(timeout_seconds=120) as client:
        index = default_index()
        rows = with_hashes(client, index, rows)
        write(rows)
        for read in measured(client, index, rows, only):
            rows.extend(read)
            write(rows)
            for row in read:
                print(row.wheel, row.library, *(f"{target}:{count}" for target, count in {**row.sass, **row.ptx}.items()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
