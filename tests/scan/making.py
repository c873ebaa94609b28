"""Makes small environments for tests: wheels with true RECORDs, installed by uv or laid out as another system would."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path


def digest(content: bytes) -> str:
    """Gives a hash as RECORD writes it."""
    return "sha256=" + urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def metadata(name: str, version: str, requires: Iterable[str] = (), extras: Iterable[str] = ()) -> str:
    """Gives a METADATA text."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requires] + [f"Provides-Extra: {each}" for each in extras]
    return "\n".join([*lines, "", "A description.\nName: not a header\n"])


def contents(
    name: str,
    version: str,
    files: Mapping[str, bytes] | None = None,
    requires: Iterable[str] = (),
    extras: Iterable[str] = (),
    tag: str = "py3-none-any",
) -> dict[str, bytes]:
    """Gives every file of a wheel, its dist-info included."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    wheel = dict(files or {})
    wheel[f"{info}/METADATA"] = metadata(name, version, requires, extras).encode()
    wheel[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: making\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    lines = [f"{path},{digest(content)},{len(content)}" for path, content in wheel.items()]
    wheel[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    return wheel


def wheel(folder: Path, name: str, version: str, files: Mapping[str, bytes] | None = None, requires: Iterable[str] = ()) -> Path:
    """Builds a wheel file."""
    path = folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, content in contents(name, version, files, requires).items():
            archive.writestr(each, content)
    return path


def lay(site: Path, wheel: Mapping[str, bytes], installer: str = "pip", requested: bool = False) -> Path:
    """Unpacks a wheel as an installer does; what lies there already is overwritten. Gives its dist-info."""
    info = next(site / Path(path).parent for path in wheel if path.endswith(".dist-info/METADATA"))
    for path, content in wheel.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(content)
    (info / "INSTALLER").write_text(f"{installer}\n")
    if requested:
        (info / "REQUESTED").write_text("")
    return info


def venv(prefix: Path, python: str = "3.11.7") -> Path:
    """Makes the bones of a POSIX venv and gives its site-packages."""
    site = prefix / "lib" / f"python{python.rpartition('.')[0]}" / "site-packages"
    site.mkdir(parents=True)
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion_info = {python}\n")
    return site


def windows_venv(prefix: Path, python: str = "3.11.4") -> Path:
    """Makes the bones of a Windows venv and gives its site-packages."""
    site = prefix / "Lib" / "site-packages"
    site.mkdir(parents=True)
    (prefix / "Scripts").mkdir()
    (prefix / "pyvenv.cfg").write_bytes(f"home = C:\\Python311\r\ninclude-system-site-packages = false\r\nversion = {python}\r\n".encode())
    return site


def uv(*arguments: str | Path) -> None:
    """Runs uv without network or configuration."""
    from uv import find_uv_bin

    subprocess.run([find_uv_bin(), *map(str, arguments), "--offline", "--no-config", "--no-cache", "--quiet"], check=True)


def uv_venv(prefix: Path, *wheels: Path) -> Path:
    """Makes a real venv and installs the wheels one after the other."""
    uv("venv", "--python", sys.executable, prefix)
    for each in wheels:
        uv("pip", "install", "--no-index", "--no-deps", "--python", prefix, each)
    return prefix
