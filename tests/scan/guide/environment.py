"""Unpacks the environment of a well-known setup guide: `tensorflow[and-cuda]` 2.13.1 in a venv of Windows 10, Python 3.11.

Names, versions and requirements of tensorflow and tensorflow-intel are those of their METADATA on the package index (release 2.13.1);
the other distributions are what satisfied them, their own requirements left out. build_info is as tensorflow-intel's Windows wheels state it.
"""

from __future__ import annotations

import json
from pathlib import Path

from scan.making import contents, lay, windows_venv

_NEEDS = (
    "absl-py>=1.0.0",
    "astunparse>=1.6.0",
    "flatbuffers>=23.1.21",
    "gast>=0.2.1,<=0.4.0",
    "google-pasta>=0.1.1",
    "grpcio>=1.24.3,<2.0",
    "h5py>=2.9.0",
    "keras>=2.13.1,<2.14",
    "libclang>=13.0.0",
    "numpy>=1.22,<=1.24.3",
    "opt-einsum>=2.3.2",
    "packaging",
    "protobuf>=3.20.3,!=4.21.0,!=4.21.1,!=4.21.2,!=4.21.3,!=4.21.4,!=4.21.5,<5.0.0.dev0",
    "setuptools",
    "six>=1.12.0",
    "tensorboard>=2.13,<2.14",
    "tensorflow-estimator>=2.13.0,<2.14",
    "termcolor>=1.1.0",
    "typing-extensions>=3.6.6,<4.6.0",
    "wrapt>=1.11.0",
    "tensorflow-io-gcs-filesystem>=0.23.1 ; platform_machine != 'arm64' or sys_platform != 'darwin'",
)
_ELSEWHERE = (
    "tensorflow-cpu-aws==2.13.1 ; (platform_machine == 'aarch64' or platform_machine == 'arm64') and sys_platform == 'linux'",
    "tensorflow-intel==2.13.1 ; sys_platform == 'win32'",
)
_BESIDE = {
    "absl-py": "2.0.0",
    "astunparse": "1.6.3",
    "flatbuffers": "23.5.26",
    "gast": "0.4.0",
    "google-pasta": "0.2.0",
    "grpcio": "1.58.0",
    "h5py": "3.9.0",
    "keras": "2.13.1",
    "libclang": "16.0.6",
    "numpy": "1.24.3",
    "opt-einsum": "3.3.0",
    "packaging": "23.1",
    "protobuf": "4.24.3",
    "setuptools": "68.2.2",
    "six": "1.16.0",
    "tensorboard": "2.13.0",
    "tensorflow-estimator": "2.13.0",
    "termcolor": "2.3.0",
    "typing-extensions": "4.5.0",
    "wrapt": "1.15.0",
    "tensorflow-io-gcs-filesystem": "0.31.0",
}
_TAG = "cp311-cp311-win_amd64"
_BUILD_INFO = (
    b"build_info = collections.OrderedDict([('is_cuda_build', False), ('is_rocm_build', False), ('msvcp_dll_names', 'msvcp140.dll,msvcp140_1.dll')])\n"
)


def guide_environment(prefix: Path) -> Path:
    """Makes it and gives its prefix."""
    site = windows_venv(prefix)
    lay(site, contents("tensorflow", "2.13.1", requires=(*_NEEDS, *_ELSEWHERE), tag=_TAG), requested=True)
    files = {"tensorflow/__init__.py": b"", "tensorflow/python/platform/build_info.py": _BUILD_INFO}
    lay(site, contents("tensorflow-intel", "2.13.1", files, requires=_NEEDS, tag=_TAG))
    for name, version in _BESIDE.items():
        lay(site, contents(name, version, {f"{name.replace('-', '_')}/__init__.py": b""}))
    record = prefix / "drivetrain" / "request.json"
    record.parent.mkdir()
    record.write_text(json.dumps({"wishes": [{"name": "tensorflow", "specifier": "==2.13.1", "extras": ["and-cuda"], "text": "tensorflow[and-cuda]==2.13.1"}]}))
    return prefix
