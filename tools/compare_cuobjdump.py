"""Compares our reading of device code with NVIDIA's own: `python tools/compare_cuobjdump.py CUOBJDUMP FILE...`, the tool of the wheel nvidia-cuda-cuobjdump.

Only what lies in the sections that cuobjdump reads is compared (with -all: .nv_fatbin and __nv_relfatbin); what we find elsewhere is listed beside. Its exit
status 255 means no device code, 1 that it stopped partway, as it does at code older than its own release takes: then its targets must be among ours.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from drivetrain.binaries.device_code import LINKED, RELOCATABLE, code_in

_ENTRY = re.compile(r"^Fatbin (elf|ptx) code:\n=+\narch = (\S+)$", re.MULTILINE)


def theirs(tool: str, path: Path) -> tuple[Counter[tuple[str, str]], int]:
    """Gives what cuobjdump lists, and its exit status."""
    done = subprocess.run([tool, "-all", str(path)], capture_output=True, text=True, check=False)
    found = ((kind, target) for kind, target in _ENTRY.findall(done.stdout))
    return Counter(("sass", target) if kind == "elf" else ("ptx", target.replace("sm_", "compute_")) for kind, target in found), done.returncode


def main(arguments: list[str]) -> int:
    """Prints a line a file; ends with 1 when one differs."""
    tool, *files = arguments
    differing = 0
    for path in map(Path, files):
        read = code_in(path)
        ours: Counter[tuple[str, str]] = Counter()
        elsewhere: Counter[str] = Counter()
        for each in read.codes:
            if each.section in (*LINKED, *RELOCATABLE) and each.kind != "lto":
                ours[each.kind, each.target] += each.count
            elif each.kind != "lto":
                elsewhere[each.section] += each.count
        told, status = theirs(tool, path)
        same = set(told) <= set(ours) if status == 1 else told == ours
        differing += not same
        verdict = ("same" if status != 1 else "stopped partway, targets among ours") if same else "DIFFERS"
        print(f"{verdict}: {path.name}, {sum(ours.values())} entries of {len(ours)} targets; elsewhere {dict(elsewhere)}", flush=True)
        if not same:
            print(f"  ours {sorted(ours.items())}\n  theirs {sorted(told.items())}")
    print(f"{len(files) - differing} of {len(files)} agree")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
