"""The prefix's own `pip` starts another Python: what it installs lands elsewhere, as after an environment was moved or copied."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import join

from drivetrain.audit.moved import has_moved, set_right, traces
from drivetrain.audit.rule import Context, Rule
from drivetrain.model.outcome import Evidence, Fix, Outcome
from drivetrain.model.site_folder import EnvironmentPython
from drivetrain.words import say


def _check(context: Context) -> Iterator[Outcome]:
    environment, python = context.environment, context.environment.interpreter
    if environment.kind not in ("venv", "conda") or python is None:
        yield RULE.clear("pip", say("a system's pip belongs to the system"))
    elif not python.pip:
        yield RULE.clear("pip", say("no pip of its own is installed"))
    elif not context.runs_here or (environment.libraries and environment.system is None) or not python.pip_lies:
        yield RULE.unknown("pip", say("where {path} is cannot be told from here", path=python.pip))
    elif python.pip_lies == "here":
        yield RULE.clear("pip", say("pip starts this environment's own Python"))
    else:
        yield _found(context, python)


def _found(context: Context, python: EnvironmentPython) -> Outcome:
    prefix = context.environment.prefix
    own = f"{prefix}/{python.executable or 'bin/python'}"
    says = (
        say("{prefix}/bin/pip starts {path}: what it installs does not land in this environment", prefix=prefix, path=python.pip)
        if python.pip_lies == "elsewhere"
        else say(
            "{prefix}/bin/pip starts {path}, which is gone: the environment was moved or copied, and its scripts do not start", prefix=prefix, path=python.pip
        )
    )
    fix = Fix(says=say("install with the environment's own Python"), commands=(join((own, "-m", "pip", "--version")),), safety="shown")
    anew = Fix(says=say("make the environment anew where it lies: its scripts hold absolute paths"), safety="shown")
    fixes = set_right(context) if has_moved(context.environment) else (fix, anew)
    pip = Evidence(path=f"{prefix}/bin/pip", text=f"#!{python.pip}")
    return RULE.found("pip", says, (pip, *(each for each in traces(context.environment) if each != pip)), fixes)


RULE = Rule(
    cause="pip-belongs-to-other-python",
    severity="warning",
    check=_check,
    sources=("https://docs.python.org/3/library/venv.html#how-venvs-work", "https://pip.pypa.io/en/stable/user_guide/#running-pip"),
)
