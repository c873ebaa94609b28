"""Makes real environments, hard-linked from uv's cache, breaks them, and asks the program itself about them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from house import ROOT

MACHINES = ROOT / "tests" / "machines"
UV = str(Path(sys.prefix, "Scripts" if os.name == "nt" else "bin", "uv"))
PYTHON = "3.11"
SITE = Path("lib", f"python{PYTHON}", "site-packages")
_FOREIGN = ("VIRTUAL_ENV", "CONDA_", "PYTHON", "LD_", "CUDA", "XLA_", "TF_", "NVIDIA_", "DRIVETRAIN_", "LC_", "LANG")
PROGRAM = f"import sys; sys.path.insert(0, {str(ROOT / 'src')!r}); from drivetrain.cli import main; sys.exit(main())"
"""The program without a variable of its own: PYTHONPATH is for the ways."""
_SHELL = """
set -e
SITE="$ENV/lib/python{python}/site-packages" PY="$ENV/bin/python"
pip() {{
    local what=$1 rest=() each
    shift
    for each in "$@"; do [ "$each" = -y ] || rest+=("$each"); done
    "$UV" pip "$what" --quiet --python "$PY" "${{rest[@]}}"
}}
{script}
env -0 > "$BROKEN"
"""


class Broken(NamedTuple):
    """Where an environment lies after a script, and what the person who ran it has in the shell."""

    prefix: Path
    variables: dict[str, str]


def bare_variables(**more: str) -> dict[str, str]:
    """The variables of whoever runs the tests, less those that speak about GPUs and environments."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, "UV_LINK_MODE": "hardlink", "UV_NO_PROGRESS": "1", **more}


def uv(*arguments: str | Path, **variables: str) -> None:
    """Runs uv, and shows what it said where it fails."""
    ran = subprocess.run([UV, *map(str, arguments)], env=bare_variables(**variables), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]


def made(prefix: Path, *requirements: str, **variables: str) -> Path:
    """A virtual environment with these requirements, as uv resolves them today."""
    uv("venv", "--quiet", "--python", PYTHON, prefix, **variables)
    uv("pip", "install", "--quiet", "--python", prefix / "bin" / "python", *requirements, **variables)
    return prefix


def unpacked(folder: Path, *requirements: str, platform: str, **variables: str) -> Path:
    """The wheels of another operating system, laid into a folder as `pip install --target` does."""
    uv(
        "pip",
        "install",
        "--quiet",
        "--target",
        folder,
        "--python-platform",
        platform,
        "--python-version",
        PYTHON,
        "--only-binary",
        ":all:",
        *requirements,
        **variables,
    )
    return folder


def broken(prefix: Path, script: str, home: Path) -> Broken:
    """What is left after a script was run in the environment."""
    home.mkdir(parents=True, exist_ok=True)
    told = home / ".variables-afterwards"
    own = bare_variables(UV=UV, ENV=str(prefix), BROKEN=str(told), UV_CACHE_DIR=_cache())
    before = {**own, "HOME": str(home)}
    ran = subprocess.run(["bash", "-c", _SHELL.format(python=PYTHON, script=script)], env=before, cwd=home, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    after = dict(each.split("=", 1) for each in told.read_bytes().decode().split("\0") if "=" in each)
    exported = {name: value for name, value in after.items() if before.get(name) != value and name not in ("ENV", "PWD", "OLDPWD", "SHLVL", "_")}
    return Broken(Path(after["ENV"]), exported)


def audited(prefix: Path, *flags: str | Path, **variables: str) -> dict[str, Any]:
    """What `drivetrain audit PREFIX --json` says, in a process of its own."""
    line = [sys.executable, "-P", "-c", PROGRAM, "audit", str(prefix), *map(str, flags), "--json", "--offline"]
    ran = subprocess.run(line, env=bare_variables(**variables), capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1), ran.stdout + ran.stderr
    document: dict[str, Any] = json.loads(ran.stdout)
    return document


def found(document: dict[str, Any], *severities: str) -> list[dict[str, Any]]:
    """The findings of an audit, worst first."""
    return [each for each in document["outcomes"] if each["state"] == "found" and each["severity"] in (severities or ("error", "warning", "note"))]


def told(findings: list[dict[str, Any]]) -> str:
    """Findings in lines, for the message of a test that fails and for the tables of docs/audit-proofs.md."""
    return "\n".join(f"{each['severity']} {each['cause']} {each['about']}: {each['says']}" for each in findings)


def _cache() -> str:
    return subprocess.run([UV, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()


def seconds(since: float) -> float:
    """Seconds since a reading of the monotonic clock."""
    return time.monotonic() - since
