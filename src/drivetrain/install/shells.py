"""Adds variables to the activation scripts of each shell, and to `deactivate` what restores them. cmd, PowerShell and Nushell untested so far."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePath

from msgspec import Struct

from drivetrain.errors import EngineError
from drivetrain.words import say


class Variable(Struct, frozen=True, kw_only=True):
    """A variable that activation sets, or unsets."""

    name: str
    value: str | None
    """None: it is unset."""
    before: bool = False
    """Whether the value goes before an older one, as in a path list."""


def _sh_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _csh_quoted(text: str) -> str:
    # csh expands history inside single quotes too.
    return _sh_quoted(text).replace("!", "\\!")


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _nu_quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _powershell_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _cmd_quoted(text: str) -> str:
    return '"' + text.replace("%", "%%") + '"'


QUOTED: dict[str, Callable[[str], str]] = {
    "": _sh_quoted,
    ".csh": _csh_quoted,
    ".fish": _fish_quoted,
    ".nu": _nu_quoted,
    ".ps1": _powershell_quoted,
    ".bat": _cmd_quoted,
}
"""How each shell's activation file, told by its suffix, writes a text."""


def added(text: str, name: str, variables: tuple[Variable, ...]) -> str:
    """Gives the text of an activation file with the variables added; as it is where there are none."""
    if not variables:
        return text
    if name == "deactivate.bat":
        return text.rstrip() + "\r\n" + "".join(map(_cmd_restored, variables))
    write = _WRITERS.get(PurePath(name).suffix)
    return text if write is None else write(text, variables)


def _sh(text: str, variables: tuple[Variable, ...]) -> str:
    restored = "".join(
        f'    if [ -n "${{_DRIVETRAIN_SET_{v.name}+_}}" ]; then\n'
        f'        if [ -n "${{_DRIVETRAIN_OLD_{v.name}+_}}" ]; then\n'
        f'            {v.name}="$_DRIVETRAIN_OLD_{v.name}"\n            export {v.name}\n            unset _DRIVETRAIN_OLD_{v.name}\n'
        f"        else\n            unset {v.name}\n        fi\n        unset _DRIVETRAIN_SET_{v.name}\n    fi\n"
        for v in variables
    )
    set_ = "".join(
        f'\nif [ -n "${{{v.name}+_}}" ]; then\n    _DRIVETRAIN_OLD_{v.name}="${v.name}"\nfi\n_DRIVETRAIN_SET_{v.name}=1\n'
        + (
            f"unset {v.name}\n"
            if v.value is None
            else f"{v.name}={_sh_quoted(v.value)}" + (f'"${{{v.name}:+:${v.name}}}"' if v.before else "") + f"\nexport {v.name}\n"
        )
        for v in variables
    )
    return _after(text, "deactivate () {\n", restored) + set_


def _fish(text: str, variables: tuple[Variable, ...]) -> str:
    restored = "".join(
        f"    if set -q _DRIVETRAIN_SET_{v.name}\n        if set -q _DRIVETRAIN_OLD_{v.name}\n"
        f"            set -gx {v.name} $_DRIVETRAIN_OLD_{v.name}\n            set -e _DRIVETRAIN_OLD_{v.name}\n"
        f"        else\n            set -e {v.name}\n        end\n        set -e _DRIVETRAIN_SET_{v.name}\n    end\n"
        for v in variables
    )
    set_ = "".join(
        f"\nif set -q {v.name}\n    set -g _DRIVETRAIN_OLD_{v.name} ${v.name}\n    set -e {v.name}\nend\nset -g _DRIVETRAIN_SET_{v.name} 1\n"
        if v.value is None
        else f"\nif set -q {v.name}\n    set -g _DRIVETRAIN_OLD_{v.name} ${v.name}\n"
        + (f'    set -gx {v.name} {_fish_quoted(v.value)}":${v.name}"\n' if v.before else f"    set -gx {v.name} {_fish_quoted(v.value)}\n")
        + f"else\n    set -gx {v.name} {_fish_quoted(v.value)}\nend\nset -g _DRIVETRAIN_SET_{v.name} 1\n"
        for v in variables
    )
    return _after(text, "function deactivate -d 'Exit virtualenv mode and return to the normal environment.'\n", restored) + set_


