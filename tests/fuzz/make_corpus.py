"""Makes the readers' small files anew: `python tests/fuzz/make_corpus.py`; what once broke a reader (regression-*) stays as it is.

ELF files are made by gcc (Linux); everything else byte by byte here.
"""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent / "src")]

from binaries.made import container, cubin, elf, entry, pe  # noqa: E402
from fuzz.pe_made import dll  # noqa: E402
from fuzz.target import CORPUS  # noqa: E402
from fuzz.text_corpus import texts  # noqa: E402

_SOURCE = '#include <math.h>\n#include <stdlib.h>\nint held; double answer(double x) { return sqrt(x) + atof(getenv("X")); }\n'


def by_gcc(*flags: str) -> bytes:
    """Gives a small library that the linker made."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.c").write_text(_SOURCE)
        options = [
            "-shared",
            "-fPIC",
            "-nostartfiles",
            "-Os",
            "-s",
            "-Wl,-z,noseparate-code",
            "-Wl,-soname,libanswer.so.3",
            "-Wl,-rpath,$ORIGIN/../lib:/opt/lib",
        ]
        subprocess.run(["gcc", *options, *flags, "-o", "a.so", "a.c", "-Wl,--no-as-needed", "-lm"], cwd=folder, check=True)
        return (Path(folder) / "a.so").read_bytes()


def dylib(*commands: bytes, cpu: int = 0x0100000C) -> bytes:
    """Gives a Mach-O library of these load commands."""
    body = b"".join(commands)
    return struct.pack("<IIIIIIII", 0xFEEDFACF, cpu, 0, 6, len(commands), len(body), 0, 0) + body + bytes(64)


def command(kind: int, name: bytes, start: int = 24) -> bytes:
    """Gives a load command that names something."""
    text = name + bytes(8 - (start + len(name)) % 8)
    return struct.pack("<III", kind, start + len(text), start) + bytes(start - 12) + text


def fat_dylib() -> bytes:
    """Gives one file for two architectures."""
    thin = dylib(command(0xC, b"/usr/lib/libc++.1.dylib"))
    table = b"".join(struct.pack(">IIIII", cpu, 0, 256, len(thin), 12) for cpu in (0x01000007, 0x0100000C))
    return (struct.pack(">II", 0xCAFEBABE, 2) + table).ljust(256, b"\0") + thin


def old_elf() -> bytes:
    """Gives a library of 32 bits by hand: it needs one, and has a name of its own."""
    dynamic = b"".join(struct.pack("<iI", *each) for each in ((1, 1), (14, 6), (5, 0x1000), (10, 16), (0, 0)))
    header = b"\x7fELF\x01\x01\x01".ljust(16, b"\0") + struct.pack("<HHIIIIIHHHHHH", 3, 3, 1, 0, 52, 0, 0, 52, 32, 2, 40, 0, 0)
    load = struct.pack("<IIIIIIII", 1, 116, 0x1000, 0x1000, 16 + len(dynamic), 16 + len(dynamic), 4, 4)
    segment = struct.pack("<IIIIIIII", 2, 132, 0x1010, 0x1010, len(dynamic), len(dynamic), 4, 4)
    return header + load + segment + b"\0libc\0mine.so\0\0\0" + dynamic


def dylib_with_symbols() -> bytes:
    """Gives a Mach-O library that takes two names and gives one."""
    names, rows = b"\0_give\0_take\0_local\0_late\0", ((1, 0x0F, 1, 0), (7, 0x01, 0, 1 << 8), (13, 0x0E, 1, 0), (20, 0x01, 0, 2 << 8 | 0x40))
    commands = command(0xC, b"/usr/lib/libA.dylib") + command(0x80000018, b"/usr/lib/libB.dylib")
    table = 32 + len(commands) + 24
    text = commands + struct.pack("<IIIIII", 2, 24, table, len(rows), table + 16 * len(rows), len(names))
    return struct.pack("<IIIIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 3, len(text), 0, 0) + text + b"".join(struct.pack("<IBBHQ", *row, 0) for row in rows) + names


def loader_cache(old: bool = False) -> bytes:
    """Gives an ld.so.cache of three entries; `old` puts the format of the last century before it."""
    names = (b"libcuda.so.1", b"/usr/lib/libcuda.so.1", b"libz.so.1", b"/usr/lib/libz.so.1", b"/usr/lib/glibc-hwcaps/x86-64-v3/libz.so.1")
    places, text, start = [], b"", 48 + 3 * 24
    for name in names:
        places.append(start + len(text))
        text += name + b"\0"
    entries = ((0x0303, 0, 1, 0), (0x0303, 2, 3, 0), (0x0303, 2, 4, 1 << 62))
    rows = b"".join(struct.pack("<iIIIQ", flags, places[key], places[value], 0, hwcap) for flags, key, value, hwcap in entries)
    new = b"glibc-ld.so.cache1.1" + struct.pack("<II", len(entries), len(text)) + bytes(20) + rows + text
    return struct.pack("<12sI", b"ld.so-1.7.0", 1) + bytes(12) + bytes(4) + new if old else new


def wheel(**members: bytes) -> bytes:
    """Gives a wheel; two underscores stand for a slash."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(ZipInfo(name.replace("__", "/") + ".so"), content, ZIP_DEFLATED)
    return file.getvalue()


