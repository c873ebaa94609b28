"""Lets pip fill an environment, shows how far it is, and says in one line why it could not.

Pip, not uv: pip reads its own configuration (index, find-links, proxy, certificates, constraints, keyring), which uv does not. Nor is uv quicker here:
what `./drivetrain` needs takes pip 3.8 to 4.4 s, and pip for uv, then uv, 2.6 + 2.0 s; what `./test` needs takes 9.0 s against 2.3 + 2.0 s.
"""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Mapping, NamedTuple

from interpreters import Interpreter
from words import Stop, say

UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError|SSLError|NameResolutionError|Max retries exceeded|Connection (?:refused|reset|aborted)"
    r"|Temporary failure in name resolution|HTTP error 5\d\d|There was a problem confirming the ssl certificate"
)


class Showing(NamedTuple):
    """How much a person wants to see."""

    quiet: bool
    debug: bool


def install(interpreter: Interpreter, python: Path, requirements: list[str], showing: Showing) -> None:
    """Installs the requirements, byte-compiled; raises Stop."""
    if interpreter.pip_wheel:  # runs from its wheel, as ensurepip does
        command = [str(python), "-I", f"{interpreter.pip_wheel}{os.sep}pip"]
    else:
        command = [interpreter.path, "-I", "-m", "pip", "--python", str(python)]
    command += ["install", "--compile", "--no-input", "--progress-bar", "off", "--no-warn-script-location", "--disable-pip-version-check", *requirements]
    try:
        process = subprocess.Popen(
            command,
            env=pip_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise Stop(say("pip could not install drivetrain's dependencies ({why});", why=error), say("name another folder with DRIVETRAIN_STATE_DIR")) from error
    try:
        output = _watched(process, showing)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        raise _stop(output)


def pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Gives pip's environment: the user's, without what would lead the packages elsewhere or leave byte code out."""
    kept = {name: value for name, value in environ.items() if name not in ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__")}
    return {**kept, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}


def _watched(process: subprocess.Popen[str], showing: Showing) -> list[str]:
    """Gives pip's output; on a terminal one line says meanwhile what it does and for how long."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    shown = sys.stderr.isatty() and not showing.quiet and not showing.debug
    output: list[str] = []
    step, started = "", time.monotonic()
    while True:
        try:
            line = lines.get(timeout=0.5)
        except queue.Empty:
            line = ""
        if line is None:
            break
        output += [line] if line else []
        if showing.debug and line:
            print(line, file=sys.stderr, flush=True)
        step = step_of(line) or step
        if shown and step:
            print(f"\r\033[K  {step} · {time.monotonic() - started:.0f} s", end="", file=sys.stderr, flush=True)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    process.wait()
    return output


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    for line in process.stdout or ():
        lines.put(line.rstrip() or " ")
    lines.put(None)


def step_of(line: str) -> str:
    """Gives what a line of pip's output means for a person, empty where nothing."""
    found = re.match(r"\s*Collecting (\S+)", line)
    if found:
        return say("finds {name}", name=re.split(r"[<>=!~;\[ ]", found.group(1))[0])
    found = re.match(r"\s*(?:Downloading|Using cached) (?:\S*/)?(\S+?-[^-\s]+)-\S*( \([^)]*\))?", line)
    if found:
        return say("downloads {name}", name=found.group(1).replace("-", " ") + (found.group(2) or ""))
    return say("installs and byte-compiles") if line.startswith("Installing collected packages") else ""


def disk_is_full(text: str) -> bool:
    """Tells whether the output says that the disk is full."""
    return "No space left on device" in text or "[Errno 28]" in text or "Disk quota exceeded" in text


def _stop(output: list[str]) -> Stop:
    text = "\n".join(output)
    errors = [each.split("ERROR: ", 1)[1] for each in output if "ERROR: " in each] or [each for each in output if each.strip()][-1:] or ["no output"]
    if disk_is_full(text):
        return Stop(next(each for each in output if disk_is_full(each)), "")  # the caller knows where, and how much is needed
    if UNREACHABLE.search(text):
        return Stop(
            say("the package index did not answer ({why});", why=reason(output) or errors[0][:200]),
            say("look at the network, the proxy and the index in `pip config list`, then try again"),
        )
    return Stop(say("pip could not install drivetrain's dependencies ({why});", why=errors[0][:300]), say("its whole output comes with --debug"))


def reason(output: list[str]) -> str:
    """Gives the network's own words, and the index where pip names it: "https://index.example/simple: Connection refused"."""
    where = next((each.split(": ", 1)[1] for each in output if each.startswith("Looking in indexes: ")), "")
    for line in output:
        why = re.search(r"\[Errno -?\d+\] ([^'\"()]+)|(timed out)|(certificate verify failed)|(Cannot connect to proxy)", line)
        if why:
            return ": ".join(each for each in (where, next(each for each in why.groups() if each).strip()) if each)
    return where
