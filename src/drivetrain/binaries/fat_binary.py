"""Walks CUDA's fat binary containers: which code they hold for which target, by their headers alone.

NVIDIA publishes no description of the format; this one was measured on 182 libraries against its own tool `cuobjdump`
(https://docs.nvidia.com/cuda/cuda-binary-utilities/index.html), with the same targets and counts on all of them. The flags of
bare cubins are those of LLVM's llvm/include/llvm/BinaryFormat/ELF.h (EF_CUDA_SM, EF_CUDA_ACCELERATORS_V1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from drivetrain.binaries.window import Window

CONTAINER = struct.pack("<I", 0xBA55ED50)
CUBIN = b"\x7fELF\x02\x01"
_CONTAINER_HEADER, _ENTRY_HEADER = 16, 64
_KINDS: dict[int, Literal["ptx", "sass", "lto"]] = {1: "ptx", 2: "sass", 8: "lto"}
_ONE_CHIP, _FAMILY = 0x100000, 0x200000
_EM_CUDA = 190
_ABI_WITHOUT_FLAVOURS = 8
"""It moved the architecture, and its flags are the same for sm_100 and sm_100f: libcudnn_cnn.so.9 of nvidia-cudnn-cu12 9.28.0.42 read on 2026-11-24."""
_ACCELERATORS = 0x800
_FIRST_WITH_FLAVOURS = 90
"""Older chips have but one target: an sm_60 cubin in CUPTI has the bit of the accelerators as well, and cuobjdump 13.5 says sm_60."""
_MOST_STEPS = 400_000
"""Containers, their entries, and marks by chance, of one file: cuFFT has 24,453 containers; more is no library but a hostile file."""


class Entry(Struct, frozen=True):
    """One piece of code: its kind and its target ("sm_90a"); an empty target where it cannot be told."""

    kind: Literal["ptx", "sass", "lto"]
    target: str


class Container(Struct, frozen=True):
    """One container, or a cubin that lies outside any."""

    offset: int
    end: int
    """Where the search goes on."""
    entries: tuple[Entry, ...]
    fault: str = ""
    """English, for a note: what contradicts itself."""


def containers_in(window: Window, spans: Iterable[tuple[int, int]] | None = None) -> Iterator[Container]:
    """Gives every container of a file, and every cubin outside one; `spans`: the parts of it, in order, that may hold any."""
    start = 0
    steps = iter(range(_MOST_STEPS))
    for first, end in ((0, window.size),) if spans is None else spans:
        start = max(start, first)
        while (found := _next(window, start, end, steps)) is not None:
            yield found
            start = found.end
            if next(steps, None) is None:
                yield Container(start, window.size, (), f"more than {_MOST_STEPS} containers, pieces and marks; what lies behind {start} was not read")
                return


def _next(window: Window, start: int, end: int, steps: Iterator[int]) -> Container | None:
    while (hit := window.find((CONTAINER, CUBIN), start, end)) is not None:
        offset, mark = hit
        found = _container(window, offset, steps) if mark == CONTAINER else _bare_cubin(window, offset)
        if found is not None:
            return found
        start = offset + 1
        if next(steps, None) is None:
            return Container(offset, start, ())
    return None


def _container(window: Window, offset: int, steps: Iterator[int]) -> Container | None:
    """Reads the container at an offset; None where the four bytes stand there by chance, as they do in compiled code."""
    header = window.at(offset, _CONTAINER_HEADER)
    if len(header) < _CONTAINER_HEADER:
        return None
    version, header_size, payload = struct.unpack_from("<HHQ", header, 4)
    end = offset + header_size + payload
    if version != 1 or header_size != _CONTAINER_HEADER or end > window.size:
        return None
    entries: list[Entry] = []
    place = offset + header_size
    while place + _ENTRY_HEADER <= end:
        text = window.at(place, _ENTRY_HEADER)
        (kind,) = struct.unpack_from("<H", text, 0)
        size, payload = struct.unpack_from("<IQ", text, 4)
        (architecture,) = struct.unpack_from("<I", text, 28)
        (flags,) = struct.unpack_from("<Q", text, 40)
        if next(steps, None) is None:
            return Container(offset, end, tuple(entries))
        if size < _ENTRY_HEADER or place + size + payload > end or kind not in _KINDS:
            return Container(offset, end, tuple(entries), f"entry {len(entries) + 1} at {place} contradicts itself")
        entries.append(Entry(_KINDS[kind], _target(_KINDS[kind], architecture, flags)))
        place += size + payload
    return Container(offset, end, tuple(entries))


def _target(kind: str, architecture: int, flags: int) -> str:
    flavour = "a" if flags & _ONE_CHIP else "f" if flags & _FAMILY else ""
    return f"{'compute' if kind == 'ptx' else 'sm'}_{architecture}{flavour}"


def _bare_cubin(window: Window, offset: int) -> Container | None:
    """Reads a cubin outside any container by its ELF header; None for other ELF files, the library itself among them."""
    header = window.at(offset, 64)
    if len(header) < 64:
        return None
    (machine,) = struct.unpack_from("<H", header, 18)
    (flags,) = struct.unpack_from("<I", header, 48)
    if machine != _EM_CUDA:
        return None
    target = _target_of_flags(flags, header[8])
    fault = "" if target else f"cubin at {offset}: its ABI {header[8]} does not state the target"
    return Container(offset, offset + 64, (Entry("sass", target),), fault)


def _target_of_flags(flags: int, abi: int) -> str:
    if abi < _ABI_WITHOUT_FLAVOURS:
        architecture = flags & 0xFF
        return f"sm_{architecture}{'a' if flags & _ACCELERATORS and architecture >= _FIRST_WITH_FLAVOURS else ''}"
    architecture = flags >> 8 & 0xFF
    return f"sm_{architecture}" if abi == _ABI_WITHOUT_FLAVOURS and architecture < _FIRST_WITH_FLAVOURS else ""
