"""Each rule that rests on the loader: it speaks, it stays silent, it cannot tell."""

from __future__ import annotations

import pytest
from audit.facts import RTX_4090, machine
from audit.loader.process_facts import (
    CUBLAS,
    CUDART,
    CUDNN,
    NEEDS,
    answers_of,
    dll,
    found_of,
    healthy,
    on_path,
    owned,
    so,
    system,
    torch_of,
    wheel,
)
from msgspec.structs import replace

from drivetrain.model.documents import FrozenMap
from drivetrain.model.environment import BuildFacts, Environment
from drivetrain.model.library import Folder, SystemLibraries
from drivetrain.model.machine import OperatingSystem

HERE = machine(RTX_4090)
OF_LOADER = (
    "cuda-library-not-on-loader-path", "ld-library-path-shadows-bundled", "two-cudnn-versions-in-env", "cuda-lib-older-than-build",
    "libcuda-stub-loaded", "venv-lib-and-lib64-split", "driver-libs-installed-inside-container", "duplicate-openmp-runtime",
    "windows-dll-search-path", "wsl-driver-stub-missing",
)  # fmt: skip


def test_a_whole_environment_gets_no_finding_of_the_loader() -> None:
    answers = answers_of(HERE, healthy(), *OF_LOADER)
    assert {each.cause for each in answers} == set(OF_LOADER)
    assert [each for each in answers if each.state == "found"] == []


def test_of_another_machines_environment_nothing_is_claimed() -> None:
    answers = answers_of(HERE, healthy(system=None), *OF_LOADER[:5], "driver-libs-installed-inside-container")
    assert {each.state for each in answers} <= {"unknown", "clear"}
    assert {each.cause for each in answers if each.state == "unknown"} >= {OF_LOADER[1], OF_LOADER[2], OF_LOADER[3]}


# missing libraries, told apart by what lies around


def test_no_cudnn() -> None:
    found = found_of(HERE, torch_of("12.8", CUDART, CUBLAS, needs=NEEDS))["cudnn-not-found"]
    assert found.severity == "error"
    assert "libcudnn.so.9" in found.says
    assert found.evidence[0].path == "torch/lib/libtorch_cuda.so"


def test_where_python_sees_packages_outside_the_environment_nothing_is_called_missing() -> None:
    lacking = torch_of("12.8", CUDART, CUBLAS, needs=NEEDS, inherits=True)
    assert [each.state for each in answers_of(HERE, lacking, "cudnn-not-found")] == ["unknown"]


def test_a_cudnn_of_another_major() -> None:
    old = owned("nvidia-cudnn-cu12", "8.9.7.29", so("nvidia/cudnn/lib/libcudnn.so.8"))
    found = found_of(HERE, torch_of("12.8", CUDART, CUBLAS, old, needs=NEEDS))["cudnn-major-version-mismatch"]
    assert any(each.path == "nvidia/cudnn/lib/libcudnn.so.8" for each in found.evidence)


def test_a_library_that_lies_where_nobody_looks() -> None:
    lost = owned("some-wheel", "1", so("elsewhere/libcudnn.so.9"))
    found = found_of(HERE, torch_of("12.8", CUDART, CUBLAS, lost, needs=NEEDS))["cuda-library-not-on-loader-path"]
    assert "elsewhere" in found.says


def test_a_toolkit_that_the_loader_does_not_search() -> None:
    """TensorFlow without the wheels of its extra, on a machine whose toolkit has what it loads."""
    own = (
        so("tensorflow/python/_pywrap_tensorflow_internal.so", "libtensorflow_framework.so.2", search=("$ORIGIN/..",)),
        so("tensorflow/libtensorflow_framework.so.2", "libc.so.6"),
    )
    folder = "/usr/local/cuda-12.4/lib64"
    names = ("libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcufft.so.11", "libcusparse.so.12", "libcusolver.so.11")
    facts = BuildFacts(distribution="tensorflow", cuda="12.3", cudnn="8", is_cuda_build=True)
    environment = Environment(
        prefix="/env", site_packages="/env/site-packages", libraries=own, installed=(wheel("tensorflow", "2.16.2", *own),), builds=(facts,),
        system=system(*(so(f"{folder}/{name}") for name in names)),
    )  # fmt: skip
    found = found_of(HERE, environment)["cuda-library-not-on-loader-path"]
    assert folder in found.says
    assert folder in found.fix[0].commands[0]
    assert "cuda-library-not-on-loader-path" not in found_of(machine(), environment)


