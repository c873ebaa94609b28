"""GPU models by the names that people and NVML give them, and by PCI id."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from drivetrain.catalogue import gpus
from drivetrain.catalogue.gpus import architectures, model_of_pci, models_named, nearest_names

NAMES = {
    "NVIDIA H100 80GB HBM3": "9.0",
    "NVIDIA H100 NVL": "9.0",
    "NVIDIA H200": "9.0",
    "NVIDIA GH200 480GB": "9.0",
    "NVIDIA B200": "10.0",
    "NVIDIA GB300": "10.3",
    "NVIDIA GB10": "12.1",
    "NVIDIA A100 80GB PCIe": "8.0",
    "NVIDIA A100-SXM4-80GB": "8.0",
    "NVIDIA A100-SXM4-40GB MIG 1g.5gb": "8.0",
    "NVIDIA A10-24Q": "8.6",
    "NVIDIA L40S": "8.9",
    "GRID T4-16Q": "7.5",
    "Tesla T4": "7.5",
    "Tesla V100-SXM2-16GB": "7.0",
    "V100": "7.0",
    "Tesla P100-PCIE-16GB": "6.0",
    "Tesla K80": "3.7",
    "NVIDIA GeForce RTX 3060 Laptop GPU": "8.6",
    "GeForce RTX 2080 Super with Max-Q Design": "7.5",
    "NVIDIA GeForce RTX 4070 Ti SUPER": "8.9",
    "NVIDIA GeForce RTX 5090 D": "12.0",
    "NVIDIA GeForce MX150": "6.1",
    "NVIDIA TITAN X (Pascal)": "6.1",
    "GeForce GTX TITAN X": "5.2",
    "NVIDIA RTX A6000": "8.6",
    "Quadro RTX 6000": "7.5",
    "NVIDIA RTX 6000 Ada Generation": "8.9",
    "NVIDIA RTX PRO 6000 Blackwell Workstation Edition": "12.0",
    "Orin": "8.7",
    "Orin (nvgpu)": "8.7",
    "NVIDIA Thor": "11.0",
    "Xavier": "7.2",
    "GTX 950M": "5.0",
    "GTX 1050 Ti": "6.1",
    "gtx1080": "6.1",
    "RTX 4090": "8.9",
    "rtx4090": "8.9",
    "4090": "8.9",
    "1080ti": "6.1",
    "RTX 4000 Ada": "8.9",
    "DGX Spark": "12.1",
}


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    assert {model.compute_capability for model in models_named(name)} == {NAMES[name]}


@pytest.mark.parametrize("name", ["GT 1030", "GTX 750 Ti", "GT 730", "GTX 860M", "RTX 6000", "RTX 3000", "RTX 4000", "TITAN X"])
def test_names_that_several_chips_bear(name: str) -> None:
    assert len({model.compute_capability for model in models_named(name)}) > 1


@pytest.mark.parametrize("name", ["", "NVIDIA", "Graphics Device", "NVIDIA Graphics Device", "RTX 9999", "Radeon RX 7900 XTX", "GeForce", "80GB"])
def test_names_that_tell_nothing(name: str) -> None:
    assert models_named(name) == ()


def test_every_name_of_the_table_finds_itself() -> None:
    for row in gpus._document()["models"]:
        assert row[1] in {model.compute_capability for model in models_named(row[0])}, row[0]


def test_pci_ids() -> None:
    model = model_of_pci("10de:2684")
    assert model is not None
    assert (model.name, model.compute_capability, model.sources != ()) == ("GeForce RTX 4090", "8.9", True)
    assert [(each.name, each.compute_capability) for each in map(model_of_pci, ("0FC5", "1d01", "0x25b6")) if each] == [
        ("GeForce GT 1030", "3.0"),
        ("GeForce GT 1030", "6.1"),
        ("A16 / A2", "8.6"),
    ]
    assert model_of_pci("ffff") is None


def test_nearest() -> None:
    assert "GeForce GTX 1050 Ti" in nearest_names("GTX 1050 Tii")


def test_the_last_driver_branch_of_old_chips() -> None:
    assert [models_named(name)[0].last_driver_branch for name in ("Tesla K80", "GTX 1080", "V100", "RTX 2080", "Orin")] == ["470", "580", "580", None, None]


def test_what_notes_found_wrong_stays_corrected() -> None:
    by_capability = {each.compute_capability: each for each in architectures()}
    assert by_capability["8.7"].cuda_first == "11.4"
    assert "GB100" not in by_capability["12.0"].name + by_capability["12.0a"].name + by_capability["12.0f"].name
    assert "GB100" in by_capability["10.0"].name


@pytest.mark.parametrize("name", ["gpus.json", "drivers.json"])
def test_every_fact_has_a_source_and_a_date(name: str) -> None:
    document = json.loads((Path(gpus.__file__).with_name("data") / name).read_text(encoding="utf-8"))
    for table, columns in document["columns"].items():
        for row in document[table]:
            fields = dict(zip(columns, row, strict=True))
            assert fields["sources"], row
            assert all(0 <= number < len(document["sources"]) for number in fields["sources"])
            assert re.fullmatch(r"20\d\d-\d\d-\d\d", fields["checked"])
            if "compute_capability" in fields:
                assert re.fullmatch(r"\d+\.\d[af]?", fields["compute_capability"])
