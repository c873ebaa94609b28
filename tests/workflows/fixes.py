"""What tests of `fix` share: its document, held against its schema, and an environment changed by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema

from drivetrain.report.schemas import schema

Run = Callable[..., subprocess.CompletedProcess[str]]


def document(done: subprocess.CompletedProcess[str], code: int = 0, name: str = "fix") -> Any:
    assert done.returncode == code, done.stderr + done.stdout
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema(name))
    return found


def site(project: Path, name: str = ".venv") -> Path:
    return next(project.glob(f"{name}/lib/python3*/site-packages"))


def by_hand(project: Path, variables: dict[str, str], *requirements: str, name: str = ".venv") -> None:
    python = str(project / name / "bin" / "python")
    words = ["pip", "install", "--python", python, "--no-index", "--find-links", variables["PIP_FIND_LINKS"], *requirements]
    subprocess.run([Path(sys.executable).with_name("uv"), *words], check=True, capture_output=True)
