"""What lies around an environment: the variable's folders, the cache of an image, links below its root, Windows' folders."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from loader_caches import X86, cache
from msgspec.structs import replace

from drivetrain.model.binary import Linkage
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.scan.system_libraries import system_libraries, variables_of
from drivetrain.scan.target_paths import TargetPaths

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads this machine's own libraries")


def needing(*names: str, prefix: Path, search_path: tuple[str, ...] = ()) -> Environment:
    linkage = Linkage(format="elf", arch="x86_64", needed=names, search_path=search_path, search_kind="runpath" if search_path else None)
    library = Library(path="some.so", bytes=1, linkage=linkage)
    return Environment(prefix=str(prefix), site_packages=str(prefix / "site"), libraries=(library,))


@linux
def test_only_what_is_needed_is_read_and_what_that_needs(tmp_path: Path) -> None:
    found = system_libraries(needing("libstdc++.so.6", prefix=tmp_path), {})
    names = {each.name for each in found.libraries}
    assert {"libstdc++.so.6", "libm.so.6", "libc.so.6"} <= names
    assert len(names) < 20 < len(found.cached)


@linux
def test_what_was_read_is_remembered_until_a_library_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, libm = tmp_path / "own", next(each for each in system_libraries(needing("libm.so.6", prefix=tmp_path), {}).libraries if each.name == "libm.so.6")
    folder.mkdir()
    mine = folder / "libm.so.6"
    mine.write_bytes(Path(libm.path).read_bytes())
    variables, environment, read = {"LD_LIBRARY_PATH": str(folder)}, needing("libm.so.6", prefix=tmp_path / "env"), TargetPaths.linkage
    first = system_libraries(environment, variables, cache=tmp_path / "cache")
    assert str(mine) in {each.path for each in first.libraries}
    opened: list[str] = []
    monkeypatch.setattr(TargetPaths, "linkage", lambda paths, path: (opened.append(path), read(paths, path))[1])
    assert system_libraries(environment, variables, cache=tmp_path / "cache") == first
    assert not opened
    mine.write_bytes(b"no library any more")
    assert str(mine) not in {each.path for each in system_libraries(environment, variables, cache=tmp_path / "cache").libraries}
    assert opened == [str(mine)]


@linux
def test_the_variables_folders_come_first_and_a_link_to_the_prefix_is_spelled_as_the_prefix(tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    (prefix / "site" / "nvidia").mkdir(parents=True)
    (tmp_path / "link").symlink_to(prefix)
    found = system_libraries(needing(prefix=prefix), {"LD_LIBRARY_PATH": f"/opt/none::{tmp_path}/link/site/nvidia"})
    assert [each.path for each in found.folders if each.why == "LD_LIBRARY_PATH"] == ["/opt/none", f"{prefix}/site/nvidia"]
    assert found.folders[-1].why == "default"


@linux
def test_an_image_is_read_below_its_root(tmp_path: Path) -> None:
    root = tmp_path / "image"
    real = root / "opt" / "cuda" / "lib64"
    real.mkdir(parents=True)
    libc = next(Path(path) for path in ("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6") if Path(path).exists())
    (real / "libcudart.so.12.4.99").write_bytes(libc.read_bytes())
    (real / "libcudart.so.12").symlink_to("/opt/cuda/lib64/libcudart.so.12.4.99")
    (root / "etc").mkdir()
    (root / "etc" / "ld.so.cache").write_bytes(cache(("libcudart.so.12", "/opt/cuda/lib64/libcudart.so.12", X86, 0)))
    toolkit = root / "usr" / "local" / "cuda-12.4" / "lib64"
    toolkit.mkdir(parents=True)
    (toolkit / "libcublas.so.12").write_bytes(libc.read_bytes())
    found = system_libraries(replace(needing("libcudart.so.12", "libcublas.so.12", prefix=root / "venv"), root=str(root)), {})
    by_path = {each.path: each for each in found.libraries}
    assert by_path["/opt/cuda/lib64/libcudart.so.12"].link == "/opt/cuda/lib64/libcudart.so.12.4.99"
    assert "/usr/local/cuda-12.4/lib64/libcublas.so.12" in by_path
    assert "/usr/local/cuda-12.4/lib64" not in {each.path for each in found.folders}
    assert found.levels == ()


@pytest.mark.skipif(sys.platform == "win32", reason="links and paths of POSIX")
def test_links_of_a_root_lead_on_below_it(tmp_path: Path) -> None:
    root = tmp_path / "image"
    (root / "usr" / "lib").mkdir(parents=True)
    (root / "usr" / "lib" / "file").write_text("")
    (root / "lib").symlink_to("/usr/lib")
    (root / "loop").symlink_to("/loop")
    paths = TargetPaths(str(root), str(root / "env"))
    assert paths.real("/lib/file") == "/usr/lib/file"
    assert paths.exists("/lib/file")
    assert paths.real("/lib/../lib/./file") == "/usr/lib/file"
    assert paths.real("/loop/x") == "/loop/x"


def test_windows_looks_in_its_own_folders_before_those_of_path(tmp_path: Path) -> None:
    toolkit = tmp_path / "CUDA" / "v12.4" / "bin"
    toolkit.mkdir(parents=True)
    (toolkit / "cudart64_12.dll").write_bytes(b"")
    variables = {"PATH": str(toolkit), "SystemRoot": str(tmp_path / "Windows"), "CUDA_PATH": str(tmp_path / "CUDA" / "v12.4")}
    found = system_libraries(Environment(prefix=str(tmp_path), platform="windows"), variables)
    assert [each.why for each in found.folders] == ["System32", "PATH", "CUDA_PATH"]
    assert found.folders[1].names == ("cudart64_12.dll",)


def test_the_shells_own_variables_come_before_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/shell")
    assert variables_of({"LD_LIBRARY_PATH": "/probed", "XLA_FLAGS": "x"}) == {
        **{name: value for name, value in os.environ.items() if name == "PATH" or name.startswith(("CUDA_PATH", "SYSTEMROOT"))},
        "LD_LIBRARY_PATH": "/shell",
        "XLA_FLAGS": "x",
    }
