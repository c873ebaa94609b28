"""`drivetrain plan --offline`, whole process, against uv offline and `pip install --dry-run` on the same three names: `python3 benchmarks/plan.py`.

uv's cache is warmed first, which needs the network once; pip has no offline resolver over an index and asks it every time. Both answer for one Python and
platform, without driver, GPU or CUDA family. `--no-pip` leaves pip out (it takes minutes).
"""

from __future__ import annotations

import argparse
import tempfile
import time

from measuring import drivetrain, peak_bytes, python, show, side_by_side, timed, uv

NAMES = ("tensorflow", "torch", "jax")
MACHINE = ("--os", "linux", "--gpu", "RTX 4090", "--driver", "560", "--python", "3.12", "--sources", "index")
PIP = ("install", "--quiet", "--dry-run", "--ignore-installed", "--only-binary", ":all:", "--python-version", "3.12", "--implementation", "cp")
PLATFORMS = ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux_2_27_x86_64", "manylinux_2_28_x86_64")
MOST_BYTES = 120_000_000


def asked_pip() -> float:
    """Gives the seconds in which pip resolves the same names, its cache warm: the second of two runs."""
    with tempfile.TemporaryDirectory() as target:
        platforms = [word for each in PLATFORMS for word in ("--platform", each)]
        # The wrapper's environment has no pip of its own.
        command = [
            uv(),
            "run",
            "--quiet",
            "--no-project",
            "--python",
            python(),
            "--with",
            "pip",
            "python",
            "-I",
            "-m",
            "pip",
            *PIP,
            *platforms,
            "--target",
            target,
            *NAMES,
        ]
        return min(timed(command) for _ in range(2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-pip", action="store_true")
    options = parser.parse_args()
    resolver = [uv(), "pip", "compile", "--quiet", "--python-version", "3.12", "--python-platform", "x86_64-unknown-linux-gnu", "-"]
    typed = "\n".join(NAMES)
    print(f"warming uv's cache: {timed(resolver, typed):.1f} s")
    plan = drivetrain("plan", *NAMES, "--offline", *MACHINE)
    commands = {
        "drivetrain plan tensorflow torch jax": (plan, ""),
        "drivetrain plan torch": (drivetrain("plan", "torch", "--offline", *MACHINE), ""),
        "uv pip compile --offline of the three": ([*resolver[:3], "--offline", *resolver[3:]], typed),
    }
    show(side_by_side(commands, rounds=15))
    peak = peak_bytes(plan)
    print(f"peak memory of the plan: {peak / 1e6:.0f} MB (bound {MOST_BYTES / 1e6:.0f} MB)")
    if not options.no_pip:
        started = time.perf_counter()
        print(f"pip install --dry-run of the three, from the index: {asked_pip():.1f} s (second of two runs, {time.perf_counter() - started:.0f} s in all)")


if __name__ == "__main__":
    main()
