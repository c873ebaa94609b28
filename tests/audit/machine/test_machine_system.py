"""Rules about the system: C and C++ runtimes, processor, macOS, long paths, Jetson, and what the probe noticed."""

from __future__ import annotations

import pytest
from audit.facts import RTX_4090, environment, machine, one, tensorflow_built, torch_built
from audit.machine.around import CPU_PLAN, answers, folder, found, states

from drivetrain.audit.rules.machine import (
    c_library,
    cpp_runtime,
    cpp_runtime_windows,
    cpu_features,
    driver,
    jetson,
    long_paths,
    macos_release,
    noted,
    processor,
    shared_memory,
)
from drivetrain.audit.rules.machine.cpp_runtime import gcc_of
from drivetrain.model.binary import Linkage
from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import DiskFile, Environment, OwnedFile
from drivetrain.model.library import Library, SystemLibraries
from drivetrain.model.machine import Cpu, Gpu, Machine, Note, OperatingSystem
from drivetrain.model.plan import Plan
from drivetrain.model.site_folder import EnvironmentPython

ORIN = Gpu(name="Orin (nvgpu)", compute_capability="8.7")


def linux(glibc: str | None = "2.31", arch: str = "x86_64", **more: object) -> Machine:
    fields = {"gpus": (RTX_4090,), "os": OperatingSystem(family="linux", glibc=glibc), "arch": arch, **more}
    return Machine(**fields)  # type: ignore[arg-type]


def library(path: str, *versions: str, needed: tuple[str, ...] = (), link: str = "", form: str = "elf") -> Library:
    return Library(path=path, bytes=1000, link=link, linkage=Linkage(format=form, arch="x86_64", needed=needed, needs_versions=versions))  # type: ignore[arg-type]


# glibc-too-old


def test_a_library_for_a_newer_glibc() -> None:
    torch = one("torch", "2.10.0", tags=("cp311-cp311-manylinux_2_34_x86_64",), files=(OwnedFile(path="torch/lib/libtorch.so", sha256=None, size_bytes=1000),))
    new = environment(torch, libraries=(library("torch/lib/libtorch.so", "GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_ABI_DT_RELR"),))
    (outcome,) = found(c_library.RULE, linux("2.31"), new)
    assert (outcome.about, outcome.severity) == ("torch", "error")
    assert "2.34" in outcome.says
    assert outcome.evidence[0].path == "torch/lib/libtorch.so"


def test_a_library_that_nobody_may_load_is_a_warning() -> None:
    tool = one("tool", "1.0", tags=("py3-none-manylinux_2_17_x86_64",), files=(OwnedFile(path="tool/bin/x.so", sha256=None, size_bytes=1000),))
    (outcome,) = found(c_library.RULE, linux("2.31"), environment(tool, libraries=(library("tool/bin/x.so", "GLIBC_2.38"),)))
    assert outcome.severity == "warning"


def test_a_wheels_tag_speaks_where_no_library_was_read() -> None:
    tagged = environment(one("jaxlib", "0.9.0", tags=("cp311-cp311-manylinux_2_27_x86_64",)))
    (outcome,) = found(c_library.RULE, linux("2.17"), tagged)
    assert (outcome.about, outcome.evidence[0].path) == ("jaxlib", "jaxlib-0.9.0.dist-info/WHEEL")
    read = environment(*tagged.installed, libraries=(library("jaxlib/x.so", "GLIBC_2.14"),))
    assert states(c_library.RULE, linux("2.17"), read) == ["clear"], "its libraries ask for less than its tag"


def test_what_fits_is_silent_and_what_is_not_known_unknown() -> None:
    two = environment(
        one("numpy", "2.2.0", tags=("cp311-cp311-manylinux_2_17_x86_64", "cp311-cp311-manylinux2014_x86_64")), one("six", "1.16.0", tags=("py3-none-any",))
    )
    assert states(c_library.RULE, linux("2.17"), two) == ["clear"]
    assert states(c_library.RULE, linux(None), two) == ["unknown"]
    new = environment(one("jaxlib", "0.9.0", tags=("cp311-cp311-manylinux_2_39_x86_64",)))
    assert states(c_library.RULE, linux("2.35", described=True), new) == ["unknown"]
    assert states(c_library.RULE, linux("2.17"), environment(platform="windows")) == ["clear"]


