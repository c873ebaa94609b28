"""Machines that flags describe."""

from __future__ import annotations

import pytest

from drivetrain.errors import UsageError
from drivetrain.model.machine import Driver, OperatingSystem
from drivetrain.probe import described


def test_a_machine_with_two_gpus() -> None:
    machine = described(os="linux", gpus=("RTX 4090", "sm_89"), driver="550.54", glibc="2.35")
    assert machine.described
    assert machine.pythons is None
    assert (machine.arch, machine.os) == ("x86_64", OperatingSystem(family="linux", glibc="2.35"))
    assert machine.driver == Driver(version="550.54", cuda="12.4", source="described")
    assert [(gpu.name, gpu.compute_capability, gpu.pci_id) for gpu in machine.gpus] == [("GeForce RTX 4090", "8.9", "10de:2684"), ("sm_89", "8.9", None)]


@pytest.mark.parametrize(
    ("os", "driver", "cuda"),
    [("wsl2", "551.61", "12.4"), ("wsl2", "550.54", "12.4"), ("windows", "551", "12.4"), ("linux", "560", "12.6"), ("linux", "R580", "13.0")],
)
def test_drivers_are_understood_as_people_name_them(os: str, driver: str, cuda: str) -> None:
    machine = described(os=os, driver=driver)
    assert machine.driver is not None
    assert machine.driver.cuda == cuda
    assert machine.os.wsl == ("2" if os == "wsl2" else None)


@pytest.mark.parametrize(
    ("text", "capability"), [("sm_120", "12.0"), ("sm_90a", "9.0"), ("compute_86", "8.6"), ("8.9", "8.9"), ("12.1", "12.1"), ("V100", "7.0")]
)
def test_capabilities(text: str, capability: str) -> None:
    assert described(os="linux", gpus=(text,)).gpus[0].compute_capability == capability


@pytest.mark.parametrize(("name", "listed"), [("RTX 6000", ("7.5", "8.9", "12.0")), ("GT 1030", ("3.0", "6.1")), ("GTX 750 Ti", ("3.0", "5.0"))])
def test_an_ambiguous_name_lists_the_chips(name: str, listed: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as raised:
        described(os="linux", gpus=(name,))
    assert all(f"({capability})" in raised.value.says for capability in listed)
    assert "--gpu sm_" in raised.value.next


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UsageError, match="RTX 4091") as raised:
        described(os="linux", gpus=("RTX 4091",))
    assert "GeForce RTX 4090" in raised.value.next


def test_other_makers() -> None:
    assert [gpu.vendor for gpu in described(os="linux", gpus=("Radeon RX 7900 XTX", "Intel Arc A770")).gpus] == ["amd", "intel"]
    assert [(gpu.vendor, gpu.compute_capability) for gpu in described(os="macos").gpus] == [("apple", None)]


@pytest.mark.parametrize(
    "flags",
    [
        {"os": "linux", "driver": "latest"},
        {"os": "linux", "driver": "12.4"},
        {"os": "windows", "glibc": "2.35"},
        {"os": "linux", "glibc": "new"},
        {"os": "macos", "driver": "550.54"},
        {"os": "macos", "gpus": ("RTX 4090",)},
        {"os": "beos"},
    ],
)
def test_flags_that_do_not_go_together(flags: dict[str, str]) -> None:
    with pytest.raises(UsageError) as raised:
        described(**flags)  # type: ignore[arg-type]
    assert raised.value.next


def test_one_spelling_of_64_bit_arm() -> None:
    assert [described(os=os, arch=arch).arch for os, arch in (("linux", "arm64"), ("macos", "aarch64"), ("macos", None), ("windows", "amd64"))] == [
        "aarch64",
        "arm64",
        "arm64",
        "x86_64",
    ]
