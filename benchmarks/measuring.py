"""Times whole processes side by side in one run, because only ratios travel from one machine to another. Standard library only."""

from __future__ import annotations

import functools
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environ() -> dict[str, str]:
    """Gives the environment of every timed process: byte code may be written, and nothing else lies on the path."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}


@functools.cache
def python() -> str:
    """Gives the Python of `./drivetrain`, which is made first where it is missing."""
    subprocess.run([ROOT / "drivetrain", "--version"], stdout=subprocess.DEVNULL, env=environ(), check=True)
    sys.path.insert(0, str(ROOT / "tools" / "bootstrap"))
    import places

    stamped = places.read_stamp(places.stamp(places.state_folder(os.environ, sys.platform), ROOT, "run"))
    return str(stamped.python) if stamped else sys.exit("./drivetrain left no environment behind")


@functools.cache
def uv() -> str:
    """Gives the uv that drivetrain uses."""
    return subprocess.run([python(), "-I", "-c", "import uv; print(uv.find_uv_bin())"], capture_output=True, text=True, check=True).stdout.strip()


def drivetrain(*arguments: str) -> list[str]:
    """Gives the command line of a drivetrain process without the wrapper."""
    return [python(), "-I", "-m", "drivetrain", *arguments]


def timed(command: list[str], stdin: str = "", fine: tuple[int, ...] = (0,)) -> float:
    """Gives the seconds that a process takes; ends the benchmark where it fails."""
    started = time.perf_counter()
    ran = subprocess.run(command, input=stdin, capture_output=True, text=True, env=environ(), check=False)
    seconds = time.perf_counter() - started
    if ran.returncode not in fine:
        sys.exit(f"{' '.join(command)}\nended with {ran.returncode}:\n{ran.stderr[-2000:]}")
    return seconds


def side_by_side(commands: dict[str, tuple[list[str], str]], rounds: int) -> dict[str, list[float]]:
    """Gives the seconds of each command, run in turn, so that a busy moment hits all of them."""
    for command, stdin in commands.values():
        timed(command, stdin)
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, stdin) in commands.items():
            found[name].append(timed(command, stdin))
    return found


def show(found: dict[str, list[float]]) -> None:
    """Prints the machine, then the smallest and the median time of each, and the ratio of its median to the last one's."""
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {_load()}")
    last = statistics.median(list(found.values())[-1])
    for name, seconds in found.items():
        median = statistics.median(seconds)
        print(f"{name:<44} min {min(seconds) * 1000:7.0f} ms   median {median * 1000:7.0f} ms   ratio {median / last:5.2f}   n={len(seconds)}")


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def peak_bytes(command: list[str], fine: tuple[int, ...] = (0,)) -> int:
    """Gives the most memory that a process held, with all that it started (Linux, macOS)."""
    program = f"import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode in {fine} or sys.exit(3)"
    told = f"{program}; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    ran = subprocess.run([python(), "-I", "-c", told, *command], capture_output=True, text=True, env=environ(), check=True)
    return int(ran.stdout) * (1 if sys.platform == "darwin" else 1024)