def test_a_library_of_another_major_and_one_of_many_and_one_that_no_toolkit_holds() -> None:
    eleven = owned("nvidia-cuda-runtime-cu11", "11.8.89", so("nvidia/cuda_runtime/lib/libcudart.so.11.0"))
    assert "cuda-major-differs-from-build" in found_of(HERE, torch_of("12.8", eleven, CUBLAS, CUDNN, needs=NEEDS))
    assert "cuda-toolkit-partial-install" in found_of(HERE, torch_of("12.8", CUDART, CUDNN, needs=NEEDS))
    assert "extra-nvidia-library-missing" in found_of(HERE, torch_of("12.8", CUDART, CUBLAS, CUDNN, needs=(*NEEDS, "libcusparseLt.so.0")))


def test_a_library_of_the_system_is_missing() -> None:
    found = found_of(machine(os="linux"), torch_of("12.8", CUDART, CUBLAS, CUDNN, needs=(*NEEDS, "libgomp.so.1")))["system-library-missing"]
    assert "libgomp.so.1" in found.says


def test_what_only_the_gpu_needs_is_missed_where_there_is_one() -> None:
    headless = torch_of("12.8", CUDART, CUBLAS, owned("nvidia-cudnn-cu12", "9.10.2.21", CUDNN[1][0]), needs=NEEDS)
    assert "libcudnn_graph.so.9" in found_of(HERE, headless)["cudnn-not-found"].says
    assert "cudnn-not-found" not in found_of(machine(), headless)


def test_the_drivers_library_is_no_part_of_an_environment() -> None:
    environment = torch_of("12.8", CUDART, CUBLAS, CUDNN, needs=(*NEEDS, "libcuda.so.1"))
    assert not {"cuda-library-not-on-loader-path", "system-library-missing", "cuda-toolkit-partial-install"} & set(found_of(HERE, environment))


def test_onnx_runtime_beside_the_other_cudnn() -> None:
    own = (
        so("onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so", "libc.so.6"),
        so("onnxruntime/capi/libonnxruntime_providers_cuda.so", "libcudnn.so.9"),
    )
    eight = so("nvidia/cudnn/lib/libcudnn.so.8")
    environment = Environment(
        prefix="/env", site_packages="/env/site-packages", libraries=(*own, eight), system=system(),
        installed=(wheel("onnxruntime-gpu", "1.20.1", *own), wheel("nvidia-cudnn-cu12", "8.9.7.29", eight)),
    )  # fmt: skip
    assert "onnxruntime-cudnn-major-mismatch" in found_of(HERE, environment)
    assert "onnxruntime-cudnn-major-mismatch" not in found_of(machine(), environment)


def test_onnx_runtime_is_meant_to_load_its_own_wheels_first() -> None:
    own = (
        so("onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so", "libc.so.6"),
        so("onnxruntime/capi/libonnxruntime_providers_cuda.so", "libcublas.so.13", "libcudnn.so.9"),
    )
    wheels = so("nvidia/cu13/lib/libcublas.so.13"), so("nvidia/cudnn/lib/libcudnn.so.9")
    environment = Environment(
        prefix="/env", site_packages="/env/site-packages", libraries=(*own, *wheels), system=system(),
        installed=(wheel("onnxruntime-gpu", "1.31.1", *own), wheel("nvidia-cublas", "13.4.1.3", wheels[0]), wheel("nvidia-cudnn-cu13", "9.26.0.51", wheels[1])),
    )  # fmt: skip
    found = found_of(HERE, environment)["cuda-library-not-on-loader-path"]
    assert (found.severity, "preload_dlls" in found.fix[0].commands[0]) == ("note", True)


# LD_LIBRARY_PATH


@pytest.mark.parametrize(("version", "severity"), [("12.4.5.8", "error"), ("12.9.1.4", "warning")])
def test_a_toolkit_in_the_variable_comes_before_a_runpath(version: str, severity: str) -> None:
    folder = "/usr/local/cuda/lib64"
    theirs = so(f"{folder}/libcublasLt.so.12", link=f"{folder}/libcublasLt.so.{version}"), so(f"{folder}/libcublasLt.so.{version}")
    around = system(*theirs, folders=(on_path(folder, "libcublasLt.so.12"),))
    found = found_of(HERE, healthy(system=around))["ld-library-path-shadows-bundled"]
    assert (found.severity, found.evidence[0].path) == (severity, f"{folder}/libcublasLt.so.12")
    assert version in found.says
    edit = found.fix[0].edit
    assert edit is not None
    assert dict(edit.variables) == {"LD_LIBRARY_PATH": None}


