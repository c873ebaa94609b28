"""`drivetrain probe`, whole process, against a bare interpreter: `python3 benchmarks/probe.py`."""

from __future__ import annotations

from measuring import drivetrain, python, show, side_by_side

if __name__ == "__main__":
    commands = {
        "python -m drivetrain probe": (drivetrain("probe"), ""),
        "python -m drivetrain probe --json": (drivetrain("probe", "--json"), ""),
        "python -c pass": ([python(), "-I", "-c", "pass"], ""),
    }
    show(side_by_side(commands, rounds=15))
