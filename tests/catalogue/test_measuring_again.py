"""Reading device code out of wheels is a job that may be stopped: what was read stays, what is there is not read again, a damaged library is none."""

from __future__ import annotations

import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from index_server import Index, Published

from drivetrain.errors import IndexUnreachable

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests" / "binaries")]

import made  # noqa: E402
import measure_code  # noqa: E402

LIBRARY = "libnccl.so.2"
NAMES = [f"nvidia_nccl_cu13-2.9{number}.0-py3-none-manylinux_2_18_x86_64.whl" for number in range(3)]


def wheel_with(library: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nvidia/nccl/include/nccl.h", "header " * 1000)
        archive.writestr(f"nvidia/nccl/lib/{LIBRARY}", library)
    return content.getvalue()


@pytest.fixture
def job(index: Index, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Index:
    """Three releases of NCCL on an index, of which nothing was read yet."""
    for number, name in enumerate(NAMES):
        library = made.elf(nv_fatbin=made.container(*(made.entry("sass", 75 + number) for _ in range(number + 1))))
        index.projects.setdefault("nvidia-nccl-cu13", {})[name] = Published(wheel_with(library))
    monkeypatch.setattr(measure_code, "RESULT", tmp_path / "measured.json")
    monkeypatch.setattr(measure_code, "WANTED", (measure_code.Wanted("nvidia-nccl-cu13", r"2\..*", r"libnccl\.so\.2"),))
    monkeypatch.setattr(measure_code, "default_index", lambda: index.url)
    monkeypatch.setattr(measure_code, "Client", lambda **_: measure_code_client())
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return index


def measure_code_client() -> object:
    from drivetrain.catalogue.refresh.client import Client

    return Client(pause_seconds=0.01, attempts=2, timeout_seconds=5)


def read() -> dict[str, dict[str, int]]:
    rows = msgspec.json.decode(measure_code.RESULT.read_bytes(), type=list[measure_code.Measured])
    return {row.version: row.sass for row in rows}


def test_an_interrupted_run_goes_on_where_it_stopped(job: Index, tmp_path: Path) -> None:
    job.failures[f"/files/nvidia-nccl-cu13/{NAMES[0]}"] = 10**6
    with pytest.raises(IndexUnreachable):
        measure_code.main([])
    assert read() == {"2.92.0": {"sm_77": 3}, "2.91.0": {"sm_76": 2}}, "the newest first, each written as soon as it was read"
    del job.failures[f"/files/nvidia-nccl-cu13/{NAMES[0]}"]
    job.asked.clear()
    assert measure_code.main([]) == 0
    assert read()["2.90.0"] == {"sm_75": 1}
    assert {path for path, _ in job.asked if path.endswith(".whl")} == {f"/files/nvidia-nccl-cu13/{NAMES[0]}"}, "what is there is not read again"
    job.asked.clear()
    assert measure_code.main([]) == 0
    assert not [path for path, _ in job.asked if path.endswith(".whl")]
    assert not list(tmp_path.glob("*.part"))


def test_only_what_is_named_is_read(job: Index) -> None:
    assert measure_code.main(["nvidia-cudnn-cu13"]) == 0
    assert read() == {}


def test_a_library_whose_checksum_is_wrong_is_no_measurement(job: Index) -> None:
    content = bytearray(job.projects["nvidia-nccl-cu13"][NAMES[2]].content)
    at = content.index(b"nvidia/nccl/lib/libnccl.so.2") + len(b"nvidia/nccl/lib/libnccl.so.2") + 8
    content[at] ^= 0xFF
    job.projects["nvidia-nccl-cu13"][NAMES[2]].content = bytes(content)
    with pytest.raises((ValueError, zlib.error), match=r"damaged|decompress|invalid"):
        measure_code.main([])
    assert read() == {}