def test_wheels_for_glibc_on_musl() -> None:
    alpine = linux(None, os=OperatingSystem(family="linux", musl="1.2"))
    many = environment(one("numpy", "2.2.0", tags=("cp311-cp311-manylinux_2_17_x86_64",)))
    assert [each.cause for each in found(c_library.RULE, alpine, many)] == ["platform-without-build"]
    own = environment(one("numpy", "2.2.0", tags=("cp311-cp311-musllinux_1_2_x86_64",)), one("six", "1.16.0", tags=("py3-none-any",)))
    assert states(c_library.RULE, alpine, own) == ["clear"]


# libstdcxx-too-old


def torch_process(runtime: str, via: str = "cache") -> Environment:
    """Gives an environment whose torch needs GLIBCXX_3.4.29, on a system with that C++ runtime."""
    system_folder = "/usr/lib/x86_64-linux-gnu"
    program = Library(path="/env/bin/python3.11", bytes=1, linkage=Linkage(format="elf", arch="x86_64"))
    name = f"{system_folder}/libstdc++.so.6"
    system = SystemLibraries(
        cached=FrozenMap({"libstdc++.so.6": name}),
        program="/env/bin/python3.11",
        libraries=(program, library(name, link=f"{system_folder}/{runtime}"), library(f"{system_folder}/{runtime}")),
    )
    return environment(
        one("torch", "2.10.0", files=(OwnedFile(path="torch/_C.so", sha256=None, size_bytes=1000),)),
        builds=[torch_built("12.8")],
        site_packages="/env/lib/python3.11/site-packages",
        libraries=(library("torch/_C.cpython-311-x86_64-linux-gnu.so", needed=("libtorch_python.so",)), *TORCH),
        system=system,
    )


TORCH = (library("torch/lib/libtorch_global_deps.so", "GLIBCXX_3.4.11", "GLIBCXX_3.4.29", "CXXABI_1.3.9", needed=("libstdc++.so.6",)),)


def test_a_cpp_runtime_that_is_too_old() -> None:
    (outcome,) = found(cpp_runtime.RULE, linux(), torch_process("libstdc++.so.6.0.25"))
    assert outcome.about == "torch"
    assert "3.4.29" in outcome.says
    assert "3.4.25" in outcome.says


def test_a_cpp_runtime_that_is_new_enough_is_silent_and_one_without_number_unknown() -> None:
    assert states(cpp_runtime.RULE, linux(), torch_process("libstdc++.so.6.0.30")) == ["clear"]
    assert states(cpp_runtime.RULE, linux(), torch_process("libstdc++-own.so")) == ["unknown"]
    assert states(cpp_runtime.RULE, linux(), environment(one("torch", "2.10.0"))) in (["clear"], ["unknown"])


# msvc-runtime-missing, missing-libomp140-dll


def windows(*needed: str, beside: tuple[str, ...] = ()) -> Environment:
    libraries = (library("torch/lib/c10.dll", needed=needed, form="pe"), *(library(f"torch/lib/{each}", form="pe") for each in beside))
    return environment(one("torch", "2.10.0"), platform="windows", libraries=libraries)


def windows_machine(*held: str, looked: bool = True) -> Machine:
    folders = (folder("SystemRoot", r"C:\Windows\System32", *held),) if looked else ()
    return machine(RTX_4090, os="windows", folders=folders)


def test_a_cpp_runtime_that_windows_lacks() -> None:
    (outcome,) = found(cpp_runtime_windows.RULE, windows_machine("vcruntime140.dll"), windows("MSVCP140.dll", "VCRUNTIME140.dll", "KERNEL32.dll"))
    assert (outcome.cause, outcome.about) == ("msvc-runtime-missing", "torch")
    assert outcome.fix[0].commands
    (other,) = found(cpp_runtime_windows.RULE, windows_machine(), windows("libomp140.x86_64.dll"))
    assert other.cause == "missing-libomp140-dll"


