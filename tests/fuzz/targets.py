"""The readers that meet files of strangers: each takes any bytes, and gives a value or the one error that it names."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

from fuzz.target import OVER_A_LIBRARY, OWN, Target
from fuzz.text_targets import TEXT_TARGETS, text

from drivetrain.binaries import elf_symbols, pe_symbols
from drivetrain.binaries.binary import binaries_in
from drivetrain.binaries.device_code import code_of
from drivetrain.binaries.elf_file import elf_linkage
from drivetrain.binaries.fat_binary import containers_in
from drivetrain.binaries.macho_file import is_macho, macho_linkage
from drivetrain.binaries.pe_file import pe_linkage
from drivetrain.binaries.symbols import symbols_of
from drivetrain.binaries.window import Window
from drivetrain.errors import FileError
from drivetrain.formats.conda_meta import conda_record_of
from drivetrain.formats.dist_info import direct_url_of, metadata_of, name_and_version_of, tags_of_wheel
from drivetrain.formats.loader_cache import cached_paths
from drivetrain.formats.path_file import path_lines_of
from drivetrain.formats.record import record_of
from drivetrain.scan.place import _settings, _version_in

MOST_AT_ONCE = 80 << 20
"""Bytes that a reader may ask for in one piece: `pread` takes that much memory before it knows how much there is."""


def window_of(content: bytes) -> Window:
    """Gives a window on bytes that, like `pread`, does not forgive a hostile count."""

    def reads(offset: int, count: int) -> bytes:
        assert offset >= 0, f"reads at {offset}"
        assert 0 <= count <= MOST_AT_ONCE, f"reads {count} bytes at once"
        return content[offset : offset + count]

    return Window(reads, len(content))


def _symbols(content: bytes) -> object:
    """Reads all symbols, and then looks some up as the loader does."""
    window = window_of(content)
    found = symbols_of(window)
    looks_up = pe_symbols.exports_among if content[:2] == b"MZ" else elf_symbols.exports_among
    with suppress(ValueError):
        looks_up(window, ("answer", "held", "one", "two", "absent", "", *(each.name for each in found.exports[:20])))
    return found


def _macho(content: bytes) -> object:
    window = window_of(content)
    return macho_linkage(window) if is_macho(window) else None


def _wheel(content: bytes) -> object:
    with tempfile.NamedTemporaryFile(suffix=".whl") as file:
        Path(file.name).write_bytes(content)
        with suppress(FileError):
            return binaries_in(Path(file.name), "some.whl")


def _venv(content: bytes) -> object:
    settings = _settings(content.decode("utf-8", "replace"))
    return _version_in(settings or {})


def _named(content: bytes) -> object:
    return name_and_version_of(content.decode("utf-8", "surrogateescape"))


_FAT = (b"\x50\xed\x55\xba\x01\x00\x10\x00", b"\x7fELF\x02\x01\x01\x33\x07", b"\x01\x00", b"\x02\x00", b"\x08\x00")
_HEADERS = (b"Name: ", b"Version: ", b"Requires-Dist: ", b"Provides-Extra: ", b"\n", b"\r", b"\n ", b"\n\n", b"\x0c", b"\xe2\x80\xa8", b":", b"Tag: ")

TARGETS: tuple[Target, ...] = (
    Target("elf", lambda content: elf_linkage(window_of(content)), OWN, (b"\x7fELF", b"\0")),
    Target("elf-32", lambda content: elf_linkage(window_of(content)), OVER_A_LIBRARY, (b"\x7fELF", b"\0")),
    Target("elf-symbols", _symbols, OWN, (b"\0", b"_Z", b"answer")),
    Target("pe-symbols", _symbols, OWN, (b"PE\0\0", b"\0", b"one")),
    Target("macho-symbols", _symbols, OWN, (b"\xcf\xfa\xed\xfe", b"\x02\0\0\0", b"\0_")),
    Target("pe", lambda content: pe_linkage(window_of(content)), OVER_A_LIBRARY, (b"MZ", b"PE\0\0", b"\0")),
    Target("macho", _macho, OWN, (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\x0c\0\0\x80", b"\x32\0\0\0")),
    Target("fat-binary", lambda content: list(containers_in(window_of(content))), OWN, _FAT),
    Target("device-code", lambda content: code_of(window_of(content)), OWN, (*_FAT, b"MZ", b"PE\0\0")),
    Target("wheel-member", _wheel, OVER_A_LIBRARY, (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"\x7fELF")),
    Target("record", text(record_of), OWN, (b",", b'"', b"sha256=", b"../", b"\\", b"\n", b"\0", b"\r", b"\xe2\x80\xa8", b"//", b"./")),
    Target("metadata", text(metadata_of), OWN, _HEADERS),
    Target("wheel-tags", text(tags_of_wheel), OWN, _HEADERS),
    Target("direct-url", text(direct_url_of), OWN, (b'{"url": ', b'"vcs_info"', b'"dir_info"', b"null", b"[", b"1e999", b"\\ud800", b"}")),
    Target("loader-cache", lambda content: cached_paths(content, "x86_64", ("x86-64-v3",)), OWN, (b"ld.so-1.7.0", b"glibc-ld.so.cache1.1", b"\0")),
    Target("pyvenv-cfg", _venv, OWN, (b"=", b"version_info = ", b"\n", b"3.11", b"true")),
    Target("path-file", text(path_lines_of), OWN, (b"import ", b"import\t", b"\n", b"#", b"../", b"\xef\xbb\xbf")),
    Target("conda-meta", conda_record_of, OWN, (b'"name": ', b'"files": [', b"null", b"{", b"}", b"1e999", b"\\ud800", b"site-packages/")),
    Target("dist-info-name", _named, OWN, (b".dist-info", b".egg-info", b"-py3", b"-", b".")),
    *TEXT_TARGETS,
)


def target(name: str) -> Target:
    """Gives the target of that name."""
    return next(each for each in TARGETS if each.name == name)
