"""The steps of `drivetrain up` for the CPU stack against a bare `uv pip install --compile-bytecode` of its own lock: `python3 benchmarks/up.py`.

The first `up` fills uv's cache and is not counted. Everything is made below a temporary folder and deleted at the end (several GB).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import drivetrain, environ, timed, uv

STEPS = ("plan", "lock", "install", "audit", "verify")


def made(folder: Path, arguments: list[str]) -> tuple[dict[str, Any], float]:
    """Gives what one `up` into an empty folder said, and its whole seconds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    started = time.perf_counter()
    ran = subprocess.run(
        drivetrain("up", *arguments, "--prefix", str(folder / "env"), "--yes", "--json"), capture_output=True, text=True, env=environ(), check=False
    )
    seconds = time.perf_counter() - started
    if ran.returncode not in (0, 1):
        sys.exit(f"up ended with {ran.returncode}:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    document: dict[str, Any] = json.loads(ran.stdout)
    return document, seconds


def bare(folder: Path, lock: str, version: str) -> float:
    """Gives the seconds of a bare installation of the same lock."""
    shutil.rmtree(folder, ignore_errors=True)
    timed([uv(), "venv", "--quiet", "--python", version, str(folder)])
    return timed([uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", str(folder), "-r", lock])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("requirements", nargs="*", default=["tensorflow", "torch", "jax"])
    options = parser.parse_args()
    scratch = Path(tempfile.mkdtemp(prefix="drivetrain-bench-"))
    arguments = [*options.requirements, "--accelerator", "cpu"]
    try:
        document, seconds = made(scratch / "ours", arguments)
        print(f"first, into a cache as it was: {seconds:.1f} s")
        steps: dict[str, list[float]] = {name: [] for name in (*STEPS, "whole", "around", "bare")}
        for _ in range(options.rounds):
            document, seconds = made(scratch / "ours", arguments)
            took = document["seconds"]
            for name in STEPS:
                steps[name].append(took.get(name, 0.0))
            steps["whole"].append(seconds)
            steps["around"].append(seconds - took.get("install", 0.0) - took.get("verify", 0.0))
            steps["bare"].append(bare(scratch / "bare", document["lock"], str(document["plan"]["python"])))
        for name, values in steps.items():
            print(f"{name:<10} median {statistics.median(values):7.2f} s   min {min(values):7.2f} s   n={len(values)}")
        print(f"install / bare install of the same lock: {statistics.median(steps['install']) / statistics.median(steps['bare']):.2f}")
        print(f"everything around install and verify: {statistics.median(steps['around']):.2f} s")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