def _csh(text: str, variables: tuple[Variable, ...]) -> str:
    restored = "".join(
        f'test $?_DRIVETRAIN_OLD_{v.name} != 0 && setenv {v.name} "$_DRIVETRAIN_OLD_{v.name}:q" && unset _DRIVETRAIN_OLD_{v.name}; '
        f"test $?_DRIVETRAIN_NEW_{v.name} != 0 && unsetenv {v.name} && unset _DRIVETRAIN_NEW_{v.name}; "
        for v in variables
    )
    set_ = "".join(
        f'\nif ( $?{v.name} ) then\n    set _DRIVETRAIN_OLD_{v.name}="${v.name}:q"\n    unsetenv {v.name}\nelse\n    set _DRIVETRAIN_NEW_{v.name}=1\nendif\n'
        if v.value is None
        else f'\nif ( $?{v.name} ) then\n    set _DRIVETRAIN_OLD_{v.name}="${v.name}:q"\n    setenv {v.name} {_csh_quoted(v.value)}'
        + (f':"${v.name}:q"' if v.before else "")
        + f"\nelse\n    set _DRIVETRAIN_NEW_{v.name}=1\n    setenv {v.name} {_csh_quoted(v.value)}\nendif\n"
        for v in variables
    )
    return _after(text, "alias deactivate '", restored) + set_


def _powershell(text: str, variables: tuple[Variable, ...]) -> str:
    restored = "".join(
        f"    if (Test-Path variable:global:_DRIVETRAIN_OLD_{v.name}) {{\n        $env:{v.name} = $global:_DRIVETRAIN_OLD_{v.name}\n"
        f'        Remove-Variable "_DRIVETRAIN_OLD_{v.name}" -Scope global\n    }}\n'
        for v in variables
    )
    set_ = "".join(
        f"\nNew-Variable -Scope global -Force -Name _DRIVETRAIN_OLD_{v.name} -Value $env:{v.name}\n"
        + (f"$env:{v.name} = {_powershell_quoted(v.value)}" if v.value is not None else f"Remove-Item Env:{v.name} -ErrorAction SilentlyContinue")
        + (f' + $(if ($env:{v.name}) {{ "{_separator(v)}$env:{v.name}" }} else {{ "" }})' if v.before else "")
        + "\n"
        for v in variables
    )
    return _after(text, "function global:deactivate([switch] $NonDestructive) {\n", restored) + set_


def _nu(text: str, variables: tuple[Variable, ...]) -> str:
    # Hiding the overlay, which `deactivate` does, restores them.
    set_ = "".join(
        f"    hide-env --ignore-errors {v.name}\n"
        if v.value is None
        else f"    load-env {{ {v.name}: "
        + (f'({_nu_quoted(v.value)} + (if "{v.name}" in $env {{ ":" + ($env | get {v.name}) }} else {{ "" }}))' if v.before else _nu_quoted(v.value))
        + " }\n"
        for v in variables
    )
    return _after(text, "    load-env $new_env\n", set_)


def _cmd(text: str, variables: tuple[Variable, ...]) -> str:
    set_ = "".join(
        f'@if not defined _DRIVETRAIN_SET_{v.name} @set "_DRIVETRAIN_OLD_{v.name}=%{v.name}%"\r\n@set "_DRIVETRAIN_SET_{v.name}=1"\r\n'
        f'@set "{v.name}={_cmd_quoted(v.value or "")[1:-1]}{f";%_DRIVETRAIN_OLD_{v.name}%" if v.before else ""}"\r\n'
        for v in variables
    )
    return text.rstrip() + "\r\n" + set_


def _cmd_restored(variable: Variable) -> str:
    name = variable.name
    return f'@if defined _DRIVETRAIN_SET_{name} @set "{name}=%_DRIVETRAIN_OLD_{name}%"\r\n@set _DRIVETRAIN_OLD_{name}=\r\n@set _DRIVETRAIN_SET_{name}=\r\n'


def _separator(variable: Variable) -> str:
    return ";" if variable.name == "PATH" else ":"


def _after(text: str, mark: str, insertion: str) -> str:
    head, found, tail = text.partition(mark)
    if not found:
        raise EngineError(
            say("uv's activation files are of a kind that drivetrain does not know"), say("install the version of uv that drivetrain was tested with: uv 0.13")
        )
    return head + found + insertion + tail


_WRITERS: dict[str, Callable[[str, tuple[Variable, ...]], str]] = {
    "": _sh,
    ".csh": _csh,
    ".fish": _fish,
    ".ps1": _powershell,
    ".nu": _nu,
    ".bat": _cmd,
}
