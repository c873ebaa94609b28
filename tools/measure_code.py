"""Counts the device code in single libraries of wheels on the index, without downloading the wheels: `python tools/measure_code.py`.

Only the member asked for is fetched. On nvidia-cudnn-cu12 9.10.2.21 and jax-cuda12-pjrt 0.12.0.1 it gave the counts of NVIDIA's cuobjdump. Writes
tools/measured_code.json, which import_device_code.py takes up; what stands there already is not read again.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from drivetrain.binaries.device_code import code_in, library_code_of
from drivetrain.catalogue.refresh.client import Client
from drivetrain.catalogue.refresh.default_index import default_index
from drivetrain.catalogue.refresh.index_page import IndexFile, project_files
from drivetrain.catalogue.refresh.releases import Listed, listed_releases, platforms_of
from drivetrain.catalogue.refresh.wheel_metadata import RangeFile

RESULT = Path(__file__).with_name("measured_code.json")
PLATFORMS = ("linux-x86_64", "linux-aarch64")
WANTED = (
    ("nvidia-cudnn-cu11", r"9\..*", r"libcudnn_cnn\.so\.9"),
    ("nvidia-cudnn-cu12", r"9\..*", r"libcudnn_cnn\.so\.9"),
    ("nvidia-cudnn-cu13", r"9\..*", r"libcudnn_cnn\.so\.9"),
    ("nvidia-cudnn-cu11", r"8\.(5\.0\.96|6\.0\.163|7\.0\.84|8\.1\.3|9\.6\.50)", r"libcudnn_ops_infer\.so\.8"),
    ("nvidia-cudnn-cu12", r"8\.9\.(2\.26|4\.25|7\.29)", r"libcudnn_ops_infer\.so\.8"),
    ("nvidia-cudnn-cu12", r"9\.(7\.1\.26|11\.0\.98|20\.0\.48)", r"libcudnn_ops\.so\.9"),
    ("nvidia-cudnn-cu13", r"9\.(12\.0\.46|26\.0\.51|28\.1\.4)", r"libcudnn_ops\.so\.9"),
    ("jax-cuda12-pjrt", r"0\.(11\.1|11\.2|12\.0|12\.0\.1)", r"xla_cuda_plugin\.so"),
    ("jax-cuda13-pjrt", r"0\.(11\.1|11\.2|12\.0|12\.0\.1)", r"xla_cuda_plugin\.so"),
)
"""(distribution, versions, library): cuDNN's smallest library with device code for every release, its others and XLA where much depends on them."""


class Measured(Struct, frozen=True, kw_only=True):
    """The code of one library of one wheel."""

    distribution: str
    version: str
    wheel: str
    platform: str
    library: str
    sass: dict[str, int]
    ptx: dict[str, int]


def counted(content: bytes, folder: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Gives the entries by target, SASS and PTX, of a library."""
    path = folder / "library"
    path.write_bytes(content)
    code = library_code_of("library", code_in(path))
    path.unlink()
    return dict(code.sass), dict(code.ptx)


def member_of(client: Client, file: IndexFile, library: str) -> tuple[str, bytes] | None:
    """Gives the name and content of the member whose file name matches, fetched in one request."""
    tail = client.span(file.url, max(0, (file.bytes or 0) - 65_536), None)
    stream = RangeFile(client, file.url, tail.body, tail.start, tail.start + len(tail.body))
    with zipfile.ZipFile(io.BufferedReader(stream, 65_536)) as wheel:
        found = next((each for each in wheel.infolist() if re.fullmatch(library, each.filename.rpartition("/")[2])), None)
    if found is None:
        return None
    packed = client.span(file.url, found.header_offset, found.header_offset + 30 + 1024 + found.compress_size).body
    data = packed[30 + sum(struct.unpack_from("<HH", packed, 26)) :][: found.compress_size]
    content = zlib.decompressobj(-15).decompress(data) if found.compress_type == zipfile.ZIP_DEFLATED else data
    if zlib.crc32(content) != found.CRC:
        raise ValueError(f"{file.filename}: {found.filename} is damaged")
    return found.filename.rpartition("/")[2], content


def measured(client: Client, index: str, known: set[tuple[str, str]], folder: Path) -> Iterator[Measured]:
    """Reads what is wanted and not known, (wheel, library pattern) by (wheel, library pattern)."""
    for distribution, versions, library in WANTED:
        for listed in listed_releases(distribution, project_files(client, index, distribution)):
            if re.fullmatch(versions, listed.release.version):
                for platform, file in _files(listed):
                    if not any(wheel == file.filename and re.fullmatch(library, name) for wheel, name in known):
                        found = member_of(client, file, library)
                        if found:
                            sass, ptx = counted(found[1], folder)
                            yield Measured(
                                distribution=distribution,
                                version=listed.release.version,
                                wheel=file.filename,
                                platform=platform,
                                library=found[0],
                                sass=sass,
                                ptx=ptx,
                            )


def _files(listed: Listed) -> Iterator[tuple[str, IndexFile]]:
    for platform in PLATFORMS:
        fitting = [file for tags, file in listed.wheels.items() if platform in platforms_of(tags)]
        if fitting:
            yield platform, fitting[-1]


def main() -> int:
    """Brings the file up to date, writing after each library, so that an interruption loses nothing."""
    rows = msgspec.json.decode(RESULT.read_bytes(), type=list[Measured]) if RESULT.exists() else []
    with Client(timeout_seconds=120) as client, TemporaryDirectory() as folder:
        for row in measured(client, default_index(), {(row.wheel, row.library) for row in rows}, Path(folder)):
            rows.append(row)
            RESULT.write_bytes(b"[\n" + b",\n".join(msgspec.json.encode(each) for each in rows) + b"\n]\n")
            print(row.wheel, row.library, *row.sass, *row.ptx)
    return 0


if __name__ == "__main__":
    sys.exit(main())
