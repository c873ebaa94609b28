"""How a command was called: its language, where its words go, what it was called as, in which shell."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from drivetrain.report.shell import Shell, quoted


class Session(Struct, frozen=True, kw_only=True):
    """The settings that every command shares."""

    json: bool = False
    language: str = "en"
    offline: bool = False
    quiet: bool = False
    debug: bool = False
    cache_dir: str | None = None
    program: str = "drivetrain"
    """What the next line to type begins with: "./drivetrain" after the wrapper."""
    shell: Shell = "posix"
    colour: bool = False
    terminal: bool = False
    """Whether a person can be asked: standard input and error are terminals, and nothing is to be read by a program."""


def session_of(arguments: Sequence[str], variables: Mapping[str, str]) -> Session:
    """Reads the flags that every command takes, wherever they stand, and the environment's variables; never fails."""
    own = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    as_json = "--json" in own or _value(own, "--format") == "json"
    shell = shell_of(variables, sys.platform)
    return Session(
        json=as_json,
        language=_language(own, variables),
        offline="--offline" in own,
        quiet="--quiet" in own,
        debug="--debug" in own,
        cache_dir=_value(own, "--cache-dir") or variables.get("DRIVETRAIN_CACHE_DIR") or None,
        program=_program(variables.get("DRIVETRAIN_INVOKED_AS") or "drivetrain", shell),
        shell=shell,
        colour=sys.stdout.isatty() and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb" and not as_json,
        terminal=sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not as_json,
    )


def shell_of(variables: Mapping[str, str], platform: str) -> Shell:
    """Gives the shell that lines to type are quoted for."""
    if platform == "win32" and not variables.get("MSYSTEM"):
        # cmd alone exports PROMPT; PSModulePath is there for both.
        return "cmd" if variables.get("PROMPT") else "powershell"
    if variables.get("POWERSHELL_DISTRIBUTION_CHANNEL"):
        return "powershell"
    return "fish" if Path(variables.get("SHELL", "")).name == "fish" else "posix"


def _program(name: str, shell: Shell) -> str:
    word = quoted(name, shell)
    # PowerShell takes a quoted word for a text, not for a program.
    return f"& {word}" if shell == "powershell" and word != name else word


def _language(arguments: list[str], variables: Mapping[str, str]) -> str:
    asked = _value(arguments, "--lang")
    if asked in ("en", "zh"):
        return asked
    locale = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := variables.get(name))), "")
    if not locale and os.name == "nt":
        return _windows_language()
    return "zh" if locale.lower().startswith("zh") else "en"


def _windows_language() -> str:
    import ctypes

    primary: int = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF  # type: ignore[attr-defined,unused-ignore]
    return "zh" if primary == 0x04 else "en"


def _value(arguments: list[str], flag: str) -> str | None:
    for at, each in enumerate(arguments):
        if each == flag and at + 1 < len(arguments):
            return arguments[at + 1]
        if each.startswith(flag + "="):
            return each[len(flag) + 1 :]
    return None
