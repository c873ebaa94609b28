"""Makes the private environment of this checkout where there is none, then starts drivetrain or its tests in it.

Standard library only, and nothing newer than Python 3.8 in it, so that an old Python can say what it lacks: `python tools/bootstrap run|test ARGUMENTS...`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import declared
import environment
import interpreters
import places
from pip_run import Showing
from words import Stop, say, speak

ROOT = Path(__file__).resolve().parent.parent.parent


def main(purpose: str, arguments: list[str]) -> int:
    """Gives the exit code of what ran; 2 with one line where it could not be started, 130 after Ctrl-C."""
    speak(arguments, os.environ)
    for name in ("SIGTERM", "SIGHUP"):  # end like Ctrl-C: nothing is left behind; under nohup it stays ignored
        if signal.getsignal(getattr(signal, name, signal.SIGTERM)) == signal.SIG_DFL:
            signal.signal(getattr(signal, name, signal.SIGTERM), signal.default_int_handler)
    try:
        python = ready(purpose, Showing(quiet="--quiet" in arguments, debug="--debug" in arguments))
    except Stop as stop:
        line = " ".join(each for each in (stop.says, stop.next) if each)
        print(f"drivetrain: {line}", file=sys.stderr)
        if "--json" in arguments and purpose == "run":
            print(json.dumps({"schema": "drivetrain/error/1", "says": stop.says.rstrip(";；"), "next": stop.next}, ensure_ascii=False))
        return 2
    except OSError as error:
        print("drivetrain: " + say("cannot write {path}: {why};", path=error.filename, why=error.strerror), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ndrivetrain: " + say("stopped; nothing was left behind"), file=sys.stderr)
        return 130
    return start(python, purpose, arguments)


def ready(purpose: str, showing: Showing) -> Path:
    """Gives the Python of an environment that fits this checkout, made now where it has to be."""
    asked = os.environ.get("DRIVETRAIN_PYTHON", "")
    state = places.state_folder(os.environ, sys.platform)
    stamp = places.stamp(state, ROOT, purpose)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    stamped = places.read_stamp(stamp)
    if stamped is not None and stamped.asked == asked and stamped.declared == text and stamped.python.exists():
        return stamped.python
    requirements = declared.requirements(text, with_tests=purpose == "test")
    python = environment.made(environment.Wanted(state, ROOT, purpose, interpreters.chosen(os.environ, asked), requirements), showing)
    places.write_stamp(stamp, places.Stamp(python=python, asked=asked, declared=text))
    return python


def start(python: Path, purpose: str, arguments: list[str]) -> int:
    """Becomes the program (POSIX), or runs it and gives its exit code (Windows, where exec returns to the shell at once)."""
    command = [str(python), "-I", *(["-m", "drivetrain"] if purpose == "run" else [str(ROOT / "tools" / "check.py")]), *arguments]
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the program's to answer
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
