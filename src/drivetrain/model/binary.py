"""What one shared library is, and what it holds for GPUs."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Format = Literal["elf", "pe", "macho"]


class DeviceCode(Struct, frozen=True, kw_only=True):
    """Code of one kind for one target in one section of a file (`cuobjdump` shows the first two)."""

    kind: Literal["sass", "ptx", "lto"]
    target: str
    """"sm_90a" for SASS and LTO, "compute_90" for PTX."""
    section: str
    """".nv_fatbin", "__nv_relfatbin" (relocatable), ".rodata", ...; empty where no section holds it."""
    count: int


class CodeRead(Struct, frozen=True, kw_only=True):
    """All device code of one file."""

    codes: tuple[DeviceCode, ...]
    faults: tuple[str, ...] = ()
    """Containers that break off or contradict themselves, and cubins whose target cannot be told."""


class Linkage(Struct, frozen=True, kw_only=True):
    """What a file tells the loader (`readelf -d`, `dumpbin /dependents`, `otool -L`)."""

    format: Format
    arch: str
    """"x86_64", "aarch64", "arm64", "x86_64 arm64" (one file for both); "cuda" for a cubin; "unknown (0x1c2)" for another machine."""
    soname: str | None = None
    """Its own name: DT_SONAME, the export table's name, LC_ID_DYLIB."""
    needed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    """Those that are loaded at their first call only (delay-loaded DLLs), or may be missing (weak dylibs)."""
    search_path: tuple[str, ...] = ()
    search_kind: Literal["rpath", "runpath"] | None = None
    """ELF: a RUNPATH does not hold for what the needed libraries need, and LD_LIBRARY_PATH comes before it."""
    needs_versions: tuple[str, ...] = ()
    """"GLIBC_2.27", "GLIBCXX_3.4.29"; on macOS the oldest system, "macOS 11.0"."""
    executable_stack: bool = False
    """ELF: whether it asks for one (`readelf -lW`, GNU_STACK RWE), which glibc from 2.41 on refuses to a library that is loaded later."""
    faults: tuple[str, ...] = ()
    """What contradicts itself or breaks off."""


class Symbol(Struct, frozen=True, kw_only=True):
    """One dynamic symbol (`nm -D`, `dumpbin /exports`)."""

    name: str
    """As it stands in the file; "#7" for a function that a DLL knows by number alone."""
    version: str = ""
    """"GLIBC_2.34"; of what it exports, the version that it defines it for."""
    library: str = ""
    """Of an import the library that it is bound to, where the file says it: a DLL, or the library of the version."""
    weak: bool = False
    """Of an import: it may be missing. Of an export: another library's may take its place."""


class Symbols(Struct, frozen=True, kw_only=True):
    """What a file takes from others and gives to others by name."""

    imports: tuple[Symbol, ...] = ()
    exports: tuple[Symbol, ...] = ()
    faults: tuple[str, ...] = ()


class Binary(Struct, frozen=True, kw_only=True):
    """One shared library, program or cubin."""

    schema: Literal["drivetrain/binary/1"] = "drivetrain/binary/1"
    path: str
    """Of a wheel's member "some.whl/lib/libsome.so"."""
    bytes: int
    format: Format
    arch: str
    soname: str | None = None
    needed: tuple[str, ...] = ()
    delayed: tuple[str, ...] = ()
    search_path: tuple[str, ...] = ()
    search_kind: Literal["rpath", "runpath"] | None = None
    needs_versions: tuple[str, ...] = ()
    device_code: tuple[DeviceCode, ...] = ()
    symbols: Symbols | None = None
    """None: not asked for (`inspect --symbols`)."""
    faults: tuple[str, ...] = ()


class Binaries(Struct, frozen=True, kw_only=True):
    """Several, in the order in which they were named."""

    schema: Literal["drivetrain/binaries/1"] = "drivetrain/binaries/1"
    binaries: tuple[Binary, ...]
