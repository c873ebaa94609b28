"""Writes command lines that work when pasted into the shell in use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Shell = Literal["posix", "fish", "powershell", "cmd"]

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
"""No brackets, "~", "^" or "<": zsh and cmd read them."""
_PLAIN_WINDOWS = re.compile(r"[A-Za-z0-9_+=:./\\-]+")
_WORD = re.compile(r"""(?:--[\w-]+ (?!-))?(?:"[^"]*"|'[^']*'|\\\S|[^\s"'])+""")
"""A flag and what it takes stay together."""
_CONTINUES: dict[Shell, str] = {"posix": " \\", "fish": " \\", "powershell": " `", "cmd": " ^"}
_FEW = 5
"""Fewer words than these are hardly easier to read on several lines."""


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


def folded(command: str, columns: int, shell: Shell = "posix") -> list[str]:
    """Breaks a command that is too long for a screen between its words, so that all lines pasted together are that command still."""
    words, mark = _WORD.findall(command), _CONTINUES[shell]
    # Of a line of variables or a path alone there is nothing to break.
    if len(command) <= columns or len(words) < _FEW:
        return [command]
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) + 1 + len(mark) > columns and lines[-1].strip():
            lines[-1] += mark
            lines.append(f"  {word}")
        else:
            lines[-1] += f" {word}"
    return lines


def variable_line(name: str, value: str | None, shell: Shell = "posix") -> str:
    """Gives the line that sets a variable in the shell in use, or unsets it (None)."""
    if shell == "powershell":
        return f"Remove-Item Env:{name}" if value is None else f"$env:{name} = '" + value.replace("'", "''") + "'"
    if shell == "cmd":
        return f"set {name}=" if value is None else f'set "{name}={value}"'
    if shell == "fish":
        return f"set -e {name}" if value is None else f"set -gx {name} {quoted(value, shell)}"
    return f"unset {name}" if value is None else f"export {name}={quoted(value, shell)}"
