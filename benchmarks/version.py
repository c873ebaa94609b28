"""`drivetrain --version` against a bare interpreter, with and without the wrapper: `python3 benchmarks/version.py`."""

from __future__ import annotations

from measuring import ROOT, drivetrain, python, show, side_by_side

if __name__ == "__main__":
    commands = {
        "./drivetrain --version": ([str(ROOT / "drivetrain"), "--version"], ""),
        "python -m drivetrain --version": (drivetrain("--version"), ""),
        "python -c pass": ([python(), "-I", "-c", "pass"], ""),
    }
    show(side_by_side(commands, rounds=30))
