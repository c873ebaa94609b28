"""A checkout in small: this repository's own wrappers and bootstrap, with a package and dependencies that need no index."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from house import ROOT

PYPROJECT = """
[project]
name = "drivetrain"
dependencies = [
    "first-dependency>=1", # a comment, and a marker below
    "never-there; python_version < '3.0'",
]

[dependency-groups]
test = [
    "pytest",
]
"""
PROGRAM = """
import json, os, sys, first_dependency
print(json.dumps({"argv": sys.argv[1:], "invoked": os.environ.get("DRIVETRAIN_INVOKED_AS"), "executable": sys.executable, "path": sys.path,
                  "compiled": first_dependency.__spec__.cached and os.path.exists(first_dependency.__spec__.cached), "version": sys.version_info[:3]}))
sys.exit(7)
"""
PYTEST = 'import sys\ndef main(arguments):\n    print("pytest", arguments)\n    return 5\n'


@dataclass
class Checkout:
    """The small checkout, and the machine around it."""

    root: Path
    state: Path
    links: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "XDG_", "DRIVETRAIN_", "LC_", "LANG"))}
        pip = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.links), "PIP_NO_CACHE_DIR": "1"}
        return {**kept, **pip, "DRIVETRAIN_STATE_DIR": str(self.state), "DRIVETRAIN_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": "1", **self.variables}

    def start(self, *command: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(command, cwd=cwd or self.root, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")

    def run(self, *command: str, cwd: Path | None = None) -> Ran:
        process = self.start(*command, cwd=cwd)
        out, err = process.communicate(timeout=100)
        return Ran(process.returncode, out, err)

    @property
    def environments(self) -> list[Path]:
        return sorted(each for each in self.state.glob("environments/*/*") if each.is_dir())


@dataclass
class Ran:
    """What a run said."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """The small program's own words."""
        assert self.code == 7, self.err
        told: dict[str, Any] = json.loads(self.out)
        return told


def make_wheel(folder: Path, name: str, version: str, source: str) -> None:
    """Writes a wheel of one module (the binary distribution format of the PyPA)."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    files = {
        f"{module}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{each},,\n" for each in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{module}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def make_checkout(folder: Path) -> Checkout:
    """A checkout whose path has a space and a letter outside ASCII."""
    root = folder / "my ünits" / "drivetrain"
    source = root / "src" / "drivetrain"
    source.mkdir(parents=True)
    for name in ("drivetrain", "test"):
        shutil.copy(ROOT / name, root / name)
    shutil.copytree(ROOT / "tools" / "bootstrap", root / "tools" / "bootstrap", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("wrapper.sh", "check.py"):
        shutil.copy(ROOT / "tools" / name, root / "tools" / name)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (source / "__init__.py").write_text("", encoding="utf-8")
    (source / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    links = folder / "links"
    links.mkdir()
    make_wheel(links, "first-dependency", "1.0", "")
    make_wheel(links, "second-dependency", "1.0", "")
    make_wheel(links, "pytest", "1.0", PYTEST)
    return Checkout(root=root, state=folder / "state", links=links)
