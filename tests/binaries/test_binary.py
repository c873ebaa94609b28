"""`inspect` says of real libraries what the platform's own tools say, and of damaged ones what is damaged."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from binaries.made import container, cubin, elf, entry

from drivetrain.binaries.binary import binaries_in
from drivetrain.errors import FileError
from drivetrain.model.binary import Binary

SOURCE = '#include <math.h>\n#include <stdlib.h>\ndouble answer(double x) { return sqrt(x) + atof(getenv("X") ? getenv("X") : "0"); }\n'


def one(path: Path) -> Binary:
    (binary,) = binaries_in(path, path.name)
    return binary


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None or sys.platform != "linux":
        pytest.skip("no gcc")
    folder = tmp_path_factory.mktemp("library")
    (folder / "answer.c").write_text(SOURCE)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", "libanswer.so.3", "answer.c", "-Wl,-soname,libanswer.so.3", "-Wl,-rpath,$ORIGIN/../lib:/opt/lib",
         "-Wl,--enable-new-dtags", "-Wl,--no-as-needed", "-lm"],
        cwd=folder, check=True,
    )  # fmt: skip
    return folder / "libanswer.so.3"


def test_an_elf_library_that_gcc_made(library: Path) -> None:
    found = one(library)
    assert (found.format, found.soname, found.search_path, found.search_kind) == ("elf", "libanswer.so.3", ("$ORIGIN/../lib", "/opt/lib"), "runpath")
    assert {"libm.so.6", "libc.so.6"} <= set(found.needed)
    assert found.arch in ("x86_64", "aarch64")
    assert any(each.startswith("GLIBC_2.") for each in found.needs_versions)
    assert found.bytes == library.stat().st_size
    assert not found.device_code
    assert not found.faults


def test_it_agrees_with_readelf(library: Path) -> None:
    if shutil.which("readelf") is None:
        pytest.skip("no readelf")
    for path in (library, Path(sys.executable).resolve(), *sorted(Path("/usr/lib").glob("*-linux-gnu/lib[a-m]*.so.?"))[:8]):
        told = subprocess.run(["readelf", "-d", "-V", "-W", str(path)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}).stdout
        found = one(path)
        assert list(found.needed) == re.findall(r"\(NEEDED\).*\[(.*)\]", told), path
        assert found.soname == next(iter(re.findall(r"\(SONAME\).*\[(.*)\]", told)), None)
        needs = told.partition("Version needs section")[2]
        assert set(found.needs_versions) == set(re.findall(r"Name: (\S+)  Flags", needs)), path


def test_an_old_rpath_is_called_so(library: Path, tmp_path: Path) -> None:
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "a.so", library.with_name("answer.c"), "-Wl,-rpath,/x", "-Wl,--disable-new-dtags"], check=True)
    assert (one(tmp_path / "a.so").search_path, one(tmp_path / "a.so").search_kind) == (("/x",), "rpath")


def test_a_library_of_a_wheel_reads_as_it_does_on_disk(library: Path, tmp_path: Path) -> None:
    code = library.read_bytes() + bytes(5 << 20) + container(entry("sass", 90, 0x100000), entry("ptx", 90))
    (tmp_path / "a.so").write_bytes(code)
    with ZipFile(tmp_path / "a-1-py3-none-any.whl", "w", ZIP_DEFLATED) as wheel:
        wheel.writestr("a/__init__.py", "x = 1\n" * 50)
        wheel.writestr("a/lib/a.so", code)
        wheel.writestr("a/data.bin", b"none of these" * 20)
    (member,) = binaries_in(tmp_path / "a-1-py3-none-any.whl", "a-1-py3-none-any.whl")
    plain = one(tmp_path / "a.so")
    assert member.path == "a-1-py3-none-any.whl/a/lib/a.so"
    assert [(each.kind, each.target, each.count) for each in member.device_code] == [("ptx", "compute_90", 1), ("sass", "sm_90a", 1)]
    assert (member.needed, member.soname, member.search_path, member.needs_versions) == (
        plain.needed,
        plain.soname,
        plain.search_path,
        plain.needs_versions,
    )
    assert member.device_code == plain.device_code


def test_a_pe_program_that_microsofts_linker_made() -> None:
    """pip brings Windows' launchers of distlib along."""
    import pip._vendor.distlib

    folder = Path(pip._vendor.distlib.__file__).parent
    launcher = folder / "t64.exe"
    if not launcher.exists():
        pytest.skip("this pip has no launchers")
    found = one(launcher)
    assert (found.format, found.arch) == ("pe", "x86_64")
    assert "KERNEL32.dll" in found.needed
    assert not found.faults
    assert one(folder / "t64-arm.exe").arch == "arm64"


def _dylib(*commands: bytes, cpu: int = 0x0100000C) -> bytes:
    body = b"".join(commands)
    return struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 6, len(commands), len(body), 0, 0) + body + bytes(64)


def _named(kind: int, name: bytes, start: int = 24) -> bytes:
    text = name + bytes(8 - (start + len(name)) % 8)
    return struct.pack("<III", kind, start + len(text), start) + bytes(start - 12) + text


def test_a_dylib(tmp_path: Path) -> None:
    commands = (
        _named(0xD, b"@rpath/libc10.dylib"),
        _named(0xC, b"/usr/lib/libSystem.B.dylib"),
        _named(0x80000018, b"/System/Library/Frameworks/Metal.framework/Metal"),
        _named(0x8000001C, b"@loader_path", 12),
        struct.pack("<IIIIII", 0x32, 24, 1, 14 << 16, 0, 0),
    )
    (tmp_path / "a.dylib").write_bytes(_dylib(*commands))
    found = one(tmp_path / "a.dylib")
    assert (found.format, found.arch, found.soname) == ("macho", "arm64", "@rpath/libc10.dylib")
    assert (found.needed, found.delayed) == (("/usr/lib/libSystem.B.dylib",), ("/System/Library/Frameworks/Metal.framework/Metal",))
    assert (found.search_path, found.needs_versions) == (("@loader_path",), ("macOS 14.0",))