def test_a_cpp_runtime_that_is_there_is_silent_and_an_unseen_system_unknown() -> None:
    assert states(cpp_runtime_windows.RULE, windows_machine("msvcp140.dll"), windows("MSVCP140.dll")) == ["clear"]
    assert states(cpp_runtime_windows.RULE, windows_machine(), windows("MSVCP140.dll", beside=("msvcp140.dll",))) == ["clear"]
    assert states(cpp_runtime_windows.RULE, windows_machine(looked=False), windows("MSVCP140.dll")) == ["unknown"]
    assert states(cpp_runtime_windows.RULE, linux(), windows("MSVCP140.dll")) == ["unknown"], "a wheel for Windows read elsewhere"
    assert states(cpp_runtime_windows.RULE, windows_machine(), environment(platform="windows")) == ["unknown"]


# windows-long-path-limit


def deep(path: str, *, lost: bool, site: str = r"C:\Users\kim\project\.venv\Lib\site-packages") -> Environment:
    damaged = (DiskFile(path=path, size_bytes=None, sha256=None),) if lost else ()
    distribution = one("triton", "3.5.0", files=(OwnedFile(path=path, sha256=None, size_bytes=10),), missing=int(lost), damaged=damaged)
    return environment(distribution, platform="windows", site_packages=site)


def test_a_path_that_windows_refused() -> None:
    (outcome,) = found(long_paths.RULE, windows_machine(), deep("a/" * 120 + "x.h", lost=True))
    assert outcome.about == "triton"
    assert any("LongPathsEnabled" in each for fix in outcome.fix for each in fix.commands)


def test_long_paths_that_are_there_and_short_ones_are_silent_and_an_unknown_place_unknown() -> None:
    assert states(long_paths.RULE, windows_machine(), deep("a/" * 120 + "x.h", lost=False)) == ["clear"]
    assert states(long_paths.RULE, windows_machine(), deep("a/x.h", lost=True)) == ["clear"]
    assert states(long_paths.RULE, windows_machine(), deep("a/" * 120 + "x.h", lost=True, site="/tmp/wheels")) == ["unknown"]


# cpu-without-avx, binary-needs-newer-cpu-instructions


@pytest.mark.parametrize(
    ("installed", "features", "cause"),
    [
        (one("tensorflow", "2.20.0"), ("sse4_1", "sse4_2"), "cpu-without-avx"),
        (one("jaxlib", "0.9.0"), ("sse4_2",), "cpu-without-avx"),
        (one("tensorflow", "2.4.0"), ("avx", "sse4_2"), "binary-needs-newer-cpu-instructions"),
    ],
)
def test_instructions_that_are_missing(installed: object, features: tuple[str, ...], cause: str) -> None:
    (outcome,) = found(cpu_features.RULE, linux(cpu=Cpu(model="Celeron J3455", features=features)), environment(installed))  # type: ignore[arg-type]
    assert outcome.cause == cause
    assert "Celeron" in outcome.evidence[1].text


def test_instructions_that_are_there_are_silent_and_an_unknown_processor_unknown() -> None:
    modern = Cpu(features=("avx", "avx2", "fma"))
    tensorflow = environment(one("tensorflow", "2.4.0"))
    assert states(cpu_features.RULE, linux(cpu=modern), tensorflow) == ["clear"]
    assert states(cpu_features.RULE, linux(cpu=Cpu(features=("sse4_2",))), environment(one("tensorflow", "2.20.0", installer="conda"))) == ["clear"]
    assert states(cpu_features.RULE, linux(cpu=Cpu(features=("sse4_2",))), environment(one("torch", "2.10.0"))) == ["clear"]
    assert states(cpu_features.RULE, linux(arch="aarch64", cpu=Cpu(features=("neon",))), tensorflow) == ["clear"]
    assert states(cpu_features.RULE, linux(), tensorflow) == ["unknown"]


# wrong-cpu-architecture-python, python-32bit


def wheels(tag: str, **more: object) -> Environment:
    return environment(one("numpy", "2.2.0", tags=(tag,)), one("jaxlib", "0.9.0", tags=(tag,)), one("six", "1.16.0", tags=("py3-none-any",)), **more)


