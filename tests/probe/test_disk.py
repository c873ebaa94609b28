"""Toolkits, cuDNNs, Pythons and environments on the disk, and the system: read from files, nothing is run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from laid_out import Layout

from drivetrain.model.machine import Cudnn, EnvironmentPlace, Toolkit

CUDNN = "#define CUDNN_MAJOR 9\n#define CUDNN_MINOR 1\n#define CUDNN_PATCHLEVEL 0\n"


def test_toolkits_by_json_text_header_and_variable(layout: Layout, tmp_path: Path) -> None:
    layout.file("/usr/local/cuda-12.4/version.json", '{"cuda" : {"name" : "CUDA SDK", "version" : "12.4.1"}, "nvcc": {"version": "12.4.131"}}')
    layout.file("/usr/local/cuda-10.2/version.txt", "CUDA Version 10.2.89\n")
    layout.file("/opt/cuda/include/cuda.h", "#define CUDA_VERSION 13020\n")
    layout.file("/usr/local/cuda-empty/README")
    (layout.root / "usr/local/cuda").symlink_to("cuda-12.4")
    (tmp_path / "own/bin").mkdir(parents=True)
    (tmp_path / "own/version.json").write_text('{"cuda": {"version": "11.8.0"}}')
    layout.variables["CUDA_HOME"] = str(tmp_path / "own")
    found = layout.machine().toolkits
    assert {(Path(each.path).name, each.version) for each in found} == {("cuda", "12.4.1"), ("cuda-10.2", "10.2.89"), ("cuda", "13.2"), ("own", "11.8.0")}
    assert Toolkit(path=str(layout.root / "usr/local/cuda"), version="12.4.1") in found


def test_cudnn_by_header_and_by_library(layout: Layout) -> None:
    layout.file("/usr/include/cudnn_version.h", CUDNN)
    layout.file("/usr/lib/x86_64-linux-gnu/libcudnn.so.8.9.7")
    layout.file("/usr/lib/x86_64-linux-gnu/libcudnn.so.9.1.0")
    layout.file("/usr/local/cuda-12.4/version.json", '{"cuda": {"version": "12.4.1"}}')
    layout.file("/usr/local/cuda-12.4/include/cudnn_version.h", CUDNN.replace("9", "8", 1))
    found = layout.machine().cudnn
    assert Cudnn(path=str(layout.root / "usr/include/cudnn_version.h"), version="9.1.0") in found
    assert sorted(each.version for each in found) == ["8.1.0", "8.9.7", "9.1.0"]


def interpreter(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x7fELF\0 a program, without a version in it \0")
    path.chmod(0o755)
    return path


def test_pythons_of_path_pyenv_uv_and_conda(layout: Layout) -> None:
    home = layout.home
    interpreter(layout.root / "usr/bin/python3.12")
    (layout.root / "usr/bin/python3").symlink_to("python3.12")
    layout.file("/usr/include/python3.12/patchlevel.h", '#define PY_VERSION      	"3.12.3"\n')
    interpreter(home / ".pyenv/versions/3.11.7/bin/python3.11")
    (home / ".pyenv/versions/3.11.7/bin/python3").symlink_to("python3.11")
    interpreter(home / ".pyenv/shims/python3.11")
    interpreter(home / ".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3.13")
    (home / ".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3").symlink_to("python3.13")
    interpreter(home / "miniconda3/bin/python3")
    (home / "miniconda3/conda-meta").mkdir()
    (home / "miniconda3/conda-meta/python-3.10.14-h955ad1f_1.json").write_text("{}")
    interpreter(home / "free/bin/python3.13t")
    layout.variables["PATH"] = f"{home}/.pyenv/shims:{home}/free/bin:{layout.root}/usr/bin"
    pythons = layout.machine().pythons
    assert pythons is not None
    assert [(each.version, each.source) for each in pythons] == [("3.12.3", "path"), ("3.11.7", "pyenv"), ("3.13.1", "uv"), ("3.10.14", "conda")]
    assert pythons[0].path == f"{layout.root}/usr/bin/python3"


def test_a_python_without_headers_says_its_version_by_its_own_bytes(layout: Layout) -> None:
    """Debian's python3 without python3-dev."""
    interpreter(layout.root / "usr/bin/python3.9").write_bytes(b"\x7fELF 3.9.1 \x003.9.2\x00 3.9.3")
    interpreter(layout.root / "usr/bin/python3.8")
    layout.variables["PATH"] = f"{layout.root}/usr/bin"
    pythons = layout.machine().pythons
    assert pythons is not None
    assert {each.version for each in pythons} == {"3.9.2", "3.8"}


