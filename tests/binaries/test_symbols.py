"""Symbols: what `nm` and pefile say of real libraries is what we say, and a wanted name is found without reading them all."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.pe_made import dll

from drivetrain.binaries import elf_symbols, pe_symbols
from drivetrain.binaries.symbols import exports_of, imports_of, symbols_of
from drivetrain.binaries.window import Window, window_on
from drivetrain.model.binary import Symbols

SOURCE = """
#include <math.h>
extern int absent(void);
extern int perhaps(void) __attribute__((weak));
static int hidden(void) { return 3; }
int held = 3;
double answer(double x) { return sqrt(x) + absent() + (perhaps ? perhaps() : 0) + hidden(); }
"""


def read(path: Path) -> Symbols:
    with window_on(path) as window:
        return symbols_of(window)


def of_bytes(content: bytes) -> Symbols:
    return symbols_of(Window(lambda offset, count: content[offset : offset + count], len(content)))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("gcc") is None or sys.platform != "linux":
        pytest.skip("no gcc")
    folder = tmp_path_factory.mktemp("symbols")
    (folder / "a.c").write_text(SOURCE)
    (folder / "void.c").write_text("extern int absent(void);\nstatic int f(void) __attribute__((constructor));\nstatic int f(void) { return absent(); }\n")
    for name, *flags in (("gnu", "-Wl,--hash-style=gnu"), ("sysv", "-Wl,--hash-style=sysv"), ("both", "-Wl,--hash-style=both")):
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", f"lib{name}.so", "a.c", *flags, "-Wl,--no-as-needed", "-lm"], cwd=folder, check=True)
    subprocess.run(["gcc", "-shared", "-fPIC", "-nostartfiles", "-o", "libvoid.so", "void.c", "-Wl,--hash-style=gnu"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("name", ["gnu", "sysv", "both"])
def test_what_a_library_takes_and_gives(compiled: Path, name: str) -> None:
    found = read(compiled / f"lib{name}.so")
    taken = {each.name: each for each in found.imports}
    assert {"absent", "perhaps", "sqrt"} <= set(taken)
    assert taken["perhaps"].weak
    assert not taken["absent"].weak
    assert taken["sqrt"].version.startswith("GLIBC_")
    assert taken["sqrt"].library == "libm.so.6"
    assert {"held", "answer"} <= {each.name for each in found.exports}
    assert not {"hidden", "absent"} & {each.name for each in found.exports}
    assert not found.faults
    assert exports_of(compiled / f"lib{name}.so", ("answer", "held", "absent", "hidden", "sqrt", "no such name", "")) == {"answer", "held"}


def test_a_library_that_gives_nothing_still_tells_what_it_takes(compiled: Path) -> None:
    found = read(compiled / "libvoid.so")
    assert "absent" in {each.name for each in found.imports}
    assert exports_of(compiled / "libvoid.so", ("absent", "f")) == frozenset()


def test_stripped_section_headers_hide_no_symbol(compiled: Path, tmp_path: Path) -> None:
    text = bytearray((compiled / "libgnu.so").read_bytes())
    struct.pack_into("<Q", text, 40, 0)
    struct.pack_into("<HHH", text, 58, 0, 0, 0)
    assert of_bytes(bytes(text)) == read(compiled / "libgnu.so")


def test_real_libraries_agree_with_nm() -> None:
    if shutil.which("nm") is None:
        pytest.skip("no nm")
    for path in (
        Path(sys.executable).resolve(),
        *sorted(Path("/usr/lib").glob("*-linux-gnu/lib[m-z]*.so.?"))[:6],
        *Path("/usr/lib").glob("*-linux-gnu/libstdc++.so.6"),
    ):
        rows = [line.split() for line in subprocess.run(["nm", "-D", str(path)], capture_output=True, text=True, check=False).stdout.splitlines()]
        found = read(path)
        assert sorted(each.name for each in found.imports) == sorted(row[-1].split("@")[0] for row in rows if len(row) == 2), path
        told = [row for row in rows if len(row) == 3 and row[1] != "A"]  # A: names of versions
        versions = {each[2].split("@")[0] for each in told}
        assert {each.name for each in found.exports} >= versions, path
        assert exports_of(path, versions) == versions, path
        assert not exports_of(path, (f"{name}_and_more" for name in versions))


def test_a_dll() -> None:
    found = of_bytes(dll())
    assert {(each.library, each.name, each.weak) for each in found.imports} == {
        ("c10.dll", "alpha", False),
        ("c10.dll", "beta", False),
        ("delayed.dll", "late", True),
    }
    assert [each.name for each in found.exports] == ["one", "three", "two"]


def test_a_wanted_name_of_a_dll_is_found_by_its_order(tmp_path: Path) -> None:
    names = tuple(sorted(f"?name{number}@@YA".encode() for number in range(300)))
    (tmp_path / "some.dll").write_bytes(dll(exports=names))
    wanted = {each.decode() for each in names[::7]}
    assert exports_of(tmp_path / "some.dll", (*wanted, "?absent@@YA", "zz", "")) == wanted
    assert {each.name for each in imports_of(tmp_path / "some.dll")} == {"alpha", "beta", "late"}


def test_a_real_dll_agrees_with_pefile() -> None:
    import pefile
    import pip._vendor.distlib

    launcher = Path(pip._vendor.distlib.__file__).parent / "t64.exe"
    if not launcher.exists():
        pytest.skip("this pip has no launchers")
    theirs = {(each.dll.decode(), name.name.decode()) for each in pefile.PE(str(launcher)).DIRECTORY_ENTRY_IMPORT for name in each.imports if name.name}
    assert theirs
    assert {(each.library, each.name) for each in read(launcher).imports} == theirs


def test_a_dylib() -> None:
    names = b"\0_give\0_take\0_local\0_late\0"
    rows = ((1, 0x0F, 1, 0), (7, 0x01, 0, 1 << 8), (13, 0x0E, 1, 0), (20, 0x01, 0, 2 << 8 | 0x40))
    library = b"/usr/lib/libA.dylib\0\0\0\0\0"
    commands = b"".join(struct.pack("<III", 0xC, 24 + len(library), 24) + bytes(12) + library.replace(b"A", each) for each in (b"A", b"B"))
    size = len(commands) + 24
    table = 32 + size
    symbols = struct.pack("<IIIIII", 2, 24, table, len(rows), table + 16 * len(rows), len(names))
    content = struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 3, size, 0, 0) + commands + symbols
    content += b"".join(struct.pack("<IBBHQ", *each, 0) for each in rows) + names
    found = of_bytes(content)
    assert [(each.name, each.library, each.weak) for each in found.imports] == [("_take", "/usr/lib/libA.dylib", False), ("_late", "/usr/lib/libB.dylib", True)]
    assert [each.name for each in found.exports] == ["_give"]


def test_tables_that_turn_in_circles_or_state_too_much_are_faults(compiled: Path) -> None:
    whole = (compiled / "libsysv.so").read_bytes()
    window = Window(lambda offset, count: whole[offset : offset + count], len(whole))
    dynamic = elf_symbols.dynamic_of(window)
    place = dynamic.place(elf_symbols._place(dynamic, 4), 8)
    buckets, chains = struct.unpack_from("<II", whole, place)
    circle = bytearray(whole)
    struct.pack_into(f"<{buckets + chains}I", circle, place + 8, *([1] * (buckets + chains)))
    turning = Window(lambda offset, count: bytes(circle[offset : offset + count]), len(circle))
    with pytest.raises(ValueError, match="no end"):
        elf_symbols.exports_among(turning, ("answer",))
    for number in (0, 1 << 31):
        broken = bytearray(whole)
        struct.pack_into("<I", broken, place, number)
        with pytest.raises(ValueError, match="hash table states"):
            elf_symbols.exports_among(Window(lambda offset, count, text=bytes(broken): text[offset : offset + count], len(broken)), ("answer",))
    many = bytearray(dll())
    with pytest.raises(ValueError, match="outside"):
        pe_symbols.exported_by(Window(lambda offset, count: bytes(many[offset : offset + count])[:700], 700))


def test_the_command_shows_and_writes_them(compiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from drivetrain.cli import main

    path = str(compiled / "libgnu.so")
    assert main(["inspect", path, "--symbols", "--lang", "en"]) == 0
    screen = capsys.readouterr().out
    assert "    absent\n" in screen
    assert "    perhaps  may be missing\n" in screen
    assert "sqrt@GLIBC_2" in screen
    assert main(["inspect", path, "--symbols", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"name": "absent", "version": "", "library": "", "weak": False} in document["symbols"]["imports"]
    assert main(["inspect", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["symbols"] is None
