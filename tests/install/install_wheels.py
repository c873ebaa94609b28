"""Builds small real wheels, and the indexes that serve them."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path


def build_wheel(
    folder: Path,
    name: str,
    version: str,
    files: Mapping[str, str] | None = None,
    *,
    requires: Sequence[str] = (),
    scripts: Mapping[str, str] | None = None,
    recorded: Mapping[str, tuple[str, int]] | None = None,
) -> Path:
    """Writes one wheel; `recorded` puts another (hash, size) into RECORD than a file's own."""
    info = f"{name}-{version}.dist-info"
    contents = dict(files if files is not None else {f"{name}/__init__.py": f"version = {version!r}\n"})
    contents[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {each}\n" for each in requires)
    contents[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: drivetrain-tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if scripts:
        contents[f"{info}/entry_points.txt"] = "[console_scripts]\n" + "".join(f"{script} = {target}\n" for script, target in scripts.items())
    lines = []
    for path, text in contents.items():
        digest, size = (recorded or {}).get(path) or (digest_of(text), len(text.encode()))
        lines.append(f"{path},sha256={digest},{size}\n")
    contents[f"{info}/RECORD"] = "".join(lines) + f"{info}/RECORD,,\n"
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in contents.items():
            archive.writestr(zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0)), text)
    return wheel


def publish(index: Path) -> None:
    """Writes the pages of a simple index over the wheels that lie below it, one folder per project (PEP 503)."""
    for project in (each for each in index.iterdir() if each.is_dir()):
        links = "".join(f'<a href="{wheel.name}#sha256={sha256_of(wheel)}">{wheel.name}</a>\n' for wheel in sorted(project.glob("*.whl")))
        (project / "index.html").write_text(f"<!DOCTYPE html><html><body>\n{links}</body></html>\n")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def digest_of(text: str) -> str:
    """The hash as RECORD writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
