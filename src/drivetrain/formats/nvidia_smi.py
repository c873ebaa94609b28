"""Reads what nvidia-smi prints: the CSV of `--query-gpu=... --format=csv`, and its banner.

The banner was reworded with R610 ("Driver Version" became "KMD Version", "CUDA Version" became "CUDA UMD Version"), and outputs of either wording occur from
drivers of that branch; both are read. Where KMD and UMD differ (WSL2), KMD is the driver.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

MIB = 1024 * 1024
NOT_SAID = re.compile(r"\[?(n/a|not supported|unknown error|insufficient permissions|gpu is lost|no data|unknown)\b.*", re.IGNORECASE)


Trouble = Literal["mismatch", "no-driver"]
TROUBLES: dict[Trouble, re.Pattern[str]] = {
    "mismatch": re.compile(r"driver/library version mismatch", re.IGNORECASE),
    "no-driver": re.compile(r"couldn't communicate with the NVIDIA driver|driver not loaded", re.IGNORECASE),
}


class SmiGpu(Struct, frozen=True, kw_only=True):
    """One GPU as nvidia-smi shows it; None where it does not say."""

    name: str
    uuid: str | None = None
    compute_capability: str | None = None
    memory_total_bytes: int | None = None
    memory_used_bytes: int | None = None
    utilization_percent: int | None = None
    device_id: str | None = None
    """PCI device id, "2684"."""
    slot: str | None = None
    """"0000:01:00.0", as /sys/bus/pci names it."""
    driver: str | None = None


class Banner(Struct, frozen=True, kw_only=True):
    """The two numbers at the top of nvidia-smi's own screen."""

    driver: str | None = None
    cuda: str | None = None


def gpus_of_query(text: str) -> tuple[SmiGpu, ...]:
    """Gives one GPU a line, by the header's field names: an old nvidia-smi was asked for fewer fields."""
    lines = [line for line in text.splitlines() if "," in line]
    header = next((at for at, line in enumerate(lines) if re.match(r"\s*(name|uuid|driver_version|index)\b", line)), None)
    if header is None:
        return ()
    fields = [field.split("[")[0].strip() for field in lines[header].split(",")]
    rows = [[cell.strip() for cell in line.split(",")] for line in lines[header + 1 :]]
    return tuple(
        _gpu({field: cell for field, cell in zip(fields, row, strict=True) if not NOT_SAID.fullmatch(cell)}) for row in rows if len(row) == len(fields)
    )


def banner_of(text: str) -> Banner:
    """Gives driver and highest CUDA from the banner, old wording or new."""
    driver = re.search(r"\bKMD Version:\s*(\d[\d.]*)", text) or re.search(r"\bDriver Version:\s*(\d[\d.]*)", text)
    cuda = re.search(r"\bCUDA(?: UMD)? Version:\s*(\d+\.\d+)", text)
    return Banner(driver=driver[1] if driver else None, cuda=cuda[1] if cuda else None)


def trouble_of(text: str) -> Trouble | None:
    """Tells by nvidia-smi's words, which are NVML's, why it shows nothing; None for words that name no cause."""
    return next((trouble for trouble, words in TROUBLES.items() if words.search(text)), None)


def lost_of(text: str) -> tuple[str, ...]:
    """Gives the bus addresses of the GPUs that nvidia-smi calls lost, in a message or in a row."""
    lines = [line for line in text.splitlines() if re.search(r"GPU is lost", line, re.IGNORECASE)]
    found = (re.search(r"\b[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d\b", line, re.IGNORECASE) for line in lines)
    return tuple(dict.fromkeys(match[0].lower() for match in found if match))


def _gpu(cells: dict[str, str]) -> SmiGpu:
    device = re.fullmatch(r"0x([0-9a-fA-F]{4})10[dD][eE]", cells.get("pci.device_id", ""))
    slot = re.fullmatch(r"(?:[0-9a-fA-F]{4})?([0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\.\d)", cells.get("pci.bus_id", ""))
    capability = cells.get("compute_cap", "")
    return SmiGpu(
        name=cells.get("name", ""),
        uuid=cells.get("uuid"),
        compute_capability=capability if re.fullmatch(r"\d+\.\d+", capability) else None,
        memory_total_bytes=_amount(cells.get("memory.total"), MIB),
        memory_used_bytes=_amount(cells.get("memory.used"), MIB),
        utilization_percent=_amount(cells.get("utilization.gpu"), 1),
        device_id=device[1].lower() if device else None,
        slot=slot[1].lower() if slot else None,
        driver=cells.get("driver_version"),
    )


def _amount(cell: str | None, unit: int) -> int | None:
    match = re.match(r"(\d{1,18})\b", cell or "")
    return int(match[1]) * unit if match else None