def test_versions_are_those_that_the_interpreters_say(layout: Layout) -> None:
    """Against the truth: every interpreter that is here, asked."""
    import os

    from drivetrain.probe import gather

    found = gather.pythons(gather.Host({"environ": {"PATH": os.environ["PATH"], "PYENV_ROOT": os.environ.get("PYENV_ROOT", "")}}))
    assert found
    for each in found:
        said = subprocess.run(
            [each["path"], "-I", "-S", "-c", "import sys; print('%d.%d.%d' % sys.version_info[:3])"], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == each["version"], each["path"]


def test_environments(layout: Layout) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(layout.work / ".venv")], check=True)
    conda = layout.home / "conda-env"
    (conda / "conda-meta").mkdir(parents=True)
    layout.variables.update(VIRTUAL_ENV=str(layout.work / ".venv"), CONDA_PREFIX=str(conda))
    layout.variables["PATH"] = f"{layout.work}/.venv/bin"
    machine = layout.machine()
    assert machine.environments == (EnvironmentPlace(path=str(layout.work / ".venv"), kind="venv"), EnvironmentPlace(path=str(conda), kind="conda"))
    assert machine.pythons is not None
    assert not [each for each in machine.pythons if ".venv" in each.path], "an environment's interpreter is its base's"
    shutil.rmtree(layout.work / ".venv")


@pytest.mark.parametrize(
    ("path", "text", "container"),
    [
        ("/.dockerenv", "", "docker"),
        ("/run/.containerenv", "", "podman"),
        ("/run/systemd/container", "lxc\n", "lxc"),
        ("/proc/1/environ", "TERM=x\0container=lxc\0", "lxc"),
        ("/proc/1/cgroup", "0::/kubepods/besteffort/pod1\n", "kubernetes"),
        ("/proc/1/cgroup", "0::/init.scope\n", None),
    ],
)
def test_containers(layout: Layout, path: str, text: str, container: str | None) -> None:
    layout.file(path, text)
    assert layout.machine().os.container == container


def test_system_processor_and_memory(layout: Layout) -> None:
    layout.file(
        "/proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7763\nflags\t\t: fpu sse4_1 avx avx2 fma\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 7763\n"
    )
    layout.file("/sys/fs/cgroup/memory.max", "1073741824\n")
    machine = layout.machine()
    assert (machine.os.name, machine.os.distribution, machine.os.kernel) == ("Ubuntu 24.04", "ubuntu", "6.8.0-45-generic")
    assert (machine.cpu.model, machine.cpu.features) == ("AMD EPYC 7763", ("sse4_1", "avx", "avx2", "fma"))
    assert machine.memory_bytes == 1 << 30, "the container's limit"


def test_variables_that_matter_without_secrets(layout: Layout) -> None:
    layout.variables.update(
        CUDA_VISIBLE_DEVICES="0",
        XLA_FLAGS="--xla_gpu_cuda_data_dir=/usr/local/cuda",
        TF_FORCE_GPU_ALLOW_GROWTH="true",
        PIP_INDEX_URL="https://kim:secret@index.example/simple",
        UV_PUBLISH_TOKEN="secret",
        UV_INDEX_PRIVATE_PASSWORD="secret",
        TF_VAR_database="secret",
        HF_TOKEN="secret",
        EDITOR="vi",
    )
    machine = layout.machine()
    assert dict(machine.variables) == {
        "CUDA_VISIBLE_DEVICES": "0",
        "PIP_INDEX_URL": "https://index.example/simple",
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_FLAGS": "--xla_gpu_cuda_data_dir=/usr/local/cuda",
    }
    assert "secret" not in str(machine)
