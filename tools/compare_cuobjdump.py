"""Compares our reading of device code with NVIDIA's own: `python tools/compare_cuobjdump.py CUOBJDUMP[,OLDER] FILE...`, target for target, count for count.

The tool is that of the wheel nvidia-cuda-cuobjdump. Of an ELF file it reads .nv_fatbin and __nv_relfatbin, of a DLL nothing: what lies elsewhere is cut out
and put before it as files of their own. The search for that shares no line with our reader, and looks through the whole file. It ends with status 1 where
it stops partway, as 13.5 does at code of CUDA 12.1 to 12.3 and of sm_35, and with 255 where it sees no code, as 13.5 does at cubins of CUDA 12.3 outside
containers; the older one then answers (12.4 lies in the wheel triton 3.2.0). Where that stops too, its targets must be among ours.
"""

from __future__ import annotations

import mmap
import re
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from elftools.common.exceptions import ELFError
from elftools.elf.elffile import ELFFile

from drivetrain.binaries.device_code import code_in

Counts = Counter[tuple[str, str]]
_LOOKED_INTO = (".nv_fatbin", "__nv_relfatbin")
_ENTRY = re.compile(r"^Fatbin (elf|ptx|nvvm) code:\n=+\narch = (\S+)$", re.MULTILINE)
_CUBIN = re.compile(r"^ELF file +\d+: .*\.(sm_\w+)\.cubin$", re.MULTILINE)
_STARTS = re.compile(rb"\x50\xed\x55\xba\x01\x00\x10\x00|\x7fELF\x02\x01")
_EM_CUDA, _NO_BITS = 190, 8
_KINDS = {"elf": "sass", "ptx": "ptx", "nvvm": "lto"}
_NO_CODE = 255
_WITHOUT_FLAVOURS, _FLAVOURED = 8, 90
"""The ABI whose flags are the same for sm_100 and sm_100f, and the first chip that has flavours: there cuobjdump's list states the chip alone."""
_OLDER, _STOPPED = "read by the older tool", "stopped partway, its targets are among ours"


def pieces_in(text: mmap.mmap) -> Iterator[tuple[int, int]]:
    """Gives start and end of each container, and of each cubin that lies in none."""
    end = 0
    for found in _STARTS.finditer(text):
        start = found.start()
        if start < end or start + 64 > len(text):
            continue
        if text[start] == 0x50:
            (payload,) = struct.unpack_from("<Q", text, start + 8)
            size = 16 + payload
        elif struct.unpack_from("<H", text, start + 18)[0] == _EM_CUDA:
            size = _size_of_elf(text, start)
        else:
            continue
        if start + size <= len(text):
            end = start + size
            yield start, end


def _size_of_elf(text: mmap.mmap, start: int) -> int:
    """The end of its tables or of its last section, whichever is last."""
    programs, sections = struct.unpack_from("<QQ", text, start + 32)
    program, of_programs, section, of_sections = struct.unpack_from("<HHHH", text, start + 54)
    ends: list[int] = [programs + program * of_programs, sections + section * of_sections]
    for place in range(start + sections, start + sections + section * of_sections, section or 1):
        if place + 64 <= len(text) and struct.unpack_from("<I", text, place + 4)[0] != _NO_BITS:
            ends.append(sum(struct.unpack_from("<QQ", text, place + 24)))
    return max(ends)


def looked_into(path: Path) -> list[tuple[int, int]]:
    """Gives the parts of the file that cuobjdump reads by itself."""
    with path.open("rb") as stream:
        try:
            sections = [each for name in _LOOKED_INTO if (each := ELFFile(stream).get_section_by_name(name)) is not None]
        except ELFError:
            return []
        return [(each["sh_offset"], each["sh_offset"] + each["sh_size"]) for each in sections]


def cut_out(path: Path, folder: Path) -> tuple[list[Path], list[Path]]:
    """Writes what lies elsewhere: the containers one after the other into a file, each cubin into its own."""
    containers, cubins = folder / "elsewhere.fatbin", []
    spans = looked_into(path)
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, prot=mmap.PROT_READ) as text, containers.open("wb") as out:
        for start, end in pieces_in(text):
            if any(first <= start < last for first, last in spans):
                continue
            if text[start] == 0x50:
                out.write(text[start:end])
            else:
                cubins.append(folder / f"{start}.cubin")
                cubins[-1].write_bytes(text[start:end])
        some = out.tell() > 0
    return [containers] if some else [], cubins


def asked(tools: Iterable[str], flag: str, path: Path) -> tuple[str, str]:
    """Gives what the first tool lists that reads the file whole, and a note where that is not the first or where all stop."""
    note = said = ""
    for number, tool in enumerate(tools):
        done = subprocess.run([tool, flag, str(path)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout, _OLDER if number else ""
        if done.returncode != _NO_CODE:
            note, said = _STOPPED, said or done.stdout
    return said, note


def theirs(tools: list[str], path: Path) -> tuple[Counts, set[str]]:
    """Gives all that cuobjdump lists of a file, and the notes."""
    found, notes = Counter[tuple[str, str]](), set()
    with TemporaryDirectory() as folder:
        containers, cubins = cut_out(path, Path(folder))
        for each in (path, *containers):
            text, note = asked(tools, "-all", each)
            notes.add(note)
            found.update((_KINDS[kind], target.replace("sm_", "compute_") if kind == "ptx" else target) for kind, target in _ENTRY.findall(text))
        for each in cubins:
            text, note = asked(tools, "--list-elf", each)
            notes.add(note)
            targets = _CUBIN.findall(text)
            if each.read_bytes()[8] == _WITHOUT_FLAVOURS and any(int(re.sub(r"\D", "", target)) >= _FLAVOURED for target in targets):
                notes.add("without cubins that leave the flavour open")
                continue
            found.update(("sass", target) for target in targets)
    return found, notes - {""}


def main(arguments: list[str]) -> int:
    """Prints a line a file; ends with 1 when one differs."""
    tools, files = arguments[0].split(","), arguments[1:]
    differing = 0
    for path in map(Path, files):
        ours, places = Counter[tuple[str, str]](), Counter[str]()
        for each in code_in(path).codes:
            ours[each.kind, each.target] += each.count
            places[each.section] += each.count
        told, notes = theirs(tools, path)
        same = set(told) <= set(ours) if _STOPPED in notes else told == ours
        differing += not same
        verdict = "; ".join(("same" if same else "DIFFERS", *sorted(notes)))
        print(f"{verdict}: {path.name}, {sum(ours.values())} entries of {len(ours)} targets {dict(places)}", flush=True)
        if not same:
            print(f"  ours {sorted((ours - told).items())}\n  theirs {sorted((told - ours).items())}")
    print(f"{len(files) - differing} of {len(files)} agree")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