def test_a_variable_that_an_rpath_comes_before_changes_nothing() -> None:
    folder = "/usr/local/cuda/lib64"
    around = system(so(f"{folder}/libcudart.so.12"), folders=(on_path(folder, "libcudart.so.12"),))
    assert "ld-library-path-shadows-bundled" not in found_of(HERE, healthy(system=around))


# two copies in one process


def test_parts_of_two_cudnn() -> None:
    parts = [each for each in CUDNN[1] if "ops" not in each.name]
    other = so("nvidia/cudnn/lib/libcudnn_ops.so.9", search=("$ORIGIN",))
    environment = torch_of("12.8", CUDART, CUBLAS, owned("nvidia-cudnn-cu12", "9.10.2.21", *parts), owned("strange", "9.1.0.70", other), needs=NEEDS)
    found = found_of(HERE, environment)["two-cudnn-versions-in-env"]
    assert found.severity == "error"
    assert "libcudnn_ops.so.9" in found.says


def test_whoever_is_imported_first_chooses_the_nccl() -> None:
    mine, theirs = so("nvidia/nccl/lib/libnccl.so.2"), so("mxnet_libs/libnccl.so.2")
    other = so("tensorflow/python/_pywrap_tensorflow_internal.so", "libnccl.so.2", search=("$ORIGIN/../../mxnet_libs",))
    environment = torch_of(
        "12.8", CUDART, CUBLAS, CUDNN, owned("nvidia-nccl-cu12", "2.27.3", mine), owned("tensorflow", "2.10.0", other), owned("old-nccl", "2.8.3", theirs),
        needs=(*NEEDS, "libnccl.so.2"),
    )  # fmt: skip
    found = found_of(HERE, environment)["two-nccl-versions-in-env"]
    assert {each.path for each in found.evidence} == {mine.path, theirs.path}
    assert "2.8.3" in found.says


def test_what_the_variable_does_is_told_once_and_with_the_fix_that_clears_it() -> None:
    """Planning again would not help: the order of imports matters through the folder of LD_LIBRARY_PATH alone."""
    folder, mine = "/opt/nccl", so("nvidia/nccl/lib/libnccl.so.2")
    other = so("tensorflow/python/_pywrap_tensorflow_internal.so", "libnccl.so.2", search=("$ORIGIN/../../nvidia/nccl/lib",))
    theirs = so(f"{folder}/libnccl.so.2", link=f"{folder}/libnccl.so.2.8.3"), so(f"{folder}/libnccl.so.2.8.3")
    environment = torch_of(
        "12.8", CUDART, CUBLAS, CUDNN, owned("nvidia-nccl-cu12", "2.27.3", mine), owned("tensorflow", "2.10.0", other),
        needs=(*NEEDS, "libnccl.so.2"), system=system(*theirs, folders=(on_path(folder, "libnccl.so.2"),)),
    )  # fmt: skip
    found = found_of(HERE, environment)
    assert "ld-library-path-shadows-bundled" in found
    assert "two-nccl-versions-in-env" not in found


# other CUDA


def test_a_library_of_an_older_family_under_the_same_name() -> None:
    older = owned("nvidia-cusparse-cu12", "12.5.10.65", so("nvidia/cusparse/lib/libcusparse.so.12"))
    cudart = owned("nvidia-cuda-runtime", "13.0.96", so("nvidia/cuda_runtime/lib/libcudart.so.13"))
    found = found_of(HERE, torch_of("13.0", cudart, older, needs=("libcudart.so.13", "libcusparse.so.12")))["cuda-lib-older-than-build"]
    assert (found.severity, found.evidence[0].path) == ("error", "nvidia/cusparse/lib/libcusparse.so.12")


def test_an_older_minor_is_a_warning_and_a_newer_one_is_fine() -> None:
    for version, severity in (("12.4.127", "warning"), ("12.9.79", None)):
        cudart = owned("nvidia-cuda-runtime-cu12", version, so("nvidia/cuda_runtime/lib/libcudart.so.12"))
        found = found_of(HERE, torch_of("12.8", cudart, CUBLAS, CUDNN, needs=NEEDS)).get("cuda-lib-older-than-build")
        assert (found.severity if found else None) == severity


def test_a_build_that_does_not_state_its_cuda_is_not_held_to_one() -> None:
    unstated = replace(healthy(), builds=(BuildFacts(distribution="torch", is_cuda_build=True),))
    assert "cuda-lib-older-than-build" not in found_of(HERE, unstated)


def test_a_cudnn_for_another_cuda() -> None:
    cudnn = owned("nvidia-cudnn-cu13", "9.13.0.50", *CUDNN[1])
    assert "cudnn-built-for-other-cuda-major" in found_of(HERE, torch_of("12.8", CUDART, CUBLAS, cudnn, needs=NEEDS))
    assert "cudnn-built-for-other-cuda-major" not in found_of(HERE, healthy())