def test_wheels_for_another_processor() -> None:
    (outcome,) = found(processor.RULE, linux(arch="aarch64"), wheels("cp311-cp311-manylinux_2_17_x86_64"))
    assert outcome.severity == "error"
    mac = Machine(os=OperatingSystem(family="macos", name="macOS 14.5"), arch="arm64")
    (translated,) = found(processor.RULE, mac, wheels("cp311-cp311-macosx_11_0_x86_64", platform="macos"))
    assert (translated.severity, translated.cause) == ("error", "wrong-cpu-architecture-python")
    (small,) = found(processor.RULE, machine(os="windows"), wheels("cp311-cp311-win32", platform="windows"))
    assert small.cause == "python-32bit"
    bare = environment(platform="windows", interpreter=EnvironmentPython(executable="Scripts/python.exe", arch="i386"))
    assert [(each.cause, each.evidence[0].path) for each in found(processor.RULE, machine(os="windows"), bare)] == [("python-32bit", "Scripts/python.exe")]


def test_wheels_for_this_processor_and_for_several_are_silent_and_an_unknown_one_unknown() -> None:
    mac = Machine(os=OperatingSystem(family="macos", name="macOS 14.5"), arch="arm64")
    assert states(processor.RULE, linux(), wheels("cp311-cp311-manylinux_2_17_x86_64")) == ["clear"]
    assert states(processor.RULE, mac, wheels("cp311-cp311-macosx_11_0_arm64", platform="macos")) == ["clear"]
    assert states(processor.RULE, mac, wheels("cp311-cp311-macosx_11_0_universal2", platform="macos")) == ["clear"]
    assert states(processor.RULE, linux(arch="ppc64le"), wheels("cp311-cp311-manylinux_2_17_x86_64")) == ["unknown"]


# macos-version-too-old


def test_a_wheel_for_a_newer_macos() -> None:
    mac = Machine(os=OperatingSystem(family="macos", name="macOS 12.7"), arch="arm64")
    new = environment(one("torch", "2.15.0", tags=("cp311-cp311-macosx_14_0_arm64",)), platform="macos")
    (outcome,) = found(macos_release.RULE, mac, new)
    assert "macOS 14.0" in outcome.says
    content = environment(*new.installed, platform="macos", libraries=(library("torch/lib/libc10.dylib", "macOS 11.0", form="macho"),))
    assert states(macos_release.RULE, mac, content) == ["clear"]


def test_a_macos_that_is_new_enough_is_silent_and_an_unknown_one_unknown() -> None:
    old = environment(one("torch", "2.15.0", tags=("cp311-cp311-macosx_11_0_arm64",)), platform="macos")
    assert states(macos_release.RULE, Machine(os=OperatingSystem(family="macos", name="macOS 14.5"), arch="arm64"), old) == ["clear"]
    assert states(macos_release.RULE, Machine(os=OperatingSystem(family="macos", name="macOS"), arch="arm64"), old) == ["unknown"]


# generic-wheel-on-jetson, wheel-for-other-jetpack


def orin(kernel: str = "5.15.136-tegra") -> Machine:
    return Machine(os=OperatingSystem(family="linux", kernel=kernel), arch="aarch64", gpus=(ORIN,))


def test_a_server_wheel_on_a_jetson() -> None:
    (outcome,) = found(jetson.RULE, orin(), environment(one("torch", "2.6.0+cpu"), builds=[torch_built(None)]))
    assert (outcome.cause, "JetPack 6" in outcome.fix[0].says) == ("generic-wheel-on-jetson", True)


def test_a_wheel_for_another_jetpack() -> None:
    old = environment(one("torch", "2.1.0a0+41361538.nv23.06"), builds=[torch_built("11.4")])
    (outcome,) = found(jetson.RULE, orin(), old)
    assert outcome.cause == "wheel-for-other-jetpack"
    assert states(jetson.RULE, orin("5.10.120-tegra"), old) == ["clear"]


