"""Imports the GPU table of a facts folder into the package: `python tools/import_gpus.py FACTS_FOLDER`.

Reads `compute_capability.json` and writes `src/drivetrain/catalogue/data/gpus.json`. Every row keeps its sources (by index into one list) and the date on
which it was checked. What the facts' NOTES.md found wrong is corrected here, so that a second import keeps the corrections.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "src" / "drivetrain" / "catalogue" / "data" / "gpus.json"
READ, CORRECTED = "2026-11-23", "2026-11-24"

CUDA_FIRST = {"8.7": "11.4"}
"""JetPack 5 (CUDA 11.4) compiled for Orin, as nixpkgs has it; the meson table says 11.5."""
FOREIGN_CHIPS = {"12.0": "GB100", "12.0a": "GB100", "12.0f": "GB100"}
"""GB100 is 10.0."""
LAST_BRANCH = {"2": "390", "3": "470", "5": "580", "6": "580", "7.0": "580"}
"""By `driver_support` of the same file; Jetson chips follow JetPack and have none."""


class Sources:
    """Numbers each source once."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def numbers(self, source: str | list[str], *more: str) -> list[int]:
        names = [*([source] if isinstance(source, str) else source), *more]
        for name in names:
            if name not in self.names:
                self.names.append(name)
        return [self.names.index(name) for name in names]


def main(folder: Path) -> None:
    facts = json.loads((folder / "compute_capability.json").read_text(encoding="utf-8"))
    sources = Sources()
    models = [row for model in facts["models"] for row in model_rows(model, facts, sources)]
    models += spoken_names(facts, sources, {row[0].lower() for row in models})
    document = {
        "schema": "drivetrain/gpus/1",
        "columns": {
            "models": ["name", "compute_capability", "architecture", "pci_ids", "last_driver_branch", "sources", "checked"],
            "architectures": ["compute_capability", "cuda_first", "cuda_dropped_in", "name", "sources", "checked"],
        },
        "models": models,
        "architectures": [architecture_row(row, sources) for row in facts["arch_support"]],
        "sources": sources.names,
    }
    TARGET.write_text(one_row_a_line(document), encoding="utf-8")
    print(f"{TARGET}: {len(models)} models, {len(document['architectures'])} architectures, {TARGET.stat().st_size} bytes")


def model_rows(model: dict[str, Any], facts: dict[str, Any], sources: Sources) -> list[list[Any]]:
    """Gives one row per compute capability that this name covers, each with the PCI ids of its own chips."""
    capabilities = model["compute_capabilities"]
    numbers = sources.numbers(model["source"], *model.get("confirmed_by", []))
    rows = []
    for capability in capabilities:
        ids = [each for each in model["pci_ids"] if len(capabilities) == 1 or capability_of_id(each, model, facts) == capability]
        generation = model["arch"][0] if len(model["arch"]) == 1 else architecture_of(capability)
        rows.append(
            [model["model"], capability, generation, ids, last_branch(capability, model["model"]), numbers, READ if len(capabilities) == 1 else CORRECTED]
        )
    return rows


def capability_of_id(pci_id: str, model: dict[str, Any], facts: dict[str, Any]) -> str:
    """Tells an ambiguous name's chips apart: NVIDIA numbers the ids of one chip together, so the nearest known id decides."""
    known = {
        int(each, 16): (other["chips"][0], other["compute_capability"])
        for other in facts["models"]
        if len(other["chips"]) == 1 and other["chips"][0] in model["chips"]
        for each in other["pci_ids"]
    }
    nearest = min(known, key=lambda each: abs(each - int(pci_id, 16)))
    return str(known[nearest][1])


def architecture_of(capability: str) -> str:
    major, minor = capability.split(".")
    if major == "7":
        return "Turing" if minor == "5" else "Volta"
    if major == "8":
        return "Ada" if minor == "9" else "Ampere"
    return {"2": "Fermi", "3": "Kepler", "5": "Maxwell", "6": "Pascal", "9": "Hopper"}.get(major, "Blackwell")


def last_branch(capability: str, name: str) -> str | None:
    if "jetson" in name.lower():
        return None
    return LAST_BRANCH.get(capability) or LAST_BRANCH.get(capability.split(".")[0])


def spoken_names(facts: dict[str, Any], sources: Sources, known: set[str]) -> list[list[Any]]:
    """Gives rows for names that people and NVML use and pci.ids lacks (Jetson modules, "Tesla K40"), undisputed ones only."""
    disputed = {name for row in facts["name_index"] if len(row["compute_capabilities"]) > 1 for name in row["names"]}
    rows: dict[str, list[Any]] = {}
    for row in [*facts["jetson"], *facts["reference_lists"]]:
        name = re.sub(r"^NVIDIA ", "", row["model"])
        capability = re.sub(r" \(.*", "", row["compute_capability"])
        short_name = row.get("column") == "cloud catalogue short name"
        if name.lower() in known or row["model"] in disputed - {"Jetson Thor"} or short_name or row_disagrees(rows, name, capability, disputed):
            continue
        rows.setdefault(name, [name, capability, architecture_of(capability), [], last_branch(capability, name), sources.numbers(row["source"]), READ])
    return list(rows.values())


def row_disagrees(rows: dict[str, list[Any]], name: str, capability: str, disputed: set[str]) -> bool:
    """NVIDIA's legacy page is wrong for the M620 (GM107 is 5.0); "RTX 6000" and "TITAN X" name several chips."""
    several = {"Quadro M620", "RTX 6000", "RTX 5000", "RTX 4000", "RTX 3000", "TITAN X"}
    return name in several or name in disputed - {"Jetson Thor"} or (name in rows and rows[name][1] != capability)


def architecture_row(row: dict[str, Any], sources: Sources) -> list[Any]:
    arch = row["arch"]
    corrected = arch in CUDA_FIRST or arch in FOREIGN_CHIPS
    chips = row["chips"].replace(FOREIGN_CHIPS[arch] + "/", "") if arch in FOREIGN_CHIPS else row["chips"]
    numbers = sources.numbers(row["source"])
    return [arch, CUDA_FIRST.get(arch, row["cuda_first"]), row["cuda_dropped_in"], chips, numbers, CORRECTED if corrected else READ]


def one_row_a_line(document: dict[str, Any]) -> str:
    """Writes JSON that is compact and still gives a readable diff."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in value)
            parts.append(f'"{key}":[\n{rows}\n]')
        else:
            parts.append(f'"{key}":{json.dumps(value, separators=(",", ":"))}')
    return "{" + ",\n".join(parts) + "}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
