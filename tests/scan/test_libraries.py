"""Every shared library of an environment is found, owned or not, linked or not, and read once: what is remembered is used, what has changed is read anew."""

from __future__ import annotations

import multiprocessing
import os
import struct
from pathlib import Path

import pytest
from binaries.made import container, elf, entry, pe
from scan.making import contents, lay, venv, windows_venv

from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.scan import scan

CODE = elf(nv_fatbin=container(entry("sass", 80), entry("sass", 90, 0x100000), entry("ptx", 90)))
PLAIN = elf(data=b"nothing for GPUs")


def by_path(environment: Environment) -> dict[str, Library]:
    return {each.path: each for each in environment.libraries}


def test_owned_and_unowned_libraries_with_their_code(tmp_path: Path) -> None:
    site = venv(tmp_path)
    lay(site, contents("torch", "2.10.0", {"torch/lib/libtorch_cuda.so": CODE, "torch/lib/libtorch_cpu.so": PLAIN, "torch/lib/readme.so": b"no library"}))
    for path in ("torch/lib/libcopied.so.9", "nvidia/cudnn/lib/libcudnn.so.9", "numpy.libs/libgfortran-04.so.5.0.0", "loose.abi3.so"):
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(PLAIN)
    found = by_path(scan(tmp_path))
    assert list(found) == sorted(found)
    assert set(found) == {
        "torch/lib/libtorch_cuda.so",
        "torch/lib/libtorch_cpu.so",
        "torch/lib/libcopied.so.9",
        "nvidia/cudnn/lib/libcudnn.so.9",
        "numpy.libs/libgfortran-04.so.5.0.0",
        "loose.abi3.so",
    }
    cuda = found["torch/lib/libtorch_cuda.so"]
    assert (cuda.bytes, cuda.linkage.format, cuda.linkage.arch, cuda.link) == (len(CODE), "elf", "x86_64", "")
    assert cuda.code is not None
    assert (cuda.code.library, cuda.code.sass, cuda.code.ptx) == ("libtorch_cuda.so", (("sm_80", 1), ("sm_90a", 1)), (("compute_90", 1),))
    assert found["torch/lib/libtorch_cpu.so"].code is None


def test_what_serves_every_chip_in_ways_of_its_own_is_not_searched_for_code(tmp_path: Path) -> None:
    site = venv(tmp_path)
    names = ("libcublas.so.12", "libcublasLt.so.12", "libcudnn_ops.so.9", "libcudnn_engines_precompiled.so.9", "libcufft.so.11", "libnvrtc-builtins.so.12.9")
    lay(site, contents("all", "1", {f"nvidia/all/lib/{name}": CODE for name in names}))
    assert [each.name for each in scan(tmp_path).libraries if each.code] == ["libcublas.so.12", "libcudnn_ops.so.9"]


def test_links_are_told_and_those_that_lead_nowhere_are_none(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    lay(site, contents("cudnn", "9", {"nvidia/cudnn/lib/libcudnn.so.9.1.0": CODE}))
    outside = tmp_path / "libcublas.so.12"
    outside.write_bytes(PLAIN)
    folder = site / "nvidia/cudnn/lib"
    (folder / "libcudnn.so.9").symlink_to("libcudnn.so.9.1.0")
    (folder / "libcudnn.so").symlink_to("libcudnn.so.9")
    (folder / "libcublas.so").symlink_to(outside)
    (folder / "libgone.so").symlink_to("libgone.so.1")
    found = by_path(scan(tmp_path / "env"))
    links = {path.rpartition("/")[2]: each.link for path, each in found.items()}
    file = "nvidia/cudnn/lib/libcudnn.so.9.1.0"
    assert links == {"libcudnn.so.9.1.0": "", "libcudnn.so.9": file, "libcudnn.so": file, "libcublas.so": outside.as_posix()}
    assert found["nvidia/cudnn/lib/libcudnn.so"].code == found[file].code


def test_windows_libraries(tmp_path: Path) -> None:
    site = windows_venv(tmp_path)
    lay(site, contents("torch", "2.10.0", {"torch/lib/torch_cuda.DLL": pe(b".nv_fatb", container(entry("sass", 86))), "torch/_C.cp311-win_amd64.pyd": PLAIN}))
    found = by_path(scan(tmp_path))
    assert set(found) == {"torch/lib/torch_cuda.DLL", "torch/_C.cp311-win_amd64.pyd"}
    code = found["torch/lib/torch_cuda.DLL"].code
    assert code is not None
    assert code.sass == (("sm_86", 1),)


def test_a_conda_environment_of_windows(tmp_path: Path) -> None:
    site = tmp_path / "Lib/site-packages"
    lay(site, contents("torch", "2.5.1", {"torch/lib/torch_cuda.dll": pe(b".nv_fatb", container(entry("sass", 86)))}), installer="conda")
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "conda-meta/cudnn-9.3.0-h_1.json").write_text('{"name": "cudnn", "version": "9.3.0", "files": ["Library/bin/cudnn64_9.dll"]}')
    (tmp_path / "Library/bin").mkdir(parents=True)
    for name in ("cudnn64_9.dll", "copied64_9.dll"):
        (tmp_path / "Library/bin" / name).write_bytes(pe(b".text", b"code"))
    environment = scan(tmp_path)
    assert (environment.kind, environment.platform) == ("conda", "windows")
    assert set(by_path(environment)) == {"torch/lib/torch_cuda.dll", "../../Library/bin/cudnn64_9.dll", "../../Library/bin/copied64_9.dll"}
    cudnn = environment.distribution("cudnn")
    assert cudnn is not None
    assert [each.path for each in cudnn.files] == ["../../Library/bin/cudnn64_9.dll"]


