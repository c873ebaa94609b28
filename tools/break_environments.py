"""Breaks environments for real and keeps what the programs then print: the logs of tests/causes/tracebacks, from the recipes of breakages.toml there.

Usage: break_environments.py [NAME ...], with CPU_ENV (torch+cpu, tensorflow-cpu, jax), GPU_ENV (torch, tensorflow[and-cuda], jax[cuda12]), PYTHONS (a folder of
interpreters, `3.11/bin/python` each) and UV set. `--labels` only writes expected.json anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import tomllib

FOLDER = Path(__file__).parents[1] / "tests" / "causes" / "tracebacks"
PRELUDE = """
fake() { export FAKE_CUDA_CODE=$1 FAKE_CUDA_VERSION=${2:-13030} LD_LIBRARY_PATH=$FAKE; }
cpu_env() { cp -al "$CPU_ENV" env; }
gpu_env() { cp -al "$GPU_ENV" env; }
new_env() { local python=$1; shift; "$UV" venv -q -p "$PYTHONS/$python/bin/python" env && { [ $# = 0 ] || "$UV" pip install -q -p env/bin/python "$@"; } }
add() { "$UV" pip install -q -p env/bin/python "$@"; }
exec 2>&1
"""
LINES = 60
HEAD = 15
NOISE = re.compile(r"^(I0000|To enable the following|WARNING: All log messages before|.*oneDNN custom operations|.*optimized to use available CPU|\[notice\])")


def main(names: list[str]) -> None:
    """Runs the recipes named, or all that have no log yet."""
    table = tomllib.loads((FOLDER / "breakages.toml").read_text())["breakage"]
    with tempfile.TemporaryDirectory() as fake:
        library = Path(fake) / "libcuda.so.1"
        subprocess.run(["gcc", "-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o", library, FOLDER / "fake_libcuda.c", "-ldl"], check=True)
        for each in table:
            log = FOLDER / f"{each['name']}.log"
            if "--labels" not in names and (each["name"] in names or (not names and not log.exists())):
                log.write_text(_printed(each, fake))
                print(f"{each['name']}: {len(log.read_text().splitlines())} lines", flush=True)
    labels = {each["name"]: {"causes": each["causes"], "facts": each.get("facts", {})} for each in table}
    (FOLDER / "expected.json").write_text(json.dumps(labels, indent=1, sort_keys=True) + "\n")


def _printed(each: dict[str, Any], fake: str) -> str:
    place = Path(tempfile.mkdtemp(prefix="break-"))
    variables = os.environ | {
        "FAKE": fake,
        "HOME": f"{place}/home",
        "UV_LINK_MODE": "hardlink",
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR", f"{Path.home()}/.cache/uv"),
    }
    try:
        done = subprocess.run(["bash", "-c", PRELUDE + each["run"]], cwd=place, env=variables, capture_output=True, timeout=400)
        text = done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode(errors="replace")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return _cut(_without_names(text, place, fake))


def _without_names(text: str, place: Path, fake: str) -> str:
    """Replaces what belongs to the machine on which it ran."""
    paths = {str(place): "/srv/app", os.environ["CPU_ENV"]: "/srv/app/env", os.environ["GPU_ENV"]: "/srv/app/env", fake: "/usr/lib/x86_64-linux-gnu"}
    paths |= {str(Path(os.environ["PYTHONS"]).resolve()): "/opt/python", str(Path.home()): "/home/user", os.uname().nodename + ":": "host:"}
    for path, stands_for in sorted(paths.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(path, stands_for)
    text = re.sub(r"(https?|file)://[^\s,/]*(pypi|pythonhosted)[^\s,/]*|file://[^\s,]*/simple", r"https://index.example", text)
    text = re.sub(r"\bbash: line \d+:", "bash:", text)
    return re.sub(r"/tmp/[\w.+-]+", "/tmp/build", text)


def _cut(text: str) -> str:
    lines = [line.rsplit("\r", 1)[-1].rstrip()[:600] for line in text.splitlines()]
    lines = [line for line in lines if not NOISE.match(line)]
    if len(lines) > LINES:
        lines = [*lines[:HEAD], "...", *lines[HEAD - LINES :]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1:])
