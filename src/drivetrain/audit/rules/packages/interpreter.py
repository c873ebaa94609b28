"""The Python that the environment starts: gone, or of another version than the one whose packages lie here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from drivetrain.audit.rule import Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import EnvironmentPython
from drivetrain.words import say

_NUMBERED = re.compile(r"python(3\.\d+)t?")
_ABOUT = "python"


def _check(context: Context) -> Iterator[Outcome]:
    environment, python = context.environment, context.environment.interpreter
    if python is None:
        yield RULE.clear(_ABOUT, say("a plain folder has no Python of its own"))
    elif not python.executable or python.exists is None:
        yield RULE.unknown(_ABOUT, say("which Python it starts cannot be told from here"))
    elif not python.exists:
        yield _gone(context, python)
    else:
        starts = _NUMBERED.fullmatch(python.target.rpartition("/")[2])
        mine = ".".join((environment.python or "").split(".")[:2])
        if starts is None or not mine:
            yield RULE.unknown(_ABOUT, say("of which version {path} is cannot be told without starting it", path=python.target))
        elif starts[1] != mine:
            yield _other(context, python, mine, starts[1])
        else:
            yield RULE.clear(_ABOUT, say("{path} is there", path=python.target))


def _gone(context: Context, python: EnvironmentPython) -> Outcome:
    path = f"{context.environment.prefix}/{python.executable}"
    if context.environment.libraries and context.environment.system is None:
        return RULE.unknown(_ABOUT, say("{path} leads to {target}, which is not on this machine", path=path, target=python.target))
    says = say("{path} leads to {target}, which is gone: nothing in this environment can be started", path=path, target=python.target)
    return RULE.found(_ABOUT, says, (Evidence(path=path, text=f"→ {python.target}"),), _anew(context))


def _other(context: Context, python: EnvironmentPython, mine: str, starts: str) -> Outcome:
    says = say(
        "the packages here are of Python {mine}, and {executable} starts Python {starts}, which does not see them",
        mine=mine, executable=python.executable, starts=starts,
    )  # fmt: skip
    evidence = (Evidence(path=f"{context.environment.prefix}/{python.executable}", text=f"→ {python.target}"),)
    return RULE.found(_ABOUT, says, (*evidence, Evidence(path=context.environment.site_packages, text=f"Python {mine}")), _anew(context))


def _anew(context: Context) -> tuple[Fix, ...]:
    return (Fix(says=say("make the environment anew with a Python that is there, or install Python {version} again", version=context.environment.python),
                safety="shown"),)  # fmt: skip


RULE = Rule(
    cause="interpreter-gone",
    severity="error",
    check=_check,
    sources=("https://docs.python.org/3/library/venv.html#how-venvs-work",),
)
