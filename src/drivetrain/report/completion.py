"""The completion scripts for bash, zsh, fish and PowerShell: static lists, so that pressing Tab starts no program."""

from __future__ import annotations

from collections.abc import Mapping

Commands = Mapping[str, tuple[str, tuple[str, ...]]]
"""Command to its line of help and its flags."""


def script(shell: str, commands: Commands) -> str:
    """Gives the script for one shell."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}[shell](commands)


def _bash(commands: Commands) -> str:
    cases = "\n".join(f'        {name}) words="{" ".join(flags)}" ;;' for name, (_, flags) in commands.items())
    return f"""_drivetrain() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" command="" words="" word
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in -*) ;; *) command="$word"; break ;; esac
    done
    case "$command" in
        "") words="{" ".join(commands)} --help --version" ;;
{cases}
    esac
    if [[ "$current" == -* || -z "$command" ]]; then
        COMPREPLY=($(compgen -W "$words" -- "$current"))
    else
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}}
complete -o filenames -F _drivetrain drivetrain ./drivetrain"""


def _zsh(commands: Commands) -> str:
    listed = "\n".join(f"        '{name}:{_single(says)}'" for name, (says, _) in commands.items())
    cases = "\n".join(f"        {name}) flags=({' '.join(flags)}) ;;" for name, (_, flags) in commands.items())
    return f"""#compdef drivetrain
_drivetrain() {{
    local -a listed flags
    local word command=""
    listed=(
{listed}
    )
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        [[ $word == -* ]] || {{ command=$word; break }}
    done
    if [[ -z $command ]]; then
        _describe command listed
        return
    fi
    case $command in
{cases}
    esac
    if [[ $PREFIX == -* ]]; then
        compadd -- $flags
    else
        _files
    fi
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _drivetrain "$@"
else
    compdef _drivetrain drivetrain
fi"""


def _fish(commands: Commands) -> str:
    lines = ["complete -c drivetrain -n __fish_use_subcommand -f"]
    for name, (says, flags) in commands.items():
        lines.append(f"complete -c drivetrain -n __fish_use_subcommand -f -a {name} -d '{_single(says, fish=True)}'")
        lines += [f"complete -c drivetrain -n '__fish_seen_subcommand_from {name}' -l {flag[2:]}" for flag in flags]
    return "\n".join(lines)


def _powershell(commands: Commands) -> str:
    table = "\n".join(f"        '{name}' = @({', '.join(repr(flag) for flag in flags)})" for name, (_, flags) in commands.items())
    return f"""Register-ArgumentCompleter -Native -CommandName drivetrain -ScriptBlock {{
    param($word, $line, $cursor)
    $flags = @{{
{table}
    }}
    $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object {{ "$_" }} | Where-Object {{ $_ -notlike '-*' -and $_ -ne $word }})
    $words = if ($typed.Count -gt 0 -and $flags.ContainsKey($typed[0])) {{ $flags[$typed[0]] }} else {{ $flags.Keys | Sort-Object }}
    $words | Where-Object {{ $_ -like "$word*" }} | ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }}
}}"""


def _single(text: str, *, fish: bool = False) -> str:
    return text.replace("'", "\\'" if fish else "'\\''").replace(":", "\\:" if not fish else ":")