def made() -> dict[str, dict[str, bytes]]:
    """Gives every file by target and name."""
    code = container(
        entry("sass", 80), entry("sass", 90, 0x100000), entry("sass", 100, 0x200000), entry("ptx", 90), entry("lto", 75), entry("sass", 89, header=72)
    )
    plain, old = by_gcc(), by_gcc("-Wl,--hash-style=sysv", "-Wl,--disable-new-dtags")
    dylibs = dylib(
        command(0xD, b"@rpath/libc10.dylib"), command(0xC, b"/usr/lib/libSystem.B.dylib"), command(0x80000018, b"/weak"),
        command(0x8000001C, b"@loader_path", 12), struct.pack("<IIIIII", 0x32, 24, 1, 14 << 16, 0, 0),
    )  # fmt: skip
    metadata = (
        b"Metadata-Version: 2.1\nName: Some.Thing\nVersion: 1.2.3+cu128\nSummary: text\n  that goes on\nRequires-Python: >=3.10\nProvides-Extra: CUDA\n"
        b"Requires-Dist: numpy<2,>=1.21 ; extra == 'cuda'\nClassifier: A :: B\n\nA description.\nName: not this\n"
    )
    both = {"gnu-hash": plain, "sysv-hash": old, "cut": plain[:900]}
    libraries = {"gnu-hash": plain, "sysv-hash": old, "cubin": cubin(0x5A) + bytes(64), "by-hand": elf(text=b"code", nv_fatbin=code), "cut": plain[:700]}
    return {
        "elf": libraries,
        "elf-32": {"by-hand": old_elf()},
        "elf-symbols": both,
        "pe-symbols": {"dll": dll(), "more": dll(exports=tuple(sorted(f"?f{number}@@YA".encode() for number in range(20))))},
        "macho-symbols": {"dylib": dylib_with_symbols()},
        "pe": {"dll": dll(), "by-hand": pe(b".nv_fatb", code), "header": b"MZ" + bytes(60)},
        "macho": {"dylib": dylibs, "two": fat_dylib()},
        "fat-binary": {"container": code, "two": code + b"pad!" + container(), "cubins": cubin(0x460546) + cubin(0x5A0D5A) + cubin(0x5A04, abi=8)},
        "device-code": {
            "elf": elf(text=b"code" * 9, nv_fatbin=code, __nv_relfatbin=code, rodata=bytes(8) + cubin(0x460546)),
            "pe": pe(b".nv_fatb", code),
            "bare": code,
        },
        "wheel-member": {"library": wheel(some__lib__liba=plain), "two": wheel(a=elf(nv_fatbin=code), b=dylibs), "none": wheel(a=b"text" * 30)},
        "record": {
            "plain": b"a/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n../../bin/a,sha256=abc,17\na-1.dist-info/RECORD,,\n",
            "odd": b'"a,b.py",sha256=abc,1\na,c.py,md5=abc,2\r\na\\b//c/./d,sha256=,\n\nno line\n"open,,\n',
        },
        "metadata": {"plain": metadata, "short": b"Name: a\nVersion: 1\n"},
        "wheel-tags": {"plain": b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_28_x86_64\nTag: py3-none-any\n"},
        "direct-url": {
            "vcs": b'{"url": "https://a/b", "vcs_info": {"vcs": "git", "commit_id": "abc"}, "subdirectory": "c"}',
            "folder": b'{"url": "file:///a", "dir_info": {"editable": true}}',
        },
        "loader-cache": {"new": loader_cache(), "old": loader_cache(old=True)},
        "pyvenv-cfg": {"venv": b"home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.7\n", "uv": b"version_info = 3.12.1\nuv=0.9\n"},
        "path-file": {"plain": b"# a comment\n../src\nimport os; os.x()\n\n/abs/path\n", "bom": b"\xef\xbb\xbfimport\tx\n"},
        "conda-meta": {
            "record": b'{"name": "a", "version": "1", "build": "h_0", "depends": ["b >=1"], "files": ["lib/python3.11/site-packages/a-1.dist-info/METADATA"],'
            b' "paths_data": {"paths": [{"_path": "lib/liba.so", "size_in_bytes": 3, "path_type": "hardlink"}]}}',
        },
        "dist-info-name": {"wheel": b"torch-2.10.0+cu128.dist-info", "egg": b"some_thing-1.0-py3.11-linux-x86_64.egg-info"},
        **texts(),
    }


def main() -> None:
    """Writes them."""
    for target, files in made().items():
        folder = CORPUS / target
        kept = {path.name: path.read_bytes() for path in folder.glob("regression-*")} if folder.exists() else {}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in {**files, **kept}.items():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
