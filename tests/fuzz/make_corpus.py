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
from zipfile import ZIP_DEFLATED, ZipFile

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent), str(_HERE.parent.parent / "src")]

from binaries.made import container, cubin, elf, entry, pe  # noqa: E402
from fuzz.pe_made import dll  # noqa: E402
from fuzz.targets import CORPUS  # noqa: E402

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


def wheel(**members: bytes) -> bytes:
    """Gives a wheel; two underscores stand for a slash."""
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/") + ".so", content)
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
    libraries = {"gnu-hash": plain, "sysv-hash": old, "cubin": cubin(0x5A) + bytes(64), "by-hand": elf(text=b"code", nv_fatbin=code), "cut": plain[:700]}
    return {
        "elf": libraries,
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
        "dist-info-name": {"wheel": b"torch-2.10.0+cu128.dist-info", "egg": b"some_thing-1.0-py3.11-linux-x86_64.egg-info"},
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
