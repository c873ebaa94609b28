"""What wheels take for granted of a system is asked of it: C library, macOS release, the processor's instructions."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from drivetrain.errors import UsageError
from drivetrain.formats.requirements import wish_of
from drivetrain.frameworks import catalogue
from drivetrain.install.target import platform_of, target_variables
from drivetrain.model.machine import Cpu, Gpu, Machine, OperatingSystem
from drivetrain.model.plan import Plan, Refusal
from drivetrain.model.request import Request
from drivetrain.solve import solve

FACTS = catalogue()


def machine(os: OperatingSystem, *, arch: str = "x86_64", features: tuple[str, ...] = ()) -> Machine:
    return Machine(os=os, arch=arch, cpu=Cpu(features=features), pythons=None, described=True)


def answer(name: str, made: Machine, sources: str = "index") -> Plan | Refusal:
    return solve(Request(wishes=(wish_of(name),), sources=sources), made, FACTS, relaxations=False)  # type: ignore[arg-type]


def test_on_alpine_there_is_no_tensorflow_and_the_reason_is_its_c_library() -> None:
    alpine = machine(OperatingSystem(family="linux", name="Alpine Linux v3.20", musl="1.2"))
    found = answer("tensorflow", alpine)
    assert isinstance(found, Refusal)
    assert "are for glibc" in found.refusal[0].says
    assert platform_of(alpine) == "x86_64-unknown-linux-musl"


def test_an_old_macos_gets_the_newest_release_that_it_can_run() -> None:
    newest, older = (answer("torch", machine(OperatingSystem(family="macos", name=name), arch="arm64")) for name in ("macOS 15.1", "macOS 12.6.3"))
    assert isinstance(newest, Plan)
    assert isinstance(older, Plan)
    assert older.packages[0].version < newest.packages[0].version
    assert any(each.cause == "macos-version-too-old" for each in older.reasons)
    assert target_variables(machine(OperatingSystem(family="macos", name="macOS 12.6.3"))) == {"MACOSX_DEPLOYMENT_TARGET": "12.6.3"}


@pytest.mark.parametrize(("features", "served"), [(("ssse3", "sse4_1"), False), (("sse4_1", "avx"), True), ((), True)])
@pytest.mark.parametrize("name", ["tensorflow", "jax"])
def test_a_cpu_without_avx_is_refused_and_one_of_which_nothing_is_known_is_not(name: str, features: tuple[str, ...], served: bool) -> None:
    found = answer(name, machine(OperatingSystem(family="linux", glibc="2.36"), features=features))
    assert isinstance(found, Plan) is served
    if isinstance(found, Refusal):
        assert found.refusal[0].cause == "cpu-without-avx"


def test_torch_chooses_its_instructions_at_run_time() -> None:
    assert isinstance(answer("torch", machine(OperatingSystem(family="linux", glibc="2.36"), features=("sse4_1",))), Plan)


@pytest.mark.parametrize("gpus", [(1,), (0, 2), (-1,), ()])
def test_a_gpu_that_the_machine_has_not_is_an_error_and_never_a_smaller_plan(gpus: tuple[int, ...]) -> None:
    # Its Intel GPU has no number: only NVIDIA's are planned for.
    laptop = replace(machine(OperatingSystem(family="linux")), gpus=(Gpu(name="Intel UHD", vendor="intel"), Gpu(name="RTX 4060", compute_capability="8.9")))
    with pytest.raises(UsageError, match="no such GPU"):
        solve(Request(wishes=(wish_of("torch"),), gpus=gpus), laptop, FACTS)
    assert isinstance(solve(Request(wishes=(wish_of("torch"),), gpus=(0,)), laptop, FACTS), Plan)


def test_what_a_wheel_needs_of_an_unknown_glibc_is_an_assumption() -> None:
    unknown = replace(machine(OperatingSystem(family="linux")), arch="aarch64")
    found = answer("onnxruntime==1.31.0", unknown)
    assert isinstance(found, Plan)
    assert (found.glibc is None) == (not any("glibc" in each for each in found.assumptions))
