"""Folders that variables name, and cuDNNs that were copied over each other: read from the disk, nothing is judged."""

from __future__ import annotations

from pathlib import Path

from laid_out import Layout

from drivetrain.model.machine import Cudnn, NamedFolder

CUDNN = "#define CUDNN_MAJOR 8\n#define CUDNN_MINOR 9\n#define CUDNN_PATCHLEVEL 7\n"


def folder(path: Path, *files: str) -> Path:
    for each in files:
        (path / each).parent.mkdir(parents=True, exist_ok=True)
        (path / each).write_text("")
    return path


def test_what_lies_where_the_variables_point(layout: Layout, tmp_path: Path) -> None:
    toolkit = folder(tmp_path / "cuda", "bin/ptxas", "nvvm/libdevice/libdevice.10.bc", "lib64/libcudart.so.12", "lib64/libcudart_static.a")
    packages = folder(tmp_path / "ros", "numpy/__init__.py", "numpy-1.21.5.dist-info/METADATA", "cv2.so", "torch/model.pt")
    layout.variables |= {
        "CUDA_HOME": str(toolkit),
        "LD_LIBRARY_PATH": f"{tmp_path}/gone::$ORIGIN/lib:{toolkit}/lib64",
        "PYTHONPATH": str(packages),
        "XLA_FLAGS": f"--xla_gpu_cuda_data_dir={toolkit} --xla_gpu_autotune_level=0",
    }
    assert layout.machine().folders == (
        NamedFolder(variable="LD_LIBRARY_PATH", path=f"{tmp_path}/gone", exists=False),
        NamedFolder(variable="LD_LIBRARY_PATH", path=f"{toolkit}/lib64", exists=True, holds=("libcudart.so.12",)),
        NamedFolder(variable="PYTHONPATH", path=str(packages), exists=True, holds=("numpy", "numpy-1.21.5.dist-info")),
        NamedFolder(variable="CUDA_HOME", path=str(toolkit), exists=True, holds=("bin/ptxas", "nvvm/libdevice/libdevice.10.bc")),
        NamedFolder(variable="XLA_FLAGS", path=str(toolkit), exists=True, holds=("bin/ptxas", "nvvm/libdevice/libdevice.10.bc")),
    )


def test_the_folder_at_hand_counts_where_a_file_in_it_bears_a_packages_name(layout: Layout) -> None:
    assert layout.machine().folders == ()
    folder(layout.work, "tensorflow.py", "notes.txt")
    assert layout.machine().folders == (NamedFolder(variable="", path=str(layout.work), exists=True, holds=("tensorflow.py",)),)


def test_the_cpp_runtime_is_known_by_the_file_behind_its_name(layout: Layout, tmp_path: Path) -> None:
    old = folder(tmp_path / "gcc", "libstdc++.so.6.0.25")
    (old / "libstdc++.so.6").symlink_to("libstdc++.so.6.0.25")
    layout.variables["LD_LIBRARY_PATH"] = str(old)
    assert layout.machine().folders[0].holds == ("libstdc++.so.6.0.25",)


def test_a_cudnn_copied_over_a_toolkit_shows_header_and_library(layout: Layout) -> None:
    layout.file("/usr/local/cuda-12.4/version.json", '{"cuda": {"version": "12.4.1"}}')
    layout.file("/usr/local/cuda-12.4/include/cudnn_version.h", CUDNN)
    for name in ("libcudnn", "libcudnn_ops_infer"):
        library = layout.file(f"/usr/local/cuda-12.4/lib64/{name}.so.8.6.0")
        library.with_name(f"{name}.so.8").symlink_to(library.name)
    lib64 = layout.root / "usr/local/cuda-12.4/lib64"
    assert Cudnn(path=str(lib64 / "libcudnn.so.8"), version="8.6.0") in layout.machine().cudnn


def test_two_cudnns_of_different_sonames_side_by_side_are_no_mixture(layout: Layout) -> None:
    for version in ("8.9.7", "9.1.0"):
        library = layout.file(f"/usr/lib/x86_64-linux-gnu/libcudnn.so.{version}")
        library.with_name(f"libcudnn.so.{version[0]}").symlink_to(library.name)
    assert [Path(each.path).name for each in layout.machine().cudnn] == ["libcudnn.so.8.9.7", "libcudnn.so.9.1.0"]


def test_gcc_and_nvcc_that_path_finds(layout: Layout, tmp_path: Path) -> None:
    tools = folder(tmp_path / "tools", "nvcc", "x86_64-linux-gnu-gcc-12")
    for each in ("nvcc", "x86_64-linux-gnu-gcc-12"):
        (tools / each).chmod(0o755)
    (tools / "gcc").symlink_to("x86_64-linux-gnu-gcc-12")
    layout.variables["PATH"] = str(tools)
    assert layout.machine().folders == (
        NamedFolder(variable="PATH", path=str(tools), exists=True, holds=("nvcc",)),
        NamedFolder(variable="CC", path=str(tools / "gcc"), exists=True, holds=("gcc-12",)),
    )


def test_a_gcc_without_its_version_in_its_name(layout: Layout, tmp_path: Path) -> None:
    tools = folder(tmp_path / "tools", "gcc")
    (tools / "gcc").chmod(0o755)
    layout.variables["PATH"] = str(tools)
    layout.file("/usr/lib/gcc/x86_64-redhat-linux/11/crtbegin.o")
    assert layout.machine().folders[0].holds == ("gcc-11",)
    layout.file("/usr/lib/gcc/x86_64-redhat-linux/13/crtbegin.o")
    assert layout.machine().folders[0].holds == ()


def test_the_size_of_shared_memory(layout: Layout) -> None:
    assert layout.machine().shared_memory_bytes is None
    layout.file("/dev/shm/x")
    assert (layout.machine().shared_memory_bytes or 0) > 0