def test_libraries_of_macos_hold_no_device_code(tmp_path: Path) -> None:
    site = venv(tmp_path)
    dylib = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 0, 0, 0, 0) + container(entry("sass", 80))
    lay(site, contents("scipy", "1", {"scipy/.dylibs/libgfortran.5.dylib": dylib}, tag="cp312-cp312-macosx_12_0_arm64"))
    (site / "scipy/.dylibs/libloose.dylib").write_bytes(dylib)
    environment = scan(tmp_path)
    assert [(each.name, each.linkage.format, each.linkage.arch, each.code) for each in environment.libraries] == [
        ("libgfortran.5.dylib", "macho", "arm64", None),
        ("libloose.dylib", "macho", "arm64", None),
    ]


def test_they_can_be_left_out(tmp_path: Path) -> None:
    lay(venv(tmp_path / "env"), contents("one", "1", {"one.so": PLAIN}))
    cache = tmp_path / "cache"
    assert scan(tmp_path / "env", libraries=False, cache=cache).libraries == ()
    assert not (cache / "libraries").exists()


def test_what_is_remembered_is_not_read_again_and_what_has_changed_is(tmp_path: Path) -> None:
    site = venv(tmp_path / "env")
    lay(site, contents("one", "1", {"lib/libone.so": PLAIN, "lib/libtwo.so": PLAIN}))
    cache = tmp_path / "cache"
    first = by_path(scan(tmp_path / "env", cache=cache))
    other = PLAIN[:18] + b"\xb7" + PLAIN[19:]
    for name, later in (("libone.so", 0), ("libtwo.so", 1)):
        path = site / "lib" / name
        state = path.stat()
        path.write_bytes(other)
        # Of the first the time stays too: nobody who asks the file system alone can tell.
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + later))
    second = by_path(scan(tmp_path / "env", cache=cache))
    assert second["lib/libone.so"] == first["lib/libone.so"]
    assert second["lib/libtwo.so"].linkage.arch == "aarch64"


def test_a_moved_environment_and_hard_links_need_no_second_reading(tmp_path: Path) -> None:
    lay(venv(tmp_path / "staged"), contents("one", "1", {"lib/libone.so": CODE}))
    cache = tmp_path / "cache"
    first = scan(tmp_path / "staged", cache=cache)
    site = venv(tmp_path / "other")
    (site / "nvidia/one/lib").mkdir(parents=True)
    shared = site / "nvidia/one/lib/libother.so"
    shared.hardlink_to(tmp_path / "staged/lib/python3.11/site-packages/lib/libone.so")
    state = shared.stat()
    shared.write_bytes(bytes(len(CODE)))
    os.utime(shared, ns=(state.st_atime_ns, state.st_mtime_ns))
    (other,) = scan(tmp_path / "other", cache=cache).libraries
    assert other.linkage == first.libraries[0].linkage


@pytest.mark.parametrize("damage", [b"", b"\x93\x01", b"{}", b"\xff" * 300])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    lay(venv(tmp_path / "env"), contents("one", "1", {"lib/libone.so": CODE}))
    cache = tmp_path / "cache"
    whole = scan(tmp_path / "env", cache=cache).libraries
    (kept,) = (cache / "libraries").iterdir()
    kept.write_bytes(damage)
    assert scan(tmp_path / "env", cache=cache).libraries == whole
    assert kept.read_bytes() != damage


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    lay(venv(tmp_path / "env"), contents("one", "1", {"lib/libone.so": CODE}))
    (tmp_path / "cache").write_text("a file where the folder belongs")
    assert len(scan(tmp_path / "env", cache=tmp_path / "cache").libraries) == 1


def test_the_memory_forgets_the_oldest_environments(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(40):
        lay(venv(tmp_path / f"env{number}"), contents("one", "1", {"lib/libone.so": CODE}))
        scan(tmp_path / f"env{number}", cache=cache)
    assert len(list((cache / "libraries").iterdir())) <= 32


def _scan_often(prefix: Path, cache: Path) -> None:
    for number in range(20):
        library = prefix / "lib/python3.11/site-packages/lib/libone.so"
        os.utime(library, ns=(number, os.getpid() * 1000 + number))
        assert len(scan(prefix, cache=cache).libraries) == 1


def test_two_processes_at_once_leave_a_whole_memory(tmp_path: Path) -> None:
    lay(venv(tmp_path / "env"), contents("one", "1", {"lib/libone.so": CODE}))
    cache = tmp_path / "cache"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.starmap(_scan_often, [(tmp_path / "env", cache)] * 2)
    assert [path.suffix for path in (cache / "libraries").iterdir()] == [".msgpack"]
    assert len(scan(tmp_path / "env", cache=cache).libraries) == 1
