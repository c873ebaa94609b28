"""What was typed, so that every line to type next repeats it: the same program, requirements and flags, in the shell in use."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from drivetrain.model.plan import Change
from drivetrain.report.shell import Shell, command_line

_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


class Typed(Struct, frozen=True, kw_only=True):
    """A command as it was typed, taken apart."""

    program: str = "drivetrain"
    """What a line begins with, quoted already: "drivetrain", or what the wrapper was called as, "./drivetrain"."""
    shell: Shell = "posix"
    examples: tuple[str, ...] = ()
    """The frameworks' names, for lines to type where nothing was asked for yet."""
    requirements: tuple[str, ...] = ()
    verb: str = "up"
    """The command that does it: up, or add and remove, whose requirements are not the whole request."""
    flags: tuple[tuple[str, ...], ...] = ()
    """Flags that say what is asked for and of which target: ("--os", "linux"); not those of one command's output."""
    prefix: str = ""
    """As `--prefix` named it; only the commands that have one repeat it."""

    def line(self, verb: str, *more: str) -> str:
        """Gives `drivetrain VERB REQUIREMENT... FLAG...` with more words at its end."""
        flags = tuple(word for flag in self.flags for word in flag) + (self.placed if verb in ("up", "add", "remove") else ())
        return f"{self.program} {command_line((verb, *self.requirements, *flags, *more), self.shell)}"

    @property
    def names_target(self) -> bool:
        """Whether what was typed is for another machine than the one at hand."""
        return any(map(self.has, ("--machine", "--os", "--arch", "--gpu", "--driver", "--glibc", "--target")))

    def has(self, flag: str) -> bool:
        """Tells whether a flag was typed."""
        return any(each[0] == flag for each in self.flags)

    @property
    def placed(self) -> tuple[str, ...]:
        """The words that name the prefix to a command, none for the default one."""
        return ("--prefix", self.prefix) if self.prefix else ()

    def bare(self, *words: str) -> str:
        """Gives the program with these words only."""
        return f"{self.program} {command_line(words, self.shell)}"

    def changed(self, change: Change) -> Typed:
        """Gives what would be typed under the change."""
        typed = self
        if change.accelerator == "cpu":
            # A GPU that is named is one to plan for.
            typed = replace(typed, flags=tuple(flag for flag in typed.flags if flag[0] not in ("--gpu", "--gpus", "--driver")))
        for name, value in (("--os", change.os), ("--driver", change.driver), ("--python", change.python), ("--accelerator", change.accelerator)):
            typed = typed.with_flag(name, value)
        for name, value in (("--engine", change.engine), ("--sources", change.sources)):
            typed = typed.with_flag(name, value)
        if change.gpus is not None:
            typed = typed.with_flag("--gpus", ",".join(str(each) for each in change.gpus))
        dropped = tuple(dict.fromkeys(requirement_name(each) for each in change.drop))
        mine = {requirement_name(each) for each in typed.requirements}
        if any(flag[0] == "-r" for flag in typed.flags):
            typed = replace(typed, flags=(*typed.flags, *(("--without", each) for each in dropped if each not in mine)))
        requirements = [each for each in typed.requirements if requirement_name(each) not in dropped]
        if change.python:
            requirements = [each for each in requirements if requirement_name(each) != "python"]
        for each in change.require:
            places = [at for at, mine in enumerate(requirements) if requirement_name(mine) == requirement_name(each)]
            if places:
                requirements[places[0]] = each
            else:
                requirements.append(each)
        return replace(typed, requirements=tuple(requirements))

    def with_flag(self, name: str, value: str | None) -> Typed:
        """Gives the same with one flag set; None leaves it as it is."""
        if value is None:
            return self
        kept = tuple(flag for flag in self.flags if flag[0] != name)
        return replace(self, flags=(*kept, (name, value)))


def requirement_name(text: str) -> str:
    """Gives the normalised name at the start of a requirement; a path or URL names itself."""
    match = _NAME.match(text)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else text