def test_the_cudnn_that_the_loader_takes_is_judged_and_not_the_installed_one() -> None:
    folder = "/opt/old/lib"
    around = system(so(f"{folder}/libcudnn.so.9", link=f"{folder}/libcudnn.so.9.0.0"), so(f"{folder}/libcudnn.so.9.0.0"), folders=(on_path(folder),))
    own = (
        so("torch/lib/libtorch_global_deps.so", "libc.so.6"),
        so("torch/_C.cpython-311-x86_64-linux-gnu.so", "libcudnn.so.9", search=("$ORIGIN/../nvidia/cudnn/lib",)),
    )
    torch = wheel("torch", "2.8.0", *own, requires=("nvidia-cudnn-cu12==9.10.2.21",))
    facts = BuildFacts(distribution="torch", cuda="12.8", cudnn="9.10.2", is_cuda_build=True, source="torch/version.py")
    environment = replace(healthy(system=around), installed=(torch, CUDNN[0]), libraries=(*own, *CUDNN[1]), builds=(facts,))
    found = found_of(HERE, environment)["cudnn-runtime-older-than-build"]
    assert "9.0.0" in found.says
    assert "cudnn-runtime-older-than-build" not in found_of(HERE, replace(environment, system=system()))


# the driver's own


def test_a_stub_under_the_drivers_name_is_an_error_and_its_folder_a_warning() -> None:
    folder = "/usr/local/cuda/lib64/stubs"
    loaded = healthy(system=system(folders=(on_path(folder, "libcuda.so", "libcuda.so.1"),)))
    assert found_of(HERE, loaded)["libcuda-stub-loaded"].severity == "error"
    named = healthy(system=system(folders=(on_path(folder, "libcuda.so"),)))
    assert found_of(HERE, named)["libcuda-stub-loaded"].severity == "warning"
    cached = healthy(system=system(cached={"libcuda.so.1": f"{folder}/libcuda.so.1"}))
    assert found_of(HERE, cached)["libcuda-stub-loaded"].fix[0].commands == ("sudo ldconfig",)


def test_whether_a_stub_is_on_a_foreign_machines_path_is_not_known() -> None:
    described = replace(HERE, described=True)
    assert [each.state for each in answers_of(described, healthy(system=None), "libcuda-stub-loaded")] == ["unknown"]


def test_a_driver_library_inside_the_environment_is_found_and_its_compatibility_package_is_not() -> None:
    def with_driver(path: str) -> Environment:
        return replace(healthy(), libraries=(*healthy().libraries, so(path)))

    assert found_of(HERE, with_driver("../../libcuda.so.1"))["driver-libs-installed-inside-container"].severity == "warning"
    assert "driver-libs-installed-inside-container" not in found_of(HERE, with_driver("../../../cuda-compat/libcuda.so.1"))


def test_a_containers_own_driver_library_of_another_version() -> None:
    path = "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
    libraries = so(path, link="/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14"), so("/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.14")
    environment = healthy(system=system(*libraries, cached={"libcuda.so.1": path}))
    inside = replace(HERE, os=OperatingSystem(family="linux", container="docker"))
    assert "550.54.14" in found_of(inside, environment)["driver-libs-installed-inside-container"].says
    assert "driver-libs-installed-inside-container" not in found_of(replace(inside, driver=replace(HERE.driver, version="550.54.14")), environment)  # type: ignore[type-var]
    assert "driver-libs-installed-inside-container" not in found_of(HERE, environment)


def test_wsl_takes_windows_driver() -> None:
    wsl = replace(HERE, os=OperatingSystem(family="linux", wsl="2"))
    folder = "/usr/lib/wsl/lib"
    own = so(f"{folder}/libcuda.so.1")
    good = system(own, cached={"libcuda.so.1": f"{folder}/libcuda.so.1", "libcuda.so": f"{folder}/libcuda.so"})
    rule = "wsl-driver-stub-missing"
    assert rule not in found_of(wsl, healthy(system=good))
    assert found_of(wsl, healthy(system=system(own, cached={"libcuda.so.1": own.path})))[rule].severity == "note"
    assert found_of(wsl, healthy())[rule].severity == "error"
    linux = so("/usr/lib/x86_64-linux-gnu/libcuda.so.1")
    assert "Linux driver" in found_of(wsl, healthy(system=system(linux, cached={"libcuda.so.1": linux.path})))[rule].says
    assert [each.state for each in answers_of(wsl, healthy(system=None), rule)] == ["unknown"]


