"""Gets raw readings: runs `gather.py` in a process of its own, and finds its document between the cookies of whatever was printed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from drivetrain.errors import EngineError
from drivetrain.words import say

COOKIES = ("<<<drivetrain-readings", "drivetrain-readings>>>")
"""As in gather.py, which can import nothing."""
FOLDER = str(Path(__file__).parent)
# Imported, not run by its path: only an imported module is byte-compiled, which saves a third of the time.
START = "import sys; sys.path.insert(0, sys.argv[1]); import gather; del sys.path[0]; gather.main(sys.argv[2])"

Readings = dict[str, Any]


def started(timeout_seconds: float) -> subprocess.Popen[str]:
    """Starts gathering on this machine, so that the caller can import what it needs meanwhile."""
    request = json.dumps({"timeout_seconds": timeout_seconds, "prefix": sys.base_prefix, "binding": binding()})
    command = [sys.executable, "-I", "-S", "-c", START, FOLDER, request]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace")


def binding() -> str | None:
    """Gives the folder of NVML's binding, as this interpreter finds it: the gathering one is isolated, and sees neither site-packages nor PYTHONPATH."""
    found = find_spec("pynvml")
    return str(Path(found.origin).parent) if found and found.origin else None


def finished(process: subprocess.Popen[str], timeout_seconds: float) -> Readings:
    """Waits for the readings; gather bounds each source itself, this bound is for gather."""
    try:
        out, err = process.communicate(timeout=10 * timeout_seconds + 10)
    except subprocess.TimeoutExpired as error:
        process.kill()
        raise EngineError(say("looking at this machine took too long"), say("describe it instead: --os, --gpu, --driver")) from error
    try:
        return readings_of(out)
    except ValueError as error:
        reason = (err.strip().splitlines() or [say("exit code {code}", code=process.returncode)])[-1]
        raise EngineError(say("this machine could not be looked at: {reason}", reason=reason), say("describe it instead: --os, --gpu, --driver")) from error


def readings_of(printed: str) -> Readings:
    """Gives the document between the cookies; raises ValueError where there is none."""
    _, start, rest = printed.rpartition(COOKIES[0])
    text, end, _ = rest.partition(COOKIES[1])
    if not start or not end:
        raise ValueError("no readings were printed")
    readings: Readings = json.loads(text)
    return readings
