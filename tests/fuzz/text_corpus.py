"""Small texts for the readers of what people and their tools write; make_corpus.py writes them into the corpus."""

from __future__ import annotations

from pathlib import Path

_MACHINE = Path(__file__).parent.parent / "machines" / "h100-driver-570.json"


def texts() -> dict[str, dict[str, bytes]]:
    """Gives the texts that people and their tools write, by target and name."""
    project = (
        b'[project]\nname = "a"\nrequires-python = ">=3.10"\ndependencies = ["torch>=2.6", "numpy<2 ; sys_platform == \'linux\'"]\n'
        b'[project.optional-dependencies]\ndev = ["pytest", "a[web]"]\nweb = ["flask"]\n'
        b'[dependency-groups]\ndev = ["ruff", {include-group = "test"}]\ntest = ["pytest>=8"]\n'
    )
    tools = (
        b'[tool.poetry.dependencies]\npython = "^3.10"\ntorch = {version = "^2.6 || ~2.4", source = "pt"}\nb = [{version = "*", python = "<3.11"}]\n'
        b'[tool.poetry.group.dev.dependencies]\npytest = "8.*"\n[[tool.poetry.source]]\nname = "pt"\nurl = "https://index.example/"\n'
        b'[tool.uv.sources]\ntorch = [{index = "pt", marker = "sys_platform == \'linux\'"}]\nc = {git = "https://a/b", rev = "1"}\nd = {path = "../d"}\n'
        b'[[tool.uv.index]]\nname = "pt"\nurl = "https://index.example/"\nexplicit = true\n[tool.uv]\nconstraint-dependencies = ["x<2"]\n'
        b'[[tool.pdm.source]]\nname = "p"\nurl = "https://index.example/"\n[tool.pdm.dev-dependencies]\ndev = ["y"]\n'
    )
    pylock = (
        b'lock-version = "1.0"\nrequires-python = ">=3.10"\nextras = ["dev"]\n[[packages]]\nname = "torch"\nversion = "2.8.0"\nmarker = "\'dev\' in extras"\n'
        b'dependencies = [{name = "numpy"}]\n[[packages.wheels]]\nname = "torch-2.8.0-cp311-cp311-manylinux_2_28_x86_64.whl"\nhashes = {sha256 = "ab"}\n'
        b'[[packages]]\nname = "numpy"\nvcs = {type = "git", url = "https://a/b", commit-id = "12", subdirectory = "c"}\n'
        b'[[packages]]\nname = "d"\ndirectory = {path = "../d", editable = true}\n[[packages]]\nname = "e"\narchive = {url = "https://a/e.tar.gz"}\n'
    )
    uv_lock = (
        b'version = 1\nrequires-python = ">=3.10"\n[[package]]\nname = "a"\nsource = { editable = "." }\ndependencies = [{ name = "numpy" }, '
        b'{ name = "torch", extra = ["cuda"], marker = "extra == \'extra-1-a-dev\'" }]\n[package.optional-dependencies]\ndev = [{ name = "b" }]\n'
        b'[[package]]\nname = "torch"\nversion = "2.8.0"\nsource = { registry = "https://index.example/" }\nresolution-markers = ["os_name == \'nt\'"]\n'
        b'wheels = [{ url = "https://a/t.whl", hash = "sha256:ab" }]\n[[package]]\nname = "b"\nversion = "1"\nsource = { git = "https://a/b?rev=main#0123" }\n'
    )
    return {
        "nvidia-smi": {
            "query": b"name, uuid, driver_version, memory.total [MiB], memory.used [MiB], utilization.gpu [%], pci.device_id, pci.bus_id, compute_cap\n"
            b"NVIDIA H100 80GB HBM3, GPU-1, 580.65.06, 81559 MiB, 4 MiB, 0 %, 0x233010DE, 00000000:18:00.0, 9.0\nTesla K80, GPU-2, [N/A], 1 MiB, , , , , \n",
            "banner": b"| NVIDIA-SMI 580.65.06   Driver Version: 580.65.06   CUDA Version: 13.0 |\n"
            b"| NVIDIA-SMI 610.1  KMD Version: 610.10  CUDA UMD Version: 13.4 |\n",
            "trouble": b"Failed to initialize NVML: Driver/library version mismatch\nUnable to determine the device handle for GPU0000:3B:00.0: GPU is lost.\n",
        },
        "nvidia-proc": {
            "version": b"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\nGCC version:  gcc version 12.2.0\n",
            "gpu": b"Model: \t\t NVIDIA L4\nIRQ:   \t\t 42\nGPU UUID: \t GPU-????????-1\nBus Location: \t 0000:00:03.0\n",
        },
        "os-release": {"ubuntu": b'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\n# a\nX=\'a\\$b\'\n'},
        "build-facts": {
            "torch": b"__version__ = '2.8.0+cu128'\ndebug = False\ncuda: Optional[str] = '12.8'\ngit_version = 'a'\nhip: Optional[str] = None\nxpu = None\n",
            "tensorflow": b'build_info = collections.OrderedDict([("cuda_version", "12.5.1"), ("cudnn_version", "9"), ("is_cuda_build", True)])\n',
            "paddle": b"full_version = '3.0.0'\ncuda_version = '12.6'\ncudnn_version = '9.5.1'\nwith_gpu = 'ON'\n",
            "cupy": b'{"packaging": "pip", "cuda": "12.x", "cudnn": {"version": "8.8.1"}}',
        },
        "requirements": {
            "plain": b"# a comment\ntorch>=2.6,<3 --hash=sha256:ab\n-r more.txt\n-c other.txt\n--extra-index-url https://index.example/\n-e ../a[b]\n"
            b"numpy \\\n  <2 ; python_version < '3.13'\nc @ git+https://a/b@v1#subdirectory=d\n./wheels/d-1-py3-none-any.whl\n${NAME}==1\nkeras=2.1\n",
            "command": b"RUN pip install -U 'torch==2.8.0' --index-url https://index.example/ && "
            b"pip install jax[cuda12] -f 'https://a' | tee log\n$ conda activate a\n",
            "frozen": b"mkl-fft @ file:///croot/mkl_fft_169\npkg-resources==0.0.0\nnumpy==1.26.4+cu1\n",
            "declared": b"# -*- coding: latin-1 -*-\nnumpy # \xe9\n",
            "utf-16": "\ufefftorch==2.8.0\n".encode("utf-16-le"),
        },
        "pyproject": {"project": project, "tools": tools},
        "environment": {
            "plain": b"name: a\nchannels: [pytorch, conda-forge]\ndependencies:\n"
            b"  - python=3.10\n  - conda-forge::pytorch=2.5.1=cuda126*\n  - cudatoolkit >=11.8,<12|12.4\n"
            b"  - numpy[version='>=1.2,<2',build=py*_0]\n  - pytorch-cuda=12.4\n  - pip:\n    - torch==2.8.0\n    - -r more.txt\n",
            "odd": b"x: &a [1, 2]\ndependencies: [*a, {pip: jax}, {b: c}, cpuonly, 'mkl 1.20|1.21']\n",
        },
        "conda-list": {
            "export": b"# platform: linux-64\nnumpy=1.26.4=py311h_0\npytorch=2.5.1=cuda126_py311h_0\n",
            "explicit": b"@EXPLICIT\nhttps://conda.example/pytorch/linux-64/pytorch-2.5.1-py3.11_cuda12.4_cudnn9.1.0_0.tar.bz2#ab\n",
            "table": b"# packages in environment at /a:\n#\n# Name Version Build Channel\nnumpy 1.26.4 py311h_0\ntorch 2.8.0 pypi_0 pypi\n",
        },
        "pylock": {"lock": pylock},
        "uv-lock": {"lock": uv_lock},
        "machine-file": {"machine": _MACHINE.read_bytes()},
        "audit-settings": {
            "settings": b'[audit]\nignore = ["ptx-jit-first-start"]\nselect = ["*"]\nfail-on = "warning"\nbaseline = "b.json"\nrequirements = ["r.txt"]\n'
            b'[audit.severity]\nnumpy-2-abi = "note"\n[audit.per-distribution-ignores]\nTorch_X = ["*"] # drivetrain: ignore[a, b] since\n',
        },
        "pip-configuration": {
            "pip.conf": b"[global]\nindex-url = https://index.example/\ntimeout = 60\nretries = 3\n# a\n[install]\nfind-links =\n    /a\n    /b\npre = yes\n"
        },
        "uv-configuration": {
            "uv.toml": b'no-index = false\nfind-links = ["/a"]\n'
            b'[[index]]\nname = "a"\nurl = "https://index.example/"\ndefault = true\n[pip]\nextra-index-url = ["b"]\n'
        },
        "condarc": {"lists": b"channels:\n  - conda-forge # a\n  - 'pytorch'\nssl_verify: true\n", "inline": b'channels: [a, "b", ]\n'},
    }