# layouts


def test_a_split_environment() -> None:
    requires = ("nvidia-cudnn-cu12==9.10.2.21",)
    here = healthy()
    torch = replace(here.installed[0], requires=requires)
    apart = [replace(one, path=f"../../../lib64/python3.11/site-packages/{one.path}") for one in here.installed[1:]]
    assert found_of(HERE, replace(here, installed=(torch, *apart)))["venv-lib-and-lib64-split"].severity == "warning"
    lost = replace(torch_of("12.8", needs=NEEDS), installed=(torch, *apart))
    assert found_of(HERE, lost)["venv-lib-and-lib64-split"].severity == "error"
    assert "venv-lib-and-lib64-split" not in found_of(HERE, replace(here, installed=(torch, *here.installed[1:])))


def windows(*folders: Folder, known: bool = True) -> Environment:
    own = (dll("torch/lib/torch_cuda.dll", "cudart64_12.dll", "KERNEL32.dll"), dll("torch/_C.cp311-win_amd64.pyd", "torch_cuda.dll"))
    around = (Folder(path="C:/Windows/System32", why="System32", names=("kernel32.dll",)), *folders)
    return Environment(
        prefix="C:/env", platform="windows", site_packages="C:/env/Lib/site-packages", installed=(wheel("torch", "2.8.0", *own),), libraries=own,
        builds=(BuildFacts(distribution="torch", cuda="12.8", is_cuda_build=True),), system=SystemLibraries(folders=around) if known else None,
    )  # fmt: skip


def test_a_dll_on_the_path_that_python_does_not_look_for() -> None:
    here = machine(RTX_4090, os="windows")
    toolkit = Folder(path="C:/CUDA/v12.8/bin", why="PATH", names=("cudart64_12.dll",))
    found = found_of(here, windows(toolkit))["windows-dll-search-path"]
    assert "C:/CUDA/v12.8/bin" in found.fix[0].commands[0]
    assert "windows-dll-search-path" not in found_of(here, windows())
    assert [each.state for each in answers_of(here, windows(toolkit, known=False), "windows-dll-search-path")] == ["unknown"]


def test_two_openmp_runtimes_on_windows_and_one_name_on_linux() -> None:
    torch, numpy = dll("torch/lib/libiomp5md.dll"), replace(dll("numpy/core/libiomp5md.dll"), bytes=200)
    both = Environment(
        prefix="C:/env",
        platform="windows",
        site_packages="C:/env",
        installed=(wheel("torch", "2.8.0", torch), wheel("numpy", "1.26.4", numpy)),
        libraries=(torch, numpy),
    )
    assert found_of(machine(os="windows"), both)["duplicate-openmp-runtime"].severity == "warning"
    elf = so("torch/lib/libiomp5.so"), so("mkl/lib/libiomp5.so", bytes=200)
    one_name = replace(
        healthy(), libraries=(*healthy().libraries, *elf), installed=(*healthy().installed, wheel("mkl", "2024.0", elf[1]), wheel("x", "1", elf[0]))
    )
    assert "duplicate-openmp-runtime" not in found_of(HERE, one_name)
    unread = replace(both, libraries=())
    assert [each.state for each in answers_of(machine(os="windows"), unread, "duplicate-openmp-runtime")] == ["unknown"]


def test_an_executable_stack_before_and_after_glibc_refuses_it() -> None:
    here = healthy()
    asking = replace(here.libraries[1], linkage=replace(here.libraries[1].linkage, executable_stack=True))
    marked = replace(here, libraries=(here.libraries[0], asking, *here.libraries[2:]))

    def on(glibc: str | None) -> list[tuple[str, str]]:
        target = replace(HERE, os=OperatingSystem(family="linux", glibc=glibc))
        return [(each.state, each.severity) for each in answers_of(target, marked, "glibc-execstack-blocked")]

    assert on("2.41") == [("found", "error")]
    assert on("2.40") == [("clear", "error")]
    assert on(None) == [("unknown", "error")]
    other = replace(here, libraries=(*here.libraries, replace(asking, path="some/unused.so")))
    target = replace(HERE, os=OperatingSystem(family="linux", glibc="2.41"))
    assert found_of(target, other)["glibc-execstack-blocked"].severity == "warning"


def test_the_machines_variables_are_named_when_nothing_else_is_known() -> None:
    named = replace(HERE, variables=FrozenMap({"LD_LIBRARY_PATH": "/usr/local/cuda/lib64/stubs"}))
    assert found_of(named, healthy(system=None))["libcuda-stub-loaded"].severity == "warning"
