from __future__ import annotations

from pathlib import Path

import pytest

from drivetrain.errors import UsageError
from drivetrain.model.machine import Driver, Gpu, Interpreter, Machine, OperatingSystem
from drivetrain.workflows.machine import asked_interpreter, changed_machine, has_usable_gpu

WINDOWS = Machine(
    os=OperatingSystem(family="windows", name="Windows 11"),
    driver=Driver(version="551.61", cuda="12.4"),
    gpus=(Gpu(name="NVIDIA GeForce RTX 4070", compute_capability="8.9"),),
    pythons=(Interpreter(path="C:/py/python.exe", version="3.11.7"),),
)
NOTHING: dict[str, object] = {"os": None, "arch": None, "gpus": (), "driver": None, "glibc": None}


def changed(**flags: object) -> Machine:
    return changed_machine(WINDOWS, **{**NOTHING, **flags})  # type: ignore[arg-type]


def test_another_driver_alone_leaves_the_machine_as_it_is() -> None:
    machine = changed(driver="576.02")
    assert machine.driver is not None
    assert (machine.driver.version, machine.driver.cuda) == ("576.02", "12.9")
    assert (machine.gpus, machine.pythons, machine.described) == (WINDOWS.gpus, WINDOWS.pythons, False)


def test_another_system_keeps_gpu_and_driver_and_has_every_python() -> None:
    machine = changed(os="wsl2")
    assert (machine.os.family, machine.os.wsl, machine.pythons, machine.described) == ("linux", "2", None, True)
    assert (machine.gpus, machine.driver) == (WINDOWS.gpus, WINDOWS.driver)


def test_another_gpu_brings_no_driver_along() -> None:
    machine = changed(gpus=("RTX 5090",))
    assert [gpu.compute_capability for gpu in machine.gpus] == ["12.0"]
    assert machine.os.family == "windows"
    assert machine.driver is None


def test_bad_flags_are_usage_errors() -> None:
    for flags in ({"driver": "abc"}, {"gpus": ("Foo 9000",)}, {"os": "linux", "glibc": "x"}):
        with pytest.raises(UsageError):
            changed(**flags)


def test_a_gpu_is_usable_with_a_driver_that_answers() -> None:
    assert has_usable_gpu(WINDOWS)
    assert not has_usable_gpu(Machine(os=OperatingSystem(family="linux"), gpus=WINDOWS.gpus))


def test_an_interpreter_is_asked_for_its_version(tmp_path: Path) -> None:
    import sys

    found = asked_interpreter(sys.executable)
    assert (found.source, found.version) == ("asked", ".".join(map(str, sys.version_info[:3])))
    with pytest.raises(UsageError):
        asked_interpreter("/bin/sh")
    with pytest.raises(Exception, match="cannot be started"):
        asked_interpreter(str(tmp_path / "nothing"))