def test_a_dylib_for_two_architectures(tmp_path: Path) -> None:
    thin = _dylib(_named(0xC, b"/usr/lib/libc++.1.dylib"))
    start = 4096
    table = b"".join(struct.pack(">IIIII", cpu, 0, start, len(thin), 12) for cpu in (0x01000007, 0x0100000C))
    (tmp_path / "fat.dylib").write_bytes((struct.pack(">II", 0xCAFEBABE, 2) + table).ljust(start, b"\0") + thin)
    assert one(tmp_path / "fat.dylib").needed == ("/usr/lib/libc++.1.dylib",)


def test_a_cubin_is_for_the_gpu(tmp_path: Path) -> None:
    (tmp_path / "kernel.cubin").write_bytes(cubin(0x5A) + bytes(64))
    found = one(tmp_path / "kernel.cubin")
    assert found.arch == "cuda"
    assert [(each.kind, each.target) for each in found.device_code] == [("sass", "sm_90")]


@pytest.mark.parametrize("cut", [5, 20, 64, 200, 1000, 5000])
def test_a_library_that_breaks_off_is_still_read(library: Path, tmp_path: Path, cut: int) -> None:
    (tmp_path / "cut.so").write_bytes(library.read_bytes()[:cut])
    found = one(tmp_path / "cut.so")
    assert found.format == "elf"
    assert found.faults


def test_a_table_that_states_a_hostile_number_of_rows_costs_no_time(library: Path, tmp_path: Path) -> None:
    whole = library.read_bytes()
    (table,) = struct.unpack_from("<Q", whole, 32)
    rows = [table + 56 * index for index in range(struct.unpack_from("<H", whole, 56)[0])]
    dynamic = next(row for row in rows if struct.unpack_from("<I", whole, row)[0] == 2)
    for place, layout, number in ((56, "<H", 0xFFFF), (dynamic + 32, "<Q", 1 << 60), (32, "<Q", 1 << 63), (dynamic + 8, "<Q", (1 << 64) - 8)):
        text = bytearray(whole)
        struct.pack_into(layout, text, place, number)
        (tmp_path / "many.so").write_bytes(text)
        found = one(tmp_path / "many.so")
        assert any("dynamic section" in each for each in found.faults), place
        assert found.arch in ("x86_64", "aarch64")


def test_stripped_section_headers_hide_nothing(library: Path, tmp_path: Path) -> None:
    text = bytearray(library.read_bytes())
    struct.pack_into("<Q", text, 40, 0)
    struct.pack_into("<HHH", text, 58, 0, 0, 0)
    (tmp_path / "bare.so").write_bytes(text)
    whole, bare = one(library), one(tmp_path / "bare.so")
    assert (bare.needed, bare.soname, bare.search_path, bare.needs_versions) == (whole.needed, whole.soname, whole.search_path, whole.needs_versions)
    assert not bare.faults


def test_an_old_file_of_32_bits_is_read_too(library: Path, tmp_path: Path) -> None:
    dynamic = b"".join(struct.pack("<iI", *each) for each in ((1, 1), (14, 6), (5, 0x1000), (10, 16), (0, 0)))
    header = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack("<HHIIIIIHHHHHH", 3, 3, 1, 0, 52, 0, 0, 52, 32, 2, 40, 0, 0)
    load = struct.pack("<IIIIIIII", 1, 116, 0x1000, 0x1000, 16 + len(dynamic), 16 + len(dynamic), 4, 4)
    segment = struct.pack("<IIIIIIII", 2, 132, 0x1010, 0x1010, len(dynamic), len(dynamic), 4, 4)
    (tmp_path / "old.so").write_bytes(header + load + segment + b"\0libc\0mine.so\0\0\0" + dynamic)
    found = one(tmp_path / "old.so")
    assert (found.arch, found.needed, found.soname) == ("i386", ("libc",), "mine.so")


def test_what_is_no_binary_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "broken.whl").write_bytes(b"PK\x03\x04" + bytes(40))
    with ZipFile(tmp_path / "pure-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("pure.py", "x = 1")
    for name, said in (
        ("notes.txt", "no ELF"),
        ("empty", "no ELF"),
        ("broken.whl", "no whole archive"),
        ("pure-1-py3-none-any.whl", "no shared library"),
        ("gone.so", "cannot be read"),
        ("", "is a folder"),
    ):
        with pytest.raises(FileError, match=said) as broken:
            binaries_in(tmp_path / name, name)
        assert broken.value.next


def test_the_command_shows_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from drivetrain.cli import main

    code = elf(nv_fatbin=container(entry("sass", 70), entry("sass", 70), entry("sass", 120, 0x200000)), __nv_relfatbin=container(entry("ptx", 70)))
    (tmp_path / "lib.so").write_bytes(code)
    assert main(["inspect", str(tmp_path / "lib.so"), "--lang", "en"]) == 0
    screen = capsys.readouterr().out
    assert re.search(r"SASS +sm_70×2 +sm_120f×1\n", screen)
    assert main(["inspect", str(tmp_path / "lib.so"), str(tmp_path / "lib.so"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "drivetrain/binaries/1"
    assert {each["section"] for each in document["binaries"][0]["device_code"]} == {".nv_fatbin", "__nv_relfatbin"}
    assert main(["inspect", str(tmp_path), "--lang", "en"]) == 2
    assert "audit reads a whole environment" in capsys.readouterr().err
