"""An extension beside a framework that lacks its names: told from tiny real libraries, remembered as long as none of them changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.pe_made import dll
from scan.making import contents, lay, venv, windows_venv

from drivetrain.cli import main
from drivetrain.model.library import Unmet
from drivetrain.scan import scan
from drivetrain.scan.name_givers import giver_of_library, giver_of_symbol, other_spelling

NEW = "_ZN3c105ErrorC2ENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE"
OLD = "_ZN3c105ErrorC2ESs"
EMPTY = "_ZN2at5emptyEv"


def compiled(
    folder: Path, name: str, gives: tuple[str, ...] = (), takes: tuple[str, ...] = (), needs: tuple[Path, ...] = (), weak: tuple[str, ...] = ()
) -> bytes:
    """Gives a library that gives and takes these names."""
    lines = [f'int give{number}(void) __asm__("{each}");\nint give{number}(void) {{ return 1; }}' for number, each in enumerate(gives)]
    lines += [f'extern int take{number}(void) __asm__("{each}");' for number, each in enumerate(takes)]
    lines += [f'extern int weak{number}(void) __asm__("{each}") __attribute__((weak));' for number, each in enumerate(weak)]
    calls = [f"take{number}()" for number in range(len(takes))] + [f"(weak{number} ? weak{number}() : 0)" for number in range(len(weak))]
    lines.append(f"int start(void) {{ return {' + '.join(['0', *calls])}; }}")
    (folder / "code.c").write_text("\n".join(lines))
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    order = ["gcc", "-shared", "-fPIC", "-nostartfiles", "-o", str(path), str(folder / "code.c"), f"-Wl,-soname,{path.name}", "-Wl,--no-as-needed"]
    subprocess.run([*order, "-Wl,--allow-shlib-undefined", *map(str, needs)], check=True)
    return path.read_bytes()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    if shutil.which("gcc") is None or sys.platform != "linux":
        pytest.skip("no gcc")
    return venv(tmp_path / "env")


def beside_torch(site: Path, tmp_path: Path, **extension: tuple[str, ...]) -> Path:
    """Lays out a torch that gives two names, and an extension."""
    c10 = compiled(tmp_path, "lib/libc10.so", (NEW, EMPTY))
    lay(
        site,
        contents(
            "torch", "2.9.1", {"torch/lib/libc10.so": c10, "torch/version.py": b"__version__ = '2.9.1+cpu'\ncuda = None\n"}, tag="cp311-cp311-linux_x86_64"
        ),
    )
    code = compiled(tmp_path, "ext/_C.so", needs=(tmp_path / "lib/libc10.so",), **extension)
    lay(site, contents("my-op", "1.0", {"my_op/_C.so": code}, tag="cp311-cp311-linux_x86_64"))
    return site.parents[2]


def lacks(prefix: Path, cache: Path | None = None) -> tuple[Unmet, ...]:
    found = scan(prefix, cache=cache).unmet
    assert found is not None
    return found


def test_a_name_that_is_there_is_no_finding(site: Path, tmp_path: Path) -> None:
    assert lacks(beside_torch(site, tmp_path, takes=(NEW, EMPTY, "printf", "PyErr_Clear"), weak=("_ZN2at4goneEv",))) == ()


def test_a_name_that_is_gone_is_told_with_the_other_abi(site: Path, tmp_path: Path) -> None:
    (found,) = lacks(beside_torch(site, tmp_path, takes=(OLD, EMPTY, "_ZN2at4goneEv", "nobody_knows")))
    assert (found.path, found.giver, found.asked) == ("my_op/_C.so", "torch", ("torch/lib/libc10.so",))
    assert set(found.symbols) == {OLD, "_ZN2at4goneEv"}
    assert found.instead == NEW


def test_the_loader_agrees(site: Path, tmp_path: Path) -> None:
    prefix = beside_torch(site, tmp_path, takes=(OLD, EMPTY))
    (found,) = lacks(prefix)
    load = f"import ctypes; ctypes.CDLL({str(site / 'my_op/_C.so')!r})"
    broken = subprocess.run(
        [sys.executable, "-c", load], capture_output=True, text=True, env={**os.environ, "LD_LIBRARY_PATH": str(site / "torch/lib")}, check=False
    )
    assert f"undefined symbol: {found.symbols[0]}" in broken.stderr


def test_another_library_of_the_framework_may_have_it(site: Path, tmp_path: Path) -> None:
    prefix = beside_torch(site, tmp_path, takes=("_ZN2at4goneEv",))
    (site / "torch/lib/libtorch_more.so").write_bytes(compiled(tmp_path, "more.so", ("_ZN2at4goneEv",)))
    assert lacks(prefix) == ()


def test_a_library_that_needs_none_of_the_framework_is_not_judged(site: Path, tmp_path: Path) -> None:
    prefix = beside_torch(site, tmp_path)
    (site / "alone.so").write_bytes(compiled(tmp_path, "alone.so", takes=("_ZN2at4goneEv",)))
    assert lacks(prefix) == ()


def test_a_framework_that_cannot_be_read_accuses_nobody(site: Path, tmp_path: Path) -> None:
    prefix = beside_torch(site, tmp_path, takes=("_ZN2at4goneEv",))
    whole = (site / "torch/lib/libc10.so").read_bytes()
    (site / "torch/lib/libc10.so").write_bytes(whole[: len(whole) // 3])
    assert lacks(prefix) == ()


def test_an_extension_for_windows(tmp_path: Path) -> None:
    site = windows_venv(tmp_path / "env")
    lay(
        site,
        contents("torch", "2.9.1", {"torch/lib/c10.dll": dll(name=b"c10.dll", imports=(), exports=(b"??0Error@c10@@QEAA@XZ",))}, tag="cp311-cp311-win_amd64"),
    )
    takes = ((b"c10.dll", (b"??0Error@c10@@QEAA@XZ", b"?gone@c10@@YAXXZ")), (b"KERNEL32.dll", (b"LoadLibraryA",)))
    lay(site, contents("my-op", "1.0", {"my_op/_C.pyd": dll(imports=takes)}, tag="cp311-cp311-win_amd64"))
    (found,) = lacks(tmp_path / "env")
    assert (found.path, found.symbols) == ("my_op/_C.pyd", ("?gone@c10@@YAXXZ",))


def test_it_is_remembered_until_a_library_changes(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix, cache = beside_torch(site, tmp_path, takes=("_ZN2at4goneEv",)), tmp_path / "cache"
    first = lacks(prefix, cache)
    assert len(first) == 1
    with monkeypatch.context() as quiet:
        quiet.setattr("drivetrain.scan.unmet_names.unmet_in", lambda *_: pytest.fail("read again"))
        assert lacks(prefix, cache) == first
    (site / "torch/lib/libc10.so").write_bytes(compiled(tmp_path, "libc10.so", ("_ZN2at4goneEv",)))
    assert lacks(prefix, cache) == ()
    for path in (cache / "symbols").iterdir():
        path.write_bytes(b"damaged")
    assert lacks(prefix, cache) == ()


def test_audit_says_it(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prefix = beside_torch(site, tmp_path, takes=(OLD, EMPTY))
    place = ["audit", str(prefix), "--cache-dir", str(tmp_path / "cache")]
    assert main([*place, "--json"]) == 1
    found = [each for each in json.loads(capsys.readouterr().out)["outcomes"] if each["state"] == "found" and each["severity"] == "error"]
    assert [(each["cause"], each["about"]) for each in found] == [("extension-built-for-other-framework-version", "my-op")]
    assert main([*place, "--lang", "en"]) == 1
    assert f"undefined symbol: {OLD}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("symbol", "giver"),
    [
        ("_ZNK3c1010TensorImpl4sizeEl", "torch"), ("_ZTIN2at6TensorE", "torch"), ("_ZN10tensorflow6StatusC1Ev", "tensorflow"), ("ncclCommRegister", "nccl"),
        ("cusparseLtInit", "cusparselt"), ("cusparseCreate", "cusparse"), ("__nvJitLinkComplete_12_4", "nvjitlink"), ("cudaMalloc", "cudart"), ("cuInit", ""),
        ("_ZNSt6vectorIN2at6TensorEE3endEv", ""), ("_ZN9something3c10E", ""), ("PyErr_Clear", ""), ("_ZN99999999999999999999a", ""), ("", ""),
    ],
)  # fmt: skip
def test_whose_a_name_is(symbol: str, giver: str) -> None:
    assert giver_of_symbol(symbol) == giver


@pytest.mark.parametrize(
    ("library", "giver"),
    [
        ("libc10.so", "torch"), ("libtorch_cuda.so", "torch"), ("torch_cpu.dll", "torch"), ("libtensorflow_framework.so.2", "tensorflow"),
        ("libcudnn_ops.so.9", "cudnn"), ("cudnn64_9.dll", "cudnn"), ("libcusparseLt.so.0", "cusparselt"), ("libcusparse.so.12", "cusparse"),
        ("libnvJitLink.so.12", "nvjitlink"), ("libcudart.so.12", "cudart"), ("libcuda.so.1", ""), ("libc.so.6", ""), ("libmkl_core.so.2", "mkl"),
    ],
)  # fmt: skip
def test_whose_a_library_is(library: str, giver: str) -> None:
    assert giver_of_library(library) == giver


def test_the_two_spellings_of_strings() -> None:
    assert other_spelling(OLD) == NEW
    assert other_spelling(NEW) == OLD
    assert other_spelling(EMPTY) == ""
    assert other_spelling("ncclSs") == ""