def test_no_jetson_is_silent_and_an_unknown_wheel_unknown() -> None:
    cpu = environment(one("torch", "2.6.0+cpu"), builds=[torch_built(None)])
    assert states(jetson.RULE, linux(), cpu) == ["clear"]
    assert states(jetson.RULE, orin(), environment(*cpu.installed, builds=cpu.builds, accelerator="cpu")) == ["clear"]
    assert states(jetson.RULE, orin(), environment(one("torch", "2.10.0"), builds=[torch_built("12.8")])) == ["unknown"]
    assert states(jetson.RULE, orin(), environment(one("torch", "2.10.0"))) == ["unknown"]


# What the probe noticed

CUDA = environment(one("torch", "2.10.0"), builds=[torch_built("12.8")])
MISMATCH = Note(cause="driver-library-version-mismatch", says="the loaded kernel module is of driver 550.54.14, the libraries are of 560.35.03")
HIDDEN = Note(cause="container-without-gpu", says="the host has the NVIDIA driver, but this container was started without its GPUs")


def test_a_note_of_the_probe_is_told_once() -> None:
    (outcome,) = found(noted.RULE, linux(notes=(MISMATCH,)), CUDA)
    assert (outcome.cause, outcome.severity, outcome.says, outcome.fix[0].commands) == (MISMATCH.cause, "error", MISMATCH.says, ("sudo reboot",))
    without = linux(notes=(HIDDEN,), driver=None)
    assert [(each.cause, each.severity) for each in found(noted.RULE, without, CUDA)] == [("container-without-gpu", "warning")]
    assert not found(driver.RULE, without, CUDA), "that there is no driver is not said beside it"


def test_whoever_makes_an_environment_is_not_stopped_by_a_note() -> None:
    plan = Plan(accelerator="cuda", sources=(), python="3.11", packages=())
    assert {each.severity for each in answers(noted.RULE, linux(notes=(MISMATCH,)), CUDA, plan) if each.state == "found"} == {"warning"}
    assert {each.state for each in answers(noted.RULE, linux(notes=(MISMATCH,)), CUDA, CPU_PLAN)} == {"clear"}


def test_notes_concern_no_cpu_environment_and_a_source_that_failed_is_unknown() -> None:
    assert states(noted.RULE, linux(notes=(MISMATCH,)), environment(one("numpy", "2.2.0"))) == ["clear"]
    assert states(noted.RULE, linux(notes=(Note(cause="probe-source-failed", says="NVML did not answer in time and was left out"),)), CUDA) == ["unknown"]
    assert states(noted.RULE, linux(), environment(one("tensorflow", "2.20.0"), builds=[tensorflow_built("12.5")])) == ["clear"]


# shared-memory-too-small


def inside(size: int | None, container: str | None = "docker") -> Machine:
    return Machine(os=OperatingSystem(family="linux", container=container), gpus=(RTX_4090,), shared_memory_bytes=size)


def test_dockers_own_size_of_shared_memory() -> None:
    (outcome,) = found(shared_memory.RULE, inside(64 << 20), CUDA)
    assert (outcome.severity, "64 MiB" in outcome.says) == ("note", True)
    assert "--shm-size" in outcome.fix[0].commands[0]


def test_enough_shared_memory_is_silent_and_an_unknown_size_unknown() -> None:
    assert states(shared_memory.RULE, inside(8 << 30), CUDA) == ["clear"]
    assert states(shared_memory.RULE, inside(64 << 20, container=None), CUDA) == ["clear"]
    assert states(shared_memory.RULE, inside(None), CUDA) == ["unknown"]


# openblas-cpu-detection-on-arm


def test_a_numpy_that_mistakes_arm_cores() -> None:
    (outcome,) = found(cpu_features.RULE, linux(arch="aarch64"), environment(one("numpy", "1.19.5")))
    assert (outcome.cause, outcome.severity) == ("openblas-cpu-detection-on-arm", "warning")
    assert states(cpu_features.RULE, linux(arch="aarch64"), environment(one("numpy", "1.19.4"))) == ["clear"]
    assert states(cpu_features.RULE, linux(), environment(one("numpy", "1.19.5"))) == ["clear"]


def test_the_runtime_that_conda_is_asked_for_gives_what_is_needed() -> None:
    assert [gcc_of(each) for each in ("3.4.29", "3.4.30", "3.4.32", "3.4.33", "3.4.99")] == ["12.1", "12.1", "13.2", "14.1", "15.1"]
