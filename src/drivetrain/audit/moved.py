"""What shows that a virtual environment was copied or moved since it was made, and what makes it right where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.rule import Context
from drivetrain.model.environment import Environment, Installed
from drivetrain.model.outcome import Evidence, Fix
from drivetrain.model.plan import Edit
from drivetrain.words import say

_RECORD = "drivetrain/"


def has_moved(environment: Environment) -> bool:
    """Tells whether its own files name another place than the one where it lies."""
    return environment.origin is not None and environment.origin.state in ("elsewhere", "gone")


def traces(environment: Environment) -> Iterator[Evidence]:
    """Gives what names the other place: the activation first, then the programs."""
    origin = environment.origin
    if origin is not None and has_moved(environment):
        yield Evidence(path=f"{environment.prefix}/{origin.named_by}", text=say("made for {folder}", folder=origin.folder))
        yield from (Evidence(path=f"{environment.prefix}/{each.path}", text=f"#!{each.interpreter}") for each in origin.programs)


def set_right(context: Context) -> tuple[Fix, ...]:
    """Gives what makes it right where it lies: drivetrain's own is made anew; of any other the activation is written and its programs installed again."""
    environment = context.environment
    if environment.requirements_from.startswith(_RECORD):
        return (Fix(says=say("make it anew where it lies, in the same versions"), commands=(join(("drivetrain", "fix", environment.prefix, "--apply")),)),)
    fixes = []
    if command := _written_again(environment):
        fixes.append(Fix(says=say("write its activation for the place where it lies; what is installed stays"), commands=(command,), safety="shown"))
    if owners := _owners(environment):
        names = ", ".join(each.name for each in owners[:4]) + ("..." if len(owners) > 4 else "")
        says = say("install again what brought its programs, so that they start this environment's Python: {names}", names=names)
        command = join(("drivetrain", "fix", environment.prefix))
        fixes.append(Fix(says=says, edit=Edit(require=tuple(f"{each.name}=={each.version}" for each in owners)), commands=(command,)))
    return tuple(fixes) or (Fix(says=say("make the environment anew where it lies: its scripts hold absolute paths"), safety="shown"),)


def _written_again(environment: Environment) -> str:
    """Gives the line that makes an environment over the one that is there, with the Python that it has; "" where that is not known."""
    python = environment.interpreter
    if python is None or python.exists is not True or environment.platform == "windows" or python.target.startswith(f"{environment.prefix}/"):
        return ""
    site = ("--system-site-packages",) if environment.inherits else ()
    if python.made_by == "uv":
        return join(("uv", "venv", "--allow-existing", *site, "--python", python.target, environment.prefix))
    # Without pip: the one that is there stays, and its own programs are among those that are installed again.
    return join((python.target, "-m", "venv", "--without-pip", *site, environment.prefix))


def _owners(environment: Environment) -> tuple[Installed, ...]:
    programs = {each.path for each in environment.origin.programs} if environment.origin is not None else set()
    return tuple(
        one
        for one in environment.installed
        if not one.url and any(file.path.startswith("../") and file.path.lstrip("./") in programs for file in (one.files if programs else ()))
    )
