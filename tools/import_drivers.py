"""Imports the driver tables of a facts folder into the package: `python tools/import_drivers.py FACTS_FOLDER`.

Reads `cuda_driver.json` and writes `src/drivetrain/catalogue/data/drivers.json`: `branches` (from which driver on which CUDA is reported), `toolkits` (the
driver that came with the first toolkit of a CUDA minor version) and `majors` (minor-version compatibility). What NOTES.md found wrong is corrected here.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from import_gpus import CORRECTED, READ, Sources, one_row_a_line

TARGET = Path(__file__).parents[1] / "src" / "drivetrain" / "catalogue" / "data" / "drivers.json"

CUDA_PYTHON = "https://github.com/NVIDIA/cuda-python/pull/902 (580.65+ Linux, 580.88+ Windows)"
WINDOWS_13 = ["windows", "580.88", "13.0"]
"""The facts' branch list lacks Windows 580 and 581 (CUDA 13.0)."""
BRANCH_STARTS = {("430", "10.1"): "430.34"}
"""430.26 reports CUDA 10.2, 430.34 and later 10.1: the number went down inside one branch."""


def main(folder: Path) -> None:
    facts = json.loads((folder / "cuda_driver.json").read_text(encoding="utf-8"))
    sources = Sources()
    branches = [branch_row(row, sources) for row in facts["driver_branches"]]
    branches.append([*WINDOWS_13, sources.numbers(CUDA_PYTHON), CORRECTED])
    toolkits = toolkit_rows(facts, sources)
    branches += earlier_starts(branches, toolkits)
    document = {
        "schema": "drivetrain/drivers/1",
        "columns": {
            "branches": ["os", "driver", "cuda", "sources", "checked"],
            "toolkits": ["cuda", "linux", "windows", "sources", "checked"],
            "majors": ["major", "linux", "windows", "minor_compatibility", "sources", "checked"],
        },
        "branches": sorted(branches, key=lambda row: (row[0], numbers_of(row[1]))),
        "toolkits": toolkits,
        "majors": major_rows(facts, sources),
        "sources": sources.names,
    }
    TARGET.write_text(one_row_a_line(document), encoding="utf-8")
    print(f"{TARGET}: {len(branches)} branches, {len(document['toolkits'])} toolkits, {TARGET.stat().st_size} bytes")


def branch_row(row: dict[str, Any], sources: Sources) -> list[Any]:
    start = BRANCH_STARTS.get((row["branch"], row["reports_cuda"]), row["branch"])
    return [row["os"], start, row["reports_cuda"], sources.numbers(row["source"]), READ]


def toolkit_rows(facts: dict[str, Any], sources: Sources) -> list[list[Any]]:
    """Gives, for each CUDA minor version, the lowest driver that any of its toolkits came with, on each system."""
    rows: dict[str, list[Any]] = {}
    for toolkit in facts["toolkits"]:
        linux, windows = (lowest(toolkit[f"{system}_toolkit_driver"], toolkit[f"{system}_installer_driver"]) for system in ("linux", "windows"))
        if linux is None and windows is None:
            continue
        row = rows.setdefault(toolkit["cuda_minor"], [toolkit["cuda_minor"], None, None, [], READ])
        row[1], row[2] = lowest(row[1], linux), lowest(row[2], windows)
        row[3] = sorted({*row[3], *sources.numbers(toolkit["source"])})
    rows["13.0"][2] = "580.88"
    rows["13.0"][3] += sources.numbers(CUDA_PYTHON)
    rows["13.0"][4] = CORRECTED
    return list(rows.values())


def earlier_starts(branches: list[list[Any]], toolkits: list[list[Any]]) -> list[list[Any]]:
    """Gives rows for drivers that a toolkit brought and that are older than the first branch known to report its CUDA: they serve it too."""
    rows = []
    for cuda, *drivers, numbers, _ in toolkits:
        for system, driver in zip(("linux", "windows"), drivers, strict=True):
            starts = [numbers_of(row[1]) for row in branches if row[0] == system and row[2] == cuda]
            if driver and (not starts or numbers_of(driver) < min(starts)):
                rows.append([system, driver, cuda, numbers, CORRECTED])
    return rows


def major_rows(facts: dict[str, Any], sources: Sources) -> list[list[Any]]:
    """Gives the minimum of each CUDA major; the earlier minimum of 11.0 alone needs no row: it is the driver that came with 11.0."""
    rows = []
    for row in facts["minor_version_compat"]:
        if row["applies"] != "11.0 only":
            rows.append([int(row["cuda_major"]), row["linux"], row["windows"], True, sources.numbers(row["source"]), READ])
    return rows


def lowest(*drivers: str | None) -> str | None:
    known = [driver for driver in drivers if driver and re.fullmatch(r"[\d.]+", driver)]
    return min(known, key=numbers_of, default=None)


def numbers_of(driver: str) -> tuple[int, ...]:
    return tuple(int(part) for part in driver.split("."))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
