"""Runs a command inside an environment, with the variables that it needs, and gives the command's own exit code."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from drivetrain.errors import EngineError
from drivetrain.words import say, why
from drivetrain.workflows.inside import variables_inside
from drivetrain.workflows.overhearing import Overheard, overheard
from drivetrain.workflows.prefixes import shown


@dataclasses.dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said on standard error, where that could be overheard."""

    code: int
    said: Overheard | None


def run_inside(prefix: Path, command: tuple[str, ...]) -> Ran:
    """Runs the command to its end; its input, output and Ctrl-C are its own."""
    variables = variables_inside(prefix, os.environ)
    program = shutil.which(command[0], path=variables["PATH"])
    if program is None and (Path(command[0]).name != command[0]) and Path(command[0]).exists():
        raise EngineError(say("{program} may not be executed", program=command[0]), say("run it with its interpreter: python {program}", program=command[0]))
    if program is None:
        raise EngineError(
            say("{program} is neither in {prefix} nor on the PATH", program=command[0], prefix=shown(prefix)), say("check the name, or add what brings it")
        )
    # Ctrl-C goes to the whole foreground group: the child answers it, and we only wait for what it says.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    said = overheard(program)
    try:
        child = subprocess.Popen(
            [program, *command[1:]], env=variables, stderr=said.writing if said else None, preexec_fn=_hears_again if sys.platform != "win32" else None
        )
    except OSError as error:
        if said:
            said.abandon()
        raise EngineError(say("{program} cannot be started: {reason}", program=command[0], reason=why(error)), say("check the file")) from error
    else:
        if said:
            said.start()
        code = child.wait()
        if said:
            said.finish()
    finally:
        signal.signal(signal.SIGINT, before)
    return Ran(code if code >= 0 else 128 - code, said)


def _hears_again() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
