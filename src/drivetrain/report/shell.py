"""Writes command lines that work when pasted into the shell in use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Shell = Literal["posix", "fish", "powershell", "cmd"]

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
"""No brackets, "~", "^" or "<": zsh and cmd read them."""
_PLAIN_WINDOWS = re.compile(r"[A-Za-z0-9_+=:./\\-]+")


def quoted(word: str, shell: Shell = "posix") -> str:
    """Quotes one word, if it needs it."""
    if shell == "cmd":
        return word if _PLAIN_WINDOWS.fullmatch(word) else '"' + word.replace('"', '""') + '"'
    if shell == "powershell":
        return word if _PLAIN_WINDOWS.fullmatch(word) else "'" + word.replace("'", "''") + "'"
    if _PLAIN.fullmatch(word) and not (shell == "fish" and "%" in word) and not word.startswith("="):
        return word
    if "'" not in word:
        return f'"{word}"' if re.fullmatch(r"[^\"`$\\!]+", word) else f"'{word}'"
    return "'" + word.replace("'", "\\'" if shell == "fish" else "'\\''") + "'"


def command_line(words: Sequence[str], shell: Shell = "posix") -> str:
    """Joins the words of a command."""
    return " ".join(quoted(each, shell) for each in words)


def variable_line(name: str, value: str | None, shell: Shell = "posix") -> str:
    """Gives the line that sets a variable in the shell in use, or unsets it (None)."""
    if shell == "powershell":
        return f"Remove-Item Env:{name}" if value is None else f"$env:{name} = '" + value.replace("'", "''") + "'"
    if shell == "cmd":
        return f"set {name}=" if value is None else f'set "{name}={value}"'
    if shell == "fish":
        return f"set -e {name}" if value is None else f"set -gx {name} {quoted(value, shell)}"
    return f"unset {name}" if value is None else f"export {name}={quoted(value, shell)}"
