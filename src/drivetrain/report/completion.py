"""The completion scripts for bash, zsh, fish and PowerShell: static lists, so that pressing Tab starts no program."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Flag(Struct, frozen=True, kw_only=True):
    """A flag, and what stands behind it."""

    names: tuple[str, ...]
    """"--requirement-file", "-r"."""
    value: str = ""
    """"": none; "words": one of the words; "file": a file or folder; "text": what only its user knows."""
    words: tuple[str, ...] = ()
    says: str = ""


class Command(Struct, frozen=True, kw_only=True):
    """A command, its flags, and the words that it takes."""

    name: str
    says: str
    flags: tuple[Flag, ...]
    words: tuple[str, ...] = ()
    """Where none fits what was typed so far, files are offered."""
    files: bool = True
    """Whether it takes files too."""

    @property
    def long(self) -> tuple[str, ...]:
        return tuple(name for flag in self.flags for name in flag.names if name.startswith("--"))


def script(shell: str, commands: tuple[Command, ...], before: tuple[str, ...]) -> str:
    """Gives the script for one shell; `before` are the flags with a value that may stand before the command."""
    return {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}[shell](commands, before)


def _flags(commands: tuple[Command, ...], value: str) -> dict[str, tuple[str, ...]]:
    """Every flag of that kind with its words; what a flag means does not hang on the command."""
    return {name: flag.words for command in commands for flag in command.flags if flag.value == value for name in flag.names}


def _bash(commands: tuple[Command, ...], before: tuple[str, ...]) -> str:
    values = "\n".join(f'        {flag}) words="{" ".join(words)}" ;;' for flag, words in _flags(commands, "words").items())
    open_ones = "|".join((*_flags(commands, "file"), *_flags(commands, "text")))
    cases = "\n".join(f'                {each.name}) flags="{" ".join(each.long)}"; words="{" ".join(each.words)}" ;;' for each in commands)
    # Nothing found means readline's own completion of file names, which alone quotes them as they must be.
    return f"""_drivetrain() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" command="" flags="" words="" word skip="" IFS=$' \\t\\n'
    if [[ "$current" == "=" ]]; then current=""; elif [[ "$before" == "=" ]]; then before="${{COMP_WORDS[COMP_CWORD-2]}}"; fi
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        if [[ -n "$skip" ]]; then skip=""; continue; fi
        case "$word" in {"|".join(before)}) skip=1 ;; -*) ;; *) command="$word"; break ;; esac
    done
    COMPREPLY=()
    case "$before" in
{values}
        {open_ones}) return ;;
        *)
            case "$command" in
                "") flags="{" ".join(before)} --help --version"; words="{" ".join(each.name for each in commands)}" ;;
{cases}
            esac
            if [[ "$current" == -* ]]; then words="$flags"; fi ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _drivetrain drivetrain"""


def _zsh(commands: tuple[Command, ...], before: tuple[str, ...]) -> str:
    listed = "\n".join(f"        '{each.name}:{_single(each.says)}'" for each in commands)
    values = "\n".join(f"        {flag}) compadd -- {' '.join(words)}; return ;;" for flag, words in _flags(commands, "words").items())
    cases = "\n".join(f"        {each.name}) flags=({' '.join(each.long)}); names=({' '.join(each.words)}) ;;" for each in commands)
    return f"""#compdef drivetrain
_drivetrain() {{
    local -a listed flags names
    local word command="" skip="" before=$words[CURRENT-1]
    listed=(
{listed}
    )
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        if [[ -n $skip ]]; then skip=""; continue; fi
        case $word in {"|".join(before)}) skip=1 ;; -*) ;; *) command=$word; break ;; esac
    done
    if [[ $PREFIX == --*=* ]]; then before=${{PREFIX%%=*}}; compset -P '*='; fi
    case $before in
{values}
        {"|".join(_flags(commands, "file"))}) _files; return ;;
        {"|".join(_flags(commands, "text"))}) return ;;
    esac
    if [[ -z $command ]]; then
        if [[ $PREFIX == -* ]]; then compadd -- {" ".join(before)} --help --version; else _describe command listed; fi
        return
    fi
    case $command in
{cases}
    esac
    if [[ $PREFIX == -* ]]; then
        compadd -a flags
    else
        compadd -a names || _files
    fi
}}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _drivetrain "$@"
else
    compdef _drivetrain drivetrain
fi"""


def _fish(commands: tuple[Command, ...], before: tuple[str, ...]) -> str:
    lines = ["complete -c drivetrain -n __fish_use_subcommand -f"]
    for each in commands:
        here = f"complete -c drivetrain -n '__fish_seen_subcommand_from {each.name}'"
        lines.append(f"complete -c drivetrain -n __fish_use_subcommand -f -a {each.name} -d '{_fish_quoted(each.says)}'")
        if each.words:
            lines.append(f"{here}{'' if each.files else ' -f'} -a '{' '.join(each.words)}'")
        lines += [f"{here} {_fish_flag(flag)}" for flag in each.flags]
    everywhere = [flag for flag in commands[0].flags if set(before) & set(flag.names)]
    lines += [f"complete -c drivetrain -n __fish_use_subcommand {_fish_flag(flag)}" for flag in everywhere]
    return "\n".join(lines)


def _fish_flag(flag: Flag) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in flag.names)
    takes = {"": "", "file": " -r -F", "text": " -x", "words": f" -x -a '{' '.join(flag.words)}'"}[flag.value]
    return f"{names}{takes} -d '{_fish_quoted(flag.says)}'"


def _powershell(commands: tuple[Command, ...], before: tuple[str, ...]) -> str:
    table = "\n".join(f"        '{each.name}' = @({_listed((*each.words, *each.long))})" for each in commands)
    values = "\n".join(f"        '{flag}' = @({_listed(words)})" for flag, words in _flags(commands, "words").items())
    return f"""Register-ArgumentCompleter -Native -CommandName drivetrain -ScriptBlock {{
    param($word, $line, $cursor)
    $known = @{{
{table}
    }}
    $values = @{{
{values}
    }}
    $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object {{ "$_" }})
    if ($word -and $typed.Count -gt 0) {{ $typed = @($typed | Select-Object -SkipLast 1) }}
    $before = if ($typed.Count -gt 0) {{ $typed[-1] }} else {{ '' }}
    $command = ''
    for ($at = 0; $at -lt $typed.Count; $at++) {{
        if (@({_listed(before)}) -contains $typed[$at]) {{ $at++ }} elseif ($typed[$at] -notlike '-*') {{ $command = $typed[$at]; break }}
    }}
    $words = if ($values.ContainsKey($before)) {{ $values[$before] }}
        elseif ($known.ContainsKey($command)) {{ $known[$command] }}
        else {{ $known.Keys | Sort-Object }}
    $words | Where-Object {{ $_ -like "$word*" }} | ForEach-Object {{ [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }}
}}"""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _single(text: str) -> str:
    return text.replace("'", "'\\''").replace(":", "\\:")


def _fish_quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
