"""Each rule speaks, stays silent, and says when it cannot tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from audit.facts import (
    RTX_4090,
    RTX_5090,
    V100,
    catalogue,
    environment,
    found,
    jaxlib_built,
    machine,
    one,
    outcomes,
    states,
    tensorflow_built,
    torch_built,
)
from scan.guide.environment import guide_environment

from drivetrain.audit.rules import RULES
from drivetrain.model.catalogue import BuildFact
from drivetrain.model.documents import decode
from drivetrain.model.environment import BuildFacts, Environment, Installed
from drivetrain.model.machine import Cudnn, Driver, Gpu, Machine, OperatingSystem, Toolkit
from drivetrain.model.plan import Plan
from drivetrain.scan import scan

CPU_PLAN = Plan(accelerator="cpu", sources=(), python="3.11", packages=())
TORCH = BuildFact(
    version="2.10.0", build="cu128", platforms=("linux-x86_64",), places=("index",), cuda="12.8", cudnn="9.10.2.21",
    targets=("sm_70", "sm_80", "sm_90"), sources=("https://github.com/pytorch/pytorch/blob/main/RELEASE.md",),
)  # fmt: skip
TENSORFLOW = BuildFact(
    version="2.20.0", build="cuda", platforms=("linux-x86_64",), places=("index",), cuda="12.5", cudnn="9.3",
    targets=("sm_60", "sm_70", "sm_80", "sm_89", "compute_90"), sources=("https://www.tensorflow.org/install/source#gpu",),
)  # fmt: skip


# The guide's environment


def guide(tmp_path: Path) -> tuple[Machine, list[tuple[str, str]]]:
    windows = decode((Path(__file__).parent.parent / "scan/guide/machine.json").read_bytes(), Machine)
    return windows, [(each.cause, each.severity) for each in outcomes(windows, scan(guide_environment(tmp_path))) if each.state == "found"]


def test_the_windows_environment_of_the_guide(tmp_path: Path) -> None:
    _, causes = guide(tmp_path)
    assert causes == [("tf-windows-native-gpu-dropped", "error"), ("extra-not-in-release", "warning")]


def test_the_ways_out_of_the_guides_environment(tmp_path: Path) -> None:
    windows, _ = guide(tmp_path / "first")
    several = found(windows, scan(guide_environment(tmp_path / "second")))
    dropped, extra = several["tf-windows-native-gpu-dropped"], several["extra-not-in-release"]
    assert "GTX 1050 Ti" in dropped.says
    assert [each.edit.os or each.edit.python or each.edit.accelerator for each in dropped.fix if each.edit] == ["wsl2", "3.10", "cpu"]
    assert [each.path for each in dropped.evidence] == [
        "tensorflow-2.13.1.dist-info",
        "tensorflow_intel-2.13.1.dist-info",
        "tensorflow/python/platform/build_info.py",
    ]
    assert extra.about == "tensorflow[and-cuda]"
    assert [each.edit.require for each in extra.fix if each.edit] == [("tensorflow==2.13.1",)]


# tf-windows-native-gpu-dropped


@pytest.mark.parametrize(
    ("version", "gpus", "platform", "state"),
    [
        ("2.11.0", (RTX_4090,), "windows", "found"),
        ("2.11.0rc1", (RTX_4090,), "windows", "found"),
        ("2.10.1", (RTX_4090,), "windows", "clear"),
        ("2.13.1", (), "windows", "clear"),
        ("2.13.1", (Gpu(name="Radeon", vendor="amd"),), "windows", "clear"),
        ("2.13.1", (RTX_4090,), "linux", "clear"),
        ("custom", (RTX_4090,), "windows", "unknown"),
    ],
)
def test_tensorflow_on_windows(version: str, gpus: tuple[Gpu, ...], platform: str, state: str) -> None:
    windows = environment(one("tensorflow", version), platform=platform)
    assert states("tf-windows-native-gpu-dropped", outcomes(machine(*gpus, os="windows"), windows)) == {state}


def test_tensorflow_on_windows_planned_for_the_cpu() -> None:
    windows = environment(one("tensorflow", "2.13.1"), platform="windows", accelerator="cpu")
    assert "tf-windows-native-gpu-dropped" not in found(machine(RTX_4090, os="windows"), windows)


# extra-not-in-release


def test_an_extra_that_a_later_release_has() -> None:
    asked = environment(one("tensorflow", "2.13.1"), requirements=("TensorFlow[and_cuda]==2.13.1",))
    outcome = found(machine(), asked)["extra-not-in-release"]
    assert [each.edit.require for each in outcome.fix if each.edit] == [("tensorflow[and-cuda]>=2.14.0",), ("tensorflow==2.13.1",)]


def test_extras_that_exist_are_silent_and_an_unreadable_metadata_is_unknown() -> None:
    asked = ("tensorflow[and-cuda]", "not a requirement ===")
    assert states("extra-not-in-release", outcomes(machine(), environment(one("tensorflow", "2.20.0", extras=("and-cuda",)), requirements=asked))) == {"clear"}
    unread = environment(one("tensorflow", "2.20.0"), requirements=asked, notes=("tensorflow-2.20.0.dist-info: holds no readable METADATA",))
    assert states("extra-not-in-release", outcomes(machine(), unread)) == {"unknown"}
    assert states("extra-not-in-release", outcomes(machine(), environment())) == {"unknown"}


# cuda-wheel-majors-mixed


def test_two_cuda_families() -> None:
    mixed = environment(
        one("torch", "2.15.0", "nvidia-cublas>=13"),
        one("nvidia-cublas", "13.0.1"),
        one("jax", "0.6.0", 'jax-cuda12-plugin ; extra == "cuda12"'),
        one("jax-cuda12-plugin", "0.6.0", "nvidia-cublas-cu12"),
        one("nvidia-cublas-cu12", "12.8.1"),
        builds=[torch_built("13.0"), jaxlib_built("12")],
    )
    outcome = found(machine(RTX_4090), mixed)["cuda-wheel-majors-mixed"]
    assert outcome.says == "2 CUDA families share this environment: CUDA 12: jax 0.6.0; CUDA 13: torch 2.15.0"
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("jax", "torch")


def test_wheels_left_of_another_family_are_dropped() -> None:
    left = environment(one("torch", "2.15.0", "nvidia-cublas"), one("nvidia-cublas", "13.0.1"), one("nvidia-nccl-cu12", "2.27.5"), builds=[torch_built("13.0")])
    outcome = found(machine(RTX_4090), left)["cuda-wheel-majors-mixed"]
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.drop == ("nvidia-nccl-cu12",)


def test_one_cuda_family_and_tensorflow_without_libraries_are_silent() -> None:
    alike = environment(one("torch", "2.15.0"), one("tensorflow", "2.20.0"), builds=[torch_built("13.0"), tensorflow_built("12.5")])
    assert states("cuda-wheel-majors-mixed", outcomes(machine(), alike)) == {"clear"}


# dependency-pin-conflict, dependency-missing, pip-cuda-wheels-missing


def test_a_broken_pin() -> None:
    broken = environment(one("tensorflow", "2.13.1", "typing-extensions<4.6.0,>=3.6.6"), one("typing-extensions", "4.12.2"))
    outcome = found(machine(), broken)["dependency-pin-conflict"]
    assert outcome.about == "typing-extensions"
    assert outcome.says == "tensorflow 2.13.1 requires typing-extensions<4.6.0,>=3.6.6, installed is 4.12.2"
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("typing-extensions<4.6.0,>=3.6.6",)


def test_missing_wheels_of_nvidia_and_of_others() -> None:
    several = found(machine(), environment(one("torch", "2.10.0", "nvidia-cudnn-cu12==9.10.2.21", "nvidia-nccl-cu12==2.27.5", "sympy>=1.13")))
    assert several["pip-cuda-wheels-missing"].says == "torch 2.10.0 requires nvidia-cudnn-cu12, nvidia-nccl-cu12: not installed"
    assert several["dependency-missing"].fix[0].edit is not None
    assert several["dependency-missing"].fix[0].edit.require == ("sympy>=1.13",)


@pytest.mark.parametrize(
    "requirement",
    [
        'colorama ; sys_platform == "win32"',
        'typing-extensions>=4 ; python_version < "3.11"',
        'nvidia-cudnn-cu12 ; extra == "and-cuda"',
        'tensorflow-cpu-aws ; platform_machine == "aarch64" and sys_platform == "linux"',
    ],
)
def test_requirements_of_other_targets_and_extras_are_silent(requirement: str) -> None:
    assert states("dependency-pin-conflict", outcomes(machine(), environment(one("x", "1", requirement)))) == {"clear"}


def test_extras_count_where_they_were_asked_for_or_required() -> None:
    jax = one("jax", "0.6.0", 'jax-cuda12-plugin ; extra == "cuda12"')
    assert "dependency-missing" in found(machine(), environment(jax, requirements=("jax[cuda12]",)))
    assert "dependency-missing" in found(machine(), environment(jax, one("needs-it", "1", "jax[cuda12]>=0.5")))
    assert "dependency-missing" not in found(machine(), environment(jax))


def test_a_release_candidate_meets_its_pin() -> None:
    assert not found(machine(), environment(one("a", "1", "b>=2.0rc1"), one("b", "2.0rc2")))


@pytest.mark.parametrize(
    "installed",
    [environment(one("a", "1", "b>=1"), one("b", "no version")), environment(one("a", "1", "b >= = 1")), environment(one("a", "1", "b"), python=None)],
    ids=["version", "requirement", "python"],
)
def test_pins_that_cannot_be_judged(installed: Environment) -> None:
    assert "unknown" in states("dependency-pin-conflict", outcomes(machine(), installed))
    assert not found(machine(), installed)


def test_what_may_lie_outside_the_environment_is_unknown() -> None:
    several = outcomes(machine(), environment(one("torch", "2.10.0", "sympy"), inherits=True))
    assert states("dependency-missing", several) == {"unknown"}


def test_what_conda_resolves_under_other_names_is_silent() -> None:
    conda = one("torchvision", "0.20", "opencv-python>=4", installer="conda")
    assert not found(machine(), environment(conda, kind="conda"))


# known breaks


def test_numpy_2_under_an_old_tensorflow() -> None:
    outcome = found(machine(), environment(one("tensorflow", "2.13.1"), one("numpy", "2.0.1")))["numpy-2-abi"]
    assert outcome.says == "tensorflow 2.13.1 does not work with numpy 2.0.1"
    assert "numpy-2-abi" not in found(machine(), environment(one("tensorflow", "2.20.0"), one("numpy", "2.0.1")))
    assert "numpy-2-abi" not in found(machine(), environment(one("tensorflow", "2.13.1"), one("numpy", "1.26.4")))


# cpu-only-package-installed


@pytest.mark.parametrize(
    ("installed", "builds"),
    [
        (one("torch", "2.13.0+cpu"), [torch_built(None)]),
        (one("torch", "2.13.0+cpu"), []),
        (one("torch", "2.5.1", build="cpu_generic_py312_1"), []),
        (one("tensorflow-cpu", "2.20.0"), [tensorflow_built(None)]),
        (one("tensorflow", "2.20.0"), [tensorflow_built("12.5.1", "9")]),
        (one("jax", "0.6.0"), [jaxlib_built(None)]),
    ],
    ids=["torch", "torch by its version", "conda", "tensorflow-cpu", "tensorflow without libraries", "jax without plugin"],
)
def test_cpu_builds_on_a_gpu(installed: Installed, builds: list[BuildFacts]) -> None:
    idle = environment(installed, builds=builds)
    outcome = found(machine(RTX_4090), idle)["cpu-only-package-installed"]
    assert outcome.severity == "error"
    assert "RTX 4090 stays idle" in outcome.says
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.accelerator == "cuda"
    for silent in (machine(), machine(RTX_4090, driver=None), machine(RTX_4090, os="windows")):
        assert "cpu-only-package-installed" not in found(silent, idle)
    assert "cpu-only-package-installed" not in found(machine(RTX_4090), idle, plan=CPU_PLAN)


def test_cuda_builds_are_silent() -> None:
    whole = environment(
        one("torch", "2.10.0"), one("tensorflow", "2.20.0"), one("nvidia-cudnn-cu12", "9.10.2.21"), one("jax", "0.6.0"),
        builds=[torch_built("12.8"), tensorflow_built("12.5.1", "9"), jaxlib_built("12")],
    )  # fmt: skip
    assert states("cpu-only-package-installed", outcomes(machine(RTX_4090), whole)) == {"clear"}


def test_builds_that_cannot_be_told() -> None:
    assert states("cpu-only-package-installed", outcomes(machine(RTX_4090), environment(one("torch", "2.10.0")))) == {"unknown"}
    with_toolkit = machine(RTX_4090, toolkits=(Toolkit(path="/usr/local/cuda", version="12.5"),), cudnn=(Cudnn(path="/usr/lib", version="9.3.0"),))
    plain = environment(one("tensorflow", "2.20.0"), builds=[tensorflow_built("12.5.1", "9")])
    assert states("cpu-only-package-installed", outcomes(with_toolkit, plain)) == {"unknown"}


# driver-too-old-for-cuda, no-nvidia-driver


CU12 = environment(one("torch", "2.10.0", "nvidia-cuda-runtime-cu12==12.8.90"), one("nvidia-cuda-runtime-cu12", "12.8.90"), builds=[torch_built("12.8")])


def test_a_driver_that_is_too_old() -> None:
    outcome = found(machine(RTX_4090, driver="470.199.02", cuda="11.4"), CU12)["driver-too-old-for-cuda"]
    assert outcome.about == "torch"
    assert [each.edit.driver or each.edit.require for each in outcome.fix if each.edit] == ["525.60.13", ("torch",)]
    assert any("470.199.02" in each.text and "11.4" in each.text for each in outcome.evidence)


def test_a_driver_that_serves() -> None:
    for driver, cuda in (("580.65.06", "13.0"), ("535.54.03", "12.2")):
        assert states("driver-too-old-for-cuda", outcomes(machine(RTX_4090, driver=driver, cuda=cuda), CU12)) == {"clear"}
    assert states("driver-too-old-for-cuda", outcomes(machine(driver="470.199.02", cuda="11.4"), CU12)) == {"clear"}
    assert states("driver-too-old-for-cuda", outcomes(machine(RTX_4090, driver="470.199.02", cuda="11.4"), CU12, plan=CPU_PLAN)) == {"clear"}


def test_a_driver_that_only_libcuda_answers_for_has_a_ceiling_and_no_number() -> None:
    for cuda, state in (("13.0", "clear"), ("11.4", "found")):
        seen = Machine(os=OperatingSystem(family="linux"), driver=Driver(version="", cuda=cuda, source="libcuda"), gpus=(RTX_4090,))
        assert states("driver-too-old-for-cuda", outcomes(seen, CU12)) == {state}


def test_no_driver_at_all_and_none_described() -> None:
    assert found(machine(RTX_4090, driver=None), CU12)["no-nvidia-driver"].severity == "warning"
    assert states("driver-too-old-for-cuda", outcomes(machine(RTX_4090, driver=None, described=True), CU12)) == {"unknown"}


# compute-capability-not-in-build, ptx-jit-*


def test_a_cudnn_without_code_for_the_gpu() -> None:
    newer = environment(one("jax", "0.6.0", "nvidia-cudnn-cu12"), one("nvidia-cudnn-cu12", "9.28.0.42"))
    outcome = found(machine(V100), newer)["compute-capability-not-in-build"]
    assert outcome.about == "nvidia-cudnn-cu12"
    assert "libcudnn_ops.so.9" in outcome.says
    assert "V100" in outcome.says
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("jax",)
    older = environment(one("nvidia-cudnn-cu12", "9.10.2.21"))
    assert states("compute-capability-not-in-build", outcomes(machine(V100), older)) == {"clear"}


def test_a_torch_without_code_for_the_gpu() -> None:
    torch = environment(one("torch", "2.10.0"), builds=[torch_built("12.8")])
    assert "compute-capability-not-in-build" in found(machine(RTX_5090), torch, catalogue(TORCH))
    assert "compute-capability-not-in-build" not in found(machine(RTX_4090), torch, catalogue(TORCH))
    assert "compute-capability-not-in-build" not in found(machine(RTX_5090), torch, catalogue(TORCH), CPU_PLAN)


def test_what_only_an_extra_of_another_asks_for_is_no_need() -> None:
    torch = environment(
        one("torch", "2.10.0"),
        one("keras", "3.12.0", "optree"),
        one("optree", "0.17", 'torch ; extra == "torch"'),
        one("tensorflow", "2.20.0", "keras"),
        builds=[torch_built("12.8")],
    )
    outcome = found(machine(RTX_5090), torch, catalogue(TORCH))["compute-capability-not-in-build"]
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("torch",)


def test_the_code_of_jax_lies_in_its_plugin() -> None:
    jax = environment(one("jax", "0.6.0"), one("jax-cuda12-plugin", "0.6.0"), one("jax-cuda12-pjrt", "0.6.0"), builds=[jaxlib_built("12")])
    abouts = {each.about for each in outcomes(machine(RTX_4090), jax) if each.cause == "compute-capability-not-in-build"}
    assert abouts == {"jax-cuda12-pjrt"}


def test_only_the_gpus_that_were_planned_for() -> None:
    torch = environment(one("torch", "2.10.0"), builds=[torch_built("12.8")], gpus=(0,))
    assert "compute-capability-not-in-build" not in found(machine(RTX_4090, RTX_5090), torch, catalogue(TORCH))


def test_code_that_is_not_known_and_a_gpu_that_is_not_known() -> None:
    torch = environment(one("torch", "2.10.0"), builds=[torch_built("12.8")])
    assert states("compute-capability-not-in-build", outcomes(machine(RTX_4090), torch)) == {"unknown"}
    assert "unknown" in states("compute-capability-not-in-build", outcomes(machine(Gpu(name="NVIDIA Graphics Device")), torch, catalogue(TORCH)))


def test_ptx_compiled_on_first_start_or_not_at_all() -> None:
    tensorflow = environment(
        one("tensorflow", "2.20.0"), one("nvidia-cublas-cu12", "12.8.4"), one("nvidia-cudnn-cu12", "9.10.2.21"), builds=[tensorflow_built("12.5.1", "9")]
    )
    code = catalogue(TENSORFLOW, code=())
    assert found(machine(RTX_5090), tensorflow, code)["ptx-jit-first-start"].severity == "note"
    old = machine(RTX_5090, driver="535.54.03", cuda="12.2")
    assert found(old, tensorflow, code)["ptx-jit-impossible"].severity == "error"


# cuDNN


def test_a_cudnn_older_than_the_build_or_of_another_major() -> None:
    def with_cudnn(version: str) -> Environment:
        return environment(one("tensorflow", "2.20.0"), one("nvidia-cudnn-cu12", version), builds=[tensorflow_built("12.5.1", "9")])

    code = catalogue(TENSORFLOW)
    assert "cudnn-major-version-mismatch" in found(machine(RTX_4090), with_cudnn("8.9.2.26"), code)
    outcome = found(machine(RTX_4090), with_cudnn("9.1.0.70"), code)["cudnn-runtime-older-than-build"]
    assert outcome.fix[0].edit is not None
    assert outcome.fix[0].edit.require == ("nvidia-cudnn-cu12>=9.3,<10",)
    assert states("cudnn-runtime-older-than-build", outcomes(machine(RTX_4090), with_cudnn("9.10.2.21"), code)) == {"clear"}
    assert states("cudnn-runtime-older-than-build", outcomes(machine(RTX_4090), with_cudnn("local"), code)) == {"unknown"}


def test_the_cudnn_inside_a_torch_wheel_is_its_own() -> None:
    bundled = environment(one("torch", "2.10.0", "sympy"), one("sympy", "1.13"), one("nvidia-cudnn-cu12", "8.9.2.26"), builds=[torch_built("12.8")])
    assert "cudnn-major-version-mismatch" not in found(machine(RTX_4090), bundled, catalogue(TORCH))


def test_two_cudnn() -> None:
    both = (one("nvidia-cudnn-cu12", "9.10.2.21"), one("nvidia-cudnn-cu13", "9.26.0.51"))
    torch, tensorflow = one("torch", "2.15.0", "nvidia-cudnn-cu13"), one("tensorflow", "2.21.0", 'nvidia-cudnn-cu12 ; extra == "and-cuda"')
    needed = found(machine(RTX_4090), environment(*both, torch, tensorflow))["two-cudnn-versions-in-env"].fix[0].edit
    left = found(machine(RTX_4090), environment(*both, torch))["two-cudnn-versions-in-env"].fix[0].edit
    assert needed is not None
    assert left is not None
    assert needed.require == ("tensorflow", "torch")
    assert left.drop == ("nvidia-cudnn-cu12",)


# Every rule


def test_every_rule_answers_about_nothing_and_stays_silent() -> None:
    empty = environment()
    for rule in RULES:
        assert rule.sources
        assert all(each.startswith("https://") for each in rule.sources)
    several = outcomes(machine(), empty)
    assert len(several) == len(RULES)
    assert {each.state for each in several} <= {"clear", "unknown"}


def test_what_was_found_stands_first_and_errors_before_warnings(tmp_path: Path) -> None:
    windows, _ = guide(tmp_path / "a")
    several = outcomes(windows, scan(guide_environment(tmp_path / "b")))
    order = [("found", "error"), ("found", "warning"), ("found", "note"), ("unknown", None), ("clear", None)]
    places = [order.index((each.state, each.severity if each.state == "found" else None)) for each in several]
    assert places == sorted(places)
