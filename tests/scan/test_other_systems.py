"""Real wheels of Windows and macOS, unpacked here, are read as they are there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from drivetrain.binaries.device_code import code_in
from drivetrain.model.environment import Environment
from drivetrain.model.library import Library
from drivetrain.scan import scan

pytestmark = pytest.mark.index


def unpacked(folder: Path, platform: str, *names: str) -> Environment:
    from uv import find_uv_bin

    told = ("--python-platform", platform, "--python-version", "3.12", "--only-binary", ":all:", "--no-deps", "--quiet")
    subprocess.run([find_uv_bin(), "pip", "install", "--target", folder, *told, *names], check=True)
    prefix = folder.parent.parent if folder.name == "site-packages" else folder
    return scan(prefix)


def named(environment: Environment, name: str) -> Library:
    return next(each for each in environment.libraries if each.name == name)


def test_windows_wheels_in_a_venv_of_windows(tmp_path: Path) -> None:
    site = tmp_path / "Lib/site-packages"
    site.mkdir(parents=True)
    (tmp_path / "pyvenv.cfg").write_bytes(b"home = C:\\Python312\r\nversion_info = 3.12.1\r\n")
    environment = unpacked(site, "x86_64-pc-windows-msvc", "nvidia-nvjpeg-cu12==12.4.0.76", "numpy==2.1.3")
    assert (environment.kind, environment.platform, environment.python) == ("venv", "windows", "3.12.1")
    assert not [one.name for one in environment.installed if one.missing]
    nvjpeg = named(environment, "nvjpeg64_12.dll")
    assert (nvjpeg.linkage.format, nvjpeg.linkage.arch, nvjpeg.linkage.soname) == ("pe", "x86_64", "nvjpeg64_12.dll")
    assert "KERNEL32.dll" in nvjpeg.linkage.needed
    # It serves every chip in ways of its own, so that an audit does not read its code; what is read of a DLL is there all the same.
    assert nvjpeg.code is None
    assert {"sm_80", "sm_90"} <= {each.target for each in code_in(site / nvjpeg.path).codes if each.kind == "sass"}
    assert any(each.path.endswith(".pyd") for each in environment.libraries)
    assert not [each.path for each in environment.libraries if each.linkage.faults]


def test_macos_wheels_in_a_folder(tmp_path: Path) -> None:
    environment = unpacked(tmp_path / "target", "aarch64-apple-darwin", "scipy==1.14.1", "numpy==2.1.3")
    assert (environment.kind, environment.platform) == ("folder", "macos")
    assert not [one.name for one in environment.installed if one.missing]
    fortran = named(environment, "libgfortran.5.dylib")
    assert (fortran.linkage.format, fortran.linkage.arch) == ("macho", "arm64")
    assert "@loader_path/libquadmath.0.dylib" in fortran.linkage.needed
    assert not [each.path for each in environment.libraries if each.linkage.faults or each.code]


def test_programs_of_a_real_target_folder(tmp_path: Path) -> None:
    environment = unpacked(tmp_path / "target", "x86_64-unknown-linux-gnu", "numpy==2.1.3")
    numpy = environment.distribution("numpy")
    assert numpy is not None
    assert (environment.platform, numpy.missing) == ("linux", 0)
